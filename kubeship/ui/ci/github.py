"""How does a deploy show itself in GitHub Actions? Groups, annotations, a summary, outputs and a deployment status.

Sources: docs.github.com/actions/reference/workflows-and-actions/workflow-commands (commands, their escaping, files of
the environment) and docs.github.com/rest/deployments.
"""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kubeship.errors import KubeshipError, MissingPrecondition
from kubeship.model.events import Caution, Event, Step
from kubeship.ui.ci.report import Report
from kubeship.ui.markdown import escaped, fenced

ANSWER_SECONDS = 10.0
PLACE = re.compile(r"(?P<file>[^\s:]+\.(?:ya?ml|lock|toml|py|txt|cfg|ini)|Dockerfile|Procfile)(?::(?P<line>\d+))?: ")
"""How errors begin that are about a line of a file: `kubeship.yaml:14: processes.web.port: ...`."""


class GitHub:
    """Workflow commands, which nothing but this may give: what containers say is never taken for one."""

    def __init__(self, command: str, environ: Mapping[str, str], write: Callable[[str], None], token: str) -> None:
        """`token` is random: between `stop-commands` and it, the runner reads no commands."""
        self._command = command
        self._environ = environ
        self._write = write
        self._token = token
        self._open = False
        self._write(f"::stop-commands::{token}\n")

    def before(self, event: Event) -> None:
        """A step begins a group; a caution is a warning beside the file that it names."""
        if isinstance(event, Step):
            self._end_group()
            self._open = True
            self._say("group", event.title)
        elif isinstance(event, Caution):
            self._say("warning", "\n".join(filter(None, (event.message, event.hint))), title="kubeship")

    def failed(self, error: KubeshipError) -> None:
        """An annotation at the line that is wrong, and the whole story in the summary."""
        self._end_group()
        place = PLACE.match(error.message)
        where = {name: value for name, value in place.groupdict().items() if value} if place else {}
        self._say("error", "\n".join((error.message, error.hint)), title=f"kubeship {self._command}", **where)
        details = f"\n\n{fenced(error.details)}" if error.details else ""
        story = f"{escaped(error.message)}{details}\n\n**Next:** {escaped(error.hint)}"
        self._append("GITHUB_STEP_SUMMARY", f"### ❌ kubeship {self._command}\n\n{story}\n")

    def done(self, report: Report) -> None:
        """Outputs for later steps, a summary, and the status of a deployment where a token is there."""
        self._end_group()
        for name, value in report.outputs.items():
            self._append("GITHUB_OUTPUT", f"{name}={value}\n")
        lines = [f"### ✅ {escaped(report.title)}", "", f"`{report.image}`", *(f"- {url}" for url in report.addresses)]
        if report.changes:
            lines += ["", fenced("\n".join(report.changes))]
        self._append("GITHUB_STEP_SUMMARY", "\n".join(lines) + "\n")
        if self._environ.get("GITHUB_TOKEN"):
            self._deployment(report)

    def close(self) -> None:
        """Commands are read again, for the steps after this one."""
        self._end_group()
        self._write(f"::{self._token}::\n")

    def _end_group(self) -> None:
        if self._open:
            self._open = False
            self._say("endgroup", "")

    def _say(self, command: str, message: str, **properties: str) -> None:
        named = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
        own = f"::{command} {named}::" if named else f"::{command}::"
        self._write(f"::{self._token}::\n{own}{_data(message)}\n::stop-commands::{self._token}\n")

    def _append(self, variable: str, text: str) -> None:
        path = self._environ.get(variable)
        if not path:
            return
        try:
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise MissingPrecondition(
                f"the file of {variable} can't be written: {error.strerror}", hint="see the runner's own log"
            ) from error

    def _deployment(self, report: Report) -> None:
        """A deployment of this commit, and its success. What GitHub refuses is a warning: the app is deployed."""
        repository = self._environ.get("GITHUB_REPOSITORY", "")
        try:
            made = self._post(
                f"repos/{repository}/deployments",
                {
                    "ref": self._environ.get("GITHUB_SHA", ""),
                    "environment": report.environment,
                    "description": report.title,
                    "auto_merge": False,
                    "required_contexts": [],
                },
            )
            status = {"state": "success", "description": report.title[:140]}
            if report.addresses:
                status["environment_url"] = report.addresses[0]
            self._post(f"repos/{repository}/deployments/{made['id']}/statuses", status)
        except (OSError, ValueError, KeyError) as error:
            self._say("warning", f"GitHub took no deployment status: {error}", title="kubeship")

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        import urllib.request  # noqa: PLC0415  # brings ssl and http: only who posts waits for them

        request = urllib.request.Request(  # noqa: S310  # the runner's own variable names it
            f"{self._environ.get('GITHUB_API_URL', 'https://api.github.com')}/{path}",
            data=json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self._environ['GITHUB_TOKEN']}",
                "Accept": "application/vnd.github+json",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310  # as above
            found: dict[str, Any] = json.load(answer)
        return found


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
