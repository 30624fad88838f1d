"""What do pip's requirements files ask for? Read with everything that they name by -r and -c."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kubeship.errors import InvalidInput
from kubeship.inspection.distributions.requirement_lines import Required, requirement, without_credentials
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
