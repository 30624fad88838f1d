"""What does one line of a requirements file ask for?"""

import re
import shlex
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from kubeship.errors import InvalidInput
from kubeship.model.origin import Origin


@dataclass(frozen=True)
class Required:
    """One requirement line."""

    name: str
    """Normalised; empty for a path or URL that doesn't say."""
    extras: frozenset[str]
    marker: str
    """The environment marker; empty when it always applies."""
    hashed: bool
    location: str
    """The path or URL that it is installed from; empty for an index."""
    origin: Origin
    version: str = ""
    """The one version that is allowed; empty when there are several."""
    wheels: tuple[str, ...] | None = None
    """The file names of its wheels as the lock file lists them, or the index has them; None when nobody says."""
    below: str = ""
    """Its version is lower than this one: the 4 of `<4`, of `~=3.2`; empty when there is no such bound."""

    def is_before(self, release: str) -> bool:
        """Whether only versions before the release can be installed."""
        try:
            if self.version:
                return Version(self.version) < Version(release)
            return bool(self.below) and Version(self.below) <= Version(release)
        except InvalidVersion:
            return False


def requirement(line: str, origin: Origin) -> Required:
    """What the line at `origin` asks for. Raises InvalidInput for one that pip wouldn't take."""
    hashed = "--hash" in line
    text = re.split(r"\s+-", line)[0].strip()  # what follows are options, also those that pip passes over
    if name := re.match(r"([A-Za-z0-9][\w.-]*)\s*(\[[^]]*\])?\s*@\s*(\S+)", text):
        return Required(canonicalize_name(name[1]), _extras(name[2]), _marker(text), hashed, name[3], origin)
    if _is_location(text):
        return _located(text, hashed, origin)
    try:
        parsed = Requirement(text)
    except InvalidRequirement as error:
        raise InvalidInput(
            f"{origin}: pip can't read the requirement {shlex.quote(text)}: {str(error).splitlines()[0]}",
            hint=f"correct line {origin.line} of {origin.path}",
        ) from error
    name_, marker = canonicalize_name(parsed.name), str(parsed.marker or "")
    return Required(
        name_,
        frozenset(parsed.extras),
        marker,
        hashed,
        parsed.url or "",
        origin,
        pinned(parsed.specifier),
        below=below(parsed.specifier),
    )


def _is_location(text: str) -> bool:
    return "://" in text or text.startswith((".", "/", "~")) or text.endswith((".whl", ".tar.gz", ".zip"))


def _located(text: str, hashed: bool, origin: Origin) -> Required:
    """A path or URL; `#egg=name[extra]` or a wheel's file name says what it is."""
    location = text.partition(" ;")[0].strip()
    egg = re.search(r"#(?:.*&)?egg=([\w.-]+)(\[[^]]*\])?", location)
    wheel = re.search(r"([\w.]+)-[^-/]+(?:-[^-/]+){3,4}\.whl", location)
    name = canonicalize_name(egg[1]) if egg else canonicalize_name(wheel[1]) if wheel else ""
    extras = re.search(r"(\[[^]]*\])$", location.partition("#")[0])
    found = _extras(egg[2] if egg else extras[1] if extras else None)
    return Required(name, found, _marker(text), hashed, without_credentials(location.partition("#")[0]), origin)


def _marker(text: str) -> str:
    return text.partition(" ;")[2].strip()


def _extras(brackets: str | None) -> frozenset[str]:
    return frozenset(part.strip() for part in (brackets or "").strip("[]").split(",") if part.strip())


def without_credentials(url: str) -> str:
    """The URL without user and password."""
    try:
        parts = urlsplit(url)
    except ValueError:  # no URL; pip would say so
        return re.sub(r"//[^/@]*@", "//", url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def specifier_of(constraint: str) -> SpecifierSet:
    """What a version constraint allows; everything where it is none of PEP 440's (`*`)."""
    try:
        return SpecifierSet(constraint)
    except InvalidSpecifier:
        return SpecifierSet()


def pinned(specifier: SpecifierSet) -> str:
    """The version of `==1.2`; empty for anything else."""
    versions = [item.version for item in specifier if item.operator in ("==", "===") and "*" not in item.version]
    return versions[0] if versions else ""


def below(specifier: SpecifierSet) -> str:
    """The bound of `<4`, and that of `~=3.2` and `==3.*` (4); empty where there is none. Source: PEP 440."""
    bounds = [item.version for item in specifier if item.operator == "<"]
    for item in specifier:
        if item.operator == "~=" or (item.operator == "==" and item.version.endswith(".*")):
            release = Version(item.version.removesuffix(".*")).release
            kept = release[:-1] if item.operator == "~=" else release
            bounds.append(".".join(str(part) for part in (*kept[:-1], kept[-1] + 1)))
    return min(bounds, key=Version, default="")
