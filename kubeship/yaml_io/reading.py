"""What does a YAML text say, and where does it say it?

Reading follows YAML 1.2's core schema, with what Kubernetes' own reader adds (`<<` merges); dates stay strings.
"""

from collections.abc import Hashable, Iterator
from dataclasses import replace
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from kubeship.errors import InvalidInput
from kubeship.yaml_io.nodes import Node, Path
from kubeship.yaml_io.scalars import OCTAL, resolve


def load_with_lines(text: str, source: str) -> tuple[Any, dict[Path, int]]:
    """A single document's value, and the line (from 1) of each key and item by path. Raises InvalidInput."""
    node = parse(text, source)
    return (node.value, dict(_lines(node, ()))) if node else (None, {})


def parse(text: str, source: str) -> Node | None:
    """A single document with the places of all its values; None for an empty text. Raises InvalidInput."""
    documents = parse_all(text, source)
    if len(documents) > 1:
        raise InvalidInput(f"{source}: holds {len(documents)} YAML documents, expected one", hint=f"split {source}")
    return documents[0] if documents else None


def parse_all(text: str, source: str) -> tuple[Node, ...]:
    """All documents with the places of all their values. Raises InvalidInput with `source:line`."""
    try:
        reader = _Reader(text, source)
        return tuple(reader.documents())
    except MarkedYAMLError as error:
        # A key without a colon is found out only at the next token.
        unfinished = error.context == "while scanning a simple key"
        mark = (error.context_mark if unfinished else None) or error.problem_mark or error.context_mark
        place = f"{source}:{mark.line + 1}" if mark else source
        problem = " ".join(str(part) for part in (error.context, error.problem) if part)
        raise InvalidInput(f"{place}: not valid YAML: {problem}", hint=f"correct {place}") from error
    except YAMLError as error:
        problem = str(error).splitlines()[0]
        raise InvalidInput(f"{source}: not valid YAML: {problem}", hint=f"correct {source}") from error
    except RecursionError as error:
        raise InvalidInput(f"{source}: nested too deeply", hint=f"correct {source}") from error


MOST_ALIASED = 100_000
"""How many values the aliases of a text may stand for: some nested aliases can stand for more than memory holds."""
STRING_TAGS = frozenset({"!", "tag:yaml.org,2002:str"})
COLLECTION_TAGS = frozenset({"!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"})


class _Reader:
    """Turns ruamel's events into Nodes."""

    def __init__(self, text: str, source: str) -> None:
        self.text = text
        self.source = source
        self.events: Iterator[Event] = iter(YAML(typ="safe", pure=True).parse(text))
        self.anchors: dict[str, Node] = {}
        self.aliased = 0

    def documents(self) -> Iterator[Node]:
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                self.anchors = {}
                node = self.node(next(self.events))
                # `---` alone, or comments alone, is a document that says nothing.
                if node.value is not None or node.end > node.start:
                    yield node

    def node(self, event: Event) -> Node:
        if isinstance(event, AliasEvent):
            return self.alias(event)
        assert isinstance(event, NodeEvent)
        node: Node
        if isinstance(event, ScalarEvent):
            node = Node(self.scalar(event), "scalar", *self.span(event, event))
        elif isinstance(event, SequenceStartEvent):
            node = self.sequence(event)
        else:
            assert isinstance(event, MappingStartEvent)
            node = self.mapping(event)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def alias(self, event: AliasEvent) -> Node:
        target = self.anchors.get(event.anchor)
        if target is None:
            raise self.invalid(event, f"*{event.anchor} names no anchor that is complete before it")
        self.aliased += _size(target.value)
        if self.aliased > MOST_ALIASED:
            raise self.invalid(event, f"aliases stand for more than {MOST_ALIASED} values")
        start, end, line = self.span(event, event)
        return Node(target.value, "scalar", start, end, line)

    def sequence(self, event: SequenceStartEvent) -> Node:
        self.require_tag(event, COLLECTION_TAGS)
        items = []
        while not isinstance(following := next(self.events), CollectionEndEvent):
            items.append(self.node(following))
        style, start, end, line = self.collection_span(event, following, items[-1].end if items else None)
        return Node([item.value for item in items], style, start, end, line, items=tuple(items))

    def mapping(self, event: MappingStartEvent) -> Node:
        self.require_tag(event, COLLECTION_TAGS)
        entries: list[tuple[Node, Node]] = []
        own: dict[Any, Any] = {}
        merged: dict[Any, Any] = {}
        while not isinstance(following := next(self.events), CollectionEndEvent):
            key = self.node(following)
            if not isinstance(key.value, Hashable):
                raise self.invalid(following, "a mapping or a sequence can't be a key")
            if key.value in own:
                raise self.invalid(following, f"the key {key.value!r} stands here twice")
            value = self.placed(self.node(next(self.events)), key)
            if key.value == "<<" and isinstance(following, ScalarEvent) and following.style is None:
                merged = {**self.merge(following, value.value), **merged}
                continue
            entries.append((key, value))
            own[key.value] = value.value
        style, start, end, line = self.collection_span(event, following, entries[-1][1].end if entries else None)
        return Node({**merged, **own}, style, start, end, line, entries=tuple(entries))

    def placed(self, value: Node, key: Node) -> Node:
        """ruamel puts a value that isn't there where the next token begins; its place is behind the key's colon."""
        if value.style != "scalar" or value.end > value.start:
            return value
        between = self.text[key.end : value.start]
        place = key.end + between.find(":") + 1  # no colon: a key that stands alone, as in {a, b}
        return replace(value, start=place, end=place, line=key.line)

    def merge(self, event: Event, value: Any) -> dict[Any, Any]:
        sources = value if isinstance(value, list) else [value]
        if not all(isinstance(item, dict) for item in sources):
            raise self.invalid(event, "<< merges mappings only")
        return {key: item for source in reversed(sources) for key, item in source.items()}

    def scalar(self, event: ScalarEvent) -> Any:
        text: str = event.value
        if event.tag is not None or event.style is not None:
            self.require_tag(event, STRING_TAGS)
            return text
        if OCTAL.fullmatch(text):
            raise self.invalid(
                event, f"{text} is octal to some readers and decimal to others; quote it or write it out"
            )
        return resolve(text)

    def require_tag(self, event: NodeEvent, known: frozenset[str]) -> None:
        tag = getattr(event, "tag", None)
        if tag is not None and str(tag) not in known:
            raise self.invalid(event, f"the tag {tag} is not supported")

    def span(self, first: Event, last: Event) -> tuple[int, int, int]:
        start, end = first.start_mark.index, last.end_mark.index
        return start, start + len(self.text[start:end].rstrip()), first.start_mark.line + 1

    def collection_span(
        self, first: Event, last: Event, inner_end: int | None
    ) -> tuple[Literal["block", "flow"], int, int, int]:
        start, end, line = self.span(first, last)
        if getattr(first, "flow_style", False):
            return "flow", start, end, line
        # A block collection's own end mark is the beginning of whatever follows, comments included.
        return "block", start, inner_end if inner_end is not None else start, line

    def invalid(self, event: Event, problem: str) -> InvalidInput:
        place = f"{self.source}:{event.start_mark.line + 1}"
        return InvalidInput(f"{place}: {problem}", hint=f"correct {place}")


def _lines(node: Node, path: Path) -> Iterator[tuple[Path, int]]:
    yield path, node.line
    for key, value in node.entries:
        yield from _lines(value, (*path, key.value))
        yield (*path, key.value), key.line
    for place, item in enumerate(node.items):
        yield from _lines(item, (*path, place))


def _size(value: Any) -> int:
    """How many values it holds, itself included; counted no further than to more than MOST_ALIASED."""
    waiting, count = [value], 0
    while waiting and count <= MOST_ALIASED:
        each = waiting.pop()
        count += 1
        if isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    return count
