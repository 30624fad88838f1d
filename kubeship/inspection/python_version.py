"""Which Python does the project run on?"""

import configparser
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from kubeship.errors import InvalidInput
from kubeship.inspection.findings import SET_BY_YOU, Answered
from kubeship.inspection.sources import Sources
from kubeship.model.origin import Candidate, Found, Origin, Question
from kubeship.model.project import Answers, Warned

# Minor versions and their standing on 2026-11-01. Source: devguide.python.org/versions. 3.10 ended in October 2026,
# but its image still exists.
SUPPORTED = {
    "3.10": "end of life",
    "3.11": "security",
    "3.12": "security",
    "3.13": "security",
    "3.14": "bugfix",
}
DEFAULT = "3.13"
"""The newest one that nearly every distribution on PyPI has wheels for."""


@dataclass(frozen=True)
class Statement:
    """What one place says about the version."""

    specifier: SpecifierSet
    origin: Origin


@dataclass(frozen=True)
class PythonFound:
    """The version and what the project allows."""

    version: Found[str]
    constraint: str


def python_version(sources: Sources, folder: str, answers: Answers) -> Answered[PythonFound]:
    """The default version where every statement allows it, else the newest supported one that they allow.

    Two statements that exclude each other become a Question that names both places. Raises InvalidInput for an
    answer that isn't a supported version.
    """
    folders = dict.fromkeys((folder, "."))
    statements = [statement for place in folders for read in STATEMENTS for statement in read(sources, place)]
    origins = tuple(statement.origin for statement in statements)
    constraint = str(SpecifierSet(",".join(sorted({str(s.specifier) for s in statements if str(s.specifier)}))))
    if "python" in answers:
        return Answered(PythonFound(Found(_checked(answers["python"]), (Origin(reason=SET_BY_YOU),)), constraint))
    allowed = [minor for minor in SUPPORTED if all(_allows(s.specifier, minor) for s in statements)]
    if not statements:
        default = Found(DEFAULT, (Origin(reason="default: the newest Python that nearly all wheels exist for"),))
        return Answered(PythonFound(default, ""))
    if not allowed:
        return _contradiction(statements, constraint)
    version = DEFAULT if DEFAULT in allowed else allowed[-1]
    ended = Warned(f"Python {version} gets no security fixes any more", origins[0])
    warnings = (ended,) if SUPPORTED[version] == "end of life" else ()
    return Answered(PythonFound(Found(version, origins), constraint), warnings)


def _checked(answer: object) -> str:
    version = str(answer)
    if version not in SUPPORTED:
        raise InvalidInput(
            f"python is {version!r}, and kubeship builds for {', '.join(SUPPORTED)}",
            hint=f"kubeship init --set 'python=\"{DEFAULT}\"'",
        )
    return version


def _contradiction(statements: list[Statement], constraint: str) -> Answered[PythonFound]:
    said = "; ".join(f"{s.origin} says {s.specifier}" for s in statements)
    candidates = tuple(
        Candidate(minor, s.origin)
        for s in statements
        for minor in [next((m for m in reversed(SUPPORTED) if _allows(s.specifier, m)), None)]
        if minor
    )
    text = f"no Python that kubeship knows ({', '.join(SUPPORTED)}) satisfies everything: {said}"
    found = Found(candidates[0].value if candidates else DEFAULT, tuple(s.origin for s in statements))
    return Answered(PythonFound(found, constraint), (), (Question("python", text, candidates),))


def _allows(specifier: SpecifierSet, minor: str) -> bool:
    """Whether any patch release of the minor version is allowed; 99 stands for the patch releases to come."""
    return any(specifier.contains(f"{minor}.{patch}", prereleases=True) for patch in (*range(30), 99))


def _pinned(text: str, origin: Origin) -> Iterator[Statement]:
    """`3.12`, `3.12.4`, `python-3.12.4`, `cpython@3.12`, `3.12-dev`, `>=3.11`."""
    stated = re.sub(r"^(c?python)[-@ ]?(?=\d)", "", text.strip(), flags=re.IGNORECASE)
    if re.match(r"[<>=!~]", stated):
        yield from _constrained(stated, origin)
    elif match := re.match(r"3\.(\d+)(\.\d+)?", stated):
        yield Statement(SpecifierSet(f"==3.{match[1]}.*"), origin)


def _constrained(text: object, origin: Origin) -> Iterator[Statement]:
    try:
        specifier = SpecifierSet(str(text))
        for item in specifier:
            Version(item.version.removesuffix(".*"))
    except (InvalidSpecifier, InvalidVersion):
        return
    yield Statement(specifier, origin)


def _version_file(sources: Sources, path: str, pattern: str) -> Iterator[Statement]:
    if path in sources:
        for number, line in enumerate(sources.text(path).splitlines(), 1):
            if re.match(pattern, line.strip()):
                yield from _pinned(line, Origin(path, number))
                return


def _python_version_file(sources: Sources, folder: str) -> Iterator[Statement]:
    """pyenv's and uv's file: the first line that is a version (pyenv takes several, uv takes requests too)."""
    yield from _version_file(sources, _path(folder, ".python-version"), r"[\d<>=~]|c?python[-@]")


def _runtime_txt(sources: Sources, folder: str) -> Iterator[Statement]:
    """Heroku's file, before `.python-version` took its place."""
    yield from _version_file(sources, _path(folder, "runtime.txt"), r"python-\d")


def _pyproject(sources: Sources, folder: str) -> Iterator[Statement]:
    path = _path(folder, "pyproject.toml")
    stated = (sources.toml(path).get("project") or {}).get("requires-python")
    if stated:
        yield from _constrained(stated, Origin(path, sources.line_of(path, r"^\s*requires-python\s*=")))


def _setup_cfg(sources: Sources, folder: str) -> Iterator[Statement]:
    path = _path(folder, "setup.cfg")
    if path in sources:
        parser = configparser.ConfigParser(interpolation=None, strict=False)
        try:
            parser.read_string(sources.text(path))
        except configparser.Error:
            return
        stated = parser.get("options", "python_requires", fallback="")
        if stated:
            yield from _constrained(stated, Origin(path, sources.line_of(path, r"^\s*python_requires\s*=")))


def _path(folder: str, name: str) -> str:
    """The file beside the dependencies."""
    return name if folder == "." else f"{folder}/{name}"


STATEMENTS: tuple[Callable[[Sources, str], Iterator[Statement]], ...] = (
    _python_version_file,
    _runtime_txt,
    _pyproject,
    _setup_cfg,
)
