"""Can this version of kubeship deploy what inspection found? If not, it says so before anything is written."""

from kubeship.errors import InvalidInput
from kubeship.model.project import ProcessFound, Project

FRAMEWORKS = {"django": "Django", "flask": "Flask"}
"""What is deployed today, through WSGI."""
MANAGERS = frozenset({"none", "pip"})

# How a requirements file is made from what the other managers know. Sources: each tool's own command reference
# (`uv export`, poetry-plugin-export, `pdm export`, `pipenv requirements`, `uv pip compile`).
EXPORTS = {
    "conda": "write requirements.txt with what the app imports",
    "pdm": "pdm export --prod -o requirements.txt",
    "pep621": "uv pip compile pyproject.toml -o requirements.txt",
    "pip-tools": "pip-compile -o requirements.txt",
    "pipenv": "pipenv requirements > requirements.txt",
    "poetry": "poetry export -o requirements.txt",
    "setuptools": "uv pip compile setup.py -o requirements.txt",
    "uv": "uv export --no-dev --no-emit-project -o requirements.txt",
}
KEY = "processes.web.entrypoint"
SET_BY_YOU = "set by you"
"""The reason that inspection gives to a value that an answer settled."""


def require_deployable(project: Project) -> None:
    """Raises InvalidInput for a manager, a framework or an interface that kubeship can't deploy yet."""
    _require_manager(project)
    web = next((process for process in project.processes if process.kind == "web"), None)
    question = project.question(KEY)
    if question and question.candidates:
        return  # a person may choose an app that can be deployed
    if web and web.origins and web.origins[0].reason == SET_BY_YOU and web.interface == "wsgi":
        return
    _require_framework(project, web)


def _require_manager(project: Project) -> None:
    dependencies = project.dependencies.value
    if dependencies.manager in MANAGERS or _has_requirements(dependencies.files):
        return
    file = dependencies.files[0] if dependencies.files else project.dependencies.origin.path
    raise InvalidInput(
        f"dependencies are declared in {file} ({dependencies.manager}), "
        "which this version of kubeship can't install from",
        hint=f"make a requirements file: {EXPORTS.get(dependencies.manager, EXPORTS['conda'])}",
    )


def _has_requirements(files: tuple[str, ...]) -> bool:
    """Whether pip can install all of it: pip-tools' outcome is a requirements file."""
    return bool(files) and all(file.endswith(".txt") for file in files)


def _require_framework(project: Project, web: ProcessFound | None) -> None:
    name, origin = project.framework.value, project.framework.origin
    interface = web.interface if web else "none"
    known = " and ".join(FRAMEWORKS.values())
    if name in FRAMEWORKS and (interface == "wsgi" or (web is not None and web.entrypoint is None)):
        return
    if name == "none":
        found = f"; found {origin}" if origin.path else ""
        raise InvalidInput(
            f"no {known.replace(' and ', ' or ')} app was found{found}",
            hint="give the folder that holds the app; this version of kubeship deploys web apps of these "
            "frameworks only",
        )
    served = {"asgi": " with ASGI", "own-server": " with its own server"}.get(interface, "")
    label = FRAMEWORKS[name] + served if name in FRAMEWORKS else name
    raise InvalidInput(
        f"found {label} in {origin}; this version of kubeship deploys {known} through WSGI",
        hint=f"if the project holds such an app too, name it: --set {KEY}=MODULE:OBJECT",
    )
