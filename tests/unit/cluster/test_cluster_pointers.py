"""Is it told when an Ingress, an autoscaler or a StatefulSet names what isn't there?"""

from typing import Any

from cluster_fakes import FakeApi, autoscaler, deployment, forbidden, ingress, preflight

from kubeship.cluster.pointers import findings
from kubeship.model.objects import Object


def service(name: str, **spec: Any) -> Object:
    ports = [{"name": "http", "port": 80, "targetPort": 8000}]
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": {"ports": ports, **spec}}


def routed(*backends: Object) -> Object:
    paths = [{"path": f"/{number}", "backend": {"service": backend}} for number, backend in enumerate(backends)]
    found = ingress("web", "shop.example.com")
    found["spec"]["rules"] = [{"host": "shop.example.com", "http": {"paths": paths}}]
    return found


def told(api: FakeApi, *objects: Object) -> list[str]:
    return [finding.problem for finding in findings(api, objects)]


def test_backend_that_is_not_there_and_port_that_a_service_does_not_have_are_told() -> None:
    sent = routed(
        {"name": "gone", "port": {"number": 80}},
        {"name": "shop-web", "port": {"number": 8000}},
        {"name": "shop-web", "port": {"name": "http"}},
        {"name": "living", "port": {"number": 80}},
    )

    assert told(FakeApi(service("living")), sent, service("shop-web")) == [
        "Ingress/web sends /0 to Service gone, which is neither deployed nor in the namespace",
        "Ingress/web sends /1 to port 8000 of Service shop-web, which has http 80",
    ]


def test_what_stands_in_an_annotation_or_outside_of_the_cluster_is_left_alone() -> None:
    outside = service("cdn", type="ExternalName", externalName="cdn.example.com", ports=None)
    sent = routed(
        {"name": "ssl-redirect", "port": {"name": "use-annotation"}}, {"name": "cdn", "port": {"number": 443}}
    )

    assert told(FakeApi(), sent, outside) == []


def test_default_backend_is_asked_for_too() -> None:
    sent = {**routed(), "spec": {"defaultBackend": {"service": {"name": "gone", "port": {"number": 80}}}}}

    assert told(FakeApi(), sent) == [
        "Ingress/web sends all else to Service gone, which is neither deployed nor in the namespace"
    ]


def test_autoscaler_of_nothing_is_told() -> None:
    assert told(FakeApi(), autoscaler("shop-web"), deployment("shop-web")) == []
    assert "scales Deployment/shop-web" in told(FakeApi(), autoscaler("shop-web"))[0]


def test_set_without_its_service_is_told() -> None:
    database = {**deployment("db"), "kind": "StatefulSet"}
    database["spec"] = {**database["spec"], "serviceName": "db"}

    assert told(FakeApi(), database, service("db")) == []
    assert "db-0.db isn't in DNS" in told(FakeApi(), database)[0]


def test_what_may_not_be_seen_is_not_called_missing() -> None:
    api = FakeApi()
    api.refuse("get Service/gone", forbidden())

    assert told(api, routed({"name": "gone", "port": {"number": 80}})) == []


def test_they_are_words_and_no_reasons_to_stop() -> None:
    found = preflight(FakeApi(), [routed({"name": "gone", "port": {"number": 80}})])

    assert [(finding.subject, finding.fatal) for finding in found if finding.subject == "route"] == [("route", False)]
