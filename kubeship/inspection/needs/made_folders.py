"""Which folders does the app make for itself when it runs? They must be writable, and end with the pod."""

import ast
import posixpath
import re

from kubeship.inspection.code.modules import Modules
from kubeship.inspection.files.sources import is_aside
from kubeship.inspection.files.syntax import argument, assignments, calls, dotted, statements, text
from kubeship.inspection.needs.anchored import anchored_folder
from kubeship.inspection.needs.volumes import literal_folder
from kubeship.model.origin import Found, Origin

MAKING = frozenset({"os.makedirs", "os.mkdir", "makedirs", "mkdir"})
LOGGING = re.compile(r"(.*\.)?((Concurrent|Rotating|TimedRotating|Watched)*FileHandler)|logger\.add")
"""What opens a file for what is logged, by the name of its first argument (logging.handlers; loguru's logger)."""
WORDS = (b"mkdir", b"makedirs", b"FileHandler", b"logger.add")
TOOLS = re.compile(
    r"(^|/)(bin|management/commands|migrations|scripts?|tools)/|(^|/)(conftest|fabfile|manage|setup)\.py$"
)
"""Code that people start, and no process."""
SYSTEM = re.compile(r"/(bin|dev|etc|lib|lib64|proc|root|sbin|sys|tmp|usr)(/|$)|/$|~")
EMPTY = re.compile(r"\.(gitkeep|gitignore|keep)|README(\.\w+)?")
"""What lies in a folder only so that git has it."""


def made_folders(modules: Modules, root: str, kept: frozenset[str]) -> tuple[Found[str], ...]:
    """The folders, relative to the project or absolute, as far as they are written out; none of `kept`.

    A folder with files of the project is left out: an empty one in its place would hide them.
    """
    found: dict[str, list[Origin]] = {}
    for path in modules.sources.code:
        content = modules.sources.content(path)
        if is_aside(path) or TOOLS.search(path) or not any(word in content for word in WORDS):
            continue
        for stated, line in _made(modules.sources.tree(path), path, root):
            folder = posixpath.normpath(posixpath.join(root, stated))
            if is_free(modules, folder) and not SYSTEM.match(folder) and stated not in kept and folder not in kept:
                found.setdefault(folder, []).append(Origin(path, line, "made when it runs; it ends with the pod"))
    return tuple(Found(folder, tuple(found[folder][:1])) for folder in sorted(found) if not _is_inside(folder, found))


def _made(tree: ast.Module | None, path: str, root: str) -> list[tuple[str, int]]:
    """The folders that are made, seen from `root`, each with its line; a name stands for what the module assigns."""
    if tree is None:
        return []
    names = {
        target.id: value
        for statement, _ in statements(tree.body)
        for target, value in assignments(statement)
        if isinstance(target, ast.Name)
    }
    made: list[tuple[str, int]] = []
    for call in calls(tree):
        subject: ast.expr | None = None
        if dotted(call.func) in MAKING and call.args:
            subject = call.args[0]
        elif isinstance(call.func, ast.Attribute) and call.func.attr == "mkdir" and dotted(call.func) != "os.mkdir":
            subject = call.func.value
        elif LOGGING.fullmatch(dotted(call.func) or "") and (file := text(argument(call, "filename", 0))):
            subject = ast.Constant(posixpath.dirname(file)) if "/" in file and "{" not in file else None
        if isinstance(subject, ast.Name):
            subject = names.get(subject.id)
        if anchored := anchored_folder(subject, path, names):
            made.append((posixpath.relpath(anchored, root), call.lineno))
        elif subject is not None and (folder := literal_folder(subject)):
            made.append((folder, call.lineno))
    return made


def is_free(modules: Modules, folder: str) -> bool:
    """Whether it lies within the project's folder or outside of the image's own, and holds nothing of the project's."""
    if folder.startswith("..") or folder == ".":
        return False
    inside = (path for path in modules.sources.files if path.startswith(f"{folder}/"))
    return all(EMPTY.fullmatch(path.rpartition("/")[2]) for path in inside)


def _is_inside(folder: str, others: dict[str, list[Origin]]) -> bool:
    return any(folder.startswith(f"{other}/") for other in others)
