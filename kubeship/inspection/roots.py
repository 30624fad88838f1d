"""Which folder of the repository holds the project? One of several asks for `root`."""

import re
from fnmatch import fnmatch

from kubeship.inspection.dependency_files import home, is_requirements, manager_of
from kubeship.inspection.findings import Answered
from kubeship.inspection.frameworks import FRAMEWORKS
from kubeship.inspection.installs import is_for_development
from kubeship.inspection.managers.pyproject import listed, table
from kubeship.inspection.sources import Sources, folder_of, is_aside
from kubeship.model.origin import Candidate, Origin, Question
from kubeship.model.project import Answers

KEY = "root"
MAX_DEPTH = 3
"""How deep a part of a monorepo may lie: `services/payments/api`."""
RUNS = re.compile(r"(Procfile|Dockerfile|manage\.py|wsgi\.py|asgi\.py|app\.yaml|fly\.toml)")
"""Files beside the dependencies that say that something is deployed from there."""


def project_folder(sources: Sources, answers: Answers) -> Answered[str]:
    """The folder whose dependency files count: the top, the only one that has some, or the one with a web app.

    Members of a uv, Poetry or PDM workspace, and the parts of a repository without a top project, are separate
    projects: when several hold an app, it is a Question that lists them.
    """
    homes = _homes(sources)
    if stated := _answered(homes, answers):
        return Answered(stated)
    if "." in homes and not (members := _members(sources, homes)):
        return Answered(".")
    parts = members if "." in homes else _outermost(homes)
    if len(parts) < 2:
        return Answered(parts[0] if parts else ".")
    apps = _with_apps(sources, parts)
    if len(apps) == 1 or not apps:
        return Answered(apps[0] if apps else "." if "." in homes else parts[0])
    text = f"the repository holds several projects: {', '.join(apps)}"
    found = tuple(Candidate(part, Origin(homes[part], reason="declares dependencies")) for part in apps)
    deployed = [part for part in apps if _runs(sources, part)] or apps
    return Answered(deployed[0], (), (Question(KEY, text, found),))


def _homes(sources: Sources) -> dict[str, str]:
    """Folders with dependency files, and the first file of each."""
    found: dict[str, str] = {}
    for path in sources.files:
        folder = folder_of(path)
        hidden = any(part.startswith(".") or is_for_development(part) for part in folder.split("/") if part != ".")
        if path.count("/") > MAX_DEPTH or hidden or is_aside(f"{folder}/x.py"):
            continue
        if is_requirements(path) or manager_of(sources, path):
            found.setdefault(home(path), path)
    return dict(sorted(found.items()))


def _answered(homes: dict[str, str], answers: Answers) -> str | None:
    """The folder that an answer names, or the nearest above it that declares something."""
    stated = answers.get(KEY)
    folder = stated.strip("/").removeprefix("./") or "." if isinstance(stated, str) else None
    while folder and folder not in homes and folder != ".":
        folder = folder_of(folder)
    return folder if folder and folder in homes else None


def _members(sources: Sources, homes: dict[str, str]) -> list[str]:
    """The members of a workspace whose top declares nothing that runs of its own."""
    document = sources.toml("pyproject.toml")
    patterns = [str(each).strip("/") for each in listed(table(document, "tool", "uv", "workspace").get("members"))]
    members = [each for each in homes if any(fnmatch(each, pattern) for pattern in patterns)]
    own = [each for each in sources.code if not any(each.startswith(f"{member}/") for member in members)]
    return [] if members and _imports_framework(sources, own) else members


def _outermost(homes: dict[str, str]) -> list[str]:
    """Without folders that lie below another one: `backend/worker` is part of `backend`."""
    return [each for each in homes if not any(each.startswith(f"{other}/") for other in homes)]


def _with_apps(sources: Sources, parts: list[str]) -> list[str]:
    return [
        part
        for part in parts
        if _imports_framework(sources, [path for path in sources.code if path.startswith(f"{part}/")])
    ]


def _imports_framework(sources: Sources, paths: list[str]) -> bool:
    names = "|".join(sorted({re.escape(framework.module) for framework in FRAMEWORKS}))
    pattern = re.compile(rf"^\s*(?:import|from)\s+(?:{names})\b".encode(), re.MULTILINE)
    return any(pattern.search(sources.content(path)) for path in paths)


def _runs(sources: Sources, part: str) -> bool:
    return any(RUNS.fullmatch(path.removeprefix(f"{part}/")) for path in sources.files if path.startswith(f"{part}/"))
