"""How is a value written as YAML?

Written here rather than by ruamel's emitter: files must stay the same to the byte when ruamel changes, and what is
written must mean the same to YAML 1.1 readers (PyYAML, Kubernetes' own) as to YAML 1.2 ones.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def dump(value: Any) -> str:
    """Canonical text of mappings (string keys), sequences, strings, numbers, booleans and None.

    Block style, two spaces, insertion order, no anchors, no wrapping; quotes only where some reader could misread.
    """
    if isinstance(value, Mapping | list | tuple) and value:
        return "\n".join(_block(value)) + "\n"
    return _inline(value) + "\n"


def flow(value: Any) -> str:
    """A value in one line, fit to stand inside `{}` and `[]`: `{path: /healthz}`. Keys stay under 1000 characters."""
    match value:
        case Mapping():
            return "{" + ", ".join(f"{_scalar(key, FLOW_SAFE)}: {flow(item)}" for key, item in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(flow(item) for item in value) + "]"
        case _:
            return _scalar(value, FLOW_SAFE)


# Words and shapes that a YAML 1.1 or 1.2 reader takes for something else than a string (yaml.org/type/bool.html, ...).
MISREAD_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
BLOCK_SAFE = re.compile(r"""(--(?=[A-Za-z])|[A-Za-z_/])[A-Za-z0-9 _./:@+=$(),;~*?<>&!|'"^\\%#-]*""")
FLOW_SAFE = re.compile(r"(--(?=[A-Za-z])|[A-Za-z_/])[A-Za-z0-9 _./:@+=$()~*<>^\\%-]*")
QUANTITY = re.compile(r"[0-9]+(\.[0-9]+)?([KMGT]i|m)|([0-9]+[hms])+")
LONGEST_SIMPLE_KEY = 1000
"""Readers refuse simple keys above 1024 characters (yaml.org/spec/1.2.2, 7.4.2)."""


def _block(value: Mapping[str, Any] | Sequence[Any]) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _entry(key, item)
    else:
        for item in value:
            first, *rest = _lines_of(item)
            yield f"- {first}"
            yield from (f"  {line}" if line else "" for line in rest)


def _entry(key: str, value: Any) -> Iterator[str]:
    if not isinstance(key, str):
        raise TypeError(f"a key must be a string, not {key!r}")
    written = _scalar(key, BLOCK_SAFE)
    first, *rest = _lines_of(value)
    if len(written) > LONGEST_SIMPLE_KEY:
        yield f"? {written}"
        yield f": {first}"
    elif isinstance(value, Mapping | list | tuple) and value:
        yield f"{written}:"
        yield f"  {first}"
    else:
        yield f"{written}: {first}"
    yield from (f"  {line}" if line else "" for line in rest)


def _lines_of(value: Any) -> list[str]:
    """The lines of a value; those after the first are to be indented under their parent."""
    if isinstance(value, Mapping | list | tuple) and value:
        return list(_block(value))
    if isinstance(value, str) and _fits_literal(value):
        kept = value.endswith("\n")
        return ["|" if kept else "|-", *value.removesuffix("\n").split("\n")]
    return [_inline(value)]


def _fits_literal(text: str) -> bool:
    """Whether a literal block reads back as this text in every reader, and shows all of it to a person."""
    lines = text.removesuffix("\n").split("\n")
    return (
        len(lines) > 1
        and bool(lines[0])
        and bool(lines[-1])
        and not text[0].isspace()
        and all(line.isprintable() and not line.endswith(" ") for line in lines)
    )


def _inline(value: Any) -> str:
    match value:
        case Mapping():
            return "{}"
        case list() | tuple():
            return "[]"
        case _:
            return _scalar(value, BLOCK_SAFE)


def _scalar(value: Any, safe: re.Pattern[str]) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return _float(value)
        case str():
            return value if _is_plain(value, safe) else _quoted(value)
        case _:
            raise TypeError(f"{value!r} has no form in YAML")


def _float(value: float) -> str:
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    mantissa, exponent, power = repr(value).partition("e")
    # YAML 1.1 knows an exponent only after a fraction and with a sign.
    return mantissa if not exponent else f"{mantissa if '.' in mantissa else mantissa + '.0'}e{int(power):+03d}"


def _is_plain(text: str, safe: re.Pattern[str]) -> bool:
    if QUANTITY.fullmatch(text):
        return True
    return (
        safe.fullmatch(text) is not None
        and text.lower() not in MISREAD_WORDS
        and not text.endswith((" ", ":"))
        and ": " not in text
        and " #" not in text
    )


def _quoted(text: str) -> str:
    """Double quotes, with everything escaped that a person could not see."""
    return "".join(_escaped(character) for character in json.dumps(text, ensure_ascii=False))


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    point = ord(character)
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"
