"""Which commands does the project install? `[project.scripts]`, Poetry's, and setuptools' console_scripts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kubeship.errors import InvalidInput
from kubeship.inspection.code.modules import Modules
from kubeship.inspection.files.documents import table
from kubeship.inspection.files.sources import Sources, folder_of, is_aside

MAX_DEPTH = 3
"""How deep a project of a repository may lie."""
NEXT_GROUP = re.compile(r"\]\s*[,})]|^[ \t]*\[\w|^[\w.-]+[ \t]*=[ \t]*$", re.MULTILINE)
"""Where setuptools' list of commands ends: what follows are plugins for other programs."""


@dataclass(frozen=True)
class ConsoleScript:
    """A command that installing the project brings."""

    name: str
    target: str
    """`module:function`."""
    folder: str
    """Of the file that says so."""

    def file(self, modules: Modules) -> str:
        """The file of its module; empty where the project holds none."""
        module = self.target.partition(":")[0]
        bases = dict.fromkeys((self.folder, f"{self.folder}/src", ".", "src", *modules.declared_roots))
        places = (modules.find(base.removeprefix("./"), module) for base in bases)
        return next((path for path in places if path and path.endswith(".py")), "")


def console_scripts(sources: Sources) -> dict[str, ConsoleScript]:
    """Every command by its name; of the same name, that of the project nearest to the top."""
    found: dict[str, ConsoleScript] = {}
    paths = (path for path in sources.files if path.rpartition("/")[2] in READERS)
    for path in sorted(paths, key=lambda path: path.count("/")):
        folder, _, name = path.rpartition("/")
        if path.count("/") > MAX_DEPTH or is_aside(f"{folder}/x.py"):
            continue
        for command, target in READERS[name](sources, path):
            found.setdefault(command, ConsoleScript(command, target, folder_of(path)))
    return found


def _pyproject(sources: Sources, path: str) -> Iterator[tuple[str, str]]:
    try:
        document = sources.toml(path)
    except InvalidInput:
        if "/" not in path:
            raise
        return
    for keys in (("project", "scripts"), ("tool", "poetry", "scripts")):
        for name, target in table(document, *keys).items():
            stated = target.get("callable", target.get("reference")) if isinstance(target, dict) else target
            if isinstance(stated, str):
                yield str(name), stated


def _setuptools(sources: Sources, path: str) -> Iterator[tuple[str, str]]:
    """`name = module:function` lines, as setup.cfg and setup.py both have them."""
    if "console_scripts" in (text := sources.text(path)):
        _, _, rest = text.partition("console_scripts")
        rest = rest.lstrip("\"' \t]=")
        for match in re.finditer(r"[\"']?([\w.-]+)\s*=\s*([\w.]+:[\w.]+)", NEXT_GROUP.split(rest, maxsplit=1)[0]):
            yield match[1], match[2]


READERS = {"pyproject.toml": _pyproject, "setup.cfg": _setuptools, "setup.py": _setuptools}
