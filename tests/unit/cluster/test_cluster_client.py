"""Is the cluster what workflows and the rollout expect, and does it say what the server warns of?"""

import pytest
from cluster_fakes import FakeApi, Heard, config_map, forbidden

from kubeship.cluster.client import KubernetesCluster
from kubeship.cluster.errors import Refusal
from kubeship.model.objects import ObjectRef
from kubeship.model.revision import recorded
from kubeship.rollout.ports import Observer
from kubeship.workflows.ports import Cluster, Lease

NAMESPACE = ObjectRef("v1", "Namespace", "", "shop")


def test_ports_are_satisfied() -> None:
    """mypy checks the annotations; what runs shows that they are of this very room."""
    api = FakeApi()
    cluster: Cluster = KubernetesCluster(api, "context dev", Heard())

    with cluster.lease("shop", "ann@laptop:1") as lease, cluster.observe([config_map("a")]) as observer:
        held: Lease = lease
        seen: Observer = observer

    held.check()
    assert seen.snapshot().workloads == ()
    assert cluster.namespace == "shop"


def test_namespace_is_created_once() -> None:
    api = FakeApi()
    api.live.clear()
    cluster = KubernetesCluster(api, "context dev", Heard())

    cluster.create_namespace()
    cluster.create_namespace()

    assert api.called("create") == ["create Namespace/shop"]


def test_namespace_that_somebody_makes_meanwhile_is_fine() -> None:
    api = FakeApi()
    api.refuse("get Namespace/shop", forbidden())

    KubernetesCluster(api, "context dev", Heard()).create_namespace()

    assert api.get(NAMESPACE) is not None


def test_namespace_that_may_not_be_made_is_an_error() -> None:
    api = FakeApi()
    api.live.clear()
    api.refuse("create Namespace/shop", forbidden())

    with pytest.raises(Refusal):
        KubernetesCluster(api, "context dev", Heard()).create_namespace()


def test_warnings_of_a_comparison_are_said() -> None:
    api, heard = FakeApi(), Heard()
    api.warnings = ("deprecated",)

    KubernetesCluster(api, "context dev", heard).compare([config_map("a")])

    assert "the API server warns: deprecated" in heard.text


def test_creation_whose_answer_was_lost_is_not_made_twice() -> None:
    api = FakeApi(config_map("one-off-1a2b3c"))
    cluster = KubernetesCluster(api, "context dev", Heard())

    created = cluster.create(config_map("one-off-1a2b3c"))

    assert (
        created["metadata"]["uid"]
        == api.live[ObjectRef("v1", "ConfigMap", "shop", "one-off-1a2b3c")]["metadata"]["uid"]
    )


def test_a_secret_out_of_a_record_stays_as_it_is() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"key": "Y2FuYXJ5"}}
    api = FakeApi(secret)
    cluster = KubernetesCluster(api, "context dev", Heard())
    old = recorded((secret, config_map("a")))

    changes = cluster.compare(old)
    cluster.apply(old, Always(), Heard())

    assert [change.ref.kind for change in changes] == ["ConfigMap"]
    assert api.live[ObjectRef("v1", "Secret", "shop", "s")]["data"] == {"key": "Y2FuYXJ5"}
    assert api.called("apply Secret") == []


class Always:
    """A permit that is never lost."""

    def check(self) -> None:
        """Nothing to raise."""
