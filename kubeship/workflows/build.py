"""How does source become an image in a registry? Built, its entrypoints proved inside it, pushed, named by digest."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from kubeship.errors import BuildFailed, KubeshipError, VerificationFailed
from kubeship.model.direct import DirectImage
from kubeship.model.events import Caution, Emit, Note, Step
from kubeship.model.image import Answer, BuildRequest, BuiltImage, Proof
from kubeship.workflows.app import App
from kubeship.workflows.builders import Attempt, Builders, Clock, built_directly, prefers_direct
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
    builder: str
    """docker or direct."""
    engine: Engine | None
    """That has the image; None when it was built without one, and so not verified."""
    seconds: Mapping[str, float]
    """How long each part took: start, build, verify, push."""


def build_image(app: App, builders: Builders, push: bool, emit: Emit) -> Built:
    """Build, verify and, if asked, push. Raises BuildFailed, VerificationFailed, PushFailed, MissingPrecondition."""
    clock = Clock()
    engine = builders.answering()
    attempt = Attempt(app, app.source(), emit, clock)
    if prefers_direct(builders.choice, push, engine) and (built := _directly(attempt, builders, engine)):
        return built
    if isinstance(engine, KubeshipError):
        raise engine
    return _by_engine(attempt, engine, push, builders.cache)


def _by_engine(attempt: Attempt, engine: Engine, push: bool, cache: str | None) -> Built:
    # Brings the templates, which an image without an engine doesn't need.
    from kubeship.workflows.dialect import spoken  # noqa: PLC0415

    app, source, emit, clock = attempt.app, attempt.source, attempt.emit, attempt.clock
    request = spoken(app, app.build_request(source), engine)
    if cache:
        request = replace(request, cache=f"{app.plan.image}:{cache}")
    emit(Step(f"Building {request.tag} with {engine.describe()}"))
    clock.part("start")
    image = _built(app, engine, request, emit)
    clock.part("build")
    proofs = verify_image(app, image, engine, emit)
    clock.part("verify")
    if not push:
        return Built(image, proofs, source, image.tag, "docker", engine, clock.parts)
    emit(Step(f"Pushing {image.tag}"))
    reference = engine.push(image, app.plan.image, emit)
    if request.cache:
        engine.push(replace(image, tag=request.cache), app.plan.image, emit)
    clock.part("push")
    return Built(image, proofs, source, reference, "docker", engine, clock.parts)


def _directly(attempt: Attempt, builders: Builders, engine: Engine | KubeshipError) -> Built | None:
    """None when only an engine can build it. What is proved is in the registry already, but no tag names it."""
    app, source, emit, clock = attempt.app, attempt.source, attempt.emit, attempt.clock
    missing, prover = (engine, None) if isinstance(engine, KubeshipError) else (None, engine)
    proofs: list[Proof] = []
    fetched: list[BuiltImage] = []

    def prove(pushed: DirectImage) -> None:
        assert prover
        clock.part("build")
        emit(Step("Pulling the image into the engine, to prove it there"))
        fetched.append(prover.fetch(pushed.reference))
        proofs.extend(verify_image(app, fetched[0], prover, emit))
        clock.part("verify")

    done = built_directly(attempt, builders, missing, prove if prover else None)
    if done is None:
        return None
    clock.part("push" if prover else "build")
    if missing:
        emit(Caution("The image is not verified: there is no engine to prove it in", "the rollout decides"))
    image = fetched[0] if fetched else BuiltImage(done.id, f"{app.plan.image}:{source}", done.size)
    return Built(image, tuple(proofs), source, done.reference, "direct", prover, clock.parts)


def _built(app: App, engine: Engine, request: BuildRequest, emit: Emit) -> BuiltImage:
    """Reviewed where the Dockerfile is the project's own; a failure's advice knows what kubeship.yaml says already."""
    # What it knows of Dockerfiles and of failures takes a while to import.
    if app.configuration.build.dockerfile is not None:
        from kubeship.workflows.dockerfile import reviewed  # noqa: PLC0415

        for event in reviewed(app):
            emit(event)
    try:
        return engine.build(request, emit)
    except BuildFailed as error:
        from kubeship.workflows.dockerfile import complete_advice  # noqa: PLC0415

        complete_advice(error, app)
        raise


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
    proofs: list[Proof] = []
    for promise in promises:
        try:
            proofs += engine.verify(image, [promise], app.proof_variables())
        except VerificationFailed as error:
            if _asked_a_server(error):
                emit(
                    Caution(
                        f"{promise.entrypoint}, the entrypoint of {promise.process}, isn't proved: it asks a server "
                        "while it is imported, and a proof has no network",
                        hint="the rollout shows whether it loads; to have it proved before, ask the server when the "
                        "app starts, not at the head of a module",
                    )
                )
                continue
            if missed := _missed_secrets(error, app):
                emit(
                    Caution(
                        f"{promise.entrypoint}, the entrypoint of {promise.process}, isn't proved: it can't be "
                        f"imported without the Secret's {', '.join(missed)}, and a proof has no Secret",
                        hint="the rollout shows whether it loads; to have it proved before, set "
                        f"build.variables.{missed[0]} in kubeship.yaml to a stand-in that it takes",
                    )
                )
                continue
            whence = app.whence(f"processes.{promise.process}.entrypoint")
            error.details = "\n".join(filter(None, (error.details, whence, app.instead())))
            raise
        emit(Note(f"{proofs[-1].entrypoint} is a {proofs[-1].found} (imported in {proofs[-1].import_seconds:.1f} s)"))
    return tuple(proofs)


def _asked_a_server(error: VerificationFailed) -> bool:
    """Whether all that a proof shows is that there is no server where it runs; a pod may well have one."""
    from kubeship.model.meaning import first_of  # noqa: PLC0415 - only who builds, and fails, needs the table
    from kubeship.model.server_errors import SERVER_ERRORS  # noqa: PLC0415

    found = first_of(SERVER_ERRORS, error.details or "")
    return found is not None and found[0].heals


def _missed_secrets(error: VerificationFailed, app: App) -> list[str]:
    """The Secret's keys that an exception names: of what a pod has from there, a proof has a stand-in at most."""
    from kubeship.model.python_errors import read_traceback  # noqa: PLC0415 - only who builds, and fails, needs it

    secrets, raised = app.configuration.secrets, read_traceback(error.details or "")
    if secrets is None or raised is None:
        return []
    names = (*secrets.keys, *secrets.optional)
    return [name for name in names if re.search(rf"(?i)(?<![\w.]){re.escape(name)}(?!\w)", raised.message)]


def try_starts(app: App, image: BuiltImage, engine: Engine, emit: Emit) -> tuple[Answer, ...]:
    """Start each web process inside the image and ask its health route: told, but no reason to stop.

    A healthy app may need a database that isn't there. A deploy leaves it out, since its rollout asks the same.
    """
    answers = []
    for trial in app.trials():
        emit(Step(f"Starting {trial.process} inside the image, without a network"))
        answer = engine.try_start(image, trial, app.proof_variables())
        answers.append(answer)
        if not answer.healthy:
            last = answer.log.splitlines()[-1:] or ["it said nothing"]
            emit(Caution(f"{answer.process}: {answer.outcome}", f"its last words: {last[0]}"))
            continue
        memory = f", with {answer.memory / 1_000_000:.0f} MB" if answer.memory else ""
        emit(Note(f"{answer.process}: {answer.outcome} {answer.seconds:.1f} s after its start{memory}"))
    return tuple(answers)
