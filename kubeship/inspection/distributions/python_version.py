"""Which Python does the project run on?"""

from collections.abc import Callable
from dataclasses import dataclass

from packaging.specifiers import SpecifierSet

from kubeship.errors import InvalidInput
from kubeship.inspection.distributions.python_pins import DECLARED, DEPLOYED, TESTED, Statement
from kubeship.inspection.distributions.python_statements import python_statements
from kubeship.inspection.distributions.requirement_lines import Required
from kubeship.inspection.files.findings import SET_BY_YOU, Answered
from kubeship.inspection.files.sources import Sources
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
OLDER = ("3.6", "3.7", "3.8", "3.9")
"""Named when a project is bound to one of them, and not built."""
METADATA = frozenset({"pyproject.toml", "setup.cfg", "setup.py"})
"""Files whose `requires-python` installers hold to."""
DEFAULT = "3.13"
"""The newest one that nearly every distribution on PyPI has wheels for."""
BY_DEFAULT = Origin(reason="default: the newest Python that nearly all wheels exist for")

Untried = Callable[[str], tuple[Required, ...]]
"""The requirements that were released for other versions than this one."""


@dataclass(frozen=True)
class PythonFound:
    """The version and what the project allows."""

    version: Found[str]
    constraint: str


def python_version(sources: Sources, folder: str, answers: Answers, untried: Untried) -> Answered[PythonFound]:
    """The default version where every statement allows it, else the newest supported one that they allow.

    Of several that are allowed, one that the project is tested with comes first, and of these one that the pinned
    requirements were released for: nobody tried the others with them. Two declarations that exclude each
    other become a Question that names both places; a deployment that contradicts them is a warning. Raises
    InvalidInput for an answer that isn't a supported version.
    """
    statements = python_statements(sources, folder)
    declared = [statement for statement in statements if statement.strength == DECLARED]
    binding = [statement for statement in statements if statement.strength < TESTED]
    constraint = str(SpecifierSet(",".join(sorted({str(s.specifier) for s in declared if str(s.specifier)}))))
    if "python" in answers:
        return Answered(PythonFound(Found(_checked(answers["python"]), (Origin(reason=SET_BY_YOU),)), constraint))
    warnings: tuple[Warned, ...] = ()
    if declared and not _allowed(binding) and _allowed(declared):
        warnings = _contradicted(declared, binding)
        binding = declared
    elif not _allowed(declared) and (agreed := _installable(statements)):
        warnings = _contradicted(agreed, binding)
        binding = agreed
    allowed = _allowed(binding)
    if not allowed:
        return _contradiction(binding, constraint)
    tested = _tested(statements, allowed)
    choices = [minor for minor, _ in tested] or allowed
    version, deciding = _tried(choices, untried)
    origins = tuple(statement.origin for statement in binding) + tuple(
        statement.origin for minor, statement in tested if minor == version
    )
    origins = (*origins, *deciding) or (BY_DEFAULT,)
    if SUPPORTED[version] == "end of life":
        warnings += (Warned(f"Python {version} gets no security fixes any more", origins[0]),)
    return Answered(PythonFound(Found(version, origins), constraint), warnings)


def _installable(statements: list[Statement]) -> list[Statement]:
    """Where declarations exclude each other: what installers hold a project to, if its deployment agrees with that.

    A tool's pin for developers is then the odd one out: with its Python, the project couldn't even be installed.
    """
    kept = [s for s in statements if s.strength == DEPLOYED or s.origin.path.rpartition("/")[2] in METADATA]
    bound, deployed = ({s.strength for s in kept} >= {strength} for strength in (DECLARED, DEPLOYED))
    return kept if bound and deployed and _allowed(kept) else []


def _tried(choices: list[str], untried: Untried) -> tuple[str, tuple[Origin, ...]]:
    """The best choice, or the one that more requirements were released for, and the first of these.

    A version without security fixes is nobody's choice as long as there is another. Where some requirement is older
    than all that are left, the oldest of the equal ones comes closest.
    """
    kept = [minor for minor in choices if SUPPORTED[minor] != "end of life"] or choices
    best = DEFAULT if DEFAULT in kept else kept[-1]
    if len(kept) == 1:
        return best, ()
    missed = {minor: untried(minor) for minor in kept}
    fewest = min(len(each) for each in missed.values())
    if len(missed[best]) == fewest == 0:
        return best, ()
    equal = [minor for minor in kept if len(missed[minor]) == fewest]
    version = equal[0] if fewest else equal[-1]
    first = next((each for each in missed[best] if each not in missed[version]), missed[best][0])
    release = first.version or f"before {first.below}"
    reason = f"{first.name} {release} was released for older Pythons than {best}"
    return version, (Origin(first.origin.path, first.origin.line, reason),) if version != best else ()


def _checked(answer: object) -> str:
    version = str(answer)
    if version not in SUPPORTED:
        raise InvalidInput(
            f"python is {version!r}, and kubeship builds for {', '.join(SUPPORTED)}",
            hint=f"kubeship init --set 'python=\"{DEFAULT}\"'",
        )
    return version


def _allowed(statements: list[Statement], minors: tuple[str, ...] = tuple(SUPPORTED)) -> list[str]:
    return [minor for minor in minors if all(_allows(s.specifier, minor) for s in statements)]


def _tested(statements: list[Statement], allowed: list[str]) -> list[tuple[str, Statement]]:
    """The allowed versions that tests run with, each with the first place that says so."""
    found: dict[str, Statement] = {}
    for minor in allowed:
        for statement in statements:
            if statement.strength == TESTED and _allows(statement.specifier, minor):
                found.setdefault(minor, statement)
    return list(found.items())


def _contradicted(declared: list[Statement], binding: list[Statement]) -> tuple[Warned, ...]:
    """A warning for each deployment that has a version that the project excludes."""
    said = "; ".join(f"{s.origin} says {s.specifier}" for s in declared)
    return tuple(
        Warned(f"this has Python {str(s.specifier).removeprefix('==').removesuffix('.*')}, and {said}", s.origin)
        for s in binding
        if s not in declared and not _allowed([*declared, s], (*OLDER, *SUPPORTED))
    )


def _contradiction(statements: list[Statement], constraint: str) -> Answered[PythonFound]:
    said = "; ".join(f"{s.origin} says {s.specifier}" for s in statements)
    named = {
        minor: s.origin
        for s in reversed(statements)
        for minor in [next((m for m in reversed(SUPPORTED) if _allows(s.specifier, m)), None)]
        if minor
    }
    candidates = tuple(Candidate(minor, origin) for minor, origin in reversed(named.items()))
    older = _allowed(statements, OLDER)
    if older or not candidates:  # bound to an older one: any that the others allow may do, the nearest first
        newer = _allowed([s for s in statements if _allowed([s])]) or list(SUPPORTED)
        candidates = tuple(Candidate(minor, Origin(reason=SUPPORTED[minor])) for minor in newer)
    text = f"no Python that kubeship knows ({', '.join(SUPPORTED)}) satisfies everything: {said}"
    version = older[-1] if older else candidates[0].value
    found = Found(version, tuple(s.origin for s in statements))
    return Answered(PythonFound(found, constraint), (), (Question("python", text, candidates),))


def _allows(specifier: SpecifierSet, minor: str) -> bool:
    """Whether any patch release of the minor version is allowed; 99 stands for the patch releases to come."""
    return any(specifier.contains(f"{minor}.{patch}", prereleases=True) for patch in (*range(30), 99))
