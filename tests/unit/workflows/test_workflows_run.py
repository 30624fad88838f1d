"""Does a one-off command get what the app has, and nothing that makes it part of the app?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from kubeship.errors import InvalidInput, KubeshipError
from kubeship.model.events import Event, Note
from kubeship.model.objects import Object
from kubeship.model.revision import Outcome, Revision
from kubeship.model.snapshot import LogRef, Snapshot, Surroundings
from kubeship.workflows.run import RunRequest, one_off, started

COMPONENT = "app.kubernetes.io/component"


def deployment(name: str, **container: Any) -> Object:
    labels = {"app.kubernetes.io/name": "shop", COMPONENT: name}
    main = {"name": name, "image": "shop@sha256:1", "env": [{"name": "A", "value": "1"}], **container}
    spec = {"containers": [main, {"name": "proxy"}], "serviceAccountName": "shop", "topologySpreadConstraints": [{}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": f"shop-{name}", "labels": labels},
        "spec": {"replicas": 2, "template": {"metadata": {"labels": labels}, "spec": spec}},
    }


def service(**selector: str) -> Object:
    labels = {COMPONENT: "web"}
    metadata = {"name": "shop-web", "labels": labels}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"selector": selector}}


def job(*objects: Object, process: str | None = None, **how: Any) -> Object:
    revision = Revision(3, "shop", "production", Outcome.SUCCEEDED, "shop@sha256:1", objects, datetime.now(UTC))
    return one_off(revision, RunRequest("shop", ("python", "manage.py", "shell"), process, **how), "a1b2c3")


def test_the_pod_is_the_web_process_without_what_makes_it_serve() -> None:
    probe: Object = {"httpGet": {"path": "/", "port": 8000}}
    web = deployment("web", readinessProbe=probe, livenessProbe=probe, ports=[{"containerPort": 8000}], lifecycle={})
    made = job(deployment("worker"), web, service(**{COMPONENT: "web"}))

    assert made["metadata"]["name"] == "shop-web-run-a1b2c3"
    spec = made["spec"]["template"]["spec"]
    assert spec == {
        "serviceAccountName": "shop",
        "restartPolicy": "Never",
        "containers": [
            {
                "name": "web",
                "image": "shop@sha256:1",
                "env": [{"name": "A", "value": "1"}],
                "command": ["python", "manage.py", "shell"],
                "args": [],
            }
        ],
    }


def test_no_service_finds_it() -> None:
    usual = job(deployment("web"), service(**{"app.kubernetes.io/name": "shop", COMPONENT: "web"}))
    greedy = job(deployment("web"), service(**{"app.kubernetes.io/name": "shop"}))

    assert usual["spec"]["template"]["metadata"]["labels"] == {"app.kubernetes.io/name": "shop", COMPONENT: "run"}
    assert greedy["spec"]["template"]["metadata"]["labels"] == {"app.kubernetes.io/name": "shop-run"}


def test_a_terminal_is_only_there_where_somebody_types() -> None:
    def container(how: str) -> Object:
        made: Object = job(deployment("web"), input=how)["spec"]["template"]["spec"]["containers"][0]
        return made

    assert "stdin" not in container("none")
    assert (container("pipe")["stdinOnce"], container("pipe")["tty"]) == (True, False)
    assert container("terminal")["tty"] is True


def test_an_unknown_process_names_those_there_are() -> None:
    with pytest.raises(InvalidInput, match="has no process beat; it has web, worker"):
        job(deployment("web"), deployment("worker"), process="beat")


@dataclass
class Unscheduled:
    """A cluster in which no node takes the command's pod."""

    job: Object

    def snapshot(self) -> Snapshot:
        condition = {
            "type": "PodScheduled",
            "status": "False",
            "reason": "Unschedulable",
            "message": "0/1 nodes: no cpu",
        }
        owner = {"kind": "Job", "name": self.job["metadata"]["name"], "uid": "j", "controller": True}
        pod: Object = {
            "metadata": {
                "name": "p",
                "uid": "p",
                "ownerReferences": [owner],
                "creationTimestamp": "2026-01-01T00:00:00Z",
            },
            "spec": self.job["spec"]["template"]["spec"],
            "status": {"phase": "Pending", "conditions": [condition | {"lastTransitionTime": "2026-01-01T00:00:00Z"}]},
        }
        job = {**self.job, "metadata": {**self.job["metadata"], "uid": "j"}, "status": {"active": 1}}
        return Snapshot(datetime(2026, 1, 1, 0, 1, tzinfo=UTC), (job,), pods=(pod,))

    def wait(self, seconds: float) -> None:
        pass

    def logs(self, wanted: object) -> dict[LogRef, str]:
        return {}

    def sockets(self, pods: object) -> dict[str, str]:
        return {}

    def surroundings(self) -> Surroundings:
        return Surroundings(datetime.now(UTC))

    def masking(self) -> Callable[[str], str]:
        return lambda text: text.replace("cpu", "[redacted]")


@pytest.mark.parametrize("timeout", [-1.0, 0.05])
def test_a_command_whose_pod_fits_nowhere_is_given_up_with_the_reason(timeout: float) -> None:
    told: list[Event] = []

    with pytest.raises(KubeshipError, match=r"can't start: .*no node"):
        started(Unscheduled(job(deployment("web"))), timeout, told.append)

    assert [event for event in told if isinstance(event, Note) and "no node" in event.message] == told
    assert len(told) == (timeout > 0)
