"""Is everything kept that explains a failure, and no secret?"""

import json
from dataclasses import replace

import pytest

from kubeship.rollout.evidence import evidence
from kubeship.rollout.redaction import MASK, redacted_object, redacted_text
from tests.unit.rollout.builders import POD, crash_looping, event, rollout


def test_objects_events_and_logs_are_kept_in_files_of_their_own() -> None:
    failing = event("BackOff", "Back-off restarting failed\ncontainer web", count=7)

    files = evidence(rollout(crash_looping(1), failing, log="now\n", previous="before\n"))

    assert sorted(files) == [
        "events.txt",
        "logs/shop-web-74b4c47b76-4fgfr-web-previous.log",
        "logs/shop-web-74b4c47b76-4fgfr-web.log",
        "objects/Deployment-shop-web.json",
        f"objects/Pod-{POD}.json",
        "objects/ReplicaSet-shop-web-1.json",
        "objects/ReplicaSet-shop-web-2.json",
    ]
    assert f"BackOff              Pod/{POD}: Back-off restarting failed container web" in files["events.txt"]
    assert files["logs/shop-web-74b4c47b76-4fgfr-web-previous.log"] == "before\n"
    assert json.loads(files["objects/Deployment-shop-web.json"])["kind"] == "Deployment"


def test_secret_variable_is_masked_wherever_its_value_stands() -> None:
    spec = {"env": [{"name": "SECRET_KEY", "value": "canary-1234"}, {"name": "PORT", "value": "8000"}]}
    snapshot = rollout(crash_looping(1), event("Failed", "Error: canary-1234"), spec=spec, log="key canary-1234\n")
    copied = {"kubectl.kubernetes.io/last-applied-configuration": "{canary-1234}", "team": "shop"}
    snapshot = replace(snapshot, pods=tuple(_annotated(pod, copied) for pod in snapshot.pods))

    files = evidence(snapshot)

    assert not [name for name, text in files.items() if "canary" in text]
    assert '"value": "8000"' in files[f"objects/Pod-{POD}.json"]
    assert '"team": "shop"' in files[f"objects/Pod-{POD}.json"]


def test_values_of_a_secret_are_masked_and_its_keys_are_kept() -> None:
    secret = {"kind": "Secret", "metadata": {"name": "shop", "managedFields": [{}]}, "data": {"TOKEN": "Y2FuYXJ5"}}

    assert redacted_object(secret) == {"kind": "Secret", "metadata": {"name": "shop"}, "data": {"TOKEN": MASK}}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://shop:hunter2@db:5432/shop", f"postgresql://shop:{MASK}@db:5432/shop"),
        ("redis://:hunter2@cache/0", f"redis://:{MASK}@cache/0"),
        ("git+https://ghp_0123456789abcdef@github.com/a/b", f"git+https://{MASK}@github.com/a/b"),
        ("https://shop@registry.example.com/v2/", "https://shop@registry.example.com/v2/"),
        ("DB_PASSWORD=hunter2 PORT=8000", f"DB_PASSWORD={MASK} PORT=8000"),
        ("{'password': 'hunter2', 'host': 'db'}", f"{{'password': '{MASK}', 'host': 'db'}}"),
        ("DB_PASS=hunter2 AccountKey=abc=", f"DB_PASS={MASK} AccountKey={MASK}"),
        ("    api_key = 'sk_live_42'", f"    api_key = '{MASK}'"),
        ("password: hunter2", f"password: {MASK}"),
        ("SECRET_KEY: must not be empty", "SECRET_KEY: must not be empty"),
        ('SECRET_KEY = os.environ["SECRET_KEY"]', 'SECRET_KEY = os.environ["SECRET_KEY"]'),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nx", f"{MASK}\nx"),
        ("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0xyz.abc-def", f"token {MASK}"),
        ("Authorization: Bearer abcdef123456", f"Authorization: Bearer {MASK}"),
        ("KeyError: 'SECRET_KEY'", "KeyError: 'SECRET_KEY'"),
        ('exec: "/etc/passwd": permission denied', 'exec: "/etc/passwd": permission denied'),
        ("GET http://10.0.0.1:8000/healthz 404", "GET http://10.0.0.1:8000/healthz 404"),
    ],
)
def test_text_loses_its_secrets_and_nothing_else(text: str, shown: str) -> None:
    assert redacted_text(text) == shown


def _annotated(pod: dict[str, object], annotations: dict[str, str]) -> dict[str, object]:
    metadata = pod["metadata"]
    assert isinstance(metadata, dict)
    return {**pod, "metadata": {**metadata, "annotations": annotations}}
