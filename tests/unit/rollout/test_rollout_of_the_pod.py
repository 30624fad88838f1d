"""Is it told what a volume, or the node's network, has to do with why a container fails?"""

import pytest

from kubeship.model.objects import Object
from kubeship.model.verdict import Diagnosis
from kubeship.rollout.causes import conclude
from kubeship.rollout.pods import pod_snapshot
from tests.unit.rollout.builders import crash_looping, rollout, status, waiting

CONFIG: Object = {"name": "config", "configMap": {"name": "settings"}}
KEYS: Object = {"name": "keys", "secret": {"secretName": "tls"}}
DATA: Object = {"name": "data", "persistentVolumeClaim": {"claimName": "media"}}
HOST: Object = {"name": "host", "hostPath": {"path": "/srv"}}


def diagnosed(error: str, *mounts: Object, **pod_spec: object) -> Diagnosis:
    log = f'Traceback (most recent call last):\n  File "/app/a.py", line 3, in <module>\n    read()\n{error}\n'
    snapshot = rollout(crash_looping(1), log=log, spec={"volumeMounts": list(mounts)})
    snapshot.pods[0]["spec"] |= {"volumes": [CONFIG, KEYS, DATA, HOST], **pod_spec}
    found = conclude(pod_snapshot(snapshot.pods[0], snapshot))
    assert found
    return found.diagnosis


def mount(name: str, path: str, **more: object) -> Object:
    return {"name": name, "mountPath": path, **more}


def failed(number: int, words: str, path: str) -> str:
    return f"OSError: [Errno {number}] {words}: '{path}'"


@pytest.mark.parametrize(
    ("error", "mounted", "why", "remedy"),
    [
        (
            failed(30, "Read-only file system", "/config/a.ini"),
            mount("config", "/config"),
            "/config is the ConfigMap settings",
            "copy it to an emptyDir",
        ),
        (
            failed(30, "Read-only file system", "/data/a"),
            mount("data", "/data/", readOnly=True),
            "/data/ is the claim media",
            "`readOnly: true`",
        ),
        (
            failed(13, "Permission denied", "/keys/tls.key"),
            mount("keys", "/keys"),
            "/keys is the Secret tls",
            "defaultMode",
        ),
        (failed(13, "Permission denied", "/data/a"), mount("data", "/data"), "the claim media", "set `fsGroup`"),
        (failed(13, "Permission denied", "/srv/a"), mount("host", "/srv"), "the volume host", "take no fsGroup"),
        (
            "FileNotFoundError: [Errno 2] No such file or directory: '/config/app.toml'",
            mount("config", "/config"),
            "which has no such key and hides",
            "add it to the ConfigMap settings",
        ),
        (
            "FileNotFoundError: [Errno 2] No such file or directory: '/data/seed.json'",
            mount("data", "/data"),
            "/data is the claim media, which hides what the image has there",
            "mount it elsewhere",
        ),
        (
            "IsADirectoryError: [Errno 21] Is a directory: '/etc/app.yaml'",
            mount("config", "/etc/app.yaml", subPath="app.yaml"),
            "which has no app.yaml: Kubernetes makes a directory then",
            "correct `subPath`",
        ),
        (
            "ModuleNotFoundError: No module named 'shop'",
            mount("data", "/app"),
            "/app is the claim media, which hides",
            "kubeship.yaml is its folder; or mount it elsewhere",
        ),
        (
            "PermissionError: [Errno 13] Permission denied: '/.cache'",
            mount("data", "/data"),
            "no home directory",
            "HOME=/tmp",
        ),
    ],
)
def test_volume_that_the_path_lies_on_is_named(error: str, mounted: Object, why: str, remedy: str) -> None:
    diagnosis = diagnosed(error, mounted)

    assert why in diagnosis.cause
    assert remedy in diagnosis.remedy


def test_fs_group_that_is_set_and_does_not_help_is_not_advised() -> None:
    denied = failed(13, "Permission denied", "/data/a")

    diagnosis = diagnosed(denied, mount("data", "/data"), securityContext={"fsGroup": 1000})

    assert "init container" in diagnosis.remedy


@pytest.mark.parametrize(
    ("error", "mounted"),
    [
        (failed(13, "Permission denied", "/database/a"), mount("data", "/data")),
        ("ModuleNotFoundError: No module named 'shop'", mount("data", "/var/lib/shop")),
        ("ValueError: '/data/a' is no image", mount("data", "/data")),
    ],
)
def test_volume_that_has_nothing_to_do_with_it_is_not_named(error: str, mounted: Object) -> None:
    assert "the claim media" not in diagnosed(error, mounted).cause


def test_port_that_is_taken_lies_on_the_node_where_the_pod_uses_its_network() -> None:
    diagnosis = diagnosed("OSError: [Errno 98] Address already in use", hostNetwork=True)

    assert "a port of its node" in diagnosis.cause


def test_script_of_a_volume_that_is_not_executable_gets_its_mode_there() -> None:
    message = 'exec: "/config/run.sh": permission denied: unknown'
    snapshot = rollout(
        status(waiting("RunContainerError", message)), spec={"volumeMounts": [mount("config", "/config")]}
    )
    snapshot.pods[0]["spec"]["volumes"] = [CONFIG]

    found = conclude(pod_snapshot(snapshot.pods[0], snapshot))

    assert found
    assert "defaultMode: 0755" in found.diagnosis.remedy


def test_config_map_that_may_be_missing_is_told_to_be_optional() -> None:
    snapshot_error = "FileNotFoundError: [Errno 2] No such file or directory: '/more/app.toml'"
    more: Object = {"name": "more", "configMap": {"name": "nosuch", "optional": True}}

    found = diagnosed(snapshot_error, mount("more", "/more"), volumes=[more])

    assert "the ConfigMap nosuch, which is optional and isn't there, or has no such key" in found.cause


def test_what_counts_against_a_limit_of_memory_and_who_has_set_it_is_told() -> None:
    scratch: Object = {"name": "scratch", "emptyDir": {"medium": "Memory"}}
    limit = {"limits": {"memory": "64Mi"}}
    snapshot = rollout(
        crash_looping(137, "OOMKilled"), spec={"volumeMounts": [mount("scratch", "/s")], "resources": limit}
    )
    snapshot.pods[0]["spec"]["volumes"] = [scratch]
    plugin = "LimitRanger plugin set: memory request for container web; memory limit for container web"
    snapshot.pods[0]["metadata"]["annotations"] = {"kubernetes.io/limit-ranger": plugin}

    found = conclude(pod_snapshot(snapshot.pods[0], snapshot))

    assert found
    assert found.diagnosis.cause == (
        "web needs more memory than its limit of 64Mi; the namespace's LimitRange gives that limit; what it writes "
        "into scratch (medium: Memory) counts as well"
    )
