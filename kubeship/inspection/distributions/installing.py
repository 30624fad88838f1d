"""What does installing need beside the dependency files: folders of the project, the project itself, credentials?"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from packaging.utils import canonicalize_name

from kubeship.inspection.distributions.declared import Declared
from kubeship.inspection.files.documents import listed, table
from kubeship.inspection.files.sources import Sources, folder_of
from kubeship.model.origin import Found
from kubeship.model.project import Dependencies

PACKAGED = frozenset({"pdm", "pep621", "poetry", "uv"})
"""Managers that install the project itself only when they are told to."""
VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""What pip, Pipenv and PDM expand in an index' address (each one's documentation of private indexes)."""
PROJECT_ROOT = "PROJECT_ROOT"
"""PDM's own, for the folder of pyproject.toml."""

# Build backends that ask git for the version, which an image's build doesn't have, and the variable that answers for
# git. Sources: each one's own documentation.
VERSIONS_FROM_GIT = (
    (re.compile(r"setuptools[-_]scm|hatch-vcs|flit[-_]scm|use_scm_version"), "SETUPTOOLS_SCM_PRETEND_VERSION"),
    (re.compile(r"poetry-dynamic-versioning"), "POETRY_DYNAMIC_VERSIONING_BYPASS"),
    (re.compile(r"\[tool\.pdm\.version\]\s*\n(?:[^\[]*\n)?source\s*=\s*\"scm\""), "PDM_BUILD_SCM_VERSION"),
    (re.compile(r"[\"']pbr\b|pbr\s*=\s*True"), "PBR_VERSION"),
)


def with_needs(sources: Sources, declared: Declared) -> Found[Dependencies]:
    """The dependencies with all that installing them needs."""
    found = declared.dependencies
    folders = tuple(dict.fromkeys(_local(sources, declared)))
    package = _is_installed(sources, declared, folders)
    known = found.value
    if known.manager == "pep621" and "dependencies" in _dynamic(sources, declared):
        known = replace(known, manager="setuptools")  # only the build backend knows what it depends on
        package = True
    value = replace(
        known,
        paths=folders,
        package=package and known.manager in PACKAGED,
        credentials=tuple(dict.fromkeys(_credentials(sources, known))),
        version_variable=_version_variable(sources, declared) if package else "",
    )
    return replace(found, value=value)


def _local(sources: Sources, declared: Declared) -> Iterator[str]:
    """Folders and files of the project that something is installed from; `.` for the project itself."""
    base = folder_of(declared.dependencies.value.files[0]) if declared.dependencies.value.files else "."
    members = _members(sources) if declared.dependencies.value.manager == "uv" else {}
    for each in (*declared.requirements.required, *declared.requirements.locked):
        if each.location == "workspace":
            if each.name in members:
                yield members[each.name]
            continue
        location = re.sub(r"\[[^]]*\]$", "", each.location.removeprefix("file:").replace("${PROJECT_ROOT}/", ""))
        location = location.removeprefix("///")
        if not location or "://" in location or location.startswith("/") or "+" in location.partition("/")[0]:
            continue
        for start in dict.fromkeys((base, ".", folder_of(each.origin.path) if each.origin.path else ".")):
            path = posixpath.normpath(posixpath.join(start, location))
            if not path.startswith("..") and (path == "." or path in sources or sources.has_folder(path)):
                yield path
                break


def _members(sources: Sources) -> dict[str, str]:
    """The folders of a uv workspace by the names of their projects."""
    found: dict[str, str] = {}
    for path in sources.other_files:
        if posixpath.basename(path) == "pyproject.toml":
            name = table(sources.toml(path), "project").get("name")
            if isinstance(name, str):
                found.setdefault(canonicalize_name(name), folder_of(path))
    return found


def _is_installed(sources: Sources, declared: Declared, folders: tuple[str, ...]) -> bool:
    """Whether the project itself must be installed: for scripts, entry points, or metadata that it reads."""
    manager = declared.dependencies.value.manager
    if manager == "setuptools" or "." in folders:
        return True
    document = _manifest(sources, declared)
    if manager not in PACKAGED or not _is_package(document, manager):
        return False
    project, poetry = table(document, "project"), table(document, "tool", "poetry")
    scripts = any(table(project, key) for key in ("scripts", "gui-scripts", "entry-points"))
    if scripts or table(poetry, "scripts") or table(poetry, "plugins"):
        return True
    name = str(project.get("name") or poetry.get("name") or "")
    return bool(name) and _reads_its_metadata(sources, name)


def _is_package(document: dict[str, Any], manager: str) -> bool:
    """Whether the manager takes the project for a package (uv `package`, Poetry `package-mode`, PDM `distribution`)."""
    tool = table(document, "tool")
    match manager:
        case "uv":
            stated = table(tool, "uv").get("package")
            return bool(stated) if stated is not None else "build-system" in document
        case "poetry":
            return table(tool, "poetry").get("package-mode") is not False
        case "pdm":
            stated = table(tool, "pdm").get("distribution")
            return bool(stated) if stated is not None else "build-system" in document
        case _:
            return "build-system" in document


def _reads_its_metadata(sources: Sources, name: str) -> bool:
    """`importlib.metadata.version("shop")`, which fails where the distribution isn't installed."""
    words = re.escape(name.encode()).replace(rb"\-", rb"[-_.]").replace(b"_", b"[-_.]")
    own = rb"[\"']" + words + rb"[\"']|__package__|__name__"
    pattern = re.compile(rb"(?:\bversion|metadata|distribution|get_distribution)\(\s*(?:" + own + rb")\s*\)")
    return next(sources.mentioning(pattern), None) is not None


def _dynamic(sources: Sources, declared: Declared) -> list[Any]:
    """What the build backend fills in; requirements files that are named for it are read without building."""
    files = declared.dependencies.value.files
    return listed(table(_manifest(sources, declared), "project").get("dynamic")) if len(files) == 1 else []


def _manifest(sources: Sources, declared: Declared) -> dict[str, Any]:
    files = declared.dependencies.value.files
    manifest = next((file for file in files if posixpath.basename(file) == "pyproject.toml"), None)
    return sources.toml(manifest) if manifest else {}


def _credentials(sources: Sources, dependencies: Dependencies) -> Iterator[str]:
    """Variables that the addresses of indexes hold, and those that uv wants for an index that asks for a password."""
    for file in dependencies.files:
        if not file.endswith((".txt", ".in", ".toml", "Pipfile", ".yml", ".yaml")):
            continue
        for line in sources.text(file).splitlines():
            if "://" in line and not line.lstrip().startswith("#"):
                yield from (name for name in VARIABLE.findall(line) if name != PROJECT_ROOT)
        if dependencies.manager == "uv" and file.endswith("pyproject.toml"):
            for index in listed(table(sources.toml(file), "tool", "uv").get("index")):
                if isinstance(index, dict) and index.get("authenticate") == "always" and index.get("name"):
                    name = re.sub(r"[^A-Z0-9]", "_", str(index["name"]).upper())
                    yield from (f"UV_INDEX_{name}_USERNAME", f"UV_INDEX_{name}_PASSWORD")


def _version_variable(sources: Sources, declared: Declared) -> str:
    files = declared.dependencies.value.files
    folder = folder_of(files[0]) if files else "."
    for name in ("pyproject.toml", "setup.py", "setup.cfg"):
        path = posixpath.normpath(posixpath.join(folder, name))
        if path in sources:
            for pattern, variable in VERSIONS_FROM_GIT:
                if pattern.search(sources.text(path)):
                    return variable
    return ""
