"""Does a failing probe's diagnosis say what was asked, what was answered and what to do, and not too early?"""

from dataclasses import replace

import pytest

from kubeship.model.objects import Object
from kubeship.model.snapshot import Snapshot
from kubeship.rollout.causes import conclude
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.pods import pod_snapshot
from tests.unit.rollout.builders import CRASH_LOOP, RUNNING, crash_looping, ended, event, rollout, status

HTTP = {"httpGet": {"path": "/healthz", "port": "http"}, "periodSeconds": 2, "failureThreshold": 30}
SPEC = {"ports": [{"name": "http", "containerPort": 8000}], "startupProbe": HTTP}
KILLED = event("Killing", "Container web failed startup probe, will be restarted")
REFUSED = 'Get "http://10.160.0.78:8000/healthz": dial tcp 10.160.0.78:8000: connect: connection refused'


def concluded(snapshot: Snapshot) -> Conclusion | None:
    return conclude(pod_snapshot(snapshot.pods[0], snapshot))


def unhealthy(kind: str, words: str, count: int = 1) -> Object:
    return event("Unhealthy", f"{kind} probe failed: {words}", count)


@pytest.mark.parametrize(
    ("words", "cause", "remedy"),
    [
        ("HTTP probe failed with statuscode: 404", "answers 404", "health: {path: ...}"),
        ("HTTP probe failed with statuscode: 400", "refuses the probe's Host", "ALLOWED_HOSTS"),
        ("HTTP probe failed with statuscode: 401", "wants a login (401)", "needs none"),
        ("HTTP probe failed with statuscode: 503", "answers 503", "log"),
        (REFUSED, "nothing listens there", "0.0.0.0"),
        (
            'Get "http://10.160.0.79:8000/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting '
            "headers)",
            "doesn't answer in time",
            "database",
        ),
        (
            'Get "https://10.160.0.82/healthz": dial tcp 10.160.0.82:443: connect: connection refused',
            "redirects the probe to https",
            "SECURE_PROXY_SSL_HEADER",
        ),
    ],
)
def test_startup_probe_for_which_the_kubelet_kills_is_certain(words: str, cause: str, remedy: str) -> None:
    conclusion = concluded(rollout(status(RUNNING), unhealthy("Startup", words, 30), KILLED, spec=SPEC))

    assert conclusion
    assert cause in conclusion.diagnosis.cause
    assert "startup probe (GET /healthz on port 8000)" in conclusion.diagnosis.cause
    assert remedy in conclusion.diagnosis.remedy
    assert conclusion.diagnosis.evidence == f"Startup probe failed: {words}"
    assert conclusion.diagnosis.rule == "the startup budget of 60 s passed"
    assert conclusion.certain


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("ConnectionRefusedError: [Errno 111] Connection refused", "nothing listens there"),
        ("http.client.RemoteDisconnected: Remote end closed connection without response", "closes the connection"),
        ('command timed out: "python -c ..." timed out after 2s', "doesn't answer in time"),
    ],
)
def test_command_that_asks_is_understood_by_the_last_line_it_wrote(words: str, cause: str) -> None:
    asking = {
        "startupProbe": {"exec": {"command": ["python", "-c", "..."]}, "periodSeconds": 2, "failureThreshold": 30}
    }
    wrote = words if words.startswith("command") else f'Traceback (most recent call last):\n  File "<string>"\n{words}'

    conclusion = concluded(rollout(status(RUNNING), unhealthy("Startup", wrote, 30), KILLED, spec=SPEC | asking))

    assert conclusion
    assert cause in conclusion.diagnosis.cause
    assert conclusion.diagnosis.evidence == f"Startup probe failed: {words}"


def test_command_that_asks_is_refused_while_the_program_listens_elsewhere() -> None:
    asking = {
        "startupProbe": {"exec": {"command": ["python", "-c", "..."]}, "periodSeconds": 2, "failureThreshold": 30},
        "readinessProbe": {"tcpSocket": {"port": "http"}},
    }
    log = "[2026-11-20 23:04:00 +0000] [1] [INFO] Listening at: http://0.0.0.0:5000 (1)"
    refused = unhealthy("Startup", "ConnectionRefusedError: [Errno 111] Connection refused", 30)

    conclusion = concluded(rollout(status(RUNNING), refused, KILLED, log=log, spec=SPEC | asking))

    assert conclusion
    assert "the probe ask 5000" in conclusion.diagnosis.remedy


def test_workers_that_are_killed_for_their_memory_are_named() -> None:
    log = "[2026-11-21 00:15:25 +0000] [1] [ERROR] Worker (pid:259) was sent SIGKILL! Perhaps out of memory?\n"
    silent = unhealthy("Startup", 'command timed out: "python -c ..." timed out after 2s', 30)

    conclusion = concluded(rollout(status(RUNNING), silent, KILLED, log=log, spec=SPEC))

    assert conclusion
    assert "workers that are killed" in conclusion.diagnosis.cause
    assert "memory" in conclusion.diagnosis.remedy


def test_long_command_of_a_probe_is_cut_in_its_cause() -> None:
    asking = {"startupProbe": {"exec": {"command": ["python", "-c", "import json; " * 9]}}}

    conclusion = concluded(rollout(status(RUNNING), unhealthy("Startup", "no", 30), KILLED, spec=SPEC | asking))

    assert conclusion
    assert "startup probe (python -c import json; import json; ...)" in conclusion.diagnosis.cause


def test_used_up_budget_is_seen_though_the_event_about_it_was_lost() -> None:
    after_62_seconds = ended(137, finished="2026-11-20T23:04:53Z")
    container = status(RUNNING, after_62_seconds, restarts=1)

    conclusion = concluded(rollout(container, unhealthy("Startup", REFUSED, 22), spec=SPEC))

    assert conclusion
    assert conclusion.certain


def test_kill_long_before_the_budget_is_not_the_probes() -> None:
    container = status(RUNNING, ended(137, finished="2026-11-20T23:04:11Z"), restarts=1)

    conclusion = concluded(rollout(container, unhealthy("Startup", REFUSED, 3), spec=SPEC))

    assert conclusion
    assert "SIGKILL" in conclusion.diagnosis.cause
    assert not conclusion.certain


def test_slow_start_within_its_budget_is_nothing_bad() -> None:
    assert concluded(rollout(status(RUNNING), unhealthy("Startup", REFUSED, 4), spec=SPEC)) is None


def test_answer_with_an_error_is_a_worry_from_the_first() -> None:
    answer = unhealthy("Startup", "HTTP probe failed with statuscode: 404")

    conclusion = concluded(rollout(status(RUNNING), answer, spec=SPEC))

    assert conclusion
    assert not conclusion.certain


def test_started_container_that_was_killed_earlier_is_not_doomed() -> None:
    container = status(RUNNING, ended(137), restarts=1, ready=True)

    assert concluded(rollout(container, unhealthy("Startup", REFUSED, 30), KILLED, spec=SPEC)) is None


@pytest.mark.parametrize(
    ("log", "cause"),
    [
        ("[INFO] Listening at: http://0.0.0.0:5000 (1)", "the program listens on port 5000"),
        (" * Running on http://127.0.0.1:8000", "listens on 127.0.0.1 only"),
        ("INFO:     Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)", "listens on 127.0.0.1 only"),
        ("Serving HTTP on 0.0.0.0 port 9000 (http://0.0.0.0:9000/) ...", "the program listens on port 9000"),
    ],
)
def test_place_where_the_program_says_it_listens_explains_a_refused_connection(log: str, cause: str) -> None:
    conclusion = concluded(rollout(status(RUNNING), unhealthy("Startup", REFUSED, 30), KILLED, spec=SPEC, log=log))

    assert conclusion
    assert cause in conclusion.diagnosis.cause


def test_a_program_that_says_that_it_listens_is_only_slow() -> None:
    line = "[INFO] Listening at: http://0.0.0.0:8000"
    log = f"{line}\n[INFO] Spawning worker-1 with PID: 7\n"

    conclusion = concluded(rollout(status(RUNNING), unhealthy("Startup", REFUSED, 30), KILLED, spec=SPEC, log=log))

    assert conclusion
    assert conclusion.diagnosis.cause.endswith("(connection refused), though its log says that it listens")
    assert "start_seconds" in conclusion.diagnosis.remedy
    assert conclusion.diagnosis.evidence.endswith(line)


def test_exception_behind_an_error_500_is_part_of_the_cause() -> None:
    log = (
        'Traceback (most recent call last):\n  File "/app/views.py", line 9, in health\n'
        "ModuleNotFoundError: No module named 'redis'\n"
    )
    answer = unhealthy("Readiness", "HTTP probe failed with statuscode: 500")

    conclusion = concluded(rollout(status(RUNNING), answer, spec={"readinessProbe": HTTP}, log=log))

    assert conclusion
    assert conclusion.diagnosis.cause.startswith("web fails: it can't import redis (views.py:9); its readiness probe")


def test_readiness_probe_is_never_certain() -> None:
    answer = unhealthy("Readiness", "HTTP probe failed with statuscode: 404", 25)

    conclusion = concluded(rollout(status(RUNNING), answer, spec={"readinessProbe": HTTP}))

    assert conclusion
    assert not conclusion.certain


@pytest.mark.parametrize(
    ("container", "certain"),
    [(status(CRASH_LOOP, ended(137), restarts=2), True), (status(RUNNING, ended(137), restarts=1), False)],
)
def test_liveness_probe_is_certain_by_the_rule_for_crashes(container: Object, certain: bool) -> None:
    killed = event("Killing", "Container web failed liveness probe, will be restarted")
    answer = unhealthy("Liveness", "HTTP probe failed with statuscode: 404", 4)

    conclusion = concluded(rollout(container, answer, killed, spec={"livenessProbe": HTTP}))

    assert conclusion
    assert conclusion.diagnosis.cause.startswith("web's liveness probe")
    assert conclusion.certain is certain


def test_crash_during_the_start_is_told_by_its_traceback_not_by_the_probe() -> None:
    log = 'Traceback (most recent call last):\n  File "/app/app.py", line 1, in <module>\nRuntimeError: no\n'

    conclusion = concluded(rollout(crash_looping(1), unhealthy("Startup", REFUSED, 6), spec=SPEC, log=log))

    assert conclusion
    assert conclusion.diagnosis.cause == "web crashes: RuntimeError: no (app.py:1)"


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (
            "error: this server does not implement the grpc health protocol (grpc.health.v1.Health): Method not found!",
            "has no gRPC health service",
        ),
        ('service unhealthy (responded with "NOT_SERVING")', "says by the gRPC health protocol that it doesn't serve"),
        (
            'Get "http://10.0.0.1:8000/": net/http: HTTP/1.x transport connection broken: malformed HTTP response '
            r'"\x00\x00\x06\x04\x00"',
            "speaks HTTP/2 without TLS",
        ),
        ('exec: "curl": executable file not found in $PATH', "has a command that the image doesn't have"),
    ],
)
def test_protocols_and_commands_that_do_not_fit_are_named(words: str, cause: str) -> None:
    conclusion = concluded(rollout(status(RUNNING), unhealthy("Startup", words, 30), KILLED, spec=SPEC))

    assert conclusion
    assert cause in conclusion.diagnosis.cause


def test_status_counts_more_than_the_silence_before_the_end() -> None:
    often = unhealthy("Startup", "HTTP probe failed with statuscode: 500", 20)
    late = {**unhealthy("Startup", "context deadline exceeded", 2), "lastTimestamp": "2026-11-20T23:04:59Z"}

    conclusion = concluded(rollout(status(RUNNING), often, late, KILLED, spec=SPEC))

    assert conclusion
    assert "answers 500" in conclusion.diagnosis.cause


def test_programs_own_log_tells_the_answer_where_the_kubelet_is_behind() -> None:
    log = 'INFO:     10.0.0.1:56296 - "GET /healthz HTTP/1.1" 404 Not Found\n'

    conclusion = concluded(rollout(status(RUNNING), KILLED, spec=SPEC, log=log))

    assert conclusion
    assert "answers 404" in conclusion.diagnosis.cause
    assert "GET /healthz HTTP/1.1" in conclusion.diagnosis.evidence


def test_server_on_a_unix_socket_is_named() -> None:
    log = "[2026-11-21 05:20:28 +0000] [1] [INFO] Listening at: unix:/tmp/app.sock (1)\n"

    conclusion = concluded(rollout(status(RUNNING), unhealthy("Startup", REFUSED, 30), KILLED, spec=SPEC, log=log))

    assert conclusion
    assert "listens on the socket /tmp/app.sock only" in conclusion.diagnosis.cause


@pytest.mark.parametrize("kind", ["startup", "readiness"])
def test_probe_whose_command_cannot_be_run_is_certain_at_the_third_attempt(kind: str) -> None:
    words = 'OCI runtime exec failed: exec failed: exec: "curl": executable file not found in $PATH: unknown'
    spec = {f"{kind}Probe": {"exec": {"command": ["curl", "-f", "http://localhost:8000/"]}}}

    def asked(count: int) -> Conclusion | None:
        errored = event(
            "Unhealthy", f"{kind.capitalize()} probe errored: rpc error: code = Unknown desc = {words}", count
        )
        return concluded(rollout(status(RUNNING), errored, spec=spec))

    second, third = asked(2), asked(3)

    assert second
    assert not second.certain
    assert third
    assert third.certain
    assert "has a command that the image doesn't have" in third.diagnosis.cause


PORT_NAME = 'strconv.Atoi: parsing "web": invalid syntax'


@pytest.mark.parametrize(("count", "certain"), [(2, False), (5, True)])
def test_probe_of_a_port_that_the_container_does_not_name_is_certain(count: int, certain: bool) -> None:
    probe = {"readinessProbe": {"httpGet": {"path": "/", "port": "web"}}}

    conclusion = concluded(rollout(status(RUNNING), unhealthy("Readiness", PORT_NAME, count), spec=probe))

    assert conclusion
    assert "asks for the port web, and no port of the container has that name" in conclusion.diagnosis.cause
    assert conclusion.certain is certain


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (
            'Get "https://10.0.0.9:8000/healthz": http: server gave HTTP response to HTTPS client',
            "speaks plain HTTP, and the probe asks by TLS",
        ),
        (
            'Get "https://10.0.0.9:8000/healthz": dial tcp 10.0.0.9:8000: connect: connection refused',
            "nothing listens there",
        ),
    ],
)
def test_probe_that_asks_by_tls_itself_was_not_redirected(words: str, cause: str) -> None:
    tls = {"startupProbe": {**HTTP, "httpGet": {**HTTP["httpGet"], "scheme": "HTTPS"}}}  # type: ignore[dict-item]

    conclusion = concluded(rollout(status(RUNNING), unhealthy("Startup", words, 30), KILLED, spec=SPEC | tls))

    assert conclusion
    assert cause in conclusion.diagnosis.cause


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ('timeout: failed to connect service "10.0.0.9:8000" within 1s: context deadline exceeded', "speaks gRPC"),
        ('command timed out: "sh -c sleep 5" timed out after 1s', "timeoutSeconds"),
    ],
)
def test_silence_has_a_remedy_by_the_way_of_asking(words: str, remedy: str) -> None:
    conclusion = concluded(rollout(status(RUNNING), unhealthy("Startup", words, 30), KILLED, spec=SPEC))

    assert conclusion
    assert remedy in conclusion.diagnosis.remedy


def test_where_the_kernel_says_it_listens_counts_more_than_what_else_fails() -> None:
    snapshot = rollout(
        status(RUNNING), unhealthy("Startup", REFUSED, 30), KILLED, spec=SPEC, log="cache: Connection refused\n"
    )
    sockets = {snapshot.pods[0]["metadata"]["name"]: "   1: 00000000:1388 00000000:0000 0A 0:0"}

    conclusion = concluded(replace(snapshot, sockets=sockets))

    assert conclusion
    assert "only port 5000 is listened on" in conclusion.diagnosis.cause
    assert "can't reach" not in conclusion.diagnosis.cause


def test_start_that_the_liveness_probe_cuts_off_is_told_to_have_a_startup_probe() -> None:
    spec = {"livenessProbe": {"httpGet": {"path": "/healthz", "port": 8000}}}

    conclusion = concluded(rollout(crash_looping(137), unhealthy("Liveness", REFUSED, 6), spec=spec))

    assert conclusion
    assert "had not come that far" in conclusion.diagnosis.cause
    assert "startupProbe" in conclusion.diagnosis.remedy


@pytest.mark.parametrize(
    ("host", "cause"),
    [("127.0.0.1", "asks 127.0.0.1, which for the kubelet is the node"), ("shop.example.com", "not the pod")],
)
def test_probe_that_asks_another_host_is_told_to_ask_the_pod(host: str, cause: str) -> None:
    probe = {"httpGet": {"path": "/", "port": 8000, "host": host}}
    words = f'Get "http://{host}:8000/": dial tcp {host}:8000: connect: connection refused'

    conclusion = concluded(
        rollout(status(RUNNING), unhealthy("Startup", words, 30), KILLED, spec={"startupProbe": probe})
    )

    assert conclusion
    assert cause in conclusion.diagnosis.cause
    assert conclusion.diagnosis.remedy.startswith("take `host` out of the probe")
    assert conclusion.certain


@pytest.mark.parametrize(
    ("probe", "failed", "why"),
    [
        ({"initialDelaySeconds": 600}, (), "first time 600 s after its start"),
        ({"successThreshold": 30, "periodSeconds": 5}, (), "30 times in a row (successThreshold), once in 5 s"),
        ({"periodSeconds": 120}, (unhealthy("Readiness", REFUSED),), "asked again only every 120 s"),
    ],
)
def test_probe_that_is_not_due_is_told_with_its_own_numbers(
    probe: Object, failed: tuple[Object, ...], why: str
) -> None:
    spec = {"readinessProbe": {"tcpSocket": {"port": 8000}, **probe}}

    conclusion = concluded(rollout(status(RUNNING), *failed, spec=spec))

    assert conclusion
    assert why in conclusion.diagnosis.cause
    assert not conclusion.certain


def test_probe_with_usual_numbers_is_not_called_late() -> None:
    spec = {"readinessProbe": {"tcpSocket": {"port": 8000}, "initialDelaySeconds": 5, "periodSeconds": 10}}

    assert concluded(rollout(status(RUNNING), spec=spec)) is None
