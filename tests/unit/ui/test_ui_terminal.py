"""What does a person see of a command's events?"""

from io import StringIO

from rich.console import Console

from kubeship.model.changes import Action, Change, Changes, FieldChange
from kubeship.model.events import (
    Caution,
    Compared,
    Event,
    LeaseAwaited,
    Note,
    Pruned,
    RollingBack,
    RolloutFailed,
    Step,
)
from kubeship.model.objects import ObjectRef
from kubeship.model.verdict import Diagnosis
from kubeship.ui.terminal import TerminalPrinter


def printed(*events: Event, quiet: bool = False) -> str:
    console = Console(file=StringIO(), width=120)
    printer = TerminalPrinter(console, quiet)
    for event in events:
        printer(event)
    return str(console.file.getvalue())  # type: ignore[attr-defined]  # the StringIO above


def test_a_caution_that_comes_again_is_printed_once() -> None:
    warned = "the API server warns: it is deprecated"

    text = printed(Caution(warned, "use another"), Caution(warned), Caution("something else"))

    assert text.count(warned) == 1
    assert "use another" in text
    assert "something else" in text


def test_quiet_leaves_cautions() -> None:
    text = printed(Note("a decision"), Caution("look at this"), quiet=True)

    assert text == "! look at this\n"


def test_a_field_that_is_no_text_is_shown_as_it_could_stand_in_a_manifest() -> None:
    probe = FieldChange("spec.httpGet", None, {"path": "/grüße", "port": 8000})
    change = Change(ObjectRef("apps/v1", "Deployment", "shop", "web"), Action.UPDATE, (probe,))

    text = printed(Compared(Changes((change,))))

    assert 'spec.httpGet: (none) → {"path": "/grüße", "port": 8000}' in text


def changed(before: str, after: str) -> str:
    field = FieldChange("data[settings]", before, after)
    return printed(Compared(Changes((Change(ObjectRef("v1", "ConfigMap", "shop", "web"), Action.UPDATE, (field,)),))))


def test_of_a_text_of_many_lines_those_that_differ_are_shown() -> None:
    lines = [f"line {number}" for number in range(100)]

    text = changed("\n".join(lines), "\n".join([*lines[:50], "another", *lines[51:]]))

    assert "\n        -line 50\n        +another\n" in text
    assert "line 49" not in text
    assert "… and 60 more lines" in changed("\n", "\n" + "\n".join(lines))


def test_a_value_without_end_is_cut() -> None:
    assert "… (700000 characters)" in changed("a", "b" * 700_000)


def test_a_failure_is_told_before_the_way_back_begins() -> None:
    crash = Diagnosis("it crashes at start: KeyError: 'A'", "", "set A", subject="Deployment/web")

    text = printed(
        RolloutFailed(7, (crash,), (), (), ".kubeship/runs/production-7"),
        Step("Rolling back to revision 6"),
        RollingBack(7, 6),
    )

    assert text == "  ✗ Deployment/web: it crashes at start: KeyError: 'A'\n▸ Rolling back to revision 6\n"


def test_who_is_waited_for_and_what_went_is_named() -> None:
    service = ObjectRef("v1", "Service", "shop", "old")

    text = printed(LeaseAwaited("bob@ci:1 is deploying shop", "bob@ci:1", "", 60), Pruned((service,)))

    assert text == "  bob@ci:1 is deploying shop; waiting for its end, 60 s at most\n  - Service/old\n"
