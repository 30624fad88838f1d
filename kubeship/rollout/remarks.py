"""Is something about a healthy rollout not what its owner would expect? Older pods, no node, a worker at a loss."""

import re
from collections.abc import Iterator

from kubeship.model.events import Caution
from kubeship.model.objects import SCALED, pod_template, ref
from kubeship.model.snapshot import Snapshot
from kubeship.rollout.causes.answers import NEVER_RUN
from kubeship.rollout.causes.last_words import reason
from kubeship.rollout.listening import not_reached
from kubeship.rollout.ownership import kept_pods, newest_pods
from kubeship.rollout.pods import pod_snapshot
from kubeship.rollout.readiness import wanted
from kubeship.rollout.redaction import redacted_text
from kubeship.rollout.services import ports_without_endpoints, unproved_ports

LAST_WORDS = 5
"""Lines of a program that goes on; what it said before may be over."""


def remarks(snapshot: Snapshot) -> tuple[Caution, ...]:
    """What stays behind, though Kubernetes calls all complete; the logs are of containers that nothing asks, and
    the sockets of pods with ports that nothing asks.
    """
    return (
        *_older_pods(snapshot),
        *_nodeless(snapshot),
        *_ports(snapshot),
        *_deaf_ports(snapshot),
        *_unrun_probes(snapshot),
        *_at_a_loss(snapshot),
    )


def changed_meanwhile(before: Snapshot, now: Snapshot) -> tuple[Caution, ...]:
    """Workloads whose pods somebody else has redefined since the watching began.

    Their rollout is watched all the same: it is what runs from now on.
    """
    templates = {item["metadata"]["uid"]: pod_template(item) for item in before.workloads}
    some = {item["metadata"]["uid"] for item in before.workloads if wanted(item)}
    stopped = (
        Caution(
            f"{ref(item)} was scaled to 0 by somebody else while it was rolled out: nothing of it runs",
            hint="kubeship diff shows what differs; kubeship deploy sets it back",
        )
        for item in now.workloads
        if item["kind"] in SCALED and item["metadata"]["uid"] in some and not wanted(item)
    )
    redefined = (
        Caution(
            f"{ref(item)} was changed by somebody else while it was rolled out ({paths[0]}"
            f"{f' and {len(paths) - 1} more' if len(paths) > 1 else ''}): what runs now isn't what was deployed",
            hint="kubeship diff shows what differs; kubeship deploy sets it back",
        )
        for item in now.workloads
        if (known := templates.get(item["metadata"]["uid"]))
        if (paths := sorted(set(_differences(known, pod_template(item), "spec.template"))))
    )
    return (*stopped, *redefined)


def _older_pods(snapshot: Snapshot) -> Iterator[Caution]:
    for workload in snapshot.workloads:
        names = [pod["metadata"]["name"] for pod in kept_pods(workload, snapshot)]
        if not names:
            continue
        strategy = workload["spec"].get("updateStrategy") or {}
        on_delete = strategy.get("type") == "OnDelete"
        why = "updateStrategy is OnDelete" if on_delete else "`partition` keeps them"
        hint = f"kubectl delete pod {names[0]}, one after the other" if on_delete else "lower `partition` to go on"
        yield Caution(
            f"{ref(workload)}: {len(names)} of {wanted(workload)} pods still run an older version: {why}", hint
        )


def _nodeless(snapshot: Snapshot) -> Iterator[Caution]:
    for workload in snapshot.workloads:
        if workload["kind"] == "DaemonSet" and not wanted(workload):
            yield Caution(
                f"{ref(workload)} runs nowhere: no node matches its nodeSelector, affinity and tolerations",
                "kubectl get nodes --show-labels; correct them in the manifest if it was meant to run now",
            )


def _ports(snapshot: Snapshot) -> Iterator[Caution]:
    for service, port in ports_without_endpoints(snapshot):
        yield Caution(
            f"Service {service}: its targetPort {port} leads nowhere: no container of its pods has a port of that name",
            "correct the Service's targetPort, or name the container's port",
        )


def _deaf_ports(snapshot: Snapshot) -> Iterator[Caution]:
    """Kubernetes gives a Service endpoints for any number; whether somebody listens there, only the pod knows."""
    for each in unproved_ports(snapshot):
        if why := not_reached(each.port, snapshot.sockets.get(each.pod, "")):
            yield Caution(
                f"Service {each.service} leads to port {each.port} of its pods, and {why}",
                "correct the Service's targetPort, or where the program listens (on 0.0.0.0); a readinessProbe would "
                "have told Kubernetes, too",
            )


def _unrun_probes(snapshot: Snapshot) -> Iterator[Caution]:
    """A liveness probe whose command can't be run neither passes nor fails to the kubelet."""
    for workload in snapshot.workloads:
        for pod in newest_pods(workload, snapshot)[:1]:
            for container in pod_snapshot(pod, snapshot).containers:
                errors = container.said("Unhealthy", "Liveness probe errored")
                found = NEVER_RUN.search(str(errors[-1]["message"])) if errors else None
                if found:
                    yield Caution(
                        f"{container.name}'s liveness probe can't be run, so that nothing restarts it when it hangs: "
                        f"{found[0]}",
                        "name a command that the image has, or ask by httpGet or tcpSocket",
                    )


def _at_a_loss(snapshot: Snapshot) -> Iterator[Caution]:
    """A worker without a probe that looks for its broker for ever counts as ready."""
    for log, text in snapshot.logs.items():
        why = reason("\n".join(_since_it_was_well([line for line in text.splitlines() if line.strip()])))
        if why:
            said = "" if why.evidence in why.cause else f": {why.evidence}"
            yield Caution(
                redacted_text(f"{log.container} counts as ready because nothing asks it, but it {why.cause}{said}"),
                why.remedy,
            )


_WELL = re.compile(r"(?i)(?<!not )\b(?:re)?connected\b|\bconnection (?:re-?)?established|(?<!not )\bready\b")


def _since_it_was_well(lines: list[str]) -> list[str]:
    """The last lines, and of them what follows the last one by which it has found what it looked for."""
    last = lines[-LAST_WORDS:]
    well = [number for number, line in enumerate(last) if _WELL.search(line)]
    return last[well[-1] + 1 :] if well else last


def _differences(before: object, now: object, path: str) -> Iterator[str]:
    """Where two values differ, as paths; lists of another length differ as a whole."""
    if isinstance(before, dict) and isinstance(now, dict):
        for key in before.keys() | now.keys():
            yield from _differences(before.get(key), now.get(key), f"{path}.{key}")
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for number, (one, other) in enumerate(zip(before, now, strict=True)):
            yield from _differences(one, other, f"{path}{_index(one, number)}")
    elif before != now:
        yield path


def _index(item: object, number: int) -> str:
    name = item.get("name") if isinstance(item, dict) else None
    return f"[{name}]" if name else f"[{number}]"
