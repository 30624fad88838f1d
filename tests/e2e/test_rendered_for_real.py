"""Do real servers take what is rendered, and does every value arrive in a real container as it was?"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import docker
import pytest

from kubeship.images.engine import connect
from kubeship.model.image import BuildRequest
from kubeship.model.objects import Object
from kubeship.model.plan import Plan
from kubeship.rendering.manifests import manifests
from kubeship.rendering.render import render
from tests.e2e.conftest import Kubectl
from tests.stack.addresses import Stack
from tests.unit.rendering.rendering_plans import NASTY, NASTY_VALUES

pytestmark = pytest.mark.e2e
PRINT = ("python", "-c", "import json, os, sys; print(json.dumps([sys.argv[1:], dict(os.environ)]))")


def test_nasty_values_arrive_in_containers(tmp_path: Path, stack: Stack, kubectl: Kubectl, monkeypatch: Any) -> None:
    plan = printing(f"{stack.registry}/rendering/nasty", kubectl.namespace)
    assert plan.dockerfile is not None
    monkeypatch.setenv("DOCKER_HOST", stack.docker_host)
    engine = connect()

    (tmp_path / "my folder" / "src").mkdir(parents=True)
    for path, text in render(plan).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    request = BuildRequest(tmp_path, "Dockerfile", f"{plan.image}:{kubectl.namespace}", plan.dockerfile.platform)
    image = engine.build(request, lambda event: None)
    try:
        words, variables = json.loads(output_of(stack, image.id))
        assert words == list(NASTY_VALUES)
        assert variables["PRICE"] == plan.dockerfile.variables["PRICE"]
        assert not plan.dockerfile.step_variables.keys() & variables.keys()
        # The engine may lose a last line that has no end, hence the echo.
        seen = output_of(stack, image.id, "sh", "-c", "cat quoted lines; echo")
        assert seen == "".join(plan.dockerfile.step_variables.values()) + "\n"

        reference = engine.push(image, plan.image, lambda event: None)
        apply(kubectl, list(manifests(replace(plan, reference=reference)).values()))
        kubectl("wait", "--for=condition=complete", "job/no-yes", "--timeout=60s")
        words, variables = json.loads(kubectl("logs", "job/no-yes"))
        assert words == [*plan.release[0].command[len(PRINT) :]]
        assert plan.variables.items() <= variables.items()
    finally:
        client(stack).images.remove(image.id, force=True)


def printing(repository: str, namespace: str) -> Plan:
    """The nasty Plan with an image and a Job that print what they were given."""
    assert NASTY.dockerfile is not None
    image = replace(
        NASTY.dockerfile,
        base="python:3.11-slim",
        steps=('cd src/.. && printf %s "$QUOTED" > quoted', "printf '%s' \\\n  \"$LINES\" > lines"),
        step_variables={"QUOTED": 'it\'s "$HOME" `id`', "LINES": "two\nlines"},
        command=(*PRINT, *NASTY_VALUES),
    )
    return replace(
        NASTY,
        namespace=namespace,
        image=repository,
        dockerfile=image,
        processes=(),
        release=(replace(NASTY.release[0], command=(*PRINT, *NASTY_VALUES), cpu="10m", memory="64Mi"),),
        secrets=(),
        image_pull_secrets=(),
    )


def apply(kubectl: Kubectl, objects: list[Object], *arguments: str) -> str:
    # Not --server-side: kubectl sends that as raw UTF-8, of which the server's YAML reader refuses DEL.
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    return kubectl("apply", "--validate=strict", "--warnings-as-errors", *arguments, "-f", "-", text=text)


def output_of(stack: Stack, image: str, *command: str) -> str:
    output: bytes = client(stack).containers.run(image, list(command) or None, remove=True, network_mode="none")
    return output.decode()


def client(stack: Stack) -> docker.DockerClient:
    return docker.DockerClient(base_url=stack.docker_host)
