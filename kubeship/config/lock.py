"""What does kubeship.lock hold? What inspection found, what is pinned, and the hashes of what was written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LOCK_FILE = "kubeship.lock"


@dataclass(frozen=True)
class LockedFinding:
    """A value that inspection found for one path of kubeship.yaml, and where."""

    value: Any
    origin: str
    """`shop/wsgi.py:16, a django WSGIHandler`."""


@dataclass(frozen=True)
class Lock:
    """kubeship.lock as a value; only `init`, `render` and `update` make a new one."""

    found: Mapping[str, LockedFinding] = field(default_factory=dict)
    """By path in kubeship.yaml (`processes.web.entrypoint`)."""
    bases: Mapping[str, str] = field(default_factory=dict)
    """Base image -> `sha256:...`."""
    servers: Mapping[str, str] = field(default_factory=dict)
    """Server distribution -> pinned version, for those that kubeship adds (`gunicorn` -> `23.0.0`)."""
    images: Mapping[str, str] = field(default_factory=dict)
    """Environment -> the reference that `render --image` recorded."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Path -> SHA-256 (hex) of what kubeship last wrote there."""
    rendered_from: str = ""
    """SHA-256 (hex) of the kubeship.yaml that `files` come from."""
