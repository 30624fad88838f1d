"""Does a request survive what may heal, and give up on what won't?"""

from typing import cast

import pytest
from cluster_fakes import Heard, deployment
from kubernetes.dynamic import DynamicClient
from requests_fakes import DEPLOYMENT, FakeClient, Response, Torn, api, refusal
from urllib3.exceptions import NewConnectionError, ProtocolError

from kubeship.cluster.errors import Refusal
from kubeship.cluster.persistence import BACKOFF
from kubeship.cluster.requests import DynamicApi
from kubeship.errors import InvalidInput, MissingPrecondition


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


def test_compare_and_swap_is_sent_once() -> None:
    server, client, _, _ = api(refusal(503), Response({}))

    with pytest.raises(Refusal):
        server.replace(deployment("web"))

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
