"""What does kubeship.lock hold? What inspection found, what is pinned, and the hashes of what was written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kubeship.errors import InvalidInput
from kubeship.yaml_io import dump, load

LOCK_FILE = "kubeship.lock"
LOCK_VERSION = 1
HEADER = "# Written by kubeship: commit it, don't edit it.\n"
STRING_MAPPINGS = ("bases", "servers", "brought", "tools", "images", "files", "rendered_from", "wheels")


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
    brought: Mapping[str, str] = field(default_factory=dict)
    """Server distribution -> the version that the project's own dependencies pin."""
    tools: Mapping[str, str] = field(default_factory=dict)
    """Distribution of the program that installs dependencies -> pinned version (`uv` -> `0.13.8`)."""
    images: Mapping[str, str] = field(default_factory=dict)
    """Environment -> the reference that `render --image` recorded."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Path -> SHA-256 (hex) of what kubeship last wrote there."""
    rendered_from: Mapping[str, str] = field(default_factory=dict)
    """Environment -> SHA-256 (hex) of the kubeship.yaml that its files come from."""
    wheels: Mapping[str, str] = field(default_factory=dict)
    """Distribution (`lxml==5.1`) -> its wheels for the target as the package index had them; `none`."""
    candidates: tuple[str, ...] = ()
    """Other entrypoints that inspection considered, best first: `shop.site:app (shop/site.py:3, a Flask)`."""


def load_lock(path: Path) -> Lock:
    """Read kubeship.lock; an empty one where there is no file. Raises InvalidInput when it is broken or too new."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Lock()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} can't be read: {error}", hint=f"make {path} a readable UTF-8 file") from error
    return parse_lock(text, path.name)


def parse_lock(text: str, source: str = LOCK_FILE) -> Lock:
    """The lock with this text. Raises InvalidInput when it is broken or written by a newer kubeship."""
    try:
        raw = load(text, source)
    except InvalidInput as error:
        raise InvalidInput(error.message, hint=_restore(source)) from error
    if not isinstance(raw, dict):
        raise _broken(source, "expected a mapping")
    version = raw.get("version")
    if isinstance(version, int) and version > LOCK_VERSION:
        raise InvalidInput(
            f"{source} has format {version}; this kubeship knows formats up to {LOCK_VERSION}",
            hint="upgrade kubeship to the version that wrote it",
        )
    if version != LOCK_VERSION:
        raise _broken(source, f"version: expected {LOCK_VERSION}, got {version!r}")
    if unknown := sorted(set(raw) - {"version", "found", "candidates", *STRING_MAPPINGS}):
        raise _broken(source, f"{unknown[0]}: unknown key")
    strings = {key: _strings(raw.get(key, {}), key, source) for key in STRING_MAPPINGS}
    candidates = raw.get("candidates", [])
    if not isinstance(candidates, list) or not all(isinstance(each, str) for each in candidates):
        raise _broken(source, "candidates: expected a list of strings")
    return Lock(found=_findings(raw.get("found", {}), source), candidates=tuple(candidates), **strings)


def dump_lock(lock: Lock) -> str:
    """The text of kubeship.lock: the same to the byte for the same value."""
    found = {path: {"value": each.value, "origin": each.origin} for path, each in sorted(lock.found.items())}
    strings = {key: dict(sorted(getattr(lock, key).items())) for key in STRING_MAPPINGS}
    content = {"found": found, "candidates": list(lock.candidates), **strings}
    return HEADER + dump({"version": LOCK_VERSION, **{key: value for key, value in content.items() if value}})


def _findings(raw: Any, source: str) -> dict[str, LockedFinding]:
    if not isinstance(raw, dict):
        raise _broken(source, "found: expected a mapping")
    for path, each in raw.items():
        if not isinstance(each, dict) or set(each) != {"value", "origin"} or not isinstance(each["origin"], str):
            raise _broken(source, f"found.{path}: expected a value and an origin")
    return {str(path): LockedFinding(each["value"], each["origin"]) for path, each in raw.items()}


def _strings(raw: Any, key: str, source: str) -> dict[str, str]:
    if not isinstance(raw, dict) or not all(isinstance(part, str) for item in raw.items() for part in item):
        raise _broken(source, f"{key}: expected strings by name")
    return raw


def _broken(source: str, problem: str) -> InvalidInput:
    return InvalidInput(f"{source} is broken: {problem}", hint=_restore(source))


def _restore(source: str) -> str:
    return f"restore it with git checkout {source}, or delete it and run kubeship init (hand edits are kept)"
