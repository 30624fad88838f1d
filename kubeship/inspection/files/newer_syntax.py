"""How is a file read that is written for a newer Python than the one that runs kubeship? In words of an older one."""

import ast
import io
import re
import tokenize
import warnings

# One row a form: what is new, and what an older parser takes for the same. No line moves.
FORMS = (
    # PEP 758 (3.14): several exceptions without parentheses
    (re.compile(r"^([ \t]*except\*?[ \t]+)([\w.]+(?:[ \t]*,[ \t]*[\w.]+)+)(?=[ \t]*:)", re.MULTILINE), r"\1(\2)"),
    # PEP 695 (3.12): `type Names = list[str]`
    (re.compile(r"^([ \t]*)type[ \t]+(\w+)(?:\[[^\]=\n]*\])?(?=[ \t]*=[^=])", re.MULTILINE), r"\1\2"),
    # PEP 750 (3.14): template strings
    (re.compile(r"(?<![\w\"'])(?:[tT][rR]?|[rR][tT])(?=[\"'])"), "f"),
)
PARAMETERS = re.compile(r"^[ \t]*(?:(?:async[ \t]+)?def|class)[ \t]+\w+(\[)", re.MULTILINE)
"""PEP 695 (3.12): the type parameters of functions and classes."""
FORMATTED = re.compile(r"(?<![\w\"'])(?:[fF][rR]?|[rR][fF])(\"\"\"|'''|\"|')")
"""PEP 701 (3.12): strings with any expression in their braces, with the same quotes again and backslashes too."""


def parsed_as_older(content: bytes) -> ast.Module | None:
    """What a file that this Python can't parse says in words that it knows; None where it isn't Python at all."""
    try:
        text = content.decode(tokenize.detect_encoding(io.BytesIO(content).readline)[0])
    except (SyntaxError, ValueError):
        return None
    older = in_older_words(text)
    for attempt in (older, with_plain_braces(older)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(attempt)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def in_older_words(text: str) -> str:
    """The text with what Python learned after 3.11 said in the words of 3.11, each thing on its own line."""
    for form, older in FORMS:
        text = form.sub(older, text)
    for match in reversed(list(PARAMETERS.finditer(text))):
        start, end = match.start(1), _closing(text, match.start(1))
        if end:  # behind the bracket comes another one, or a colon: a line may break there
            text = text[:start] + text[end : end + 1] + "\n" * text.count("\n", start, end) + text[end + 1 :]
    return text


def with_plain_braces(text: str) -> str:
    """The text with other quotes, and without backslashes, in the braces of its formatted strings."""
    parts: list[str] = []
    place = 0
    while match := FORMATTED.search(text, place):
        parts.append(text[place : match.end()])
        inside, place = _formatted(text, match.end(), match[1])
        parts.append(inside)
    return "".join((*parts, text[place:]))


def _closing(text: str, start: int) -> int:
    """Behind the bracket that closes the one at `start`; 0 where none does."""
    depth = 0
    for place in range(start, len(text)):
        depth += {"[": 1, "]": -1}.get(text[place], 0)
        if not depth:
            return place + 1
    return 0


def _formatted(text: str, place: int, quote: str) -> tuple[str, int]:
    """What stands between a formatted string's quotes, and where it ends."""
    found: list[str] = []
    depth = 0
    other = "'" if quote[0] == '"' else '"'
    while place < len(text):
        letter = text[place]
        if not depth and (text.startswith(quote, place) or (letter == "\n" and len(quote) == 1)):
            return "".join(found), place
        if letter == "\\" and place + 1 < len(text):
            found.append(text[place : place + 2] if not depth else "")
            place += 2
            continue
        if not depth and text.startswith(("{{", "}}"), place):
            found.append(text[place : place + 2])
            place += 2
            continue
        depth = max(depth + {"{": 1, "}": -1}.get(letter, 0), 0)
        found.append(other if depth and letter == quote[0] else letter)
        place += 1
    return "".join(found), place
