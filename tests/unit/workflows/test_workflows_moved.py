"""Is it told what stays behind where an app is renamed, moved, or meets another environment of its own?"""

from dataclasses import replace
from pathlib import Path

import pytest

from kubeship.model.events import Caution, Emit, Event
from kubeship.workflows.builders import Builders
from kubeship.workflows.deploy import DeployRequest, deploy
from kubeship.workflows.ports import DirectBuilder
from kubeship.workflows.render import RenderRequest, render
from tests.unit.workflows.conftest import healthy, never
from tests.unit.workflows.world import MemoryCluster, MemoryEngine


def no_direct(repository: str, emit: Emit) -> DirectBuilder:
    raise AssertionError("there is an engine")


def rendered(project: Path, old: str, new: str) -> list[str]:
    """What is told where kubeship.yaml says something else."""
    file, heard = project / "kubeship.yaml", list[Event]()
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))
    render(RenderRequest(project), heard.append)
    return [event.message for event in heard if isinstance(event, Caution)]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("\nname: shop", "\nname: store", "for shop in namespace shop, and is now for store in namespace shop"),
        ("namespace: shop", "namespace: elsewhere", "for shop in namespace shop, and is now for shop in namespace els"),
    ],
)
def test_another_name_or_namespace_leaves_the_old_one_running(project: Path, old: str, new: str, told: str) -> None:
    (caution,) = rendered(project, old, new)

    assert told in caution
    assert rendered(project, "flask db upgrade", "flask db upgrade --sql") == []


def test_another_process_leaves_nothing_behind(project: Path) -> None:
    assert rendered(project, "  web:", "  site:") == []


def test_an_environment_that_replaces_another_one_is_told(project: Path) -> None:
    cluster, heard = MemoryCluster(settle=healthy), list[Event]()
    request = DeployRequest(project, None, "me@here:1")
    builders = Builders(MemoryEngine, no_direct)
    deploy(request, builders, lambda app: cluster, never)
    cluster.records[1] = replace(cluster.records[1], environment="staging")

    deploy(request, builders, lambda app: cluster, heard.append)

    assert any("is environment staging" in event.message for event in heard if isinstance(event, Caution))
