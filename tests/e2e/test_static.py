"""Does an ASGI app become healthy behind a server in its pod, which serves the files and hands the rest on?"""

import uuid
from pathlib import Path

import pytest

from tests.e2e.conftest import Client, Kubectl, Ship
from tests.stack.addresses import Stack

pytestmark = pytest.mark.e2e

APP = """\
from fastapi import FastAPI, Request

app = FastAPI()


@app.get("/healthz")
async def healthz():
    return {"status": "ok"}


@app.get("/")
async def index(request: Request):
    return {"page": "fresh", "url": str(request.url)}
"""


@pytest.mark.parametrize(
    "server",
    ["nginx", pytest.param("apache", marks=pytest.mark.soak), pytest.param("lighttpd", marks=pytest.mark.soak)],
)
def test_fastapi_serves_behind_a_server_of_files(server: str, tmp_path: Path, stack: Stack, kubectl: Kubectl) -> None:
    (tmp_path / "main.py").write_text(APP)
    (tmp_path / "requirements.txt").write_text("fastapi==0.115.6\n")
    (tmp_path / ".python-version").write_text("3.12\n")
    (tmp_path / "public").mkdir()
    (tmp_path / "public/site.0123456789ab.css").write_text("body {}\n")
    ship = Ship(tmp_path, stack, kubectl.namespace)
    host = f"{kubectl.namespace}.example.com"

    ship(
        "init",
        *("--image", f"{stack.registry}/e2e-static/{uuid.uuid4().hex[:8]}"),
        *("--namespace", kubectl.namespace, "--host", host),
        *("--set", "name=shop", "--set", "processes.web.replicas=1", "--set", f"ingress.class={stack.ingress_class}"),
        *("--set", f"static={{server: {server}, root: public}}"),
    )
    ship("deploy")

    client = Client(stack.ingress, host, {"X-Forwarded-Proto": "https"})
    assert f'"url":"http://{host}/"' in client.wait_for('"page":"fresh"').replace("https", "http")
    assert client.get("/static/site.0123456789ab.css") == (200, "body {}\n")
    assert client.get("/static/nothing.css")[0] == 404
    (pod,) = kubectl.objects("pods")
    assert [each["name"] for each in pod["spec"]["initContainers"]] == [server]
    assert all(status["ready"] for status in pod["status"]["initContainerStatuses"])
    assert f"{server} runs in the pod of web" in ship("explain", "static").out
