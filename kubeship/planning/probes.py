"""How is a web process asked whether it started, is ready, and lives?"""

from kubeship.config.process_schema import Process
from kubeship.model.plan import ProbePlan

STARTUP_SECONDS = 60
"""Django with many apps imports for 10-20 s on a quarter of a CPU; three times that."""


def probe(process: Process) -> ProbePlan | None:
    """None for a process that doesn't listen.

    Kubelets send the pod's IP as Host, which ALLOWED_HOSTS refuses with 400, and plain HTTP, which SECURE_SSL_REDIRECT
    answers with 301 (docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts): both headers are set.
    """
    if process.kind != "web" or process.port is None:
        return None
    if process.health is None:
        return ProbePlan(None, process.port, (), STARTUP_SECONDS, startup_command=_any_answer(process.port))
    headers = (("Host", probed_host(process)), ("X-Forwarded-Proto", "https"))
    return ProbePlan(process.health.path, process.port, headers, STARTUP_SECONDS)


def _any_answer(port: int) -> tuple[str, ...]:
    """Succeeds on an answer of any status, which no probe of Kubernetes does.

    A TCP connection says little at the start: gunicorn listens before it forks (gunicorn/arbiter.py, start), so that
    the kernel takes connections for workers that fail to boot. The path is one that asks nothing of a database; every
    image that has Python has it as python3, also where a project's own Dockerfile takes it from Debian.
    """
    ask = f"c = http.client.HTTPConnection('127.0.0.1:{port}'); c.request('GET', '/healthz'); c.getresponse()"
    return ("python3", "-c", f"import http.client; {ask}")


def probed_host(process: Process) -> str:
    """The first host, as a request from outside would name it; `localhost` where there is none."""
    if not process.hosts:
        return "localhost"
    return process.hosts[0].replace("*", "www", 1)
