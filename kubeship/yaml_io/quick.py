"""What do hundreds of manifests say, when nothing in them is unusual?

libyaml (C, through PyYAML) finds the pieces of a text some thirty times as fast as ruamel.yaml; what they mean is
decided as in reading.py. A text that isn't valid, or in which the two could find different pieces, is left to that one.
"""

import re
from collections.abc import Iterator
from typing import Any

from yaml import YAMLError, parse
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from kubeship.yaml_io.scalars import OCTAL, resolve

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # PyYAML was built without libyaml
    Loader = None

UNUSUAL = re.compile(
    r"[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|^%|[|>]\S*#", re.M
)
"""Control characters, tabs, the line breaks that only YAML 1.1 knows, byte order marks; directives; `|#`."""


class Unusual(Exception):
    """Something that the thorough reader is to decide."""


def quick_documents(text: str) -> tuple[tuple[Any, int], ...] | None:
    """Each document's value and its line (from 1); None for a text that parse_all has to read."""
    if Loader is None or UNUSUAL.search(text):
        return None
    try:
        return tuple(_documents(iter(parse(text, Loader=Loader))))
    except (YAMLError, Unusual, RecursionError):
        return None


def _documents(events: Iterator[Event]) -> Iterator[tuple[Any, int]]:
    for event in events:
        if isinstance(event, DocumentStartEvent):
            root = next(events)
            if isinstance(root, ScalarEvent) and root.style in {"|", ">"}:  # whose lines may look like `---`
                raise Unusual
            value = _value(root, events)
            if value is not None or not isinstance(root, ScalarEvent) or root.value:
                yield value, root.start_mark.line + 1


def _value(event: Event, events: Iterator[Event]) -> Any:
    if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and (event.anchor or event.tag)):
        raise Unusual
    if isinstance(event, ScalarEvent):
        return _scalar(event)
    if isinstance(event, SequenceStartEvent):
        items = []
        while not isinstance(following := next(events), CollectionEndEvent):
            items.append(_value(following, events))
        return items
    if not isinstance(event, MappingStartEvent):
        raise Unusual
    mapping: dict[Any, Any] = {}
    while not isinstance(following := next(events), CollectionEndEvent):
        key = _value(following, events) if isinstance(following, ScalarEvent) else None
        if key is None or key in mapping or key == "<<":
            raise Unusual
        mapping[key] = _value(next(events), events)
    return mapping


def _scalar(event: ScalarEvent) -> Any:
    text: str = event.value
    if event.style:
        return text
    if OCTAL.fullmatch(text):
        raise Unusual
    return resolve(text)
