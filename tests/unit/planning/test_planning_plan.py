"""Does a configuration become the Plan that an expert would have written?"""

import shlex
import socket
import subprocess
import sys

import pytest

from kubeship.config.file import parsed
from kubeship.config.lock import Lock, LockedFinding
from kubeship.errors import InvalidInput
from kubeship.model.plan import IngressPlan, Plan, ProbePlan, SecretKey
from kubeship.planning.commands import exec_form
from kubeship.planning.plan import plan

SHOP = """\
version: 1
name: shop
image: registry.example.com/team/shop
python: "3.12"
dependencies: {manager: pip, files: [requirements.txt, base.txt], hashes: true}
system_packages: {build: [libpq-dev], runtime: [libpq5]}
build: {steps: [python manage.py collectstatic --noinput], variables: {SECRET_KEY: build-only}}
processes:
  web:
    kind: web
    entrypoint: shop.wsgi:application
    server: gunicorn
    timeout: 20
    port: 8080
    health: {path: /healthz}
    hosts: [shop.example.com, www.example.com]
    replicas: {min: 3, max: 6}
    resources: {cpu: 250m, memory: 512Mi}
  worker: {kind: worker, command: celery -A shop worker}
  beat: {kind: singleton, command: celery -A shop beat}
  nightly: {kind: cron, command: python manage.py clearsessions, schedule: "0 3 * * *"}
release: [{command: python manage.py migrate --noinput}, {command: ./seed.sh && echo done, rollback: never}]
variables: {DJANGO_SETTINGS_MODULE: shop.settings, MODE: live}
secrets: {from: shop, keys: [SECRET_KEY]}
ingress: {class: traefik, tls: shop-tls}
image_pull_secrets: [registry]
environments:
  production: {namespace: shop}
  staging: {namespace: shop-staging, processes: {web: {replicas: 1, workers: 1}}, variables: {MODE: test}}
"""
LOCK = Lock(bases={"python:3.12-slim": "sha256:abc"}, servers={"gunicorn": "27.0.1"})


def planned(text: str = SHOP, environment: str = "production", lock: Lock = LOCK) -> Plan:
    file = parsed(text)
    configuration, target, name = file.configuration(environment)
    return plan(configuration, target, name, lock, file.image_configuration())


def test_web_process_runs_gunicorn_in_exec_form() -> None:
    web = planned().processes[0]

    assert shlex.join(web.command) == (
        "gunicorn --bind 0.0.0.0:8080 --workers 2 --threads 4 --timeout 20 --graceful-timeout 20"
        " --keep-alive 95 --worker-tmp-dir /dev/shm --access-logfile - --forwarded-allow-ips '*' --no-control-socket"
        " shop.wsgi:application"
    )
    assert (web.full_name, web.interface, web.port, web.replicas) == ("shop-web", "wsgi", 8080, 3)
    assert (web.cpu, web.memory) == ("250m", "512Mi")


def test_gunicorn_of_the_project_may_not_know_the_control_socket() -> None:
    plan_of_own = planned(lock=Lock())

    assert "--no-control-socket" not in plan_of_own.processes[0].command
    assert plan_of_own.dockerfile and plan_of_own.dockerfile.server_requirement is None


def test_probe_asks_as_a_request_from_outside_would() -> None:
    web = planned().processes[0]

    assert web.probe == ProbePlan("/healthz", 8080, (("Host", "shop.example.com"), ("X-Forwarded-Proto", "https")), 60)


def test_probe_without_hosts_asks_localhost() -> None:
    web = planned(SHOP.replace("    hosts: [shop.example.com, www.example.com]\n", "")).processes[0]

    assert web.probe and web.probe.headers[0] == ("Host", "localhost")
    assert web.ingress is None


def test_probe_of_a_wildcard_host_names_a_real_one() -> None:
    web = planned(SHOP.replace("[shop.example.com, ", "['*.example.com', ")).processes[0]

    assert web.probe and web.probe.headers[0] == ("Host", "www.example.com")


def test_without_a_health_route_any_answer_counts_as_started() -> None:
    made = planned(SHOP.replace("    health: {path: /healthz}\n", ""))

    probe = made.processes[0].probe
    assert probe and probe.path is None
    assert made.reasons["processes.web.probe"].startswith("no health route is known, so any answer counts")


@pytest.mark.parametrize(("answers", "code"), [(b"HTTP/1.0 404 Not Found\r\n\r\n", 0), (b"", 1)])
def test_a_worker_that_answers_has_started_and_an_open_port_alone_has_not(answers: bytes, code: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        probe = (
            planned(SHOP.replace("    health: {path: /healthz}\n", "").replace("8080", str(port))).processes[0].probe
        )
        assert probe
        asking = subprocess.Popen((sys.executable, *probe.startup_command[1:]), stderr=subprocess.DEVNULL)
        connection, _ = server.accept()
        connection.recv(4096)
        connection.sendall(answers)
        connection.close()

        assert asking.wait(10) == code


def test_grace_is_longer_than_pre_stop_and_the_servers_patience() -> None:
    web = planned().processes[0]

    assert web.pre_stop_seconds == 5
    assert web.grace_seconds == 30


def test_ingress_has_all_hosts_class_and_tls() -> None:
    assert planned().processes[0].ingress == IngressPlan(("shop.example.com", "www.example.com"), "traefik", "shop-tls")


def test_other_processes_neither_listen_nor_are_probed() -> None:
    _, worker, beat, nightly = planned().processes

    assert (worker.command, worker.probe, worker.port) == (("celery", "-A", "shop", "worker"), None, None)
    assert (worker.replicas, beat.replicas) == (2, 1)
    assert worker.pre_stop_seconds == 0
    assert nightly.schedule == "0 3 * * *"


def test_singleton_never_runs_twice() -> None:
    made = planned(SHOP.replace("celery -A shop beat", "celery -A shop beat, replicas: 4"))

    assert made.processes[2].replicas == 1


def test_release_steps_are_numbered_and_have_the_memory_of_the_web_process() -> None:
    first, second = planned().release

    assert (first.name, first.full_name, first.order, first.rollback) == ("release", "shop-release", 1, "safe")
    assert first.command == ("python", "manage.py", "migrate", "--noinput")
    assert (second.name, second.order, second.rollback) == ("release-2", 2, "never")
    assert second.command == ("sh", "-c", "./seed.sh && echo done")
    assert first.memory == "512Mi"


def test_image_is_pinned_and_installs_what_the_project_says() -> None:
    image = planned().dockerfile

    assert image
    assert image.base == "python:3.12-slim@sha256:abc"
    assert image.server_requirement == "gunicorn==27.0.1"
    assert image.dependency_files == ("requirements.txt", "base.txt")
    assert image.require_hashes
    assert (image.build_packages, image.runtime_packages) == (("libpq-dev",), ("libpq5",))
    assert image.step_variables["SECRET_KEY"] == "build-only"
    assert image.step_variables["DJANGO_SETTINGS_MODULE"] == "shop.settings"
    assert image.variables == {"DJANGO_SETTINGS_MODULE": "shop.settings"}
    assert (image.user, image.port) == (10001, 8080)


def test_image_is_the_same_for_every_environment() -> None:
    production, staging = planned(environment="production"), planned(environment="staging")

    assert production.dockerfile == staging.dockerfile
    assert staging.processes[0].command != production.processes[0].command
    assert staging.variables["MODE"] == "test"


def test_own_dockerfile_is_left_alone() -> None:
    made = planned(SHOP.replace("build: {", "build: {dockerfile: docker/Dockerfile, "))

    assert made.dockerfile is None
    assert made.reasons["build.dockerfile"] == "the project keeps its own Dockerfile"


def test_base_without_a_pin_is_named_by_its_tag() -> None:
    made = planned(lock=Lock())

    assert made.dockerfile and made.dockerfile.base == "python:3.12-slim"


def test_reference_is_one_that_no_registry_holds() -> None:
    assert planned().reference == "registry.example.com/team/shop:set-by-deploy"


def test_reference_that_render_recorded_is_kept() -> None:
    lock = Lock(images={"production": "registry.example.com/team/shop@sha256:1"})

    assert planned(lock=lock).reference == "registry.example.com/team/shop@sha256:1"
    assert planned(environment="staging", lock=lock).reference == "registry.example.com/team/shop:set-by-deploy"


def test_secrets_pull_secrets_and_variables_are_carried_over() -> None:
    made = planned()

    assert made.secrets == (SecretKey("SECRET_KEY", "shop", "SECRET_KEY"),)
    assert made.image_pull_secrets == ("registry",)
    assert made.variables == {"DJANGO_SETTINGS_MODULE": "shop.settings", "MODE": "live"}


def test_port_is_set_for_a_command_that_asks_for_it() -> None:
    own = "    command: gunicorn shop.wsgi --bind 0.0.0.0:$PORT\n"
    made = planned(SHOP.replace("    entrypoint: shop.wsgi:application\n    server: gunicorn\n", own))

    assert made.processes[0].command == ("gunicorn", "shop.wsgi", "--bind", "0.0.0.0:8080")
    assert made.processes[0].variables == {"PORT": "8080"}


def test_own_server_is_run_by_python() -> None:
    own = "    entrypoint: serve.py\n    server: own-server\n"
    made = planned(SHOP.replace("    entrypoint: shop.wsgi:application\n    server: gunicorn\n", own))

    assert made.processes[0].command == ("python", "serve.py")
    assert made.processes[0].interface == "none"


def test_every_derived_number_has_a_reason() -> None:
    lock = Lock(found={"python": LockedFinding("3.12", ".python-version:1")}, servers=LOCK.servers)

    reasons = planned(lock=lock).reasons

    assert reasons["python"] == ".python-version:1"
    assert {
        "base",
        "processes.web.grace_seconds",
        "processes.web.pre_stop_seconds",
        "processes.web.probe",
        "processes.web.startup_seconds",
        "processes.web.threads",
        "processes.web.workers",
        "processes.beat.replicas",
        "server_requirement",
    } <= set(reasons)
    assert "processes.web.timeout" not in reasons


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("python manage.py migrate", ("python", "manage.py", "migrate")),
        ("celery -A 'my app' worker", ("celery", "-A", "my app", "worker")),
        ("celery -c $CONCURRENCY", ("sh", "-c", "exec celery -c $CONCURRENCY")),
        ("rm -f *.tmp", ("sh", "-c", "exec rm -f *.tmp")),
        ("a && b", ("sh", "-c", "a && b")),
        ("a | b", ("sh", "-c", "a | b")),
        ("a; b", ("sh", "-c", "a; b")),
        ("MODE=x run", ("sh", "-c", "MODE=x run")),
        ("cd app && run", ("sh", "-c", "cd app && run")),
        ("cd app", ("sh", "-c", "cd app")),
        ("run > out", ("sh", "-c", "run > out")),
    ],
)
def test_shell_is_used_only_where_one_is_needed(command: str, expected: tuple[str, ...]) -> None:
    assert exec_form(command, "processes.x.command") == expected


@pytest.mark.parametrize(
    ("command", "added"),
    [
        ("celery -A shop beat -l info", ("-s", "/tmp/celerybeat-schedule")),
        ("newrelic-admin run-program celery -A shop worker -B", ("-s", "/tmp/celerybeat-schedule")),
        ("celery -A shop beat -s /data/schedule", ()),
        ("celery -A shop beat --schedule=/data/schedule", ()),
        ("celery -A shop worker", ()),
        ("python beat.py beat", ()),
    ],
)
def test_beat_keeps_its_file_where_it_may_write(command: str, added: tuple[str, ...]) -> None:
    made = planned(SHOP.replace("celery -A shop beat", command))

    (beat,) = [process for process in made.processes if process.name == "beat"]
    assert beat.command == (*command.split(), *added)


@pytest.mark.parametrize(("command", "words"), [("say 'x", "no closing quotation"), ("  ", "is empty")])
def test_command_that_no_shell_reads_is_refused(command: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as caught:
        exec_form(command, "processes.x.command")

    assert "processes.x.command" in caught.value.message
