"""What does the registry hold, and does it take what is pushed? Through the engine, with the user's credentials."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from docker.errors import APIError, DockerException, ImageNotFound

from kubeship.errors import KubeshipError, MissingPrecondition, PushFailed
from kubeship.images.connection import engine_errors, explanation
from kubeship.images.distribution.client import open_registry
from kubeship.images.distribution.failures import RegistryFailure
from kubeship.images.distribution.patience import Patience
from kubeship.images.distribution.reference import registry_of
from kubeship.images.distribution.trust import is_loopback
from kubeship.images.ports import EngineApi
from kubeship.images.registry_failures import may_pass, refusal
from kubeship.model.events import Emit, Note, PushProgress
from kubeship.model.finding import Finding
from kubeship.model.image import BuiltImage
from kubeship.model.objects import repository as repository_of

ProvePush = Callable[[str], RegistryFailure | None]
"""Why a push to a repository is refused, as far as beginning one tells."""
PATIENCE = Patience(attempts=4, first_pause=1.0)
"""With pushes of the engine, which tries each layer a few times by itself."""
BRIEF = Patience(attempts=2, connect=3.0, answer=10.0)
"""For a question before a deploy."""
PROBED_TAG = "kubeship-probe"
"""A tag that no registry holds; being told so is the answer that is hoped for."""


def push(api: EngineApi, image: BuiltImage, repository: str, emit: Emit, patience: Patience = PATIENCE) -> str:
    """Push the image under its tag; returns `repository@sha256:...`. Raises PushFailed with the registry's reason.

    The engine sends the manifest, and so the tag, after all layers have arrived. What may pass is tried again.
    """
    tag = image.tag.removeprefix(repository_of(image.tag)).removeprefix(":") or "latest"
    reference = f"{repository}:{tag}"
    with engine_errors(f"Pushing {reference}", PushFailed):
        # Another name than it was built under: the image's repository elsewhere, or a tag that moves.
        api.tag(image.id, repository, tag)
        failures = 0
        while True:
            digest, said = _push_once(api, repository, tag, emit)
            if digest:
                return f"{repository}@{digest}"
            failures += 1
            pause = patience.pause(failures, None) if not said or may_pass(said) else None
            if pause is None:
                raise _push_failed(reference, said, api.has_login(repository, is_the_images=True))
            emit(Note(f"The push broke ({said or 'it ended without a digest'}): trying again in {pause:.1f} s"))
            patience.sleep(pause)


def _push_once(api: EngineApi, repository: str, tag: str, emit: Emit) -> tuple[str, str]:
    """The digest, or else what was said instead, which may be nothing."""
    progress = PushedLayers()
    digest = ""
    with api.push(repository, tag) as messages:
        for message in messages:
            if "error" in message:
                return "", str(message["error"])
            digest = (message.get("aux") or {}).get("Digest", digest)
            for event in progress.follow(message):
                emit(event)
    return digest, ""


class PushedLayers:
    """Follows one push: adds up the layers' bytes."""

    def __init__(self) -> None:
        self._layers: dict[str, tuple[int, int]] = {}
        self._told = (0, 0)

    def follow(self, message: Mapping[str, Any]) -> Iterator[PushProgress]:
        """The progress when a message changes it by at least one percent, or ends a layer."""
        layer, status = message.get("id", ""), message.get("status", "")
        detail = message.get("progressDetail") or {}
        _, total = self._layers.get(layer, (0, 0))
        if status == "Pushing" and detail:
            # A tar's headers make the stream a little longer than the layer's announced size.
            self._layers[layer] = (min(detail["current"], detail.get("total", total)), detail.get("total", total))
        elif status in ("Pushed", "Layer already exists") or status.startswith("Mounted from"):
            self._layers[layer] = (total, total)
        else:
            return
        now = (sum(s for s, _ in self._layers.values()), sum(t for _, t in self._layers.values()))
        if now != self._told and (now[1] != self._told[1] or now[0] == now[1] or now[0] - self._told[0] > now[1] / 100):
            self._told = now
            yield PushProgress(*now)


def resolve(api: EngineApi, reference: str, *, is_the_images: bool = True) -> str:
    """`repository@sha256:...` of what the registry holds; a multi-platform image's own digest, not a platform's.

    Raises MissingPrecondition when the registry doesn't hold it, refuses or can't be reached.
    """
    with engine_errors(f"Looking up {reference}"):
        try:
            digest = api.distribution(reference, is_the_images=is_the_images)["Descriptor"]["digest"]
        except APIError as error:
            said = explanation(error)
            if known := refusal(reference, said, api.has_login(reference, is_the_images=is_the_images)):
                raise MissingPrecondition(f"Looking up {reference} failed: {known.reason}.", hint=known.hint) from error
            # An engine or proxy that can't answer this question may still be able to pull.
            api.pull(reference, is_the_images=is_the_images)
            digest = _local_digest(api, reference)
            if digest is None:
                raise
    return f"{repository_of(reference)}@{digest}"


def base_digest(api: EngineApi, reference: str) -> str | None:
    """`sha256:...` of a base image as the registry has it, else as the engine has it, else None."""
    try:
        return resolve(api, reference, is_the_images=False).partition("@")[2]
    except KubeshipError:
        pass
    try:
        return _local_digest(api, reference)
    except (DockerException, OSError):
        return None


def push_finding(api: EngineApi, repository: str, prove: ProvePush | None = None) -> Finding | None:
    """Why a push can't work: no registry named, none reachable, or nobody who may push there.

    The engine asks first, since it will push. Where it hears of nothing, `prove` begins a push and takes it back; a
    registry that only the engine reaches leaves that open. None when nothing speaks against it.
    """
    if "/" not in repository:
        return Finding(
            f"The image name {repository} names no registry to push to.",
            f"set `image:` in kubeship.yaml to something like registry.example.com/team/{repository}",
            subject="registry",
        )
    try:
        return _engines_finding(api, repository) or _proved(api, repository, prove or _prove)
    except KubeshipError as error:
        return Finding(error.message, error.hint, subject="registry")


def _engines_finding(api: EngineApi, repository: str) -> Finding | None:
    with engine_errors(f"Asking for {repository}"):
        has_login = api.has_login(repository, is_the_images=True)
        try:
            api.distribution(f"{repository}:{PROBED_TAG}", is_the_images=True)
        except APIError as error:
            known = refusal(repository, explanation(error), has_login)
            # `denied` to somebody with credentials is no answer: registries say it of what doesn't exist yet.
            if known and known.kind != "missing" and not (known.kind == "denied" and has_login):
                return _finding(repository, known.reason, f"{known.hint}.")
    return None


def _proved(api: EngineApi, repository: str, prove: ProvePush) -> Finding | None:
    registry = registry_of(repository)
    if is_loopback(registry) and not api.address.startswith(("unix:", "npipe:")):
        return None  # the engine's localhost is another one
    failure = prove(repository)
    if failure is None or failure.kind in ("unreachable", "passing"):
        return None
    return _finding(repository, failure.reason, failure.hint)


def _prove(repository: str) -> RegistryFailure | None:
    return open_registry(repository, is_the_images=True, patience=BRIEF).push_refusal(repository)


def _finding(repository: str, reason: str, remedy: str) -> Finding:
    return Finding(f"Pushing to {registry_of(repository)} can't work: {reason}.", remedy, subject="registry")


def _push_failed(reference: str, said: str, has_login: bool) -> PushFailed:
    if not said:
        return PushFailed(
            f"Pushing {reference} ended without a digest: the connection to the registry or the engine broke.",
            hint="run the same command again: layers that arrived are not sent twice",
        )
    known = refusal(reference, said, has_login)
    if known is None or known.kind == "missing":
        return PushFailed(
            f"Pushing {reference} failed: the registry or the engine said: {said}",
            hint="run the same command again; if it says so again, see the registry's own log",
        )
    return PushFailed(f"Pushing {reference} failed: {known.reason}.", hint=known.hint)


def _local_digest(api: EngineApi, reference: str) -> str | None:
    try:
        digests = api.inspect_image(reference).get("RepoDigests") or []
    except ImageNotFound:
        return None
    wanted = repository_of(reference)
    return next((d.partition("@")[2] for d in digests if d.partition("@")[0] == wanted), None)
