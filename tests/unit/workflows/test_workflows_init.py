"""Does init keep in kubeship.lock what a later command needs: the index's answers, and the other candidates?"""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn, cast

import pytest

from kubeship.config.draft import DraftOptions
from kubeship.config.lock import load_lock
from kubeship.errors import VerificationFailed
from kubeship.model.image import BuiltImage, Promise
from kubeship.workflows.app import load_app
from kubeship.workflows.build import verify_image
from kubeship.workflows.init import Initialised, InitRequest, init, read_settings
from kubeship.workflows.ports import Engine
from kubeship.workflows.wheels import RecordedIndex
from tests.unit.workflows.conftest import FLASK, never, refuse

FITTING = "psycopg2-2.9.9-cp313-cp313-manylinux_2_17_x86_64.whl"
OTHER = "psycopg2-2.9.9-cp313-cp313-win_amd64.whl"


class KnownIndex:
    """An index that knows these wheels of whatever it is asked for."""

    def __init__(self, *wheels: str) -> None:
        self.known = wheels
        self.asked: list[str] = []

    def wheels(self, distribution: str, version: str) -> tuple[str, ...] | None:
        self.asked.append(distribution)
        return self.known


def started(root: Path, index: KnownIndex | None = None, *, check: bool = False) -> Initialised:
    return init(InitRequest(root, DraftOptions(), {}, check), refuse, never, never, index)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(FLASK)
    (tmp_path / "requirements.txt").write_text("flask==3.1.2\nlxml==6.0.2\n")
    return tmp_path


def test_the_answer_of_the_index_holds_offline_and_on_other_machines(shop: Path) -> None:
    first = started(shop, KnownIndex(OTHER))

    again, elsewhere = started(shop, check=True), started(shop, KnownIndex("lxml-6.0.2-py3-none-any.whl"), check=True)

    assert load_lock(shop / "kubeship.lock").wheels == {"flask==3.1.2": OTHER, "lxml==6.0.2": OTHER}
    assert first.project.system_packages.build
    assert [each.project.system_packages for each in (again, elsewhere)] == [first.project.system_packages] * 2
    assert (again.different, elsewhere.different) == (False, False)


def test_the_release_of_a_server_that_the_project_brings_is_recorded(shop: Path) -> None:
    (shop / "requirements.txt").write_text("flask==3.1.2\ngunicorn==20.1.0\n")

    started(shop)

    assert load_lock(shop / "kubeship.lock").brought == {"gunicorn": "20.1.0"}


def test_what_nobody_says_of_wheels_is_a_warning_that_names_the_distribution(shop: Path) -> None:
    said = [warning.message for warning in started(shop).project.warnings]

    assert ["lxml" in message and "wheels" in message for message in said] == [True]
    assert load_lock(shop / "kubeship.lock").wheels == {}


def test_only_wheels_that_some_target_takes_are_recorded() -> None:
    recorded = RecordedIndex({}, KnownIndex(OTHER, FITTING))

    assert recorded.wheels("psycopg2", "2.9.9") == (FITTING,)
    assert recorded.answers == {"psycopg2==2.9.9": FITTING}


def test_of_wheels_that_fit_nothing_one_is_recorded_since_there_is_something_to_compile() -> None:
    recorded = RecordedIndex({}, KnownIndex(OTHER))

    assert recorded.wheels("psycopg2", "2.9.9") == (OTHER,)
    assert recorded.wheels("psycopg2", "2.9.9") == (OTHER,)


def test_a_recorded_answer_is_not_asked_for_again() -> None:
    index = KnownIndex(FITTING)
    recorded = RecordedIndex({"psycopg2": "none"}, index)

    assert (recorded.wheels("psycopg2", ""), index.asked) == ((), [])


class Unproved:
    """An engine in whose image no entrypoint loads."""

    def __init__(self, last_words: str = "ImportError") -> None:
        self.last_words = last_words

    def verify(self, image: BuiltImage, promises: list[Promise], variables: dict[str, str]) -> NoReturn:
        raise VerificationFailed("app:app doesn't load", hint="look at it", details=self.last_words)


def test_a_failed_proof_names_the_other_candidates(shop: Path) -> None:
    (shop / "wsgi.py").write_text("from app import app\n")
    (shop / "Procfile").write_text("web: gunicorn wsgi:app\n")
    started(shop)
    app = load_app(shop, None)

    with pytest.raises(VerificationFailed) as raised:
        verify_image(app, cast("BuiltImage", SimpleNamespace()), cast("Engine", Unproved()), never)

    found, whence, others = (raised.value.details or "").splitlines()
    assert (found, "wsgi" in whence or "Procfile" in whence) == ("ImportError", True)
    assert others.startswith("other candidates: app:app (app.py:")


@pytest.mark.parametrize(
    ("last_words", "passes"),
    [
        (
            'OperationalError: connection to server at "localhost" (127.0.0.1), port 5432 failed: Connection refused',
            True,
        ),
        ("redis.exceptions.ConnectionError: Error -2 connecting to cache:6379. Name or service not known.", True),
        ('OperationalError: relation "users" does not exist', False),
        ("AttributeError: 'NoneType' object has no attribute '_instantiate_plugins'", False),
    ],
)
def test_an_app_that_asks_a_server_while_it_is_imported_is_left_to_the_rollout(
    project: Path, last_words: str, passes: bool
) -> None:
    app, image, said = load_app(project, None), cast("BuiltImage", SimpleNamespace()), list[Any]()
    engine = cast("Engine", Unproved(last_words))

    if passes:
        assert verify_image(app, image, engine, said.append) == ()
        assert "isn't proved" in said[-1].message
    else:
        with pytest.raises(VerificationFailed):
            verify_image(app, image, engine, said.append)


@pytest.mark.parametrize(
    ("last_words", "told"),
    [
        ("ValueError: SECRET_KEY must be changed in production", "SECRET_KEY"),
        (
            "ValidationError: 2 validation errors for Settings\nsecret_key\n  Value error, unsafe\nmail_token\n  x",
            "SECRET_KEY",
        ),
        ("ValueError: MY_SECRET_KEY must be changed in production", None),
        ("AttributeError: 'Settings' object has no attribute 'debug'", None),
    ],
)
def test_an_app_that_refuses_to_be_without_its_secret_is_left_to_the_rollout(
    project: Path, last_words: str, told: str | None
) -> None:
    edited = project / "kubeship.yaml"
    edited.write_text(edited.read_text() + "secrets: {from: shop, keys: [SECRET_KEY]}\n")
    app, image, said = load_app(project, None), cast("BuiltImage", SimpleNamespace()), list[Any]()
    engine = cast(
        "Engine",
        Unproved(f'Traceback (most recent call last):\n  File "/app/app.py", line 3, in <module>\n{last_words}'),
    )

    if told:
        assert verify_image(app, image, engine, said.append) == ()
        assert f"the Secret's {told}, and" in said[-1].message
    else:
        with pytest.raises(VerificationFailed):
            verify_image(app, image, engine, said.append)


def test_without_other_candidates_none_are_named(project: Path) -> None:
    app: Any = load_app(project, None)

    assert (app.lock.candidates, app.instead()) == ((), "")


def test_a_variables_value_is_text_whatever_yaml_takes_it_for() -> None:
    read = read_settings(["variables.RELEASE=3.10", "variables.DEBUG=off", "variables.NAME=null", "python=3.10"])

    assert read == {"variables.RELEASE": "3.10", "variables.DEBUG": "off", "variables.NAME": None, "python": 3.1}


def test_a_command_line_as_the_answer_to_what_is_served_is_a_command() -> None:
    read = read_settings(["processes.web.entrypoint=mlflow server --port 5000", "processes.api.entrypoint=a:b"])

    assert read == {"processes.web.command": "mlflow server --port 5000", "processes.api.entrypoint": "a:b"}


def test_a_command_that_kubeship_yaml_holds_answers_what_is_served(tmp_path: Path) -> None:
    (tmp_path / "flows.py").write_text("from prefect import flow\n\n\n@flow\ndef nightly(): ...\n")
    (tmp_path / "requirements.txt").write_text("prefect\n")
    answers = read_settings(["processes.flows.kind=worker", "processes.flows.command=prefect worker start --pool x"])
    init(InitRequest(tmp_path, DraftOptions(), answers), refuse, never, never)

    again = started(tmp_path, KnownIndex())

    assert not again.project.questions
    assert again.project.processes[0].name == "flows"
