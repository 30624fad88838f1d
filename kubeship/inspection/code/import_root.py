"""Which folder must be on sys.path for a module and all that it imports to be found?"""

import re
from collections.abc import Iterator

from kubeship.inspection.code.modules import Modules
from kubeship.inspection.files.sources import folder_of

SETTINGS = re.compile(r"DJANGO_SETTINGS_MODULE[\"']\s*(?:,|\]\s*=)\s*[\"']([\w.]+)[\"']")
"""The settings that wsgi.py and asgi.py name are imported as everything else is."""


def import_root(modules: Modules, path: str) -> str:
    """The folder under which the most imports reached from `path` resolve.

    Where several do equally well it is the first folder at or above the file that is no package, as with
    `python file.py`.
    """
    if path not in modules.import_roots:
        modules.import_roots[path] = _import_root(modules, path)
    return modules.import_roots[path]


def _import_root(modules: Modules, path: str) -> str:
    reached = reachable(modules, path)
    folders = [folder_of(path)]
    while folders[-1] != ".":
        folders.append(folder_of(folders[-1]))
    folders += [folder for folder in ("src",) if folder not in folders and modules.sources.has_folder(folder)]
    usual = modules.package_root(path)
    importable = [folder for folder in folders if folder == "." or path.startswith(f"{folder}/")]
    targets = [
        imported.target
        for file in reached
        for imported in modules.imports(file)
        if not imported.level and modules.resolve(file, imported)
    ]
    targets += SETTINGS.findall(modules.sources.text(path))
    scores = {folder: sum(1 for target in targets if modules.find(folder, target)) for folder in importable}
    if _is_relative(modules, path):
        scores.pop(folder_of(path), None)
    return max(scores, key=lambda folder: _preference(modules, folder, scores[folder], usual), default=".")


def _preference(modules: Modules, folder: str, score: int, usual: str) -> tuple[int, bool, bool, int]:
    """A package is imported by its name: what lies in it is found from above."""
    return score, folder == usual, f"{folder}/__init__.py" not in modules.sources, folder.count("/")


def only_root(modules: Modules, name: str) -> tuple[str, ...]:
    """The folder below which the one module of a dotted name lies: PYTHONPATH, `--pythonpath` or a `cd` says so."""
    end = "/" + name.replace(".", "/")
    code = modules.sources.code if "." in name else ()
    found = [path for path in code if path.removesuffix(".py").removesuffix("/__init__").endswith(end)]
    return (found[0][: found[0].rindex(end)],) if len(found) == 1 else ()


def reachable(modules: Modules, path: str) -> tuple[str, ...]:
    """The project's files that importing `path` may import, that file first."""
    if path not in modules.reached:
        modules.reached[path] = _reachable(modules, path)
    return modules.reached[path]


def _reachable(modules: Modules, path: str) -> tuple[str, ...]:
    seen = dict.fromkeys(_with_packages(modules, path))
    pending = list(seen)
    while pending:
        current = pending.pop()
        for file in loaded_by(modules, current):
            if file not in seen:
                seen[file] = None
                pending.append(file)
    return tuple(seen)


def loaded_by(modules: Modules, path: str) -> Iterator[str]:
    """The project's files that the import statements of `path` load themselves, packages with what they begin with."""
    for imported in modules.imports(path):
        source = modules.resolve(path, imported)
        submodule = modules.submodule(source, imported.name) if source and imported.name else None
        for found in filter(None, (source, submodule)):
            yield from _with_packages(modules, found)


def module_name(path: str, root: str) -> str | None:
    """`shop.wsgi` of `src/shop/wsgi.py` under `src`; None when the file isn't below the root or has no such name."""
    inside = path if root == "." else path.removeprefix(f"{root}/")
    if root != "." and inside == path:
        return None
    parts = inside.removesuffix(".py").split("/")
    if parts[-1] == "__init__":
        parts = parts[:-1]
    return ".".join(parts) if parts and all(part.isidentifier() for part in parts) else None


def _with_packages(modules: Modules, path: str) -> list[str]:
    """The file, and the `__init__.py` of each package that is imported before it."""
    files = [path] if path.endswith(".py") else []
    folder = folder_of(path)
    while folder != "." and f"{folder}/__init__.py" in modules.sources:
        files.append(f"{folder}/__init__.py")
        folder = folder_of(folder)
    return files


def _is_relative(modules: Modules, path: str) -> bool:
    """A module with relative imports can't stand at the top of sys.path."""
    return not path.endswith("__init__.py") and any(imported.level for imported in modules.imports(path))
