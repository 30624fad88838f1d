"""Do docs, the Role that `check` prints, and what is really asked of the API server agree?"""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from kubeship.cluster.granted import Permission
from kubeship.cluster.permissions import HELPFUL, OWN
from tests.e2e.conftest import Kubectl, Ship
from tests.e2e.test_flask import hello
from tests.faults.api_proxy import in_front_of

pytestmark = pytest.mark.e2e

PATH = re.compile(
    r"^/(?:api/v1|apis/(?P<group>[^/]+)/[^/]+)(?:/namespaces/(?P<namespace>[^/]+))?/(?P<resource>[a-z]+)"
    r"(?:/(?P<name>[^/]+)(?:/(?P<subresource>[a-z]+))?)?$"
)
BEYOND = {
    ("", "namespaces", "get"),
    ("", "nodes", "list"),
    ("", "persistentvolumes", "list"),
    ("networking.k8s.io", "ingressclasses", "list"),
    ("networking.k8s.io", "ingresses", "list"),
    ("storage.k8s.io", "storageclasses", "list"),
}
"""Outside of the namespace: docs/deploy.md names them."""
REVIEWS = "authorization.k8s.io"
RUN = ("create", "delete", "get", "list", "watch")
"""What `run` does to Jobs (docs/deploy.md)."""
EXTRA = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: extra}\ndata: {a: b}\n"


def permission(request: str) -> tuple[Permission, bool] | None:
    """What a request takes (k8s.io/apiserver/pkg/endpoints/request/requestinfo.go), and whether in a namespace."""
    method, _, address = request.partition(" ")
    parts = urlsplit(address)
    found = PATH.match(parts.path)
    if found is None or found["group"] == REVIEWS:
        return None
    if parts.path.count("/") == 4 and found["resource"] == "namespaces":
        found = None
    resource = "namespaces" if found is None else "/".join(filter(None, (found["resource"], found["subresource"])))
    verbs = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
    named = found is None or found["name"]
    verb = verbs.get(method) or ("watch" if "watch=true" in parts.query else "get" if named else "list")
    group = "" if found is None else found["group"] or ""
    return Permission(group, resource, verb), found is not None and found["namespace"] is not None


def behind(ship: Ship, kubectl: Kubectl, folder: Path, token: str, server: str) -> None:
    document = json.loads(kubectl("config", "view", "--raw", "--flatten", "-o", "json"))
    document["users"] = [{"name": user["name"], "user": {"token": token}} for user in document["users"]]
    for cluster in document["clusters"]:
        cluster["cluster"] = {"server": f"http://{server}"}
    (folder / "kubeconfig").write_text(json.dumps(document))
    ship.environment["KUBECONFIG"] = str(folder / "kubeconfig")


def rules(kubectl: Kubectl, name: str) -> set[Permission]:
    found = json.loads(kubectl("get", "role", name, "-o", "json"))["rules"]
    return {
        Permission(group, resource, verb)
        for rule in found
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def test_nothing_is_asked_beyond_the_role_that_check_prints(copy: Any, kubectl: Kubectl, tmp_path: Path) -> None:
    ship, _ = hello(copy, kubectl)
    reference = json.loads(ship("build", "--push", "--json").out.splitlines()[-1])["reference"]
    kubectl("create", "serviceaccount", "ci")
    token = kubectl("create", "token", "ci").strip()
    server = json.loads(kubectl("config", "view", "--flatten", "-o", "json"))["clusters"][0]["cluster"]["server"]
    with in_front_of(urlsplit(server).netloc, lambda number, method, path: None) as (proxy, asked):
        behind(ship, kubectl, tmp_path, token, proxy)
        (ship.project / "deploy/production/extra-configmap.yaml").write_text(EXTRA)
        missing = json.loads(ship("check", "--json", code=4).out)["findings"]
        printed = next(one["remedy"] for one in missing if one["fatal"] and one["subject"] == "permission")
        kubectl("apply", "-f", "-", text=printed.partition("\n")[2])
        kubectl("create", "role", "run", f"--verb={','.join(RUN)}", "--resource=jobs.batch")
        for name in ("kubeship", "run"):
            kubectl("create", "rolebinding", name, f"--role={name}", f"--serviceaccount={kubectl.namespace}:ci")

        asked.seen.clear()
        ship("deploy", "--image", reference)
        ship("status")
        ship("logs")
        (ship.project / "deploy/production/extra-configmap.yaml").unlink()
        ship("deploy", "--image", reference)
        ship("rollback")
        ship("run", "--", "true")
        ship("delete", "--yes")

    asked_for = set(filter(None, map(permission, asked.seen)))
    own = {Permission(group, resource, verb) for group, resource, verbs in OWN for verb in verbs}
    helpful = {Permission(one.group, one.resource, verb) for one in HELPFUL for verb in one.verbs}
    granted = rules(kubectl, "kubeship")
    listed = {Permission(one.group, one.resource, "list") for one in granted if one.verb == "patch"}
    inside = {one for one, is_inside in asked_for if is_inside}
    assert {(one.group, one.resource, one.verb) for one, is_inside in asked_for if not is_inside} <= BEYOND
    assert own <= granted
    assert inside <= granted | helpful | listed | rules(kubectl, "run")
    # A server-side apply that makes an object takes `create` too, without a request of that verb.
    assert own <= inside | {Permission("", "configmaps", "create")}
    assert kubectl.names("deployment,service,configmap,lease") == {"ConfigMap/kube-root-ca.crt"}
