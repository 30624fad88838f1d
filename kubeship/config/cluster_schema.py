"""What may kubeship.yaml say of what surrounds the processes in a cluster?"""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from kubeship.config.kinds import DnsLabel, DnsName, Duration, Folder, Port, VariableName
from kubeship.config.strict import Strict


def _undo(value: str) -> str:
    if value not in ("safe", "never") and len(value.split()) < 2:  # a single word is more likely a slip
        raise ValueError("expected safe, never, or a command line that undoes the step")
    return value


Undo = Annotated[
    str,
    AfterValidator(_undo),
    WithJsonSchema({"anyOf": [{"enum": ["safe", "never"]}, {"type": "string", "pattern": r"\S\s+\S"}]}),
]


class Release(Strict):
    """A command that must succeed before any workload changes."""

    command: str
    rollback: Undo = "safe"
    """safe: the old version runs with what this step did; never: it doesn't, so a failed rollout isn't rolled back; a
    command: undoes this step, in the new image, before the old version is applied."""
    time_limit: Duration = "1h"
    """After which Kubernetes ends it."""


class Secrets(Strict):
    """Variables and files whose values stand in a Secret that exists, or that External Secrets makes."""

    source: Annotated[DnsName, Field(alias="from")]
    keys: list[VariableName] = []
    optional: list[VariableName] = []
    """Keys that the app does without: variables where the Secret has them."""
    files: dict[Folder, Annotated[str, Field(pattern=r"^[-._a-zA-Z0-9]+$")]] = {}
    """Path in the container -> key of the Secret."""
    store: Annotated[str, Field(pattern=r"^((Cluster)?SecretStore/)?[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")] | None = None
    """Of External Secrets: a SecretStore, or `ClusterSecretStore/NAME`."""
    path: str | None = None
    """Where the store has the values; the app's name where it is left out."""

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if not self.keys and not self.files and not self.optional:
            raise ValueError("needs keys, or files")
        if both := sorted(set(self.keys) & set(self.optional)):
            raise ValueError(f"{both[0]} stands in keys and in optional; one of them is enough")
        if self.store is not None and not self.keys and not self.files:
            raise ValueError("a store of External Secrets needs keys, or files")
        if self.path is not None and self.store is None:
            raise ValueError("path is a place in a store of External Secrets, and no store is named")
        return self


class Service(Strict):
    """A backing service and the variable that says where it is."""

    source: Annotated[VariableName, Field(alias="from")]


class Ingress(Strict):
    """How requests from outside come in."""

    class_: Annotated[str | None, Field(alias="class")] = None
    controller: Literal["nginx", "traefik", "haproxy", "alb"] | None = None
    """Whose annotations are written; the class' name says it where it is left out."""
    tls: DnsName | None = None
    """The Secret with the certificate for all hosts; cert-manager writes it where `issuer` is set."""
    issuer: Annotated[str, Field(pattern=r"^((Cluster)?Issuer/)?[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")] | None = None
    """cert-manager's ClusterIssuer, or `Issuer/NAME`."""
    redirect: bool | None = None
    """From http to https; the controller's own default where it is left out."""
    body: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,5}[km]$")] | None = None
    """The largest request: `512k`, `10m`."""
    timeout: Annotated[int, Field(ge=1, le=86_400)] | None = None
    """Seconds that the app may be silent."""
    annotations: dict[str, str] = {}
    """More, which win over kubeship's."""
    gateway: (
        Annotated[str, Field(pattern=r"^[a-z0-9][-a-z0-9]*/[a-z0-9][-a-z0-9.]*(/[a-z0-9][-a-z0-9.]*)?$")] | None
    ) = None
    """`NAMESPACE/NAME` or `NAMESPACE/NAME/LISTENER` of a Gateway: an HTTPRoute instead of an Ingress."""
    http_listener: DnsName | None = None
    """The Gateway's listener for plain HTTP, which is redirected to https."""

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        of_ingress = ("class_", "controller", "tls", "issuer", "redirect", "body")
        stated = [name.rstrip("_") for name in of_ingress if getattr(self, name) is not None]
        if self.gateway and stated:
            raise ValueError(
                f"{', '.join(stated)}: the Gateway decides that, not a route; leave it out, or leave out gateway"
            )
        if self.http_listener and not (self.gateway and self.gateway.count("/") == 2):
            raise ValueError("http_listener needs a gateway with its listener for https: NAMESPACE/NAME/LISTENER")
        return self


class Egress(Strict):
    """Where pods may connect to, beside DNS and one another."""

    cidr: Annotated[str, Field(pattern=r"^[0-9a-fA-F.:]+/\d{1,3}$")] | None = None
    namespace: DnsLabel | None = None
    labels: dict[str, str] = {}
    """Of the pods in the namespace; the app's own namespace where none is named."""
    ports: list[Port] = []
    """TCP; all where it is left out."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.cidr is None) == (self.namespace is None and not self.labels):
            raise ValueError("needs either a cidr, or a namespace or labels of pods")
        return self


class NetworkPolicy(Strict):
    """Who may connect to the pods, and where they may connect to."""

    ingress_namespace: DnsLabel | None = None
    """Where the ingress controller, or the Gateway, runs."""
    monitoring_namespace: DnsLabel | None = None
    """Where Prometheus runs."""
    egress: list[Egress] = []


class ServiceAccount(Strict):
    """Whom the pods are to the cluster, and to a cloud."""

    name: DnsName | None = None
    """One that exists; kubeship writes one otherwise."""
    annotations: dict[str, str] = {}
    """`eks.amazonaws.com/role-arn`, `iam.gke.io/gcp-service-account`, `azure.workload.identity/client-id`."""

    @model_validator(mode="after")
    def _whose(self) -> Self:
        if self.name and self.annotations:
            raise ValueError("annotations are for an account that kubeship writes; annotate the existing one yourself")
        return self


class Permission(Strict):
    """A rule of a Role: what the pods may do in their namespace through the Kubernetes API."""

    groups: list[str] = [""]
    resources: Annotated[list[str], Field(min_length=1)]
    verbs: Annotated[list[str], Field(min_length=1)]
    names: list[str] = []
    """Of single objects; all where it is left out."""


class Logs(Strict):
    """How the processes log, and who reads it."""

    format: Literal["json"] | None = None
    collector: Literal["filebeat", "fluent-bit"] | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.format is None and self.collector is None:
            raise ValueError("needs a format, or a collector")
        return self


class Rollout(Strict):
    """How long to wait."""

    timeout: Duration = "10m"
