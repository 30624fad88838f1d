"""What does the registry hold, and does it take what is pushed? Through the engine, with the user's credentials."""

from collections.abc import Iterator, Mapping
from typing import Any

from docker.errors import APIError, DockerException, ImageNotFound

from kubeship.errors import KubeshipError, MissingPrecondition, PushFailed
from kubeship.images.connection import engine_errors, explanation
from kubeship.images.ports import EngineApi
from kubeship.images.registry_failures import Refusal, refusal, registry_of
from kubeship.model.events import Emit, PushProgress
from kubeship.model.finding import Finding
from kubeship.model.image import BuiltImage
from kubeship.model.objects import repository as repository_of

PROBED_TAG = "kubeship-probe"
"""A tag that no registry holds; being told so is the answer that is hoped for."""


def push(api: EngineApi, image: BuiltImage, repository: str, emit: Emit) -> str:
    """Push the image under its tag; returns `repository@sha256:...`. Raises PushFailed with the registry's reason."""
    tag = image.tag.removeprefix(repository_of(image.tag)).removeprefix(":") or "latest"
    with engine_errors(f"Pushing {repository}:{tag}", PushFailed):
        if repository_of(image.tag) != repository:
            api.tag(image.id, repository, tag)
        progress = PushedLayers()
        digest = ""
        with api.push(repository, tag) as messages:
            for message in messages:
                if "error" in message:
                    raise _push_failed(f"{repository}:{tag}", message["error"])
                digest = (message.get("aux") or {}).get("Digest", digest)
                for event in progress.follow(message):
                    emit(event)
    if not digest:
        raise PushFailed(
            f"Pushing {repository}:{tag} ended without a digest: the connection to the registry or the engine broke.",
            hint="Run the same command again: layers that arrived are not sent twice.",
        )
    return f"{repository}@{digest}"


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


def resolve(api: EngineApi, reference: str) -> str:
    """`repository@sha256:...` of what the registry holds; a multi-platform image's own digest, not a platform's.

    Raises MissingPrecondition when the registry doesn't hold it, refuses or can't be reached.
    """
    with engine_errors(f"Looking up {reference}"):
        try:
            digest = api.distribution(reference)["Descriptor"]["digest"]
        except APIError as error:
            said = explanation(error)
            if known := refusal(reference, said, api.has_login(reference)):
                raise MissingPrecondition(f"Looking up {reference} failed: {known.reason}.", hint=known.hint) from error
            # An engine or proxy that can't answer this question may still be able to pull.
            api.pull(reference)
            digest = _local_digest(api, reference)
            if digest is None:
                raise
    return f"{repository_of(reference)}@{digest}"


def base_digest(api: EngineApi, reference: str) -> str | None:
    """`sha256:...` of a base image as the registry has it, else as the engine has it, else None."""
    try:
        return resolve(api, reference).partition("@")[2]
    except KubeshipError:
        pass
    try:
        return _local_digest(api, reference)
    except (DockerException, OSError):
        return None


def push_finding(api: EngineApi, repository: str) -> Finding | None:
    """Why a push can't work: no registry named, none reachable, or no credentials where it wants some.

    Costs one request. None when nothing speaks against it, which is no proof.
    """
    if "/" not in repository:
        return Finding(
            f"The image name {repository} names no registry to push to.",
            f"Set `image:` in kubeship.yaml to something like registry.example.com/team/{repository}",
            subject="registry",
        )
    try:
        with engine_errors(f"Asking for {repository}"):
            has_login = api.has_login(repository)
            try:
                api.distribution(f"{repository}:{PROBED_TAG}")
            except APIError as error:
                known = refusal(repository, explanation(error), has_login)
                return _finding(repository, known, has_login) if known else None
    except KubeshipError as error:
        return Finding(error.message, error.hint, subject="registry")
    return None


def _finding(repository: str, known: Refusal, has_login: bool) -> Finding | None:
    """`denied` to somebody with credentials is no answer: registries say it of repositories that don't exist yet."""
    if known.kind == "missing" or (known.kind == "denied" and has_login):
        return None
    return Finding(
        f"Pushing to {registry_of(repository)} can't work: {known.reason}.", f"{known.hint}.", subject="registry"
    )


def _push_failed(reference: str, said: str) -> PushFailed:
    known = refusal(reference, said, has_login=True)
    if known is None or known.kind == "missing":
        return PushFailed(
            f"Pushing {reference} failed: the registry or the engine said: {said}",
            hint="Run the same command again; if it says so again, see the registry's own log.",
        )
    return PushFailed(f"Pushing {reference} failed: {known.reason}.", hint=known.hint)


def _local_digest(api: EngineApi, reference: str) -> str | None:
    try:
        digests = api.inspect_image(reference).get("RepoDigests") or []
    except ImageNotFound:
        return None
    wanted = repository_of(reference)
    return next((d.partition("@")[2] for d in digests if d.partition("@")[0] == wanted), None)
