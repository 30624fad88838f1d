"""How is a process asked whether it started, is ready, and lives?"""

from kubeship.config.process_schema import Health, Process
from kubeship.config.schema import Configuration
from kubeship.model.plan import ProbePlan
from kubeship.planning.commands import exec_form
from kubeship.planning.storage import recreated

STARTUP_SECONDS = 60
"""Django with many apps imports for 10-20 s on a quarter of a CPU; three times that."""
SLOWER = 6
"""How much longer than on a whole CPU, where it was measured, a start may take in a pod: a quarter of a CPU, busy."""
UNASKED_SECONDS = 5
"""How long a process that nothing asks must run before its pod counts: most that can't start end within these."""
COMMAND_PERIOD, COMMAND_TIMEOUT = 15, 10
"""Seconds: a command starts a program of its own each time, and Python's start alone takes one on a busy node."""


def probe(process: Process, path: str = "processes.web", python: bool = True) -> ProbePlan | None:
    """None for a process that doesn't listen and states no command.

    Kubelets send the pod's IP as Host, which ALLOWED_HOSTS refuses with 400, and plain HTTP, which SECURE_SSL_REDIRECT
    answers with 301 (docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts): both headers are set.
    `path` is where the process stands in kubeship.yaml; `python` whether the image holds one.
    """
    health = process.health
    if health and health.command:
        return _command(exec_form(health.command, f"{path}.health.command"), process)
    if process.kind != "web" or process.port is None:
        return None
    if health is None:
        return ProbePlan(
            None,
            process.port,
            (),
            startup_seconds(process),
            startup_command=_any_answer(process.port) if python else (),
        )
    if health.path is None:
        return ProbePlan(None, process.port, (), startup_seconds(process), grpc=_service(health))
    headers = (("Host", probed_host(process)), ("X-Forwarded-Proto", "https"))
    return ProbePlan(health.path, process.port, headers, startup_seconds(process))


def startup_seconds(process: Process) -> int:
    """How long a start may take before the container is restarted; never less than for one that nobody measured."""
    return max(STARTUP_SECONDS, SLOWER * (process.start_seconds or 0))


def _command(command: tuple[str, ...], process: Process) -> ProbePlan:
    return ProbePlan(
        None,
        process.port or 0,
        startup_seconds=startup_seconds(process),
        period=COMMAND_PERIOD,
        timeout=COMMAND_TIMEOUT,
        command=command,
    )


def _service(health: Health) -> str | None:
    """The service that the gRPC health protocol is asked for; empty for the server as a whole."""
    if health.grpc in {None, False}:
        return None
    return health.grpc if isinstance(health.grpc, str) else ""


def _any_answer(port: int) -> tuple[str, ...]:
    """Succeeds on an answer of any status, which no probe of Kubernetes does.

    A TCP connection says little at the start: gunicorn listens before it forks (gunicorn/arbiter.py, start), so that
    the kernel takes connections for workers that fail to boot. The path is one that asks nothing of a database; every
    image that has Python has it as python3, also where a project's own Dockerfile takes it from Debian.
    """
    ask = f"c = http.client.HTTPConnection('127.0.0.1:{port}'); c.request('GET', '/healthz'); c.getresponse()"
    return ("python3", "-c", f"import http.client; {ask}")


def min_ready_seconds(name: str, process: Process, configuration: Configuration) -> int:
    """0 where a probe tells when a pod is ready, or where no old pod is left that could stay.

    https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#min-ready-seconds
    """
    asked = probe(process, f"processes.{name}") is not None
    alone = process.kind in {"singleton", "cron"} or recreated(name, process, configuration)
    return 0 if asked or alone else UNASKED_SECONDS


def probed_host(process: Process) -> str:
    """The first host, as a request from outside would name it; `localhost` where there is none."""
    if not process.hosts:
        return "localhost"
    return process.hosts[0].replace("*", "www", 1)
