"""How are the engine and the cluster that a command needs made? Only when the command really asks for them."""

import getpass
import os
import re
import socket
from collections.abc import Callable

from kubeship.errors import InvalidInput
from kubeship.model.changes import Consent
from kubeship.model.events import Emit
from kubeship.model.pulling import PullLogin, Reading
from kubeship.workflows.app import App
from kubeship.workflows.builders import Builders, Choice
from kubeship.workflows.ports import Cluster, DirectBuilder, Engine


def engine() -> Engine:
    """The container engine that the Docker configuration names. Raises MissingPrecondition where none can be."""
    from kubeship.images.reachability import require_socket

    require_socket()
    from kubeship.images.engine import connect

    return connect()


TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
"""Source: OCI distribution specification, pulling manifests."""


def builders(name: str = "auto", cache: str | None = None) -> Builders:
    """What an image can be built with; `name` is what --builder says, `cache` what --cache says.

    Raises InvalidInput for an unknown builder and for what is no tag.
    """
    choice = next((known for known in Choice if known == name), None)
    if choice is None:
        raise InvalidInput(f"--builder {name!r} is no builder", hint=f"one of: {', '.join(Choice)}")

    if cache is not None and not TAG.fullmatch(cache):
        raise InvalidInput(f"--cache {cache!r} is no tag", hint="the tag alone, such as --cache main")

    def direct(repository: str, emit: Emit) -> DirectBuilder:
        from kubeship.images.direct.builder import direct_builder

        return direct_builder(repository, emit)

    return Builders(engine, direct, choice, cache)


def base_digest(reference: str) -> str | None:
    """The digest of a base image, as the engine knows it, else its registry."""
    from kubeship.errors import KubeshipError

    try:
        found = engine().base_digest(reference)
    except KubeshipError:
        found = None
    if found is None:
        from kubeship.images.base_digests import registry_digest

        found = registry_digest(reference)
    return found


def cluster_of(
    context: str | None, emit: Emit, lease_seconds: float = 0.0, consent: Consent | None = None
) -> Callable[[App], Cluster]:
    """Connects to an app's namespace: `--context`, else the environment's context, else the current one.

    `emit` gets what the API server warns of, and each request that is tried again.
    """

    def connect_to(app: App) -> Cluster:
        from kubeship.cluster.connect import connect

        where = context or app.target.context
        return connect(where, app.plan.namespace, emit, lease_seconds, consent or Consent(), registries=_read)

    return connect_to


def _read(image: str, login: PullLogin | None) -> Reading:
    """What a registry says of an image to a pod's own login; its client is imported when it is needed."""
    from kubeship.images.readable import read

    return read(image, login)


def holder() -> str:
    """Who deploys: `user@host:pid`. The pid lets another run on this host see that the holder is dead."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a uid without a name, as CI containers have
        user = f"uid{os.getuid()}"
    return f"{user}@{socket.gethostname()}:{os.getpid()}"
