"""What does a record keep of a revision, and what does a revision say of itself beside that?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kubeship.model.objects import RELEASE_ANNOTATION, Object
from kubeship.model.revision import Outcome, Revision, is_without_values, recorded

CONFIG: Object = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"key": "value"}}
SECRET: Object = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "b", "annotations": {"theirs": "x"}},
    "type": "Opaque",
    "data": {"key": "Y2FuYXJ5"},
    "stringData": {"other": "canary"},
}


def test_a_secret_is_recorded_without_its_values_and_everything_else_as_it_is() -> None:
    config, secret = recorded((CONFIG, SECRET))

    assert config == CONFIG
    assert secret["type"] == "Opaque"
    assert secret["metadata"]["annotations"]["theirs"] == "x"
    assert "data" not in secret
    assert "stringData" not in secret
    assert [is_without_values(item) for item in (config, secret, SECRET)] == [False, True, False]
    assert recorded((config, secret)) == (config, secret)


def test_a_revision_that_was_read_back_is_the_one_that_was_written() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    written = Revision(1, "shop", "production", Outcome.SUCCEEDED, "image", (CONFIG, SECRET), now)
    read = Revision(1, "shop", "production", Outcome.SUCCEEDED, "image", recorded((CONFIG, SECRET)), now)

    assert written.succeeded_with((CONFIG, SECRET))
    assert read.succeeded_with((CONFIG, SECRET))
    assert not read.succeeded_with((SECRET,))


def deployed(image: str, *, replicas: int = 2, job: str = "shop-release-1-0a1b2c3d4e") -> Revision:
    containers = [{"name": "web", "image": image}]
    template = {"spec": {"containers": containers}}
    workload: Object = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"replicas": replicas, "template": template},
    }
    release: Object = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": job, "annotations": {RELEASE_ANNOTATION: "1"}},
        "spec": {"template": template},
    }
    return Revision(
        1, "shop", "production", Outcome.SUCCEEDED, image, (release, workload), datetime(2026, 1, 1, tzinfo=UTC)
    )


def test_revisions_that_differ_in_their_image_alone_share_their_config_hash() -> None:
    one = deployed("registry.test/shop@sha256:a")
    other = deployed("registry.test/shop@sha256:b", job="shop-release-1-ffffffffff")

    assert one.config_hash == other.config_hash
    assert one.config_hash != deployed("registry.test/shop@sha256:a", replicas=3).config_hash


def test_a_revision_that_runs_has_no_duration_yet() -> None:
    running = deployed("registry.test/shop@sha256:a")

    assert running.seconds is None
    assert replace(running, finished=running.started + timedelta(seconds=90)).seconds == 90
    assert running.digest == "sha256:a"
