"""What does a rule find, and what is it told about the Dockerfile?"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from kubeship.model.dockerfile import Instruction, Stage, expand, instructions, lineage, settings, stages

Severity = Literal["warning", "advice"]


@dataclass(frozen=True)
class DockerfileFinding:
    """Something that a reviewer would point at."""

    rule: str
    """Its name, as `# kubeship: ignore=RULE` takes it."""
    path: str
    line: int
    severity: Severity
    """A warning is about safety or about something that will fail; advice about weight and speed."""
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.problem} ({self.rule})"


@dataclass(frozen=True)
class Expected:
    """What kubeship.yaml says of the same image."""

    platform: str = ""
    port: int | None = None
    """Of the web process."""
    command: tuple[str, ...] = ()
    """What the manifests start in place of CMD; empty where they leave it to the image."""


@dataclass(frozen=True)
class Surroundings:
    """The folder that the image is built from."""

    names: tuple[str, ...] = ()
    """What lies directly in it."""
    ignored: Callable[[str], bool] | None = None
    """Whether .dockerignore keeps a path out; None without such a file."""
    installs_itself: bool = False
    """A requirements file installs the project itself, so that the source must come first."""


@dataclass(frozen=True)
class Dockerfile:
    """A Dockerfile as `docker build` without --target sees it."""

    path: str
    text: str
    expected: Expected
    surroundings: Surroundings

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """All of them, in order."""
        return stages(instructions(self.text))

    @cached_property
    def shipped(self) -> tuple[Stage, ...]:
        """The stages whose layers are in the image, the base first."""
        return tuple(reversed(lineage(self.stages, self.stages[-1]))) if self.stages else ()

    @cached_property
    def base(self) -> str:
        """The image that everything stands on."""
        return self.shipped[0].base if self.shipped else ""

    def last(self, *names: str) -> Instruction | None:
        """The last instruction of these names that the image was made with."""
        found = [each for stage in self.shipped for each in stage.instructions if each.name in names]
        return found[-1] if found else None

    def expanded(self, instruction: Instruction) -> str:
        """Its text with the variables that ARG and ENV before it set."""
        known: dict[str, str] = {}
        for each in (each for stage in self.shipped for each in stage.instructions):
            if each.line >= instruction.line:
                break
            if each.name in ("ARG", "ENV"):
                known.update((name, value) for name, value in settings(expand(each.text, known)) if value)
        return expand(instruction.text, known)


@dataclass(frozen=True)
class Hit:
    """What a rule says of one line."""

    rule: str
    line: int
    severity: Severity
    problem: str
    remedy: str


Rule = Callable[[Dockerfile], Iterator[Hit]]
Rules = Sequence[Rule]
