"""Does a diff read well in a pull request, whatever stands in it?"""

from kubeship.model.changes import Action, Change, Changes, Conflict, FieldChange
from kubeship.model.objects import ObjectRef
from kubeship.ui.markdown import LONGEST, markdown

WEB = ObjectRef("apps/v1", "Deployment", "", "shop-web")


def update(*fields: FieldChange, conflicts: tuple[Conflict, ...] = ()) -> Changes:
    return Changes((Change(WEB, Action.UPDATE, fields, conflicts),))


def test_objects_in_a_table_and_their_fields_as_a_diff() -> None:
    text = markdown(update(FieldChange("spec.replicas", 2, 3)), "kubeship diff")

    assert "| ~ | `Deployment/shop-web` | 1 field |" in text
    assert "```diff\n  spec.replicas\n- 2\n+ 3\n```" in text


def test_nothing_is_said_in_a_sentence() -> None:
    assert "Nothing would change." in markdown(Changes((Change(WEB, Action.UNCHANGED),)), "kubeship diff")


def test_no_value_breaks_out_of_its_block() -> None:
    text = markdown(update(FieldChange("data.x", None, "```\n</details>\n- a")), "kubeship diff")

    assert '````diff\n  data.x\n+ "```\\n</details>\\n- a"\n````' in text


def test_a_conflict_names_its_owner() -> None:
    conflict = Conflict("spec.replicas", "kubectl", "2026-11-20T23:03:55Z", 5, 2)

    text = markdown(update(FieldChange("spec.replicas", 5, 2), conflicts=(conflict,)), "kubeship diff")

    assert "! spec.replicas: 5, written by kubectl at 2026-11-20T23:03:55Z; this deploy has 2" in text


def test_what_is_too_long_for_a_comment_is_cut() -> None:
    many = Changes(tuple(Change(WEB, Action.UPDATE, (FieldChange("a", "x" * 300, "y" * 300),)) for _ in range(200)))

    text = markdown(many, "kubeship diff")

    assert len(text) < LONGEST + 200
    assert "run `kubeship diff`" in text
