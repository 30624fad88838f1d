"""What do pip's requirements files ask for? Read with everything that they name by -r and -c."""

import posixpath
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from kubeship.errors import InvalidInput
from kubeship.inspection.files.sources import Sources, folder_of
from kubeship.model.origin import Origin
from kubeship.model.project import Warned

# pip's documentation, "Requirements File Format": options that stand alone on a line.
VALUE_OPTIONS = {
    "-c": "constraint", "--constraint": "constraint",
    "-e": "editable", "--editable": "editable",
    "-f": "links", "--find-links": "links",
    "-i": "index", "--index-url": "index", "--pypi-url": "index", "--extra-index-url": "index",
    "-r": "requirement", "--requirement": "requirement",
    "--no-binary": "other", "--only-binary": "other", "--trusted-host": "other", "--use-feature": "other",
}  # fmt: skip
BARE_OPTIONS = frozenset({"--no-index", "--pre", "--prefer-binary", "--require-hashes"})


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


@dataclass(frozen=True)
class Requirements:
    """What a requirements file and all that it names come to."""

    files: tuple[str, ...]
    required: tuple[Required, ...]
    constrained: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    warnings: tuple[Warned, ...] = ()
    locked: tuple[Required, ...] = ()
    """Everything that a lock file would install for these requirements, themselves among them."""

    @property
    def hashes(self) -> bool:
        """Whether every requirement carries a hash."""
        return bool(self.required) and all(requirement.hashed for requirement in self.required)

    def named(self, name: str) -> Required | None:
        """The requirement for a distribution, by its normalised name."""
        return next((requirement for requirement in self.required if requirement.name == name), None)


@dataclass
class _Reading:
    sources: Sources
    problems: list[InvalidInput] | None = None
    files: list[str] = field(default_factory=list)
    required: list[Required] = field(default_factory=list)
    constrained: list[str] = field(default_factory=list)
    indexes: list[str] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)


def read_requirements(sources: Sources, path: str, problems: list[InvalidInput] | None = None) -> Requirements:
    """Everything that `pip install -r path` reads.

    A line that pip wouldn't take goes into `problems`; without that list it raises InvalidInput.
    """
    reading = _Reading(sources, problems)
    _read(reading, path, constraints=False)
    return Requirements(
        tuple(reading.files),
        tuple(reading.required),
        tuple(sorted(set(reading.constrained))),
        tuple(dict.fromkeys(reading.indexes)),
        tuple(reading.warnings),
    )


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines with continuations joined and comments taken off, each with the number of its first line."""
    pending, start = "", 0
    for number, raw in enumerate(text.splitlines(), 1):
        start = start if pending else number
        comment = raw.lstrip().startswith("#")
        if raw.endswith("\\") and not comment:
            pending += raw[:-1].strip() + " "
            continue
        line = re.sub(r"(^|\s)#.*$", "", pending + ("" if comment else raw)).strip()
        pending = ""
        if line:
            yield start, line
    if pending.strip():
        yield start, pending.strip()


def without_credentials(url: str) -> str:
    """The URL without user and password."""
    try:
        parts = urlsplit(url)
    except ValueError:  # no URL; pip would say so
        return re.sub(r"//[^/@]*@", "//", url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


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


def _read(reading: _Reading, path: str, constraints: bool) -> None:
    if path in reading.files:
        return
    reading.files.append(path)
    for number, line in logical_lines(reading.sources.text(path)):
        try:
            _read_line(reading, line, Origin(path, number), constraints)
        except InvalidInput as problem:
            if reading.problems is None:
                raise
            reading.problems.append(problem)


def _read_line(reading: _Reading, line: str, origin: Origin, constraints: bool) -> None:
    option, value = _option(line)
    kind = VALUE_OPTIONS.get(option, "")
    if kind in ("requirement", "constraint"):
        _read(reading, _named_file(reading, value, origin), constraints or kind == "constraint")
    elif kind == "index":
        _read_index(reading, value, origin)
    elif kind == "links":
        reading.warnings.append(Warned(f"packages are also looked for at {without_credentials(value)}", origin))
    elif option and option not in BARE_OPTIONS and kind not in ("editable", "other"):
        raise InvalidInput(
            f"{origin}: pip knows no option {option}", hint=f"correct line {origin.line} of {origin.path}"
        )
    elif constraints and not option:
        reading.constrained.append(requirement(line, origin).name)
    elif not option or kind == "editable":
        reading.required.append(requirement(value if option else line, origin))


def _option(line: str) -> tuple[str, str]:
    """`-r x`, `-rx`, `--requirement=x` -> (`-r`, `x`); no option -> empty."""
    if not line.startswith("-"):
        return "", ""
    if not line.startswith("--") and len(line) > 2 and line[2] not in " =\t":
        return line[:2], line[2:].strip()
    option, _, value = re.sub(r"[=\s]", " ", line, count=1).partition(" ")
    return option, value.strip().strip("\"'")


def _named_file(reading: _Reading, value: str, origin: Origin) -> str:
    if "://" in value:
        raise InvalidInput(
            f"{origin} reads requirements from {without_credentials(value)}, and inspection reads nothing outside "
            "the project",
            hint="put that file into the project and name it there",
        )
    path = posixpath.normpath(posixpath.join(folder_of(origin.path), value))
    if path not in reading.sources:
        raise InvalidInput(
            f"{origin} names {value}, and there is no file {path}", hint=f"add {path} or correct {origin}"
        )
    return path


def _read_index(reading: _Reading, value: str, origin: Origin) -> None:
    clean = without_credentials(value)
    reading.indexes.append(clean)
    if clean != value and "$" not in value.partition("@")[0]:
        message = f"the index URL {clean} carries credentials in a committed file; kubeship leaves them out"
        reading.warnings.append(Warned(message, origin))


def requirement(line: str, origin: Origin) -> Required:
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
