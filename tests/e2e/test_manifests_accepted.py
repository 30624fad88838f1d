"""Does a real API server take every manifest as it is, and a namespace that enforces `restricted` every pod?"""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings

from kubeship import yaml_io
from kubeship.model.objects import Object
from kubeship.model.plan import Plan
from kubeship.rendering.manifests import manifests
from tests.e2e.conftest import Kubectl
from tests.schemas.__main__ import CRDS
from tests.unit.rendering.any_plans import plans
from tests.unit.rendering.manifest_sets import Sets, drafted, pods, reviewed

pytestmark = pytest.mark.e2e


@pytest.fixture(params=["reviewed", pytest.param("drafted", marks=pytest.mark.soak)])
def sets(request: pytest.FixtureRequest) -> Sets:
    made: Callable[[], Sets] = {"reviewed": reviewed, "drafted": drafted}[request.param]
    return made()


@pytest.fixture
def operators(kubectl: Kubectl) -> None:
    """The definitions of operators' kinds, where the cluster has none; they stay, as they hurt nobody."""
    there = kubectl("get", "crd", "-o", "name")
    for path in sorted(CRDS.glob("*.yaml")):
        name = yaml_io.load(path.read_text(), path.name)["metadata"]["name"]
        if name not in there:
            kubectl("create", "-f", str(path), check=False)  # another test may be quicker
            kubectl("wait", "--for=condition=Established", f"crd/{name}", "--timeout=30s")


@pytest.mark.usefixtures("operators")
def test_every_object_is_accepted_with_strict_validation_and_without_a_warning(sets: Sets, kubectl: Kubectl) -> None:
    objects = [item for items in sets.values() for item in items]

    assert tried(kubectl, objects) == len(objects)


def test_a_restricted_namespace_admits_every_pod(sets: Sets, kubectl: Kubectl) -> None:
    """Pod Security only warns of a Deployment, and refuses its pods later: so here are the pods."""
    made = [pod for items in sets.values() for pod in pods(items)]
    for pod in made:
        # The server refuses pods of an account that isn't there yet.
        pod["spec"] = {key: value for key, value in pod["spec"].items() if key != "serviceAccountName"}

    assert tried(kubectl, made) == len(made)


@pytest.mark.soak
@pytest.mark.usefixtures("operators")
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=plans())
def test_objects_of_any_plan_are_accepted(plan: Plan, kubectl: Kubectl) -> None:
    objects = list(manifests(plan).values())

    assert tried(kubectl, objects) == len(objects)


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": {"prots": []}}, "prots"),
        (
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": "a"},
                "spec": {"containers": [{"name": "a", "image": "a:1"}]},
            },
            "violates PodSecurity",
        ),
    ],
)
def test_what_is_wrong_is_refused(item: Object, words: str, kubectl: Kubectl) -> None:
    """The server does look."""
    with pytest.raises(AssertionError, match=words):
        tried(kubectl, [item])


def tried(kubectl: Kubectl, objects: list[Object]) -> int:
    """How many the server would create in the test's own namespace; it says why of the others, and of a warning."""
    moved = [{**item, "metadata": {**item["metadata"], "namespace": kubectl.namespace}} for item in objects]
    options = ("--dry-run=server", "--validate=strict", "--warnings-as-errors")
    text = "---\n".join(yaml_io.dump(item) for item in moved)
    return kubectl("create", *options, "-f", "-", text=text).count("created (server dry run)")
