"""What do the repository's Kubernetes manifests and Helm charts run? Containers, with their ports and schedules."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kubeship.inspection.commands.workers import Work
from kubeship.inspection.files.dockerfiles import deployed_dockerfiles, read_dockerfile
from kubeship.inspection.files.documents import listed, table
from kubeship.inspection.files.sources import Sources
from kubeship.inspection.statements.helm_templates import UNKNOWN
from kubeship.inspection.statements.image_commands import image_command, variables_of
from kubeship.inspection.statements.image_files import image_of, workdir
from kubeship.inspection.statements.manifests import Manifest, manifests
from kubeship.inspection.statements.statement import DEVELOPMENT, IMAGE, Image, Said
from kubeship.model.origin import Origin

WORKLOAD = re.compile(
    rb"^\s*kind:\s*[\"']?(CronJob|DaemonSet|Deployment|Job|Pod|ReplicaSet|Rollout|Service|StatefulSet)\b", re.MULTILINE
)
"""Kinds with containers: Kubernetes' own, Argo's Rollout, and Knative's Service."""
FOR_DEVELOPERS = re.compile(
    r"(?i)(^|[-_./])(dev|development|local|tests?|testing|ci|e2e|minikube|kind|overlays/dev)([-_./]|$)"
)
HOOKS = re.compile(r"helm\.sh/hook|argocd\.argoproj\.io/hook")
"""Annotations of Jobs that run at a release."""
MIGRATES = re.compile(r"migrat|(?<![-\w])upgrade\b")
"""Not pip's `--upgrade`."""


@dataclass(frozen=True)
class Container:
    """A container of a workload."""

    workload: str
    kind: str
    fields: dict[str, Any]
    origin: Origin
    initial: bool = False
    schedule: str | None = None
    hook: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """Its `command` and `args`."""
        return (*_words(self.fields.get("command")), *_words(self.fields.get("args")))

    @property
    def port(self) -> int | None:
        """Its one TCP port."""
        ports = [table(each).get("containerPort") for each in listed(self.fields.get("ports"))]
        return ports[0] if len(ports) == 1 and isinstance(ports[0], int) and 0 < ports[0] < 65536 else None


def cluster_statements(sources: Sources, folder: str) -> Iterator[Said]:
    """The commands of containers; a container without one runs what the image says.

    Its image may be somebody else's: a command counts only if what it starts lies in the project.
    """
    found = [each for each in containers(sources) if each.words]
    if not found:
        return
    image, start, entrypoint, variables = _image(sources, folder)
    prefix = _shared([each.workload.removeprefix(f"{UNKNOWN}-") for each in found])
    for each in found:
        command, release = each.fields.get("command"), each.kind == "Job" or each.initial
        if release and not (each.hook or MIGRATES.search(" ".join(each.words))):
            continue  # a one-shot, or a wait for another service
        work: Work | None = "release" if release else "cron" if each.kind == "CronJob" else None
        if each.words[0].startswith("-") and not (command or entrypoint):
            continue  # arguments for a program that only the image knows
        yield Said(
            each.origin,
            IMAGE + (DEVELOPMENT if FOR_DEVELOPERS.search(each.origin.path) else 0),
            words=each.words if command else (*entrypoint, *each.words),
            name=each.workload.removeprefix(f"{UNKNOWN}-").removeprefix(prefix).removeprefix(UNKNOWN) or "web",
            folder=str(each.fields.get("workingDir") or start),
            variables=tuple({**variables, **_environment(each.fields.get("env"))}.items()),
            image=image,
            port=each.port,
            schedule=each.schedule,
            work=work,
            foreign=True,
        )


def containers(sources: Sources) -> Iterator[Container]:
    """Every container of the workloads in the repository, kubeship's own left out."""
    for manifest in manifests(sources, WORKLOAD):
        yield from _of_workload(manifest)


def _of_workload(manifest: Manifest) -> Iterator[Container]:
    name = manifest.name or manifest.kind.lower()
    schedule = table(manifest.value, "spec").get("schedule") if manifest.kind == "CronJob" else None
    hook = any(HOOKS.search(str(key)) for key in table(manifest.value, "metadata", "annotations"))
    for section in ("initContainers", "containers"):
        for number, fields in enumerate(listed(manifest.pod.get(section))):
            if isinstance(fields, dict):
                place = (*manifest.pod_path, section, number)
                line = manifest.line(*((*place, key) for key in ("command", "args", "name")))
                yield Container(
                    name,
                    manifest.kind,
                    fields,
                    Origin(manifest.path, line, f"the {manifest.kind} {name}"),
                    section == "initContainers",
                    str(schedule) if schedule else None,
                    hook,
                )


def _image(sources: Sources, folder: str) -> tuple[Image, str, tuple[str, ...], dict[str, str]]:
    """The deployed image's files, start folder, ENTRYPOINT and variables."""
    for path in deployed_dockerfiles(sources, folder)[:1]:
        dockerfile = read_dockerfile(sources, path)
        command = image_command(dockerfile)
        entrypoint = command.entrypoint if command else ()
        return image_of(sources, dockerfile, None), workdir(dockerfile), entrypoint, variables_of(dockerfile)
    return Image(context=folder), "/app", (), {}


def _shared(names: list[str]) -> str:
    """What all names begin with, up to a dash: the app's own name."""
    beginnings = [{name[: at + 1] for at, letter in enumerate(name) if letter == "-"} for name in set(names)]
    shared = set[str].intersection(*beginnings) if len(beginnings) > 1 else set()
    return max(shared, key=len, default="")


def _words(stated: object) -> list[str]:
    """With Kubernetes' `$(NAME)` as a shell's `$NAME`."""
    return [re.sub(r"\$\((\w+)\)", r"$\1", str(word)) for word in listed(stated)]


def _environment(stated: object) -> dict[str, str]:
    entries = [table(each) for each in listed(stated)]
    return {str(each["name"]): str(each["value"]) for each in entries if "name" in each and "value" in each}
