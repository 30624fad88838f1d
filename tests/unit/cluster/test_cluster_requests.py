"""Does a request survive what may heal, and give up on what won't?"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from cluster_fakes import Heard, config_map, deployment
from kubernetes.client.exceptions import ApiException
from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import ResourceNotFoundError
from urllib3 import HTTPHeaderDict
from urllib3.exceptions import NewConnectionError, ProtocolError

from kubeship.cluster.errors import Refusal
from kubeship.cluster.persistence import BACKOFF
from kubeship.cluster.requests import DynamicApi, warnings
from kubeship.errors import InvalidInput, MissingPrecondition
from kubeship.model.objects import Object, ObjectRef

DEPLOYMENT = ObjectRef("apps/v1", "Deployment", "", "web")


class Response:
    """urllib3's, read."""

    def __init__(self, body: Object | str, headers: Mapping[str, str] | None = None) -> None:
        self.data = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.headers = HTTPHeaderDict({"Content-Type": "application/json", **(headers or {})})


class Torn(Response):
    """One whose body breaks off while it is read."""

    def __init__(self) -> None:
        self.headers = HTTPHeaderDict({"Content-Type": "text/plain"})

    @property
    def data(self) -> bytes:  # type: ignore[override]  # an attribute of the others
        raise ProtocolError("IncompleteRead")


class FakeClient:
    """The vendor's dynamic client: answers one after the other."""

    def __init__(self, *answers: Response | Exception) -> None:
        self.configuration = SimpleNamespace(host="https://server")
        self.resources = self
        self.answers = list(answers)
        self.requests: list[tuple[str, str, dict[str, Any]]] = []
        self.half_made = False
        """What a failed discovery leaves the vendor's picture of the server."""
        self.cached: set[str] = set()
        self.unserved = {"Gizmo"}

    def invalidate_cache(self) -> None:
        self.half_made = False
        self.cached.clear()

    def get(self, *, prefix: str, api_version: str, kind: str, group: str = "") -> Any:
        if self.half_made:
            raise KeyError("resources")
        if kind in self.unserved - self.cached:
            raise ResourceNotFoundError("no matches")
        self.cached.add(kind)
        namespaced = kind != "Namespace"
        return SimpleNamespace(group=group, name=kind.lower() + "s", namespaced=namespaced)

    def request(self, method: str, path: str, **how: Any) -> Response:
        self.requests.append((method, path, how))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def refusal(status: int, about: str = "", **headers: str) -> ApiException:
    body = {"message": "words", "details": {"name": about}}
    error = ApiException(status=status, reason="x", body=json.dumps(body))
    error.headers = {key.replace("_", "-"): value for key, value in headers.items()}
    return error


def api(*answers: Response | Exception) -> tuple[DynamicApi, FakeClient, Heard, list[float]]:
    client, heard, slept = FakeClient(*answers), Heard(), list[float]()
    return DynamicApi(cast("DynamicClient", client), "shop", heard, slept.append), client, heard, slept


@pytest.mark.parametrize("trouble", [refusal(500), refusal(503), ProtocolError("reset"), Response('{"torn')])
def test_trouble_heals_and_is_said(trouble: Response | Exception) -> None:
    server, client, heard, slept = api(trouble, Response({"kind": "Deployment"}))

    assert server.get(DEPLOYMENT) == {"kind": "Deployment"}
    assert slept == [BACKOFF[0]]
    assert "reading Deployment/web" in heard.text
    assert "trying again in 0.2 s" in heard.text
    assert len(client.requests) == 2


def test_server_that_says_when_is_obeyed() -> None:
    server, _, _, slept = api(refusal(429, Retry_After="3"), Response({}))

    server.get(DEPLOYMENT)

    assert slept == [3.0]


def test_trouble_that_stays_is_raised_after_the_last_try() -> None:
    server, client, _, slept = api(*(refusal(503) for _ in range(len(BACKOFF) + 1)))

    with pytest.raises(Refusal, match="the API server is in trouble"):
        server.get(DEPLOYMENT)

    assert slept == list(BACKOFF)
    assert client.answers == []


@pytest.mark.parametrize("status", [401, 403, 422])
def test_what_will_not_heal_is_asked_once(status: int) -> None:
    server, client, _, _ = api(refusal(status), Response({}))

    with pytest.raises(Refusal):
        server.get(DEPLOYMENT)

    assert len(client.requests) == 1


def test_login_that_is_not_taken_any_more_is_renewed_once() -> None:
    client, heard, renewed = (
        FakeClient(Response({}), refusal(401), Response({}), refusal(401), refusal(401)),
        Heard(),
        [],
    )
    server = DynamicApi(cast("DynamicClient", client), "shop", heard, renew=lambda: renewed.append(1))

    server.get(DEPLOYMENT)
    assert server.get(DEPLOYMENT) == {}
    assert renewed == [1]
    assert "doesn't take the login any more" in heard.text
    with pytest.raises(Refusal):
        server.get(DEPLOYMENT)
    assert renewed == [1, 1]


def test_login_that_can_not_be_renewed_is_a_refusal_like_any_other() -> None:
    def renew() -> None:
        raise MissingPrecondition("the plugin gave no credentials", hint="log in again")

    client = FakeClient(Response({}), refusal(401))
    server = DynamicApi(cast("DynamicClient", client), "shop", Heard(), renew=renew)
    server.get(DEPLOYMENT)

    with pytest.raises(Refusal, match="the plugin gave no credentials") as raised:
        server.get(DEPLOYMENT)

    assert (raised.value.status, raised.value.hint) == (401, "log in again")


def test_discovery_too_goes_on_with_another_login() -> None:
    client, renewed = FakeClient(Response({}), refusal(401), Response({}), Response({})), list[int]()
    server = DynamicApi(cast("DynamicClient", client), "shop", Heard(), renew=lambda: renewed.append(1))
    server.get(DEPLOYMENT)

    with pytest.raises(InvalidInput):
        server.kind("v1", "Gizmo")

    assert renewed == [1]


def test_server_that_is_started_again_is_waited_for() -> None:
    away = NewConnectionError(None, "[Errno 111] Connection refused")  # type: ignore[arg-type]  # as urllib3 has it
    server, _, heard, slept = api(*[away] * 20, Response({"kind": "Deployment"}))

    assert server.get(DEPLOYMENT) == {"kind": "Deployment"}
    assert 60 < sum(slept) < 90
    assert heard.text.count("nothing listens there") == 4


def test_server_that_is_not_there_at_first_is_not_waited_for() -> None:
    away = NewConnectionError(None, "[Errno 111] Connection refused")  # type: ignore[arg-type]  # likewise
    server, _, _, slept = api(away)

    with pytest.raises(Refusal, match="nothing listens there"):
        server.version()

    assert slept == []


@pytest.mark.parametrize(("hours", "by"), [(1, 3600), (0, 0)])
def test_time_is_the_servers_where_this_machine_has_another(hours: int, by: int) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True)
    server, _, _, _ = api(Response({}, {"Date": date}))
    before = server.now()

    server.get(DEPLOYMENT)

    assert abs((server.now() - before).total_seconds() - by) < 2
    assert server.now() >= before


def test_compare_and_swap_is_sent_once() -> None:
    server, client, _, _ = api(refusal(503), Response({}))

    with pytest.raises(Refusal):
        server.replace(deployment("web"))

    assert len(client.requests) == 1


def test_what_is_not_there_is_none() -> None:
    server, client, _, _ = api(refusal(404, about="web"))

    assert server.get(DEPLOYMENT) is None
    assert len(client.requests) == 1


def test_404_that_names_nothing_is_not_taken_for_the_absence_of_the_object() -> None:
    server, _, heard, _ = api(refusal(404), Response({"kind": "Deployment"}), refusal(404), Response({}))

    assert server.get(DEPLOYMENT) == {"kind": "Deployment"}
    server.delete(DEPLOYMENT, propagation="Background")

    assert heard.text.count("trying again") == 2


def test_404_that_stays_and_names_nothing_is_an_error_as_long_as_the_kind_is_served() -> None:
    server, client, _, _ = api(*(refusal(404) for _ in range(2 * (len(BACKOFF) + 1) + 1)))

    with pytest.raises(Refusal):
        server.get(DEPLOYMENT)
    client.unserved = {"Deployment"}

    assert server.get(DEPLOYMENT) is None


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


def test_group_that_is_not_served_for_a_moment_is_not_an_unknown_kind() -> None:
    server, _, heard, slept = api(refusal(503), Response({"resources": []}))

    with pytest.raises(InvalidInput, match="has no Gizmo"):
        server.kind("example.com/v1", "Gizmo")

    assert slept == [BACKOFF[0]]
    assert "asking https://server for Gizmo" in heard.text


def test_first_question_outlasts_an_answer_that_heals_but_does_not_wait_for_a_server_that_is_not_there() -> None:
    server, _, _, slept = api(
        refusal(503), Response({"gitVersion": "v1.35.4"}), ConnectionRefusedError(111, "Errno 111")
    )

    assert server.version() == "v1.35.4"
    with pytest.raises(Refusal, match="nothing listens there"):
        server.version()

    assert slept == [BACKOFF[0]]


def test_an_apply_that_met_another_writer_is_sent_again_unless_it_names_a_version() -> None:
    server, _, _, slept = api(refusal(409), Response({}), refusal(409))
    versioned = {**deployment("web"), "metadata": {"name": "web", "resourceVersion": "7"}}

    server.apply(deployment("web"))
    with pytest.raises(Refusal):
        server.apply(versioned)

    assert slept == [BACKOFF[0]]


def test_log_that_ends_midway_is_asked_for_again() -> None:
    whole = Response("all of it")
    whole.headers["Content-Type"] = "text/plain"
    server, _, _, slept = api(Torn(), whole)

    assert server.log("web-1", {}) == "all of it"
    assert slept == [BACKOFF[0]]


def test_discovery_that_failed_before_begins_anew() -> None:
    server, client, _, _ = api()
    client.half_made = True

    assert server.kind("apps/v1", "Deployment").resource == "deployments"
