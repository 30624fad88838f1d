"""Are the images for the machines that the nodes are?"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kubeship.cluster.nodes import eligible, platform
from kubeship.model.finding import Finding
from kubeship.model.objects import Object

ALSO_RUNS = {"amd64": frozenset({"386"}), "arm64": frozenset({"arm"})}
"""github.com/containerd/platforms, compare.go: what a processor runs beside its own."""

EMULATED = frozenset({("linux/arm64", "linux/amd64")})
"""Node, image: what Docker Desktop, OrbStack and Colima run on Apple's machines by emulation."""


def unfit(
    image: str, platforms: Sequence[str], *, is_index: bool, user: str, spec: Mapping[str, Any], found: Iterable[Object]
) -> Finding | None:
    """That the nodes which the pod may run on (`spec` is its own) can't start the image, or some of them can't."""
    there = sorted({platform(node) for node in eligible(found, spec)} - {""})
    lost = [node for node in there if not any(runs(node, one) for one in platforms)]
    if not platforms or not lost:
        return None
    of = f"{image} is for {', '.join(dict.fromkeys(platforms))}"
    if len(lost) < len(there):
        return Finding(
            f"{of}, and {user} may be placed on nodes of {', '.join(lost)}, which can't start it",
            "keep it to the others with a nodeSelector on kubernetes.io/arch and kubernetes.io/os, or build for all",
            False,
            "platform",
        )
    emulated = not is_index and all((node, one) in EMULATED for node in lost for one in platforms)
    return Finding(
        f"{of}, and the nodes that {user} may run on are {', '.join(lost)}"
        + (": they can start it only where they emulate it" if emulated else ", which can't start it"),
        "set `platform` in kubeship.yaml to theirs and build anew, or take an image that is for them",
        not emulated,
        "platform",
    )


def runs(node: str, image: str) -> bool:
    """Whether a node of a platform starts images of another; variants (`/v8`) decide nothing here."""
    node_system, _, node_processor = node.partition("/")
    system, _, rest = image.partition("/")
    processor = rest.partition("/")[0]
    fits = processor == node_processor or processor in ALSO_RUNS.get(node_processor, ())
    return system == node_system and fits
