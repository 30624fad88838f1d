"""Do kube-score and kubesec find anything in the manifests that has no written reason?"""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kubeship import yaml_io
from kubeship.model.objects import Object
from tests.stack.binaries import kube_score, kubesec
from tests.stack.versions import load_versions
from tests.unit.rendering.manifest_sets import Sets, drafted, pod_template, pods, reviewed

pytestmark = pytest.mark.e2e


@dataclass(frozen=True)
class Finding:
    """What a program says against an object."""

    check: str
    words: str
    where: str


@dataclass(frozen=True)
class Reason:
    """Why a finding stays."""

    check: str
    words: str
    """A regular expression, so that another finding of the same check is still one."""
    why: str
    where: str = ""
    """A regular expression again: the only objects that it excuses."""

    def holds(self, finding: Finding) -> bool:
        """Whether it is this finding's."""
        return (
            finding.check == self.check
            and re.search(self.words, finding.words) is not None
            and re.search(self.where, finding.where) is not None
        )


KUBE_SCORE = (
    Reason(
        "container-resources",
        "^CPU limit is not set$",
        "a CPU limit slows a process down while the node idles; requests share the CPU when it is scarce",
    ),
    Reason(
        "container-image-pull-policy",
        "not set to Always",
        "deploy names a digest, whose content can't change: pulling again makes starts depend on the registry",
    ),
    Reason(
        "container-ephemeral-storage-request-and-limit",
        "^Ephemeral Storage (limit|request) is not set$",
        "how much an app writes to /tmp stands nowhere, and a wrong limit evicts its pods; all else is read-only",
    ),
    Reason(
        "pod-networkpolicy",
        "does not have a matching NetworkPolicy",
        "written when asked for: one that doesn't know what the app talks to cuts it off",
    ),
    Reason(
        "deployment-has-host-podantiaffinity",
        "does not have a host podAntiAffinity set",
        "topologySpreadConstraints spread the pods over nodes, and evenly, where anti-affinity stops at one a node",
    ),
    Reason(
        "statefulset-has-host-podantiaffinity",
        "does not have a host podAntiAffinity set",
        "topologySpreadConstraints, as for Deployments",
    ),
    Reason(
        "deployment-has-poddisruptionbudget",
        "No matching PodDisruptionBudget was found",
        "replicas.min is 1: a budget for one pod either allows everything or keeps its node from ever being drained",
    ),
    Reason("horizontalpodautoscaler-replicas", "few replicas", "replicas.min: 1 is what kubeship.yaml asks for"),
    Reason(
        "deployment-strategy",
        "update strategy",
        "Recreate: a volume of the process' own can't be mounted by the old pod and the new one",
    ),
    Reason(
        "pod-probes",
        "missing a readinessProbe",
        "a worker serves nothing; the Service without an address only gives the StatefulSet's pods their names",
        where="StatefulSet/",
    ),
    Reason(
        "deployment-replicas",
        "few replicas",
        "kubeship writes one only where kubeship.yaml says so, or the app keeps in memory what a second would miss",
    ),
    Reason(
        "pod-probes-identical",
        "same readiness and liveness probe",
        "a project has one health route; liveness asks less often, and restarts after a minute of failures only",
    ),
)

KUBESEC = (
    Reason(
        "SeccompAny",
        "",
        "the rule reads an annotation that Kubernetes 1.27 removed; securityContext.seccompProfile is RuntimeDefault",
    ),
    Reason(
        "ApparmorAny",
        "",
        "the rule reads an annotation for nginx; not every node has AppArmor, and its default applies",
    ),
    Reason(
        "ServiceAccountName",
        "",
        "a release Job runs before the app's own objects are there, and its pod gets no token of any account",
    ),
    Reason(
        "AutomountServiceAccountToken",
        "",
        "mounted only where kubeship.yaml declares permissions, which are of no use without it",
        where="^kinds/rights/",
    ),
    Reason("LimitsCPU", "", "a CPU limit slows a process down while the node idles"),
)


@pytest.fixture(params=["reviewed", pytest.param("drafted", marks=pytest.mark.soak)])
def sets(request: pytest.FixtureRequest) -> Sets:
    made: Callable[[], Sets] = {"reviewed": reviewed, "drafted": drafted}[request.param]
    return made()


def test_kube_score_says_nothing_that_has_no_reason(sets: Sets) -> None:
    program = kube_score(load_versions())

    findings = [finding for name, items in sets.items() for finding in scored(program, name, items)]

    assert unexcused(findings, KUBE_SCORE) == []


def test_kubesec_says_nothing_that_has_no_reason(sets: Sets, tmp_path: Path) -> None:
    program = kubesec(load_versions())

    # It reads its own JSON as YAML, which has no raw control characters.
    readable = {name: items for name, items in sets.items() if not name.startswith("nasty")}
    findings = [finding for name, items in readable.items() for finding in scanned(program, name, items, tmp_path)]

    assert unexcused(findings, KUBESEC) == []


def test_every_reason_is_needed(tmp_path: Path) -> None:
    """One that excuses nothing any more would excuse what comes later."""
    score, sec = kube_score(load_versions()), kubesec(load_versions())
    readable = {name: items for name, items in reviewed().items() if not name.startswith("nasty")}
    findings = [finding for name, items in reviewed().items() for finding in scored(score, name, items)]
    findings += [finding for name, items in readable.items() for finding in scanned(sec, name, items, tmp_path)]

    idle = [reason for reason in (*KUBE_SCORE, *KUBESEC) if not any(reason.holds(finding) for finding in findings)]

    assert idle == []


def test_a_pod_with_every_fault_is_found(tmp_path: Path) -> None:
    """The programs do look: without this, one that was called wrongly would say nothing of anything."""
    container = {"name": "a", "image": "a:latest", "securityContext": {"privileged": True}}
    pod: Object = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a", "namespace": "a"},
        "spec": {"containers": [container], "hostNetwork": True},
    }

    findings = [
        *scored(kube_score(load_versions()), "a", (pod,)),
        *scanned(kubesec(load_versions()), "a", (pod,), tmp_path),
    ]

    found = {finding.check for finding in unexcused(findings, (*KUBE_SCORE, *KUBESEC))}
    assert {"container-image-tag", "container-security-context-privileged", "Privileged", "HostNetwork"} <= found


def scored(program: Path, name: str, items: tuple[Object, ...]) -> Iterator[Finding]:
    """Criticals (grade 1) and warnings (grade 5) of one environment's objects, which it looks at together."""
    command = [program, "score", "--kubernetes-version", minor(), "--output-format", "json", "-"]
    text = "---\n".join(yaml_io.dump(item) for item in items)
    for found in json.loads(output(command, text)) or []:
        where = f"{name}: {found['type_meta']['kind']}/{found['object_meta']['name']}"
        for check in found["checks"]:
            if not check["skipped"] and check["grade"] < 7:
                comments = check["comments"] or [{}]
                yield from (Finding(check["check"]["id"], said.get("summary", ""), where) for said in comments)


def scanned(program: Path, name: str, items: tuple[Object, ...], folder: Path) -> Iterator[Finding]:
    """Critical and advised rules, for workloads as they are and for the pods of Jobs, whose kinds kubesec doesn't know.

    It wants a schema for each kind from GitHub: here one that takes everything, since schemas are another test's.
    """
    workloads = [item for item in items if item["kind"] in {"Deployment", "StatefulSet"}]
    jobs = tuple(item for item in items if pod_template(item) and item not in workloads)
    schema = folder / "any.json"
    schema.write_text('{"type": "object"}')
    for item in (*workloads, *pods(jobs)):
        file = folder / "object.yaml"
        file.write_text(yaml_io.dump(item))
        (report,) = json.loads(output([program, "scan", "--schema-location", schema, file], ""))
        assert report["valid"], report["message"]
        for rule in (*report["scoring"].get("critical", ()), *report["scoring"].get("advise", ())):
            yield Finding(rule["id"], rule["reason"], f"{name}: {report['object']}")


def unexcused(findings: list[Finding], reasons: tuple[Reason, ...]) -> list[Finding]:
    return [finding for finding in findings if not any(reason.holds(finding) for reason in reasons)]


def minor() -> str:
    """`v1.35`, for which kube-score chooses its checks."""
    return "v" + load_versions().kubernetes.rpartition(".")[0]


def output(command: list[Any], text: str) -> str:
    """Both programs end with another code than 0 when they find something."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return done.stdout
