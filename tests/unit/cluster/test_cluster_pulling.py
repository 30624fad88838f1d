"""Is it known before a deploy whether nodes can pull the images, and is nothing said that isn't certain?"""

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest
from cluster_fakes import FakeApi, deployment, forbidden, preflight

from kubeship.cluster.keyring import Unreadable, entries, full_name, logins_for
from kubeship.model.finding import Finding
from kubeship.model.objects import Object
from kubeship.model.pulling import PullLogin, Reading, Upcoming

READABLE = Reading("readable", platforms=("linux/amd64",))
REFUSED = Reading("login refused", "reg.test doesn't accept the credentials of Secret/pull")
DENIED = Reading("denied", "reg.test wants a login for reg.test/shop:1")
MISSING = Reading("missing", "reg.test doesn't hold reg.test/shop:1")


class Registry:
    """Answers by the login's user name, `` for nobody."""

    def __init__(self, answers: Mapping[str, Reading]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str]] = []

    def __call__(self, image: str, login: PullLogin | None) -> Reading:
        self.asked.append((image, login.username if login else ""))
        return self.answers[login.username if login else ""]


def pull_secret(name: str, *places: str, kind: str = "kubernetes.io/dockerconfigjson", **entry: str) -> Object:
    held: Object = {place: entry or {"auth": base64.b64encode(f"{name}:word".encode()).decode()} for place in places}
    key = ".dockercfg" if kind.endswith("dockercfg") else ".dockerconfigjson"
    text = json.dumps(held if key == ".dockercfg" else {"auths": held})
    data = {key: base64.b64encode(text.encode()).decode()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "type": kind, "data": data}


def web(image: str = "reg.test/shop:1", *secrets: str, **spec: Any) -> Object:
    item = deployment("web", image)
    item["spec"]["template"]["spec"] |= {"imagePullSecrets": [{"name": name} for name in secrets], **spec}
    return item


def node(name: str, architecture: str = "amd64", *images: str, **spec: Any) -> Object:
    status = {
        "nodeInfo": {"operatingSystem": "linux", "architecture": architecture},
        "images": [{"names": [image]} for image in images],
    }
    labels = {"kubernetes.io/arch": architecture}
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}, "spec": spec,
            "status": status}  # fmt: skip


def found(api: FakeApi, item: Object, registry: Registry, upcoming: Upcoming | None = None) -> list[Finding]:
    every = preflight(api, [item], registries=registry, upcoming=upcoming, thorough=True)
    return [one for one in every if one.subject in {"image", "platform"}]


@pytest.mark.parametrize(
    ("place", "image", "expected"),
    [
        ("https://index.docker.io/v1/", "shop:1", True),
        ("docker.io", "team/shop", True),
        ("index.docker.io/team", "team/shop", False),  # as kubelet has it
        ("ghcr.io", "ghcr.io/team/shop:1", True),
        ("https://ghcr.io/v2/", "ghcr.io/team/shop:1", True),
        ("ghcr.io", "registry.example.com/shop:1", False),
        ("registry.example.com:5000", "registry.example.com:5000/shop@sha256:0", True),
        ("registry.example.com", "registry.example.com:5000/shop", False),
        ("*.dkr.ecr.eu-west-1.amazonaws.com", "1.dkr.ecr.eu-west-1.amazonaws.com/shop:1", True),
        ("*.io", "a.ghcr.io/shop", False),
        ("ghcr.io/team", "ghcr.io/team/shop:1", True),
        ("ghcr.io/team", "ghcr.io/teams/shop:1", True),  # a prefix of the text, not of the path
        ("ghcr.io/team/", "ghcr.io/teams/shop:1", False),
    ],
)
def test_a_login_is_for_a_host_and_a_path(place: str, image: str, expected: bool) -> None:
    assert bool(logins_for(image, entries(pull_secret("pull", place)))) is expected


def test_the_more_specific_login_is_tried_first_and_all_that_fit_are() -> None:
    held = (*entries(pull_secret("a", "reg.test")), *entries(pull_secret("b", "reg.test/shop", "other.test")))

    assert [login.username for login in logins_for("reg.test/shop:1", held)] == ["b", "a"]


def test_logins_are_read_as_kubelet_reads_them() -> None:
    (old,) = entries(pull_secret("pull", "reg.test", kind="kubernetes.io/dockercfg"))
    (plain,) = entries(pull_secret("pull", "reg.test", username="ann", password="word"))
    (bare,) = entries(pull_secret("pull", "reg.test", auth=base64.b64encode(b"anna:x").decode().rstrip("=")))

    assert (old.login.username, plain.login.username, bare.login.username) == ("pull", "ann", "anna")
    assert entries({**pull_secret("pull", "reg.test"), "type": "Opaque"}) == ()
    with pytest.raises(Unreadable):
        entries(pull_secret("pull", "reg.test", auth="no base64"))
    assert "word" not in repr((old, plain))


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("nginx", "docker.io/library/nginx:latest"),
        ("team/shop:1", "docker.io/team/shop:1"),
        ("localhost:5000/shop:1@sha256:ab", "localhost:5000/shop@sha256:ab"),
    ],
)
def test_an_image_has_one_name_on_a_node(image: str, expected: str) -> None:
    assert full_name(image) == expected


def test_a_login_that_is_refused_is_fatal_and_another_that_is_not_is_enough() -> None:
    api = FakeApi(pull_secret("wrong", "reg.test"), pull_secret("good", "reg.test"))
    registry = Registry({"wrong": REFUSED, "good": READABLE})

    (finding,) = found(api, web("reg.test/shop:1", "wrong"), registry)

    assert finding.fatal
    assert finding.problem == f"Deployment/web can't pull reg.test/shop:1: {REFUSED.said}"
    assert found(api, web("reg.test/shop:1", "wrong", "good"), registry) == []


@pytest.mark.parametrize("image", ["1.dkr.ecr.eu-west-1.amazonaws.com/shop:1", "localhost:5001/shop:1"])
def test_where_nodes_may_have_logins_of_their_own_a_refused_one_stops_nothing(image: str) -> None:
    host = image.partition("/")[0]

    (finding,) = found(FakeApi(pull_secret("pull", host)), web(image, "pull"), Registry({"pull": REFUSED}))

    assert not finding.fatal


def test_nobodys_login_is_only_a_caution_and_none_where_clouds_log_nodes_in() -> None:
    (finding,) = found(FakeApi(), web(), Registry({"": DENIED}))

    assert not finding.fatal
    assert finding.problem.startswith(f"{DENIED.said}, and Deployment/web has no pull secret for it")
    assert found(FakeApi(), web("team.azurecr.io/shop:1"), Registry({"": DENIED})) == []


def test_what_runs_shows_that_nodes_can_pull() -> None:
    running = {**web("reg.test/shop:0"), "status": {"readyReplicas": 1}}

    assert found(FakeApi(running), web(), Registry({"": DENIED})) == []


def test_a_pull_secret_that_is_missing_matters_to_a_registry_that_asks_for_one() -> None:
    denied = found(FakeApi(), web("reg.test/shop:1", "pull"), Registry({"": DENIED}))
    public = found(FakeApi(), web("reg.test/shop:1", "pull"), Registry({"": READABLE}))

    assert [one.fatal for one in denied] == [True]
    assert "its pull secret pull doesn't exist" in denied[0].problem
    assert public == []


def test_an_account_that_may_not_be_seen_leaves_it_open() -> None:
    api = FakeApi()
    api.refuse("get ServiceAccount/default", forbidden())

    (finding,) = found(api, web(), Registry({"": DENIED}))

    assert not finding.fatal
    assert finding.problem.startswith("can't tell whether the nodes can pull reg.test/shop:1")


def test_the_accounts_pull_secrets_count_where_the_pod_has_none() -> None:
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"},
               "imagePullSecrets": [{"name": "pull"}]}  # fmt: skip
    registry = Registry({"pull": READABLE, "own": READABLE})
    api = FakeApi(account, pull_secret("pull", "reg.test"), pull_secret("own", "reg.test"))

    assert found(api, web(), registry) == []
    assert found(api, web("reg.test/shop:1", "own"), registry) == []
    assert [who for _, who in registry.asked] == ["pull", "own"]


def test_an_image_that_no_registry_has_is_fatal_only_if_no_node_has_it() -> None:
    nowhere = found(FakeApi(node("a"), node("b")), web(), Registry({"": MISSING}))
    loaded = found(FakeApi(node("a"), node("b", "amd64", "reg.test/shop:1")), web(), Registry({"": MISSING}))
    unseen = FakeApi()
    unseen.refuse("list Node", forbidden())

    assert [one.fatal for one in nowhere] == [True]
    assert [one.fatal for one in loaded] == [False]
    assert [one.fatal for one in found(unseen, web(), Registry({"": MISSING}))] == [False]


def test_an_image_that_is_to_be_built_may_be_missing_and_denied() -> None:
    upcoming = Upcoming("reg.test/shop", "linux/amd64")
    item, api = web("reg.test/shop:set-by-deploy", "pull"), FakeApi(pull_secret("pull", "reg.test"))

    assert found(api, item, Registry({"pull": MISSING}), upcoming) == []
    assert found(api, item, Registry({"pull": DENIED}), upcoming) == []
    (finding,) = found(api, item, Registry({"pull": REFUSED}), upcoming)
    assert finding.fatal


def test_what_runs_is_asked_in_place_of_what_is_to_be_built() -> None:
    upcoming = Upcoming("reg.test/shop", "linux/amd64")
    running = {**web("reg.test/shop@sha256:0", "pull"), "status": {"readyReplicas": 1}}
    registry = Registry({"pull": DENIED})

    found(FakeApi(running, pull_secret("pull", "reg.test")), web("reg.test/shop:set-by-deploy", "pull"), registry,
          upcoming)  # fmt: skip

    assert registry.asked == [("reg.test/shop@sha256:0", "pull")]


def test_images_that_are_never_pulled_or_run_already_are_not_asked_about() -> None:
    kept = deployment("web", "reg.test/shop:1", imagePullPolicy="Never")
    running = {**web(), "status": {"readyReplicas": 1}}
    registry = Registry({"": DENIED})

    assert found(FakeApi(), kept, registry) == []
    assert preflight(FakeApi(running), [web()], registries=registry) == ()
    assert registry.asked == []


NOT_READY = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}


@pytest.mark.parametrize(
    ("reading", "nodes", "fatal"),
    [
        (READABLE, [node("a", "arm64")], [False]),  # emulated, perhaps
        (Reading("readable", platforms=("linux/arm64",)), [node("a")], [True]),
        (Reading("readable", platforms=("linux/arm64", "linux/s390x"), is_index=True), [node("a")], [True]),
        (Reading("readable", platforms=("linux/amd64",), is_index=True), [node("a", "arm64")], [True]),
        (READABLE, [node("a"), node("b", "arm64")], [False]),
        (READABLE, [node("a"), node("b", "arm64", taints=[{"key": "x", "effect": "NoSchedule"}])], []),
        (READABLE, [node("a", taints=[NOT_READY]), node("b", "s390x")], [False]),
        (READABLE, [node("joining", "")], []),
        (READABLE, [node("a")], []),
        (Reading("readable"), [node("a", "s390x")], []),
        (READABLE, [], []),
    ],
)
def test_images_for_other_machines(reading: Reading, nodes: list[Object], fatal: list[bool]) -> None:
    assert [one.fatal for one in found(FakeApi(*nodes), web(), Registry({"": reading}))] == fatal


def test_only_nodes_that_may_run_the_pod_count() -> None:
    nodes = [node("a"), node("b", "arm64")]
    arm = Registry({"": Reading("readable", platforms=("linux/arm64",))})
    demand = {"key": "kubernetes.io/arch", "operator": "NotIn", "values": ["amd64"]}
    required = {
        "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": [demand]}]}
    }

    assert found(FakeApi(*nodes), web(nodeSelector={"kubernetes.io/arch": "arm64"}), arm) == []
    assert found(FakeApi(*nodes), web(affinity={"nodeAffinity": required}), arm) == []
    (finding,) = found(FakeApi(*nodes), web(nodeSelector={"kubernetes.io/arch": "amd64"}), arm)
    assert finding.fatal
