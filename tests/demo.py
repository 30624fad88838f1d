"""What does the main job look like? From the sources of a Flask app to an address that answers; run by `make demo`."""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.stack.addresses import Stack, load

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "flask-hello"
HOST = "hello.localhost"
NAMESPACE = "kubeship-demo"
PATIENCE = 30.0
"""Seconds that the ingress controller gets to notice the Ingress."""


def main() -> int:
    """Run the demo on the test stack; returns the exit code."""
    stack = load()
    project = Path(tempfile.mkdtemp(prefix="kubeship-demo-")) / "flask-hello"
    shutil.copytree(EXAMPLE, project)
    sources = ", ".join(sorted(path.name for path in EXAMPLE.iterdir()))
    print(f"\nA copy of examples/flask-hello is in {project}: {sources}\n")
    environment = environment_for(stack)
    for command in commands(stack):
        print(f"$ {shlex.join(command)}", flush=True)
        code = subprocess.run([sys.executable, "-m", *command], cwd=project, env=environment, check=False).returncode
        if code != 0:
            print(f"\nThe demo ends here: {command[0]} {command[1]} exited with {code}.", file=sys.stderr)
            return code
        print(flush=True)
    address = browser_address(stack)
    print(f"$ curl {address}", flush=True)
    print(answer(stack.ingress, HOST, PATIENCE))
    settings = " ".join(
        f"{name}={shlex.quote(environment[name])}" for name in ("DOCKER_HOST", "KUBECONFIG", "KUBESHIP_CONTEXT")
    )
    print(f"It answers at {address} until `make stack-down`. To go on with it yourself:\n")
    print(
        f"  cd {project}\n  export {settings}\n  {shlex.quote(str(Path(sys.executable).parent / 'kubeship'))} status\n"
    )
    return 0


def commands(stack: Stack) -> Sequence[Sequence[str]]:
    """What a user would type."""
    return (
        (
            *("kubeship", "init"),
            *("--image", f"{stack.registry}/{NAMESPACE}/flask-hello"),
            *("--host", HOST),
            *("--namespace", NAMESPACE),
            *("--set", f"ingress.class={stack.ingress_class}"),
        ),
        ("kubeship", "deploy", "--create-namespace"),
        ("kubeship", "status"),
    )


def environment_for(stack: Stack) -> Mapping[str, str]:
    """Where the engine and the cluster are; CI is left out, since a person watches."""
    return {
        **{name: value for name, value in os.environ.items() if name != "CI"},
        "DOCKER_HOST": stack.docker_host,
        "KUBECONFIG": stack.kubeconfig,
        "KUBESHIP_CONTEXT": stack.context,
    }


def browser_address(stack: Stack) -> str:
    """Where a browser on this machine finds the app: every name under localhost is this machine (RFC 6761)."""
    port = urllib.parse.urlsplit(stack.ingress).port
    return f"http://{HOST}:{port}/" if port else f"http://{HOST}/"


def answer(ingress: str, host: str, patience: float) -> str:
    """The body of the first answer with status 200. Raises the last error after `patience` seconds."""
    deadline = time.monotonic() + patience
    request = urllib.request.Request(ingress, headers={"Host": host})
    while True:
        try:
            with urllib.request.urlopen(request, timeout=5) as response:
                return str(response.read().decode())
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
