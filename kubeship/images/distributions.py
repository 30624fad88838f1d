"""Which installed distributions make an image heavy? Asked in a container of it, which leaves no trace."""

import json

from kubeship.images.connection import engine_errors
from kubeship.images.containers import run_inside
from kubeship.images.ports import EngineApi
from kubeship.images.weights import MARKER
from kubeship.model.image import BuiltImage, DistributionSize


def distributions(api: EngineApi, image: BuiltImage) -> tuple[DistributionSize, ...]:
    """The distributions that the image's Python finds, the largest first; none when it doesn't answer."""
    with engine_errors(f"Weighing {image.tag}"):
        output = run_inside(api, image, "weights.py", {}, {}).output
    return read_weights(output)


def read_weights(output: str) -> tuple[DistributionSize, ...]:
    """The program's answer, out of whatever else was printed."""
    lines = [line for line in output.splitlines() if line.startswith(MARKER)]
    sizes = json.loads(lines[-1].removeprefix(MARKER)) if lines else {}
    found = (DistributionSize(name, size) for name, size in sizes.items())
    return tuple(sorted(found, key=lambda each: (-each.size, each.name)))
