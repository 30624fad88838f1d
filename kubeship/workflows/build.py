"""How does source become an image in a registry? Built, its entrypoints proved inside it, pushed, named by digest."""

from collections.abc import Callable
from dataclasses import dataclass

from kubeship.model.events import Emit, Note, Step
from kubeship.model.image import BuiltImage, Proof
from kubeship.workflows.app import App
from kubeship.workflows.ports import Engine


@dataclass(frozen=True)
class Built:
    """An image that was built and proved."""

    image: BuiltImage
    proofs: tuple[Proof, ...]
    source: str
    """The git revision, or the content hash, that is its tag."""
    reference: str
    """`repository@sha256:...` when it was pushed, otherwise the tag."""


def build_image(app: App, engine: Engine, push: bool, emit: Emit) -> Built:
    """Build, verify and, if asked, push. Raises BuildFailed, VerificationFailed, PushFailed."""
    source = app.source()
    request = app.build_request(source)
    emit(Step(f"Building {request.tag} with {engine.describe()}"))
    image = engine.build(request, emit)
    proofs = verify_image(app, image, engine, emit)
    if not push:
        return Built(image, proofs, source, image.tag)
    emit(Step(f"Pushing {image.tag}"))
    return Built(image, proofs, source, engine.push(image, app.plan.image, emit))


def resolved(reference: str, engine: Callable[[], Engine]) -> str:
    """The image by digest; an engine is only needed to look up a tag. Raises MissingPrecondition."""
    return reference if "@sha256:" in reference else engine().resolve(reference)


def verify_image(app: App, image: BuiltImage, engine: Engine, emit: Emit) -> tuple[Proof, ...]:
    """Prove inside the image that every entrypoint loads and is what its process promises."""
    promises = app.promises()
    if not promises:
        emit(Note("No process names an importable entrypoint, so there is nothing to prove inside the image"))
        return ()
    emit(Step("Proving the entrypoint inside the image"))
    proofs = engine.verify(image, promises, app.proof_variables())
    for proof in proofs:
        emit(Note(f"{proof.entrypoint} is a {proof.found} (imported in {proof.import_seconds:.1f} s)"))
    return proofs
