"""What does a test in a shell script decide? As far as what is known decides it."""

import fnmatch
from collections.abc import Sequence


def truth(words: Sequence[str]) -> bool | None:  # noqa: PLR0911  # one return a form
    """Of `[ ... ]`, `[[ ... ]]`, `test ...`, `true` and `false`; None where something in it isn't known."""
    if words and words[0] == "!":
        inner = truth(words[1:])
        return None if inner is None else not inner
    if words in (["true"], [":"], ["false"]):
        return words != ["false"]
    if not words or words[0] not in ("[", "[[", "test"):
        return None
    match [word for word in words[1:] if word not in ("]", "]]")]:
        case ["!", *rest]:
            inner = truth([words[0], *rest])
            return None if inner is None else not inner
        case ["-z", value] if "$" not in value:
            return not value
        case ["-n", value] if "$" not in value:
            return bool(value)
        case [left, "=" | "==" | "!=" as operator, right] if "$" not in left + right:
            return fnmatch.fnmatchcase(left, right) == (operator != "!=")
        case _:
            return None
