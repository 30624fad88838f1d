"""Which files does .dockerignore keep out of an image's context? BuildKit's semantics, by value."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Pattern:
    """One line of .dockerignore."""

    regex: re.Pattern[str]
    exception: bool
    """The line began with `!`: what it matches is kept."""


@dataclass(frozen=True)
class Ignored:
    """The rules of one .dockerignore, asked with paths relative to the context, with forward slashes."""

    patterns: tuple[Pattern, ...] = ()

    def __contains__(self, path: str) -> bool:
        """The last pattern that matches the path or one of its parents decides.

        Source: moby/patternmatcher, MatchesOrParentMatches.
        """
        lineage = tuple(_lineage(path))
        ignored = False
        for pattern in self.patterns:
            if pattern.exception == ignored and any(pattern.regex.fullmatch(part) for part in lineage):
                ignored = not pattern.exception
        return ignored

    @property
    def has_exceptions(self) -> bool:
        """Whether something inside an ignored directory may be kept."""
        return any(pattern.exception for pattern in self.patterns)


def read_dockerignore(text: str) -> Ignored:
    """The rules of a .dockerignore. Raises ValueError that names the line which means nothing.

    Source: moby/patternmatcher, ignorefile.ReadAll and patternmatcher.New.
    """
    lines = text.removeprefix("\ufeff").split("\n")
    return Ignored(tuple(_patterns(lines)))


def _patterns(lines: Sequence[str]) -> Iterator[Pattern]:
    for number, line in enumerate(lines, start=1):
        wanted = line.strip()
        if line.startswith("#") or not wanted:
            continue
        exception = wanted.startswith("!")
        glob = wanted.removeprefix("!").strip()
        if not glob:
            raise ValueError(f'line {number}: a "!" needs a pattern after it')
        cleaned = posixpath.normpath(glob).lstrip("/") or "."
        try:
            yield Pattern(re.compile(_regex(cleaned), re.DOTALL), exception)
        except (re.error, ValueError) as error:
            raise ValueError(f"line {number}: the pattern {glob!r} can't be read: {error}") from error


def _lineage(path: str) -> Iterator[str]:
    """The path and its parents: `a/b/c`, `a/b`, `a`."""
    while path:
        yield path
        path = path.rpartition("/")[0]


_WILDCARDS = {"**": "(?:.*/)?", "**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
_PIECE = re.compile(r"\*\*/?|\*|\?|\[\^?(?:\\.|[^\]\\])+\]|\\.|.", re.DOTALL)


def _regex(glob: str) -> str:
    """`*` and `?` stop at a slash, `**` doesn't; `[a-z]` and a backslash as in Go's filepath.Match."""
    if glob.startswith("**") and not glob.startswith("**/") and not set(glob[2:]) & set("*?[\\"):
        return ".*" + re.escape(glob[2:])  # patternmatcher's suffixMatch: `**file` matches `a/otherfile`
    pieces = _PIECE.findall(glob)
    last = ".*" if pieces[-1].startswith("**") else _translated(pieces[-1])
    return "".join(map(_translated, pieces[:-1])) + last


def _translated(piece: str) -> str:
    if piece in _WILDCARDS:
        return _WILDCARDS[piece]
    if piece.startswith("["):
        if len(piece) == 1:
            raise ValueError("a [ needs a ]")
        return "[" + re.sub(r"([\[&|~])", r"\\\1", piece[1:])
    return re.escape(piece[-1])
