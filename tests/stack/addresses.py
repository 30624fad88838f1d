"""Where do the tests find the engine, the registry, the cluster, the ingress controller and the database?"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
OWN_ENGINES = "unix:///run/kubeship-stack/"
FILE = Path(".stack", "addresses.json")
# Variables that name something that exists already: `up` then starts nothing for that part.
OVERRIDES = {
    "engine": "DOCKER_HOST",
    "cluster": "KUBESHIP_TEST_CONTEXT",
    "registry": "KUBESHIP_TEST_REGISTRY",
    "ingress": "KUBESHIP_TEST_INGRESS",
    "database": "KUBESHIP_TEST_DATABASE",
}


@dataclass(frozen=True)
class Stack:
    """The addresses of everything; each works from the machine, and the database's from pods too."""

    docker_host: str  # unix:///...
    registry: str  # localhost:PORT, plain HTTP
    kubeconfig: str
    context: str
    ingress: str  # http://127.0.0.1:PORT
    ingress_class: str
    database: str  # postgresql://user:password@host:port/name
    bin: str  # a folder with kubectl; "" where the cluster isn't the stack's own
    secured_registry: str = ""  # ADDRESS:PORT, TLS and config_files.SECURED_LOGIN; "" where it isn't the stack's own
    secured_registry_ca: str = ""  # its certificate; the stack's engine and node trust it


def load(checkout: Path = CHECKOUT, environment: Mapping[str, str] = os.environ) -> Stack:
    """What `up` wrote, with the environment's own servers in place of the stack's.

    Raises FileNotFoundError when something is needed that `make stack` has not brought up.
    """
    stack = saved(checkout)
    if stack is None and replaced_parts(environment) == set(OVERRIDES):
        stack = Stack("", "", "", "", "", "traefik", "", "")
    if stack is None:
        raise FileNotFoundError(f"{checkout / FILE}: the test stack is not up; run `make stack`")
    return with_overrides(stack, environment)


def saved(checkout: Path = CHECKOUT) -> Stack | None:
    """What `up` wrote, and None when it hasn't."""
    path = checkout / FILE
    return Stack(**json.loads(path.read_text())) if path.exists() else None


def save(stack: Stack, checkout: Path = CHECKOUT) -> None:
    """Write the addresses in one move, so that nobody reads half of them."""
    path = checkout / FILE
    unfinished = path.with_suffix(".new")
    unfinished.write_text(json.dumps(asdict(stack), indent=2) + "\n")
    unfinished.rename(path)


def replaced_parts(environment: Mapping[str, str]) -> set[str]:
    """The parts that the environment brings itself."""
    return {part for part in OVERRIDES if _named(part, environment)}


def _named(part: str, environment: Mapping[str, str]) -> str | None:
    value = environment.get(OVERRIDES[part])
    # People export what they read in addresses.json: a test stack's own engine is nobody's replacement for it.
    return None if value and value.startswith(OWN_ENGINES) else value or None


def with_overrides(stack: Stack, environment: Mapping[str, str]) -> Stack:
    """The stack with what the environment names."""
    parts = {"docker_host": "engine", "registry": "registry", "ingress": "ingress", "database": "database"}
    named = {field: _named(part, environment) for field, part in parts.items()}
    stack = replace(stack, **{field: value for field, value in named.items() if value})
    if context := environment.get(OVERRIDES["cluster"]):
        kubeconfig = environment.get("KUBECONFIG") or str(Path("~/.kube/config").expanduser())
        stack = replace(stack, context=context, kubeconfig=kubeconfig, bin="")
    if ingress_class := environment.get("KUBESHIP_TEST_INGRESS_CLASS"):
        stack = replace(stack, ingress_class=ingress_class)
    return stack


def misfits(replaced: set[str]) -> list[str]:
    """Why the named parts and the stack's own can't work together; empty when they can."""
    problems = []
    if "cluster" in replaced:
        for part, reason in NEEDED_BY_A_CLUSTER.items():
            if part not in replaced:
                problems.append(f"{OVERRIDES['cluster']} needs {OVERRIDES[part]}: {reason}")
    elif "registry" in replaced:
        problems.append(f"{OVERRIDES['registry']} needs {OVERRIDES['cluster']}: the stack's node pulls from its own")
    return problems


NEEDED_BY_A_CLUSTER = {
    "registry": "its nodes can't reach the stack's registry on localhost",
    "ingress": "the stack's ingress controller watches only the stack's cluster",
    "database": "its pods have no route to the stack's database",
}
