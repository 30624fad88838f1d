"""Which source is an image built from? A git revision, or a hash of what goes into the build."""

import hashlib
import os
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

LENGTH = 12
"""Characters of a revision: as many as git itself needs for the largest repositories."""
NEVER_BUILT = frozenset({".git", ".kubeship"})
"""What changes without the source, where a .dockerignore lets it through."""
GIT_SECONDS = 30
COMMIT = "# branch.oid "
"""Before the commit in what `git status` says of the branch; a branch without one has `(initial)` there."""


def source_revision(root: Path, dockerfile: str) -> str:
    """Twelve hexadecimal digits of the commit, or `src-` and a content hash: without git, or when files differ from it.

    The content hash covers names, executable bits and contents of all files that are sent to the engine. Raises
    InvalidInput when one can't be read.
    """
    return _committed(root) or f"src-{_content_hash(root, dockerfile)}"


def checked_out(root: Path) -> str:
    """The commit that is checked out in `root`, `-dirty` where files differ from it; empty where git can't tell."""
    commit, changed = _head(root)
    return f"{commit}-dirty" if commit and changed else commit


def _committed(root: Path) -> str | None:
    """The commit that holds exactly what lies in `root`; None where there is none or git can't tell."""
    commit, changed = _head(root)
    return commit if commit and not changed else None


def _head(root: Path) -> tuple[str, bool]:
    """The commit, empty where git can't tell, and whether what lies in `root` differs from it."""
    try:
        with ThreadPoolExecutor(1) as beside:
            listed = beside.submit(_git, root, "ls-files", "--", ".")
            said = _git(
                root, "status", "--porcelain=v2", "--branch", "--untracked-files=normal", "--", "."
            ).splitlines()
            # A folder that an outer repository ignores is clean in git's eyes, and not in any commit.
            tracked = listed.result()
    except (OSError, subprocess.SubprocessError):
        return "", True
    commit = next((line.removeprefix(COMMIT) for line in said if line.startswith(COMMIT)), "(initial)")
    if not tracked or commit == "(initial)":
        return "", True
    return commit[:LENGTH], any(not line.startswith("#") for line in said)


def _git(root: Path, *arguments: str) -> str:
    # No lock is taken for reading, so that a git of the user's that runs meanwhile doesn't fail.
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    finished = subprocess.run(  # noqa: S603  # constant arguments
        ["git", *arguments],  # noqa: S607  # the user's own git
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=GIT_SECONDS,
    )
    return finished.stdout.decode("utf-8", "replace").strip()


def _content_hash(root: Path, dockerfile: str) -> str:
    from kubeship.images.context import entries, pieces  # noqa: PLC0415 - commands that build nothing need no tar

    digest = hashlib.sha256()
    for entry in entries(root, dockerfile):
        if stat.S_ISDIR(entry.status.st_mode) or entry.name.partition("/")[0] in NEVER_BUILT:
            continue
        executable = bool(entry.status.st_mode & stat.S_IXUSR)
        # Lengths first, so that no two trees have the same bytes.
        name, target = os.fsencode(entry.name), os.fsencode(entry.target)
        size = len(target) or entry.status.st_size
        digest.update(f"{len(name)} {executable} {bool(target)} {size}\n".encode() + name + target)
        if not target:
            for piece in pieces(f"{root}/{entry.name}", size):
                digest.update(piece)
    return digest.hexdigest()[:LENGTH]
