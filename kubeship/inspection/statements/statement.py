"""What is one statement of a project about how it runs? The shape that every reader gives back."""

from dataclasses import dataclass, field

from kubeship.inspection.commands.server_lines import Started
from kubeship.inspection.commands.workers import Work
from kubeship.model.origin import Origin

PLATFORM, IMAGE, COMPOSE, SUPERVISED, SCRIPT, CONFIGURED, TASK, README = range(8)
"""How strong a statement is: what a platform deploys, the image, compose, a supervisor, a start script, a
server's own file, a task for developers, prose."""
DEVELOPMENT = 10
"""Added for what only developers run."""


@dataclass(frozen=True)
class Image:
    """Where the project's files lie in the image that a command runs in."""

    path: str = ""
    """The Dockerfile."""
    copied: tuple[tuple[str, str], ...] = ()
    """(path in the image, path in the project), the latest first."""
    context: str = "."


@dataclass(frozen=True)
class Said:
    """A command as it stands in a file, before shell scripts and supervisors in it are followed."""

    origin: Origin
    strength: int
    command: str = ""
    words: tuple[str, ...] = ()
    """Instead of `command` where it doesn't pass through a shell."""
    name: str = ""
    folder: str = "."
    """Where it starts: relative to the project, or absolute in the image."""
    variables: tuple[tuple[str, str], ...] = ()
    image: Image = field(default_factory=Image)
    any_arguments: bool = False
    """Its arguments come when it is started (an ENTRYPOINT without CMD)."""
    port: int | None = None
    schedule: str | None = None
    work: Work | None = None
    """Where the file says so: a release line, a cron entry."""
    foreign: bool = False
    """The image may be somebody else's: it counts only if what it starts lies in the project."""
    stays: bool = False
    """The file says that it is started again when it ends."""


@dataclass(frozen=True)
class Statement:
    """What one process of the project is started with."""

    name: str
    started: Started
    command: str
    folder: str
    """Where it starts, relative to the project."""
    origin: Origin
    strength: int
    port: int | None = None
    schedule: str | None = None
    work: Work | None = None
    main: bool = True
    """False in a branch of a script that isn't taken."""
    foreign: bool = False
    stays: bool = False
    image: str = ""
    """The Dockerfile of the image that it is started in."""
    in_image: str = ""
    """The command with files by their places in that image, where they aren't those that `command` means there."""

    @property
    def is_web(self) -> bool:
        """Whether it certainly listens."""
        return self.work == "web"
