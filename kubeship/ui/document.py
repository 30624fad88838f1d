"""What do programs read? Every value as JSON: results are one document, events are one line each."""

import json
import re
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, TextIO

from kubeship.errors import KubeshipError
from kubeship.model.events import Event
from kubeship.model.revision import Revision


def plain(value: Any) -> Any:
    """Frozen values as what JSON has; a reference to an object stays a mapping of its four names."""
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Path) else value


def without_objects(revision: Revision) -> dict[str, Any]:
    """A revision as a document, without its manifests."""
    document: dict[str, Any] = plain(revision)
    document.pop("objects")
    return document


class JsonLines:
    """Prints each event as one line: `{"event": "build-stage", ...}`."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __call__(self, event: Event) -> None:
        """Print one event."""
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(event).__name__).lower()
        self._stream.write(json.dumps({"event": name, **plain(event)}) + "\n")
        self._stream.flush()

    def close(self) -> None:
        """Nothing is left open."""


def result(command: str, document: dict[str, Any], lines: bool) -> str:
    """A result with its schema: one line at the end of JSON lines, an indented document otherwise."""
    whole = {"schema": f"kubeship.{command}/1", **plain(document)}
    return json.dumps(whole, indent=None if lines else 2)


def failure(error: KubeshipError) -> dict[str, Any]:
    """An error as a document."""
    return {"error": error.message, "hint": error.hint, "details": error.details, "exit_code": int(error.exit_code)}
