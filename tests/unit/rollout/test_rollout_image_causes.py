"""Is a failed pull named, and only called certain when it is?"""

import pytest

from kubeship.model.snapshot import Snapshot
from kubeship.rollout.causes import conclude
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.pods import pod_snapshot
from tests.unit.rollout.builders import IMAGE, event, rollout, status, waiting

PREFIX = f'failed to pull and unpack image "{IMAGE}": failed to resolve reference "{IMAGE}": '


def concluded(snapshot: Snapshot) -> Conclusion:
    conclusion = conclude(pod_snapshot(snapshot.pods[0], snapshot))
    assert conclusion
    return conclusion


def pulled(words: str, count: int) -> Snapshot:
    message = f'Failed to pull image "{IMAGE}": {PREFIX}{words}'
    return rollout(
        status(waiting("ImagePullBackOff", f'Back-off pulling image "{IMAGE}"')), event("Failed", message, count)
    )


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (f"{IMAGE}: not found", "doesn't exist in its registry"),
        (
            "failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized",
            "isn't authorised to pull",
        ),
        ("pull access denied, repository does not exist or may require authorization", "isn't authorised to pull"),
        ('Head "https://r/v2/": dial tcp: lookup r on 10.96.0.10:53: no such host', "can't reach the registry"),
        ('Head "http://r/v2/": dial tcp 127.0.0.1:1: connect: connection refused', "can't reach the registry"),
        ("http: server gave HTTP response to HTTPS client", "don't trust the registry"),
        ("no match for platform in manifest: not found", "isn't built for the platform"),
        ('short-name "shop:1" did not resolve to an alias', "its name names none"),
        ("unexpected media type text/html for sha256:1: not found", "something else than a registry"),
        ("media type application/vnd.docker.distribution.manifest.v1+prettyjws is no longer", "schema 1"),
        ("denied: Your authorization token has expired. Reauthenticate", "isn't authorised"),
        ("net/http: TLS handshake timeout", "can't reach the registry"),
        ("failed to extract layer sha256:1: gzip: invalid header", "arrives damaged"),
    ],
)
def test_third_failed_pull_is_certain_and_says_why(words: str, cause: str) -> None:
    conclusion = concluded(pulled(words, count=3))

    assert cause in conclusion.diagnosis.cause
    assert conclusion.diagnosis.rule == "3 pulls failed"
    assert conclusion.certain


def test_pull_secret_that_is_not_there_is_named() -> None:
    refused = event("Failed", f'Failed to pull image "{IMAGE}": {PREFIX}unexpected status: 401 Unauthorized', 3)
    gone = event(
        "FailedToRetrieveImagePullSecret", "Unable to retrieve some image pull secrets (regcred)", container=""
    )

    found = concluded(rollout(status(waiting("ImagePullBackOff")), refused, gone)).diagnosis

    assert "the Secret that imagePullSecrets names isn't there" in found.cause
    assert "(regcred)" in found.evidence


def test_two_failed_pulls_are_only_a_worry() -> None:
    conclusion = concluded(pulled("not found", count=2))

    assert not conclusion.certain


def test_pulls_that_fail_in_different_words_are_counted_together() -> None:
    snapshot = rollout(
        status(waiting("ErrImagePull")),
        event("Failed", f'Failed to pull image "{IMAGE}": read tcp 10.0.0.2:40112: connection reset', 2),
        event("Failed", f'Failed to pull image "{IMAGE}": read tcp 10.0.0.2:40118: connection reset', 1),
        event("Failed", "Error: ErrImagePull", 9),
    )

    assert concluded(snapshot).certain


def test_registry_that_limits_its_rate_heals() -> None:
    conclusion = concluded(pulled("unexpected status: 429 Too Many Requests", count=9))

    assert not conclusion.certain
    assert "limits" in conclusion.diagnosis.cause


def test_word_in_the_images_own_name_is_no_cause() -> None:
    image = "registry.example.com/denied/unauthorized:1"
    message = f'Failed to pull image "{image}": failed to resolve reference "{image}": {image}: not found'
    snapshot = rollout(status(waiting("ErrImagePull")), event("Failed", message), spec={"image": image})

    assert "doesn't exist" in concluded(snapshot).diagnosis.cause


def test_invalid_image_name_is_certain_at_once() -> None:
    message = "couldn't parse image name: invalid reference format: repository name (UPPER) must be lowercase"

    conclusion = concluded(rollout(status(waiting("InvalidImageName", message))))

    assert conclusion.certain
    assert conclusion.diagnosis.evidence == message


def test_image_that_must_not_be_pulled_is_certain_at_once() -> None:
    conclusion = concluded(rollout(status(waiting("ErrImageNeverPull", "is not present with pull policy of Never"))))

    assert conclusion.certain
    assert "imagePullPolicy" in conclusion.diagnosis.remedy


def test_slow_pull_is_nothing_bad() -> None:
    snapshot = rollout(status(waiting("ContainerCreating")), event("Pulling", f'Pulling image "{IMAGE}"'))

    assert conclude(pod_snapshot(snapshot.pods[0], snapshot)) is None
