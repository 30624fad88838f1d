"""Does every value of every field arrive in the objects, whatever it holds, and read back from the files?"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from kubeship import yaml_io
from kubeship.model.image_plan import ImagePlan
from kubeship.model.plan import Plan, StaticPlan
from kubeship.rendering.manifests import manifests
from kubeship.rendering.render import HEADER
from kubeship.rendering.templates import literal
from tests.unit.rendering.any_plans import plans
from tests.unit.rendering.kind_plans import KINDS
from tests.unit.rendering.rendering_plans import DJANGO_SHOP, NASTY_VALUES

CHOICES = frozenset(
    {
        "access",
        "concurrency",
        "interface",
        "kind",
        "patches",
        "pattern",
        "port_name",
        "reasons",
        "store_kind",
        "template",
    }
)
"""Fields whose values are words of kubeship's or of the API, and decide what is rendered."""
KEYS = frozenset({"gpu_resource", "key"})
"""Fields that become keys, as those of mappings do: a label's or a file's name has an end at 317 characters."""
LONGEST_KEY = 300
NASTY = tuple(value for value in NASTY_VALUES if value)
MARK = re.compile(r"mark(\d+)mark")


@pytest.mark.parametrize("start", range(0, len(NASTY), 13))
@pytest.mark.parametrize("case", KINDS)
def test_each_field_arrives_as_it_was(case: str, start: int) -> None:
    marks: dict[str, str] = {}

    def marked(text: str) -> str:
        return marks.setdefault(text, f"mark{len(marks)}mark")

    def spoilt(text: str) -> str:
        return MARK.sub(lambda mark: f"{mark[0]}{NASTY[(start + int(mark[1])) % len(NASTY)]}", text)

    plan = changed(KINDS[case], marked)

    before, after = manifests(plan), manifests(changed(plan, spoilt))

    expected = [(text, spoilt(text)) for item in before.values() for text in leaves(item)]
    found = [text for item in after.values() for text in leaves(item)]
    assert len(found) == len(expected)
    wrong = [
        (text, was)
        for text, (marked_text, was) in zip(found, expected, strict=True)
        if text not in {was, literal(was), was[:LONGEST_KEY]} and not hashed(marked_text)
    ]
    assert wrong == []


@given(plans())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_what_is_written_reads_back(plan: Plan) -> None:
    for name, item in manifests(plan).items():
        assert yaml_io.load(HEADER + yaml_io.dump(item), name) == item


def changed(value: Any, change: Callable[[str], str]) -> Any:
    """The value with all its strings changed, except those that decide what is rendered."""
    match value:
        case str():
            return change(value)
        case tuple():
            return tuple(changed(item, change) for item in value)
        case Mapping():
            return {shortened(change(key)): changed(item, change) for key, item in value.items()}
        case ImagePlan() | StaticPlan():
            return value
        case _ if is_dataclass(value) and not isinstance(value, type):
            return replace(
                value,
                **{
                    field.name: shortened(new) if field.name in KEYS else new
                    for field in fields(value)
                    if field.init and field.name not in CHOICES
                    for new in [changed(getattr(value, field.name), change)]
                },
            )
        case _:
            return value


def shortened(key: Any) -> Any:
    """As long as a key may be."""
    return key[:LONGEST_KEY] if isinstance(key, str) else key


def leaves(value: Any) -> Iterator[str]:
    """All strings, in order; keys without regard to theirs, since another name sorts elsewhere."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, str):
        yield value


def hashed(name: str) -> bool:
    """Whether a name ends in a hash of content, which is another after a change."""
    return re.search(r"-[0-9a-f]{8}$", name) is not None


def test_a_static_servers_configuration_is_one_value() -> None:
    config = manifests(DJANGO_SHOP)["web-configmap.yaml"]

    assert config["immutable"] is True
    assert list(config["data"]) == ["nginx.conf"]
