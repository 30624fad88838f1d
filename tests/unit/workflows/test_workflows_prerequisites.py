"""Is there what a release step needs before it runs, and nothing else?"""

from kubeship.rendering.manifests import manifests
from kubeship.workflows.prerequisites import prerequisites
from kubeship.workflows.release import split
from tests.unit.rendering.kind_plans import KINDS
from tests.unit.rendering.rendering_plans import DJANGO_SHOP


def needed(case: str) -> list[str]:
    steps, rest = split(manifests(KINDS[case]).values())
    return [item["kind"] for item in prerequisites(steps, rest)]


def test_files_are_there_before_a_step_that_mounts_them() -> None:
    assert needed("files") == ["ConfigMap"]


def test_rights_are_there_before_a_step_that_has_them() -> None:
    assert sorted(needed("rights")) == ["Role", "RoleBinding", "ServiceAccount"]


def test_a_claim_is_there_before_a_step_that_mounts_it() -> None:
    steps, rest = split(manifests(KINDS["volumes"]).values())

    assert [item["metadata"]["name"] for item in prerequisites(steps, rest)] == ["shop-backup"]


def test_nothing_else_is_applied_before() -> None:
    steps, rest = split(manifests(DJANGO_SHOP).values())

    assert prerequisites(steps, rest) == ()
