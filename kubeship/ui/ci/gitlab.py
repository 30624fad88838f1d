"""How does a deploy show itself in GitLab CI? Sections that fold, and a dotenv report for the environment's URL.

Sources: docs.gitlab.com/ci/jobs/job_logs (custom collapsible sections), docs.gitlab.com/ci/yaml/artifacts_reports
(artifacts:reports:dotenv: no quotes, no spaces around `=`, no line breaks).
"""

import time
from collections.abc import Callable
from pathlib import Path

from kubeship.errors import KubeshipError
from kubeship.model.events import Event, Step
from kubeship.ui.ci.report import Report
from kubeship.ui.printable import printable

LINE = "\x1b[0K"
"""Erases what a viewer that knows no sections would show of them."""
PREFIX = "KUBESHIP_"


class GitLab:
    """A section for each step."""

    def __init__(
        self, name: str, write: Callable[[str], None], dotenv: Path | None, clock: Callable[[], float] = time.time
    ) -> None:
        """`name` is no other's in this job's log; `dotenv` is what the job names in artifacts:reports:dotenv."""
        self._name = name
        self._write = write
        self._dotenv = dotenv
        self._clock = clock
        self._sections = 0
        self._open = False

    def before(self, event: Event) -> None:
        """A step ends the section of the one before it and begins its own."""
        if isinstance(event, Step):
            self.close()
            self._sections += 1
            self._open = True
            title = " ".join(printable(event.title).split())
            self._mark("start", title)

    def failed(self, error: KubeshipError) -> None:
        """The error itself stands outside of any section, where it isn't folded away."""
        self.close()

    def done(self, report: Report) -> None:
        """Write the report; where it can't be, that is a word in the log: the app is deployed."""
        self.close()
        if self._dotenv is None:
            return
        lines = [f"{PREFIX}{name.upper()}={value}\n" for name, value in report.outputs.items()]
        try:
            self._dotenv.write_text("".join(lines), encoding="utf-8")
        except OSError as error:
            self._write(f"! {self._dotenv} (KUBESHIP_DOTENV) can't be written: {error.strerror}\n")

    def close(self) -> None:
        """End the open section."""
        if self._open:
            self._open = False
            self._mark("end")

    def _mark(self, which: str, title: str = "") -> None:
        section = f"{self._name}_{self._sections}"
        self._write(f"{LINE}section_{which}:{int(self._clock())}:{section}\r{LINE}{title}\n")
