"""Which Debian packages does the project need? From its distributions, and from what its own files install."""

import re
from dataclasses import dataclass
from typing import Literal

from kubeship.inspection.distributions.declared import Declared
from kubeship.inspection.distributions.requirement_lines import Required
from kubeship.inspection.distributions.wheels import fits, is_compiled
from kubeship.inspection.files.findings import Answered
from kubeship.inspection.files.sources import Sources
from kubeship.inspection.needs.system_needs import BROWSERS, COMPILER, NEEDS, Need, tools_of
from kubeship.inspection.needs.system_statements import stated_packages
from kubeship.inspection.ports import WheelIndex
from kubeship.model.origin import Found, Origin
from kubeship.model.project import SystemPackages, Warned

Release = Literal["bookworm", "trixie"]
FROZEN_ON_BOOKWORM = frozenset({"3.6", "3.7", "3.8", "3.9"})
"""Versions whose images were no longer rebuilt when trixie came out."""
GEOGRAPHY = re.compile(rb"django\.contrib\.gis")
Packages = dict[str, list[Origin]]
"""By name, with all that needs it."""


@dataclass(frozen=True)
class Needed:
    """Packages of the build and of the image that runs."""

    build: Packages
    runtime: Packages
    unknown: list[Required]
    """Distributions that may have to be built, without anybody knowing."""


def debian_release(python: str) -> Release:
    """The Debian release of `python:<version>-slim`: trixie since August 2025 for every version still built."""
    return "bookworm" if python in FROZEN_ON_BOOKWORM else "trixie"


def find_system_packages(
    sources: Sources, declared: Declared, python: str, index: WheelIndex | None
) -> Answered[SystemPackages]:
    """What distributions need, what the code needs, and what the project's own files install at run time.

    Wheels are those of the lock file; where it lists none, those of the index, when there is one.
    """
    required = declared.installed(python)
    needed = needed_by(required, python, index)
    runtime = needed.runtime
    for path in list(sources.mentioning(GEOGRAPHY, words=(b"django.contrib.gis",)))[:1]:
        origin = Origin(path, sources.line_of(path, r"django\.contrib\.gis"), "GeoDjango loads GDAL")
        runtime.setdefault("gdal-bin", []).append(origin)
    for name, origin in stated_packages(sources, declared.folder):
        if (same := name.removesuffix("t64")) != name and same in runtime:
            runtime[same].append(origin)
        else:
            runtime.setdefault(name, []).append(origin)
    warnings = tuple(
        Warned(f"{each.name} drives a browser, which is not installed unasked: {BROWSERS[each.name]}", each.origin)
        for each in required
        if each.name in BROWSERS and each in declared.requirements.required
    )
    return Answered(SystemPackages(_found(needed.build), _found(runtime)), warnings + _unsaid(needed.unknown, python))


def _unsaid(unknown: list[Required], python: str) -> tuple[Warned, ...]:
    """One warning for all distributions that nobody knows the wheels of."""
    if not unknown:
        return ()
    names = ", ".join(dict.fromkeys(requirement.name for requirement in unknown))
    message = f"neither a lock file nor the package index says whether wheels for Python {python} exist of {names}"
    return (Warned(f"{message}; nothing is installed to build from source", _origin(unknown[0], "")),)


def needed_by(required: list[Required], python: str, index: WheelIndex | None = None) -> Needed:
    """What these requirements need; the index is asked where no lock file lists their wheels."""
    release = debian_release(python)
    build: Packages = {}
    runtime: Packages = {}
    unknown: list[Required] = []
    merged = _merged_extras(required)
    for requirement in required:
        if requirement.location == "conda":
            continue
        extras = merged[requirement.name]
        needs = [need for need in NEEDS if need.distribution == requirement.name and _holds(need, extras)]
        wheels = _wheels(requirement, needs, index)
        fitting = [wheel for wheel in wheels or () if fits(wheel, python)]
        made_of_wheels = requirement.name.endswith("-binary")
        if wheels is None and not requirement.location and not made_of_wheels and any(need.wheels for need in needs):
            unknown.append(requirement)
        compiled = is_compiled(tuple(fitting))  # a wheel for any platform brings no library
        for need in needs:
            if need.build and (compiled or (need.wheels and wheels is None)):
                continue
            if need.wheels and (compiled or wheels is None):
                continue
            origin = _origin(requirement, f"{requirement.name} {need.reason}")
            for package in dict.fromkeys((*need.build, *(COMPILER if need.build else ()))):
                build.setdefault(package, []).append(origin)
            names = need.trixie if release == "trixie" and need.trixie is not None else need.runtime
            for package in names:
                runtime.setdefault(package, []).append(origin)
        if wheels and not fitting and not needs and is_compiled(wheels):
            origin = _origin(requirement, f"{requirement.name} {requirement.version} has no wheel for Python {python}")
            for package in tools_of(requirement.name):
                build.setdefault(package, []).append(origin)
        if requirement.location.startswith("git+"):
            build.setdefault("git", []).append(_origin(requirement, "installed from a git repository"))
    return Needed(build, runtime, unknown)


def _wheels(requirement: Required, needs: list[Need], index: WheelIndex | None) -> tuple[str, ...] | None:
    """What the lock file lists, else what the index has; None when nobody says."""
    if requirement.wheels is not None or index is None or not requirement.name or requirement.location:
        return requirement.wheels
    if not any(need.build or need.wheels for need in needs):
        return None  # the index is asked only where its answer can change something
    return index.wheels(requirement.name, requirement.version)


def _origin(requirement: Required, reason: str) -> Origin:
    return Origin(requirement.origin.path, requirement.origin.line, reason)


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


def _found(packages: Packages) -> tuple[Found[str], ...]:
    return tuple(Found(name, tuple(dict.fromkeys(origins))) for name, origins in sorted(packages.items()))
