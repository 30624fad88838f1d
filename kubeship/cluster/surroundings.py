"""How do the Ingresses, load balancers and autoscalers live that are deployed, and what does a pod's kernel say?"""

from collections.abc import Collection, Sequence
from contextlib import suppress

from kubeship.cluster.errors import Refusal
from kubeship.cluster.parallel import each
from kubeship.cluster.ports import Api
from kubeship.errors import InvalidInput
from kubeship.model.objects import Object, ref
from kubeship.model.snapshot import Surroundings, has_address

SOCKETS = ("/proc/net/tcp", "/proc/net/tcp6")
READERS = (
    ("cat", *SOCKETS),
    ("python", "-c", f"import os; [print(open(path).read()) for path in {SOCKETS!r} if os.path.exists(path)]"),
)
"""What shows a file, in images with and without a shell's tools; the first that works."""


def surroundings(api: Api, objects: Sequence[Object]) -> Surroundings:
    """What may be seen of them; nothing where a permission is missing."""
    wanted = [item for item in objects if item["kind"] in {"HorizontalPodAutoscaler", "Ingress"} or _balanced(item)]
    live = [found for found in each(lambda item: _get(api, item), wanted) if found]
    ingresses = tuple(item for item in live if item["kind"] == "Ingress")
    own = {item["metadata"].get("uid") for item in ingresses}
    others = _ingresses(api) if any(not has_address(item) for item in ingresses) else ()
    return Surroundings(
        taken=api.now(),
        ingresses=ingresses,
        others=tuple(item for item in others if item["metadata"].get("uid") not in own),
        autoscalers=tuple(item for item in live if item["kind"] == "HorizontalPodAutoscaler"),
        balanced=tuple(item for item in live if _balanced(item)),
    )


def _balanced(item: Object) -> bool:
    return item["kind"] == "Service" and (item.get("spec") or {}).get("type") == "LoadBalancer"


def sockets(api: Api, pods: Collection[Object]) -> dict[str, str]:
    """Pod -> /proc/net/tcp and tcp6, read in one of its running containers; all of them share one network."""

    def read(pod: Object) -> str:
        statuses = (pod.get("status") or {}).get("containerStatuses") or ()
        container = next((entry["name"] for entry in statuses if "running" in (entry.get("state") or {})), None)
        if container is None:
            return ""
        for command in READERS:
            # A missing permission for pods/exec, or an image without that command: it stays unknown.
            with suppress(Refusal):
                if text := api.output_of(pod["metadata"]["name"], container, command):
                    return text
        return ""

    texts = zip(pods, each(read, pods), strict=True)
    return {pod["metadata"]["name"]: text for pod, text in texts if text}


def _get(api: Api, item: Object) -> Object | None:
    with suppress(Refusal, InvalidInput):
        return api.get(ref(item))
    return None


def _ingresses(api: Api) -> tuple[Object, ...]:
    for everywhere in (True, False):
        with suppress(Refusal, InvalidInput):
            return api.list("networking.k8s.io/v1", "Ingress", everywhere=everywhere).items
    return ()
