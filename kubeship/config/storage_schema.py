"""What may kubeship.yaml say of files: those that outlive a pod, and those that are put into one?"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kubeship.config.kinds import DnsLabel, Folder, Memory
from kubeship.config.strict import Strict

Access = Literal["ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany", "ReadOnlyMany"]
ONE_NODE: frozenset[str] = frozenset({"ReadWriteOnce", "ReadWriteOncePod"})
"""Access modes of volumes that only one node, or one pod, can mount at a time."""
MAX_BYTES = 1 << 20
"""A ConfigMap's limit (kubernetes.io/docs/concepts/configuration/configmap)."""


class ProcessVolume(Strict):
    """A volume of one process."""

    path: Folder
    """Where it is mounted, relative to kubeship.yaml or absolute in the container."""
    size: Memory
    class_: Annotated[str | None, Field(alias="class")] = None
    per_replica: bool = False
    """Each pod has its own, and keeps it: the process becomes a StatefulSet."""


class SharedVolume(Strict):
    """A volume that processes share."""

    path: Folder
    size: Memory | None = None
    class_: Annotated[str | None, Field(alias="class")] = None
    access: Access = "ReadWriteOnce"
    claim: DnsLabel | None = None
    """An existing PersistentVolumeClaim; kubeship writes one otherwise."""
    processes: list[DnsLabel] | None = None
    """Who mounts it; `release` stands for release steps. All processes where it is left out."""

    @model_validator(mode="after")
    def _of_a_size(self) -> Self:
        if self.size is None and self.claim is None:
            raise ValueError("needs a size, or the claim of an existing volume")
        return self


class FileContent(Strict):
    """A file in the containers, read-only."""

    content: str | None = None
    source: str | None = None
    """A file of the project, relative to kubeship.yaml, read when the manifests are rendered."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.content is None) == (self.source is None):
            raise ValueError("needs either content or source")
        if self.content is not None and len(self.content.encode()) > MAX_BYTES:
            raise ValueError("is larger than 1 MiB, which no ConfigMap holds; put it into the image or a volume")
        return self
