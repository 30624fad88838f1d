"""What does the pod's own spec add to why its container fails? A volume where the path lies, the node's network."""

import re
from dataclasses import dataclass

from kubeship.model.objects import Object
from kubeship.rollout.pods import ContainerSnapshot


@dataclass(frozen=True)
class Addition:
    """What the spec tells beyond the program's words."""

    why: str
    remedy: str
    perhaps: bool = False
    """Whether it may have nothing to do with it, so that the program's words keep their own remedy."""


_PATH = re.compile(r"['\"](?P<quoted>/[^'\"]+)['\"]|(?<![\w.:/])(?P<bare>/[\w.@-]+(?:/[\w.@-]+)*)")
_READ_ONLY = re.compile(r"Read-only file system", re.IGNORECASE)
_DENIED = re.compile(r"Permission denied|Operation not permitted", re.IGNORECASE)
_MISSING = re.compile(r"No such file or directory|can't open file", re.IGNORECASE)
_DIRECTORY = re.compile(r"Is a directory|Not a directory", re.IGNORECASE)
_NO_MODULE = re.compile(r"No module named|Could not import module")
_TAKEN = re.compile(r"address already in use|connection in use", re.IGNORECASE)
_HOME_OF_NOBODY = re.compile(r"/(?:\.\w|nonexistent\b|root/)")
_WHERE_CODE_LIES = re.compile(r"/(?:app|code|project|src|srv|usr/src/app|workspace)/?$")

CONTENT = {"configMap": "ConfigMap", "secret": "Secret"}
"""Volumes that Kubernetes fills, which can only be read, and whose files belong to root."""


def added(container: ContainerSnapshot, evidence: str) -> Addition | None:
    """What the spec of the pod has to do with the error that the evidence tells; None when nothing."""
    if _TAKEN.search(evidence) and container.pod_spec.get("hostNetwork"):
        return Addition(
            "with hostNetwork that is a port of its node",
            "choose another port, or take hostNetwork out of the manifest; only one such pod fits on each node",
        )
    if _NO_MODULE.search(evidence):
        return _hidden_code(container)
    found = _PATH.search(evidence)
    if not found:
        return None
    path = found["quoted"] or found["bare"]
    mount = _mount_of(container, path)
    if mount is None:
        return _without_home(path, evidence)
    return _on_a_volume(container, mount, path, evidence)


def script_of_a_volume(container: ContainerSnapshot, path: str) -> Addition | None:
    """Of a command that can't be executed: it lies on what Kubernetes fills, with the modes that the volume names."""
    mount = _mount_of(container, path)
    volume = _volume(container, mount) if mount else {}
    if not mount or not any(kind in volume for kind in CONTENT):
        return None
    return Addition(
        f"{mount['mountPath']} is {_named(volume)}",
        "set `defaultMode: 0755` in that volume of the manifest, or start it by its interpreter (sh, python)",
    )


def in_memory(container: ContainerSnapshot) -> str:
    """What else counts against its limit of memory: the volumes that lie there, and who has set the limit."""
    named = {volume["name"]: volume for volume in container.pod_spec.get("volumes") or ()}
    mounts = (named.get(mount["name"], {}) for mount in container.spec.get("volumeMounts") or ())
    kept = sorted({each["name"] for each in mounts if (each.get("emptyDir") or {}).get("medium") == "Memory"})
    told = f"memory limit for container {container.name}" in container.by_limit_range
    counted = f"what it writes into {', '.join(kept)} (medium: Memory) counts as well" if kept else ""
    return "; ".join(filter(None, ("the namespace's LimitRange gives that limit" if told else "", counted)))


def _on_a_volume(container: ContainerSnapshot, mount: Object, path: str, evidence: str) -> Addition | None:
    volume = _volume(container, mount)
    what, at = _named(volume), mount["mountPath"]
    content = any(kind in volume for kind in (*CONTENT, "projected", "downwardAPI"))
    if _READ_ONLY.search(evidence):
        if content:
            remedy = "what Kubernetes fills can only be read: let an init container copy it to an emptyDir"
        elif mount.get("readOnly"):
            remedy = "take `readOnly: true` out of that volumeMount"
        else:
            return None
        return Addition(f"{at} is {what}", f"{remedy}, or write elsewhere")
    if _DENIED.search(evidence):
        return Addition(f"{at} is {what}", _permission(container, volume, content=content))
    if _DIRECTORY.search(evidence) and mount.get("subPath") and path == at:
        return Addition(
            f"it is mounted from {what}, which has no {mount['subPath']}: Kubernetes makes a directory then",
            f"correct `subPath`, or add {mount['subPath']} to {what}",
        )
    optional = any((volume.get(kind) or {}).get("optional") for kind in CONTENT)
    return _hidden(mount, what, content=content, optional=optional) if _MISSING.search(evidence) else None


def _hidden(mount: Object, what: str, *, content: bool, optional: bool) -> Addition:
    at = mount["mountPath"]
    if content and not mount.get("subPath"):
        lacks = "is optional and isn't there, or has no such key," if optional else "has no such key"
        return Addition(
            f"{at} is {what}, which {lacks} and hides what the image has there",
            f"add it to {what}, or mount that elsewhere (a single file by `subPath`)",
        )
    return Addition(
        f"{at} is {what}, which hides what the image has there",
        "mount it elsewhere, or let an init container copy onto it what is needed",
    )


def _permission(container: ContainerSnapshot, volume: Object, *, content: bool) -> str:
    group = (container.pod_spec.get("securityContext") or {}).get("fsGroup")
    if content:
        return (
            "its files belong to root: set `fsGroup` in the pod's securityContext, and a `defaultMode` by which a "
            "group may read (0440)"
        )
    if "hostPath" in volume or group is not None:
        return (
            "a hostPath, NFS and some drivers take no fsGroup: change the owner on the storage itself, or in an init "
            "container that runs as root"
        )
    return "set `fsGroup` in the pod's securityContext (kubeship's own manifests have it): the volume belongs to root"


def _hidden_code(container: ContainerSnapshot) -> Addition | None:
    """A volume over the directory that the image keeps its code in."""
    directory = str(container.spec.get("workingDir") or "")
    for mount in container.spec.get("volumeMounts") or ():
        at = str(mount["mountPath"])
        if not mount.get("subPath") and (_WHERE_CODE_LIES.match(at) or at.rstrip("/") == directory.rstrip("/") != ""):
            return Addition(
                f"{at} is {_named(_volume(container, mount))}, which hides what the image has there",
                "mount it elsewhere (a single file by `subPath`)",
                perhaps=True,
            )
    return None


def _without_home(path: str, evidence: str) -> Addition | None:
    if not _HOME_OF_NOBODY.match(path) or not (_DENIED.search(evidence) or _READ_ONLY.search(evidence)):
        return None
    return Addition("its user has no home directory that it may write", "set HOME=/tmp under `variables:`")


def _mount_of(container: ContainerSnapshot, path: str) -> Object | None:
    """The innermost mount that the path lies on."""
    mounts = [
        mount
        for mount in container.spec.get("volumeMounts") or ()
        if path == mount["mountPath"] or path.startswith(mount["mountPath"].rstrip("/") + "/")
    ]
    return max(mounts, key=lambda mount: len(mount["mountPath"]), default=None)


def _volume(container: ContainerSnapshot, mount: Object) -> Object:
    volumes = container.pod_spec.get("volumes") or ()
    return next((volume for volume in volumes if volume["name"] == mount["name"]), {})


def _named(volume: Object) -> str:
    """`the ConfigMap settings`, `the claim data`, `the volume cache`."""
    if source := volume.get("configMap"):
        return f"the ConfigMap {source.get('name', '')}"
    if source := volume.get("secret"):
        return f"the Secret {source.get('secretName', '')}"
    if source := volume.get("persistentVolumeClaim"):
        return f"the claim {source.get('claimName', '')}"
    return f"the volume {volume.get('name', '')}".strip()
