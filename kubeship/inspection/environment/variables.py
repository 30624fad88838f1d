"""Which environment variables does the code read, which must be set, and which are secret?"""

import re
from collections.abc import Iterable, Iterator

from kubeship.inspection.code.modules import Modules
from kubeship.inspection.environment import config_objects, environment_reads, settings_classes
from kubeship.inspection.environment.config_objects import config_readings
from kubeship.inspection.environment.dynaconf_reads import dynaconf_readings
from kubeship.inspection.environment.environment_readers import Reader, own_readers
from kubeship.inspection.environment.environment_reads import Reading, readings
from kubeship.inspection.environment.secrecy import is_secret, shown_default
from kubeship.inspection.environment.settings_classes import settings_readings
from kubeship.model.project import Variable

SYSTEM = re.compile(
    r"(CI|COLUMNS|COMSPEC|DISPLAY|DJANGO_SETTINGS_MODULE|EDITOR|FLASK_(APP|DEBUG|ENV)|HOME|HOSTNAME|LANG|LC_\w+|LINES|"
    r"LOCALAPPDATA|APPDATA|LOGNAME|PAGER|PATH|PORT|PWD|PYTHON[A-Z]+|PYTHON_VERSION|PYTEST_\w+|RUN_MAIN|SHELL|TEMP|TERM|"
    r"TMP|TMPDIR|TZ|"
    r"USER|USERNAME|USERPROFILE|VIRTUAL_ENV|WEB_CONCURRENCY|WERKZEUG_\w+|XDG_\w+|KUBERNETES_\w+|GITHUB_\w+)"
)
"""Set by the system, the official image (PYTHON_VERSION), the server or a tool, not by who deploys."""


def find_variables(modules: Modules, skipped: Iterable[str]) -> tuple[Variable, ...]:
    """Every variable that the deployed code reads, by name; `skipped` are files that production doesn't load."""
    left_out = frozenset(skipped)
    found: dict[str, list[Reading]] = {}
    for reading in _all_readings(modules, left_out):
        if not SYSTEM.fullmatch(reading.name):
            found.setdefault(reading.name, []).append(reading)
    return tuple(_merged(name, places) for name, places in sorted(found.items()))


def _all_readings(modules: Modules, left_out: frozenset[str]) -> Iterator[Reading]:
    """Readings in the files that can hold some: those that import a library, or what another file made with it."""
    sources = modules.sources
    direct = [
        path
        for path in sources.importing(environment_reads.LIBRARIES)
        if path not in left_out and any(word in sources.content(path) for word in environment_reads.WORDS)
    ]
    readers = {key: reader for path in direct for key, reader in own_readers(modules, path).items()}
    others = [path for path in _indirect(modules, readers) if path not in left_out and path not in set(direct)]
    for path in (*direct, *others):
        yield from readings(modules, path, readers)
    for path in _with_settings(modules):
        if path not in left_out:
            yield from settings_readings(modules, path)
    managers = {"config", "manager"} if any(True for _ in sources.importing(("everett",))) else set[str]()
    for path in dict.fromkeys((*sources.importing(config_objects.LIBRARIES), *_indirect_managers(modules, managers))):
        if path not in left_out:
            yield from config_readings(modules, path)
    yield from (reading for reading in dynaconf_readings(modules) if reading.origin.path not in left_out)


def _indirect(modules: Modules, readers: dict[tuple[str, str], Reader]) -> list[str]:
    """Files that import an env object or a reading function from another module: `from config.env import env`."""
    words = {name for _, name in readers} | {r"\w*env", "config"}
    return _importing_from_own(modules, re.compile(rb"\b(" + "|".join(sorted(words)).encode() + rb")\b"))


def _indirect_managers(modules: Modules, names: set[str]) -> list[str]:
    """Files that import a manager from another module."""
    if not names:
        return []
    return _importing_from_own(modules, re.compile(rb"(" + "|".join(sorted(names)).encode() + rb")\b", re.IGNORECASE))


def _importing_from_own(modules: Modules, name: re.Pattern[bytes]) -> list[str]:
    """Files whose imports from the project's own modules may bring such a name."""
    own = modules.sources.importing(modules.top_names | {"."})
    return [path for path in own if name.search(modules.sources.import_lines(path))]


def _with_settings(modules: Modules) -> list[str]:
    """Files with settings classes: those that import a library, then those that import such a class."""
    sources = modules.sources
    found = [path for path in sources.importing(settings_classes.LIBRARIES) if b"BaseSettings" in sources.content(path)]
    names = {
        name
        for path in found
        for name in re.findall(rb"class[ \t]+(\w+)[ \t]*\([^)]*BaseSettings", sources.content(path))
    }
    if names:
        pattern = re.compile(rb"\b(" + b"|".join(sorted(names)) + rb")\b")
        heirs = re.compile(rb"class[ \t]+\w+[ \t]*\([^)]*\b(" + b"|".join(sorted(names)) + rb")\b")
        others = (
            path for path in sources.code if path not in set(found) and pattern.search(sources.import_lines(path))
        )
        found += [path for path in others if heirs.search(sources.content(path))]
    return found


def _merged(name: str, places: list[Reading]) -> Variable:
    default = next((reading.default for reading in places if reading.default is not None), None)
    secret = is_secret(name, default) or any(reading.secret for reading in places)
    return Variable(
        name=name,
        required=any(reading.required for reading in places),
        default=shown_default(default, secret),
        secret=secret,
        origins=tuple(dict.fromkeys(reading.origin for reading in places)),
    )
