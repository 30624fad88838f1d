"""Do CI services get what they have fields for, and nothing that a container could forge?"""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from kubeship.errors import InvalidInput, MissingPrecondition, RolloutRolledBack
from kubeship.model.events import Caution, Step
from kubeship.ui.ci.github import GitHub
from kubeship.ui.ci.gitlab import GitLab
from kubeship.ui.ci.report import Report
from kubeship.ui.ci.service import Nowhere, service
from kubeship.ui.markdown import escaped, fenced

IMAGE = "registry.test/shop@sha256:" + "a" * 64
REPORT = Report("shop revision 7 serves in production", "production", 7, IMAGE, ("https://shop.test",), ("~ web",))


def github(written: list[str], **environ: str) -> GitHub:
    return GitHub("deploy", environ, written.append, token="random")


def test_the_service_is_known_by_its_variables() -> None:
    assert isinstance(service("deploy", {"GITHUB_ACTIONS": "true"}, lambda text: None), GitHub)
    assert isinstance(service("deploy", {"GITLAB_CI": "true"}, lambda text: None), GitLab)
    assert isinstance(service("deploy", {"CI": "true"}, lambda text: None), Nowhere)


def test_github_reads_our_commands_alone() -> None:
    written: list[str] = []
    hub = github(written)
    hub.before(Step("Building 100% of\nshop"))
    hub.close()

    assert "".join(written).splitlines() == [
        "::stop-commands::random",
        "::random::",
        "::group::Building 100%25 of%0Ashop",
        "::stop-commands::random",
        "::random::",
        "::endgroup::",
        "::stop-commands::random",
        "::random::",
    ]


def test_an_error_is_annotated_where_it_is(tmp_path: Path) -> None:
    written: list[str] = []
    summary = tmp_path / "summary"
    error = InvalidInput("kubeship.yaml:14: processes.web.port: expected 1-65535", hint="correct it")
    github(written, GITHUB_STEP_SUMMARY=str(summary)).failed(error)

    assert "::error title=kubeship deploy,file=kubeship.yaml,line=14::" in "".join(written)
    assert "kubeship.yaml:14" in summary.read_text()


def test_an_error_without_a_place_has_none() -> None:
    written: list[str] = []
    github(written).failed(RolloutRolledBack("revision 8 failed: web crashed", hint="read its log"))

    assert "::error title=kubeship deploy::revision 8 failed: web crashed%0Aread its log\n" in "".join(written)


def test_a_caution_is_a_warning() -> None:
    written: list[str] = []
    github(written).before(Caution("no health route", "add one"))

    assert "::warning title=kubeship::no health route%0Aadd one\n" in "".join(written)


def test_later_steps_get_outputs(tmp_path: Path) -> None:
    output = tmp_path / "output"
    github([], GITHUB_OUTPUT=str(output)).done(REPORT)

    assert dict(line.split("=", 1) for line in output.read_text().splitlines()) == {
        "environment": "production",
        "revision": "7",
        "image": IMAGE,
        "digest": "sha256:" + "a" * 64,
        "url": "https://shop.test",
    }


def test_a_log_cannot_break_out_of_the_summary() -> None:
    assert fenced("a\n````\nb").startswith("`````\n")
    assert escaped("<img> [x](y) `z`") == "\\<img\\> \\[x\\](y) \\`z\\`"


@pytest.fixture
def api() -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """GitHub's REST API, as far as deployments go."""
    asked: list[tuple[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.path, body))
            self.send_response(201)
            self.end_headers()
            self.wfile.write(b'{"id": 42}')

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_a_deployment_gets_its_status_where_a_token_is_there(api: tuple[str, list[tuple[str, Any]]]) -> None:
    url, asked = api
    hub = github([], GITHUB_API_URL=url, GITHUB_TOKEN="t", GITHUB_REPOSITORY="team/shop", GITHUB_SHA="abc")
    hub.done(REPORT)

    assert [path for path, _ in asked] == ["/repos/team/shop/deployments", "/repos/team/shop/deployments/42/statuses"]
    assert asked[1][1]["environment_url"] == "https://shop.test"


def test_a_deployment_that_github_refuses_is_only_a_warning() -> None:
    written: list[str] = []
    github(written, GITHUB_API_URL="http://127.0.0.1:9", GITHUB_TOKEN="secret-token").done(REPORT)

    assert "::warning title=kubeship::GitHub took no deployment status" in "".join(written)
    assert "secret-token" not in "".join(written)


def test_gitlab_folds_steps_and_reads_the_report(tmp_path: Path) -> None:
    written: list[str] = []
    dotenv = tmp_path / "deploy.env"
    lab = GitLab(written.append, dotenv, clock=lambda: 1000.5)
    lab.before(Step("Building"))
    lab.before(Step("Pushing"))
    lab.done(REPORT)

    assert written == [
        "section_start:1000:kubeship_1\r\x1b[0KBuilding\n",
        "section_end:1000:kubeship_1\r\x1b[0K\n",
        "section_start:1000:kubeship_2\r\x1b[0KPushing\n",
        "section_end:1000:kubeship_2\r\x1b[0K\n",
    ]
    assert "KUBESHIP_URL=https://shop.test\n" in dotenv.read_text()


def test_a_report_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(MissingPrecondition, match="can't be written"):
        GitLab(lambda text: None, tmp_path / "missing" / "deploy.env").done(REPORT)
