"""Does docs/first-changes.md lead where it says? Each step is done as it is written, on top of those before it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kubeship import yaml_io
from kubeship.config.draft import Draft, DraftOptions, draft
from kubeship.config.file import parsed
from kubeship.config.lock import Lock
from kubeship.config.merge import merge
from kubeship.errors import InvalidInput
from kubeship.inspection.project import inspect
from kubeship.planning.plan import plan
from kubeship.planning.servers import SERVERS
from kubeship.rendering.render import render

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "first-changes.md").read_text()
OPTIONS = DraftOptions(image="registry.example.com/team/hello", host="hello.example.com", namespace="hello")


@dataclass(frozen=True)
class Step:
    """One heading: what to write into kubeship.yaml, and parts of files that it leads to."""

    title: str
    before: Mapping[str, Any]
    """kubeship.yaml after the steps before."""
    written: Mapping[str, Any]
    shown: Mapping[str, tuple[Any, ...]]

    @property
    def after(self) -> Mapping[str, Any]:
        """kubeship.yaml with what is written in its place."""
        return merge(self.before, self.written)


def steps() -> Iterator[Step]:
    beginning, *parts = re.split(r"^## (.+)$", TEXT, flags=re.MULTILINE)
    (now,) = blocks(beginning)
    document = yaml_io.load(now, "first-changes.md")
    for title, part in zip(parts[::2], parts[1::2], strict=True):
        written, *results = blocks(part)
        shown: dict[str, tuple[Any, ...]] = {}
        for result in results:
            first, _, rest = result.partition("\n")
            path = first.removeprefix("# ")
            shown[path] = (*shown.get(path, ()), yaml_io.load(rest, path))
        step = Step(title, document, yaml_io.load(written, title), shown)
        yield step
        document = step.after


def blocks(text: str) -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


STEPS = list(steps())


def test_the_walk_begins_with_what_init_writes() -> None:
    assert STEPS[0].before == yaml_io.load(drafted().text, "kubeship.yaml")


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.title)
def test_a_step_leads_to_what_is_shown(step: Step) -> None:
    before, after = files(step.before), files(step.after)

    assert step.shown
    for path, parts in step.shown.items():
        item = yaml_io.load(after[path], path)
        assert [part for part in parts if not within(part, item)] == []
    assert any(before.get(path) != after[path] for path in step.shown), "nothing that is shown has changed"


def test_the_walk_has_the_five_changes_that_everybody_makes() -> None:
    assert [step.title for step in STEPS] == [
        "Another port",
        "An environment variable",
        "A second process",
        "A volume",
        "A staging host",
    ]


def test_a_volume_for_one_node_is_refused_with_what_else_would_do() -> None:
    (volume,) = [step for step in STEPS if step.title == "A volume"]

    with pytest.raises(InvalidInput, match=r"uploads.*ReadWriteMany"):
        files(merge(volume.after, {"volumes": {"uploads": {"access": "ReadWriteOnce"}}}))


def drafted() -> Draft:
    answers = {"name": "hello"}
    return draft(inspect(ROOT / "examples" / "flask-hello", answers), answers, None, Lock(), OPTIONS, servers=SERVERS)


def files(document: Mapping[str, Any]) -> dict[str, str]:
    """Every environment's files."""
    file, lock = parsed(yaml_io.dump(document)), drafted().lock
    return {
        path: text
        for environment in document["environments"]
        for path, text in render(plan(*file.configuration(environment), lock)).items()
    }


def within(part: Any, whole: Any) -> bool:
    """Whether a shown part is in the whole: keys may be left out, and elements of lists."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and within(part[key], whole[key]) for key in part)
    if isinstance(part, list):
        return isinstance(whole, list) and all(any(within(each, other) for other in whole) for each in part)
    return bool(part == whole)
