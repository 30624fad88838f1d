"""Which Debian packages do the project's own files install?"""

import re
from collections.abc import Iterator

from kubeship.inspection.distributions.installs import shell_words
from kubeship.inspection.files.dockerfiles import deployed_dockerfiles, read_dockerfile
from kubeship.inspection.files.sources import Sources, in_folder
from kubeship.model.dockerfile import Instruction
from kubeship.model.origin import Origin

NAME = re.compile(r"[a-z0-9][a-z0-9+.-]+")
OPTIONS_WITH_VALUE = frozenset({"-o", "-t", "--target-release", "--option", "-c", "--config-file"})

# One package a line. Sources: heroku-buildpack-apt, dokku-apt, Streamlit Community Cloud's and Hugging Face Spaces'
# "packages.txt", repo2docker's "apt.txt".
LISTS = ("Aptfile", "apt-packages", "apt.txt", "packages.txt")

RENAMED = {
    "libgl1-mesa-glx": "libgl1",
    "libmysqlclient-dev": "default-libmysqlclient-dev",
    "mysql-client": "default-mysql-client",
    "netcat": "netcat-openbsd",
}
"""Names of older releases and of Ubuntu that apt refuses on bookworm or trixie. Source: packages.debian.org."""


def stated_packages(sources: Sources, folder: str) -> list[tuple[str, Origin]]:
    """The packages of the deployed Dockerfile's final image, and those that platforms' files list."""
    found: list[tuple[str, Origin]] = []
    for path in deployed_dockerfiles(sources, folder)[:1]:
        installed: dict[str, Origin] = {}
        for instruction in read_dockerfile(sources, path).final:
            if instruction.name == "RUN":
                _run(instruction, path, installed)
        found += installed.items()
    for place in dict.fromkeys((folder, ".")):
        for name in LISTS:
            found += _listed(sources, in_folder(place, name))
        found += _nixpacks(sources, in_folder(place, "nixpacks.toml"))
    return [(RENAMED.get(name, name), origin) for name, origin in found]


def _run(instruction: Instruction, path: str, installed: dict[str, Origin]) -> None:
    """What an instruction installs, without what it removes again."""
    for words in shell_words(instruction.text):
        names = [word.rpartition("/")[2] for word in words]
        tool = next((index for index, name in enumerate(names) if name in ("apt", "apt-get", "aptitude")), None)
        if tool is None:
            continue
        verbs = [index for index, name in enumerate(names) if index > tool and name in VERBS]
        if not verbs:
            continue
        packages = list(_names(words[verbs[0] + 1 :]))
        for package in packages:
            if names[verbs[0]] == "install":
                installed.setdefault(package, Origin(path, instruction.line, "apt-get install"))
            else:
                installed.pop(package, None)


VERBS = frozenset({"install", "purge", "remove"})


def _names(words: list[str]) -> Iterator[str]:
    skipped = False
    for word in " ".join(words).split():
        if skipped or word in OPTIONS_WITH_VALUE:
            skipped = not skipped
            continue
        if word.startswith(("-", "./", "/")) or word.endswith("-"):
            continue
        name = re.split(r"[=:/]", word)[0]
        if NAME.fullmatch(name):
            yield name


def _listed(sources: Sources, path: str) -> Iterator[tuple[str, Origin]]:
    for number, line in enumerate(sources.text(path).splitlines() if path in sources else (), 1):
        text = line.partition("#")[0].strip()
        if text.startswith(":") or "://" in text:  # a repository, or a .deb file
            continue
        for name in _names(text.split()):
            yield name, Origin(path, number, "listed there")


def _nixpacks(sources: Sources, path: str) -> Iterator[tuple[str, Origin]]:
    for match in re.finditer(r"aptPkgs\s*=\s*\[([^]]*)\]", sources.text(path) if path in sources else ""):
        for name in re.findall(r"[\"']([a-z0-9][a-z0-9+.-]+)[\"']", match[1]):
            yield name, Origin(path, sources.line_of(path, re.escape(name)), "listed there")
