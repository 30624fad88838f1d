"""Is one review enough where it lists all, and is each other permission asked for by itself?"""

from typing import Any

import pytest
from cluster_fakes import FakeApi, deployment, forbidden, preflight

from kubeship.cluster.granted import Permission, granted
from kubeship.model.objects import Object

POD_LOG = Permission("", "pods/log", "get")
WEB = Permission("apps", "deployments", "patch")
NODES = Permission("", "nodes", "list", namespaced=False)


def rule(group: str, resource: str, verb: str, **more: Any) -> Object:
    return {"apiGroups": [group], "resources": [resource], "verbs": [verb], **more}


class Counting(FakeApi):
    """Remembers which permissions were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def post(self, path: str, body: Object, doing: str) -> dict[str, Any]:
        attributes = (body.get("spec") or {}).get("resourceAttributes")
        if attributes:
            self.asked.append(attributes["resource"])
        return super().post(path, body, doing)


@pytest.mark.parametrize(
    ("listed", "enough"),
    [
        (rule("*", "*", "*"), True),
        (rule("", "pods/log", "get"), True),
        (rule("", "*/log", "get"), True),
        (rule("", "pods", "get"), False),
        (rule("apps", "pods/log", "get"), False),
        (rule("", "pods/log", "get", resourceNames=["web"]), False),
    ],
)
def test_what_a_rule_grants(listed: Object, enough: bool) -> None:
    api = Counting()
    api.rules = [listed]
    api.forbidden = {("get", "pods/log")}

    assert (POD_LOG in granted(api, [POD_LOG])) is enough
    assert (api.asked == []) is enough


def test_what_is_not_listed_is_asked_for() -> None:
    api = Counting()
    api.rules = [rule("apps", "deployments", "patch")]
    api.forbidden = {("get", "secrets")}

    assert granted(api, [WEB, POD_LOG]) == {WEB, POD_LOG}
    assert api.asked == ["*", "pods"]


def test_rules_of_the_namespace_say_nothing_of_what_lies_outside() -> None:
    api = Counting()
    api.rules = [rule("*", "*", "*")]
    api.forbidden = {("list", "nodes")}

    assert granted(api, [WEB, NODES]) == {WEB}


def test_all_in_the_namespace_is_nothing_outside_of_it() -> None:
    class OwnNamespace(Counting):
        """Its authorizer lists nothing, and allows everything in the namespace."""

        def post(self, path: str, body: Object, doing: str) -> dict[str, Any]:
            attributes = body["spec"].get("resourceAttributes") or {}
            return {"status": {"allowed": "namespace" in attributes}}

    assert granted(OwnNamespace(), [WEB, NODES]) == {WEB}


def test_a_server_that_lists_nothing_is_asked_about_each() -> None:
    class Silent(Counting):
        def post(self, path: str, body: Object, doing: str) -> dict[str, Any]:
            if body["kind"] == "SelfSubjectRulesReview":
                raise forbidden()
            return super().post(path, body, doing)

    api = Silent()
    api.forbidden = {("patch", "deployments")}

    assert granted(api, [WEB, POD_LOG]) == {POD_LOG}


def test_what_only_helps_is_said_by_check_and_of_secrets_by_deploy_too() -> None:
    api = FakeApi()
    api.forbidden = {("get", "secrets"), ("list", "resourcequotas")}

    (quick,) = preflight(api, [deployment("web")])
    (thorough,) = preflight(api, [deployment("web")], thorough=True)

    assert "get secrets" in quick.problem
    assert "resourcequotas" not in quick.problem
    assert "quotas aren't checked; Secrets aren't checked" in thorough.problem
