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
release: [{{command: "python -c 'print(1)'", rollback: "python -c 'print(2)'"}}]
processes:"""
DEPLOY = ("deploy", "--image", IMAGE)
TIMEOUT = 20
"""Seconds that a rollout may take."""
DOCUMENTED = frozenset({0, 1, 2, 3, 4, 5, 6, 8, 130, 143})
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
ONE_OFF = "-run-"
"""In the names of the Jobs of `kubeship run`."""
UNDO = "-undo"
"""What the name of a Job ends in that undoes a release step."""
OTHERS = {
    "metadata": {
        "name": "flask-hello-of-others",
        "labels": {"app.kubernetes.io/name": "flask-hello", "app.kubernetes.io/managed-by": "kubeship"},
    },
    "data": {"mine": "yes"},
}
"""A ConfigMap that looks like the app's, and isn't."""
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
    empty: dict[str, Any] = field(default_factory=dict)
    """What is there before the first one: of others."""
    earlier: int = 0
    """The revision that a rollback should go back to."""
    step: str = ""
    """The release Job that it should undo."""
    user: dict[str, Any] | None = None
    """How kubeship logs in, as a kubeconfig has it; None: with the right token."""

    def kubeship(self, *arguments: str, spoils: Spoils = nothing) -> tuple[Ran, Faults]:
        """Run it against a server that is spoilt."""
        with self._server(spoils) as (environment, faults):
            return self.runs(self.project, environment, *arguments), faults

    def deploy(self, *arguments: str, spoils: Spoils = nothing) -> tuple[Ran, Faults]:
        """Deploy what the files say now."""
        return self.kubeship(*DEPLOY, *arguments, spoils=spoils)

    def killed_at(self, number: int, *arguments: str) -> tuple[Ran, Faults]:
        """A run that is killed when its request of that number arrives, which is carried out."""
        arrived = threading.Event()

        def spoils(count: int, method: str, path: str) -> None:
            if count == number:
                arrived.set()

        with self._server(spoils) as (environment, faults):
            run = self.runs.start(self.project, environment, arguments)
            while not arrived.wait(0.005) and not run.ended.is_set():
                continue
            run.kill()
            return run.wait(), faults

    def next_version(self, *, fails: bool = False) -> None:
        """Write the files of another version: other variables, and so another release Job; one object is new."""
        self.version += 1
        write_version(self.project, self.version, fails=fails)

    def state(self, *, jobs: bool = True) -> dict[str, Any]:
        """What is there, without what differs from run to run, and without the Jobs of `kubeship run`."""
        return {
            f"{kind}/{_stable(item['metadata']['name'], self.version)}": _content(kind, item, self.version)
            for kind, path in KINDS.items()
            for item in self.plane.items(path.format(self.namespace))
            if RECORD not in (item["metadata"].get("labels") or {}) and ONE_OFF not in item["metadata"]["name"]
            if jobs or kind != "Job"
        }

    def records(self) -> dict[int, dict[str, Any]]:
        """By their number, the newest first."""
        path = f"/api/v1/namespaces/{self.namespace}/configmaps?labelSelector={RECORD}"
        records = [json.loads(item["data"]["revision.json"]) for item in self.plane.items(path)]
        return {record["number"]: record for record in sorted(records, key=lambda record: -int(record["number"]))}

    def leases(self) -> list[dict[str, Any]]:
        """All of them."""
        return self.plane.items(f"/apis/coordination.k8s.io/v1/namespaces/{self.namespace}/leases")

    def holder(self) -> str:
        """Who has the lease."""
        return "".join(lease["spec"].get("holderIdentity") or "" for lease in self.leases())

    @property
    def jobs_path(self) -> str:
        return KINDS["Job"].format(self.namespace)

    def one_offs(self) -> list[dict[str, Any]]:
        """The Jobs of `kubeship run`."""
        return [job for job in self.plane.items(self.jobs_path) if ONE_OFF in job["metadata"]["name"]]

    def jobs(self) -> list[str]:
        """The names of all other Jobs."""
        names = [job["metadata"]["name"] for job in self.plane.items(self.jobs_path)]
        return [name for name in names if ONE_OFF not in name]

    def converges(self, before: Ran, what: str) -> None:
        """The property: a disturbed deploy ends in a documented way, and the next one in the one right state."""
        told = well_ended(before, what)
        again, _ = self.deploy()
        assert again.code == 0, f"{told}\nand again: {again.code}\n{again.err}"
        assert self.state() == self.reference, told
        assert self.holder() == "", told
        first, *older = [record["outcome"] for record in self.records().values()]
        assert first == "succeeded", told
        assert "started" not in older, told
        assert [self.stands(name) for name in self.jobs()] == [1], f"{told}\nran: {self.node.ran}"
        self.nothing_ran_twice(told)

    def ran(self, job: str) -> int:
        """How often it came to its end well."""
        return self.node.ran[self.namespace, job]

    def stands(self, step: str) -> int:
        """How often a release step has run since it was undone."""
        return self.ran(step) - self.ran(f"{step}{UNDO}")

    def nothing_ran_twice(self, told: str) -> None:
        """Neither a release step, unless it was undone before, nor what undoes one."""
        steps = {job.removesuffix(UNDO) for namespace, job in self.node.ran if namespace == self.namespace}
        twice = {step for step in steps if self.stands(step) not in {0, 1}}
        assert not twice, f"{told}\nran twice, {twice}: {self.node.ran}"

    @contextmanager
    def _server(self, spoils: Spoils) -> Iterator[tuple[dict[str, str], Faults]]:
        with in_front_of(self.plane.host, spoils) as (host, faults):
            config = self.plane.kubeconfig(
                self.project.parent / f"{self.namespace}.kubeconfig", f"http://{host}", self.user
            )
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
        self.plane.request("POST", KINDS["ConfigMap"].format(name), OTHERS)
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
        app.empty = app.state()
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


def well_ended(ran: Ran, what: str) -> str:
    """In a documented way; returns what is told of it where something else isn't right."""
    told = f"{what}: {ran.code}\n{ran.err}"
    assert ran.code in DOCUMENTED | {-9}, told
    assert "Traceback" not in ran.err, told
    assert "didn't foresee" not in ran.err, told
    return told


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
