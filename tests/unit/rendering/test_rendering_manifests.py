"""Are the objects those that the Plan asks for, each value as it was?"""

from dataclasses import replace
from typing import Any

from kubeship import yaml_io
from kubeship.model.objects import (
    COMPONENT_LABEL,
    RELEASE_ANNOTATION,
    ROLLBACK_ANNOTATION,
    Object,
    containers,
    is_release_step,
    pod_template,
)
from kubeship.model.plan import Plan, ProbePlan, ProcessPlan
from kubeship.rendering.manifests import manifests
from kubeship.rendering.render import HEADER, render
from kubeship.rendering.templates import literal
from tests.unit.rendering.rendering_plans import DJANGO_SHOP, FLASK_HELLO, NASTY, NASTY_VALUES

WEB = FLASK_HELLO.processes[0]


def test_each_file_holds_one_object_after_a_line_that_says_whose_it_is() -> None:
    objects = manifests(DJANGO_SHOP)

    files = {path: text for path, text in render(DJANGO_SHOP).items() if path.startswith("deploy/")}

    assert {path.removeprefix("deploy/production/") for path in files} == set(objects)
    assert all(text.startswith(HEADER) for text in files.values())
    assert [yaml_io.load(text, path) for path, text in files.items()] == list(objects.values())


def test_a_file_is_named_by_the_kind_in_it() -> None:
    kinds = {name: item["kind"].lower() for name, item in manifests(DJANGO_SHOP).items()}

    assert all(name.endswith(f"-{kind}.yaml") for name, kind in kinds.items())


def test_nasty_values_arrive_in_every_container() -> None:
    for item in manifests(NASTY).values():
        for container in containers(item):
            values = [entry["value"] for entry in container["env"] if "value" in entry]
            assert values == [literal(value) for value in NASTY_VALUES]


def test_nasty_commands_arrive_word_by_word() -> None:
    (container,) = containers(manifests(NASTY)["true-deployment.yaml"])

    assert container["command"] == ["printf", *(literal(value) for value in NASTY_VALUES)]


def test_words_that_yaml_reads_as_something_else_stay_strings() -> None:
    objects = manifests(NASTY)

    assert objects["no-serviceaccount.yaml"]["metadata"]["name"] == "no"
    assert {item["metadata"]["namespace"] for item in objects.values()} == {"null"}
    assert objects["true-ingress.yaml"]["spec"]["ingressClassName"] == "on"
    assert [rule["host"] for rule in objects["true-ingress.yaml"]["spec"]["rules"]] == ["no", "*.null"]
    (container,) = containers(objects["true-deployment.yaml"])
    assert container["resources"]["limits"] == {"memory": "1e9"}
    assert container["startupProbe"]["httpGet"]["path"] == "/{{ path }}?a=b#c: 'd'"


def test_a_variable_is_listed_before_secrets_each_sorted_by_name() -> None:
    *_, container = containers(manifests(DJANGO_SHOP)["web-deployment.yaml"])

    names = [entry["name"] for entry in container["env"]]
    assert names == ["ALLOWED_HOSTS", "DJANGO_SETTINGS_MODULE", "DATABASE_URL", "SECRET_KEY"]


def test_without_variables_and_secrets_there_is_no_env() -> None:
    (container,) = containers(manifests(FLASK_HELLO)["web-deployment.yaml"])

    assert "env" not in container


def test_release_steps_are_jobs_that_kubeship_recognises_in_order() -> None:
    objects = manifests(DJANGO_SHOP)

    steps = [item["metadata"] for item in objects.values() if is_release_step(item)]
    assert [step["annotations"][RELEASE_ANNOTATION] for step in steps] == ["1", "2"]
    assert [step["annotations"][ROLLBACK_ANNOTATION] for step in steps] == ["safe", "never"]


def test_a_release_step_needs_nothing_that_is_applied_after_it() -> None:
    item = manifests(DJANGO_SHOP)["release-job.yaml"]

    pod = item["spec"]["template"]["spec"]
    assert "serviceAccountName" not in pod
    assert pod["automountServiceAccountToken"] is False


def test_a_singleton_never_runs_twice() -> None:
    spec = of(replace(WEB, kind="singleton", replicas=3))["web-deployment.yaml"]["spec"]

    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})


def test_a_disruption_budget_only_where_a_pod_can_be_spared() -> None:
    assert "web-poddisruptionbudget.yaml" not in of(replace(WEB, replicas=1))
    assert "web-poddisruptionbudget.yaml" not in of(replace(WEB, replicas=2, kind="singleton"))
    assert of(replace(WEB, replicas=2))["web-poddisruptionbudget.yaml"]["spec"]["maxUnavailable"] == 1


def test_a_worker_without_a_port_has_neither_service_nor_probes() -> None:
    objects = of(replace(WEB, kind="worker", port=None, probe=None, ingress=None))

    assert set(objects) == {"flask-hello-serviceaccount.yaml", "web-deployment.yaml"}
    (container,) = containers(objects["web-deployment.yaml"])
    assert not {"ports", "startupProbe", "readinessProbe", "livenessProbe"} & container.keys()


def test_startup_gets_the_whole_time_that_was_planned() -> None:
    probe = ProbePlan(path="/up", port=8000, startup_seconds=901, period=2)

    spec = of(replace(WEB, probe=probe))["web-deployment.yaml"]["spec"]

    startup = spec["template"]["spec"]["containers"][0]["startupProbe"]
    assert startup["periodSeconds"] * startup["failureThreshold"] >= 901
    assert spec["progressDeadlineSeconds"] > 901


def test_liveness_is_more_patient_than_readiness() -> None:
    *_, container = containers(manifests(DJANGO_SHOP)["web-deployment.yaml"])

    live, ready = container["livenessProbe"], container["readinessProbe"]
    assert live["httpGet"] == ready["httpGet"]
    assert live["periodSeconds"] * live["failureThreshold"] >= 60
    assert ready["periodSeconds"] * ready["failureThreshold"] <= 10


def test_selectors_match_the_pods_of_one_process_alone() -> None:
    objects = manifests(DJANGO_SHOP)

    for process in DJANGO_SHOP.processes:
        for selector in selectors(item for name, item in objects.items() if component(item) == process.name):
            matched = {
                component(item)
                for item in objects.values()
                if (template := pod_template(item)) and selector.items() <= template["metadata"]["labels"].items()
            }
            assert matched == {process.name}


def test_pod_security_restricted_is_met_by_every_pod() -> None:
    for plan in (DJANGO_SHOP, FLASK_HELLO, NASTY):
        for template in filter(None, map(pod_template, manifests(plan).values())):
            pod = template["spec"]
            assert pod["securityContext"]["runAsNonRoot"] is True
            assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
            for container in pod["containers"]:
                assert container["securityContext"]["allowPrivilegeEscalation"] is False
                assert container["securityContext"]["readOnlyRootFilesystem"] is True
                assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def of(process: ProcessPlan) -> dict[str, Object]:
    plan: Plan = replace(FLASK_HELLO, processes=(process,))
    return manifests(plan)


def component(item: Object) -> str:
    name: str = item["metadata"]["labels"].get(COMPONENT_LABEL, "")
    return name


def selectors(objects: Any) -> list[dict[str, str]]:
    found = []
    for item in objects:
        selector = item.get("spec", {}).get("selector") or {}
        found += [selector.get("matchLabels", selector)] if selector else []
    return found
