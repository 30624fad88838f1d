"""Which folder of the repository holds the project? One of several asks for `root`."""

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Any

from packaging.utils import canonicalize_name

from kubeship.errors import InvalidInput
from kubeship.inspection.code.frameworks import FRAMEWORKS
from kubeship.inspection.code.queues import LIBRARIES
from kubeship.inspection.distributions.dependency_files import home, is_requirements, manager_of
from kubeship.inspection.distributions.installs import is_for_development
from kubeship.inspection.files.documents import listed, table
from kubeship.inspection.files.findings import Answered
from kubeship.inspection.files.sources import Sources, folder_of, in_folder, is_aside
from kubeship.model.origin import Candidate, Origin, Question
from kubeship.model.project import Answers

KEY = "root"
MAX_DEPTH = 3
"""How deep a part of a monorepo may lie: `services/payments/api`."""
RUNS = re.compile(r"(Procfile|Dockerfile|manage\.py|wsgi\.py|asgi\.py|app\.yaml|fly\.toml)")
"""Files beside the dependencies that say that something is deployed from there."""


@dataclass(frozen=True)
class Part:
    """The project's folder, and those of other projects beside it."""

    folder: str
    others: tuple[str, ...] = ()


def project_folder(sources: Sources, answers: Answers) -> Answered[Part]:
    """The folder whose dependency files count: the top, the only one that has some, or the one with a web app.

    Members of a uv, Poetry or PDM workspace, and the parts of a repository without a top project, are separate
    projects: when several hold an app, it is a Question that lists them.
    """
    homes = _homes(sources)
    top = [path for path in sources.code if "/" not in path]
    if homes and "." not in homes and KEY not in answers and _imports_framework(sources, top):
        return Answered(Part("."))  # the app lies at the top, and what declares something below is a part of it
    members = _members(sources, homes) if "." in homes else []
    if members and _runs_itself(sources, homes) and KEY not in answers:
        unused = tuple(each for each in _with_apps(sources, members) if not _is_used(sources, each, members))
        return Answered(Part(".", unused))
    parts = members if "." in homes else _outermost(homes)
    apps = _with_apps(sources, parts) if len(parts) > 1 else parts
    if stated := _answered(sources, homes, answers):
        return Answered(Part(stated, tuple(app for app in apps if not _overlaps(app, stated))))
    if len(apps) < 2:
        first = parts[0] if parts and "." not in homes else "."
        return Answered(Part(apps[0] if apps else first))
    text = f"the repository holds several projects: {', '.join(apps)}"
    found = tuple(Candidate(part, Origin(homes[part], reason="declares dependencies")) for part in apps)
    deployed = [part for part in apps if _runs(sources, part)] or apps
    first = deployed[0]
    return Answered(Part(first, tuple(app for app in apps if app != first)), (), (Question(KEY, text, found),))


def stated_root(sources: Sources, answers: Answers) -> str | None:
    """The folder that an answer names. Raises InvalidInput where it isn't one of the project."""
    if KEY not in answers:
        return None
    folder = posixpath.normpath(str(answers[KEY]).lstrip("/") or ".")
    if not sources.has_folder(folder):
        raise InvalidInput(
            f"root is {answers[KEY]!r}, and no files lie in such a folder of {sources.root.name}",
            hint="name a folder relative to the project's: --root services/shop",
        )
    return folder


def _overlaps(one: str, other: str) -> bool:
    return other == "." or f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")


def _homes(sources: Sources) -> dict[str, str]:
    """Folders with dependency files, and the first file of each."""
    found: dict[str, str] = {}
    for path in (*sources.other_files, *(path for path in sources.python_files if path.endswith("setup.py"))):
        folder = folder_of(path)
        hidden = any(part.startswith(".") or is_for_development(part) for part in folder.split("/") if part != ".")
        if path.count("/") > MAX_DEPTH or hidden or is_aside(f"{folder}/x.py"):
            continue
        if is_requirements(path) or _is_managed(sources, path):
            found.setdefault(home(path), path)
    return dict(sorted(found.items()))


def _is_managed(sources: Sources, path: str) -> bool:
    """Whether a manager reads the file; another project's that can't be read (a template) declares nothing.

    Raises InvalidInput for the top's own.
    """
    try:
        return manager_of(sources, path) is not None
    except InvalidInput:
        if "/" not in path:
            raise
        return False


def _answered(sources: Sources, homes: dict[str, str], answers: Answers) -> str | None:
    """The folder that an answer names, or the nearest above it that declares something."""
    folder = stated_root(sources, answers)
    while folder and folder not in homes and folder != ".":
        folder = folder_of(folder)
    return folder if folder and folder in homes else None


def _members(sources: Sources, homes: dict[str, str]) -> list[str]:
    """The members of a uv workspace."""
    patterns = [str(each).strip("/") for each in listed(_uv(sources, ".", "workspace").get("members"))]
    return [each for each in homes if any(fnmatch(each, pattern) for pattern in patterns)]


def _runs_itself(sources: Sources, homes: dict[str, str]) -> bool:
    """Whether the top of a workspace holds an app of its own."""
    others = [each for each in homes if each != "."]
    return _imports_framework(
        sources, [each for each in sources.code if not any(each.startswith(f"{other}/") for other in others)]
    )


def _is_used(sources: Sources, member: str, members: Iterable[str]) -> bool:
    """Whether the top of the workspace, or another member, depends on a member."""
    name = str(table(sources.toml(in_folder(member, "pyproject.toml")), "project").get("name", ""))
    others = (".", *(each for each in members if each != member))
    return canonicalize_name(name) in {
        canonicalize_name(each) for other in others for each in _uv(sources, other, "sources")
    }


def _uv(sources: Sources, folder: str, key: str) -> dict[str, Any]:
    return table(sources.toml(in_folder(folder, "pyproject.toml")), "tool", "uv", key)


def _outermost(homes: dict[str, str]) -> list[str]:
    """Without folders that lie below another one: `backend/worker` is part of `backend`."""
    return [each for each in homes if not any(each.startswith(f"{other}/") for other in homes)]


def _with_apps(sources: Sources, parts: list[str]) -> list[str]:
    """The parts with a web app; where none has one, those with a task queue."""
    files = {part: [path for path in sources.code if path.startswith(f"{part}/")] for part in parts}
    serving = [part for part in parts if _imports_framework(sources, files[part])]
    return serving or [part for part in parts if _imports(sources, files[part], LIBRARIES)]


def _imports_framework(sources: Sources, paths: list[str]) -> bool:
    return _imports(sources, paths, {framework.module for framework in FRAMEWORKS})


def _imports(sources: Sources, paths: list[str], modules: Iterable[str]) -> bool:
    names = "|".join(sorted(map(re.escape, modules)))
    pattern = re.compile(rf"^\s*(?:import|from)\s+(?:{names})\b".encode(), re.MULTILINE)
    return any(pattern.search(sources.content(path)) for path in paths)


def _runs(sources: Sources, part: str) -> bool:
    return any(RUNS.fullmatch(path.removeprefix(f"{part}/")) for path in sources.files if path.startswith(f"{part}/"))
