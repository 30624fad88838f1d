"""What does a word of a shell text become? Variables, arguments and defaults put in, as far as they are known."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kubeship.inspection.commands.folders import HOME
from kubeship.inspection.commands.shell_words import Piece, Token, tokens

MAX_FIELDS = 2000
MAX_VALUE = 4000
ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)\+?=(.*)", re.DOTALL)


@dataclass(frozen=True)
class Known:
    """What a script's words are expanded with."""

    variables: Mapping[str, Sequence[str]]
    arguments: Sequence[str] | None
    """`$1` and so on; None when they aren't known."""
    home: str
    """The script's own folder."""


def expanded(token: Token, known: Known) -> list[str]:
    """The fields that a word becomes."""
    fields, glued, quoted = [""], True, False
    assigned = bool(token.pieces) and token.pieces[0].kind == "text" and bool(ASSIGNMENT.match(token.pieces[0].value))
    for piece in token.pieces:
        values = _values(piece, known)
        quoted = quoted or (piece.quoted and bool(values) and piece.value not in ("@", "*"))
        if assigned and piece.value in ("@", "*"):
            values = [" ".join(values)]
        if piece.kind == "variable" and not piece.quoted and not assigned:
            values = [part for value in values for part in value.split()]
        if values and glued:
            fields[-1] += values[0]
            fields += values[1:]
    return fields if fields != [""] or quoted else []


def _values(piece: Piece, known: Known) -> list[str]:  # noqa: PLR0911  # one return a form
    if piece.kind == "text":
        return [piece.value]
    if piece.kind == "command":
        return [HOME + known.home] if "dirname" in piece.value else [f"$({piece.value.strip()})"]
    name = piece.value
    if name in ("@", "*"):
        return ["$@"] if known.arguments is None else list(known.arguments[piece.first - 1 :])
    if name == "0":
        return [HOME + known.home + "/script"]
    found: Sequence[str] | None
    if name.isdigit() and known.arguments is not None:
        found = known.arguments[int(name) - 1 : int(name)] or [""]
    else:
        found = known.variables.get(name)
    if piece.alternative is not None:
        return _inner(piece.alternative, known) if found and found != [""] else []
    if piece.default is not None and (found is None or found == [""]):
        return _inner(piece.default, known)
    return [f"${name}"] if found is None else [value[:MAX_VALUE] for value in found[:MAX_FIELDS]]


def _inner(text: str, known: Known) -> list[str]:
    fields = [word for t in tokens(text) for word in ([t.operator] if t.operator else expanded(t, known))]
    return [" ".join(fields)]
