"""How large is each installed distribution? Runs inside an image with nothing but that image's Python (3.8 or newer).

Imports nothing of kubeship's: its text is handed to `python -c`. The answer is one line after MARKER. A distribution's
size is that of the files which its RECORD names, as they are on the disk.
"""

from __future__ import annotations

import json
import os
from importlib import metadata

MARKER = "kubeship-weights:"


def weights() -> dict[str, int]:
    """Name -> bytes."""
    found: dict[str, int] = {}
    for distribution in metadata.distributions():
        name = distribution.metadata["Name"] or "?"
        size = 0
        for file in distribution.files or ():
            try:
                size += os.stat(str(distribution.locate_file(file))).st_size  # noqa: PTH116
            except OSError:
                continue
        found[name] = max(size, found.get(name, 0))
    return found


if __name__ == "__main__":
    print("\n" + MARKER + json.dumps(weights()))  # noqa: T201
