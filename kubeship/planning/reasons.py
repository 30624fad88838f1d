"""Why is each derived value what it is? One sentence a path in kubeship.yaml, for `explain` and for readers."""

from collections.abc import Iterator

from kubeship.config.lock import Lock
from kubeship.config.pins import spoken
from kubeship.config.process_schema import Process
from kubeship.config.schema import Configuration
from kubeship.planning.added import pinned_server
from kubeship.planning.cluster_reasons import app_reasons, process_reasons
from kubeship.planning.image import base_image
from kubeship.planning.probes import SLOWER, STARTUP_SECONDS, probed_host, startup_seconds
from kubeship.planning.servers import SERVERS
from kubeship.planning.sizing import fitting
from kubeship.planning.static import front_process, static_packages
from kubeship.planning.stopping import drains


def reasons(configuration: Configuration, lock: Lock) -> dict[str, str]:
    """By path: what inspection found, where it still stands, and what planning derived."""
    found = {path: each.origin for path, each in lock.found.items() if each.origin}
    derived = dict(_image(configuration, lock))
    if configuration.static:
        packages = " and ".join(static_packages(configuration))
        gets = f"which gets Debian's {packages}"
        if configuration.build.dockerfile:
            gets = f"in which your Dockerfile has to install {packages}"
        derived["static"] = (
            f"{configuration.static.server} runs in the pod of {front_process(configuration)}, in front of it, from "
            f"the app's own image, {gets}: one image, with the files that it was built with"
        )
    derived.update(app_reasons(configuration))
    for name, process in configuration.processes.items():
        derived.update(_process(f"processes.{name}", process))
        derived.update(process_reasons(name, configuration))
    return dict(sorted({**found, **derived}.items()))


def _image(configuration: Configuration, lock: Lock) -> Iterator[tuple[str, str]]:
    if configuration.build.dockerfile is not None:
        yield "build.dockerfile", "the project keeps its own Dockerfile"
        return
    base = base_image(configuration.python)
    digest = lock.bases.get(base)
    yield "base", f"{base} is the official image; " + (f"pinned to {digest}" if digest else "no digest is pinned yet")
    pinned = pinned_server(configuration, lock)
    if pinned:
        yield "server_requirement", f"{pinned}: the project's own dependencies don't bring it"


def _process(path: str, process: Process) -> Iterator[tuple[str, str]]:
    server = SERVERS.get(process.server or "")
    if server and process.command is None:
        known = server.numbers.get(spoken(process, SERVERS))
        numbers = fitting(known, process) if known else None
        for key in ("workers", "threads") if numbers else ():
            if getattr(process, key) in {None, getattr(numbers, key)}:
                yield f"{path}.{key}", numbers.reason if numbers else ""
        if process.timeout in {None, server.timeout}:
            yield (
                f"{path}.timeout",
                "seconds that a request may take, and that stopping waits for",
            )
    if process.kind != "web":
        yield (
            f"{path}.grace_seconds",
            "what a worker gets to finish its task" if process.kind != "cron" else "the default",
        )
        if process.kind == "singleton":
            yield f"{path}.replicas", "a singleton never runs twice"
        return
    wait = "endpoints may send requests to a pod for some seconds after it was told to stop"
    if not drains(process):
        wait += f"; and {process.server} cuts running requests off when it is stopped, so they get their time before"
    yield f"{path}.pre_stop_seconds", wait
    yield f"{path}.grace_seconds", "preStop, the server's graceful timeout and 5 s to spare"
    measured = startup_seconds(process) > STARTUP_SECONDS
    usual = f"an import may take {STARTUP_SECONDS} s on a quarter of a CPU"
    yield f"{path}.startup_seconds", f"{SLOWER} times start_seconds: a pod has a part of a CPU" if measured else usual
    if process.health and process.health.command:
        yield f"{path}.probe", f"runs {process.health.command}"
    elif process.health and process.health.grpc:
        yield f"{path}.probe", "asks the gRPC health service (grpc.health.v1)"
    elif process.health and process.health.tcp:
        yield f"{path}.probe", "a TCP connection: the process doesn't speak HTTP"
    elif process.health:
        yield f"{path}.probe", f"asks {process.health.path} as {probed_host(process)} over https would"
    else:
        yield f"{path}.probe", "no health route is known, so any answer counts at the start, and then a TCP connection"
