"""Which files does .dockerignore keep out of an image's context? BuildKit's semantics, by value."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby


@dataclass(frozen=True)
class Pattern:
    """One line of .dockerignore."""

    regex: re.Pattern[str]
    exception: bool
    """The line began with `!`: what it matches is kept."""
    literal: str
    """What a path that it matches begins with: the pattern up to its first wildcard."""


@dataclass(frozen=True)
class Ignored:
    """The rules of one .dockerignore, asked with paths relative to the context, with forward slashes."""

    patterns: tuple[Pattern, ...] = ()

    def __contains__(self, path: str) -> bool:
        """The last pattern that matches the path or one of its parents decides.

        Source: moby/patternmatcher, MatchesOrParentMatches.
        """
        for regex, ignored in self._from_last:
            if regex.fullmatch(path):
                return ignored
        return False

    def may_except_inside(self, folder: str) -> bool:
        """Whether a pattern that begins with `!` may match something inside an ignored folder.

        By what stands before the pattern's first wildcard, as moby and fsutil do it, so that an ignored node_modules
        isn't searched for the sake of `!README.md`.
        """
        inside = f"{folder}/"
        return any(
            pattern.exception and (pattern.literal.startswith(inside) or inside.startswith(pattern.literal))
            for pattern in self.patterns
        )

    @cached_property
    def _from_last(self) -> tuple[tuple[re.Pattern[str], bool], ...]:
        """Neighbours of one kind as one expression that matches what is below, too; and whether it means `ignored`."""
        groups = [
            (exception, "|".join(f"(?:{pattern.regex.pattern})" for pattern in group))
            for exception, group in groupby(self.patterns, key=lambda pattern: pattern.exception)
        ]
        return tuple(
            (re.compile(f"(?:{regex})(?:/.*)?", re.DOTALL), not exception) for exception, regex in groups[::-1]
        )


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
            yield Pattern(re.compile(_regex(cleaned), re.DOTALL), exception, _literal(cleaned))
        except (re.error, ValueError) as error:
            raise ValueError(f"line {number}: the pattern {glob!r} can't be read: {error}") from error


def _literal(glob: str) -> str:
    return re.split(r"[*?\[\\]", glob, maxsplit=1)[0]


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
