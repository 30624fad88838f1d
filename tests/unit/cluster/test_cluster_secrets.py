"""Do the values of a pod's Secrets stay out of its log?"""

import base64

from cluster_fakes import FakeApi, forbidden

from kubeship.cluster.secrets import masking
from kubeship.model.objects import Object


def secret(name: str, **values: str) -> Object:
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "data": encoded}


def pod(spec: Object) -> Object:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web-1", "namespace": "shop"}, "spec": spec}


def test_values_are_masked_however_the_pod_gets_them() -> None:
    names = ("variable", "all", "volume", "projected", "init")
    api = FakeApi(*(secret(name, key=f"canary-{name}") for name in names))
    container = {
        "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "variable", "key": "key", "optional": True}}}],
        "envFrom": [{"secretRef": {"name": "all"}}],
    }
    init = {"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "init", "key": "key"}}}]}
    volumes = [{"secret": {"secretName": "volume"}}, {"projected": {"sources": [{"secret": {"name": "projected"}}]}}]

    masked = masking(api, [pod({"containers": [container], "initContainers": [init], "volumes": volumes})])

    assert masked("".join(f"<canary-{name}>" for name in names)) == "<[redacted]>" * len(names)


def test_the_password_of_an_address_is_masked_alone_too_and_short_values_are_left() -> None:
    api = FakeApi(secret("shop", url="postgres://shop:hunter%402@db/shop", debug="true"))

    masked = masking(api, [pod({"containers": [{"envFrom": [{"secretRef": {"name": "shop"}}]}]})])

    assert masked('password "hunter@2" is wrong, hunter%402 too: true') == (
        'password "[redacted]" is wrong, [redacted] too: true'
    )


def test_secrets_that_may_not_be_read_leave_the_log_as_it_is() -> None:
    api = FakeApi(secret("shop", key="canary"))
    api.refuse("get Secret/shop", forbidden())

    masked = masking(api, [pod({"containers": [{"envFrom": [{"secretRef": {"name": "shop"}}]}]})])

    assert masked("a canary") == "a canary"


def test_a_variable_that_is_named_like_a_secret_is_one() -> None:
    env = [{"name": "APP_SECRET", "value": "canary-in-clear"}, {"name": "GREETING", "value": "good-day"}]

    masked = masking(FakeApi(), [pod({"containers": [{"env": env}]})])

    assert masked("good-day, canary-in-clear") == "good-day, [redacted]"
