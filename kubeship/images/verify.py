"""Do a built image's entrypoints keep their promises? Proved in a container of that image, which leaves no trace."""

import json
import os
import socket
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import resources
from typing import Any

from docker.errors import APIError

from kubeship.errors import VerificationFailed
from kubeship.images.connection import engine_errors, explanation
from kubeship.images.judgement import SECONDS, Ended, judge
from kubeship.images.ports import EngineApi
from kubeship.model.image import BuiltImage, Promise, Proof

LABEL = "kubeship.dev/verify"
"""On each proof's container: `host:pid` of the kubeship that made it."""
ABANDONED_SECONDS = 10 * SECONDS
"""An age that no proof reaches."""
INTERPRETERS = ("python", "python3")


def verify(
    api: EngineApi, image: BuiltImage, promises: Sequence[Promise], variables: Mapping[str, str]
) -> tuple[Proof, ...]:
    """Prove each promise in a container of its own. Raises VerificationFailed for the first that isn't kept."""
    with engine_errors(f"Verifying {image.tag}", VerificationFailed):
        remove_abandoned(api)
        return tuple(judge(promise, _prove(api, image, promise, variables)) for promise in promises)


def container_config(
    image: BuiltImage, promise: Promise, variables: Mapping[str, str], interpreter: str
) -> dict[str, Any]:
    """What `POST /containers/create` is asked for: less than what the pod will have, never more."""
    question = json.dumps({"entrypoint": promise.entrypoint, "seconds": SECONDS - 5})
    program = resources.files("kubeship.images").joinpath("proof.py").read_text()
    return {
        "Image": image.id,
        "Entrypoint": [interpreter],
        "Cmd": ["-c", program, question],
        "Env": [f"{name}={value}" for name, value in sorted(variables.items())],
        "Labels": {LABEL: f"{socket.gethostname()}:{os.getpid()}"},
        "Healthcheck": {"Test": ["NONE"]},
        "NetworkDisabled": True,
        "HostConfig": {
            "NetworkMode": "none",
            "ReadonlyRootfs": True,
            "Tmpfs": {"/tmp": "rw,exec,size=256m"},  # noqa: S108  (inside the container)
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


def _prove(api: EngineApi, image: BuiltImage, promise: Promise, variables: Mapping[str, str]) -> Ended:
    for interpreter in INTERPRETERS:
        with _container(api, container_config(image, promise, variables, interpreter)) as name:
            if _start(api, name):
                return _ended(api, name)
    raise VerificationFailed(
        f"{image.tag} can't be verified: it has no {' and no '.join(INTERPRETERS)} on its PATH.",
        hint="Let the Dockerfile's final stage have Python on its PATH (ENV PATH=...).",
    )


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
