"""Does every server answer, and finish the request in flight when it is stopped, as the pod would run and stop it?

Several servers stand in one project, and so in one image, each on a port of its own.
"""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.models.containers import Container

from kubeship import yaml_io
from tests.e2e.conftest import Kubectl, Ship
from tests.stack.addresses import Stack

pytestmark = pytest.mark.e2e

APP = """\
import asyncio
import time


def app(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        time.sleep(2)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["wsgi.url_scheme"].encode()]


def make_app():
    return app


async def asgi(scope, receive, send):
    if scope["type"] == "lifespan":
        while (await receive())["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    if scope["path"] == "/slow":
        await asyncio.sleep(2)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": scope["scheme"].encode()})


def make_asgi():
    return asgi
"""
CONFIGURATION = """\
version: 1
name: servers
image: REGISTRY/servers-test/app
python: "3.12"
dependencies: {manager: pip, files: [requirements.txt]}
processes:
PROCESSES
environments: {production: {namespace: NAMESPACE}}
"""


@dataclass(frozen=True)
class Case:
    """A server as kubeship.yaml names it."""

    name: str
    server: str
    interface: str
    entrypoint: str
    sees_https: bool = True
    """Whether it believes X-Forwarded-Proto by itself."""

    def written(self, port: int) -> str:
        return (
            f"  {self.name}: {{kind: web, interface: {self.interface}, entrypoint: {self.entrypoint}, "
            f"server: {self.server}, port: {port}, timeout: 20}}"
        )


QUICK = (
    Case("gunicorn", "gunicorn", "wsgi", "app:make_app()"),
    Case("gunicorn-asgi", "gunicorn", "asgi", "app:make_asgi()"),
    Case("uvicorn", "uvicorn", "asgi", "app:make_asgi()"),
    Case("hypercorn", "hypercorn", "asgi", "app:make_asgi()", sees_https=False),
    Case("granian", "granian", "wsgi", "app:make_app()", sees_https=False),
    Case("waitress", "waitress", "wsgi", "app:make_app()"),
)
OTHERS = (
    Case("daphne", "daphne", "asgi", "app:asgi"),
    Case("granian-asgi", "granian", "asgi", "app:make_asgi()", sees_https=False),
    Case("mod-wsgi", "mod_wsgi", "wsgi", "app:app"),
    Case("uwsgi", "uwsgi", "wsgi", "app:make_app()"),
)


@pytest.mark.parametrize("cases", [QUICK, pytest.param(OTHERS, marks=pytest.mark.soak)], ids=["quick", "others"])
def test_requests_in_flight_are_answered_and_every_server_ends_in_time(
    cases: tuple[Case, ...], tmp_path: Path, stack: Stack, kubectl: Kubectl
) -> None:
    ports = dict(zip(cases, free_ports(len(cases)), strict=True))
    ship = project(tmp_path, stack, kubectl.namespace, ports)
    image = ship("build", "--builder", "docker", "--json").lines[-1]["id"]

    with containers(ship, stack, image, cases) as running:
        results = at_once(lambda case: stopped(running[case], ports[case], pod_of(ship, case)), cases)

    for case, (before, during, code, seconds, log) in zip(cases, results, strict=True):
        told = f"{case.name}: {before}, {during}, exit code {code} after {seconds:.1f} s\n{log}"
        assert before == (200, "https" if case.sees_https else "http"), told
        assert during == before, told
        # uvicorn raises the signal again when it has stopped; the first process of a container may ignore it.
        assert code in {0, 143}, told


def project(folder: Path, stack: Stack, namespace: str, ports: dict[Case, int]) -> Ship:
    (folder / "app.py").write_text(APP)
    (folder / "requirements.txt").write_text("")
    processes = "\n".join(case.written(port) for case, port in ports.items())
    text = CONFIGURATION.replace("REGISTRY", stack.registry).replace("NAMESPACE", namespace)
    (folder / "kubeship.yaml").write_text(text.replace("PROCESSES", processes))
    ship = Ship(folder, stack, namespace)
    ship("init", "--set", f"processes.web.entrypoint={next(iter(ports)).entrypoint}")
    return ship


def pod_of(ship: Ship, case: Case) -> dict[str, Any]:
    text = (ship.project / f"deploy/production/{case.name}-deployment.yaml").read_text()
    pod: dict[str, Any] = yaml_io.load(text, case.name)["spec"]["template"]["spec"]
    return pod


@contextmanager
def containers(ship: Ship, stack: Stack, image: str, cases: tuple[Case, ...]) -> Iterator[dict[Case, Container]]:
    """Each server in a container of its own, restricted as in its pod."""
    client = docker.DockerClient(stack.docker_host)
    started: dict[Case, Container] = {}
    try:
        for case in cases:
            started[case] = client.containers.run(
                image,
                pod_of(ship, case)["containers"][0]["command"],
                detach=True,
                network_mode="host",
                read_only=True,
                tmpfs={"/tmp": "mode=1777,exec"},
                user="10001:10001",
                cap_drop=["ALL"],
            )
        yield started
    finally:
        for container in started.values():
            container.remove(force=True)
        client.close()


def stopped(container: Container, port: int, pod: dict[str, Any]) -> tuple[Any, Any, int, float, str]:
    """(first answer, answer that was in flight, exit code, seconds until it ended, its last words).

    The signal comes after preStop's sleep, during which a server that cuts requests off answers what it has begun.
    """
    before = soon(port)
    idle = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    idle.request("GET", "/")
    idle.getresponse().read()
    flight: list[Any] = []
    asking = threading.Thread(target=lambda: flight.append(ask(port, "/slow")))
    asking.start()
    sleeps = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    time.sleep(0.5 if sleeps <= 5 else 2.5)
    began = time.monotonic()
    container.kill("SIGTERM")
    asking.join()
    code = int(container.wait(timeout=pod["terminationGracePeriodSeconds"] - sleeps)["StatusCode"])
    return before, flight[0], code, time.monotonic() - began, container.logs(tail=15).decode(errors="replace")


def soon(port: int, seconds: float = 30) -> Any:
    end = time.monotonic() + seconds
    while True:
        found = ask(port, "/")
        if found[0] == 200 or time.monotonic() > end:
            return found
        time.sleep(0.1)


def ask(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        connection.request("GET", path, headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"})
        response = connection.getresponse()
        return response.status, response.read().decode()
    except (OSError, http.client.HTTPException) as error:
        return 0, repr(error)
    finally:
        connection.close()


def at_once(function: Any, cases: tuple[Case, ...]) -> list[Any]:
    results: dict[Case, Any] = {}
    threads = [
        threading.Thread(target=lambda case=case: results.setdefault(case, attempt(function, case))) for case in cases
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results[case] for case in cases]


def attempt(function: Any, case: Case) -> Any:
    try:
        return function(case)
    except Exception as error:
        return (0, ""), (0, ""), -1, 0.0, repr(error)


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("0.0.0.0", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
