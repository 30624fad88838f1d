"""Does diff tell what deploy would change, and nothing else?"""

from pathlib import Path

from kubeship.workflows.diff import DiffRequest, diff
from tests.unit.workflows.conftest import healthy, never
from tests.unit.workflows.test_workflows_deploy import IMAGE, OTHER, ship
from tests.unit.workflows.world import MemoryCluster, MemoryEngine


def changed(project: Path, cluster: MemoryCluster, image: str | None = None) -> list[str]:
    changes = diff(DiffRequest(project, None, image), MemoryEngine, lambda app: cluster, never)
    return sorted(str(change.ref).partition("/")[0] for change in changes)


def test_nothing_would_change_after_a_deploy(project: Path) -> None:
    cluster = MemoryCluster(settle=healthy)
    ship(project, cluster)

    assert changed(project, cluster) == []


def test_a_tag_that_means_the_running_digest_changes_nothing(project: Path) -> None:
    cluster = MemoryCluster(settle=healthy)
    ship(project, cluster, image=IMAGE)

    assert changed(project, cluster, "registry.test/shop:1.0") == []


def test_another_image_changes_what_runs_it_and_is_released_first(project: Path) -> None:
    cluster = MemoryCluster(settle=healthy)
    ship(project, cluster)

    assert changed(project, cluster, OTHER) == ["Deployment", "Job"]


def test_a_change_of_kubeship_yaml_is_shown_as_deploy_would_render_it(project: Path) -> None:
    cluster = MemoryCluster(settle=healthy)
    ship(project, cluster)
    file = project / "kubeship.yaml"
    file.write_text(file.read_text().replace("replicas: 2", "replicas: 1"))
    deployment = project / "deploy/production/web-deployment.yaml"
    before = deployment.read_text()

    # One replica has no disruption budget; pruning is no change of an object that is applied.
    assert changed(project, cluster) == ["Deployment"]
    assert deployment.read_text() == before
