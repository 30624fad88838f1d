"""Does a real API server take whatever Plan there can be?"""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from kubeship.model.plan import Plan
from kubeship.rendering.manifests import manifests
from tests.e2e.conftest import Kubectl
from tests.unit.rendering.any_plans import plans
from tests.unit.rendering.kind_plans import CUSTOM

pytestmark = [pytest.mark.e2e, pytest.mark.soak]


def test_objects_of_any_plan_are_accepted_with_strict_validation(kubectl: Kubectl) -> None:
    @given(plans())
    @settings(max_examples=50, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    def accepted(plan: Plan) -> None:
        rendered = manifests(replace(plan, namespace=kubectl.namespace)).values()
        objects = [item for item in rendered if item["kind"] not in CUSTOM]
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
        said = kubectl("apply", "--validate=strict", "--dry-run=server", "-f", "-", text=text)
        assert said.count("(server dry run)") == len(objects)

    accepted()
