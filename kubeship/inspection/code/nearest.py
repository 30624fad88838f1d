"""Do the files that the app imports first parse? Those near the entrypoint are read; all would take too long."""

from collections import deque

from kubeship.inspection.code.import_root import loaded_by
from kubeship.inspection.code.modules import Modules

BYTES = 300_000
"""About 0.1 s of parsing; `verify` imports the rest in the image."""


def read_nearest(modules: Modules, path: str) -> None:
    """Parse what importing `path` reaches, the nearest first, so that files that don't parse are warned of."""
    seen, left = {path}, BYTES
    pending = deque([path])
    while pending and left > 0:
        current = pending.popleft()
        left -= len(modules.sources.content(current))
        if modules.module(current):
            following = [file for file in dict.fromkeys(loaded_by(modules, current)) if file not in seen]
            seen.update(following)
            pending += following
