"""Does init again keep what people edited, follow the project in the rest, and change not one byte else?"""

from dataclasses import replace

import pytest

from kubeship.config.draft import DraftOptions, draft
from kubeship.config.file import parsed
from kubeship.config.lock import Lock
from kubeship.model.origin import Found, Origin
from kubeship.model.project import Project
from tests.unit.config.drafts import DJANGO, FLASK, NO_OPTIONS, SERVERS, WEB, WORKER, again, first


def test_pin_of_the_last_init_stays() -> None:
    written = draft(FLASK, {}, None, Lock(servers={"gunicorn": "26.0.0"}), NO_OPTIONS, servers=SERVERS)

    assert written.lock.servers == {"gunicorn": "26.0.0"}


def test_an_answer_stays_when_the_next_init_is_not_told_again() -> None:
    answered = replace(FLASK, python=Found("3.11", (Origin(reason="set by you"),)))
    told = first(answered, python="3.11")

    untold = again(FLASK, told.text, told.lock)

    assert parsed(untold.text).value("python") == "3.11"


@pytest.mark.parametrize("project", [FLASK, DJANGO])
def test_second_init_changes_nothing(project: Project) -> None:
    written = first(project)

    assert again(project, written.text, written.lock) == written


def test_unedited_value_follows_the_project_with_its_comment() -> None:
    written = first(FLASK)
    newer = replace(FLASK, python=Found("3.14", (Origin(".python-version", 1),)))

    updated = again(newer, written.text, written.lock)

    assert updated.text == written.text.replace('"3.13"  # runtime.txt', '"3.14"  # .python-version')
    assert updated.lock.found["python"].value == "3.14"


def test_edited_value_comment_and_formatting_stay() -> None:
    written = first(FLASK)
    mine = written.text.replace('python: "3.13"  # runtime.txt', "python:   '3.12'   # we need 3.12\n")
    newer = replace(FLASK, python=Found("3.14", (Origin(".python-version", 1),)))

    updated = again(newer, mine, written.lock)

    assert updated.text == mine
    assert again(newer, updated.text, updated.lock).text == mine


def test_edited_number_stays_while_the_finding_does() -> None:
    written = first(FLASK)
    mine = written.text.replace("replicas: 2  # one", "replicas: 3  # one")

    updated = again(FLASK, mine, written.lock)

    assert updated.text == mine


def test_new_finding_is_added_in_place() -> None:
    written = first(replace(DJANGO, release=(), processes=(WEB,)))

    updated = again(DJANGO, written.text, written.lock)

    assert updated.text == first(DJANGO).text


def test_finding_that_is_gone_is_removed_while_unedited() -> None:
    written = first(DJANGO)

    updated = again(replace(DJANGO, release=(), processes=(WEB,)), written.text, written.lock)

    assert parsed(updated.text).value("release") is None
    assert parsed(updated.text).value("processes.worker") is None


def test_process_that_somebody_added_to_stays_whole_when_it_is_gone_from_the_project() -> None:
    written = first(DJANGO)
    mine = written.text.replace("worker: {kind: worker,", "worker: {kind: worker, replicas: 5,")

    updated = again(replace(DJANGO, processes=(WEB,)), mine, written.lock)

    assert parsed(updated.text).value("processes.worker") == {
        "kind": "worker",
        "replicas": 5,
        "command": "celery -A shop worker",
    }


def test_what_somebody_removed_does_not_come_back() -> None:
    written = first(DJANGO)
    lines = written.text.splitlines(keepends=True)
    mine = "".join(line for line in lines if not line.startswith(("  worker:", "secrets:", "rollout:")))
    newer = replace(DJANGO, processes=(WEB, replace(WORKER, port=9000)))

    updated = again(newer, mine, written.lock)

    assert updated.text == mine
    assert again(newer, updated.text, updated.lock).text == mine


def test_renamed_environment_stays_the_only_one() -> None:
    written = first(FLASK)
    mine = written.text.replace("production: {", "live: {")

    updated = again(FLASK, mine, written.lock)

    assert updated.text == mine


def test_second_environment_gets_a_namespace_of_its_own() -> None:
    written = first(FLASK)

    updated = again(FLASK, written.text, written.lock, DraftOptions(environment="staging"))

    assert updated.text == f"{written.text}  staging: {{namespace: hello-staging}}\n"
    assert again(FLASK, updated.text, updated.lock).text == updated.text


def test_image_of_a_later_init_replaces_only_the_image() -> None:
    written = first(FLASK)

    updated = again(FLASK, written.text, written.lock, DraftOptions(image="registry.example.com/hello"))

    assert updated.text == written.text.replace("image: hello", "image: registry.example.com/hello")


def test_lost_lock_means_that_all_values_are_kept() -> None:
    written = first(FLASK)
    newer = replace(FLASK, python=Found("3.14"))

    updated = again(newer, written.text, Lock())

    assert updated.text == written.text
