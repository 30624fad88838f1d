"""Do a built image's entrypoints keep their promises? Proved in a container of that image, which leaves no trace."""

from collections.abc import Mapping, Sequence

from docker.errors import NotFound

from kubeship.errors import VerificationFailed
from kubeship.images.connection import engine_errors
from kubeship.images.containers import SECONDS, Ended, remove_abandoned, run_inside
from kubeship.images.judgement import answered, judge
from kubeship.images.ports import EngineApi
from kubeship.model.image import Answer, BuiltImage, Promise, Proof, Trial

ROOM_SECONDS = 5
"""A program that waits in vain ends by itself this long before its container is stopped, and can say where it stood."""


def fetch(api: EngineApi, reference: str) -> BuiltImage:
    """The image by its name, pulled with the user's login where the engine doesn't have it."""
    with engine_errors(f"Fetching {reference}"):
        try:
            found = api.inspect_image(reference)
        except NotFound:
            api.pull(reference, is_the_images=True)
            found = api.inspect_image(reference)
        return BuiltImage(found["Id"], reference, found["Size"])


def verify(
    api: EngineApi, image: BuiltImage, promises: Sequence[Promise], variables: Mapping[str, str]
) -> tuple[Proof, ...]:
    """Prove each promise in a container of its own. Raises VerificationFailed for the first that isn't kept."""
    with engine_errors(f"Verifying {image.tag}", VerificationFailed):
        remove_abandoned(api)
        return tuple(judge(promise, _prove(api, image, promise, variables)) for promise in promises)


def try_start(api: EngineApi, image: BuiltImage, trial: Trial, variables: Mapping[str, str]) -> Answer:
    """Start a web process as the pod would, without a network, and ask it once. Raises only for an unusable engine."""
    question = {
        "command": trial.command,
        "port": trial.port,
        "path": trial.path,
        "headers": dict(trial.headers),
        "seconds": trial.seconds,
    }
    with engine_errors(f"Starting {image.tag}", VerificationFailed):
        return answered(trial, run_inside(api, image, "trial.py", question, variables, writable=trial.writable))


def _prove(api: EngineApi, image: BuiltImage, promise: Promise, variables: Mapping[str, str]) -> Ended:
    question = {"entrypoint": promise.entrypoint, "seconds": SECONDS - ROOM_SECONDS}
    return run_inside(api, image, "proof.py", question, variables, writable=promise.writable)
