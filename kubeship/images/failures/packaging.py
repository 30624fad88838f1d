"""What do setup.py and pyproject.toml say when a distribution can't be built from its source?"""

from kubeship.images.failures.rows import Row

BUILDING = r"Getting requirements to build|get_requires_for_build|Preparing metadata|prepare_metadata|build_wheel"
"""How pip and uv say that a distribution's own build is at work."""

PACKAGING = (
    Row(
        r"externally-managed-environment",
        "this Python belongs to Debian, which lets pip install into virtual environments only (PEP 668): `python -m "
        "venv "
        "/opt/venv`, and its pip; or take the official python image as base",
    ),
    Row(
        r"use_2to3 is invalid",
        "a distribution is written for Python 2 (use_2to3): take a newer version of it, or a maintained successor",
    ),
    Row(
        r"Cannot import '(setuptools\.build_meta)'|module 'pkgutil' has no attribute 'ImpImporter'",
        "a distribution's build pins a setuptools that is too old for this Python: take a newer version of it, one "
        "that "
        "has a wheel, or an older `python:` in kubeship.yaml",
    ),
    Row(
        r"BackendUnavailable: Cannot import '([\w.]+)'",
        r"the build backend \1 isn't installed for the build: list its distribution under `[build-system] requires` in "
        "pyproject.toml",
    ),
    Row(
        r"'build_ext' object has no attribute 'cython_sources'|Cython\.Compiler\.Errors\.CompileError|"
        r"cython_sources",
        "a distribution's source is too old for Cython 3 (PyYAML before 6.0.1 is the best known): take a newer version",
    ),
    Row(
        r"Multiple top-level (?:packages|modules) discovered in a flat-layout: (\[[^\]]*\])",
        r"setuptools doesn't know which of \1 is the package: name it in pyproject.toml (`[tool.setuptools] packages = "
        "[...]`), or don't install the project itself if it is an app",
    ),
    Row(
        r"Unable to determine which files to ship",
        "hatchling finds no folder with the project's name: set `[tool.hatch.build.targets.wheel] packages = [...]` in "
        "pyproject.toml, or don't install the project itself if it is an app",
    ),
    Row(
        r"setuptools-scm was unable to detect version|unable to detect version for|"
        r"SetuptoolsDeprecation.*setuptools.scm|"
        r"versioningit.*not a git|hatch[-_]vcs|LookupError: Error getting the version from source `vcs`",
        'the version comes from git, and .git isn\'t in the image: add `SETUPTOOLS_SCM_PRETEND_VERSION: "0"` to '
        "`build: {variables: {...}}` in kubeship.yaml, or write the version down",
    ),
    Row(
        r"configuration error: `([\w.-]+)` must|invalid pyproject\.toml config: `([\w.-]+)`|Invalid pyproject\.toml",
        r"pyproject.toml isn't valid: `\1\2`. The log says what its standard allows; correct it, or pin an older build "
        "backend under `[build-system] requires`",
    ),
    Row(
        r"Directory '([^']+)' is not installable\. (?:Neither|File)",
        r"\1 holds neither pyproject.toml nor setup.py. A git submodule that nobody checked out looks like that (`git "
        "submodule update --init`; in CI `submodules: true`); or .dockerignore excludes them",
    ),
    Row(
        r"invalid command 'bdist_wheel'",
        "the distribution wheel is missing where a wheel is to be built: install wheel, or setuptools 70.1 or newer, "
        "in "
        "that environment, before the step; `pip install .` builds in an environment of its own",
    ),
    Row(
        r"FileNotFoundError: \[Errno 2\] No such file or directory: '([\w./-]+\.(?:md|rst|txt|in|py|cfg|toml|json))'",
        r"a setup.py reads \1, which isn't there: its author left it out of the source, or .dockerignore does. Take "
        "another version, or let it in",
        after=BUILDING,
    ),
    Row(
        r"ModuleNotFoundError: No module named 'pkg_resources",
        "a distribution's setup.py needs pkg_resources, which setuptools 82 no longer has: take a newer version of it, "
        "or "
        "one with a wheel; `PIP_CONSTRAINT` with `setuptools<81` in `build: {variables: {...}}` helps for now",
        after=BUILDING,
    ),
    Row(
        r"ModuleNotFoundError: No module named '(distutils|imp|cgi|pipes)[.']",
        r"a distribution's setup.py uses \1, which this Python no longer has: take a newer version of it, or an older "
        "`python:` in kubeship.yaml",
        after=BUILDING,
    ),
    Row(
        r"ModuleNotFoundError: No module named '([\w.]+)'",
        r"a distribution's setup.py imports \1 without naming it as a requirement of its build: take a newer version "
        r"of "
        r"it, or one with a wheel for the `python:` in kubeship.yaml. In a project of your own list it under "
        "`[build-system] requires` in pyproject.toml",
        after=BUILDING,
    ),
    Row(
        r"compile source with[^\n]*f2py|numpy\.distutils|No module named 'numpy\.distutils'",
        "a distribution builds with numpy.distutils, which Python 3.12 and newer don't have: take a newer version, or "
        "an "
        "older `python:` in kubeship.yaml",
    ),
    Row(
        r"PermissionError: \[Errno 13\] Permission denied: '(/(?:usr|opt)/[^']+)'",
        r"a step writes to \1 as a user that may not: move it before USER, or install into a folder of that user's",
    ),
)
"""Words of pip, setuptools, Hatchling, setuptools-scm and the distributions' own setup.py."""
