"""What is an app on a cluster that can be spoilt, and what must be true of it after a deploy that ran through?"""

import json
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.api_proxy import in_front_of
from tests.faults.control_plane import ControlPlane, control_plane
from tests.faults.hollow_node import FAILS, HollowNode, hollow_node
from tests.faults.proxy import Faults
from tests.faults.runs import Ran, Runs, runs
from tests.stack.addresses import Stack

EXAMPLE = Path(__file__).parents[2] / "examples" / "flask-hello"
IMAGE = f"registry.test/hello@sha256:{'5' * 64}"
"""Nobody pulls it."""
FIRST = "version-0"
SETTINGS = f"""
variables: {{GREETING: {FIRST}}}
release: [{{command: "python -c 'print(1)'"}}]
processes:"""
TIMEOUT = 20
"""Seconds that a rollout may take."""
DOCUMENTED = frozenset({0, 1, 3, 4, 5, 6, 8, 130, 143})
"""Exit codes: docs/commands.md."""
KINDS = {
    "ConfigMap": "/api/v1/namespaces/{}/configmaps",
    "Deployment": "/apis/apps/v1/namespaces/{}/deployments",
    "HorizontalPodAutoscaler": "/apis/autoscaling/v2/namespaces/{}/horizontalpodautoscalers",
    "Ingress": "/apis/networking.k8s.io/v1/namespaces/{}/ingresses",
    "Job": "/apis/batch/v1/namespaces/{}/jobs",
    "PodDisruptionBudget": "/apis/policy/v1/namespaces/{}/poddisruptionbudgets",
    "Secret": "/api/v1/namespaces/{}/secrets",
    "Service": "/api/v1/namespaces/{}/services",
    "ServiceAccount": "/api/v1/namespaces/{}/serviceaccounts",
}
RECORD = "kubeship.dev/revision"
CHANGING = ("clusterIP", "clusterIPs")
"""Fields of a spec that the server chooses."""

Spoils = Callable[[int, str, str], str | None]


def nothing(number: int, method: str, path: str) -> None:
    """No fault."""


@dataclass
class App:
    """An app in a namespace of its own."""

    plane: ControlPlane
    node: HollowNode
    runs: Runs
    project: Path
    namespace: str
    version: int = 0
    reference: dict[str, Any] = field(default_factory=dict)
    """What is there after a deploy that nothing disturbed."""

    def kubeship(self, *arguments: str, spoils: Spoils = nothing) -> tuple[Ran, Faults]:
        """Run it against a server that is spoilt."""
        with self._server(spoils) as (environment, faults):
            return self.runs(self.project, environment, *arguments), faults

    def deploy(self, *arguments: str, spoils: Spoils = nothing) -> tuple[Ran, Faults]:
        """Deploy what the files say now."""
        return self.kubeship("deploy", "--image", IMAGE, *arguments, spoils=spoils)

    def killed_at(self, number: int) -> tuple[Ran, Faults]:
        """A deploy that is killed when its request of that number arrives, which is carried out."""
        arrived = threading.Event()

        def spoils(count: int, method: str, path: str) -> None:
            if count == number:
                arrived.set()

        with self._server(spoils) as (environment, faults):
            run = self.runs.start(self.project, environment, ["deploy", "--image", IMAGE])
            while not arrived.wait(0.005) and not run.ended.is_set():
                continue
            run.kill()
            return run.wait(), faults

    def next_version(self, *, fails: bool = False) -> None:
        """Write the files of another version: other variables, and so another release Job; one object is new."""
        self.version += 1
        write_version(self.project, self.version, fails=fails)

    def state(self) -> dict[str, Any]:
        """What is there, without what differs from run to run."""
        return {
            f"{kind}/{_stable(item['metadata']['name'], self.version)}": _content(kind, item, self.version)
            for kind, path in KINDS.items()
            for item in self.plane.items(path.format(self.namespace))
            if RECORD not in (item["metadata"].get("labels") or {})
        }

    def outcomes(self) -> list[str]:
        """Of the records, the newest first."""
        path = f"/api/v1/namespaces/{self.namespace}/configmaps?labelSelector={RECORD}"
        records = [json.loads(item["data"]["revision.json"]) for item in self.plane.items(path)]
        return [record["outcome"] for record in sorted(records, key=lambda record: -int(record["number"]))]

    def holder(self) -> str:
        """Who has the lease."""
        path = f"/apis/coordination.k8s.io/v1/namespaces/{self.namespace}/leases"
        return "".join(lease["spec"].get("holderIdentity") or "" for lease in self.plane.items(path))

    def converges(self, before: Ran, what: str) -> None:
        """The property: a disturbed deploy ends in a documented way, and the next one in the one right state."""
        told = f"{what}: {before.code}\n{before.err}"
        assert before.code in DOCUMENTED | {-9}, told
        assert "Traceback" not in before.err, told
        assert "didn't foresee" not in before.err, told

        again, _ = self.deploy()
        assert again.code == 0, f"{told}\nand again: {again.code}\n{again.err}"
        assert self.state() == self.reference, told
        assert self.holder() == "", told
        first, *older = self.outcomes()
        assert first == "succeeded", told
        assert "started" not in older, told
        jobs = [item["metadata"]["name"] for item in self.plane.items(KINDS["Job"].format(self.namespace))]
        assert [self.node.ran[self.namespace, name] for name in jobs] == [1], f"{told}\nran: {self.node.ran}"
        twice = {job: count for job, count in self.node.ran.items() if count > 1}
        assert not twice, f"{told}\nran twice: {twice}"

    @contextmanager
    def _server(self, spoils: Spoils) -> Iterator[tuple[dict[str, str], Faults]]:
        with in_front_of(self.plane.host, spoils) as (host, faults):
            config = self.plane.kubeconfig(self.project.parent / f"{self.namespace}.kubeconfig", f"http://{host}")
            own = {key: value for key, value in os.environ.items() if not key.startswith("KUBESHIP_") and key != "CI"}
            cache = str(self.project.parent / "cache")
            yield {**own, "KUBECONFIG": str(config), "NO_COLOR": "1", "XDG_CACHE_HOME": cache}, faults


@dataclass
class World:
    """A control plane, a hollow node, and kubeship."""

    plane: ControlPlane
    node: HollowNode
    runs: Runs
    folder: Path

    def app(self, name: str) -> App:
        """An app that is deployed, once undisturbed, in its first version."""
        app = self.new_app(name)
        ran, _ = app.deploy()
        assert ran.code == 0, ran.err
        app.next_version()
        ran, _ = app.deploy()
        assert ran.code == 0, ran.err
        app.reference = app.state()
        return app

    def new_app(self, name: str) -> App:
        """One whose namespace is empty yet."""
        project = self.folder / name / "flask-hello"
        shutil.copytree(EXAMPLE, project)
        self.plane.create_namespace(name)
        app = App(self.plane, self.node, self.runs, project, name)
        ran, _ = app.kubeship("init", "--image", "registry.test/hello", "--namespace", name)
        assert ran.code == 0, ran.err
        _edit(project / "kubeship.yaml", "\nprocesses:", SETTINGS)
        _edit(project / "kubeship.yaml", "timeout: 10m", f"timeout: {TIMEOUT}s")
        ran, _ = app.kubeship("render")
        assert ran.code == 0, ran.err
        for file in (project / "deploy").rglob("*.yaml"):
            shutil.copy(file, project.parent / file.name)
        write_version(project, 0)
        return app


@contextmanager
def world(stack: Stack, folder: Path) -> Iterator[World]:
    """Exists while the context lasts."""
    with ExitStack() as there:
        parts = [folder / part for part in ("plane", "runs", "apps")]
        for part in parts:
            part.mkdir()
        plane = there.enter_context(control_plane(stack, parts[0]))
        node = there.enter_context(hollow_node(plane))
        yield World(plane, node, there.enter_context(runs(parts[1])), parts[2])


def write_version(project: Path, version: int, *, fails: bool = False) -> None:
    """The files of deploy/production, made from those of the first version that lie beside the project."""
    for template in project.parent.glob("*.yaml"):
        text = template.read_text().replace(FIRST, f"version-{version}")
        if fails and "kind: Deployment" in text:
            text = text.replace(
                "- name: GREETING", f"- name: {FAILS}\n              value: x\n            - name: GREETING"
            )
            assert FAILS in text, text
        (project / "deploy" / "production" / template.name).write_text(text)
    extra = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"extra-version-{version}"}, "data": {}}
    (project / "deploy" / "production" / "extra-configmap.yaml").write_text(json.dumps(extra))


def _stable(text: str, version: int) -> str:
    """Without the version, and without the hash of a release Job's name."""
    return re.sub(r"-[0-9a-f]{10}$", "-HASH", text.replace(f"version-{version}", FIRST))


def _content(kind: str, item: dict[str, Any], version: int) -> Any:
    if kind == "Job":
        return {}
    metadata = item["metadata"]
    managers = sorted({entry["manager"] for entry in metadata.get("managedFields") or ()} & {"kubeship"})
    spec = {key: value for key, value in (item.get("spec") or {}).items() if key not in CHANGING}
    kept = {"labels": metadata.get("labels"), "managers": managers, "spec": spec, "data": item.get("data")}
    return json.loads(_stable(json.dumps(kept), version))


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text, f"{path} doesn't hold {old!r}:\n{text}"
    path.write_text(text.replace(old, new, 1))
