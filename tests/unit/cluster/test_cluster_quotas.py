"""Is it known before a deploy whether the namespace's quotas let its pods be?"""

from typing import Any

import pytest
from cluster_fakes import FakeApi, config_map, deployment, forbidden, preflight

from kubeship.cluster.quotas import findings
from kubeship.model.finding import Finding
from kubeship.model.objects import RELEASE_ANNOTATION, Object, ref


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


@pytest.mark.parametrize(
    ("scope", "counts"),
    [
        ({"scopes": ["BestEffort"]}, False),
        ({"scopes": ["NotBestEffort"]}, True),
        ({"scopes": ["Terminating"]}, False),
        ({"scopes": ["NotTerminating", "NotBestEffort"]}, True),
        ({"scopes": ["OfTomorrow"]}, False),
        ({"scopeSelector": {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "In", "values": ["a"]}]}},
         False),
    ],
)  # fmt: skip
def test_a_quota_of_some_pods_only_counts_those(scope: Object, counts: bool) -> None:
    scoped = quota(pods="0")
    scoped["spec"] |= scope

    assert bool(of([scoped], [], web())) is counts


def test_the_class_of_pods_decides_where_the_quota_asks_for_one() -> None:
    urgent = web()
    urgent["spec"]["template"]["spec"]["priorityClassName"] = "high"
    selector = {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "In", "values": ["high"]}]}
    scoped = quota(pods="0")
    scoped["spec"]["scopeSelector"] = selector

    assert of([scoped], [], web()) == []
    assert len(of([scoped], [], urgent)) == 1


def test_a_quota_of_requests_alone_wants_no_limits() -> None:
    assert of([quota(requests_cpu="4", requests_memory="4Gi")], [], web()) == []


def test_sidecars_add_up_and_the_largest_init_container_counts_alone() -> None:
    item = web(replicas=1)
    cpu = {"resources": {"requests": {"cpu": "500m"}}}
    item["spec"]["template"]["spec"]["initContainers"] = [
        {"name": "proxy", "restartPolicy": "Always", **cpu},
        {"name": "migrate", **cpu},
    ]

    (finding,) = of([quota(requests_cpu="900m")], [], item)

    assert "this deploy needs 1" in finding.problem  # proxy and migrate at once; afterwards proxy and web


def test_new_objects_are_counted_together() -> None:
    limit = quota()
    limit["status"] = {"hard": {"count/configmaps": "3", "services.nodeports": "1"}, "used": {"count/configmaps": "2"}}
    maps = [config_map(name) for name in "ab"]
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"},
               "spec": {"type": "NodePort", "ports": [{"port": 80}, {"port": 81}]}}  # fmt: skip

    problems = [finding.problem for finding in preflight(FakeApi(limit), [*maps, service])]

    assert problems == [
        "ResourceQuota/team allows 3 of count/configmaps, of which 2 are used; this deploy makes 2 more",
        "ResourceQuota/team allows 1 of services.nodeports, of which 0 are used; this deploy makes 2 more",
    ]
    assert preflight(FakeApi(limit, *maps), maps) == ()


def test_claims_of_a_stateful_set_take_storage_for_each_replica() -> None:
    limit = quota()
    limit["status"] = {"hard": {"requests.storage": "2Gi"}, "used": {}}
    claim = {"metadata": {"name": "data"}, "spec": {"resources": {"requests": {"storage": "1Gi"}}}}
    item = {**web(replicas=3), "kind": "StatefulSet"}
    item["spec"]["volumeClaimTemplates"] = [claim]

    problems = [finding.problem for finding in preflight(FakeApi(limit), [item]) if finding.subject == "quota"]

    assert problems == ["ResourceQuota/team allows 2048Mi of requests.storage, of which 0 are used; this deploy makes "
                        "3072Mi more"]  # fmt: skip


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ({"min": {"cpu": "500m"}}, "has requests.cpu 250m, and the namespace's LimitRange allows at least 500m"),
        ({"min": {"ephemeral-storage": "1Gi"}}, "states no requests.ephemeral-storage, of which"),
        ({"max": {"cpu": "1"}}, "states no limits.cpu, of which the namespace's LimitRange allows at most 1"),
        ({"max": {"cpu": "1"}, "default": {"cpu": "2"}}, "has limits.cpu 2, and the namespace's LimitRange"),
        ({"default": {"cpu": "100m"}}, "has requests.cpu 250m and, by the namespace's LimitRange, limits.cpu 100m"),
        ({"maxLimitRequestRatio": {"cpu": "2"}, "default": {"cpu": "1"}}, "has a limits.cpu of 4 times its request"),
        ({"maxLimitRequestRatio": {"cpu": "2"}}, "states no limits.cpu, whose ratio"),
        ({"type": "Pod", "max": {"memory": "128Mi"}}, "all containers together, has limits.memory 268435456"),
    ],
)
def test_what_a_limit_range_rejects(limit: Object, expected: str) -> None:
    (finding,) = of([], [limit_range(**limit)], web())

    assert finding.fatal
    assert expected in finding.problem


@pytest.mark.parametrize(
    "limit",
    [
        {"max": {"cpu": "1"}, "default": {"cpu": "1"}},
        {"min": {"memory": "256Mi"}},
        {"maxLimitRequestRatio": {"memory": "1"}},
        {"type": "PersistentVolumeClaim", "max": {"storage": "1Gi"}},
    ],
)
def test_what_a_limit_range_lets_in(limit: Object) -> None:
    assert of([], [limit_range(**limit)], web()) == []


def test_a_release_step_has_the_defaults_of_the_limit_range() -> None:
    step = web()
    step["kind"], step["apiVersion"] = "Job", "batch/v1"
    step["metadata"]["annotations"] = {RELEASE_ANNOTATION: "0"}
    step["spec"]["template"]["spec"]["containers"][0]["resources"] = {}
    defaults = limit_range(defaultRequest={"cpu": "300m"})

    (finding,) = of([quota(requests_cpu="1", used={"requests.cpu": "800m"})], [defaults], step)

    assert (finding.fatal, "needs 0.3" in finding.problem) == (False, True)


@pytest.mark.parametrize(("replicas", "expected"), [(None, 1), ("2", 1), ("many", 0)])
def test_replicas_that_are_no_number_are_for_the_server_to_name(replicas: object, expected: int) -> None:
    item = web()
    item["spec"]["replicas"] = replicas

    assert len(of([quota(requests_cpu="200m")], [], item)) == expected


def test_quotas_that_may_not_be_seen_stop_nothing() -> None:
    api = FakeApi(quota(pods="0"))
    api.refuse("list ResourceQuota", forbidden())

    assert preflight(api, [web()]) == ()
