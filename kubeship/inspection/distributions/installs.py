"""Which commands install the project's dependencies where it is deployed or tested?"""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import dropwhile

from kubeship.inspection.files.dockerfiles import deployed_dockerfiles, read_dockerfile, within_project
from kubeship.inspection.files.documents import is_kubeships
from kubeship.inspection.files.sources import Sources
from kubeship.model.dockerfile import Instruction
from kubeship.model.origin import Origin

DEPLOYS, TESTS = 0, 1
"""Strengths: what builds the deployed thing, and what only tests it."""

# Files whose commands a platform runs to build: Render, Railway, Nixpacks, Heroku's and Platform.sh's, App Runner,
# AWS CodeBuild, Vercel. Source: each platform's reference of the file.
PLATFORM_FILES = re.compile(
    r"(render\.yaml|railway\.(json|toml)|nixpacks\.toml|heroku\.yml|\.platform\.app\.yaml|apprunner\.yaml|"
    r"buildspec\.ya?ml|vercel\.json|build\.sh|cloudbuild\.yaml|\.github/workflows/[^/]*(deploy|release|prod)[^/]*\.ya?ml)"
)
TEST_FILES = re.compile(r"(\.github/workflows/[^/]+\.ya?ml|\.gitlab-ci\.yml|\.circleci/config\.yml|\.travis\.yml)")
ASIDE = re.compile(
    r"(?i)(^|[-_./])(ci|dev|development|devel|doc|docs|e2e|lint|linting|local|mypy|pre-commit|qa|style|test|testing|"
    r"tests|tools?|types|typing|check|checks|debug)([-_.]|$)"
)
"""Groups, extras and files that the deployed thing doesn't need, by the words in their names."""


@dataclass(frozen=True)
class Install:
    """One command that installs dependencies."""

    manager: str
    """The manager whose files it reads: pip for requirements files, pep621 for a project (`pip install .`)."""
    files: tuple[str, ...] = ()
    """Requirements or environment files of the project that it names."""
    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    strength: int = DEPLOYS
    origin: Origin = field(default_factory=Origin)


def install_commands(sources: Sources, folder: str) -> tuple[Install, ...]:
    """Every command that installs, strongest first: the deployed Dockerfile's, platforms' build commands, CI's."""
    found: list[Install] = []
    for path in deployed_dockerfiles(sources, folder)[:3]:
        file = read_dockerfile(sources, path)
        lines = [instruction for stage in file.stages for instruction in stage.instructions]
        copied: dict[str, str] = {}
        for instruction in lines:
            if instruction.name in ("COPY", "ADD"):
                copied.update(_renamed(sources, instruction.text, folder))
            elif instruction.name == "RUN":
                found += _installs(sources, instruction, path, folder, DEPLOYS, copied)
        if found:
            break
    for pattern, strength in ((PLATFORM_FILES, DEPLOYS), (TEST_FILES, TESTS)):
        prefix = "" if folder == "." else f"{folder}/"
        named = (path for path in sources.files if pattern.fullmatch(path.removeprefix(prefix)))
        for path in (each for each in named if not is_kubeships(sources, each)):
            for number, line in enumerate(sources.text(path).splitlines(), 1):
                if "install" in line or "sync" in line or "export" in line or " env " in line:
                    text = re.sub(r"^\s*-?\s*(?:run|\w*[cC]ommand|build)?\"?\s*[:=]?\s*", "", line).strip("\"',")
                    found += _installs(sources, Instruction("RUN", text, number), path, folder, strength, {})
    return tuple(sorted(found, key=lambda install: install.strength))


def is_for_development(name: str) -> bool:
    """Whether a group, an extra or a file is for developing and testing only, by its name."""
    return bool(ASIDE.search(name))


def shell_words(text: str) -> Iterator[list[str]]:
    """The simple commands of a shell text, split into words."""
    text = re.sub(r"<<-?\s*[\"']?\w+[\"']?", "", re.sub(r"^(\s*--\w[\w-]*=\S+)+", "", text))
    for line in text.splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=";&|()")
        lexer.whitespace_split, lexer.commenters = True, "#"
        words: list[str] = []
        try:
            for word in lexer:
                if word and set(word) <= set(";&|()"):
                    if words:
                        yield words
                    words = []
                else:
                    words.append(word)
        except ValueError:  # an open quote: what was read so far is all there is
            pass
        if words:
            yield words


def _renamed(sources: Sources, text: str, folder: str) -> dict[str, str]:
    """The project's file behind another name that a COPY line gives it in the image."""
    words = [word for word in re.findall(r"[^\s\"\[\],]+", text) if not word.startswith("--")]
    if "--from" in text or len(words) != 2 or words[1].endswith(("/", ".")):
        return {}
    source, name = within_project(sources, words[0], folder), words[1].rpartition("/")[2]
    return {name: source} if source and source.rpartition("/")[2] != name else {}


def _installs(  # noqa: PLR0917  # one command, and what is known around it
    sources: Sources, instruction: Instruction, path: str, folder: str, strength: int, copied: Mapping[str, str]
) -> Iterator[Install]:
    for command in shell_words(instruction.text):
        words = list(dropwhile(lambda word: word in KEYWORDS or re.fullmatch(r"\w+=.*", word), command))
        words = [copied.get(word.rpartition("/")[2], word) for word in words]
        if found := _recognised(sources, words, folder):
            origin = Origin(path, instruction.line, f"runs {' '.join(words[:4])}")
            yield replace(found, strength=strength, origin=origin)


PROJECT_FILES = frozenset({"pyproject.toml", "setup.cfg", "setup.py"})
LOCKS = {"pdm": "pdm.lock", "pipenv": "Pipfile.lock", "poetry": "poetry.lock", "uv": "uv.lock"}
"""By the distribution that installs from it."""
KEYWORDS = frozenset({"if", "then", "else", "elif", "do", "sudo", "exec", "time", "env", "!", "{", "-E"})


@dataclass(frozen=True)
class Tool:
    """A manager that installs from its own files, and the options that name groups and extras."""

    name: str
    commands: frozenset[str]
    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()


# Sources: the command reference of each.
TOOLS = (
    Tool("pdm", frozenset({"export", "install", "sync"}), ("-G", "--group", "--with")),
    Tool("pipenv", frozenset({"install", "requirements", "sync"})),
    Tool("poetry", frozenset({"export", "install", "sync"}), ("--with", "--only"), ("-E", "--extras")),
    Tool("uv", frozenset({"export", "sync"}), ("--group", "--only-group"), ("--extra",)),
)


def _recognised(sources: Sources, words: list[str], folder: str) -> Install | None:
    names = [word.rpartition("/")[2] for word in words]
    if names and re.fullmatch(r"python[\d.]*", names[0]) and names[1:2] == ["-m"]:
        words, names = words[2:], names[2:]
    if names[:1] == ["uv"] and names[1:2] == ["pip"]:
        words, names = words[1:], names[1:]
    if len(names) < 2:
        return None
    tool = next((tool for tool in TOOLS if tool.name == names[0] and names[1] in tool.commands), None)
    if tool and not (tool.name == "pipenv" and _packages(names[2:])):
        return Install(tool.name, (), _values(words, *tool.groups), _values(words, *tool.extras))
    if names[0] == "pip-sync" or names[:2] == ["pip", "sync"]:
        return _pip(sources, [word for file in words[1:] for word in ("-r", file)], folder)
    if re.fullmatch(r"pip[\d.]*", names[0]) and names[1] == "install":
        return _pip(sources, words[2:], folder)
    return _conda(sources, words, folder) if names[0] in ("conda", "mamba", "micromamba") else None


def _conda(sources: Sources, words: list[str], folder: str) -> Install | None:
    files = _files(sources, _values(words, "-f", "--file", "-n"), folder)
    return Install("conda", files) if files and files[0].endswith((".yml", ".yaml")) else None


def _pip(sources: Sources, words: list[str], folder: str) -> Install | None:
    """`-r` files before the project itself: what both name, the files pin."""
    named = _values(words, "-r", "--requirement", "--requirements")
    if any(name.rpartition("/")[2] in PROJECT_FILES for name in named):
        return None  # `uv pip install -r pyproject.toml`: what the project declares, whoever has locked it
    files = tuple(
        file
        for file in _files(sources, named, folder)
        if not is_for_development(file.rpartition("/")[2]) and not _installs_installers(sources, file)
    )
    if files:
        return Install("pip", files)
    for word in words:
        project = re.fullmatch(r"(?:file://)?(\.|\./?|/[\w./-]+|\$\w+|\.\.?/[\w./-]*)(?:\[([\w, .-]+)\])?", word)
        if project and not word.endswith((".txt", ".whl", ".gz")):
            extras = [extra.strip() for extra in (project[2] or "").split(",") if extra.strip()]
            return Install("pep621", extras=tuple(extra for extra in extras if not is_for_development(extra)))
    return None


def _installs_installers(sources: Sources, file: str) -> bool:
    """A requirements file that pins what the project is then installed with, from that tool's own lock file."""
    names = re.findall(r"(?m)^([A-Za-z]\w*)", sources.text(file))
    return any(LOCKS[name] in sources for name in names if name in LOCKS)


def _files(sources: Sources, named: tuple[str, ...], folder: str) -> tuple[str, ...]:
    found = (within_project(sources, name, folder) for name in named)
    return tuple(dict.fromkeys(file for file in found if file))


def _values(words: list[str], *options: str) -> tuple[str, ...]:
    """The values of options, in any spelling; lists are split at commas and spaces, what is for development is out."""
    found: list[str] = []
    for index, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in options and equals:
            found.append(value)
        elif word in options and index + 1 < len(words):
            found.append(words[index + 1])
        else:
            short = (each for each in options if len(each) == 2 and word.startswith(each) and len(word) > 2)
            found += [word[2:] for _ in short if not word.startswith("--")]
    split = (part for value in found for part in re.split(r"[,\s]+", value) if part)
    return tuple(dict.fromkeys(part for part in split if part not in ("main", "default")))


def _packages(words: list[str]) -> list[str]:
    """Names on the command line: `pipenv install flask` adds one, it doesn't install the project's."""
    return [word for word in words if not word.startswith("-")]
