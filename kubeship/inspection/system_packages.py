"""Which Debian packages do the distributions need? Libraries and headers that no wheel brings."""

from dataclasses import dataclass
from typing import Literal

from kubeship.inspection.requirements import Required
from kubeship.model.origin import Found, Origin
from kubeship.model.project import SystemPackages

Release = Literal["bookworm", "trixie"]

COMPILER = ("gcc", "libc6-dev")
"""What building an extension takes; Python's own headers are in the official images."""


@dataclass(frozen=True)
class Need:
    """What a distribution needs, and why."""

    distribution: str
    reason: str
    build: tuple[str, ...] = ()
    runtime: tuple[str, ...] = ()
    extras: frozenset[str] = frozenset()
    """Only when one of these extras is asked for."""
    without: frozenset[str] = frozenset()
    """Not when one of these extras is asked for."""
    trixie: tuple[str, ...] | None = None
    """The runtime packages' names from trixie on, where they differ (the 64-bit time_t transition)."""


NO_WHEEL = "has no wheel for Linux"
LOADS = "loads a shared library that no wheel brings"

# Sources: the files of each distribution on PyPI (no manylinux wheel), its installation page, and the package names in
# Debian bookworm and trixie.
NEEDS = (
    Need("mysqlclient", NO_WHEEL, ("default-libmysqlclient-dev", "pkg-config"), ("libmariadb3",)),
    Need("opencv-contrib-python", LOADS, runtime=("libgl1", "libglib2.0-0"), trixie=("libgl1", "libglib2.0-0t64")),
    Need("opencv-python", LOADS, runtime=("libgl1", "libglib2.0-0"), trixie=("libgl1", "libglib2.0-0t64")),
    Need("pdf2image", "starts pdftoppm", runtime=("poppler-utils",)),
    Need("psycopg", NO_WHEEL, ("libpq-dev",), ("libpq5",), extras=frozenset({"c"})),
    Need("psycopg", LOADS, runtime=("libpq5",), without=frozenset({"binary", "c"})),
    Need("psycopg-c", NO_WHEEL, ("libpq-dev",), ("libpq5",)),
    Need("psycopg2", NO_WHEEL, ("libpq-dev",), ("libpq5",)),
    Need("pycairo", NO_WHEEL, ("libcairo2-dev", "pkg-config"), ("libcairo2",)),
    Need("pydub", "starts ffmpeg", runtime=("ffmpeg",)),
    Need("pytesseract", "starts tesseract", runtime=("tesseract-ocr",)),
    Need(
        "python-ldap",
        NO_WHEEL,
        ("libldap2-dev", "libsasl2-dev"),
        ("libldap-2.5-0", "libsasl2-2"),
        trixie=("libldap2", "libsasl2-2"),
    ),
    Need("python-magic", LOADS, runtime=("libmagic1",), trixie=("libmagic1t64",)),
    Need("pyzbar", LOADS, runtime=("libzbar0",), trixie=("libzbar0t64",)),
    Need("uwsgi", NO_WHEEL, COMPILER),
    Need(
        "weasyprint",
        LOADS,
        runtime=("fontconfig", "libharfbuzz-subset0", "libpango-1.0-0", "libpangoft2-1.0-0"),
    ),
)
FROZEN_ON_BOOKWORM = frozenset({"3.8", "3.9"})
"""Versions whose images were no longer rebuilt when trixie came out."""


def debian_release(python: str) -> Release:
    """The Debian release of `python:<version>-slim`: trixie since August 2025 for every version still built."""
    return "bookworm" if python in FROZEN_ON_BOOKWORM else "trixie"


def system_packages(required: list[Required], python: str) -> SystemPackages:
    """The packages for these requirements, each with the distribution that needs it; sorted by name."""
    release = debian_release(python)
    build: dict[str, list[Origin]] = {}
    runtime: dict[str, list[Origin]] = {}
    merged = _merged_extras(required)
    for requirement in required:
        extras = merged[requirement.name]
        place = requirement.origin
        for need in NEEDS:
            if need.distribution != requirement.name or not _holds(need, extras):
                continue
            origin = Origin(place.path, place.line, f"{requirement.name} {need.reason}")
            for package in dict.fromkeys((*need.build, *(COMPILER if need.build else ()))):
                build.setdefault(package, []).append(origin)
            names = need.trixie if release == "trixie" and need.trixie is not None else need.runtime
            for package in names:
                runtime.setdefault(package, []).append(origin)
        if requirement.location.startswith("git+"):
            build.setdefault("git", []).append(Origin(place.path, place.line, "installed from a git repository"))
    return SystemPackages(_found(build), _found(runtime))


def _holds(need: Need, extras: frozenset[str]) -> bool:
    return (not need.extras or bool(need.extras & extras)) and not need.without & extras


def _merged_extras(required: list[Required]) -> dict[str, frozenset[str]]:
    """Compiled files name psycopg and psycopg-binary in lines of their own: the latter is the extra."""
    names = {requirement.name for requirement in required}
    merged: dict[str, frozenset[str]] = {}
    for requirement in required:
        merged[requirement.name] = merged.get(requirement.name, frozenset()) | requirement.extras
    for extra in ("binary", "c"):
        if f"psycopg-{extra}" in names and "psycopg" in merged:
            merged["psycopg"] |= {extra}
    return merged


def _found(packages: dict[str, list[Origin]]) -> tuple[Found[str], ...]:
    return tuple(Found(name, tuple(dict.fromkeys(origins))) for name, origins in sorted(packages.items()))
