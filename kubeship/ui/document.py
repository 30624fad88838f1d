"""What do programs read? Every value as JSON: results are one document, events are one line each."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any, TextIO

from kubeship.errors import KubeshipError
from kubeship.model.events import Event
from kubeship.model.logs import LogEntry

EVENT_SCHEMA = "kubeship.event/1"

Clock = Callable[[], datetime]


def now() -> datetime:
    """When a line is printed."""
    return datetime.now(UTC)


def plain(value: Any) -> Any:
    """Frozen values as what JSON has; a reference to an object stays a mapping of its four names."""
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Path) else value


def event_name(kind: type) -> str:
    """`build-stage` of BuildStage."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", kind.__name__).lower()


def event_line(event: Event | LogEntry, clock: Clock = now) -> str:
    """One event as one line: `{"schema": "kubeship.event/1", "time": "...", "event": "build-stage", ...}`."""
    head = {"schema": EVENT_SCHEMA, "time": moment(clock()), "event": event_name(type(event))}
    return json.dumps({**head, **plain(event)}) + "\n"


class JsonLines:
    """Prints each event as a line."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __call__(self, event: Event) -> None:
        """Print one event."""
        self._stream.write(event_line(event))
        self._stream.flush()

    def close(self) -> None:
        """Nothing is left open."""


def result(command: str, document: Mapping[str, Any], lines: bool, clock: Clock = now) -> str:
    """A result with its schema: the last of JSON lines, an indented document otherwise."""
    head: dict[str, str] = {"schema": f"kubeship.{command}/1"}
    if lines:
        head |= {"time": moment(clock()), "event": "error" if "error" in document else "result"}
    return json.dumps({**head, **plain(document)}, indent=None if lines else 2)


def failure(error: KubeshipError) -> dict[str, Any]:
    """An error as a document."""
    return {"error": error.message, "hint": error.hint, "details": error.details, "exit_code": int(error.exit_code)}


def moment(time: datetime) -> str:
    """RFC 3339, to the millisecond."""
    return time.isoformat(timespec="milliseconds")
