"""Are the pull secrets for the registries that the images come from?"""

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from kubeship.cluster.errors import Refusal
from kubeship.cluster.ports import Api
from kubeship.model.finding import Finding
from kubeship.model.objects import Object, ObjectRef, containers, pod_template, ref, repository

DOCKER_HUB = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io"})


def findings(api: Api, objects: Sequence[Object]) -> Iterator[Finding]:
    """Workloads none of whose images come from a registry that their pull secrets have a login for."""
    for item in objects:
        names = [each["name"] for each in ((pod_template(item) or {}).get("spec") or {}).get("imagePullSecrets") or ()]
        logins = [places for name in names if (places := _logins(api, name)) is not None]
        if len(logins) < len(names) or not names:
            continue  # what isn't there, or can't be read, is told by others
        known = sorted({place for places in logins for place in places})
        images = sorted({str(container.get("image") or "") for container in containers(item)})
        if not any(is_for(place, image) for place in known for image in images):
            yield Finding(
                f"{ref(item)} pulls {', '.join(images)}, and its pull secret{'s' if len(names) > 1 else ''} "
                f"{', '.join(names)} hold{'' if len(names) > 1 else 's'} a login for {', '.join(known) or 'nothing'}",
                f"make the Secret for the images' registry: `kubectl create secret docker-registry {names[0]} "
                f"--namespace {api.namespace} --docker-server={_registry(images[0])} ...`",
                False,
                "secret",
            )


def is_for(place: str, image: str) -> bool:
    """Whether kubelet takes the login of `place` for the image.

    https://kubernetes.io/docs/concepts/containers/images/#config-json: a host, with `*` within its parts, and a path
    that the image's begins with.
    """
    host, _, path = place.removeprefix("https://").removeprefix("http://").partition("/")
    path = path.strip("/")
    if path in {"v1", "v2"}:  # docker login writes the registry's API
        path = ""
    wanted = _registry(image)
    if host in DOCKER_HUB and wanted in DOCKER_HUB:
        return True
    parts, wanted_parts = host.split("."), wanted.split(".")
    same = len(parts) == len(wanted_parts) and all(map(fnmatchcase, wanted_parts, parts))
    inside = repository(image).removeprefix(wanted).removeprefix("/")
    return same and (not path or inside == path or inside.startswith(f"{path}/"))


def _registry(image: str) -> str:
    first, slash, _ = image.partition("/")
    return first if slash and ("." in first or ":" in first or first == "localhost") else "docker.io"


def _logins(api: Api, name: str) -> Iterable[str] | None:
    """The places that a pull secret has logins for; None where it isn't there, isn't one, or may not be read."""
    try:
        live = api.get(ObjectRef("v1", "Secret", "", name))
    except Refusal as refusal:
        if refusal.status != 403:
            raise
        return None
    held = (live or {}).get("data") or {}
    try:
        if ".dockerconfigjson" in held:
            return list(json.loads(base64.b64decode(held[".dockerconfigjson"]))["auths"])
        return list(json.loads(base64.b64decode(held[".dockercfg"])))
    except (KeyError, TypeError, ValueError):
        return None
