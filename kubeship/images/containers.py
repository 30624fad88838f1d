"""How does a program of ours run inside a built image? In a container with less than the pod has, and no trace."""

import json
import os
import socket
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from typing import Any

from docker.errors import APIError

from kubeship.errors import VerificationFailed
from kubeship.images.connection import explanation
from kubeship.images.ports import EngineApi
from kubeship.model.image import BuiltImage

LABEL = "kubeship.dev/verify"
"""On each container: `host:pid` of the kubeship that made it."""
SECONDS = 60
"""How long a program may take."""
ABANDONED_SECONDS = 10 * SECONDS
"""An age that no such container reaches."""
INTERPRETERS = ("python", "python3")


@dataclass(frozen=True)
class Ended:
    """How a container ended."""

    exit_code: int | None
    """None: it was stopped after SECONDS."""
    output: str
    out_of_memory: bool = False


def run_inside(
    api: EngineApi,
    image: BuiltImage,
    program: str,
    question: Mapping[str, Any],
    variables: Mapping[str, str],
    *,
    writable: Sequence[str] = (),
) -> Ended:
    """Run a file of this room (`proof.py`) with the image's own Python; the question is its argument, as JSON.

    `writable` are the pod's volumes, empty here.
    Raises VerificationFailed for an image without Python.
    """
    for interpreter in INTERPRETERS:
        config = container_config(image, program, question, variables, writable, interpreter=interpreter)
        with _container(api, config) as name:
            if _start(api, name):
                return _ended(api, name)
    raise VerificationFailed(
        f"{image.tag} can't be verified: it has no {' and no '.join(INTERPRETERS)} on its PATH.",
        hint="let the Dockerfile's final stage have Python on its PATH (ENV PATH=...)",
    )


def container_config(
    image: BuiltImage,
    program: str,
    question: Mapping[str, Any],
    variables: Mapping[str, str],
    writable: Sequence[str] = (),
    *,
    interpreter: str,
) -> dict[str, Any]:
    """What `POST /containers/create` is asked for: less than what the pod will have, never more."""
    text = resources.files("kubeship.images").joinpath(program).read_text()
    return {
        "Image": image.id,
        "Entrypoint": [interpreter],
        "Cmd": ["-c", text, json.dumps(question)],
        "Env": [f"{name}={value}" for name, value in sorted(variables.items())],
        "Labels": {LABEL: f"{socket.gethostname()}:{os.getpid()}"},
        "Healthcheck": {"Test": ["NONE"]},
        "NetworkDisabled": True,
        "HostConfig": {
            "NetworkMode": "none",
            "ReadonlyRootfs": True,
            "Tmpfs": dict.fromkeys(("/tmp", *writable), "rw,exec,size=256m"),  # noqa: S108  (inside the container)
            "CapDrop": ["ALL"],
            "SecurityOpt": ["no-new-privileges"],
            "PidsLimit": 512,
            "LogConfig": {"Type": "json-file", "Config": {}},  # or an engine with a remote driver has no logs to give
        },
    }


def remove_abandoned(api: EngineApi) -> None:
    """Remove the containers of proofs whose kubeship was killed; never those of one that runs."""
    host = socket.gethostname()
    for container in api.containers(LABEL):
        if abandoned(container, host, time.time(), _is_alive):
            api.remove_container(container["Id"])


def abandoned(container: Mapping[str, Any], host: str, now: float, is_alive: Callable[[int], bool]) -> bool:
    """Whether nobody waits for the container: its maker on this host is dead, or it is older than any proof."""
    maker_host, _, pid = container["Labels"].get(LABEL, "").rpartition(":")
    if now - container["Created"] > ABANDONED_SECONDS:
        return True
    return maker_host == host and pid.isdecimal() and not is_alive(int(pid))


@contextmanager
def _container(api: EngineApi, config: Mapping[str, Any]) -> Iterator[str]:
    """A container by a name that is known before it exists, so that Ctrl-C at any moment can remove it."""
    name = f"kubeship-verify-{uuid.uuid4().hex[:12]}"
    try:
        api.create_container(name, config)
        yield name
    finally:
        api.remove_container(name)


def _start(api: EngineApi, name: str) -> bool:
    """False when the image doesn't have the interpreter: runc's words, told as 400 or 404 by different engines."""
    try:
        api.start(name)
    except APIError as error:
        if "executable file not found" in explanation(error) or "no such file or directory" in explanation(error):
            return False
        raise
    return True


def _ended(api: EngineApi, name: str) -> Ended:
    exit_code = api.wait(name, SECONDS)
    state = api.inspect_container(name)["State"]
    return Ended(exit_code, api.logs(name), out_of_memory=bool(state.get("OOMKilled")))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
