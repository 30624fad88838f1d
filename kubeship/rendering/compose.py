"""What is the compose file of a Plan's objects? For a laptop, one server, or a platform that takes such a file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kubeship import yaml_io
from kubeship.errors import InvalidInput
from kubeship.model.objects import RELEASE_ANNOTATION, Object, is_release_step, pod_template, process_of
from kubeship.model.plan import Plan
from kubeship.rendering.compose_service import COMPLETED, Service, Surroundings, services
from kubeship.rendering.compose_values import interpolated

UNDEPLOYED = ":set-by-deploy"
LOCAL = ":local"
OWNER = "volume-owner"
"""A service that hands the volumes to the user that processes run as; in a cluster that is fsGroup."""


@dataclass(frozen=True)
class Build:
    """What the image is built of, where no render has recorded one that was pushed."""

    project: str = ".."
    """As seen from compose.yaml."""
    dockerfile: str = "Dockerfile"


def compose(plan: Plan, objects: Mapping[str, Object], build: Build, header: str) -> dict[str, str]:
    """Text by path: compose.yaml, the files that it mounts, and an example of the file with the secrets.

    Raises InvalidInput for a volume that no compose file can have.
    """
    made = _services(plan, objects)
    owned = {volume: each.owner for each in made.values() for volume in each.volumes}
    document: dict[str, Any] = {"name": plan.name, "services": {}}
    taken: set[int] = set()
    for name, each in made.items():
        waiting = {OWNER: COMPLETED} if each.volumes and each.owner else {}
        definition = {**_image(plan, each.image, build), **each.definition, **_published(each.ports, taken)}
        if waiting:
            definition["depends_on"] = {**definition.get("depends_on", {}), **waiting}
        document["services"][name] = definition
    if any(owned.values()):
        document["services"][OWNER] = {**_image(plan, plan.reference, build), **_handed_over(owned)}
    if owned:
        document["volumes"] = {name: {} for name in sorted(owned)}
    files = {file.path: file.text for each in made.values() for file in each.files}
    secrets = sorted({secret for each in made.values() for secret in each.secrets})
    return {"compose.yaml": header + yaml_io.dump(document), **files, **_secret_files(secrets)}


def _services(plan: Plan, objects: Mapping[str, Object]) -> dict[str, Service]:
    """Release steps one after the other, then everything else."""
    workloads = [item for item in objects.values() if pod_template(item)]
    steps = sorted((each for each in workloads if is_release_step(each)), key=_order)
    made: dict[str, Service] = {}
    after: tuple[str, ...] = ()
    for item in (*steps, *(each for each in workloads if not is_release_step(each))):
        around = Surroundings(
            tuple(objects.values()),
            after,
            python=plan.dockerfile is None or plan.dockerfile.bundle is None,
            keeps_entrypoint=plan.dockerfile is None,
        )
        own = services(item, around)
        _require_new(own, made)
        made |= own
        if is_release_step(item):
            after = (process_of(item),)
    return made


def _order(step: Object) -> int:
    return int(step["metadata"]["annotations"][RELEASE_ANNOTATION])


def _require_new(own: Iterable[str], made: Mapping[str, Service]) -> None:
    twice = sorted(name for name in own if name in made or name == OWNER)
    if twice:
        raise InvalidInput(
            f"two services of the compose file would be called {twice[0]}",
            hint=f"rename the process {twice[0]} in kubeship.yaml",
        )


def _image(plan: Plan, image: str, build: Build) -> dict[str, Any]:
    if image != plan.reference or not image.endswith(UNDEPLOYED):
        return {"image": interpolated(image)}
    other = {"dockerfile": interpolated(build.dockerfile)} if build.dockerfile != "Dockerfile" else {}
    return {
        "image": interpolated(image.removesuffix(UNDEPLOYED) + LOCAL),
        "build": {"context": interpolated(build.project), **other},
    }


def _published(ports: Iterable[int], taken: set[int]) -> dict[str, Any]:
    """The ports at which the machine answers for it: its own, or the next that nobody else has."""
    published = []
    for port in ports:
        free = next(number for number in range(port, 65536) if number not in taken)
        taken.add(free)
        published.append(f"{free}:{port}")
    return {"ports": published} if published else {}


def _handed_over(owned: Mapping[str, str]) -> dict[str, Any]:
    """A new named volume belongs to root, and processes aren't."""
    places = {name: f"/volumes/{name}" for name in sorted(owned) if owned[name]}
    commands = [f"chown {owned[name]} {place}" for name, place in places.items()]
    return {
        "entrypoint": ["/bin/sh", "-c", " && ".join(commands)],
        "user": "0:0",
        "restart": "no",
        "network_mode": "none",
        "volumes": [{"type": "volume", "source": name, "target": place} for name, place in places.items()],
    }


def _secret_files(secrets: list[str]) -> dict[str, str]:
    if not secrets:
        return {}
    example = "# Copy this file to .env beside compose.yaml, put the values in, and don't commit it.\n"
    return {"compose.env.example": example + "".join(f"{name}=\n" for name in secrets)}
