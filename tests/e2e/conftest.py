"""What do end-to-end tests share? A namespace of their own, a copy of a project, the command line, and a client."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.printed import complaints, documents
from tests.stack.addresses import Stack, load

EXAMPLES = Path(__file__).parents[2] / "examples"
# Shells let background jobs, and so everything that CI starts in one, ignore SIGINT; `env` gives it back.
HEED_CTRL_C = ("env", "--default-signal=INT")
POD_SECURITY = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}


@pytest.fixture(scope="session")
def stack() -> Stack:
    return load()


@dataclass
class Kubectl:
    """The cluster as an administrator sees it, with kubeship out of the way."""

    stack: Stack
    namespace: str

    def __call__(self, *arguments: str, text: str | None = None, check: bool = True) -> str:
        program = f"{self.stack.bin}/kubectl" if self.stack.bin else "kubectl"
        command = [program, "--kubeconfig", self.stack.kubeconfig, "--context", self.stack.context]
        done = subprocess.run(
            [*command, "-n", self.namespace, *arguments], input=text, capture_output=True, text=True, check=False
        )
        if check and done.returncode:
            raise AssertionError(f"kubectl {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def objects(self, kinds: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = json.loads(self("get", kinds, "-o", "json"))["items"]
        return items

    def names(self, kinds: str) -> set[str]:
        return {f"{item['kind']}/{item['metadata']['name']}" for item in self.objects(kinds)}

    def apply(self, item: dict[str, Any]) -> None:
        self("apply", "-f", "-", text=json.dumps(item))


@pytest.fixture
def kubectl(stack: Stack) -> Iterator[Kubectl]:
    """A namespace that enforces Pod Security `restricted`, deleted afterwards."""
    name = f"e2e-{uuid.uuid4().hex[:8]}"
    kubectl = Kubectl(stack, name)
    kubectl.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": POD_SECURITY}})
    yield kubectl
    kubectl("delete", "namespace", name, "--wait=false")


@dataclass
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class Ship:
    """kubeship in a copy of a project, as a user would type it."""

    project: Path
    stack: Stack
    namespace: str
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*HEED_CTRL_C, sys.executable, "-m", "kubeship", *arguments],
            cwd=self.project,
            env=self.variables(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *arguments: str, code: int = 0) -> Ended:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=300)
        assert "Traceback (most recent call last)" not in err or code == 1, err
        assert process.returncode == code, f"kubeship {' '.join(arguments)}: {process.returncode}\n{out}\n{err}"
        if "--json" in arguments:
            assert [complaint for document in documents(out) for complaint in complaints(document)] == []
        return Ended(process.returncode, out, err)

    def variables(self) -> dict[str, str]:
        own = {key: value for key, value in os.environ.items() if not key.startswith("KUBESHIP_") and key != "CI"}
        return {
            **own,
            "DOCKER_HOST": self.stack.docker_host,
            "KUBECONFIG": self.stack.kubeconfig,
            "KUBESHIP_CONTEXT": self.stack.context,
            "NO_COLOR": "1",
            **self.environment,
        }

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.project / file
        text = path.read_text()
        assert old in text, f"{file} doesn't hold {old!r}:\n{text}"
        path.write_text(text.replace(old, new))


@dataclass
class Client:
    """Asks through the Ingress, as the world would."""

    base: str
    host: str
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str = "/") -> tuple[int, str]:
        request = urllib.request.Request(self.base + path, headers={"Host": self.host, **self.headers})
        opener = urllib.request.build_opener(_NoRedirect)
        try:
            with opener.open(request, timeout=10) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")
        except OSError as error:
            return 0, str(error)

    def wait_for(self, text: str, path: str = "/", seconds: float = 20) -> str:
        """The page once it holds the text: an ingress controller hears of an Ingress a moment after the API does."""
        end = time.monotonic() + seconds
        status, page = self.get(path)
        while text not in page and time.monotonic() < end:
            time.sleep(0.1)
            status, page = self.get(path)
        assert text in page, f"{status}: {page[:500]}"
        return page


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass
class Throughout:
    """Asks twenty times a second while something else goes on, and keeps what was not answered with 200."""

    client: Client
    path: str = "/"
    failures: list[tuple[int, str]] = field(default_factory=list)
    asked: int = 0

    def __enter__(self) -> "Throughout":
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _ask(self) -> None:
        while not self._ended.wait(0.05):
            status, page = self.client.get(self.path)
            self.asked += 1
            if status != 200:
                self.failures.append((status, page[:200]))

    def none_failed(self) -> None:
        assert self.asked > 10
        assert self.failures == []


@pytest.fixture
def copy(tmp_path: Path, stack: Stack, kubectl: Kubectl) -> Any:
    """Copies an example and gives the command line in it."""

    def made(example: str) -> Ship:
        project = tmp_path / example
        shutil.copytree(EXAMPLES / example, project)
        return Ship(project, stack, kubectl.namespace)

    return made
