"""Are crashes named for what they are, on a real cluster?"""

from dataclasses import replace
from typing import Any

import pytest

from kubeship.model.snapshot import Snapshot
from tests.e2e.failures.checks import assert_named, parameters, wanted
from tests.e2e.failures.rollouts import (
    Case,
    Watched,
    container,
    daemon_set,
    deployment,
    http_probe,
    job,
    job_failed,
    named,
    put,
    refused_by_kubelet,
    run_all,
    second_end,
    second_kill,
    server,
    stateful_set,
)
from tests.stack.addresses import Stack, load

pytestmark = pytest.mark.e2e

SOAK = {
    "bash-by-sh",
    "chained",
    "daemon-set",
    "deadline",
    "foreign-trace",
    "hidden-code",
    "json-log",
    "missing-program",
    "no-interpreter",
    "no-shell-command",
    "own-check",
    "permission",
    "port-taken",
    "read-only",
    "service-link",
    "sidecar",
    "unreachable-database",
}
"""Much like others."""

CHAINED = """
def settings():
    try:
        return {}["DATABASE_URL"]
    except KeyError as error:
        raise RuntimeError("no settings") from error
settings()
"""
LOCKED = """
import sqlite3
one = sqlite3.connect("/tmp/db", isolation_level=None); one.execute("create table t (a)")
one.execute("begin exclusive")
sqlite3.connect("/tmp/db", timeout=1).execute("insert into t values (1)")
"""
JSON_LOG = """
import json, sys, traceback
try:
    import nope
except ImportError:
    sys.exit(json.dumps({"level": "error", "exception": traceback.format_exc()}))
"""
PORT_TAKEN = """
import socket, sys
one = socket.create_server(("", 8000))
try:
    socket.create_server(("", 8000))
except OSError as error:
    sys.exit(f"[ERROR] connection to ('', 8000) failed: {error}")
"""
GO = """
import sys
sys.exit("panic: no such tenant\\n\\ngoroutine 1 [running]:\\n" + "main.run(0x0)\\n\\t/src/main.go:9 +0x1d\\n" * 20)
"""
UNREACHABLE = "import socket; socket.create_connection(('127.0.0.1', 5432))"
MIGRATING = "print('Applying shop.0002'); import time; time.sleep(600)"
SCRIPTS = named("v1", "ConfigMap", "scripts", data={"foreign": "\x7fELF of another machine\n", "crlf": "#!/bin/nope\n"})
MOUNT: dict[str, Any] = {"volumeMounts": [{"name": "scripts", "mountPath": "/scripts"}]}
VOLUME: dict[str, Any] = {"volumes": [{"name": "scripts", "configMap": {"name": "scripts", "defaultMode": 0o755}}]}


def cases(stack: Stack) -> list[Case]:
    def crash(name: str, script: str, cause: str, evidence: str, **more: object) -> Case:
        return Case(name, (deployment(container(stack, script, **more)),), cause, evidence, second_end)

    hook = {"postStart": {"exec": {"command": ["sh", "-c", "echo no such queue; exit 7"]}}}
    busy = {"resources": {"limits": {"memory": "32Mi"}}}
    ordinary = {"securityContext": {"runAsUser": 1000, "readOnlyRootFilesystem": True}}
    return [
        crash(
            "missing-import",
            "import yaml",
            "it can't import yaml",
            "ModuleNotFoundError: No module named 'yaml'",
        ),
        crash("chained", CHAINED, "RuntimeError: no settings", "RuntimeError: no settings"),
        crash(
            "missing-variable",
            "import os; os.environ['SECRET_KEY']",
            "needs the environment variable SECRET_KEY",
            "KeyError: 'SECRET_KEY'",
        ),
        crash(
            "own-check",
            "raise RuntimeError('STRIPE_KEY must be set')",
            "needs STRIPE_KEY, which is not set",
            "STRIPE_KEY must be set",
        ),
        crash(
            "bash-by-sh",
            "",
            "has a script that is written for bash",
            "source: not found",
            command=["sh", "-c", "source /tmp/settings"],
        ),
        crash("json-log", JSON_LOG, "it can't import nope", "No module named 'nope'"),
        crash("port-taken", PORT_TAKEN, "can't listen on its port, which something else", "Address already in use"),
        crash(
            "missing-program",
            "import subprocess; subprocess.run(['ffmpeg'])",
            "calls the program ffmpeg, which is not in the image",
            "'ffmpeg'",
        ),
        Case(
            "no-file",
            (deployment(container(stack, command=["python", "/srv/manage.py", "migrate"])),),
            "it has no file /srv/manage.py in the image",
            "can't open file",
            second_end,
        ),
        Case(
            "unreachable-database",
            (deployment(container(stack, UNREACHABLE)),),
            "it can't reach a server that it needs",
            "Connection refused",
            fourth_end,
        ),
        crash("ends", "print('done')", "ends by itself with exit code 0", "exit code 0"),
        crash("memory", "x = bytearray(200_000_000)", "more memory than its limit of 32Mi", "OOMKilled", **busy),
        crash(
            "read-only",
            "open('/var/cache/shop', 'w')",
            "opens or writes /var/cache/shop, that is read-only",
            "Read-only file system: '/var/cache/shop'",
            **ordinary,
        ),
        crash(
            "permission",
            "open('/srv/shop', 'w')",
            "opens or writes /srv/shop, without the permission",
            "Permission denied: '/srv/shop'",
            securityContext={"runAsUser": 1000},
        ),
        crash(
            "no-shell-command",
            "",
            "doesn't exist in the image",
            "gunicron: not found",
            command=["sh", "-c", "gunicron app"],
        ),
        crash("hook", "import time; time.sleep(600)", "its postStart hook fails", "exited with 7", lifecycle=hook),
        Case(
            "no-command",
            (deployment(container(stack, command=["gunicron", "app:app"])),),
            "the image has no command gunicron",
            "executable file not found",
            refused_by_kubelet,
        ),
        Case(
            "not-executable",
            (deployment(container(stack, command=["/etc/passwd"])),),
            "/etc/passwd can't be executed",
            "permission denied",
            refused_by_kubelet,
        ),
        Case(
            "foreign-binary",
            (deployment(container(stack, command=["/scripts/foreign"], **MOUNT), **VOLUME),),
            "built for another kind of processor",
            "exec format error",
            second_end,
            before=put(SCRIPTS),
        ),
        Case(
            "no-interpreter",
            (deployment(container(stack, command=["/scripts/crlf"], **MOUNT), **VOLUME),),
            "its interpreter doesn't exist",
            "no such file or directory",
            second_end,
            before=put(SCRIPTS),
        ),
        Case(
            "hidden-code",
            (deployment(container(stack, command=["python", "/scripts/app.py"], **MOUNT), **VOLUME),),
            "/scripts is the ConfigMap scripts, which has no such key and hides what the image has there",
            "can't open file",
            second_end,
            before=put(SCRIPTS),
        ),
        Case(
            "service-link",
            (deployment(container(stack, "import os; int(os.environ['REDIS_PORT'])")),),
            "for a setting, which Kubernetes puts into NAME_PORT",
            "tcp://",
            second_end,
            before=put(named("v1", "Service", "redis", spec={"ports": [{"port": 6379}]})),
        ),
        crash("foreign-trace", GO, "panic: no such tenant", "panic: no such tenant"),
        Case(
            "init",
            (deployment(container(stack), initContainers=[{**container(stack, "import nope"), "name": "prepare"}]),),
            "prepare crashes: it can't import nope",
            "No module named 'nope'",
            second_end,
        ),
        Case(
            "sidecar",
            (
                deployment(
                    container(stack),
                    initContainers=[{**container(stack, "print('bye')"), "name": "proxy", "restartPolicy": "Always"}],
                ),
            ),
            "proxy ends by itself",
            "exit code 0",
            second_end,
        ),
        Case(
            "stateful-set",
            (stateful_set(container(stack, "import nope")),),
            "it can't import nope",
            "No module named 'nope'",
            second_end,
        ),
        Case(
            "daemon-set",
            (daemon_set(container(stack, "import nope")),),
            "it can't import nope",
            "No module named 'nope'",
            second_end,
        ),
        Case(
            "liveness",
            (
                deployment(
                    container(
                        stack,
                        server("time.sleep(9)"),
                        livenessProbe=http_probe(failures=2),
                        readinessProbe=http_probe(failures=2),
                    )
                ),
            ),
            "liveness probe (GET /healthz on port 8000): doesn't answer in time",
            "Liveness probe failed",
            second_kill,
        ),
        Case(
            "locked-database",
            (job(container(stack, LOCKED)),),
            "waits for a lock that something else holds",
            "database is locked",
            job_failed,
        ),
        Case(
            "deadline",
            (
                job(
                    container(stack, MIGRATING),
                    spec={"activeDeadlineSeconds": 4},
                ),
            ),
            "ended after 4 s, its activeDeadlineSeconds",
            "DeadlineExceeded",
            job_failed,
        ),
        Case(
            "long-job",
            (job(container(stack, MIGRATING)),),
            "still runs after",
            "Applying shop.0002",
            timeout=15,
        ),
    ]


def fourth_end(snapshot: Snapshot) -> str:
    """Of what may heal: a program that waits for its database by ending."""
    statuses = [each for pod in snapshot.pods for each in pod.get("status", {}).get("containerStatuses") or ()]
    return second_end(snapshot) if any(each.get("restartCount", 0) >= 3 for each in statuses) else ""


def patient(case: Case) -> Case:
    """Without a probe a pod is ready as soon as it runs, and on a crowded machine Python takes seconds to begin."""
    workloads = [
        each if each["kind"] == "Job" else {**each, "spec": {**each["spec"], "minReadySeconds": READY_SECONDS}}
        for each in case.objects
    ]
    return replace(case, objects=tuple(workloads))


READY_SECONDS = 90
"""Longer than any of these takes to crash twice."""

CASES = {case.name: patient(case) for case in cases(load())}


@pytest.fixture(scope="module")
def outcomes(stack: Stack, request: pytest.FixtureRequest) -> dict[str, Watched | BaseException]:
    return run_all(stack, wanted(request, list(CASES.values())))


@pytest.mark.parametrize("name", parameters(CASES, SOAK))
def test_crash_is_named(name: str, outcomes: dict[str, Watched | BaseException]) -> None:
    assert_named(CASES[name], outcomes[name])
