"""How does what a container mounts come about in a compose file?"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kubeship.errors import InvalidInput
from kubeship.model.objects import Object
from kubeship.rendering.compose_values import interpolated, size

SHARED_MEMORY = "/dev/shm"  # noqa: S108 - where Linux has it


@dataclass(frozen=True)
class ConfigFile:
    """A file that stands beside compose.yaml."""

    path: str
    text: str


@dataclass(frozen=True)
class Mounts:
    """What a service mounts."""

    definition: dict[str, Any]
    """Its keys in the file: volumes, tmpfs, shm_size."""
    volumes: tuple[str, ...]
    """Named ones, which hold data."""
    files: tuple[ConfigFile, ...]


def mounts(container: Object, pod: Object, claims: Iterable[str], process: str, objects: Iterable[Object]) -> Mounts:
    """A container's mounts. `claims` are a StatefulSet's own. Raises InvalidInput for a kind that compose lacks."""
    sources = {each["name"]: each for each in pod.get("volumes") or ()}
    sources |= {name: {"persistentVolumeClaim": {"claimName": f"{process}-{name}"}} for name in claims}
    configs = {item["metadata"]["name"]: item for item in objects if item["kind"] == "ConfigMap"}
    shared = {name for name in sources if _users(pod, name) > 1}
    definition: dict[str, Any] = {}
    volumes: list[str] = []
    files: list[ConfigFile] = []
    for mount in container.get("volumeMounts") or ():
        name, target = mount["name"], interpolated(mount["mountPath"])
        source = sources[name]
        own = {"target": target, **({"read_only": True} if mount.get("readOnly") else {})}
        inner = {"volume": {"subpath": interpolated(mount["subPath"])}} if "subPath" in mount else {}
        if "emptyDir" in source and name not in shared:
            _add_temporary(definition, source["emptyDir"] or {}, target)
        elif "persistentVolumeClaim" in source or "emptyDir" in source:
            volume = (source.get("persistentVolumeClaim") or {}).get("claimName") or f"{process}-{name}"
            volumes.append(volume)
            _add(definition, {"type": "volume", "source": volume, **own, **inner})
        elif "configMap" in source:
            for file, place in _config_files(source["configMap"], mount, configs):
                files.append(file)
                bound = {"type": "bind", "source": f"./{interpolated(file.path)}", "target": interpolated(place)}
                _add(definition, {**bound, "read_only": True})
        elif "secret" in source:
            path = f"./secrets/{source['secret']['secretName']}" + (f"/{mount['subPath']}" if inner else "")
            _add(definition, {"type": "bind", "source": interpolated(path), **own})
        elif "hostPath" in source:
            _add(definition, {"type": "bind", "source": interpolated(source["hostPath"]["path"]), **own})
        else:
            kind = next((key for key in source if key != "name"), "no source")
            raise InvalidInput(
                f"the volume {name} of {process} is of the kind {kind}, which no compose file has",
                hint="take it out of that environment with a patch, or render another format",
            )
    return Mounts(definition, tuple(volumes), tuple(files))


def _users(pod: Object, volume: str) -> int:
    every = [*(pod.get("initContainers") or ()), *(pod.get("containers") or ())]
    return sum(any(mount["name"] == volume for mount in each.get("volumeMounts") or ()) for each in every)


def _add(definition: dict[str, Any], volume: dict[str, Any]) -> None:
    definition.setdefault("volumes", []).append(volume)


def _add_temporary(definition: dict[str, Any], stated: Mapping[str, Any], target: str) -> None:
    limit = size(stated["sizeLimit"]) if "sizeLimit" in stated else None
    if target == SHARED_MEMORY:
        definition["shm_size"] = limit or "1g"
    else:
        definition.setdefault("tmpfs", []).append(f"{target}:size={limit}" if limit else target)


def _config_files(
    stated: Mapping[str, Any], mount: Mapping[str, Any], configs: Mapping[str, Object]
) -> Iterator[tuple[ConfigFile, str]]:
    """Each file of a ConfigMap that is mounted, and where."""
    name = stated["name"]
    if name not in configs:
        raise InvalidInput(
            f"the ConfigMap {name} is not among the rendered objects, so its files are not known",
            hint="state its files in kubeship.yaml, or take the volume out with a patch",
        )
    texts = configs[name].get("data") or {}
    items = {item["key"]: item["path"] for item in stated.get("items") or ()} or {key: key for key in texts}
    for key, path in items.items():
        if "subPath" in mount and mount["subPath"] != path:
            continue
        place = mount["mountPath"] if "subPath" in mount else f"{mount['mountPath'].rstrip('/')}/{path}"
        yield ConfigFile(f"config/{name}/{key}", texts[key]), place
