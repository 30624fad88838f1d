"""What happens to each file that kubeship writes, when people may have edited it?"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

KEPT_WHEN_FOREIGN = frozenset({".dockerignore", "Dockerfile"})
"""Files that projects have without kubeship; their own are used as they are."""


class Action(StrEnum):
    """What happens to a file."""

    CREATE = "create"
    REPLACE = "replace"
    DELETE = "delete"
    KEEP = "keep"
    """People edited it, and kubeship has nothing new to say (or no longer wants it)."""
    CONFLICT = "conflict"
    """People edited it, and kubeship has something new: that is put beside it as `<file>.new`."""
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Decision:
    """What happens to one file."""

    path: str
    action: Action
    text: str | None = None
    """What kubeship would write there; None where it wants no file."""

    @property
    def changes(self) -> bool:
        """Whether anything is written or deleted."""
        return self.action not in {Action.KEEP, Action.UNCHANGED}


def decide(
    wanted: Mapping[str, str], on_disk: Mapping[str, str], known: Mapping[str, str], *, force: bool = False
) -> tuple[Decision, ...]:
    """A decision for every path in `wanted` and `known`, sorted by path.

    `known` has the SHA-256 of what kubeship last wrote, of the files that this run answers for. `force` takes
    kubeship's text in a conflict.
    """
    kept = (_unwanted(path, on_disk.get(path), known[path]) for path in known if path not in wanted)
    written = (_wanted(path, text, on_disk.get(path), known.get(path), force) for path, text in wanted.items())
    return tuple(sorted((*written, *(each for each in kept if each)), key=lambda decision: decision.path))


def hashes_after(decisions: tuple[Decision, ...], known: Mapping[str, str]) -> dict[str, str]:
    """What kubeship.lock says of the files afterwards.

    The hash of a text that was put beside a file is noted too: it was offered, and is not offered again.
    """
    after = dict(known)
    for decision in decisions:
        if decision.text is None and decision.action is not Action.KEEP:
            after.pop(decision.path, None)
        elif decision.text is not None and (decision.action is not Action.KEEP or decision.path in known):
            after[decision.path] = sha256(decision.text)
    return dict(sorted(after.items()))


def sha256(text: str) -> str:
    """Hexadecimal SHA-256 of a text in UTF-8; undecodable bytes as they were read (surrogateescape)."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _wanted(path: str, text: str, present: str | None, known: str | None, force: bool) -> Decision:
    if present is None:
        return Decision(path, Action.CREATE, text)
    if present == text:
        return Decision(path, Action.UNCHANGED, text)
    if known is None and path in KEPT_WHEN_FOREIGN:
        return Decision(path, Action.KEEP, text)
    if known == sha256(present) or force:
        return Decision(path, Action.REPLACE, text)
    return Decision(path, Action.KEEP if known == sha256(text) else Action.CONFLICT, text)


def _unwanted(path: str, present: str | None, known: str) -> Decision | None:
    if present is None:
        return Decision(path, Action.UNCHANGED)
    return Decision(path, Action.DELETE if sha256(present) == known else Action.KEEP)
