"""Does what a statement starts lie in the project, and where does it start? Scripts and modules."""

import posixpath
from collections.abc import Sequence
from dataclasses import replace

from kubeship.inspection.commands.server_lines import Started
from kubeship.inspection.files.sources import Sources, folder_of, is_aside
from kubeship.inspection.statements.image_files import file_in
from kubeship.inspection.statements.statement import Image


def own(sources: Sources, started: Started, folder: str, start: str, image: Image) -> tuple[Started, str] | None:
    """The same with its script relative to where it starts; None when the project has no such program.

    `folder` is where it starts as stated, `start` the project's folder that this means.
    """
    if started.script and started.server != "manage.py":
        path = file_in(sources, started.script, folder, image) or _script(sources, started.script, start)
        if path is None or is_aside(path):
            return None
        stated = posixpath.normpath(started.script).lstrip("/")
        home = start
        if path.endswith(f"/{stated}") or path == stated:
            home = path[: -len(stated)].rstrip("/") or "."
        elif start != "." and not path.startswith(f"{start}/"):
            home = "."
        return replace(started, script=posixpath.relpath(path, home)), home
    module = started.module or started.target.partition(":")[0]
    if not module:
        holds_code = start == "." or any(path.startswith(f"{start}/") for path in sources.code)
        return started, start if holds_code else "."
    for base in dict.fromkeys(
        (start, image.context, ".", *(posixpath.join(b, "src") for b in (start, image.context, ".")))
    ):
        home = posixpath.normpath(base)
        path = posixpath.normpath(posixpath.join(home, module.replace(".", "/")))
        if any(f"{path}{end}" in sources for end in (".py", "/__init__.py", "/__main__.py")) or (
            sources.has_folder(path) and not started.module
        ):
            inner = start != home and posixpath.basename(home) == "src"
            return started, folder_of(home) if inner else home
    return (started, start) if not started.module else None


def names_own(sources: Sources, started: Started, words: Sequence[str], start: str) -> bool:
    """Whether a command names something of the project, and not only a program that many images have."""
    if started.script or started.module or started.paste or started.console or ":" in started.target:
        return True
    for word in words:
        name = word.rpartition("=")[2].partition(":")[0].removesuffix(".py")
        path = posixpath.normpath(posixpath.join(start, name if "/" in name else name.replace(".", "/")))
        if path != start and (f"{path}.py" in sources or path in sources.python_folders):
            return True
        if "." in name and any(file.endswith(f"/{name.replace('.', '/')}.py") for file in sources.code):
            return True  # below a folder that a variable puts on sys.path
    return False


def _script(sources: Sources, script: str, start: str) -> str | None:
    for base in (start, "."):
        path = posixpath.normpath(posixpath.join(base, script.lstrip("/")))
        for candidate in (path, f"{path}.py", f"{path}/__main__.py"):
            if candidate in sources:
                return candidate
    return None
