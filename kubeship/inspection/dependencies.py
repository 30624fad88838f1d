"""Which files say what is installed, and which of them is the deployed one?"""

import re
from dataclasses import dataclass

from packaging.markers import InvalidMarker, Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from kubeship.errors import InvalidInput
from kubeship.inspection.findings import SET_BY_YOU, Answered
from kubeship.inspection.requirements import Required, Requirements, read_requirements
from kubeship.inspection.sources import Sources, folder_of, is_aside
from kubeship.model.origin import Candidate, Found, Origin, Question
from kubeship.model.project import Answers, Dependencies


@dataclass(frozen=True)
class Manager:
    """Another way to declare dependencies, and how a requirements file is made from it."""

    name: str
    label: str
    file: str
    export: str


# Strongest first. Sources: `uv export`, `poetry export` (poetry-plugin-export), `pdm export`, `pipenv requirements`,
# each tool's own command reference.
MANAGERS = (
    Manager("uv", "uv", "uv.lock", "uv export --no-dev --no-emit-project -o requirements.txt"),
    Manager("poetry", "Poetry", "poetry.lock", "poetry export -o requirements.txt"),
    Manager("pdm", "PDM", "pdm.lock", "pdm export --prod -o requirements.txt"),
    Manager("pipenv", "Pipenv", "Pipfile.lock", "pipenv requirements > requirements.txt"),
    Manager("pipenv", "Pipenv", "Pipfile", "pipenv lock && pipenv requirements > requirements.txt"),
    Manager("conda", "conda", "environment.yml", "write requirements.txt with what the app imports"),
    Manager("conda", "conda", "environment.yaml", "write requirements.txt with what the app imports"),
    Manager("pep621", "pyproject.toml", "pyproject.toml", "uv pip compile pyproject.toml -o requirements.txt"),
    Manager("setuptools", "setup.cfg", "setup.cfg", "uv pip compile setup.cfg -o requirements.txt"),
    Manager("setuptools", "setup.py", "setup.py", "uv pip compile setup.py -o requirements.txt"),
)

# The deployed requirements file by its name, most specific first: pip-tools' and cookiecutter-django's layouts, and
# what Heroku, App Engine and Azure install (`requirements.txt` at the root).
DEPLOYED = (
    r"requirements\.txt",
    r"requirements/prod(uction)?\.txt",
    r"requirements[-_.]prod(uction)?\.txt",
    r"prod(uction)?[-_.]requirements\.txt",
    r"requirements/(requirements|base|main|app|common|default|deploy)\.txt",
    r"requirements[-_.](base|main|app|common|deploy)\.txt",
)


@dataclass(frozen=True)
class Declared:
    """The dependencies as the other questions need them."""

    dependencies: Found[Dependencies]
    requirements: Requirements
    folder: str = "."
    """The folder that the dependency files belong to."""

    @property
    def distributions(self) -> tuple[str, ...]:
        """Normalised names, sorted."""
        return tuple(sorted({requirement.name for requirement in self.requirements.required if requirement.name}))

    def applying(self, python: str) -> list[Required]:
        """The requirements whose markers hold on Linux under this Python."""
        return [requirement for requirement in self.requirements.required if _applies(requirement.marker, python)]


def declared(sources: Sources, answers: Answers) -> Answered[Declared]:
    """Where dependencies come from. Raises InvalidInput when only a manager that isn't supported yet is there."""
    if "dependencies.files" in answers:
        return _answered(sources, answers["dependencies.files"])
    folder = _folder(sources)
    deployed = _deployed(sources, folder)
    other = _other_manager(sources, folder)
    if deployed:
        result = _read(sources, deployed, Origin(deployed[0], reason="a pip requirements file"), folder)
        return _compared(sources, result, other, answers)
    if other is None:
        nothing = Found(Dependencies("none"), (Origin(reason="there is no dependency file"),))
        return Answered(Declared(nothing, Requirements((), ()), folder))
    manager, path = other
    raise InvalidInput(
        f"dependencies are declared in {path} ({manager.label}), which this version of kubeship can't install from",
        hint=f"make a requirements file: {manager.export}",
    )


def _answered(sources: Sources, answer: object) -> Answered[Declared]:
    files = [answer] if isinstance(answer, str) else answer
    if not isinstance(files, list) or not files or not all(isinstance(path, str) for path in files):
        raise InvalidInput(
            f"dependencies.files is {answer!r}, and should be a list of requirements files",
            hint="kubeship init --set 'dependencies.files=[requirements.txt]'",
        )
    missing = [path for path in files if path not in sources]
    if missing:
        raise InvalidInput(
            f"dependencies.files names {missing[0]}, which isn't in the project",
            hint="give paths relative to the project's root",
        )
    return _read(sources, files, Origin(files[0], reason=SET_BY_YOU), _home(files[0]))


def _folder(sources: Sources) -> str:
    """The root, unless all dependency files lie in one subfolder (a `backend/` beside other things)."""
    homes = {
        _home(path)
        for path in sources.files
        if not is_aside(path) and path.count("/") <= 2 and (_is_requirements(path) or _manager(path, sources))
    }
    return homes.pop() if len(homes) == 1 else "."


def _home(path: str) -> str:
    folder = folder_of(path)
    return folder_of(folder) if folder.rpartition("/")[2] == "requirements" else folder


def _is_requirements(path: str) -> bool:
    return any(re.fullmatch(f"(.*/)?{pattern}", path) for pattern in DEPLOYED)


def _manager(path: str, sources: Sources) -> Manager | None:
    manager = next((manager for manager in MANAGERS if path.rpartition("/")[2] == manager.file), None)
    return manager if manager and _declares(sources, manager, path) else None


def _declares(sources: Sources, manager: Manager, path: str) -> bool:
    """Whether the file declares dependencies at all: pyproject.toml, setup.cfg and setup.py may hold other things."""
    match manager.file:
        case "pyproject.toml":
            document = sources.toml(path)
            project = document.get("project") or {}
            poetry = (document.get("tool") or {}).get("poetry") or {}
            return bool(project.get("dependencies") or "dependencies" in project.get("dynamic", ()) or poetry)
        case "setup.cfg" | "setup.py":
            return "install_requires" in sources.text(path)
        case _:
            return True


def _deployed(sources: Sources, folder: str) -> list[str]:
    prefix = "" if folder == "." else f"{folder}/"
    for pattern in DEPLOYED:
        found = [path for path in sources.files if re.fullmatch(re.escape(prefix) + pattern, path)]
        if found:
            return found[:1]
    return []


def _other_manager(sources: Sources, folder: str) -> tuple[Manager, str] | None:
    prefix = "" if folder == "." else f"{folder}/"
    paths = [f"{prefix}{manager.file}" for manager in MANAGERS]
    for path in paths:
        if path in sources and (manager := _manager(path, sources)):
            return manager, path
    return None


def _read(sources: Sources, files: list[str], origin: Origin, folder: str) -> Answered[Declared]:
    readings = [read_requirements(sources, path) for path in files]
    merged = Requirements(
        tuple(dict.fromkeys(path for reading in readings for path in reading.files)),
        tuple(requirement for reading in readings for requirement in reading.required),
        tuple(name for reading in readings for name in reading.constrained),
        tuple(dict.fromkeys(index for reading in readings for index in reading.indexes)),
        tuple(warning for reading in readings for warning in reading.warnings),
    )
    found = Dependencies("pip", merged.files, indexes=merged.indexes, hashes=merged.hashes)
    return Answered(Declared(Found(found, (origin,)), merged, folder), merged.warnings)


def _compared(
    sources: Sources, result: Answered[Declared], other: tuple[Manager, str] | None, answers: Answers
) -> Answered[Declared]:
    """A second manager beside the requirements file: made from it, agreeing with it, or a question."""
    if other is None or answers.get("dependencies.manager") == "pip":
        return result
    manager, path = other
    first = result.value.requirements.files[0]
    head = "\n".join(sources.text(first).splitlines()[:8])
    if re.search(r"autogenerated|generated by|uv export|uv pip compile|pip-compile|poetry export|-i https://", head):
        return result
    names = _names(sources, manager, path)
    missing = sorted(names - set(result.value.distributions) - {""})
    if not missing and (names or manager.file in ("setup.py", "setup.cfg")):
        return result
    shown = ", ".join(missing[:5]) + (", ..." if len(missing) > 5 else "") or "its packages"
    text = f"{first} and {path} ({manager.label}) both declare dependencies, and {first} lacks {shown}"
    choices = (
        Candidate([first], Origin(first, reason=f"install with pip from {first}")),
        Candidate(None, Origin(path, reason=f"not supported yet; bring {first} up to date: {manager.export}")),
    )
    question = Question("dependencies.files", text, choices)
    return Answered(result.value, result.warnings, (*result.questions, question))


def _names(sources: Sources, manager: Manager, path: str) -> set[str]:
    """The distributions that the other manager's declaration names directly."""
    folder = folder_of(path)
    pyproject = sources.toml("pyproject.toml" if folder == "." else f"{folder}/pyproject.toml")
    if manager.name in ("uv", "pdm", "pep621", "poetry"):
        listed = (pyproject.get("project") or {}).get("dependencies") or []
        poetry = ((pyproject.get("tool") or {}).get("poetry") or {}).get("dependencies") or {}
        return {_name(str(item)) for item in listed} | {_name(name) for name in poetry if name != "python"}
    if manager.name == "pipenv":
        pipfile = sources.toml("Pipfile" if folder == "." else f"{folder}/Pipfile")
        return {_name(name) for name in pipfile.get("packages") or {}}
    return set()


def _name(requirement: str) -> str:
    try:
        return canonicalize_name(Requirement(requirement).name)
    except InvalidRequirement:
        return ""


def _applies(marker: str, python: str) -> bool:
    environment = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "platform_machine": "x86_64",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "extra": "",
    }
    try:
        return not marker or Marker(marker).evaluate(environment)
    except (InvalidMarker, ValueError, KeyError):
        return True
