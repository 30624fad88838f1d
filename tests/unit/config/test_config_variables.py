"""Which variables must the Secret have, and what stands in for them while the image is built?"""

from dataclasses import replace

import pytest

from kubeship.config.file import parsed
from kubeship.model.origin import Found
from kubeship.model.project import Variable
from tests.unit.config.drafts import DJANGO, FLASK, NO_OPTIONS, again, first


@pytest.mark.parametrize(
    ("name", "services", "stand_in"),
    [
        ("API_TOKEN", (), "build-only"),
        ("DATABASE_URL", ("postgres",), "postgresql://build-only@localhost:5432/build-only"),
        ("DATABASE_URL", ("mysql",), "mysql://build-only@localhost:3306/build-only"),
        ("DATABASE_URL", (), "sqlite:///:memory:"),
        ("REDIS_URL", (), "redis://localhost:6379/0"),
        ("SENTRY_DSN", (), "https://build-only@localhost/1"),
        ("PAYMENT_URL", (), "http://localhost/build-only"),
    ],
)
def test_stand_in_is_valid_to_the_parser_that_reads_it(name: str, services: tuple[str, ...], stand_in: str) -> None:
    found = tuple(Found(service) for service in services)
    project = replace(FLASK, variables=(Variable(name, True, None, True),), services=found)

    written = first(project)

    assert parsed(written.text).value("build.variables") == {name: stand_in}


@pytest.mark.parametrize(
    ("variable", "services", "stands_in"),
    [
        (Variable("DATABASE_URL", False, None, True), ("postgres",), True),
        (Variable("DATABASE_URL", False, "sqlite:///x.db", True), ("postgres",), False),
        (Variable("SENTRY_DSN", False, None, True), ("postgres",), False),
        (Variable("ELASTICSEARCH_URL", False, None, True), ("elasticsearch",), False),
    ],
)
def test_a_services_address_without_a_default_has_a_stand_in_though_it_is_not_demanded(
    variable: Variable, services: tuple[str, ...], stands_in: bool
) -> None:
    found = tuple(Found(service) for service in services)

    written = first(replace(FLASK, variables=(variable,), services=found))

    assert (variable.name in (parsed(written.text).value("build.variables") or {})) is stands_in


@pytest.mark.parametrize(
    ("distributions", "stand_in"),
    [
        (("flask-sqlalchemy", "psycopg2"), "postgresql+psycopg2://build-only@localhost:5432/build-only"),
        (("asyncpg", "sqlalchemy"), "postgresql+asyncpg://build-only@localhost:5432/build-only"),
        (("django", "psycopg2", "sqlalchemy"), "postgresql://build-only@localhost:5432/build-only"),
        (("psycopg2",), "postgresql://build-only@localhost:5432/build-only"),
        (("asyncpg", "databases", "sqlalchemy"), "postgresql://build-only@localhost:5432/build-only"),
    ],
)
def test_stand_in_names_the_driver_where_sqlalchemy_would_load_another(
    distributions: tuple[str, ...], stand_in: str
) -> None:
    variables = (Variable("DATABASE_URL", True, None, True),)
    project = replace(FLASK, variables=variables, services=(Found("postgres"),), distributions=distributions)

    written = first(project)

    assert parsed(written.text).value("build.variables") == {"DATABASE_URL": stand_in}


def test_an_address_that_is_given_twice_is_demanded_twice_with_the_driver_of_each() -> None:
    variables = (Variable("POSTGRES_ASYNC_URL", False, None, True), Variable("POSTGRES_SYNC_URL", False, None, True))
    distributions = ("alembic", "asyncpg", "psycopg2-binary")
    project = replace(FLASK, variables=variables, services=(Found("postgres"),), distributions=distributions)

    written = parsed(first(project).text)

    assert written.value("secrets.keys") == ["POSTGRES_ASYNC_URL", "POSTGRES_SYNC_URL"]
    assert written.value("build.variables") == {
        "POSTGRES_ASYNC_URL": "postgresql+asyncpg://build-only@localhost:5432/build-only",
        "POSTGRES_SYNC_URL": "postgresql+psycopg2://build-only@localhost:5432/build-only",
    }


def test_what_is_named_after_the_app_is_what_it_signs_with() -> None:
    variables = tuple(Variable(name, False, None, True) for name in ("MAIL_SECRET", "MY_SHOP_SECRET"))
    project = replace(FLASK, name=Found("my-shop"), variables=variables)

    written = parsed(first(project).text)

    assert written.value("secrets.keys") == ["MY_SHOP_SECRET"]
    assert written.value("secrets.optional") == ["MAIL_SECRET"]


def test_of_a_services_variables_the_one_that_says_where_it_is_is_named() -> None:
    variables = (Variable("MEMCACHED_PASSWORD", False, None, True), Variable("MEMCACHED_SERVERS", False, None, False))
    project = replace(FLASK, variables=variables, services=(Found("memcached"),))

    assert parsed(first(project).text).value("services") == {"memcached": {"from": "MEMCACHED_SERVERS"}}


def test_only_secrets_that_the_app_cannot_do_without_are_demanded() -> None:
    names = (
        "DATABASE_URL",
        "DB_PASSWORD",
        "ELASTICSEARCH_URL",
        "REDIS_PASS",
        "S3_ACCESS_KEY",
        "SECRET_KEY",
        "SENTRY_DSN",
    )
    variables = tuple(Variable(name, False, None, True) for name in names)
    services = tuple(Found(name) for name in ("elasticsearch", "postgres"))
    demanding = (*variables, Variable("API_TOKEN", True, None, True))

    written = first(replace(FLASK, variables=demanding, services=services))

    file = parsed(written.text)
    assert file.value("secrets.keys") == ["DATABASE_URL", "DB_PASSWORD", "SECRET_KEY", "API_TOKEN"]
    assert file.value("secrets.optional") == ["ELASTICSEARCH_URL", "REDIS_PASS", "S3_ACCESS_KEY", "SENTRY_DSN"]


def test_a_secret_that_somebody_demands_is_not_optional_as_well() -> None:
    sentry = replace(DJANGO, variables=(*DJANGO.variables, Variable("SENTRY_DSN", False, None, True)))
    written = first(DJANGO)
    demanding = written.text.replace("keys: [SECRET_KEY, DATABASE_URL]", "keys: [DATABASE_URL, SECRET_KEY, SENTRY_DSN]")

    later = again(sentry, demanding, written.lock)

    assert later.text == demanding
    assert again(sentry, later.text, later.lock).text == demanding


def test_a_secret_that_an_answer_demands_is_not_optional_as_well() -> None:
    written = first(DJANGO, NO_OPTIONS, **{"secrets.keys": ["DATABASE_URL", "EMAIL_PASSWORD"]})

    file = parsed(written.text)
    assert file.value("secrets.keys") == ["DATABASE_URL", "EMAIL_PASSWORD"]
    assert file.value("secrets.optional") is None


def test_a_secret_that_the_code_now_demands_moves_while_unedited() -> None:
    demanding = tuple(replace(each, required=True) if each.secret else each for each in DJANGO.variables)
    written = first(DJANGO)

    file = parsed(again(replace(DJANGO, variables=demanding), written.text, written.lock).text)

    assert file.value("secrets.keys") == ["SECRET_KEY", "DATABASE_URL", "EMAIL_PASSWORD"]
    assert file.value("secrets.optional") is None


def test_a_service_is_where_its_address_says() -> None:
    variables = tuple(Variable(name, False, None, False) for name in ("S3_ACCESS_KEY", "S3_REGION", "S3_ENDPOINT"))

    written = first(replace(FLASK, variables=variables, services=(Found("s3"),)))

    assert parsed(written.text).value("services.s3.from") == "S3_ENDPOINT"
