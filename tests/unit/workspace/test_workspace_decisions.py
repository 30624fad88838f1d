"""Is a person's edit ever lost, and is what nobody edited kept current?"""

import pytest

from kubeship.workspace.decisions import Action, Decision, decide, hashes_after, sha256


@pytest.mark.parametrize(
    ("wanted", "present", "known", "action"),
    [
        ("new", None, None, Action.CREATE),
        ("new", None, "old", Action.CREATE),
        ("same", "same", None, Action.UNCHANGED),
        ("same", "same", "old", Action.UNCHANGED),
        ("new", "old", "old", Action.REPLACE),
        ("old", "edited", "old", Action.KEEP),
        ("new", "edited", "old", Action.CONFLICT),
        ("new", "foreign", None, Action.CONFLICT),
        (None, "old", "old", Action.DELETE),
        (None, "edited", "old", Action.KEEP),
        (None, None, "old", Action.UNCHANGED),
    ],
)
def test_decision_for_every_state_of_a_file(
    wanted: str | None, present: str | None, known: str | None, action: Action
) -> None:
    path = "deploy/production/web-service.yaml"

    made = decide(
        {path: wanted} if wanted else {}, {path: present} if present else {}, {path: sha256(known)} if known else {}
    )

    assert made == (Decision(path, action, wanted),)


@pytest.mark.parametrize("path", ["Dockerfile", ".dockerignore"])
def test_file_that_projects_have_without_kubeship_is_kept(path: str) -> None:
    assert decide({path: "new"}, {path: "theirs"}, {})[0].action is Action.KEEP
    assert decide({path: "new"}, {path: "theirs"}, {}, force=True)[0].action is Action.KEEP
    assert decide({path: "new"}, {path: "edited"}, {path: sha256("old")})[0].action is Action.CONFLICT


def test_force_takes_the_new_text_in_a_conflict() -> None:
    made = decide({"a": "new"}, {"a": "edited"}, {"a": sha256("old")}, force=True)

    assert made[0].action is Action.REPLACE


def test_what_was_offered_once_is_not_offered_again() -> None:
    known = {"a": sha256("old")}
    present = {"a": "edited"}
    first = decide({"a": "new"}, present, known)

    second = decide({"a": "new"}, present, hashes_after(first, known))

    assert first[0].action is Action.CONFLICT
    assert second[0].action is Action.KEEP


def test_lock_forgets_what_is_gone_and_never_claims_what_is_foreign() -> None:
    wanted = {"Dockerfile": "new", "b": "b"}
    present = {"Dockerfile": "theirs", "c": "c", "d": "edited"}
    known = {"c": sha256("c"), "d": sha256("d"), "e": sha256("e"), "other": "1"}

    after = hashes_after(decide(wanted, present, {key: known[key] for key in "cde"}), known)

    assert after == {"b": sha256("b"), "d": sha256("d"), "other": "1"}
