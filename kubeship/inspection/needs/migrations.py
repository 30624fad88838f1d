"""What brings the database's schema up to date at release, outside Django?"""

import posixpath
import re
from collections.abc import Callable

from kubeship.inspection.code.modules import Modules
from kubeship.inspection.files.sources import folder_of, is_aside
from kubeship.model.origin import Origin
from kubeship.model.project import Command

Tool = Callable[[Modules, str, frozenset[str], str], Command | None]


def migration(modules: Modules, root: str, distributions: frozenset[str], entrypoint: str | None) -> Command | None:
    """The command of the first tool whose migrations or configuration lie in the project; `root` is where it runs."""
    found = (tool(modules, root, distributions, entrypoint or "") for tool in TOOLS)
    return next((command for command in found if command), None)


def _flask_migrate(modules: Modules, root: str, distributions: frozenset[str], entrypoint: str) -> Command | None:
    """Flask-Migrate's folder: an env.py that takes the database from Flask's current_app (its template)."""
    if "flask-migrate" not in distributions:
        return None
    for path in _environments(modules):
        if b"current_app" in modules.sources.content(path):
            folder = posixpath.relpath(folder_of(path), root)
            directory = "" if folder == "migrations" else f" --directory {folder}"
            app = f" --app {_quoted(entrypoint)}" if entrypoint else ""
            return Command(f"flask{app} db upgrade{directory}", (Origin(path, None, "migrations of Flask-Migrate"),))
    return None


def _alembic(modules: Modules, root: str, distributions: frozenset[str], entrypoint: str) -> Command | None:
    sources = modules.sources
    for path in _named(modules, "alembic.ini"):
        line = sources.line_of(path, r"^\s*script_location\s*=")
        if line is None:
            continue
        given = posixpath.relpath(path, root)
        option = "" if given == "alembic.ini" else f" -c {given}"
        command = f"alembic{option} upgrade head"
        if _counts_from_its_folder(modules, path, root):
            command = f"cd {posixpath.relpath(folder_of(path), root)} && alembic upgrade head"
        return Command(command, (Origin(path, line, "migrations of Alembic"),))
    for path in _named(modules, "pyproject.toml"):
        line = sources.line_of(path, r"^\[tool\.alembic\]")
        if line and posixpath.relpath(folder_of(path), root) == ".":
            return Command("alembic upgrade head", (Origin(path, line, "migrations of Alembic"),))
    return None


def _counts_from_its_folder(modules: Modules, path: str, root: str) -> bool:
    """Whether the scripts are beside the file: Alembic looks for a relative `script_location` where it is started."""
    stated = re.search(rb"(?m)^\s*script_location\s*=\s*([\w./-]+)\s*$", modules.sources.content(path))
    if stated is None or stated[1].startswith(b"/"):
        return False
    scripts = stated[1].decode()
    here, there = (
        modules.sources.has_folder(posixpath.normpath(posixpath.join(folder, scripts)))
        for folder in (root, folder_of(path))
    )
    return there and not here


def _aerich(modules: Modules, root: str, distributions: frozenset[str], entrypoint: str) -> Command | None:
    for path in _named(modules, "pyproject.toml") + _named(modules, "aerich.ini"):
        line = modules.sources.line_of(path, r"^\[(tool\.)?aerich\]")
        if line:
            given = posixpath.relpath(path, root)
            option = "" if given == "pyproject.toml" else f" -c {given}"
            return Command(f"aerich{option} upgrade", (Origin(path, line, "migrations of Aerich"),))
    return None


def _tortoise(modules: Modules, root: str, distributions: frozenset[str], entrypoint: str) -> Command | None:
    """Tortoise's own migrations, since 1.0: `[tool.tortoise]` names the configuration."""
    for path in _named(modules, "pyproject.toml"):
        line = modules.sources.line_of(path, r"^\[tool\.tortoise\]")
        if line and any(re.search(rb"import .*\bMigration\b|migrations import", c) for c in _migrations(modules)):
            return Command("tortoise migrate", (Origin(path, line, "migrations of Tortoise"),))
    return None


def _piccolo(modules: Modules, root: str, distributions: frozenset[str], entrypoint: str) -> Command | None:
    for path in _named(modules, "piccolo_conf.py"):
        line = modules.sources.line_of(path, r"\bAppRegistry\(")
        if line:
            return Command("piccolo migrations forwards all", (Origin(path, line, "migrations of Piccolo"),))
    return None


TOOLS: tuple[Tool, ...] = (_flask_migrate, _alembic, _aerich, _tortoise, _piccolo)
"""Flask-Migrate first: its folder holds an alembic.ini too. Source: each tool's documentation of deployment."""


def _named(modules: Modules, name: str) -> list[str]:
    """The project's files of that name, the nearest to the top first."""
    found = [path for path in modules.sources.files if path.rpartition("/")[2] == name and not is_aside(path)]
    return sorted(found, key=lambda path: (path.count("/"), path))


def _environments(modules: Modules) -> list[str]:
    found = [path for path in _named(modules, "env.py") if b"alembic" in modules.sources.content(path)]
    return [path for path in found if modules.sources.has_folder(f"{folder_of(path)}/versions")] or found


def _migrations(modules: Modules) -> list[bytes]:
    paths = [path for path in modules.sources.code if "/migrations/" in f"/{path}"]
    return [modules.sources.import_lines(path) for path in paths]


def _quoted(entrypoint: str) -> str:
    return f"'{entrypoint}'" if "(" in entrypoint else entrypoint
