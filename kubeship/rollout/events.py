"""Which events tell of an object, and when and how often did that happen?"""

import re
from collections.abc import Iterable

from kubeship.model.objects import Object


def events_of(item: Object, events: Iterable[Object]) -> tuple[Object, ...]:
    """The events about an object, oldest first; an earlier object of the same name doesn't count."""
    metadata = item["metadata"]
    return tuple(
        sorted(
            (
                event
                for event in events
                if event["involvedObject"].get("kind") == item["kind"]
                and event["involvedObject"].get("name") == metadata["name"]
                and event["involvedObject"].get("uid", "") in ("", metadata.get("uid", ""))
            ),
            key=last_seen,
        )
    )


def about(events: Iterable[Object], reason: str, pattern: str = "") -> tuple[Object, ...]:
    """The events with this reason whose message matches."""
    return tuple(e for e in events if e.get("reason") == reason and re.search(pattern, e.get("message") or ""))


def occurrences(events: Iterable[Object]) -> int:
    """How often it happened: an event stands for `count` (core/v1) or `series.count` (events.k8s.io) occurrences."""
    return sum((event.get("series") or {}).get("count") or event.get("count") or 1 for event in events)


def last_seen(event: Object) -> str:
    """When it happened last, as RFC 3339 in UTC, which sorts as text."""
    series = (event.get("series") or {}).get("lastObservedTime")
    created = event.get("metadata", {}).get("creationTimestamp")
    return str(series or event.get("lastTimestamp") or event.get("eventTime") or created or "")


def first_seen(event: Object) -> str:
    """When it happened first."""
    return str(event.get("firstTimestamp") or event.get("eventTime") or last_seen(event))
