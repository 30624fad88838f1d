"""Is every object of every kind and option what a person has reviewed? tests/golden/kinds holds them."""

import shutil

import pytest

from kubeship.model.objects import pod_template
from kubeship.rendering.manifests import APP_MANIFESTS, PROCESS_MANIFESTS, manifests
from kubeship.rendering.render import render
from tests.unit.rendering.kind_plans import GOLDEN, KINDS
from tests.unit.rendering.rendering_plans import CASES

PLANS = {**CASES, **KINDS}


@pytest.mark.parametrize("case", KINDS)
def test_objects_are_those_that_were_reviewed(case: str, request: pytest.FixtureRequest) -> None:
    folder = GOLDEN / case / "deploy"
    prefix = "deploy/production/"
    files = {path.removeprefix(prefix): text for path, text in render(KINDS[case]).items() if path.startswith(prefix)}

    if request.config.getoption("--update-golden", default=False):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")

    assert files == {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}, "run: make golden"


def test_every_kind_is_among_them() -> None:
    shown = {
        each.template
        for plan in KINDS.values()
        for process in plan.processes
        for each in PROCESS_MANIFESTS
        if each.wanted(plan, process)
    } | {each.template for plan in KINDS.values() for each in APP_MANIFESTS if each.wanted(plan)}

    assert shown == {each.template for each in (*PROCESS_MANIFESTS, *APP_MANIFESTS)}


@pytest.mark.parametrize("case", PLANS)
def test_every_container_is_restricted_and_asks_for_what_it_needs(case: str) -> None:
    for template in filter(None, map(pod_template, manifests(PLANS[case]).values())):
        pod = template["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
        for container in (*pod.get("initContainers", ()), *pod["containers"]):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert {"cpu", "memory"} <= container["resources"]["requests"].keys()
            assert "memory" in container["resources"]["limits"]
            assert not container["image"].endswith(":latest")


@pytest.mark.parametrize("case", PLANS)
def test_every_mount_has_its_volume_and_no_path_is_mounted_twice(case: str) -> None:
    for item in manifests(PLANS[case]).values():
        template = pod_template(item)
        if template is None:
            continue
        pod = template["spec"]
        volumes = [volume["name"] for volume in pod["volumes"]]
        claims = [each["metadata"]["name"] for each in item["spec"].get("volumeClaimTemplates", ())]
        assert len({*volumes, *claims}) == len(volumes) + len(claims)
        for container in (*pod.get("initContainers", ()), *pod["containers"]):
            paths = [mount["mountPath"] for mount in container["volumeMounts"]]
            assert len(set(paths)) == len(paths)
            assert {mount["name"] for mount in container["volumeMounts"]} <= {*volumes, *claims}


def test_a_token_is_mounted_only_where_there_are_permissions() -> None:
    def mounted(case: str) -> set[bool]:
        pods = filter(None, map(pod_template, manifests(PLANS[case]).values()))
        return {template["spec"]["automountServiceAccountToken"] for template in pods}

    assert {case for case in PLANS if True in mounted(case)} == {"rights"}


def test_grace_is_longer_than_pre_stop_and_the_servers_own_patience() -> None:
    for plan in KINDS.values():
        for process in plan.processes:
            if process.kind == "web":
                assert process.grace_seconds > process.pre_stop_seconds + 5
