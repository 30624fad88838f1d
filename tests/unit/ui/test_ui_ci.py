"""Do CI services get what they have fields for, and nothing that a container could forge?"""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from kubeship.errors import InvalidInput, KubeshipError, RolloutRolledBack, Terminated
from kubeship.model.events import Caution, RevisionRecorded, Step
from kubeship.model.revision import Outcome
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
        "::group::Building 100%25 of shop",
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


def test_a_cause_is_annotated_in_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    (tmp_path / "app.py").write_text("")
    monkeypatch.chdir(tmp_path)
    github(written).failed(RolloutRolledBack("revision 8 failed: KeyError (app.py:24); revision 7 serves", hint="x"))
    github(written).failed(RolloutRolledBack("revision 8 failed: KeyError (other.py:3); revision 7 serves", hint="x"))

    told = [line for line in "".join(written).splitlines() if line.startswith("::error")]
    assert [line.split("::")[1] for line in told] == [
        "error title=kubeship deploy,file=app.py,line=24",
        "error title=kubeship deploy",
    ]


def test_no_more_is_annotated_than_is_shown() -> None:
    written: list[str] = []
    hub = github(written)
    for number in [*range(30), *range(30)]:
        hub.before(Caution(f"caution {number}"))

    warnings = [line for line in "".join(written).splitlines() if line.startswith("::warning")]
    assert len(warnings) == 10
    assert warnings[-1].endswith("there are more cautions: see the log")


def test_a_log_without_end_is_cut(tmp_path: Path) -> None:
    written: list[str] = []
    summary = tmp_path / "summary"
    error = RolloutRolledBack("revision 8 failed " * 10_000, hint="read", details="x\n" * 300_000)
    github(written, GITHUB_STEP_SUMMARY=str(summary)).failed(error)

    assert summary.stat().st_size < 300_000
    assert len("".join(written)) < 10_000


def test_an_annotation_names_the_file_as_the_repository_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    folder = tmp_path / "services" / "shop"
    folder.mkdir(parents=True)
    (folder / "kubeship.yaml").write_text("")
    monkeypatch.chdir(folder)
    error = InvalidInput("kubeship.yaml:14: processes.web.port: expected 1-65535", hint="correct it")
    github(written, GITHUB_WORKSPACE=str(tmp_path)).failed(error)

    assert "file=services/shop/kubeship.yaml,line=14" in "".join(written)


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


def hub_with(url: str, written: list[str]) -> GitHub:
    return github(
        written,
        GITHUB_API_URL=url,
        GITHUB_TOKEN="t",
        GITHUB_REPOSITORY="team/shop",
        GITHUB_SHA="abc",
        GITHUB_RUN_ID="77",
    )


def recorded(outcome: Outcome) -> RevisionRecorded:
    return RevisionRecorded(8, "shop", "production", outcome, IMAGE, "4f2a", "4f2a", "me@here:1", "")


def test_a_deployment_is_under_way_and_then_serves(api: tuple[str, list[tuple[str, Any]]]) -> None:
    url, asked = api
    hub = hub_with(url, [])
    hub.before(recorded(Outcome.STARTED))
    hub.before(recorded(Outcome.SUCCEEDED))
    hub.done(REPORT)

    statuses = "/repos/team/shop/deployments/42/statuses"
    assert [path for path, _ in asked] == ["/repos/team/shop/deployments", statuses, statuses]
    assert [body.get("state") for _, body in asked] == [None, "in_progress", "success"]
    assert asked[0][1] | {"environment": "production", "ref": "abc"} == asked[0][1]
    assert asked[2][1]["environment_url"] == "https://shop.test"
    assert asked[2][1]["log_url"] == "https://github.com/team/shop/actions/runs/77"


@pytest.mark.parametrize(
    ("error", "state"),
    [(RolloutRolledBack("x" * 500, hint="read"), "failure"), (Terminated("stopped", hint="again"), "error")],
)
def test_a_deployment_that_fails_or_is_stopped_says_so(
    error: KubeshipError, state: str, api: tuple[str, list[tuple[str, Any]]]
) -> None:
    url, asked = api
    hub = hub_with(url, [])
    hub.before(recorded(Outcome.STARTED))
    hub.failed(error)

    assert asked[-1][1]["state"] == state
    assert len(asked[-1][1]["description"]) <= 140


def test_what_never_began_is_no_deployment(api: tuple[str, list[tuple[str, Any]]]) -> None:
    url, asked = api
    hub_with(url, []).failed(InvalidInput("kubeship.yaml:3: bad", hint="correct it"))

    assert asked == []


def test_a_deployment_that_github_refuses_is_only_a_warning() -> None:
    written: list[str] = []
    hub = github(
        written, GITHUB_API_URL="http://127.0.0.1:9", GITHUB_TOKEN="secret-token", GITHUB_REPOSITORY="team/shop"
    )
    hub.before(recorded(Outcome.STARTED))
    hub.done(REPORT)

    assert "".join(written).count("took no deployment status") == 1
    assert "::warning title=kubeship::GitHub took no deployment status" in "".join(written)
    assert "secret-token" not in "".join(written)


def test_gitlab_folds_steps_and_reads_the_report(tmp_path: Path) -> None:
    written: list[str] = []
    dotenv = tmp_path / "deploy.env"
    lab = GitLab("kubeship_deploy_ab", written.append, dotenv, clock=lambda: 1000.5)
    lab.before(Step("Building"))
    lab.before(Step("Pushing"))
    lab.done(REPORT)

    assert written == [
        "\x1b[0Ksection_start:1000:kubeship_deploy_ab_1\r\x1b[0KBuilding\n",
        "\x1b[0Ksection_end:1000:kubeship_deploy_ab_1\r\x1b[0K\n",
        "\x1b[0Ksection_start:1000:kubeship_deploy_ab_2\r\x1b[0KPushing\n",
        "\x1b[0Ksection_end:1000:kubeship_deploy_ab_2\r\x1b[0K\n",
    ]
    assert "KUBESHIP_URL=https://shop.test\n" in dotenv.read_text()


def test_sections_of_two_commands_in_one_job_differ() -> None:
    written: list[str] = []
    for _ in range(2):
        service("deploy", {"GITLAB_CI": "true"}, written.append).before(Step("Building"))

    assert len(set(written)) == 2
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+", line.split(":")[2].split("\r")[0]) for line in written)


def test_a_report_that_cannot_be_written_is_told_and_fails_no_deploy(tmp_path: Path) -> None:
    written: list[str] = []
    GitLab("kubeship", written.append, tmp_path / "missing" / "deploy.env").done(REPORT)
    github(written, GITHUB_OUTPUT=str(tmp_path / "missing" / "output")).done(REPORT)

    assert "deploy.env (KUBESHIP_DOTENV) can't be written" in written[0]
    assert "::warning title=kubeship::the file of GITHUB_OUTPUT can't be written" in "".join(written)
