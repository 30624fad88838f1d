"""Is what stands around a rollout read where it may be read, and never an error where it may not?"""

from cluster_fakes import FakeApi, autoscaler, forbidden, ingress

from kubeship.cluster.surroundings import sockets, surroundings
from kubeship.model.objects import Object

ADDRESS = {"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}]}}


def pod(name: str = "web-1", state: str = "running") -> Object:
    return {"metadata": {"name": name}, "status": {"containerStatuses": [{"name": "web", "state": {state: {}}}]}}


def test_ingress_without_an_address_is_compared_with_all_others() -> None:
    own, other = ingress("shop", "shop.test"), ingress("blog", "blog.test", namespace="blog")
    api = FakeApi(own, {**other, "status": ADDRESS}, autoscaler("shop-web"))

    found = surroundings(api, [own, autoscaler("shop-web"), {"kind": "Deployment", "metadata": {"name": "web"}}])

    assert [item["metadata"]["name"] for item in found.ingresses] == ["shop"]
    assert [item["metadata"]["name"] for item in found.others] == ["blog"]
    assert len(found.autoscalers) == 1


def test_others_are_not_asked_for_where_an_address_is_there() -> None:
    own = {**ingress("shop", "shop.test"), "status": ADDRESS}
    api = FakeApi(own)

    assert surroundings(api, [own]).others == ()
    assert not api.called("list")


def test_what_may_not_be_read_stays_unknown() -> None:
    own = ingress("shop", "shop.test")
    api = FakeApi(own)
    api.refuse("get Ingress/shop", forbidden())

    assert surroundings(api, [own]).ingresses == ()


def test_sockets_are_read_with_whatever_the_image_has() -> None:
    api = FakeApi()
    api.printed = {("web-1", "cat"): "table", ("web-2", "python"): "table"}

    found = sockets(api, [pod("web-1"), pod("web-2"), pod("web-3"), pod("web-4", "waiting")])

    assert found == {"web-1": "table", "web-2": "table"}
    assert not [call for call in api.calls if "web-4" in call]


def test_pod_that_may_not_be_looked_into_stays_unknown() -> None:
    api = FakeApi()
    api.printed = {("web-1", "cat"): "table"}
    for program in ("cat", "python"):
        api.refuse(f"run {program} in web-1/web", forbidden())

    assert sockets(api, [pod()]) == {}
