"""Which import fails, and because of what: a distribution, a spelling, a version, a folder, a circle?"""

import re
import sys

from kubeship.model.meaning import Meaning, at
from kubeship.model.python_names import NAMESPACE_PACKAGES, REMOVED_MODULES, distribution_of
from kubeship.model.python_traceback import PythonError


def missing_module(error: PythonError) -> Meaning | None:
    """CPython: `No module named 'a.b'` names the first part that is missing, so its parents do exist."""
    by_name = error.name in ("ModuleNotFoundError", "ImportError")
    find = re.match if by_name else re.search  # others may hand it on; an ImportError may list what it has tried
    missing = find(r"No module named '?(?P<module>[A-Za-z_][\w.]*)'?", error.message)
    if not missing:
        return None
    module = missing["module"]
    cause = f"can't import {module}{at(error)}"
    if module in REMOVED_MODULES:
        version, distribution = REMOVED_MODULES[module]
        declare = f"add {distribution} to the project's dependencies, or " if distribution else ""
        return Meaning(
            f"{cause}: Python {version} removed it from the standard library",
            f"{declare}choose an older version under `python:` in kubeship.yaml",
        )
    parent, dot, child = module.rpartition(".")
    if dot and "is not a package" in error.message:
        return Meaning(
            f"{cause}: {parent} is a single file, not a package",
            f"correct what names {module} (an import, DJANGO_SETTINGS_MODULE, `entrypoint:`), or rename the file that "
            f"stands in the way of the package {parent}",
        )
    if dot and module.split(".")[0] not in NAMESPACE_PACKAGES:
        return Meaning(
            f"{cause}: {parent} is in the image, but has no module {child}",
            f"check the spelling, that .dockerignore doesn't exclude {module.replace('.', '/')}.py, "
            f"and that the version of {distribution_of(parent)} in the dependencies is the one you develop with",
        )
    return Meaning(cause, _remedy(module, error))


def missing_name(error: PythonError) -> Meaning | None:
    """CPython: `cannot import name 'a' from 'b' (/path)`."""
    missing = re.match(r"cannot import name '(?P<name>\w+)' from (?P<rest>.+)", error.message, re.DOTALL)
    if error.name != "ImportError" or not missing:
        return None
    if "circular import" in missing["rest"]:
        return Meaning(
            f"can't be imported, because its modules import one another in a circle{at(error)}",
            f"move the import of {missing['name']} into the function that needs it, or into a third module",
        )
    module = re.search(r"'([\w.]+)'", missing["rest"])
    source = module[1] if module else "the module"
    cause = f"imports {missing['name']} from {source}, which doesn't have it{at(error)}"
    if "-packages/" in missing["rest"]:
        return Meaning(cause, f"pin the version of {distribution_of(source)} that the project was developed with")
    if re.search(r"/lib/python\d[\d.]*/|unknown location", missing["rest"]) and _of_the_library(source):
        return Meaning(
            f"imports {missing['name']} from {source}, which doesn't have it in the image's Python{at(error)}",
            _other_python(error),
        )
    return Meaning(cause, f"check the spelling, and that the file of {source} in the image is the newest one")


def missing_in_library(error: PythonError) -> Meaning | None:
    """CPython: `module 'itertools' has no attribute 'batched'`, of the standard library."""
    missing = re.match(r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'", error.message)
    if error.name != "AttributeError" or not missing or not _of_the_library(missing["module"]):
        return None
    module = missing["module"]
    return Meaning(
        f"uses {missing['name']} of the module {module}, which doesn't have it in the image's Python{at(error)}",
        f"{_other_python(error)}; or rename a file of the project that is called {module.partition('.')[0]}.py",
    )


def _other_python(error: PythonError) -> str:
    """A library uses what a newer Python has removed; the project may as well use what a newer one has brought."""
    library = re.search(r"-packages/(\w+)", error.raised_in)
    if library:
        newer = f"take a newer version of {distribution_of(library[1])}, which was written for an older Python"
        return f"{newer}, or choose an older one under `python:` in kubeship.yaml"
    return "choose the version that the project is developed with under `python:` in kubeship.yaml"


def started_as_file(error: PythonError) -> Meaning | None:
    """CPython, Lib/importlib: a file that is started by its path belongs to no package."""
    if "relative import with no known parent package" not in error.message:
        return None
    return Meaning(
        f"is started as a file, though that belongs to a package{at(error)}: {error!s}",
        f"start it as a module from the folder above: python -m {_module_of(error.where)}",
    )


def _remedy(module: str, error: PythonError) -> str:
    if not error.where:
        return (
            f"correct what names it (`entrypoint:`, `command:`, a variable, a setting), check that `import_root:` in "
            f"kubeship.yaml is its folder and that .dockerignore doesn't exclude it, or add {distribution_of(module)} "
            "to the project's dependencies"
        )
    if module in error.where.split("/")[:-1]:
        return (
            f"the file that is started lies within {module}: start it as a module from the folder above (python -m "
            f"{_module_of(error.where, module)}), or have that folder searched (`import_root:` in kubeship.yaml, "
            "PYTHONPATH)"
        )
    return (
        f"add {distribution_of(module)} to the project's dependencies; if {module} is the project's own code, check "
        "that .dockerignore doesn't exclude it and that `import_root:` in kubeship.yaml is its folder"
    )


def _module_of(where: str, package: str = "") -> str:
    """`shop.main` of `src/shop/main.py:3`: from its package on, which is its folder unless it is known."""
    parts = where.partition(".py:")[0].split("/")
    return ".".join(parts[parts.index(package) :] if package in parts else parts[-2:])


def _of_the_library(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names
