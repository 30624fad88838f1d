"""Does init write what was found, and what it is told?"""

from dataclasses import replace

import pytest

from kubeship.config.draft import DraftOptions
from kubeship.config.file import parsed
from kubeship.errors import InvalidInput
from kubeship.model.origin import Found, Origin
from tests.unit.config.drafts import DJANGO, FLASK, NO_OPTIONS, again, first


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


def test_unknown_key_of_set_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"--set procesess\.web\.port: unknown key, did you mean processes"):
        first(FLASK, NO_OPTIONS, **{"procesess.web.port": 1})


def test_numbers_of_gunicorns_own_file_are_kept_and_computed_ones_said() -> None:
    def said(key: str, value: str) -> Found[tuple[str, str]]:
        return Found((key, value), (Origin("gunicorn.conf.py", 3, f"gunicorn's {key}"),))

    web = replace(FLASK.processes[0], numbers=(said("workers", ""), said("timeout", "120")))

    text = first(replace(FLASK, processes=(web,))).text

    assert "workers: 2  # gunicorn.conf.py, workers computed there; this is what fits a pod" in text
    assert "timeout: 120  # gunicorn.conf.py, gunicorn's timeout" in text
