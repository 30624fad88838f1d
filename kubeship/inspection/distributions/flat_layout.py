"""Would setuptools take kubeship's own folder for a package? It finds packages by itself, and refuses two.

Source: setuptools' user guide, "Package Discovery and Namespace Packages", flat-layout.
"""

from kubeship.inspection.distributions.managers.setuptools import setup_call, setup_cfg
from kubeship.inspection.files.documents import table
from kubeship.inspection.files.sources import Sources
from kubeship.inspection.files.syntax import argument
from kubeship.model.origin import Origin
from kubeship.model.project import Warned

PYPROJECT = "pyproject.toml"
BACKEND = "setuptools.build_meta"
STATED = ("packages", "py-modules", "package-dir")
"""With one of these, setuptools doesn't search."""
NO_PACKAGES = frozenset(
    [
        "benchmark",
        "benchmarks",
        "bin",
        "build",
        "changelog",
        "ci",
        "debian",
        "doc",
        "docs",
        "documentation",
        "example",
        "examples",
        "exercise",
        "exercises",
        "fabfile",
        "htmlcov",
        "manpages",
        "new",
        "news",
        "newsfragments",
        "python",
        "requirements",
        "scripts",
        "site_scons",
        "src",
        "tasks",
        "test",
        "tests",
        "tool",
        "tools",
        "unit_test",
        "unit_tests",
        "util",
        "utils",
    ]
)
"""Folders that aren't looked at (setuptools.discovery.FlatLayoutPackageFinder)."""


def flat_layout(sources: Sources) -> tuple[Warned, ...]:
    """A warning with the lines that name the one package or module, where nothing names it yet."""
    if PYPROJECT not in sources or sources.has_folder("src") or _is_stated(sources):
        return ()
    packages = {path.partition("/")[0] for path in sources.python_files if "/" in path} - NO_PACKAGES
    packages = {name for name in packages if name.isidentifier()}
    modules = sorted(path.removesuffix(".py") for path in sources.python_files if "/" not in path)
    if len(packages) > 1 or not (packages or modules):
        return ()
    named = (
        f'[tool.setuptools.packages.find] include = ["{packages.pop()}*"]'
        if packages
        else f"[tool.setuptools] py-modules = {modules}".replace("'", '"')
    )
    message = "setuptools searches for the package, and on your own machine finds the folder deploy/ too: say in"
    return (Warned(f"{message} {PYPROJECT}: {named}", Origin(PYPROJECT, None, "names no packages")),)


def _is_stated(sources: Sources) -> bool:
    document = sources.toml(PYPROJECT)
    backend = table(document, "build-system").get("build-backend", BACKEND)
    if "project" not in document or not str(backend).startswith("setuptools"):
        return True
    if any(key in table(document, "tool", "setuptools") for key in STATED):
        return True
    options = setup_cfg(sources, "setup.cfg") if "setup.cfg" in sources else None
    if options and any(options.has_option("options", key) for key in ("packages", "py_modules", "package_dir")):
        return True
    tree = sources.tree("setup.py") if "setup.py" in sources else None
    call = setup_call(tree) if tree else None
    return call is not None and any(argument(call, key) for key in ("packages", "py_modules", "ext_modules"))
