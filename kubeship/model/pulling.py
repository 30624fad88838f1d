"""What is asked of a registry on a cluster's behalf, and what did it answer?"""

from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["readable", "login refused", "denied", "missing", "invalid", "unknown"]
"""`login refused`: the registry doesn't accept the credentials; `denied`: it does (or there are none), but not for this
image; `missing`: it doesn't hold the image; `invalid`: no registry takes such a name; `unknown`: it gave no answer."""


@dataclass(frozen=True)
class PullLogin:
    """Credentials that a kubelet would send; they show in no message, log or `repr`."""

    username: str = field(repr=False)
    password: str = field(repr=False)
    origin: str
    """`Secret/pull`, for messages."""


@dataclass(frozen=True)
class Reading:
    """A registry's answer about one image."""

    outcome: Outcome
    said: str = ""
    """Why it isn't readable: half a sentence."""
    platforms: tuple[str, ...] = ()
    """`linux/amd64`; empty where they aren't known."""
    is_index: bool = False
    """Whether the name stands for several images, of which a node takes the one that fits."""
    needs_login: bool = False
    """Whether the registry lets nobody in without a login, whatever the image."""


@dataclass(frozen=True)
class Upcoming:
    """The image that a deploy is going to build, which no registry holds yet."""

    repository: str
    platform: str
    """`linux/amd64`."""
