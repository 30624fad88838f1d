"""Is a crash explained by what the process said and how it ended, and is one flaky start none?"""

from dataclasses import replace

import pytest

from kubeship.model.objects import Object
from kubeship.model.snapshot import Snapshot
from kubeship.rollout.causes import conclude
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.causes.crashes import out_of_memory
from kubeship.rollout.pods import pod_snapshot
from tests.unit.rollout.builders import CREATING, RUNNING, crash_looping, ended, event, rollout, status, waiting

TRACEBACK = """Booting worker with pid: 7
Traceback (most recent call last):
  File "/app/app.py", line 3, in <module>
    import requests
ModuleNotFoundError: No module named 'requests'
"""


def concluded(snapshot: Snapshot) -> Conclusion | None:
    return conclude(pod_snapshot(snapshot.pods[0], snapshot))


def test_missing_module_is_named_with_its_place_and_what_to_declare() -> None:
    conclusion = concluded(rollout(crash_looping(1), log=TRACEBACK))

    assert conclusion
    assert conclusion.diagnosis.cause == "web crashes: it can't import requests (app.py:3)"
    assert "requests" in conclusion.diagnosis.remedy
    assert conclusion.diagnosis.evidence == "ModuleNotFoundError: No module named 'requests'"
    assert "import requests" in conclusion.diagnosis.log
    assert conclusion.certain


def test_first_end_is_a_worry_and_the_second_is_certain() -> None:
    first = concluded(rollout(status(ended(1)), log=TRACEBACK))
    restarted = concluded(rollout(status(RUNNING, ended(1), restarts=1), previous=TRACEBACK))
    second = concluded(rollout(status(ended(1), ended(1), restarts=1), log=TRACEBACK))

    assert first
    assert not first.certain
    assert restarted
    assert not restarted.certain
    assert second
    assert second.certain


def test_container_that_restarted_and_became_ready_is_healthy() -> None:
    assert concluded(rollout(status(RUNNING, ended(1), restarts=7, ready=True))) is None


def test_running_instance_after_many_restarts_may_yet_come_up() -> None:
    conclusion = concluded(rollout(status(RUNNING, ended(1), restarts=5), log="starting", previous=TRACEBACK))

    assert conclusion
    assert not conclusion.certain
    assert "import requests" in conclusion.diagnosis.cause


def test_out_of_memory_names_the_limit() -> None:
    limits = {"resources": {"limits": {"memory": "32Mi"}}}

    conclusion = concluded(rollout(crash_looping(137, "OOMKilled"), spec=limits, log="loading the model\n"))

    assert conclusion
    assert conclusion.diagnosis.cause == "web needs more memory than its limit of 32Mi"
    assert conclusion.diagnosis.log == "loading the model"


@pytest.mark.parametrize(("name", "whose"), [("web", "of the process"), ("release-2", "of the web process")])
def test_a_release_step_has_the_memory_of_the_web_process(name: str, whose: str) -> None:
    snapshot = rollout(crash_looping(137, "OOMKilled"))
    container = replace(pod_snapshot(snapshot.pods[0], snapshot).containers[0], name=name)

    conclusion = out_of_memory(container)

    assert conclusion
    assert whose in conclusion.diagnosis.remedy


@pytest.mark.parametrize(
    ("then", "named"), [(ended(137), True), (ended(137, "OOMKilled"), True), (ended(1), False), (ended(143), False)]
)
def test_memory_is_named_when_the_runtime_missed_to_say_so_of_the_last_end_only(then: Object, named: bool) -> None:
    conclusion = concluded(rollout(status(then, ended(137, "OOMKilled"), restarts=1)))

    assert conclusion
    assert ("more memory than its limit" in conclusion.diagnosis.cause) is named


def test_end_without_an_error_is_named_as_such() -> None:
    conclusion = concluded(rollout(crash_looping(0, "Completed")))

    assert conclusion
    assert "exit code 0, though it must keep running" in conclusion.diagnosis.cause


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (126, "can't be executed"),
        (127, "doesn't exist in the image"),
        (137, "SIGKILL"),
        (139, "SIGSEGV"),
        (143, "SIGTERM"),
        (42, "exit code 42"),
    ],
)
def test_exit_code_says_what_it_says_by_convention(code: int, words: str) -> None:
    conclusion = concluded(rollout(crash_looping(code), log="a\nlast words\n\n"))

    assert conclusion
    assert words in conclusion.diagnosis.cause
    assert conclusion.diagnosis.evidence == "last words"


@pytest.mark.parametrize(
    ("log", "cause"),
    [
        ("sh: 1: cannot create /data/x: Read-only file system", "can't write /data/x (read-only file system)"),
        (
            "nginx: [emerg] mkdir() '/var/cache' failed (13: Permission denied)",
            "can't read or write /var/cache (permission denied)",
        ),
    ],
)
def test_path_that_may_not_be_written_is_named(log: str, cause: str) -> None:
    conclusion = concluded(rollout(crash_looping(2), log=log))

    assert conclusion
    assert cause in conclusion.diagnosis.cause
    assert conclusion.diagnosis.evidence == log


@pytest.mark.parametrize(
    ("message", "cause", "certain"),
    [
        ('exec: "gunicorn": executable file not found in $PATH: unknown', "the image has no command gunicorn", True),
        ('exec: "/app/run": permission denied: unknown', "/app/run can't be executed", True),
        ("error during container init: mkdir /srv/x: read-only file system: unknown", "working directory /srv/x", True),
        ("exec /app/run.sh: exec format error", "another kind of processor", True),
        ("exec /usr/bin/python: argument list too long", "larger than the kernel takes", True),
        ('cannot load seccomp profile "/var/x/none.json": open /x: no such file', "security profile /var/x", True),
        ('exec: "--port=8000": executable file not found in $PATH', "begins with the option --port=8000", True),
        ('exec: "python -m app": executable file not found in $PATH', "as a whole is taken for the name", True),
        (
            'error mounting "/x" to rootfs at "/etc/app": mount src=/x: not a directory: Are you trying to mount a '
            "directory onto a file (or vice-versa)?",
            "can't be mounted at /etc/app",
            True,
        ),
        ("context deadline exceeded", "it can't be started", False),
    ],
)
def test_process_that_the_runtime_refuses_is_explained(message: str, cause: str, certain: bool) -> None:
    runc = f"OCI runtime create failed: runc create failed: unable to start container process: {message}"
    state: Object = {"waiting": {"reason": "RunContainerError", "message": runc}}

    conclusion = concluded(rollout(status(state, ended(128, "StartError", message=runc), restarts=1)))

    assert conclusion
    assert cause in conclusion.diagnosis.cause
    assert conclusion.certain is certain


def test_path_that_the_manifest_sets_is_named_where_a_command_is_not_found() -> None:
    refused = waiting("RunContainerError", 'exec: "python": executable file not found in $PATH')

    found = concluded(rollout(status(refused), spec={"env": [{"name": "PATH", "value": "/opt"}]}))

    assert found
    assert found.diagnosis.remedy == "take PATH out of the container's variables"


def test_refused_start_is_still_known_while_the_kubelet_backs_off() -> None:
    container = crash_looping(128, "StartError")
    container["lastState"]["terminated"]["message"] = 'exec: "nope": executable file not found in $PATH: unknown'

    conclusion = concluded(rollout(container))

    assert conclusion
    assert conclusion.diagnosis.cause == "web can't start: the image has no command nope"


def test_failing_init_container_is_told_instead_of_the_one_that_waits_for_it() -> None:
    snapshot = rollout(status({"waiting": {"reason": "PodInitializing"}}))
    live = snapshot.pods[0]
    live["spec"]["initContainers"] = [{"name": "wait", "image": "busybox"}]
    live["status"]["initContainerStatuses"] = [{**crash_looping(1), "name": "wait"}]

    conclusion = concluded(snapshot)

    assert conclusion
    assert conclusion.diagnosis.cause == "wait crashes with exit code 1"
    assert conclusion.certain


def test_container_of_a_job_may_end_with_exit_code_0() -> None:
    snapshot = rollout(status(ended(0, "Completed")))
    snapshot.pods[0]["spec"]["restartPolicy"] = "Never"

    assert concluded(snapshot) is None


@pytest.mark.parametrize(
    ("log", "cause"),
    [
        ("exec /app/run: exec format error", "its program is built for another kind of processor"),
        ("exec /usr/bin/python: argument list too long", "larger than the kernel takes"),
        ("exec /app/run.sh: no such file or directory", "the command /app/run.sh or its interpreter doesn't exist"),
    ],
)
def test_program_that_the_kernel_refuses_is_known_by_its_only_line(log: str, cause: str) -> None:
    alone = concluded(rollout(crash_looping(255), log=log))
    among_others = concluded(rollout(crash_looping(255), log=f"starting\n{log}"))

    assert alone
    assert cause in alone.diagnosis.cause
    assert among_others
    assert cause not in among_others.diagnosis.cause


def test_failing_start_hook_is_named_instead_of_the_signal_that_ends_its_container() -> None:
    failed = event("FailedPostStartHook", "PostStartHook failed", 2)

    conclusion = concluded(rollout(crash_looping(137), failed))

    assert conclusion
    assert conclusion.diagnosis.cause == "web is killed, because its postStart hook fails"
    assert conclusion.certain


def test_what_came_of_a_start_hook_stands_in_the_status_of_its_container() -> None:
    said = "Exec lifecycle hook ([warm]) for Container \"web\" failed - error: command 'warm' exited with 3: no cache\n"
    status_of = status(waiting("PostStartHookError", f'{said}, message: "no cache"'), ended(137), restarts=1)

    conclusion = concluded(rollout(status_of, event("FailedPostStartHook", "PostStartHook failed", 2)))

    assert conclusion
    assert conclusion.diagnosis.evidence == "command 'warm' exited with 3: no cache"
    assert conclusion.certain


def test_start_hook_that_does_not_end_is_told_and_never_certain() -> None:
    hook = {"lifecycle": {"postStart": {"exec": {"command": ["sleep", "900"]}}}}
    early, late = event("Started", "started", last="2026-11-20T23:04:55Z"), event("Started", "started")

    assert concluded(rollout(status(CREATING), early, spec=hook)) is None
    conclusion = concluded(rollout(status(CREATING), late, spec=hook))

    assert conclusion
    assert conclusion.diagnosis.cause == "web has started, and its postStart hook (sleep 900) hasn't ended"
    assert not conclusion.certain


def test_sidecar_must_keep_running_where_an_init_container_ends() -> None:
    snapshot = rollout(status({"waiting": {"reason": "PodInitializing"}}))
    live = snapshot.pods[0]
    live["spec"]["initContainers"] = [{"name": "proxy", "image": "envoy", "restartPolicy": "Always"}]
    live["status"]["initContainerStatuses"] = [{**crash_looping(0, "Completed"), "name": "proxy"}]

    conclusion = concluded(snapshot)

    assert conclusion
    assert conclusion.diagnosis.cause == "proxy ends by itself with exit code 0, though it must keep running"


@pytest.mark.parametrize(
    "words",
    [
        "sqlite3.OperationalError: database is locked",
        "psycopg.errors.LockNotAvailable: canceling statement due to lock timeout",
        "django.db.utils.OperationalError: (1205, 'Lock wait timeout exceeded; try restarting transaction')",
        "sqlalchemy.exc.OperationalError: (psycopg2.errors.DeadlockDetected) deadlock detected",
    ],
)
def test_lock_that_something_else_holds_is_named(words: str) -> None:
    log = f'Traceback (most recent call last):\n  File "/app/m.py", line 2, in <module>\n    save()\n{words}\n'

    conclusion = concluded(rollout(crash_looping(1), log=log))

    assert conclusion
    assert "waits for a lock that something else holds in the database (m.py:2)" in conclusion.diagnosis.cause
