"""Do builds keep their secrets, reach private bases and remote engines, use a registry as cache, and end cleanly?"""

import base64
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import textwrap
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from kubeship.errors import BuildFailed, KubeshipError, MissingPrecondition
from kubeship.images.engine import DockerEngine, connect
from kubeship.model.events import BuildStage, Event, LogLine, Note
from kubeship.model.image import BuildRequest, BuildSecret
from tests.e2e.conftest import HEED_CTRL_C, Ship
from tests.e2e.doors import certificates, password_door, tls_door
from tests.e2e.engines import own_engine
from tests.stack.addresses import Stack, load

pytestmark = pytest.mark.e2e

BASE = "python:3.11-slim"
TINY = f"""\
FROM {BASE} AS full
FROM scratch
COPY --from=full /lib64/ld-linux-x86-64.so.2 /lib64/
COPY --from=full /lib/x86_64-linux-gnu/libc.so.6 /lib/x86_64-linux-gnu/
COPY --from=full /bin/sh /bin/cat /bin/dd /bin/sleep /bin/
"""
NEEDS_SECRET = f"""\
FROM {BASE}
RUN --mount=type=secret,id=index,required=true sha256sum /run/secrets/index | cut -c1-8 > /seen
RUN --mount=type=secret,id=other test ! -s /run/secrets/other
"""


@pytest.fixture(scope="module")
def stack() -> Stack:
    return load()


@pytest.fixture
def engine(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> DockerEngine:
    monkeypatch.setenv("DOCKER_HOST", stack.docker_host)
    return connect()


@pytest.fixture
def tag(stack: Stack) -> Iterator[str]:
    """A name of its own, which the engine forgets afterwards."""
    name = f"{stack.registry}/e2e-builds/{uuid.uuid4().hex[:8]}:1"
    yield name
    client = docker.APIClient(stack.docker_host)
    if client.images(name):
        client.remove_image(name)


@pytest.fixture(scope="module")
def tiny(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A base of three megabytes in the stack's registry: what an engine that is empty pulls in no time."""
    name = f"{stack.registry}/e2e-builds/tiny"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", stack.docker_host)
        built = connect().build(project(tmp_path_factory.mktemp("tiny"), TINY, f"{name}:1"), emit=lambda event: None)
        return connect().push(built, name, emit=lambda event: None)


def test_secret_reaches_the_step_and_no_layer_nor_configuration(
    engine: DockerEngine, stack: Stack, tmp_path: Path, tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = f"password-{uuid.uuid4().hex}"
    monkeypatch.setenv("INDEX_PASSWORD", value)
    events: list[Event] = []
    dockerfile = f"{NEEDS_SECRET}RUN --mount=type=secret,id=index cat /run/secrets/index && echo {uuid.uuid4().hex}\n"
    request = project(tmp_path, dockerfile, tag, secrets=(BuildSecret("index", variable="INDEX_PASSWORD"),))

    built = engine.build(request, events.append)

    saved = b"".join(docker.APIClient(stack.docker_host).get_image(built.id))
    assert stage_states(events, "cat /run/secrets/index") == ["started", "done"]
    assert any(isinstance(event, LogLine) and event.line.startswith("***") for event in events)
    assert all(value.encode() not in content for content in every_file(saved))
    assert value not in repr(events)
    assert all(value not in layer.created_by for layer in engine.layers(built))


def test_secret_as_large_as_buildkit_takes_arrives_whole(engine: DockerEngine, tmp_path: Path, tag: str) -> None:
    (tmp_path / "large").write_bytes(os.urandom(500 * 1024))
    dockerfile = f"FROM {BASE}\nRUN --mount=type=secret,id=large test $(wc -c < /run/secrets/large) = 512000\n"
    request = project(tmp_path / "app", dockerfile, tag, secrets=(BuildSecret("large", file=tmp_path / "large"),))

    assert engine.build(request, emit=lambda event: None).id


def test_build_that_needs_another_secret_says_so(engine: DockerEngine, tmp_path: Path, tag: str) -> None:
    dockerfile = f"{NEEDS_SECRET}RUN --mount=type=secret,id=token,required=true echo {uuid.uuid4().hex}\n"

    with pytest.raises(BuildFailed, match="token"):
        engine.build(project(tmp_path, dockerfile, tag), emit=lambda event: None)


def test_private_base_is_pulled_with_the_users_login(
    stack: Stack, tmp_path: Path, tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = docker.APIClient(stack.docker_host)
    repository = f"{stack.registry}/e2e-builds/base-{uuid.uuid4().hex[:8]}"
    client.pull(BASE)
    client.tag(BASE, repository, "1")
    list(client.push(repository, "1", stream=True))
    client.remove_image(f"{repository}:1")
    monkeypatch.setenv("DOCKER_HOST", stack.docker_host)

    with password_door(stack.registry, "ann", "secret") as private:
        base = f"{private}/{repository.partition('/')[2]}:1"
        request = project(tmp_path / "app", f"FROM {base}\nRUN true\n", tag)
        outcomes = []
        for password in ("wrong", "secret"):
            monkeypatch.setenv("DOCKER_CONFIG", str(docker_config(tmp_path / password, private, "ann", password)))
            try:
                outcomes.append(connect().build(request, emit=lambda event: None).tag)
            except BuildFailed as error:
                outcomes.append(error.message + error.hint)

    assert f"docker login {private}" in outcomes[0]
    assert outcomes[1] == tag


def test_engine_behind_tls_builds_with_secrets_and_others_are_sent_away(
    stack: Stack, tmp_path: Path, tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INDEX_PASSWORD", "p")
    request = project(tmp_path / "app", NEEDS_SECRET, tag, secrets=(BuildSecret("index", variable="INDEX_PASSWORD"),))
    ours, others = certificates(tmp_path / "ours"), certificates(tmp_path / "others")
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")

    with tls_door(stack.docker_host.removeprefix("unix://"), ours) as address:
        monkeypatch.setenv("DOCKER_HOST", f"tcp://{address}")
        monkeypatch.setenv("DOCKER_CERT_PATH", str(ours))
        built = connect().build(request, emit=lambda event: None)
        monkeypatch.setenv("DOCKER_CERT_PATH", str(others))
        with pytest.raises(MissingPrecondition, match=r"certificate is not one that ca\.pem vouches for") as caught:
            connect().describe()

    assert built.tag == tag
    assert "DOCKER_CERT_PATH" in caught.value.hint


def test_engine_over_ssh_builds_with_secrets_and_its_refusal_is_ssh_own_words(
    stack: Stack, tmp_path: Path, tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INDEX_PASSWORD", "p")
    request = project(tmp_path / "app", NEEDS_SECRET, tag, secrets=(BuildSecret("index", variable="INDEX_PASSWORD"),))
    programs = tmp_path / "bin"
    programs.mkdir()
    # Stands for ssh and for the docker command at its other end: all but the network between them.
    (programs / "ssh").write_text(f"#!{sys.executable}\n" + textwrap.dedent(SSH.format(docker_host=stack.docker_host)))
    (programs / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=os.pathsep)

    monkeypatch.setenv("DOCKER_HOST", "ssh://ann@build-host:2222")
    built = connect().build(request, emit=lambda event: None)
    monkeypatch.setenv("DOCKER_HOST", "ssh://nobody@build-host")
    with pytest.raises(MissingPrecondition, match=r"Permission denied \(publickey\)") as caught:
        connect().describe()

    assert built.tag == tag
    assert "ssh-add" in caught.value.hint


def test_classic_builder_builds_the_same_files(engine: DockerEngine, tmp_path: Path, tag: str) -> None:
    marker = uuid.uuid4().hex
    request = project(tmp_path, f"FROM {BASE}\nRUN echo {marker}\nCOPY app.py /\n", tag)
    first: list[Event] = []
    second: list[Event] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_BUILDKIT", "0")
        assert engine.builder() == "classic"

        built = engine.build(request, first.append)
        again = engine.build(request, second.append)
        (tmp_path / "Dockerfile").write_text(f"FROM {BASE}\nRUN echo going && false\n")
        with pytest.raises(BuildFailed, match=r"\[2/2\] RUN echo going") as caught:
            engine.build(request, emit=lambda event: None)

    assert built.id == again.id
    assert stage_states(first, "RUN echo") == ["started", "done"]
    assert LogLine(f"[2/3] RUN echo {marker}", marker) in first
    assert stage_states(second, "RUN echo") == ["started", "cached"]
    assert caught.value.details == "going"
    assert [layer.created_by for layer in engine.layers(built)][-1].endswith("in / ")


def test_text_in_place_of_the_dockerfile_is_what_is_built(engine: DockerEngine, tmp_path: Path, tag: str) -> None:
    request = project(tmp_path, "FRUM nothing\n", tag, dockerfile_text=f"FROM {BASE}\nCOPY app.py /there\n")

    layers = engine.layers(engine.build(request, emit=lambda event: None))

    assert "/there" in layers[-1].created_by
    assert layers[-1].size == len("app = 1\n")


def test_no_file_of_the_context_is_later_than_source_date_epoch(
    engine: DockerEngine, stack: Stack, tmp_path: Path, tag: str
) -> None:
    request = project(tmp_path, f"FROM {BASE}\nCOPY . /context\n", tag, arguments={"SOURCE_DATE_EPOCH": "1000000000"})
    os.utime(tmp_path / "app.py", (500_000_000, 500_000_000))

    built = engine.build(request, emit=lambda event: None)

    saved = b"".join(docker.APIClient(stack.docker_host).get_image(built.id))
    times = {member.name: member.mtime for member in last_layer(saved) if member.isfile()}
    assert times == {"context/Dockerfile": 1_000_000_000, "context/app.py": 500_000_000}


def test_empty_engine_takes_layers_from_the_registry(
    stack: Stack, tmp_path: Path, tag: str, tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dockerfile = f"""\
        FROM {tiny} AS build
        COPY requirements.txt .
        RUN --mount=type=cache,target=/root/.cache cat requirements.txt > /installed
        FROM {tiny}
        COPY --from=build /installed /installed
        COPY app.py .
    """
    request = project(tmp_path / "app", textwrap.dedent(dockerfile), tag, cache=tag)
    (request.context / "requirements.txt").write_text(uuid.uuid4().hex)
    first: list[Event] = []
    second: list[Event] = []

    for number, events in enumerate((first, second)):
        with own_engine(stack, tmp_path / str(number)) as own:
            monkeypatch.setenv("DOCKER_HOST", own.host)
            (request.context / "app.py").write_text(f"app = {number}\n")
            built = connect().build(request, events.append)
            connect().push(built, tag.rpartition(":")[0], emit=lambda event: None)

    assert any(isinstance(event, Note) and event.message.startswith("No cache") for event in first)
    assert stage_states(first, "RUN --mount") == ["started", "done"]
    assert stage_states(second, "RUN --mount") == ["cached"]
    assert stage_states(second, "COPY --from") == ["cached"]
    assert stage_states(second, "COPY app.py") == ["started", "done"]


def test_engine_that_dies_is_a_sentence(
    stack: Stack, tmp_path: Path, tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = project(tmp_path / "app", f"FROM {tiny}\nRUN echo begun && sleep 300\n", "shop:1")

    with own_engine(stack, tmp_path / "engine") as own:
        monkeypatch.setenv("DOCKER_HOST", own.host)

        def kill_it(event: Event) -> None:
            if isinstance(event, LogLine) and event.line == "begun":
                threading.Thread(target=own.kill).start()

        with pytest.raises(KubeshipError) as caught:
            connect().build(request, kill_it)

    assert isinstance(caught.value, BuildFailed)
    assert "the connection to the engine broke" in caught.value.message


def test_full_disk_of_the_engine_is_named(
    stack: Stack, tmp_path: Path, tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = project(tmp_path / "app", f"FROM {tiny}\nRUN dd if=/dev/zero of=/big bs=1M count=600\n", "shop:1")

    with own_engine(stack, tmp_path / "engine", disk="100m") as own:
        monkeypatch.setenv("DOCKER_HOST", own.host)
        with pytest.raises(BuildFailed) as caught:
            connect().build(request, emit=lambda event: None)

    assert "disk is full" in caught.value.hint


def test_two_builds_at_once_both_succeed(engine: DockerEngine, stack: Stack, tmp_path: Path, tag: str) -> None:
    dockerfile = f"FROM {BASE}\nRUN sleep 0.5 && echo {uuid.uuid4().hex}\nCOPY app.py /\n"
    built: list[str] = []

    def run() -> None:
        built.append(connect().build(project(tmp_path, dockerfile, tag), emit=lambda event: None).id)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(built) == 2
    assert built[0] == built[1]


def test_large_context_takes_little_memory(stack: Stack, tmp_path: Path, tag: str) -> None:
    project(tmp_path, f"FROM {BASE}\nCOPY app.py /\n", tag)
    with (tmp_path / "model.bin").open("wb") as file:
        file.truncate(400_000_000)  # sparse: costs no disk here
    program = f"""
        from pathlib import Path
        from kubeship.images.context import tar_stream
        from kubeship.images.engine import connect
        sent = sum(len(piece) for piece in tar_stream(Path({str(tmp_path)!r}), "Dockerfile"))
        connect().describe()
        memory = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
        print(sent, memory)
    """

    sent, kilobytes = map(int, kubeships_python(stack, program).communicate(timeout=60)[0].split())

    assert sent > 400_000_000
    assert kilobytes < 200_000


def test_interrupted_build_with_a_session_leaves_nothing_at_work(stack: Stack, tmp_path: Path, tag: str) -> None:
    marker = f"kubeship-session-{uuid.uuid4().hex}"
    dockerfile = f"FROM {BASE}\nRUN --mount=type=secret,id=s sleep 300 # {marker}\n"
    project(tmp_path, dockerfile, tag)
    (tmp_path / "secret").write_text("s")
    program = f"""
        from pathlib import Path
        from kubeship.images.engine import connect
        from kubeship.model.image import BuildRequest, BuildSecret
        here = Path({str(tmp_path)!r})
        secrets = (BuildSecret("s", file=here / "secret"),)
        request = BuildRequest(here, "Dockerfile", {tag!r}, "linux/amd64", secrets=secrets)
        connect().build(request, lambda event: print(event, flush=True))
    """
    process = kubeships_python(stack, program)
    assert process.stdout
    next(line for line in process.stdout if "sleep 300" in line and "started" in line)
    assert soon(lambda: at_work(marker))

    process.send_signal(signal.SIGINT)

    process.wait(timeout=10)
    assert soon(lambda: not at_work(marker))


def test_measured_start_is_written_and_nothing_else(copy: Any) -> None:
    ship: Ship = copy("flask-hello")
    # An image of its own: others build the same example, and its tags are removed below.
    (ship.project / "unlike-others.txt").write_text(uuid.uuid4().hex)
    ship("init", "--image", f"{ship.stack.registry}/e2e-builds/{uuid.uuid4().hex[:8]}")
    built = ship("build", "--push", "--json").lines[-1]
    before = (ship.project / "kubeship.yaml").read_text().splitlines()
    files = {path.name: path.read_bytes() for path in ship.project.iterdir() if path.is_file()}
    client = docker.APIClient(ship.stack.docker_host)
    for name in [tag for image in client.images() for tag in image["RepoTags"] or () if image["Id"] == built["id"]]:
        client.remove_image(name, force=True)

    written = json.loads(ship("verify", built["reference"], "--write", "--json").out)

    after = (ship.project / "kubeship.yaml").read_text().splitlines()
    assert written["written"] == ["processes.web.start_seconds"]
    assert [line.split(":")[0].strip() for line in after if line not in before] == ["start_seconds"]
    assert [line for line in after if line in before] == before
    changed = [path.name for path in ship.project.iterdir() if path.is_file() and files[path.name] != path.read_bytes()]
    assert changed == ["kubeship.yaml"]


SSH = """
    import os, socket, sys, threading
    words = sys.argv[1:]
    if "nobody" in words:
        sys.exit("nobody@build-host: Permission denied (publickey).")
    assert words[-2:] == ["build-host", "docker system dial-stdio"], words
    engine = socket.socket(socket.AF_UNIX)
    engine.connect({docker_host!r}.removeprefix("unix://"))
    def back():
        while piece := engine.recv(65536):
            os.write(1, piece)
        os._exit(0)
    threading.Thread(target=back, daemon=True).start()
    while piece := os.read(0, 65536):
        engine.sendall(piece)
"""


def project(folder: Path, dockerfile: str, tag: str, **request: object) -> BuildRequest:
    folder.mkdir(exist_ok=True)
    (folder / "Dockerfile").write_text(dockerfile)
    (folder / "app.py").write_text("app = 1\n")
    return BuildRequest(folder, "Dockerfile", tag, "linux/amd64", **request)  # type: ignore[arg-type]


def docker_config(folder: Path, registry: str, username: str, password: str) -> Path:
    folder.mkdir()
    login = base64.b64encode(f"{username}:{password}".encode()).decode()
    (folder / "config.json").write_text(json.dumps({"auths": {registry: {"auth": login}}}))
    return folder


def kubeships_python(stack: Stack, program: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*HEED_CTRL_C, sys.executable, "-c", textwrap.dedent(program)],
        env={**os.environ, "DOCKER_HOST": stack.docker_host},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def every_file(saved: bytes) -> Iterator[bytes]:
    """The content of each file of an image that was saved: its configuration, and what is in its layers."""
    with tarfile.open(fileobj=io.BytesIO(saved)) as image:
        for member in image:
            file = image.extractfile(member) if member.isfile() else None
            content = file.read() if file else b""
            yield content
            if member.name.endswith("layer.tar"):
                with tarfile.open(fileobj=io.BytesIO(content)) as layer:
                    for inside in layer:
                        file = layer.extractfile(inside) if inside.isfile() else None
                        yield file.read() if file else b""


def last_layer(saved: bytes) -> list[tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(saved)) as image:
        manifest = image.extractfile("manifest.json")
        assert manifest
        layer = image.extractfile(json.load(manifest)[0]["Layers"][-1])
        with tarfile.open(fileobj=layer) as files:
            return files.getmembers()


def stage_states(events: list[Event], words: str) -> list[str]:
    return [event.state for event in events if isinstance(event, BuildStage) and words in event.title]


def at_work(marker: str) -> bool:
    """Whether a step with the marker runs anywhere on the machine."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue
        if marker.encode() in line and line.startswith(b"/bin/sh"):
            return True
    return False


def soon(condition: object, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if callable(condition) and condition():
            return True
        time.sleep(0.1)
    return False
