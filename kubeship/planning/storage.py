"""Which volumes, files and writable folders do containers have, and where?"""

import posixpath
import re
from collections.abc import Iterator, Mapping

from kubeship.config.coherence import RELEASE, in_image, mounters
from kubeship.config.process_schema import Process
from kubeship.config.schema import Configuration
from kubeship.config.storage_schema import ONE_NODE
from kubeship.model.surroundings import EmptyFolder, FilePlan, SecretFile, VolumePlan

RESERVED = frozenset({"files", "secret-files", "shared-memory", "tmp"})
"""Names of volumes that pods have anyway."""
JSON_LOG = FilePlan(
    "/etc/kubeship/kubeship_json_log.py", "kubeship_json_log.py", template="logging/kubeship_json_log.py"
)
"""gunicorn's logger, where `logs.format` is json."""


def claims(configuration: Configuration) -> tuple[VolumePlan, ...]:
    """The volumes whose claims kubeship writes, each once."""
    shared = [_shared(name, configuration) for name, each in configuration.volumes.items() if each.claim is None]
    own = [volume for name in configuration.processes for volume in _own(name, configuration) if not volume.per_replica]
    return (*shared, *own)


def volumes(name: str, configuration: Configuration) -> tuple[VolumePlan, ...]:
    """What a process mounts; `release` stands for release steps."""
    shared = (
        _shared(volume, configuration) for volume in configuration.volumes if _mounts(name, volume, configuration)
    )
    return (*shared, *_own(name, configuration))


def recreated(name: str, process: Process, configuration: Configuration) -> bool:
    """Whether a new pod would wait for a volume that the old one still holds on another node."""
    held = (volume for volume in volumes(name, configuration) if not volume.per_replica)
    return process.kind in {"web", "worker"} and any(volume.access in ONE_NODE for volume in held)


def writable(configuration: Configuration) -> tuple[EmptyFolder, ...]:
    """Folders for what needn't outlive the pod."""
    taken = {*RESERVED, *configuration.volumes}
    return tuple(EmptyFolder(_unused(_slug(path), taken), in_image(path)) for path in configuration.writable)


def files(configuration: Configuration, sources: Mapping[str, str]) -> tuple[FilePlan, ...]:
    """Read-only files; `sources` are those of the project that kubeship.yaml names, with their text."""
    taken: set[str] = set()
    found = [
        FilePlan(
            path=in_image(path),
            key=_unused(re.sub(r"[^-._a-zA-Z0-9]", "_", posixpath.basename(path)), taken),
            text=each.content if each.content is not None else sources[each.source or ""],
        )
        for path, each in configuration.files.items()
    ]
    if configuration.logs and configuration.logs.format == "json":
        found.append(JSON_LOG)
    return tuple(found)


def secret_files(configuration: Configuration) -> tuple[SecretFile, ...]:
    """Files whose content stands in the Secret."""
    secrets = configuration.secrets
    return (
        tuple(SecretFile(in_image(path), secrets.source, key) for path, key in secrets.files.items()) if secrets else ()
    )


def _mounts(process: str, volume: str, configuration: Configuration) -> bool:
    """Release steps mount a volume only where they are named: it may be in use on another node."""
    stated = configuration.volumes[volume].processes
    return process in (stated or ()) if process == RELEASE else process in mounters(configuration, volume)


def _shared(name: str, configuration: Configuration) -> VolumePlan:
    stated = configuration.volumes[name]
    return VolumePlan(
        name=f"{name}-volume" if name in RESERVED else name,
        claim=stated.claim or f"{configuration.name}-{name}",
        path=in_image(stated.path),
        size=stated.size,
        storage_class=stated.class_,
        access=stated.access,
    )


def _own(name: str, configuration: Configuration) -> Iterator[VolumePlan]:
    process = configuration.processes.get(name)
    taken = {*RESERVED, *configuration.volumes}
    for stated in process.volumes if process else ():
        volume = _unused(_slug(stated.path) if stated.per_replica else f"{name}-{_slug(stated.path)}"[:63], taken)
        yield VolumePlan(
            name=volume,
            claim=volume if stated.per_replica else f"{configuration.name}-{volume}",
            path=in_image(stated.path),
            size=stated.size,
            storage_class=stated.class_,
            access="ReadWriteOnce",
            per_replica=stated.per_replica,
        )


def _slug(path: str) -> str:
    """The last part of a path as the name of a volume."""
    name = re.sub(r"[^a-z0-9]+", "-", posixpath.basename(path.rstrip("/")).lower()).strip("-")
    return name[:40].strip("-") or "data"


def _unused(name: str, taken: set[str]) -> str:
    """The name, with a number where it is taken already; adds it to `taken`."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    taken.add(found)
    return found
