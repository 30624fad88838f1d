"""What is a lock file, once it is read for one target? Versions with the hashes of their files."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Pin:
    """One distribution to install."""

    name: str
    version: str
    hashes: tuple[str, ...]
    """`sha256:...` of each file that the lock allows."""

    @property
    def line(self) -> str:
        """As a line of a requirements file."""
        return " ".join([f"{self.name}=={self.version}", *(f"--hash={digest}" for digest in self.hashes)])


@dataclass(frozen=True)
class Pins:
    """All of them, and where they come from."""

    pins: tuple[Pin, ...]
    indexes: tuple[str, ...] = ()
    """Indexes beside PyPI that the lock or its project names: addresses, or `name=address` for one with credentials."""

    @property
    def text(self) -> str:
        """A requirements file."""
        return "".join(f"{pin.line}\n" for pin in sorted(self.pins, key=lambda pin: pin.name))


def pins_of(found: Iterable[Pin], indexes: Iterable[str]) -> Pins:
    """Without what is named twice."""
    return Pins(tuple(dict.fromkeys(found)), tuple(dict.fromkeys(index for index in indexes if not is_pypi(index))))


def is_pypi(index: str) -> bool:
    """The index that is asked anyway."""
    return index.rpartition("=")[2].rstrip("/") in {"https://pypi.org/simple", "https://pypi.python.org/simple"}
