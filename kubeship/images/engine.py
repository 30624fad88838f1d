"""What can the container engine do for a deploy? The adapter of workflows' Engine."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from kubeship.errors import MissingPrecondition
from kubeship.images.build import Builder, build, builder, layers
from kubeship.images.connection import engine_errors, open_api
from kubeship.images.distributions import distributions
from kubeship.images.ports import EngineApi
from kubeship.images.registry import base_digest, push, push_finding, resolve
from kubeship.images.verify import fetch, try_start, verify
from kubeship.model.events import Emit
from kubeship.model.finding import Finding
from kubeship.model.image import Answer, BuildRequest, BuiltImage, DistributionSize, Layer, Promise, Proof, Trial


def connect() -> "DockerEngine":
    """The engine that DOCKER_HOST, DOCKER_CONTEXT or the current Docker context names, asked at its first use."""
    return DockerEngine()


class DockerEngine:
    """Docker, by way of docker-py. Every method raises MissingPrecondition when the engine can't be reached."""

    def describe(self) -> str:
        """`Docker 20.10.24 at unix:///var/run/docker.sock`."""
        with engine_errors(f"Asking the engine at {self._api.address} for its version"):
            version = str(self._api.version()["Version"]).partition("+")[0]
            return f"Docker {version} at {self._api.address}"

    def builder(self) -> Builder:
        """`classic` where BuildKit is off, and for Podman: no mounts, no secrets."""
        with engine_errors(f"Asking the engine at {self._api.address} how it builds"):
            return builder(self._api)

    def build(self, request: BuildRequest, emit: Emit) -> BuiltImage:
        """Build, progress live. Raises BuildFailed with the failing step's last lines."""
        return build(self._api, request, emit)

    def layers(self, image: BuiltImage) -> tuple[Layer, ...]:
        """The image's layers with what made them, from the base up."""
        return layers(self._api, image.id)

    def distributions(self, image: BuiltImage) -> tuple[DistributionSize, ...]:
        """The distributions installed in the image, the largest first."""
        return distributions(self._api, image)

    def verify(self, image: BuiltImage, promises: Sequence[Promise], variables: Mapping[str, str]) -> tuple[Proof, ...]:
        """Prove each promise inside the image: no network, read-only root, the image's user.

        Raises VerificationFailed with the traceback's end and what it means. Leaves no container behind.
        """
        return verify(self._api, image, promises, variables)

    def try_start(self, image: BuiltImage, trial: Trial, variables: Mapping[str, str]) -> Answer:
        """Start a web process inside the image, without a network, and ask it once. Leaves no container behind."""
        return try_start(self._api, image, trial, variables)

    def push(self, image: BuiltImage, repository: str, emit: Emit) -> str:
        """Push the image's tag with the user's own credentials; returns `repository@sha256:...`. Raises PushFailed."""
        return push(self._api, image, repository, emit)

    def fetch(self, reference: str) -> BuiltImage:
        """The image, pulled where the engine doesn't have it. Raises MissingPrecondition."""
        return fetch(self._api, reference)

    def resolve(self, reference: str) -> str:
        """The digest reference of what the registry holds under `reference`. Raises MissingPrecondition."""
        return resolve(self._api, reference)

    def base_digest(self, reference: str) -> str | None:
        """`sha256:...` of a base image, or None when it can't be learned (no engine, no registry)."""
        try:
            return base_digest(self._api, reference)
        except MissingPrecondition:
            return None

    def push_finding(self, repository: str) -> Finding | None:
        """Why pushing to the repository's registry can't work, as far as can be told without pushing."""
        return push_finding(self._api, repository)

    @cached_property
    def _api(self) -> EngineApi:
        return open_api()
