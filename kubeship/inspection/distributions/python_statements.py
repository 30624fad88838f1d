"""What do the project's files say about the version of Python?"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from kubeship.inspection.distributions.dependency_files import SCRIPT, declaring
from kubeship.inspection.distributions.managers.pyproject import poetry_specifier
from kubeship.inspection.distributions.managers.scripts import own_block
from kubeship.inspection.distributions.managers.setuptools import setup_call, setup_cfg
from kubeship.inspection.distributions.python_pins import DECLARED, DEPLOYED, TESTED, Statement, constrained, pinned
from kubeship.inspection.distributions.python_tests import tested_versions
from kubeship.inspection.files.dockerfiles import deployed_dockerfiles, read_dockerfile
from kubeship.inspection.files.documents import listed, table
from kubeship.inspection.files.sources import Sources, in_folder
from kubeship.inspection.files.syntax import argument, text
from kubeship.model.origin import Origin

# `python3` of a distribution's release. Sources: packages.debian.org, packages.ubuntu.com, pkgs.alpinelinux.org.
DISTRIBUTIONS = {
    "alpine:3.18": "3.11", "alpine:3.19": "3.11", "alpine:3.20": "3.12", "alpine:3.21": "3.12", "alpine:3.22": "3.12",
    "alpine:3.23": "3.12", "debian:11": "3.9", "debian:12": "3.11", "debian:13": "3.13", "debian:bookworm": "3.11",
    "debian:bullseye": "3.9", "debian:trixie": "3.13", "ubuntu:20.04": "3.8", "ubuntu:22.04": "3.10",
    "ubuntu:24.04": "3.12",
}  # fmt: skip
BASE = re.compile(r"(?:^|[/:-])(?:python|py|pypy)[:-]?(3)\.?(\d{1,2})(?=[.\-@]|$)")
IMAGE_VERSION = re.compile(r"(?:UV_|NIXPACKS_)?PYTHON(?:_\w+)?_?(?:VERSION|VER)|UV_PYTHON", re.IGNORECASE)


def python_statements(sources: Sources, folder: str) -> list[Statement]:
    """Every statement beside the dependencies and at the top, strongest first."""
    places = tuple(dict.fromkeys((folder, ".")))
    found = [statement for place in places for read in BESIDE for statement in read(sources, place)]
    found += _dockerfile(sources, folder)
    found += [statement for read in ANYWHERE for statement in read(sources)]
    return sorted(dict.fromkeys(found), key=lambda statement: statement.strength)


def _version_file(sources: Sources, path: str, pattern: str) -> Iterator[Statement]:
    if path in sources:
        for number, line in enumerate(sources.text(path).splitlines(), 1):
            if re.match(pattern, line.strip()):
                yield from pinned(line, Origin(path, number))
                return


def _python_version_file(sources: Sources, folder: str) -> Iterator[Statement]:
    """pyenv's and uv's file: the first line that is a version (pyenv takes several, uv takes requests too)."""
    yield from _version_file(sources, in_folder(folder, ".python-version"), r"[\d<>=~]|c?python[-@]")


def _runtime_txt(sources: Sources, folder: str) -> Iterator[Statement]:
    """Heroku's file, before `.python-version` took its place."""
    yield from _version_file(sources, in_folder(folder, "runtime.txt"), r"python-\d")


def _pyproject(sources: Sources, folder: str) -> Iterator[Statement]:
    path = in_folder(folder, "pyproject.toml")
    document = sources.toml(path)
    if stated := table(document, "project").get("requires-python"):
        yield from constrained(stated, Origin(path, sources.line_of(path, r"^\s*requires-python\s*=")))
    poetry = table(document, "tool", "poetry", "dependencies").get("python")
    if isinstance(poetry, str) and (specifier := poetry_specifier(poetry)):
        yield from constrained(specifier, Origin(path, sources.line_of(path, r"^\s*python\s*=")))
    for classifier in listed(table(document, "project").get("classifiers")):
        if match := re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", str(classifier)):
            yield from pinned(match[1], Origin(path, sources.line_of(path, re.escape(match[0]))), TESTED)


def _setup_cfg(sources: Sources, folder: str) -> Iterator[Statement]:
    path = in_folder(folder, "setup.cfg")
    stated = setup_cfg(sources, path).get("options", "python_requires", fallback="") if path in sources else ""
    if stated:
        yield from constrained(stated, Origin(path, sources.line_of(path, r"^\s*python_requires\s*=")))


def _setup_py(sources: Sources, folder: str) -> Iterator[Statement]:
    path = in_folder(folder, "setup.py")
    tree = sources.tree(path) if path in sources and "python_requires" in sources.text(path) else None
    call = setup_call(tree) if tree else None
    stated = text(argument(call, "python_requires")) if call else None
    if stated:
        yield from constrained(stated, Origin(path, sources.line_of(path, r"python_requires")))


def _installs(sources: Sources, folder: str, manager: str) -> int:
    """How strong a manager's own file is: left behind beside another manager's, it only tells what once was tested."""
    file = declaring(sources, folder)
    return DECLARED if file is None or file.manager.name == manager else TESTED


def _pipfile(sources: Sources, folder: str) -> Iterator[Statement]:
    path = in_folder(folder, "Pipfile")
    requires = table(sources.toml(path), "requires")
    for key in ("python_full_version", "python_version"):
        if stated := requires.get(key):
            origin = Origin(path, sources.line_of(path, rf"^\s*{key}\s*="))
            yield from pinned(str(stated), origin, _installs(sources, folder, "pipenv"))
            return


def _conda(sources: Sources, folder: str) -> Iterator[Statement]:
    for name in ("environment.yml", "environment.yaml"):
        path = in_folder(folder, name)
        for number, line in enumerate(sources.text(path).splitlines() if path in sources else (), 1):
            if match := re.match(r"\s*-\s*[\"']?(?:[\w-]+::)?python\s*([<>=!~,.*\d\s]+)", line):
                stated = re.sub(r"^={1,2}\s*", "", match[1].strip())
                yield from pinned(stated, Origin(path, number), _installs(sources, folder, "conda"))


def _own_block(sources: Sources, folder: str) -> Iterator[Statement]:
    """`requires-python` of the script that declares the dependencies itself (PEP 723)."""
    file = declaring(sources, folder)
    if file and file.manager is SCRIPT and (stated := own_block(sources, file.path).get("requires-python")):
        yield from constrained(stated, Origin(file.path, sources.line_of(file.path, r"^#\s*requires-python")))


def _tool_versions(sources: Sources, folder: str) -> Iterator[Statement]:
    """asdf's file: the first version is the one that is used."""
    path = in_folder(folder, ".tool-versions")
    for number, line in enumerate(sources.text(path).splitlines() if path in sources else (), 1):
        if line.split()[:1] == ["python"]:
            yield from pinned(line.split()[1] if len(line.split()) > 1 else "", Origin(path, number))


def _mise(sources: Sources, folder: str) -> Iterator[Statement]:
    for name in ("mise.toml", ".mise.toml"):
        path = in_folder(folder, name)
        stated: Any = table(sources.toml(path), "tools").get("python")
        first = stated[0] if isinstance(stated, list) and stated else stated
        version = first.get("version") if isinstance(first, dict) else first
        if version:
            yield from pinned(str(version), Origin(path, sources.line_of(path, r"^\s*[\"']?python\b")))


def _platforms(sources: Sources, folder: str) -> Iterator[Statement]:
    """`runtime: python311` of App Engine, App Runner and Lambda; PYTHON_VERSION of Render."""
    for name in ("app.yaml", "apprunner.yaml", "serverless.yml", "template.yaml", "render.yaml"):
        path = in_folder(folder, name)
        pending = False
        for number, line in enumerate(sources.text(path).splitlines() if path in sources else (), 1):
            if match := re.match(r"\s*[rR]untime:\s*[\"']?python(3)\.?(\d{1,2})\b", line):
                yield from pinned(f"3.{match[2]}", Origin(path, number), DEPLOYED)
            if pending and (value := re.match(r"\s*value:\s*[\"']?([\d.]+)", line)):
                yield from pinned(value[1], Origin(path, number), DEPLOYED)
            pending = bool(re.match(r"\s*-\s*key:\s*[\"']?PYTHON_VERSION", line))


def _dockerfile(sources: Sources, folder: str) -> Iterator[Statement]:
    """The image that the deployed stage begins with, and the variables that choose a version."""
    for path in deployed_dockerfiles(sources, folder)[:3]:
        file = read_dockerfile(sources, path)
        image, line = file.base
        found: list[Statement] = []
        if match := BASE.search(image.partition("@")[0]):
            found += pinned(f"3.{match[2]}", Origin(path, line, f"FROM {image.partition('@')[0]}"), DEPLOYED)
        for instruction in (*file.arguments, *file.final) if not found else ():
            if instruction.name in ("ARG", "ENV"):
                for name, value in re.findall(r"(\w+)[= ][\"']?(3\.\d+[.\d]*)", instruction.text):
                    if IMAGE_VERSION.fullmatch(name):
                        found += pinned(value, Origin(path, instruction.line, name), DEPLOYED)
            elif match := re.search(
                r"(?:uv python install|pyenv install|install\b.*\spython)\s*-?(3\.\d+)", instruction.text
            ):
                found += pinned(match[1], Origin(path, instruction.line, "installs it"), DEPLOYED)
        release = re.match(r"(?:.*/)?((?:alpine|debian|ubuntu):[a-z]*[\d.]*?)(?:\.\d+)?(?:-slim)?(?:@|$)", image)
        names = [image.partition("@")[0].removesuffix("-slim")]
        names += [release[1]] if release else []
        system = next((DISTRIBUTIONS[name] for name in names if name in DISTRIBUTIONS), None)
        if not found and system and any("python3" in each.text for each in file.final):
            found += pinned(system, Origin(path, line, f"python3 of {image}"), DEPLOYED)
        if found:
            yield found[0]
            return


def _deployment_variables(sources: Sources) -> Iterator[Statement]:
    """`..._python_version: 3.12` in the variables of Ansible's roles, groups and hosts."""
    for path in sources.other_files:
        if re.search(r"(^|/)(defaults|vars|group_vars|host_vars)/.*\.ya?ml$", path):
            for number, line in enumerate(sources.text(path).splitlines(), 1):
                if match := re.match(r"\s*(?:\w+_)?python_version:\s*[\"']?(3\.\d+)", line):
                    yield from pinned(match[1], Origin(path, number), DEPLOYED)


BESIDE: tuple[Callable[[Sources, str], Iterator[Statement]], ...] = (
    _python_version_file,
    _runtime_txt,
    _pyproject,
    _pipfile,
    _setup_cfg,
    _setup_py,
    _conda,
    _own_block,
    _tool_versions,
    _mise,
    _platforms,
)
ANYWHERE: tuple[Callable[[Sources], Iterator[Statement]], ...] = (_deployment_variables, tested_versions)
