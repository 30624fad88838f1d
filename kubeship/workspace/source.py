"""Which source is an image built from? A git revision, or a hash of what goes into the build."""

import hashlib
import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

from pathspec import GitIgnoreSpec

LENGTH = 12
"""Characters of a revision: as many as git itself needs for the largest repositories."""
NEVER_BUILT = frozenset({".git", ".kubeship"})
GIT_SECONDS = 30


def source_revision(root: Path) -> str:
    """Twelve hexadecimal digits of the commit, or `src-` and a content hash: without git, or when files differ from it.

    The content hash covers names, executable bits and contents of all files that .dockerignore lets through.
    """
    return _committed(root) or f"src-{_content_hash(root)}"


def _committed(root: Path) -> str | None:
    """The commit that holds exactly what lies in `root`; None where there is none or git can't tell."""
    try:
        changed = _git(root, "status", "--porcelain", "--untracked-files=normal", "--", ".")
        # A folder that an outer repository ignores is clean in git's eyes, and not in any commit.
        if changed or not _git(root, "ls-files", "--", "."):
            return None
        return _git(root, "rev-parse", "HEAD")[:LENGTH]
    except (OSError, subprocess.SubprocessError):
        return None


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


def _content_hash(root: Path) -> str:
    digest = hashlib.sha256()
    ignored = _ignored(root)
    for path in sorted(_files(root, root, ignored), key=lambda each: each.relative_to(root).as_posix()):
        status = path.lstat()
        executable = bool(status.st_mode & stat.S_IXUSR)
        content = os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()
        # Lengths first, so that no two trees have the same bytes.
        name = os.fsencode(path.relative_to(root).as_posix())
        digest.update(f"{len(name)} {executable} {path.is_symlink()} {len(content)}\n".encode() + name + content)
    return digest.hexdigest()[:LENGTH]


def _files(root: Path, directory: Path, ignored: GitIgnoreSpec) -> Iterator[Path]:
    for entry in os.scandir(directory):
        path = Path(entry.path)
        relative = path.relative_to(root).as_posix()
        if entry.name in NEVER_BUILT and directory == root:
            continue
        if entry.is_dir(follow_symlinks=False):
            # A pattern with `!` may bring back what lies in an ignored directory, as Docker allows.
            if not ignored.match_file(f"{relative}/") or any(pattern.include is False for pattern in ignored.patterns):
                yield from _files(root, path, ignored)
        elif (entry.is_file(follow_symlinks=False) or entry.is_symlink()) and not ignored.match_file(relative):
            yield path


def _ignored(root: Path) -> GitIgnoreSpec:
    """The patterns of .dockerignore, which are anchored at the root (docs.docker.com/build/concepts/context)."""
    try:
        lines = (root / ".dockerignore").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    return GitIgnoreSpec.from_lines([_anchored(line.strip()) for line in lines if line.strip()[:1] not in {"", "#"}])


def _anchored(pattern: str) -> str:
    negated = "!" if pattern.startswith("!") else ""
    return f"{negated}/{pattern.removeprefix('!').lstrip('/')}"
