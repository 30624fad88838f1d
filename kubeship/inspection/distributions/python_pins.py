"""What does one place say about the version of Python: `3.12`, `python-3.12.1`, `>=3.11,<3.14`?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from kubeship.model.origin import Origin

DECLARED, DEPLOYED, TESTED = 0, 1, 2
"""Strengths: what the project requires, what its deployment has, and what it is only tested with."""


@dataclass(frozen=True)
class Statement:
    """What one place says about the version."""

    specifier: SpecifierSet
    origin: Origin
    strength: int = DECLARED


def pinned(stated: str, origin: Origin, strength: int = DECLARED) -> Iterator[Statement]:
    """`3.12`, `3.12.4`, `python-3.12.4`, `cpython@3.12`, `3.12-dev`, `>=3.11`."""
    plain = re.sub(r"^(c?python)[-@ ]?(?=\d)", "", stated.strip(), flags=re.IGNORECASE)
    if re.match(r"[<>=!~]", plain):
        yield from constrained(plain, origin, strength)
    elif match := re.match(r"3\.(\d+)(\.\d+)?", plain):
        yield Statement(SpecifierSet(f"==3.{match[1]}.*"), origin, strength)


def constrained(stated: object, origin: Origin, strength: int = DECLARED) -> Iterator[Statement]:
    try:
        specifier = SpecifierSet(str(stated))
        for item in specifier:
            Version(item.version.removesuffix(".*"))
    except (InvalidSpecifier, InvalidVersion):
        return
    yield Statement(specifier, origin, strength)
