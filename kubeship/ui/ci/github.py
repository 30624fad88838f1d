"""How does a deploy show itself in GitHub Actions? Groups, annotations, a summary, outputs and a deployment status.

Source: docs.github.com/actions/reference/workflows-and-actions/workflow-commands (commands, their escaping, files of
the environment).
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from kubeship.errors import Interrupted, KubeshipError, Terminated
from kubeship.model.events import Caution, Event, RevisionRecorded, Step
from kubeship.model.revision import Outcome
from kubeship.ui.ci.github_deployment import GitHubDeployment
from kubeship.ui.ci.report import Report
from kubeship.ui.markdown import escaped, fenced
from kubeship.ui.printable import printable

MOST_WARNINGS = 9
"""A step has ten annotations of a kind, and says nothing of those beyond: the tenth is kept for that."""
LONGEST = 4_000
"""Characters of an annotation, which is a note beside a line and no log."""
LONGEST_STORY = 60_000
"""Characters of what goes into the summary; a step's whole summary is lost from 1 MiB on."""
PLACE = re.compile(r"(?P<file>[^\s:]+\.(?:ya?ml|lock|toml|py|txt|cfg|ini)|Dockerfile|Procfile)(?::(?P<line>\d+))?: ")
"""How errors begin that are about a line of a file: `kubeship.yaml:14: processes.web.port: ...`."""
CAUSE = re.compile(r"\((?P<file>[^\s:()]+\.py):(?P<line>\d+)\)")
"""How causes name the line of the project's code: `web crashes: KeyError: 'A' (app.py:24)`."""


class GitHub:
    """Workflow commands, which nothing but this may give: what containers say is never taken for one."""

    def __init__(self, command: str, environ: Mapping[str, str], write: Callable[[str], None], token: str) -> None:
        """`token` is random: between `stop-commands` and it, the runner reads no commands."""
        self._command = command
        self._environ = environ
        self._write = write
        self._token = token
        self._open = False
        self._warned: set[str] = set()
        self._deployment = GitHubDeployment(environ, self._warn)
        self._write(f"::stop-commands::{token}\n")

    def before(self, event: Event) -> None:
        """A step begins a group; a caution is a warning; a revision that starts is a deployment."""
        match event:
            case Step(title):
                self._end_group()
                self._open = True
                self._say("group", " ".join(title.split()))
            case Caution(message, hint):
                self._warn("\n".join(filter(None, (message, hint))))
            case RevisionRecorded(outcome=Outcome.STARTED):
                title = f"{event.app} revision {event.revision} is on its way to {event.environment}"
                self._deployment.begin(event.environment, title)

    def failed(self, error: KubeshipError) -> None:
        """An annotation at the line that is wrong, the whole story in the summary, and the deployment's end."""
        self._end_group()
        where = self._place(error.message)
        self._say("error", "\n".join((error.message, error.hint)), title=f"kubeship {self._command}", **where)
        details = f"\n\n{fenced(_short(printable(error.details)))}" if error.details else ""
        story = f"{escaped(_short(printable(error.message)))}{details}\n\n**Next:** {escaped(printable(error.hint))}"
        self._append("GITHUB_STEP_SUMMARY", f"### ❌ kubeship {self._command}\n\n{story}\n")
        stopped = isinstance(error, (Interrupted, Terminated))
        self._deployment.turn("error" if stopped else "failure", error.message)

    def done(self, report: Report) -> None:
        """Outputs for later steps, a summary, and the status of a deployment where a token is there."""
        self._end_group()
        for name, value in report.outputs.items():
            self._append("GITHUB_OUTPUT", f"{name}={value}\n")
        lines = [f"### ✅ {escaped(report.title)}", "", f"`{report.image}`", *(f"- {url}" for url in report.addresses)]
        if report.changes:
            lines += ["", fenced(_short("\n".join(report.changes)))]
        self._append("GITHUB_STEP_SUMMARY", "\n".join(lines) + "\n")
        self._deployment.begin(report.environment, report.title)
        self._deployment.turn("success", report.title, report.addresses[0] if report.addresses else "")

    def close(self) -> None:
        """Commands are read again, for the steps after this one."""
        self._end_group()
        self._write(f"::{self._token}::\n")

    def _end_group(self) -> None:
        if self._open:
            self._open = False
            self._say("endgroup", "")

    def _warn(self, message: str) -> None:
        if message in self._warned or len(self._warned) > MOST_WARNINGS:
            return
        self._warned.add(message)
        told = message if len(self._warned) <= MOST_WARNINGS else "there are more cautions: see the log"
        self._say("warning", told, title="kubeship")

    def _say(self, command: str, message: str, **properties: str) -> None:
        named = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
        own = f"::{command} {named}::" if named else f"::{command}::"
        text = _data(_short(printable(message), LONGEST))
        self._write(f"::{self._token}::\n{own}{text}\n::stop-commands::{self._token}\n")

    def _append(self, variable: str, text: str) -> None:
        """What can't be written is a warning: by now the command has done what it does."""
        path = self._environ.get(variable)
        if not path:
            return
        try:
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            self._warn(f"the file of {variable} can't be written: {error.strerror}")

    def _place(self, message: str) -> dict[str, str]:
        """The file and the line that it is about; a cause may name a file that isn't here."""
        found = PLACE.match(message)
        if found is None:
            cause = CAUSE.search(message)
            found = cause if cause and Path(cause["file"]).is_file() else None
        where = {name: value for name, value in found.groupdict().items() if value} if found else {}
        return {**where, "file": self._in_repository(where["file"])} if where else {}

    def _in_repository(self, file: str) -> str:
        """As annotations name it, where the command runs in a folder of the repository."""
        here = Path(file).absolute()
        root = Path(self._environ.get("GITHUB_WORKSPACE") or here.parent)
        return here.relative_to(root).as_posix() if here.exists() and here.is_relative_to(root) else file


def _short(text: str, longest: int = LONGEST_STORY) -> str:
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text)} characters)"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
