"""What may stand in kubeship.yaml? One frozen model per mapping; unknown keys are errors."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from kubeship.config.cluster_schema import (
    Ingress,
    Logs,
    NetworkPolicy,
    Permission,
    Release,
    Rollout,
    Secrets,
    Service,
    ServiceAccount,
)
from kubeship.config.coherence import incoherence
from kubeship.config.image_schema import Build, Dependencies, SystemPackages
from kubeship.config.kinds import Directory, DnsLabel, Folder, Platform, PythonVersion, Repository, VariableName
from kubeship.config.patch_schema import PatchOf
from kubeship.config.process_schema import Process
from kubeship.config.static_schema import Static
from kubeship.config.storage_schema import FileContent, SharedVolume
from kubeship.config.strict import Strict
from kubeship.model.project import LONGEST_NAME


class Configuration(Strict):
    """kubeship.yaml with the overlay of one environment merged in."""

    version: Literal[1]
    name: DnsLabel
    image: Repository
    python: PythonVersion
    platform: Platform = "linux/amd64"
    root: Directory = "."
    """Where processes start, relative to kubeship.yaml."""
    import_root: Directory = "."
    """What must be on sys.path, relative to kubeship.yaml."""
    dependencies: Dependencies
    system_packages: SystemPackages = SystemPackages()
    build: Build = Build()
    processes: Annotated[dict[DnsLabel, Process], Field(min_length=1)]
    static: Static | None = None
    release: list[Release] = []
    variables: dict[VariableName, str] = {}
    secrets: Secrets | None = None
    services: dict[str, Service] = {}
    files: dict[Folder, FileContent] = {}
    """Path in the container -> what stands there."""
    volumes: dict[DnsLabel, SharedVolume] = {}
    writable: list[Folder] = []
    """Folders beside /tmp that processes write to, and that end with the pod."""
    ingress: Ingress = Ingress()
    network_policy: Literal[False] | NetworkPolicy = False
    service_account: ServiceAccount = ServiceAccount()
    permissions: list[Permission] = []
    """What the pods may do through the Kubernetes API; their token is mounted only where there are some."""
    image_pull_secrets: list[DnsLabel] = []
    monitoring: Literal["datadog", "newrelic"] | None = None
    """Processes start through the agent's launcher, which the project's dependencies must bring."""
    logs: Logs | None = None
    rollout: Rollout = Rollout()
    patches: list[PatchOf] = []
    environments: Annotated[dict[DnsLabel, dict[str, Any]], Field(min_length=1)]

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        for process in self.processes:
            if len(full_name := f"{self.name}-{process}") > LONGEST_NAME:
                raise ValueError(
                    f"the name {full_name} would be longer than {LONGEST_NAME} characters; shorten one part"
                )
        for place, patch in enumerate(self.patches):
            if unknown := sorted(set(patch.environments or ()) - set(self.environments)):
                raise ValueError(f"patches[{place}].environments: there is no environment {', '.join(unknown)}")
        if self.static and not any(process.kind == "web" for process in self.processes.values()):
            raise ValueError("static needs a web process")
        if wrong := incoherence(self):
            raise ValueError(wrong)
        twice = sorted(set(self.variables) & set(self.secrets.keys if self.secrets else ()))
        if twice:
            raise ValueError(f"{', '.join(twice)}: both in variables and in secrets.keys")
        return self


class Target(Strict):
    """What an environment says beside its overlay: where it is."""

    namespace: DnsLabel
    context: str | None = None
