"""How does a deploy show itself in GitLab CI? Sections that fold, and a dotenv report for the environment's URL.

Sources: docs.gitlab.com/ci/jobs/job_logs (custom collapsible sections), docs.gitlab.com/ci/yaml/artifacts_reports
(artifacts:reports:dotenv: no quotes, no spaces around `=`, no line breaks).
"""

import time
from collections.abc import Callable
from pathlib import Path

from kubeship.errors import KubeshipError, MissingPrecondition
from kubeship.model.events import Event, Step
from kubeship.ui.ci.report import Report

ERASE = "\r\x1b[0K"
PREFIX = "KUBESHIP_"


class GitLab:
    """A section for each step."""

    def __init__(
        self, write: Callable[[str], None], dotenv: Path | None, clock: Callable[[], float] = time.time
    ) -> None:
        """`dotenv` is the file that the job names in artifacts:reports:dotenv."""
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
            title = " ".join(event.title.split())
            self._write(f"section_start:{int(self._clock())}:kubeship_{self._sections}{ERASE}{title}\n")

    def failed(self, error: KubeshipError) -> None:
        """The error itself stands outside of any section, where it isn't folded away."""
        self.close()

    def done(self, report: Report) -> None:
        """Write the report. Raises MissingPrecondition when its file can't be written."""
        self.close()
        if self._dotenv is None:
            return
        lines = [f"{PREFIX}{name.upper()}={value}\n" for name, value in report.outputs.items()]
        try:
            self._dotenv.write_text("".join(lines), encoding="utf-8")
        except OSError as error:
            raise MissingPrecondition(
                f"it is done, but {self._dotenv} can't be written: {error.strerror}", hint="correct KUBESHIP_DOTENV"
            ) from error

    def close(self) -> None:
        """End the open section."""
        if self._open:
            self._open = False
            self._write(f"section_end:{int(self._clock())}:kubeship_{self._sections}{ERASE}\n")
