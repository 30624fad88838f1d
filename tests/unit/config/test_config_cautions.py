"""Is a person told what no code says: values, hosts, routes, servers?"""

from dataclasses import replace

import pytest

from kubeship.config.draft import DraftOptions
from kubeship.config.file import parsed
from kubeship.model.origin import Found, Origin
from kubeship.model.project import Variable
from tests.unit.config.drafts import DJANGO, FLASK, NO_OPTIONS, WEB, again, first


@pytest.mark.parametrize(
    ("command", "told"), [(None, ["have Dockerfile install gunicorn"]), ("gunicorn shop.wsgi", [])]
)
def test_server_that_a_kept_dockerfile_may_lack_is_a_caution(command: str | None, told: list[str]) -> None:
    started = replace(FLASK.processes[0], command=command)

    written = first(replace(FLASK, processes=(started,), dockerfile=Found("Dockerfile")))

    assert [c.hint.partition(",")[0] for c in written.cautions if c.hint and "install" in c.hint] == told


def test_variable_that_nobody_knows_is_a_caution() -> None:
    written = first(DJANGO, DraftOptions(host="shop.example.com"))

    assert [caution.hint for caution in written.cautions] == [
        "set variables.REGION in kubeship.yaml",
        "add WhiteNoise to the app, or `static: {server: nginx, root: FOLDER}` to kubeship.yaml, FOLDER being where "
        "STATIC_ROOT is",
        "set variables.ALLOWED_HOSTS in kubeship.yaml to shop.example.com",
    ]
    assert "shop/settings.py:41" in written.cautions[0].message


def test_variable_that_is_set_is_no_caution() -> None:
    project = replace(DJANGO, distributions=(*DJANGO.distributions, "whitenoise"))
    written = first(project, DraftOptions(), **{"variables.REGION": "eu"})

    assert written.cautions == ()
    assert parsed(written.text).value("variables.REGION") == "eu"


@pytest.mark.parametrize(("default", "told"), [(None, True), ("localhost", False)])
def test_address_of_a_service_that_nobody_states_is_a_caution(default: str | None, told: bool) -> None:
    place = (Origin("shop/settings.py", 9),)
    names = ("DB_HOST", "DB_NAME", "REDIS_PORT")
    read = (*(Variable(n, False, default, False, place) for n in names), Variable("THEME", False, None, False, place))
    project = replace(DJANGO, variables=read, services=(Found("postgres"),))

    cautions = first(project).cautions
    answered = first(project, NO_OPTIONS, **{f"variables.{name}": "db" for name in names}).cautions

    said = [c.message for c in cautions if "DB_HOST, DB_NAME, REDIS_PORT (shop/settings.py:9)" in c.message]
    assert len(said) == int(told)
    assert not any("DB_HOST" in caution.message for caution in answered)


def test_web_process_without_a_health_route_is_a_caution_until_it_has_one() -> None:
    written = first(FLASK)
    told = first(FLASK, NO_OPTIONS, **{"processes.web.health.path": "/healthz"})

    assert "no health route was found for web" in written.cautions[0].message
    assert told.cautions == again(FLASK, told.text, told.lock).cautions == ()


@pytest.mark.parametrize(("server", "told"), [("hypercorn", True), ("granian", True), ("gunicorn", False)])
def test_server_that_takes_https_for_http_is_a_caution(server: str, told: bool) -> None:
    web = replace(FLASK.processes[0], server=server, health=WEB.health)

    cautions = first(replace(FLASK, processes=(web,))).cautions
    of_django = first(replace(FLASK, processes=(web,), framework=Found("django"))).cautions

    assert [server in caution.message for caution in cautions] == ([True] if told else [])
    assert of_django == ()
