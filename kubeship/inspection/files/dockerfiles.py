"""What do the project's Dockerfiles say, and which of them builds what is deployed?"""

import posixpath
import re
from dataclasses import dataclass, field

from kubeship.inspection.files.documents import is_kubeships
from kubeship.inspection.files.sources import Sources, folder_of, is_aside
from kubeship.model.dockerfile import Instruction, expand, instructions
from kubeship.model.origin import Found, Origin

FILE = re.compile(r"(?i)(.*/)?((dockerfile|containerfile)([._-].+)?|[^/]+\.(dockerfile|containerfile))")
NOT_DEPLOYED = re.compile(
    r"(?i)(^|[._/-])(alpine|arm|arm64|armhf|armv7|base|bench|builder|ci|cuda|debug|dev|devcontainer|develop|development|"
    r"docs|gpu|lint|local|nginx|node|rocm|test|tests|testing|e2e|windows)([._/-]|$)"
)
"""Words in a path or a stage's name: variants, and images for people and tests."""
DEPLOYED = re.compile(r"(?i)(^|[._/-])(prod|production|release|deploy)([._/-]|$)")
PYTHON = re.compile(r"python|\bpip|\buv\b|poetry|\bpdm\b|conda|\.py\b|gunicorn|uvicorn|celery", re.IGNORECASE)
"""Words of an image that runs Python: others build a front end, or something else."""
MAX_DEPTH = 4


@dataclass(frozen=True)
class Stage:
    """What stands between one FROM and the next."""

    name: str
    """Empty without `AS`."""
    base: str
    """An image, or the name of an earlier stage."""
    line: int
    instructions: tuple[Instruction, ...] = ()


@dataclass(frozen=True)
class Dockerfile:
    """A Dockerfile's stages, in order."""

    path: str
    arguments: tuple[Instruction, ...] = ()
    """ARG lines before the first FROM."""
    stages: tuple[Stage, ...] = ()

    @property
    def lineage(self) -> tuple[Stage, ...]:
        """The stage that is deployed, then those that it is built FROM, up to an image."""
        deployed = [stage for stage in self.stages if not NOT_DEPLOYED.search(stage.name)] or list(self.stages)
        found = deployed[-1:]
        while found:
            base = found[-1].base.lower()
            earlier = [stage for stage in self.stages if stage.line < found[-1].line and stage.name.lower() == base]
            if not earlier:
                break
            found.append(earlier[-1])
        return tuple(found)

    @property
    def final(self) -> tuple[Instruction, ...]:
        """The instructions of the deployed image, in order."""
        return tuple(instruction for stage in reversed(self.lineage) for instruction in stage.instructions)

    @property
    def base(self) -> tuple[str, int]:
        """The image that the deployed stage begins with, and the line that says so."""
        return (self.lineage[-1].base, self.lineage[-1].line) if self.stages else ("", 0)


def deployed_dockerfiles(sources: Sources, folder: str) -> tuple[str, ...]:
    """The Dockerfiles that may build what is deployed, likeliest first: nearest to `folder`, with the plainest name.

    Those for development, tests and other hardware are left out, and so are kubeship's own.
    """
    found = [path for path in sources.other_files if FILE.fullmatch(path) and path.count("/") <= MAX_DEPTH]
    below = [path for path in found if folder == "." or path.startswith(f"{folder}/")]
    above = [path for path in found if folder != "." and folder.startswith(folder_of(path))]
    return tuple(
        sorted(
            (
                path
                for path in (below or above or (found if folder != "." else ()))
                if not is_aside(path)
                and not NOT_DEPLOYED.search(path.lower().replace("dockerfile", ""))
                and not path.endswith(".dockerignore")
                and not is_kubeships(sources, path)
                and PYTHON.search(sources.text(path))
            ),
            key=lambda path: (not DEPLOYED.search(path), path.count("/"), len(path), path),
        )
    )


def read_dockerfile(sources: Sources, path: str) -> Dockerfile:
    """The stages of a Dockerfile; what can't be read is left out."""
    known: dict[str, str] = {}
    before: list[Instruction] = []
    stages: list[Stage] = []
    open_stage: _Open | None = None
    for written in instructions(sources.text(path)):
        name, rest, line = written.name, expand(written.text, known), written.line
        if name == "FROM":
            if open_stage:
                stages.append(open_stage.closed())
            open_stage = _Open(*_from(rest), line)
        elif open_stage:
            open_stage.instructions.append(Instruction(name, rest, line))
        else:
            before.append(Instruction(name, rest, line))
        if name in ("ARG", "ENV"):
            known.update((key, value) for key, value in settings(rest) if value or key not in known)
    if open_stage:
        stages.append(open_stage.closed())
    return Dockerfile(path, tuple(before), tuple(stages))


def settings(rest: str) -> list[tuple[str, str]]:
    """The names and values that an ENV or ARG line sets."""
    found = [(match[1], match[2].strip("\"'")) for match in re.finditer(r"(\w+)=(\"[^\"]*\"|'[^']*'|\S*)", rest)]
    if not found and len(rest.split(None, 1)) == 2:  # `ENV NAME value`
        name, value = rest.split(None, 1)
        return [(name, value)]
    return found


def within_project(sources: Sources, path: str, folder: str) -> str | None:
    """The project's file that a path inside an image (`/app/requirements/prod.txt`) was copied from."""
    parts = [part for part in path.strip("\"'").split("/") if part not in ("", ".", "..")]
    for start in range(len(parts)):
        tail = "/".join(parts[start:])
        for base in dict.fromkeys((folder, ".")):
            candidate = posixpath.normpath(posixpath.join(base, tail))
            if candidate in sources:
                return candidate
    same = [each for each in sources.files if parts and each.endswith(f"/{parts[-1]}") and not is_aside(each)]
    return same[0] if len(same) == 1 else None


def own_dockerfile(sources: Sources, folder: str) -> Found[str] | None:
    """A Dockerfile that people wrote; kubeship's own says so in its first line."""
    for path in dict.fromkeys((posixpath.normpath(f"{folder}/Dockerfile"), "Dockerfile")):
        if path in sources and not is_kubeships(sources, path):
            return Found(path, (Origin(path, None, "the project's own"),))
    return None


@dataclass
class _Open:
    base: str
    name: str
    line: int
    instructions: list[Instruction] = field(default_factory=list)

    def closed(self) -> Stage:
        return Stage(self.name, self.base, self.line, tuple(self.instructions))


def _from(rest: str) -> tuple[str, str]:
    words = [word for word in rest.split() if not word.startswith("--")]
    named = len(words) > 2 and words[1].lower() == "as"
    return (words[0] if words else "", words[2] if named else "")
