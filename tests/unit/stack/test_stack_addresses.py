"""Which addresses do the tests get, with and without servers that the environment names?"""

from pathlib import Path

import pytest

from tests.stack.addresses import OVERRIDES, Stack, load, misfits, replaced_parts, save

STACK = Stack(
    docker_host="unix:///run/kubeship-stack/160/docker.sock",
    registry="localhost:5000",
    kubeconfig="/checkout/.stack/kubeconfig",
    context="kubeship-test",
    ingress="http://127.0.0.1:8080",
    ingress_class="traefik",
    database="postgresql://kubeship:kubeship@10.160.129.2:5432/kubeship",
    bin="/cache/bin",
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / ".stack").mkdir()
    save(STACK, tmp_path)
    return tmp_path


def test_what_up_saved_is_what_tests_load(checkout: Path) -> None:
    assert load(checkout, {}) == STACK


def test_without_a_stack_the_command_that_brings_one_up_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make stack"):
        load(tmp_path, {"KUBESHIP_TEST_REGISTRY": "localhost:1"})


def test_named_cluster_replaces_kubeconfig_context_and_kubectl(checkout: Path) -> None:
    stack = load(checkout, {"KUBESHIP_TEST_CONTEXT": "kind-kind", "KUBECONFIG": "/home/me/config"})

    assert (stack.context, stack.kubeconfig, stack.bin) == ("kind-kind", "/home/me/config", "")
    assert stack.registry == STACK.registry


def test_named_servers_are_enough_without_any_stack(tmp_path: Path) -> None:
    environment = {variable: f"my-{part}" for part, variable in OVERRIDES.items()}

    stack = load(tmp_path, environment)

    assert (stack.docker_host, stack.registry, stack.context) == ("my-engine", "my-registry", "my-cluster")
    assert (stack.ingress, stack.database, stack.ingress_class) == ("my-ingress", "my-database", "traefik")


def test_exported_engine_of_a_test_stack_replaces_nothing(checkout: Path) -> None:
    environment = {"DOCKER_HOST": "unix:///run/kubeship-stack/161/docker.sock"}

    assert replaced_parts(environment) == set()
    assert load(checkout, environment) == STACK


def test_empty_variable_replaces_nothing() -> None:
    assert replaced_parts({"DOCKER_HOST": ""}) == set()


@pytest.mark.parametrize(
    ("replaced", "named"),
    [
        ({"cluster"}, ["KUBESHIP_TEST_REGISTRY", "KUBESHIP_TEST_INGRESS", "KUBESHIP_TEST_DATABASE"]),
        ({"registry"}, ["KUBESHIP_TEST_CONTEXT"]),
        ({"cluster", "registry", "ingress", "database"}, []),
        ({"engine", "database"}, []),
    ],
)
def test_parts_that_cannot_work_together_are_refused(replaced: set[str], named: list[str]) -> None:
    problems = misfits(replaced)

    assert len(problems) == len(named)
    assert all(variable in problem for variable, problem in zip(named, problems, strict=True))
