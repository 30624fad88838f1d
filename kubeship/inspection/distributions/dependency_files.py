"""Which files declare dependencies, and for which manager?"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kubeship.inspection.distributions.managers.conda import read_conda
from kubeship.inspection.distributions.managers.declarations import Declaration, Selection
from kubeship.inspection.distributions.managers.pdm import read_pdm
from kubeship.inspection.distributions.managers.pipenv import read_pipenv
from kubeship.inspection.distributions.managers.poetry import read_poetry
from kubeship.inspection.distributions.managers.pyproject import names, read_pyproject
from kubeship.inspection.distributions.managers.scripts import read_script, scripts
from kubeship.inspection.distributions.managers.setuptools import read_setuptools, setup_call
from kubeship.inspection.distributions.managers.uv import read_uv
from kubeship.inspection.files.documents import listed, table
from kubeship.inspection.files.sources import Sources, folder_of, in_folder

Reader = Callable[[Sources, str, Selection], Declaration]


@dataclass(frozen=True)
class Manager:
    """A way to declare dependencies: the files that say so, and who reads them."""

    name: str
    label: str
    file: str
    read: Reader


# Strongest first: a lock file says exactly what is installed. Requirements files stand beside this table, since their
# names vary. Sources: each tool's own documentation of its files.
MANAGERS = (
    Manager("uv", "uv", "uv.lock", read_uv),
    Manager("poetry", "Poetry", "poetry.lock", read_poetry),
    Manager("pdm", "PDM", "pdm.lock", read_pdm),
    Manager("pipenv", "Pipenv", "Pipfile.lock", read_pipenv),
    Manager("pipenv", "Pipenv", "Pipfile", read_pipenv),
    Manager("conda", "conda", "environment.yml", read_conda),
    Manager("conda", "conda", "environment.yaml", read_conda),
    Manager("pep621", "pyproject.toml", "pyproject.toml", read_pyproject),
    Manager("setuptools", "setup.cfg", "setup.cfg", read_setuptools),
    Manager("setuptools", "setup.py", "setup.py", read_setuptools),
)
SCRIPT = Manager("uv", "uv (a script's own block)", "", read_script)
"""A script that declares its dependencies itself, which `uv run` installs; only where nothing else does."""
LOCKS = frozenset({"Pipfile.lock", "pdm.lock", "poetry.lock", "uv.lock"})
BY_TABLE = {
    "poetry": Manager("poetry", "Poetry", "pyproject.toml", read_poetry),
    "pdm": Manager("pdm", "PDM", "pyproject.toml", read_pdm),
    "uv": Manager("uv", "uv", "pyproject.toml", read_uv),
}
"""Without a lock file, the tool's own table in pyproject.toml says whose it is."""

# The deployed requirements file by its name, most specific first: pip-tools' and cookiecutter-django's layouts, and
# what Heroku, App Engine and Azure install (`requirements.txt` at the root).
DEPLOYED = (
    r"requirements\.txt",
    r"requirements/prod(uction)?\.txt",
    r"requirements[-_.]prod(uction)?\.txt",
    r"prod(uction)?[-_.]requirements\.txt",
    r"requirements/(requirements|base|main|app|common|default|deploy)\.txt",
    r"requirements/(?!.*(dev|test|doc|lint|local|ci))[\w.-]+[-_.]requirements\.txt",
    r"requirements[-_.](base|main|app|common|deploy)\.txt",
    r"requirements/(prod(uction)?|requirements|base)\.in",
    r"requirements\.in",
)


@dataclass(frozen=True)
class DependencyFile:
    """One file that dependencies could be installed from."""

    path: str
    manager: Manager


def home(path: str) -> str:
    """The folder that a dependency file belongs to: `requirements/prod.txt` to the one above."""
    folder = folder_of(path)
    return folder_of(folder) if folder.rpartition("/")[2] == "requirements" else folder


def is_requirements(path: str) -> bool:
    """Whether the file has a name that deployed requirements files have."""
    return any(re.fullmatch(f"(.*/)?{pattern}", path) for pattern in DEPLOYED)


def manager_of(sources: Sources, path: str) -> Manager | None:
    """Whose file it is; None when it declares no dependencies."""
    name = path.rpartition("/")[2]
    manager = next((manager for manager in MANAGERS if name == manager.file), None)
    if manager is None or not _declares(sources, manager, path):
        return None
    if name == "pyproject.toml":
        shared = "uv" if _is_locked_above(sources, folder_of(path)) else ""
        return BY_TABLE.get(_tool(sources.toml(path)) or shared, manager)
    return manager


def _is_locked_above(sources: Sources, folder: str) -> bool:
    """Whether the folder belongs to a uv workspace, whose members share the lock file of its top."""
    while folder != ".":
        folder = folder_of(folder)
        if in_folder(folder, "uv.lock") in sources:
            return True
    return False


def _tool(document: dict[str, Any]) -> str:
    """The tool that a pyproject.toml without a lock file belongs to; empty for none."""
    tools = table(document, "tool")
    if "poetry" in tools or str(table(document, "build-system").get("build-backend", "")).startswith("poetry"):
        return "poetry"
    if table(tools, "pdm").keys() - {"build", "version", "publish"}:  # those are the build backend's
        return "pdm"
    return "uv" if "uv" in tools else ""


def requirements_files(sources: Sources, folder: str) -> list[str]:
    """The deployed requirements file of a folder by its name; none, or one."""
    below = re.escape(in_folder(folder, ""))
    for pattern in DEPLOYED:
        found = [path for path in sources.other_files if re.fullmatch(below + pattern, path)]
        if found:
            return found[:1]
    return []


def declaring(sources: Sources, folder: str) -> DependencyFile | None:
    """The strongest file in the folder beside requirements files."""
    for manager in MANAGERS:
        path = in_folder(folder, manager.file)
        if path in sources and (found := manager_of(sources, path)):
            return DependencyFile(path, found)
    alone = scripts(sources, folder)
    return DependencyFile(alone[0], SCRIPT) if len(alone) == 1 and not requirements_files(sources, folder) else None


def direct_names(sources: Sources, file: DependencyFile) -> set[str]:
    """The distributions that the declaration names directly."""
    folder = folder_of(file.path)
    if file.path.endswith(("setup.py", "setup.cfg")):
        return set()
    if file.manager.name == "pipenv":
        return names(list(table(sources.toml(in_folder(folder, "Pipfile")), "packages")))
    if file.manager.name == "conda":
        return {each.name for each in read_conda(sources, file.path, Selection()).requirements.required}
    document = sources.toml(in_folder(folder, "pyproject.toml"))
    poetry = table(document, "tool", "poetry", "dependencies")
    return names(listed(table(document, "project").get("dependencies"))) | names(
        [name for name in poetry if name != "python"]
    )


def _declares(sources: Sources, manager: Manager, path: str) -> bool:
    """Whether the file declares dependencies at all: pyproject.toml, setup.cfg and setup.py may hold other things."""
    match manager.file:
        case "pyproject.toml":
            document = sources.toml(path)
            project = table(document, "project")
            poetry = table(document, "tool", "poetry")
            declared = "dependencies" in project or "dependencies" in listed(project.get("dynamic"))
            return bool(declared or "dependencies" in poetry)
        case "setup.cfg":
            return "install_requires" in sources.text(path)
        case "setup.py":
            tree = sources.tree(path) if "install_requires" in sources.text(path) else None
            return bool(tree and setup_call(tree))
        case "uv.lock" | "poetry.lock" | "pdm.lock":
            return in_folder(folder_of(path), "pyproject.toml") in sources
        case _:
            return True
