"""Which CI service runs this, and what does it want to be told beside the log?"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kubeship.errors import KubeshipError
from kubeship.model.events import Event
from kubeship.ui.ci.github import GitHub
from kubeship.ui.ci.gitlab import GitLab
from kubeship.ui.ci.report import Report


class Service(Protocol):
    """Writes its own lines around those of the log; all of them go to stderr, like the log."""

    def before(self, event: Event) -> None:
        """Before an event is printed."""

    def failed(self, error: KubeshipError) -> None:
        """After the last event, when it ended in an error; the error's own words follow."""

    def done(self, report: Report) -> None:
        """After the last event, when it ended well."""

    def close(self) -> None:
        """At the very end, when it ended well."""


@dataclass(frozen=True)
class Nowhere:
    """A terminal, or a CI service that reads nothing but the log."""

    def before(self, event: Event) -> None: ...
    def failed(self, error: KubeshipError) -> None: ...
    def done(self, report: Report) -> None: ...
    def close(self) -> None: ...


def service(command: str, environ: Mapping[str, str], write: Callable[[str], None]) -> Service:
    """The service whose variables stand in the environment.

    Sources: docs.github.com/actions/reference/workflows-and-actions/variables (GITHUB_ACTIONS) and
    docs.gitlab.com/ci/variables/predefined_variables (GITLAB_CI).
    """
    if environ.get("GITHUB_ACTIONS") == "true":
        return GitHub(command, environ, write, token=secrets.token_hex(16))
    if environ.get("GITLAB_CI") == "true":
        name = f"kubeship_{command}_{secrets.token_hex(4)}"
        return GitLab(name, write, Path(environ["KUBESHIP_DOTENV"]) if environ.get("KUBESHIP_DOTENV") else None)
    return Nowhere()
