"""Does a credential or a Secret's value appear in anything that is written: output, evidence, records?"""

import base64
import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.conftest import Ended, Kubectl, Ship
from tests.e2e.test_flask import hello
from tests.stack.addresses import Stack

pytestmark = pytest.mark.e2e

MANIFEST = "deploy/production/web-deployment.yaml"
REGISTRY_PASSWORD = "canary-of-the-registry-4711"
REFERRED = "canary-in-a-secret-0815"
APPLIED = "canary-in-a-manifest-1138"
VARIABLE = "canary-in-a-variable-2020"
SAYS_ALL = """import os

print("all that I know:", dict(os.environ), flush=True)
if os.environ.get("CRASH"):
    raise RuntimeError(f"and I end with {os.environ['API_KEY']} and {os.environ['APP_SECRET']}")
"""


def token(stack: Stack) -> str:
    """What the kubeconfig logs in with."""
    users = yaml.safe_load(Path(stack.kubeconfig).read_text())["users"]
    return str(users[0]["user"].get("token") or users[0]["user"].get("client-key-data"))


def test_no_canary_is_found_in_what_is_written(copy: Any, kubectl: Kubectl, tmp_path: Path) -> None:
    ship, client = hello(copy, kubectl)
    with_canaries(ship, kubectl, tmp_path)
    # A proof in the image runs without Secrets, so the values come in the manifest alone.
    ship.edit("app.py", '"""A page', f'{SAYS_ALL}\n"""A page')
    said: list[Ended] = []

    def run(*arguments: str, code: int = 0) -> Ended:
        process = ship.start(*arguments)  # by itself, since --debug shows the traceback of an error
        out, err = process.communicate(timeout=300)
        said.append(Ended(process.returncode, out, err))
        assert process.returncode == code, f"{arguments}: {process.returncode}\n{out}\n{err}"
        return said[-1]

    image = json.loads(run("--debug", "build", "--push", "--json").out.splitlines()[-1])["reference"]
    run("--verbose", "--debug", "deploy", "--image", image)
    client.wait_for("Hello, world!")
    run("logs")
    run("run", "--", "python", "-c", "import os; print(os.environ['API_KEY'])")
    ship.edit(MANIFEST, f"value: {VARIABLE}", f"value: {VARIABLE}-2")
    ship.edit(MANIFEST, "- name: QUIET", "- name: CRASH")
    ship.edit("deploy/production/own-secret.yaml", APPLIED, f"{APPLIED}-2")
    run("diff", "--image", image, code=2)
    run("diff", "--image", image, "--output", "markdown", code=2)
    run("diff", "--image", image, "--json", code=2)
    run("--debug", "deploy", "--image", image, "--json", code=5)
    run("status", "--json")
    run("history", "--json")
    ship.environment["KUBECONFIG"] = refused(ship.stack, tmp_path)
    run("--debug", "status", code=4)

    written = {f"output {number}": ended.out + ended.err for number, ended in enumerate(said)}
    written |= {str(path): path.read_text() for path in (ship.project / ".kubeship").rglob("*") if path.is_file()}
    evidence = [text for name, text in written.items() if ".kubeship" in name]
    assert any("and I end with" in text for text in evidence)
    assert any("all that I know" in ended.out for ended in said)
    assert found(written, token(ship.stack), REGISTRY_PASSWORD, REFERRED, APPLIED, VARIABLE) == []
    # A record holds the manifests, and so what stands in a variable; of Secrets it holds nothing.
    assert found(records(kubectl), token(ship.stack), REGISTRY_PASSWORD, REFERRED, APPLIED) == []


def with_canaries(ship: Ship, kubectl: Kubectl, folder: Path) -> None:
    """A login, a Secret that the app refers to, one that is applied with it, and a variable named like one."""
    login = base64.b64encode(f"me:{REGISTRY_PASSWORD}".encode()).decode()
    config = {"auths": {registry: {"auth": login} for registry in (ship.stack.registry, "registry.test")}}
    (folder / "docker").mkdir()
    (folder / "docker" / "config.json").write_text(json.dumps(config))
    ship.environment["DOCKER_CONFIG"] = str(folder / "docker")
    kubectl("create", "secret", "generic", "theirs", f"--from-literal=API_KEY={REFERRED}")
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "own", "namespace": kubectl.namespace},
        "stringData": {"OWN_KEY": APPLIED},
    }
    (ship.project / "deploy/production/own-secret.yaml").write_text(json.dumps(secret))
    lines = (
        "envFrom:",
        "- secretRef: {name: theirs}",
        "- secretRef: {name: own}",
        "env:",
        "- name: APP_SECRET",
        f"  value: {VARIABLE}",
        "- name: QUIET",
        '  value: "1"',
        "ports:",
    )
    ship.edit(MANIFEST, "          ports:", "\n".join(f"          {line}" for line in lines))


def refused(stack: Stack, folder: Path) -> str:
    """A kubeconfig whose server isn't there."""
    document = yaml.safe_load(Path(stack.kubeconfig).read_text())
    document["clusters"][0]["cluster"] = {"server": "https://127.0.0.1:9"}
    path = folder / "nowhere.kubeconfig"
    path.write_text(yaml.safe_dump(document))
    return str(path)


def records(kubectl: Kubectl) -> dict[str, str]:
    """All that kubeship keeps in the cluster, unpacked."""
    kept = {}
    for item in kubectl.objects("configmaps,leases,jobs,events"):
        packed = item.pop("binaryData", None) or {}
        texts = [gzip.decompress(base64.b64decode(value)).decode() for value in packed.values()]
        kept[f"{item['kind']}/{item['metadata']['name']}"] = "\n".join([json.dumps(item), *texts])
    assert any("objects" in name or "kubeship-" in name for name in kept)
    return kept


def found(texts: dict[str, str], *canaries: str) -> list[str]:
    """Where a canary sings, in clear or in base64."""
    patterns = [re.escape(text) for each in canaries for text in (each, base64.b64encode(each.encode()).decode())]
    return [
        f"{name}: {text[max(match.start() - 200, 0) : match.end() + 40]}"
        for name, text in texts.items()
        if (match := re.search("|".join(patterns), text))
    ]
