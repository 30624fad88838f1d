"""Does init write what was found, keep what people edited, and change not one byte the second time?"""

from dataclasses import replace
from typing import Any

import pytest

from kubeship.config.draft import Draft, DraftOptions, draft
from kubeship.config.file import parsed
from kubeship.config.lock import Lock
from kubeship.config.server import Numbers, Pin, Server
from kubeship.errors import InvalidInput
from kubeship.model.origin import Found, Origin
from kubeship.model.project import Command, Dependencies, ProcessFound, Project, SystemPackages, Variable

SERVERS = {
    "gunicorn": Server(
        "gunicorn",
        {"wsgi": Numbers(2, 4, "2 workers x 4 threads: I/O-bound")},
        command=lambda launch: ("gunicorn", launch.entrypoint),
        pins=(Pin("gunicorn", {"3.10": "27.0.1"}),),
    )
}
NO_OPTIONS = DraftOptions()
WEB = ProcessFound(
    "web",
    "web",
    "wsgi",
    "shop.wsgi:application",
    "gunicorn",
    port=8000,
    health=Found("/healthz", (Origin("shop/urls.py", 7),)),
    origins=(Origin("shop/wsgi.py", 16, "a django WSGIHandler"),),
)
WORKER = ProcessFound(
    "worker", "worker", "none", None, None, command="celery -A shop worker", origins=(Origin("Procfile", 2),)
)
FLASK = Project(
    name=Found("hello", (Origin(reason="the folder's name"),)),
    python=Found("3.13", (Origin("runtime.txt", 1),)),
    python_constraint="",
    dependencies=Found(Dependencies("pip", ("requirements.txt",)), (Origin("requirements.txt"),)),
    framework=Found("flask"),
    processes=(replace(WEB, entrypoint="app:app", health=None, origins=(Origin("app.py", 5, "a Flask"),)),),
    distributions=("flask",),
)
DJANGO = Project(
    name=Found("shop", (Origin("pyproject.toml", 2),)),
    python=Found("3.12", (Origin(".python-version", 1),)),
    python_constraint="",
    dependencies=Found(Dependencies("pip", ("requirements.txt",), hashes=True), (Origin("requirements.txt"),)),
    framework=Found("django"),
    processes=(WEB, WORKER),
    release=(Command("python manage.py migrate --noinput", (Origin("shop/models.py", 3, "has models"),)),),
    build_steps=(
        Command("python manage.py collectstatic --noinput", (Origin("shop/settings.py", 50, "STATIC_ROOT"),)),
    ),
    services=(Found("postgres", (Origin("requirements.txt", 3, "psycopg2"),)),),
    variables=(
        Variable("SECRET_KEY", True, None, True, (Origin("shop/settings.py", 10),)),
        Variable("DATABASE_URL", True, None, True, (Origin("shop/settings.py", 40),)),
        Variable("EMAIL_PASSWORD", False, "", True, (Origin("shop/settings.py", 44),)),
        Variable("REGION", True, None, False, (Origin("shop/settings.py", 41),)),
        Variable("ALLOWED_HOSTS", False, "localhost", False, (Origin("shop/settings.py", 12),)),
    ),
    settings=(Found(("DJANGO_SETTINGS_MODULE", "shop.settings"), (Origin("manage.py", 9),)),),
    system_packages=SystemPackages(
        (Found("libpq-dev", (Origin("requirements.txt", 3, "psycopg2 has no wheel"),)),),
        (Found("libpq5", (Origin("requirements.txt", 3, "psycopg2 has no wheel"),)),),
    ),
    distributions=("django", "gunicorn", "psycopg2"),
)


def first(project: Project, options: DraftOptions = NO_OPTIONS, **answers: Any) -> Draft:
    return draft(project, answers, None, Lock(), options, servers=SERVERS)


def again(project: Project, text: str, lock: Lock, options: DraftOptions = NO_OPTIONS, **answers: Any) -> Draft:
    return draft(project, answers, parsed(text), lock, options, servers=SERVERS)


def test_flask_project_becomes_a_short_file() -> None:
    written = first(FLASK)

    assert written.text == (
        "# What kubeship builds and runs. Written by kubeship init, yours to edit; "
        "comments say where a value was found.\n"
        "version: 1\n"
        "name: hello  # the folder's name\n"
        "image: hello\n"
        'python: "3.13"  # runtime.txt\n'
        "platform: linux/amd64\n"
        "dependencies: {manager: pip, files: [requirements.txt]}  # requirements.txt\n"
        "processes:\n"
        "  web:\n"
        "    kind: web\n"
        "    entrypoint: app:app  # app.py, a Flask\n"
        "    server: gunicorn  # added by kubeship, pinned in kubeship.lock\n"
        "    workers: 2  # 2 workers x 4 threads: I/O-bound\n"
        "    threads: 4\n"
        "    timeout: 30  # seconds\n"
        "    port: 8000\n"
        "    replicas: 2  # one may go while the other serves\n"
        "    resources: {cpu: 250m, memory: 256Mi}\n"
        "rollout: {timeout: 10m}\n"
        "environments:\n"
        "  production: {namespace: hello}\n"
    )
    assert written.lock.servers == {"gunicorn": "27.0.1"}
    assert written.lock.found["processes.web.entrypoint"].origin == "app.py:5, a Flask"


def test_django_project_gets_release_secrets_services_and_stand_ins() -> None:
    written = first(DJANGO)

    configuration, target, environment = parsed(written.text).configuration(None)
    assert [step.command for step in configuration.release] == ["python manage.py migrate --noinput"]
    assert configuration.secrets and configuration.secrets.source == "shop"
    assert configuration.secrets.keys == ["SECRET_KEY", "DATABASE_URL"]
    assert configuration.secrets.optional == ["EMAIL_PASSWORD"]
    assert configuration.services["postgres"].source == "DATABASE_URL"
    assert configuration.build.steps == ["python manage.py collectstatic --noinput"]
    assert configuration.build.variables["SECRET_KEY"] == "build-only"
    assert configuration.build.variables["DATABASE_URL"].startswith("postgresql://")
    assert set(configuration.build.variables) == {"SECRET_KEY", "DATABASE_URL"}
    assert configuration.variables == {"DJANGO_SETTINGS_MODULE": "shop.settings"}
    assert configuration.processes["worker"].command == "celery -A shop worker"
    assert configuration.dependencies.hashes
    assert (target.namespace, environment) == ("shop", "production")


def test_server_that_the_project_brings_is_not_pinned() -> None:
    assert first(DJANGO).lock.servers == {}


def test_nothing_is_added_to_a_dockerfile_of_the_projects_own() -> None:
    written = first(replace(DJANGO, dockerfile=Found("Dockerfile"), distributions=("django",)))

    assert written.lock.servers == {}
    assert "server: gunicorn  # which the Dockerfile must install" in written.text
    assert parsed(written.text).configuration(None)[0].build.steps == []


@pytest.mark.parametrize(
    ("command", "told"), [(None, ["have Dockerfile install gunicorn"]), ("gunicorn shop.wsgi", [])]
)
def test_server_that_a_kept_dockerfile_may_lack_is_a_caution(command: str | None, told: list[str]) -> None:
    started = replace(FLASK.processes[0], command=command)

    written = first(replace(FLASK, processes=(started,), dockerfile=Found("Dockerfile")))

    assert [c.hint.partition(",")[0] for c in written.cautions if c.hint and "install" in c.hint] == told


def test_pin_of_the_last_init_stays() -> None:
    written = draft(FLASK, {}, None, Lock(servers={"gunicorn": "26.0.0"}), NO_OPTIONS, servers=SERVERS)

    assert written.lock.servers == {"gunicorn": "26.0.0"}


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


def test_options_and_answers_win_over_findings() -> None:
    options = DraftOptions("registry.example.com/hello", "a.example.com", "apps", "live")

    written = first(FLASK, options, **{"processes.web.threads": 8, "ingress.class": "traefik", "python": 3.13})

    file = parsed(written.text)
    assert file.value("image") == "registry.example.com/hello"
    assert file.value("processes.web.hosts") == ["a.example.com"]
    assert file.value("environments") == {"live": {"namespace": "apps"}}
    assert file.value("processes.web.threads") == 8
    assert file.value("python") == "3.13"
    assert list(file.raw)[-3:] == ["ingress", "rollout", "environments"]
    assert again(FLASK, written.text, written.lock) == written


def test_an_answer_stays_when_the_next_init_is_not_told_again() -> None:
    answered = replace(FLASK, python=Found("3.11", (Origin(reason="set by you"),)))
    told = first(answered, python="3.11")

    untold = again(FLASK, told.text, told.lock)

    assert parsed(untold.text).value("python") == "3.11"


def test_unknown_key_of_set_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"--set procesess\.web\.port: unknown key, did you mean processes"):
        first(FLASK, NO_OPTIONS, **{"procesess.web.port": 1})


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


def test_numbers_of_gunicorns_own_file_are_kept_and_computed_ones_said() -> None:
    def said(key: str, value: str) -> Found[tuple[str, str]]:
        return Found((key, value), (Origin("gunicorn.conf.py", 3, f"gunicorn's {key}"),))

    web = replace(FLASK.processes[0], numbers=(said("workers", ""), said("timeout", "120")))

    text = first(replace(FLASK, processes=(web,))).text

    assert "workers: 2  # gunicorn.conf.py, workers computed there; this is what fits a pod" in text
    assert "timeout: 120  # gunicorn.conf.py, gunicorn's timeout" in text


def test_only_secrets_that_the_app_cannot_do_without_are_demanded() -> None:
    names = ("DATABASE_URL", "DB_PASSWORD", "ELASTICSEARCH_URL", "S3_ACCESS_KEY", "SECRET_KEY", "SENTRY_DSN")
    variables = tuple(Variable(name, False, None, True) for name in names)
    services = tuple(Found(name) for name in ("elasticsearch", "postgres"))
    demanding = (*variables, Variable("API_TOKEN", True, None, True))

    written = first(replace(FLASK, variables=demanding, services=services))

    file = parsed(written.text)
    assert file.value("secrets.keys") == ["DATABASE_URL", "DB_PASSWORD", "SECRET_KEY", "API_TOKEN"]
    assert file.value("secrets.optional") == ["ELASTICSEARCH_URL", "S3_ACCESS_KEY", "SENTRY_DSN"]


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
