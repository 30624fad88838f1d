"""Which digest does a base image have in its registry, where no engine can be asked?"""

from kubeship.errors import KubeshipError
from kubeship.images.distribution.client import open_registry
from kubeship.images.distribution.patience import Patience

ONCE = Patience(attempts=1, connect=3.0, answer=10.0)
"""A project can be looked at without a network, too."""


def registry_digest(reference: str) -> str | None:
    """`sha256:...` of what the registry, or the mirror of Docker Hub, has today; None where it doesn't say."""
    try:
        return open_registry(reference, patience=ONCE).digest(reference)
    except KubeshipError:
        return None
