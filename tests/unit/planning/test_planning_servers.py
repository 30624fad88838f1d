"""Does each server get the command line, the versions and the time to stop that it needs?"""

import shlex

import pytest

from kubeship.config.file import parsed
from kubeship.config.lock import Lock
from kubeship.config.server import Server
from kubeship.errors import InvalidInput
from kubeship.model.plan import Plan, ProcessPlan
from kubeship.planning.plan import plan
from kubeship.planning.servers import SERVERS

PROJECT = """\
version: 1
name: shop
image: shop
python: "3.12"
dependencies: {manager: pip}
processes:
  web: {kind: web, port: 8000, PROCESS}
environments: {production: {namespace: shop}}
"""


def planned(process: str, lock: Lock | None = None, text: str = PROJECT) -> Plan:
    file = parsed(text.replace("PROCESS", process))
    configuration, target, name = file.configuration(None)
    return plan(configuration, target, name, lock or Lock(), file.image_configuration())


def web(process: str) -> ProcessPlan:
    return planned(process).processes[0]


@pytest.mark.parametrize(
    ("process", "command"),
    [
        (
            "entrypoint: 'main:make()', server: uvicorn",
            "uvicorn --host 0.0.0.0 --port 8000 --workers 1 --timeout-graceful-shutdown 30 --timeout-keep-alive 95"
            " --proxy-headers --forwarded-allow-ips '*' --factory main:make",
        ),
        (
            "entrypoint: 'main:make(1)', server: gunicorn, interface: asgi, workers: 3",
            "gunicorn --bind 0.0.0.0:8000 --workers 3 --worker-class uvicorn_worker.UvicornWorker --timeout 30"
            " --graceful-timeout 30 --keep-alive 95 --worker-tmp-dir /dev/shm --access-logfile -"
            " --forwarded-allow-ips '*' 'main:make(1)'",
        ),
        (
            "entrypoint: 'main:app', server: gunicorn, worker_class: gevent, options: --max-requests 1000 --preload",
            "gunicorn --bind 0.0.0.0:8000 --workers 2 --worker-class gevent --timeout 30 --graceful-timeout 30"
            " --keep-alive 95 --worker-tmp-dir /dev/shm --access-logfile - --forwarded-allow-ips '*'"
            " --max-requests 1000 --preload main:app",
        ),
        (
            "entrypoint: production.ini, server: gunicorn",
            "gunicorn --bind 0.0.0.0:8000 --workers 2 --threads 4 --timeout 30 --graceful-timeout 30 --keep-alive 95"
            " --worker-tmp-dir /dev/shm --access-logfile - --forwarded-allow-ips '*' --paste production.ini",
        ),
        (
            "entrypoint: 'main:make(1)', server: hypercorn",
            "hypercorn --bind 0.0.0.0:8000 --workers 1 --worker-class asyncio --graceful-timeout 30 --keep-alive 95"
            " --access-logfile - --error-logfile - 'main:make(1)'",
        ),
        (
            "entrypoint: 'main:make()', server: granian, timeout: 9",
            "granian --interface wsgi --host 0.0.0.0 --port 8000 --workers 2 --blocking-threads 4"
            " --workers-kill-timeout 9 --access-log --factory main:make",
        ),
        (
            "entrypoint: 'main:app', server: daphne",
            "daphne --bind 0.0.0.0 --port 8000 --access-log - --proxy-headers main:app",
        ),
    ],
)
def test_command_line_of_a_server(process: str, command: str) -> None:
    assert shlex.join(web(process).command) == command


@pytest.mark.parametrize(
    ("process", "words"),
    [
        ("entrypoint: 'main:make(1)', server: uvicorn", "calls a factory without arguments only"),
        ("entrypoint: 'main:make()', server: daphne", "calls no factory"),
        ("entrypoint: 'main:app', server: uvicorn, interface: wsgi", "uvicorn serves ASGI, and this is WSGI"),
        ("entrypoint: 'main:app', server: waitress, interface: asgi", "waitress serves WSGI, and this is ASGI"),
    ],
)
def test_what_a_server_cannot_load_is_refused_with_its_place(process: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as raised:
        web(process)

    assert "processes.web.entrypoint" in raised.value.message
    assert "processes.web.server" in raised.value.hint


@pytest.mark.parametrize(
    ("server", "pre_stop", "grace"),
    [
        ("gunicorn", 5, 30),
        ("uvicorn", 5, 30),
        ("hypercorn", 5, 30),
        ("granian", 5, 30),
        ("uwsgi", 5, 30),
        ("waitress", 25, 30),
        ("daphne", 25, 30),
        ("mod_wsgi", 25, 30),
    ],
)
def test_requests_in_flight_get_their_time_from_the_server_or_before_it_is_told_to_stop(
    server: str, pre_stop: int, grace: int
) -> None:
    found = web(f"entrypoint: 'main:app', server: {server}, timeout: 20")

    assert (found.pre_stop_seconds, found.grace_seconds) == (pre_stop, grace)


def test_image_gets_what_kubeship_adds_and_what_compiling_it_needs() -> None:
    lock = Lock(servers={"uwsgi": "2.0.31", "gevent": "1"})
    image = planned("entrypoint: 'main:app', server: uwsgi", lock).dockerfile

    assert image and image.server_requirement == "uwsgi==2.0.31"
    assert image.build_packages == ("gcc", "libc6-dev")


@pytest.mark.parametrize("server", SERVERS.values(), ids=lambda server: server.name)
def test_every_server_has_a_version_for_each_python(server: Server) -> None:
    pins = (*server.pins, *server.companions, *server.asgi_pins, *server.websocket_pins)

    for pin in pins:
        versions = [pin.version(python) for python in ("3.14", "3.12", "3.9", "3.8")]
        assert versions[0] == next(iter(pin.versions.values()))
        assert versions == sorted(
            versions, key=lambda version: [int(part) for part in version.split(".")], reverse=True
        )


@pytest.mark.parametrize(
    ("health", "expected"),
    [
        ("{grpc: true}", (None, "", ())),
        ("{grpc: shop.Orders}", (None, "shop.Orders", ())),
        ("{tcp: true}", (None, None, ())),
        ("{command: python alive.py}", (None, None, ("python", "alive.py"))),
    ],
)
def test_probe_asks_what_the_process_speaks(health: str, expected: tuple[object, ...]) -> None:
    probe = web(f"command: python serve.py, health: {health}").probe

    assert probe and (probe.path, probe.grpc, probe.command) == expected
    assert probe.startup_command == ()


def test_worker_is_asked_by_a_command_alone() -> None:
    text = PROJECT.replace("web: {kind: web, port: 8000, PROCESS}", "jobs: {kind: worker, command: run, PROCESS}")

    probe = planned("health: {command: celery inspect ping}", text=text).processes[0].probe

    assert probe and (probe.port, probe.command) == (0, ("celery", "inspect", "ping"))
    with pytest.raises(InvalidInput, match=r"health\.command at most"):
        planned("health: {path: /up}", text=text)


@pytest.mark.parametrize(
    ("command", "interrupted"),
    [("huey_consumer shop.huey", True), ("python manage.py run_huey", True), ("rq worker", False)],
)
def test_worker_that_drops_its_task_on_sigterm_is_interrupted(command: str, interrupted: bool) -> None:
    text = PROJECT.replace("web: {kind: web, port: 8000, PROCESS}", "jobs: {kind: worker, command: PROCESS}")

    jobs = planned(command, text=text).processes[0]

    assert bool(jobs.pre_stop_command) == interrupted
    assert jobs.grace_seconds == 60


@pytest.mark.parametrize("server", ["nginx", "apache", "lighttpd"])
def test_static_server_stands_in_front_of_the_web_process(server: str) -> None:
    text = PROJECT.replace("environments:", f"static: {{server: {server}, url: /assets, body: 2m}}\nenvironments:")
    made = planned("entrypoint: 'main:app', server: gunicorn, timeout: 90", text=text)

    static = made.processes[0].static
    assert static and (static.port, static.upstream, static.read_timeout) == (8080, 8000, 95)
    assert [(folder.url, folder.root) for folder in static.folders] == [("/assets/", "/app/staticfiles/")]
    assert static.body_bytes == 2 * 1024 * 1024
    assert made.dockerfile and set(made.dockerfile.runtime_packages) & {"nginx", "apache2-bin", "lighttpd"}
    assert server in made.reasons["static"]


def test_static_folder_that_breaks_out_of_a_configuration_is_refused() -> None:
    text = PROJECT.replace("environments:", "static: {server: nginx, root: 'a; }'}\nenvironments:")

    with pytest.raises(InvalidInput, match=r"static\.root: expected a directory"):
        planned("entrypoint: 'main:app', server: gunicorn", text=text)


def test_gunicorn_is_the_last_that_has_the_projects_worker_class() -> None:
    gunicorn = SERVERS["gunicorn"]

    assert [(pin.distribution, pin.version("3.13")) for pin in gunicorn.own_pins("eventlet")] == [
        ("gunicorn", "25.3.0")
    ]
    assert gunicorn.own_pins("gevent") == gunicorn.own_pins(None) == gunicorn.pins


@pytest.mark.parametrize(
    ("server", "lock", "option", "given"),
    [
        ("uvicorn", Lock(), "--timeout-graceful-shutdown", True),
        ("uvicorn", Lock(brought={"uvicorn": "0.21.1"}), "--timeout-graceful-shutdown", False),
        ("uvicorn", Lock(brought={"uvicorn": "0.22.0"}), "--timeout-graceful-shutdown", True),
        ("gunicorn", Lock(), "--no-control-socket", False),
        ("gunicorn", Lock(servers={"gunicorn": "23.0.0"}), "--no-control-socket", False),
        ("gunicorn", Lock(servers={"gunicorn": "27.0.1"}), "--no-control-socket", True),
        ("gunicorn", Lock(brought={"gunicorn": "25.1.0b2"}), "--no-control-socket", True),
    ],
)
def test_an_option_is_given_to_the_releases_of_a_server_that_know_it(
    server: str, lock: Lock, option: str, given: bool
) -> None:
    process = planned(f"entrypoint: 'main:app', interface: asgi, server: {server}", lock).processes[0]

    assert (option in process.command) is given
