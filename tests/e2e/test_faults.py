"""Does every command converge, whatever happens to its requests? A fixed sample; all of it is in tests/soak."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.e2e.conftest import Kubectl, Ship
from tests.faults.api_proxy import in_front_of
from tests.faults.cases import KILL, Case, Storm, all_converge
from tests.faults.control_plane import TOKEN
from tests.faults.world import DOCUMENTED, World, world
from tests.stack.addresses import Stack

pytestmark = pytest.mark.e2e

# Numbers of a deploy's requests, roughly: 0-8 connecting, 9-25 preflight, 26-28 the lease, 29-38 comparing and the
# record, 39-53 the release Job, 54-61 applying, 62-72 watching, 73-84 the end.
SAMPLE: tuple[Case | Storm, ...] = (
    Case("401", 68),
    Case("403", 59),
    Case("409", 34),
    Case("lost", 53),
    Case("drop", 65, times=4),
    Case(KILL, 54),
    Case(KILL, 61),
    Case(KILL, 77),
    Case("503", 60, times=40),
    Case("reset", 62, fails=True, times=12),
    Storm(8, 0.2),
    # Of a rollback: 18-20 comparing and the record, 22-36 undoing the release step, 43-44 applying, 45-55 watching, the
    # rest the end. Of a delete: 9-34 the objects, 36-41 the records and the lease. Of a run: 6 the Job, 15-19 its end.
    Case("lost", 25, command="rollback"),
    Case(KILL, 34, command="rollback"),
    Case(KILL, 62, command="rollback"),
    Case("404", 13, command="delete"),
    Case(KILL, 38, command="delete"),
    Case("lost", 6, command="run"),
    Case(KILL, 10, command="run"),
    Case("half", 4, command="status"),
    Case("403", 28, command="diff"),
    Case("410", 4, command="history"),
)


@pytest.fixture(scope="module")
def there(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(stack, tmp_path_factory.mktemp("faults")) as made:
        yield made


def test_commands_that_are_disturbed_converge(there: World) -> None:
    all_converge(there, SAMPLE, side_by_side=3, tell=print)


def test_a_deploy_to_the_whole_cluster_outlasts_a_bad_line(copy: Any, kubectl: Kubectl, tmp_path: Path) -> None:
    ship: Ship = copy("flask-hello")
    ship("init", "--image", f"{ship.stack.registry}/faults/hello", "--namespace", ship.namespace)
    image = json.loads(ship("build", "--push", "--json").out.splitlines()[-1])["reference"]
    config = json.loads(kubectl("config", "view", "--raw", "--minify", "--flatten", "-o", "json"))
    cluster = config["clusters"][0]["cluster"]

    with in_front_of(urlsplit(cluster["server"]).netloc, Storm(3, 0.15).spoils()) as (host, faults):
        config["clusters"][0]["cluster"] = {"server": f"http://{host}"}
        (tmp_path / "kubeconfig").write_text(json.dumps(config))
        disturbed = Ship(ship.project, ship.stack, ship.namespace, {"KUBECONFIG": str(tmp_path / "kubeconfig")})
        process = disturbed.start("deploy", "--image", image)
        _, said = process.communicate(timeout=240)
    ship("deploy", "--image", image)

    assert process.returncode in DOCUMENTED, said
    assert "Traceback" not in said
    assert faults.spoilt
    revisions = json.loads(ship("history", "--json").out)["revisions"]
    assert [revision["outcome"] for revision in revisions] == ["succeeded"]
    assert not kubectl.objects("lease")[0]["spec"].get("holderIdentity")
    assert ship("diff", "--image", image).out == ""


def test_a_deploy_whose_login_is_revoked_midway_gets_another_one(there: World) -> None:
    app = there.app("revoked")
    calls = app.project.parent / "logins"
    given = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": TOKEN}}
    script = f"echo one more >> {calls}; echo '{json.dumps(given)}'"
    plugin = {"apiVersion": given["apiVersion"], "command": "sh", "args": ["-c", script], "interactiveMode": "Never"}
    app.user = {"exec": plugin}
    app.next_version()

    def revoked(number: int, method: str, path: str) -> str | None:
        return "401" if number > 50 and calls.read_text().count("one more") == 1 else None

    ran, faults = app.deploy(spoils=revoked)

    assert ran.code == 0, ran.err
    assert faults.spoilt
    assert ran.err.count("doesn't take the login any more") == 1
    app.converges(ran, "a login that was revoked")


def test_a_one_off_command_and_logs_outlast_a_bad_line(there: World) -> None:
    app = there.app("day-two")
    spoils = Storm(1, 0.15).spoils()

    ran, _ = app.kubeship("run", "--", "true", spoils=spoils)
    logs, _ = app.kubeship("logs", spoils=spoils)

    assert (ran.code, ran.out) == (0, "all that it says\n"), ran.err
    assert logs.code == 0, logs.err
    assert logs.out.count("all that it says") == 3  # of two replicas and the release Job
    assert app.state() == app.reference
