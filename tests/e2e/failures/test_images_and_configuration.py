"""Are images that can't be had, and configuration that isn't there, named on a real cluster?"""

import pytest

from kubeship.model.objects import Object
from tests.e2e.failures.checks import assert_named, parameters, wanted
from tests.e2e.failures.registries import push_foreign_image, registry_pod
from tests.e2e.failures.rollouts import (
    Case,
    Moment,
    Watched,
    after_events,
    container,
    deployment,
    job,
    named,
    on_one_node,
    put,
    put_and_await,
    refused_by_kubelet,
    run_all,
)
from tests.stack.addresses import Stack

pytestmark = pytest.mark.e2e

SOAK = {"job-secret", "never", "no-config-map", "no-pull-secret", "no-volume-key", "unreachable"}
"""Much like others."""

third_pull = after_events("Failed", 3, "Failed to pull image")
third_attempt = after_events("Failed", 3, "Error: ")
sixth_mount = after_events("FailedMount", 6)
NAMES = (
    "not-found",
    "unreachable",
    "login",
    "no-pull-secret",
    "foreign-platform",
    "invalid-name",
    "never",
    "no-secret",
    "no-key",
    "no-config-map",
    "no-volume",
    "no-volume-key",
    "root",
    "host-path",
    "job-secret",
)


def cases(stack: Stack, foreign: str) -> list[Case]:
    def pulled(name: str, image: str, cause: str, evidence: str, certain: Moment, **more: object) -> Case:
        return Case(name, (deployment({**container(stack), "image": image, **more}),), cause, evidence, certain)

    def variable(source: Object) -> Object:
        return container(stack, env=[{"name": "KEY", "valueFrom": source}])

    def mounting(volume: Object) -> Object:
        mounted = container(stack, volumeMounts=[{"name": "settings", "mountPath": "/settings"}])
        return deployment(mounted, volumes=[{"name": "settings", **volume}])

    secret = {"secretKeyRef": {"name": "shop", "key": "DATABASE_URL"}}
    there = put(named("v1", "Secret", "shop", stringData={"OTHER": "1"}))
    doorkeeper, locked = registry_pod(stack, login=True)
    another, barred = registry_pod(stack, login=True)
    return [
        pulled(
            "not-found",
            f"{stack.registry}/library/python:3.11-slimm",
            "python:3.11-slimm doesn't exist in its registry",
            "not found",
            third_pull,
        ),
        pulled("unreachable", "localhost:9/shop:1", "can't reach the registry", "connection refused", third_pull),
        Case(
            "login",
            (deployment({**container(stack), "image": f"{locked}/shop:1"}, **on_one_node(stack)),),
            "isn't authorised to pull",
            "401",
            third_pull,
            before=put_and_await(doorkeeper),
        ),
        Case(
            "no-pull-secret",
            (
                deployment(
                    {**container(stack), "image": f"{barred}/shop:1"},
                    imagePullSecrets=[{"name": "registry-login"}],
                    **on_one_node(stack),
                ),
            ),
            "the Secret that imagePullSecrets names isn't there",
            "registry-login",
            third_pull,
            before=put_and_await(another),
        ),
        pulled("foreign-platform", foreign, "isn't built for the platform", "no match for platform", third_pull),
        pulled("invalid-name", "Shop/Web:1", "Shop/Web:1 is no valid image name", "", after_events("InspectFailed", 1)),
        pulled(
            "never",
            "localhost:9/shop:1",
            "imagePullPolicy forbids to pull it",
            "",
            after_events("ErrImageNeverPull", 1),
            imagePullPolicy="Never",
        ),
        Case(
            "no-secret",
            (deployment(variable(secret)),),
            "the Secret shop doesn't exist",
            'secret "shop" not found',
            third_attempt,
        ),
        Case(
            "no-key",
            (deployment(variable(secret)),),
            "the Secret shop has no key DATABASE_URL",
            "couldn't find key DATABASE_URL",
            third_attempt,
            before=there,
        ),
        Case(
            "no-config-map",
            (deployment(container(stack, envFrom=[{"configMapRef": {"name": "settings"}}])),),
            "the ConfigMap settings doesn't exist",
            'configmap "settings" not found',
            third_attempt,
        ),
        Case(
            "no-volume",
            (mounting({"configMap": {"name": "settings"}}),),
            "volume settings: the ConfigMap settings doesn't exist",
            'configmap "settings" not found',
            sixth_mount,
        ),
        Case(
            "no-volume-key",
            (mounting({"secret": {"secretName": "shop", "items": [{"key": "a", "path": "a"}]}}),),
            "a volume needs the key a",
            "references non-existent secret key",
            sixth_mount,
            before=there,
        ),
        Case(
            "root",
            (deployment(container(stack), securityContext={"runAsNonRoot": True}),),
            "the image runs as root",
            "image will run as root",
            refused_by_kubelet,
        ),
        Case(
            "host-path",
            (mounting({"hostPath": {"path": "/nowhere/at/all", "type": "Directory"}}),),
            "volume settings isn't mounted: the node hasn't got what it is made of",
            "hostPath type check failed",
            timeout=25,
        ),
        Case(
            "job-secret",
            (job(variable(secret)),),
            "the Secret shop doesn't exist",
            'secret "shop" not found',
            third_attempt,
        ),
    ]


@pytest.fixture(scope="module")
def outcomes(stack: Stack, request: pytest.FixtureRequest) -> dict[str, tuple[Case, Watched | BaseException]]:
    all_cases = wanted(request, cases(stack, push_foreign_image(stack.registry, "e2e/foreign")))
    found = run_all(stack, all_cases)
    return {case.name: (case, found[case.name]) for case in all_cases}


@pytest.mark.parametrize("name", parameters(NAMES, SOAK))
def test_what_is_not_there_is_named(name: str, outcomes: dict[str, tuple[Case, Watched | BaseException]]) -> None:
    assert_named(*outcomes[name])
