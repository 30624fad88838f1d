"""Where does a path lead, seen from the folder in which a command runs?"""

import posixpath

HOME = "//"
"""Begins a folder that is relative to the project, not to where the script starts (`cd "$(dirname "$0")"`)."""


def joined(folder: str, path: str) -> str:
    """Relative to where everything starts, absolute in the image, or behind HOME relative to the project."""
    if path.startswith(HOME):
        return HOME + posixpath.normpath(path.removeprefix(HOME))
    if folder.startswith(HOME) and not path.startswith("/"):
        return HOME + posixpath.normpath(posixpath.join(folder.removeprefix(HOME), path))
    return posixpath.normpath(posixpath.join(folder, path))
