"""How does a commit get a deployment on GitHub, and that its status? Nothing that GitHub answers fails a deploy.

Source: docs.github.com/rest/deployments (states, `description` of 140 characters, `log_url`).
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Literal

ANSWER_SECONDS = 10.0
LONGEST = 140
"""Characters of a description."""

State = Literal["in_progress", "success", "failure", "error"]


class GitHubDeployment:
    """At most one deployment; after the first request that fails no other is made."""

    def __init__(self, environ: Mapping[str, str], warn: Callable[[str], None]) -> None:
        """`warn` is told once what GitHub refused."""
        self._environ = environ
        self._warn = warn
        self._id: int | None = None
        self._refused = not (environ.get("GITHUB_TOKEN") and environ.get("GITHUB_REPOSITORY"))

    @property
    def begun(self) -> bool:
        """Whether GitHub knows of it."""
        return self._id is not None

    def begin(self, environment: str, title: str) -> None:
        """The commit is being deployed."""
        if self.begun:
            return
        made = self._post(
            "",
            {
                "ref": self._environ.get("GITHUB_SHA", ""),
                "environment": environment,
                "description": title[:LONGEST],
                "auto_merge": False,
                "required_contexts": [],
            },
        )
        if isinstance(made.get("id"), int):
            self._id = made["id"]
            self.turn("in_progress", title)

    def turn(self, state: State, title: str, url: str = "") -> None:
        """Where it stands now; `url` is where the app answers."""
        if self._id is None:
            return
        status = {"state": state, "description": title[:LONGEST]}
        if url:
            status["environment_url"] = url
        if run := self._environ.get("GITHUB_RUN_ID"):
            server = self._environ.get("GITHUB_SERVER_URL", "https://github.com")
            status["log_url"] = f"{server}/{self._environ['GITHUB_REPOSITORY']}/actions/runs/{run}"
        self._post(f"/{self._id}/statuses", status)

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        import http.client  # noqa: PLC0415  # brings ssl: only who posts waits for it
        import urllib.request  # noqa: PLC0415

        if self._refused:
            return {}
        base = self._environ.get("GITHUB_API_URL", "https://api.github.com")
        try:
            request = urllib.request.Request(  # noqa: S310  # the runner's own variable names it
                f"{base}/repos/{self._environ['GITHUB_REPOSITORY']}/deployments{path}",
                data=json.dumps(body).encode(),
                headers={
                    "Authorization": f"Bearer {self._environ['GITHUB_TOKEN']}",
                    "Accept": "application/vnd.github+json",
                    "Content-Type": "application/json",
                    "User-Agent": "kubeship",
                },
            )
            with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310  # as above
                found = json.load(answer)
        except (OSError, ValueError, http.client.HTTPException) as error:
            self._refused = True
            forbidden = getattr(error, "code", None) in {401, 403, 404}
            right = "; the job needs `permissions: {deployments: write}`" if forbidden else ""
            self._warn(f"GitHub took no deployment status: {error}{right}")
            return {}
        return found if isinstance(found, dict) else {}
