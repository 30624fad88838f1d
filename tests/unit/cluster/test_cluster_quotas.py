"""Is it known before a deploy whether the namespace's quotas let its pods be?"""

from typing import Any

from cluster_fakes import FakeApi, deployment, forbidden, preflight

from kubeship.cluster.quotas import findings
from kubeship.model.finding import Finding
from kubeship.model.objects import Object, ref


def web(replicas: int = 2, cpu: str = "250m", memory: str = "256Mi", **limits: str) -> Object:
    resources = {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": memory, **limits}}
    return deployment("web", replicas=replicas, resources=resources)


def quota(used: dict[str, str] | None = None, **spec: Any) -> Object:
    hard = {name.replace("_", "."): value for name, value in spec.items()}
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "team"},
        "spec": {"hard": hard},
        "status": {"hard": hard, "used": used or {}},
    }


def limit_range(**limit: Any) -> Object:
    limits = [{"type": "Container", **limit}]
    return {"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "team"}, "spec": {"limits": limits}}


def of(quotas: list[Object], ranges: list[Object], wanted: Object, *live: Object) -> list[Finding]:
    return findings(quotas, ranges, [wanted], {ref(item): item for item in live})


def test_what_can_never_fit_is_fatal_and_says_by_how_much() -> None:
    (finding,) = of([quota(requests_cpu="600m", used={"requests.cpu": "200m"})], [], web())

    assert finding.fatal
    assert finding.problem == (
        "ResourceQuota/team allows 0.6 of requests.cpu, of which others use 0.2; this deploy needs 0.5"
    )


def test_our_own_running_pods_are_not_the_others() -> None:
    full = quota(requests_memory="768Mi", used={"requests.memory": "512Mi"})

    assert of([full], [], web(), web()) == []


def test_no_room_beside_the_old_pods_is_only_slow() -> None:
    (finding,) = of([quota(pods="2", used={"pods": "2"})], [], web(), web())

    assert not finding.fatal
    assert "the rollout waits until old ones are gone" in finding.problem


def test_what_a_quota_counts_must_be_stated() -> None:
    (finding,) = of([quota(limits_cpu="4")], [], web())

    assert finding.fatal
    assert finding.problem == (
        "ResourceQuota/team counts limits.cpu, which Deployment/web doesn't state: its pods will be rejected"
    )


def test_defaults_of_a_limit_range_state_it() -> None:
    assert of([quota(limits_cpu="4")], [limit_range(default={"cpu": "1"})], web()) == []
    (finding,) = of([quota(limits_cpu="1")], [limit_range(default={"cpu": "1"})], web())
    assert "this deploy needs 2" in finding.problem


def test_a_limit_beyond_the_range_is_fatal() -> None:
    (finding,) = of([], [limit_range(max={"memory": "128Mi"})], web())

    assert "container web, has limits.memory 256Mi, and the namespace's LimitRange allows at most 128Mi" in (
        finding.problem
    )


def test_a_quota_of_some_pods_only_is_left_alone() -> None:
    scoped = quota(pods="0")
    scoped["spec"]["scopes"] = ["BestEffort"]

    assert of([scoped], [], web()) == []


def test_quotas_that_may_not_be_seen_stop_nothing() -> None:
    api = FakeApi(quota(pods="0"))
    api.refuse("list ResourceQuota", forbidden())

    assert preflight(api, [web()]) == ()
