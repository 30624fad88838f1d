"""What does a person see of a command's events?"""

from io import StringIO

from rich.console import Console

from kubeship.model.changes import Action, Change, Changes, FieldChange
from kubeship.model.events import Caution, Compared, Event, Note
from kubeship.model.objects import ObjectRef
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
