"""Do images build, prove themselves and arrive in a registry, with a real engine and a real registry?"""

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from kubeship.errors import BuildFailed, KubeshipError, MissingPrecondition, PushFailed, VerificationFailed
from kubeship.images.connection import open_api
from kubeship.images.containers import LABEL
from kubeship.images.engine import DockerEngine, connect
from kubeship.model.events import BuildStage, Event, LogLine, PushProgress
from kubeship.model.finding import Finding
from kubeship.model.image import BuildRequest, BuiltImage, Promise
from tests.e2e.conftest import HEED_CTRL_C
from tests.stack.addresses import Stack, load

pytestmark = pytest.mark.e2e

DOCKERFILE = """\
FROM python:3.11-slim
WORKDIR /app
RUN pip install --no-cache-dir flask==3.1.0 && echo installed
COPY . .
USER 10001
"""
APP = """\
import os, threading, time
from flask import Flask
print("noise without a newline", end="")
threading.Thread(target=time.sleep, args=(600,)).start()
app = Flask(__name__)
def create_app(): return app
def takes_one(config): return app
async def aapp(scope, receive, send): ...
"""
SOURCES = {
    "app.py": APP,
    "needs_yaml.py": "import yaml\napp = None\n",
    "needs_variable.py": "import os\nfrom app import app\nSECRET = os.environ['SECRET_KEY']\n",
    "quits.py": "import os\nos._exit(3)\n",
    "writes.py": "open('/app/state.db', 'w')\n",
    "calls_home.py": "import socket\nsocket.create_connection(('10.0.0.1', 80), 2)\n",
}


@pytest.fixture(scope="module")
def stack() -> Stack:
    return load()


@pytest.fixture(scope="module")
def engine(stack: Stack) -> Iterator[DockerEngine]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", stack.docker_host)
        yield connect()


@pytest.fixture(scope="module")
def repository(stack: Stack) -> str:
    return f"{stack.registry}/images-room/{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def request_(repository: str, tmp_path_factory: pytest.TempPathFactory) -> BuildRequest:
    request = project(tmp_path_factory.mktemp("app"), DOCKERFILE, f"{repository}:1")
    (request.context / "unique.txt").write_text(uuid.uuid4().hex)  # a layer that the registry doesn't have yet
    return request


@pytest.fixture(scope="module")
def built(engine: DockerEngine, request_: BuildRequest) -> BuiltImage:
    return engine.build(request_, emit=lambda event: None)


def test_engine_names_itself_with_its_address(engine: DockerEngine, stack: Stack) -> None:
    described = engine.describe()

    assert re.fullmatch(rf"Docker \d+\.\d+\.\d+ at {re.escape(stack.docker_host)}", described)


def test_build_shows_its_progress_and_a_second_one_is_cached(
    engine: DockerEngine, tmp_path: Path, repository: str
) -> None:
    marker = uuid.uuid4().hex
    request = project(tmp_path, f"FROM python:3.11-slim\nRUN echo {marker}\nCOPY . .\n", f"{repository}:progress")
    first: list[Event] = []
    second: list[Event] = []

    one = engine.build(request, first.append)
    two = engine.build(request, second.append)

    assert stage_states(first, "RUN echo") == ["started", "done"]
    assert any(isinstance(event, LogLine) and event.line == marker and "RUN echo" in event.source for event in first)
    assert stage_states(second, "RUN echo") == ["cached"]
    assert stage_states(second, "COPY") == ["cached"]
    assert one.id == two.id
    assert one.size > 10_000_000


def test_untouched_tree_copied_elsewhere_gives_the_same_image(
    engine: DockerEngine, tmp_path: Path, repository: str
) -> None:
    one = project(tmp_path / "one", DOCKERFILE, f"{repository}:one")
    two = project(tmp_path / "two", DOCKERFILE, f"{repository}:two")
    (tmp_path / "two/app.py").chmod(0o600)
    os.utime(tmp_path / "two/app.py", (1, 1))

    images = [engine.build(request, emit=lambda event: None) for request in (one, two)]

    assert images[0].id == images[1].id


def test_failing_step_ends_in_its_own_last_lines_and_a_hint(
    engine: DockerEngine, tmp_path: Path, repository: str
) -> None:
    dockerfile = "FROM python:3.11-slim\nRUN seq 100 && echo 'Error: pg_config executable not found.' && exit 7\n"
    request = project(tmp_path, dockerfile, f"{repository}:failing")

    with pytest.raises(BuildFailed) as caught:
        engine.build(request, emit=lambda event: None)

    assert "[2/2] RUN seq 100" in caught.value.message
    assert "exit code 7" in caught.value.message
    assert caught.value.details.splitlines()[-2:] == ["100", "Error: pg_config executable not found."]
    assert "libpq-dev" in caught.value.hint


@pytest.mark.parametrize(
    ("dockerfile", "hint"),
    [
        ("FROM python:3.11-slim\nRUN pip install flask==99.99\n", "no flask==99.99 for this Python"),
        ("FROM python:3.11-slim\nCOPY nope.txt /\n", "nope.txt isn't in the build context"),
        ("FROM python:3.99-slim\n", "base image"),
        ("FRUM python:3.11-slim\n", "begins with FRUM"),
        ("FROM python:3.11-slim\nRUN frobnicate\n", "calls frobnicate"),
        ("FROM python:3.11-slim\nCOPY . .\nRUN python needs_variable.py || python -c 'import yaml'\n", "PyYAML"),
    ],
)
def test_common_build_failures_have_a_hint(
    engine: DockerEngine, tmp_path: Path, repository: str, dockerfile: str, hint: str
) -> None:
    with pytest.raises(BuildFailed) as caught:
        engine.build(project(tmp_path, dockerfile, f"{repository}:broken"), emit=lambda event: None)

    assert hint in caught.value.hint


def test_interrupted_build_is_cancelled_in_the_engine(stack: Stack, tmp_path: Path, repository: str) -> None:
    marker = f"kubeship-cancel-{uuid.uuid4().hex}"
    project(tmp_path, f"FROM python:3.11-slim\nRUN sleep 300 # {marker}\n", "")
    program = f"""
        from pathlib import Path
        from kubeship.images.engine import connect
        from kubeship.model.image import BuildRequest
        request = BuildRequest(Path({str(tmp_path)!r}), "Dockerfile", "{repository}:cancel", "linux/amd64")
        connect().build(request, lambda event: print(event, flush=True))
    """
    process = subprocess.Popen(
        [*HEED_CTRL_C, sys.executable, "-c", textwrap.dedent(program)],
        env={**os.environ, "DOCKER_HOST": stack.docker_host},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    next(line for line in process.stdout if "sleep 300" in line and "started" in line)
    assert soon(lambda: running(marker))

    process.send_signal(signal.SIGINT)

    process.wait(timeout=10)
    assert soon(lambda: not running(marker))


def test_entrypoints_that_keep_their_promises_are_proved(engine: DockerEngine, built: BuiltImage) -> None:
    promises = [
        Promise("web", "app:app", "wsgi"),
        Promise("made", "app:create_app()", "wsgi"),
        Promise("async", "app:aapp", "asgi"),
        Promise("secret", "needs_variable:app", "wsgi"),
    ]

    proofs = engine.verify(built, promises, {"SECRET_KEY": "build-only"})

    assert [proof.found for proof in proofs] == ["flask.app.Flask", "flask.app.Flask", "function", "flask.app.Flask"]
    assert 0 < proofs[0].import_seconds < 30
    assert own_containers() == []


@pytest.mark.parametrize(
    ("entrypoint", "message", "hint"),
    [
        ("needs_yaml:app", "can't import yaml (needs_yaml.py:1)", "add PyYAML"),
        (
            "app:application",
            "app has no application; it has app (flask.app.Flask), create_app()",
            "correct",
        ),
        ("app:aapp", "it is an ASGI application", "interface: asgi"),
        ("app:create_app", "a factory", "entrypoint: app:create_app()"),
        ("app:takes_one()", "missing 1 required positional argument: 'config'", "literal arguments"),
        ("app:os", "it is a module", "must name the application object"),
        ("shop.wsgi:app", "there is no module shop.wsgi (/app holds: app.py, calls_home.py", "import_root"),
        ("needs_variable:app", "needs the environment variable SECRET_KEY", "set SECRET_KEY under `variables:`"),
        ("quits:app", "exit code 3", "os._exit()"),
        ("writes:app", "/app/state.db", "/tmp"),
        ("calls_home:app", "can't reach a server", "address"),
    ],
)
def test_broken_promise_is_named_with_what_to_do(
    engine: DockerEngine, built: BuiltImage, entrypoint: str, message: str, hint: str
) -> None:
    with pytest.raises(VerificationFailed) as caught:
        engine.verify(built, [Promise("web", entrypoint, "wsgi")], {})

    assert message in caught.value.message
    assert hint in caught.value.hint
    assert own_containers() == []


def test_containers_of_a_killed_verification_are_removed_by_the_next(
    engine: DockerEngine, built: BuiltImage, stack: Stack
) -> None:
    client = docker.APIClient(stack.docker_host)
    host = os.uname().nodename
    dead, alive = (
        client.create_container(built.id, ["python", "-c", "1"], labels={LABEL: f"{host}:{pid}"})["Id"]
        for pid in (99_999_999, os.getpid())
    )

    engine.verify(built, [Promise("web", "app:app", "wsgi")], {})

    left = own_containers()
    client.remove_container(alive)
    assert left == [alive]
    assert dead not in left


def test_pushed_image_has_a_digest_that_the_registry_knows(
    engine: DockerEngine, built: BuiltImage, repository: str
) -> None:
    events: list[Event] = []

    pushed = engine.push(built, repository, events.append)

    assert re.fullmatch(rf"{repository}@sha256:[0-9a-f]{{64}}", pushed)
    assert engine.resolve(f"{repository}:1") == pushed
    assert engine.resolve(pushed) == pushed
    progress = [event for event in events if isinstance(event, PushProgress)]
    assert progress[-1].sent == progress[-1].total
    assert engine.push(built, repository, emit=lambda event: None) == pushed


def test_registry_that_is_down_or_unknown_is_a_sentence(engine: DockerEngine, built: BuiltImage) -> None:
    down, nowhere = "localhost:1/shop", "registry.invalid/shop"

    with pytest.raises(PushFailed, match=r"nothing answers at localhost:1"):
        engine.push(built, down, emit=lambda event: None)
    with pytest.raises(MissingPrecondition, match=r"can't find a host of the name registry\.invalid"):
        engine.resolve(f"{nowhere}:1")
    assert "connection is refused" in problem(engine.push_finding(down))
    assert "registry.invalid" in problem(engine.push_finding(nowhere))


def test_reachable_registry_gives_no_finding(engine: DockerEngine, repository: str) -> None:
    assert engine.push_finding(f"{repository}-new") is None
    assert "names no registry" in problem(engine.push_finding("shop"))


def test_base_image_is_pinned_and_an_unknown_one_is_not(engine: DockerEngine) -> None:
    known, unknown = engine.base_digest("python:3.11-slim"), engine.base_digest("python:3.99-slim")

    assert known is not None
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", known)
    assert unknown is None


def test_missing_tag_is_a_sentence(engine: DockerEngine, repository: str) -> None:
    with pytest.raises(MissingPrecondition, match="doesn't hold"):
        engine.resolve(f"{repository}:never-pushed")


@pytest.mark.parametrize(
    ("address", "reason"),
    [("unix:///nowhere/docker.sock", "doesn't exist"), ("tcp://127.0.0.1:1", "refused"), ("gopher://x", "gopher")],
)
def test_engine_that_is_not_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch, address: str, reason: str) -> None:
    monkeypatch.setenv("DOCKER_HOST", address)

    with pytest.raises(KubeshipError, match=reason) as caught:
        connect().describe()

    assert caught.value.exit_code == 4
    assert connect().base_digest("python:3.11-slim") is None


def test_broken_credential_helper_is_a_sentence(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, built: BuiltImage, repository: str
) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"credsStore": "missing"}))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setenv("DOCKER_HOST", stack.docker_host)

    with pytest.warns(UserWarning), pytest.raises(MissingPrecondition) as caught:
        connect().push(built, repository, emit=lambda event: None)

    assert "docker-credential-missing" in caught.value.message
    assert "credential helper" in caught.value.hint


def project(folder: Path, dockerfile: str, tag: str) -> BuildRequest:
    folder.mkdir(exist_ok=True)
    for name, text in {"Dockerfile": dockerfile, **SOURCES}.items():
        (folder / name).write_text(text)
    return BuildRequest(folder, "Dockerfile", tag, "linux/amd64")


def stage_states(events: list[Event], words: str) -> list[str]:
    return [event.state for event in events if isinstance(event, BuildStage) and words in event.title]


def own_containers() -> list[str]:
    mine = f"{os.uname().nodename}:{os.getpid()}"
    return [found["Id"] for found in open_api().containers(LABEL) if found["Labels"][LABEL] == mine]


def running(marker: str) -> bool:
    """Whether a process of the machine's has the marker in its command line."""
    lines = (path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists())
    return any(marker.encode() in line and b"sleep 300" in line and b"kubeship" in line for line in lines)


def problem(finding: Finding | None) -> str:
    assert finding
    return finding.problem


def soon(condition: object, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if callable(condition) and condition():
            return True
        time.sleep(0.1)
    return False
