"""Which start commands do the README and start scripts name? The last resort, after all that programs read."""

import posixpath
import re
from collections.abc import Iterator

from kubeship.inspection.commands.servers import BY_PROGRAM
from kubeship.inspection.files.sources import Sources, folder_of
from kubeship.inspection.statements.statement import DEVELOPMENT, README, SCRIPT, Said
from kubeship.model.origin import Origin

START_SCRIPT = re.compile(
    r"(?i)((.*[-_.])?(run|start|serve|server|entrypoint|startup|launch|boot|bootstrap|web|prod|procfile|gunicorn|uvicorn|uwsgi)([-_.][\w-]*)?)\.(sh|bash)"
)
FOR_DEVELOPERS = re.compile(
    r"(?i)(^|[-_./])(dev|develop|development|debug|local|tests?|testing|ci|e2e|lint|docs|docker|install|setup|build|gpu|cuda|rocm)([-_./]|$)"
)
STAND_INS = re.compile(r"(?i)(^|[-_./])(mocks?|mock[-_]?\w+|stubs?|fakes?|simulators?)([-_./]|$)")
"""Folders of what only stands in for other services."""
SERVING_FOLDERS = frozenset(
    {"", "bin", "scripts", "script", "docker", "conf", "deploy", "deployment", "etc", "container", "ops", "tools"}
)
COMMAND = re.compile(
    r"^\s*(?:[$>#]\s+|`)?((?:[A-Z_]+=\S+\s+)*(?:(?:uv|poetry|pipenv|pdm|rye|hatch)\s+run\s+|sudo\s+)?(?:[\w./-]*/)?(?:python[\d.]*|"
    + "|".join(sorted(re.escape(name) for name in BY_PROGRAM))
    + r")\s+[^`#]+?)`?\s*(?:#.*)?$"
)
INLINE = re.compile(r"`([^`\n]{6,160})`")


def script_statements(sources: Sources, folder: str) -> Iterator[Said]:
    """Start scripts that stand by themselves: `run.sh`, `bin/start.sh`, `docker/entrypoint.sh`."""
    for path in sources.other_files:
        name, place = posixpath.basename(path), folder_of(path)
        inside = place if folder == "." else posixpath.relpath(place, folder)
        if (
            not START_SCRIPT.fullmatch(name)
            or ("" if inside == "." else inside.partition("/")[0]) not in SERVING_FOLDERS
        ):
            continue
        if inside.count("/") > 1:
            continue
        later = DEVELOPMENT if FOR_DEVELOPERS.search(name) or STAND_INS.search(inside) else 0
        start = folder if inside.partition("/")[0] in SERVING_FOLDERS else place
        yield Said(
            Origin(path, 1, "a start script"), SCRIPT + later, sources.text(path), folder=start, any_arguments=True
        )


def readme_statements(sources: Sources, folder: str) -> Iterator[Said]:
    """Commands in the README's code blocks that start a server or a script."""
    for base in dict.fromkeys((folder, ".")):
        for path in sources.other_files:
            if folder_of(path) != base or not re.fullmatch(
                r"(?i)readme(\.(md|rst|txt|markdown|adoc))?", posixpath.basename(path)
            ):
                continue
            for number, line in enumerate(sources.text(path).splitlines(), 1):
                found = [match[1] for match in [COMMAND.match(line)] if match]
                found += [match[1] for inline in INLINE.findall(line) if (match := COMMAND.match(inline))]
                for command in dict.fromkeys(found):
                    yield Said(Origin(path, number, "a command in the README"), README, command.strip(), folder=base)
