"""Is as much said as can be, where a webhook keeps the server from trying?"""

from cluster_fakes import FakeApi, config_map, deployment, managed, preflight

from kubeship.cluster.dry_run import compare
from kubeship.cluster.errors import refused
from kubeship.cluster.estimate import estimated
from kubeship.model.changes import Action, FieldChange

WORDS = 'admission webhook "guard.example.com" does not support dry run'
IMAGE = "spec.template.spec.containers[web].image"


def guarded(api: FakeApi, *names: str) -> FakeApi:
    for name in names:
        api.refuse(f"apply dry {name}", *(refused(400, {"message": WORDS, "reason": "BadRequest"}, "x") for _ in "12"))
    return api


def test_defaults_stay_and_what_the_manifest_says_otherwise_is_told() -> None:
    live = deployment("web", "shop:1", replicas=2, env=[{"name": "OTHERS", "value": "1"}])
    live["spec"]["template"]["spec"]["dnsPolicy"] = "ClusterFirst"

    assert estimated(live, deployment("web", "shop:2"), "kubeship") == (FieldChange(IMAGE, "shop:1", "shop:2"),)


def test_what_kubeship_alone_applied_and_no_longer_states_goes() -> None:
    live = managed(config_map("a", mine="1", ours="1"), {"f:data": {"f:mine": {}, "f:ours": {}}})
    live = managed(live, {"f:data": {"f:ours": {}}}, manager="kubectl-edit")

    assert estimated(live, config_map("a", new="1"), "kubeship") == (
        FieldChange("data.new", None, "1"),
        FieldChange("data.mine", "1", None),
    )


def test_a_webhook_without_dry_run_is_no_refusal() -> None:
    api = guarded(FakeApi(deployment("web", "shop:1")), "Deployment/web", "ConfigMap/new")

    changes, warnings = compare(api, [deployment("web", "shop:2"), config_map("new")])

    assert [change.action for change in changes] == [Action.UPDATE, Action.CREATE]
    assert warnings[0] == f"{WORDS}: what it would change or refuse of Deployment/web is only known when it is applied"


def test_preflight_tells_it_without_stopping() -> None:
    (finding,) = preflight(guarded(FakeApi(), "ConfigMap/new"), [config_map("new")])

    assert not finding.fatal
    assert WORDS in finding.problem
