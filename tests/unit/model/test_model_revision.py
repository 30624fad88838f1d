"""What does a record keep of a revision?"""

from datetime import UTC, datetime

from kubeship.model.objects import Object
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
