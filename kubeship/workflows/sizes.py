"""What makes an image heavy? Told after every build; a caution where dependencies weigh more than a gigabyte."""

import re

from kubeship.errors import KubeshipError
from kubeship.images.sizes import Part, parts
from kubeship.model.events import Caution, Emit, Note
from kubeship.model.image import BuiltImage, DistributionSize
from kubeship.workflows.app import App
from kubeship.workflows.ports import Engine

HEAVY = 1_000_000_000
"""Bytes of dependencies, unpacked. What a node must pull before a new pod starts takes minutes from here on."""
NAMED = 5
"""So many of the largest distributions are named."""
LIGHTER = (
    (
        re.compile(r"nvidia[-_]|torch$|triton$"),
        "torch brings CUDA unless CPU wheels are asked for: `build: {accelerator: cpu}` in kubeship.yaml; where a lock "
        "file decides, take torch from https://download.pytorch.org/whl/cpu there, and lock again",
    ),
    (re.compile(r"tensorflow$"), "tensorflow-cpu is the same without what only a GPU needs"),
    (re.compile(r"opencv"), "opencv-python-headless is the same without windows"),
    (re.compile(r"playwright|selenium"), "a browser may run in a container of its own"),
)
"""Distributions, and what is lighter. Source: their own pages on installing."""


def tell_sizes(app: App, image: BuiltImage, engine: Engine, emit: Emit) -> tuple[Part, ...]:
    """Say what of the image weighs how much; no reason to stop, also where the engine can't tell."""
    request = app.build_request("")
    try:
        text = request.dockerfile_text or (request.context / request.dockerfile).read_text(errors="replace")
        found = parts(engine.layers(image), text)
        if found:
            emit(Note(f"The image has {size(sum(part.size for part in found))}: {listed(found, request.dockerfile)}"))
        heavy = next((part for part in found if part.kind == "dependencies" and part.size > HEAVY), None)
        if heavy:
            emit(too_heavy(heavy, engine.distributions(image)))
    except (KubeshipError, OSError) as error:
        emit(Note(f"The size of the image's layers isn't known: {error}"))
        return ()
    return found


def listed(found: tuple[Part, ...], dockerfile: str) -> str:
    """`base 124.0 MB, dependencies 45.2 MB (Dockerfile:12)`."""
    words = []
    for part in found:
        lines = f" ({dockerfile}:{', '.join(map(str, part.lines))})" if part.lines else ""
        words.append(f"{part.kind} {size(part.size)}{lines}")
    return ", ".join(words)


def too_heavy(part: Part, distributions: tuple[DistributionSize, ...]) -> Caution:
    """The caution about dependencies of more than HEAVY, with the largest and what would be lighter."""
    largest = distributions[:NAMED]
    named = ", ".join(f"{each.name} {size(each.size)}" for each in largest)
    lighter = [
        words
        for pattern, words in LIGHTER
        if any(pattern.match(each.name.lower()) for each in distributions if each.size > HEAVY / 20)
    ]
    hint = "; ".join(lighter) or "leave out what only development or training needs: `dependencies: {groups: [...]}`"
    most = f", most of it {named}" if named else ""
    return Caution(f"The dependencies weigh {size(part.size)}{most}: each node pulls that before a pod starts", hint)


def size(count: int) -> str:
    """`1.3 GB`, `45.2 MB`."""
    return f"{count / 1_000_000_000:.1f} GB" if count >= HEAVY else f"{count / 1_000_000:.1f} MB"
