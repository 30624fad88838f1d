"""What is asked of the API server, and how are its answers understood?"""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from cluster_fakes import config_map
from kubernetes.client.exceptions import ApiException
from requests_fakes import DEPLOYMENT, Response, api, refusal

from kubeship.cluster.requests import warnings
from kubeship.errors import InvalidInput
from kubeship.model.objects import ObjectRef


@pytest.mark.parametrize(("hours", "by"), [(1, 3600), (0, 0)])
def test_time_is_the_servers_where_this_machine_has_another(hours: int, by: int) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True)
    server, _, _, _ = api(Response({}, {"Date": date}))
    before = server.now()

    server.get(DEPLOYMENT)

    assert abs((server.now() - before).total_seconds() - by) < 2
    assert server.now() >= before


def test_what_is_not_there_is_none() -> None:
    server, client, _, _ = api(refusal(404, about="web"))

    assert server.get(DEPLOYMENT) is None
    assert len(client.requests) == 1


def test_object_of_a_kind_that_is_not_served_is_not_there() -> None:
    server, client, _, _ = api(refusal(404))

    assert server.get(ObjectRef("acme.com/v1", "Gizmo", "", "a")) is None
    assert [path for _, path, _ in client.requests] == ["/apis/acme.com/v1"]  # of the discovery


def test_paths_follow_group_and_namespace() -> None:
    server, client, _, _ = api(*(Response({}) for _ in range(4)))

    server.get(DEPLOYMENT)
    server.get(ObjectRef("v1", "ConfigMap", "other", "a"))
    server.get(ObjectRef("v1", "Namespace", "", "shop"))
    server.list("networking.k8s.io/v1", "Ingress", everywhere=True)

    assert [path for _, path, _ in client.requests] == [
        "/apis/apps/v1/namespaces/shop/deployments/web",
        "/api/v1/namespaces/other/configmaps/a",
        "/api/v1/namespaces/shop",
        "/apis/networking.k8s.io/v1/ingresss",
    ]


def test_apply_is_strict_unforced_and_ours() -> None:
    server, client, _, _ = api(Response({}, {"Warning": '299 - "would violate \\"restricted\\""'}))

    applied = server.apply(config_map("a"), dry_run=True)

    assert applied.warnings == ('would violate "restricted"',)
    assert dict(client.requests[0][2]["query_params"]) == {
        "fieldManager": "kubeship",
        "force": "false",
        "fieldValidation": "Strict",
        "dryRun": "All",
    }


def test_several_warnings_in_one_header_are_several() -> None:
    assert warnings(['299 - "one, two", 299 - "three"']) == ("one, two", "three")


def test_deleting_what_was_replaced_meanwhile_does_nothing() -> None:
    gone = ApiException(
        status=409, reason="x", body=json.dumps({"message": "Precondition failed: UID in precondition: a"})
    )
    server, client, _, _ = api(gone)

    server.delete(DEPLOYMENT, propagation="Background", uid="a")

    assert client.requests[0][2]["body"]["preconditions"] == {"uid": "a"}


def test_items_of_a_list_know_their_kind() -> None:
    server, _, _, _ = api(Response({"metadata": {"resourceVersion": "7"}, "items": [{"metadata": {"name": "a"}}]}))

    listing = server.list("v1", "ConfigMap")

    assert listing.items == ({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}},)
    assert listing.version == "7"


def test_time_is_the_servers() -> None:
    server, _, _, _ = api(Response({}, {"Date": "Thu, 01 Jan 2037 12:00:00 GMT"}))

    server.get(DEPLOYMENT)

    assert abs(server.now() - datetime(2037, 1, 1, 12, tzinfo=UTC)) < timedelta(seconds=5)


def test_unknown_kind_names_the_file() -> None:
    server, _, _, _ = api(Response({"resources": []}))

    with pytest.raises(InvalidInput, match=r"has no Gizmo in example\.com/v1") as raised:
        server.kind("example.com/v1", "Gizmo")

    assert "*-gizmo.yaml" in raised.value.hint
