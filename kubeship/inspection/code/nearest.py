"""Do the files that the app imports first parse? Those near the entrypoint are read; all would take too long."""

from collections import deque

from kubeship.inspection.code.modules import Modules
from kubeship.inspection.files.sources import folder_of

BYTES = 300_000
"""About 0.1 s of parsing; `verify` imports the rest in the image."""


def read_nearest(modules: Modules, path: str) -> None:
    """Parse what importing `path` reaches, the nearest first, so that files that don't parse are warned of."""
    seen, left = {path}, BYTES
    pending = deque([path])
    while pending and left > 0:
        current = pending.popleft()
        module = modules.module(current)
        left -= len(modules.sources.content(current))
        for imported, _ in module.imports if module else ():
            source = modules.resolve(current, imported)
            submodule = modules.submodule(source, imported.name) if source and imported.name else None
            for found in (source, submodule):
                for file in _with_package(modules, found) if found else ():
                    if file not in seen:
                        seen.add(file)
                        pending.append(file)


def _with_package(modules: Modules, path: str) -> list[str]:
    initial = f"{folder_of(path)}/__init__.py"
    return [file for file in (path, initial) if file.endswith(".py") and file in modules.sources]
