"""What may kubeship.yaml say of what surrounds the processes in a cluster?"""

from typing import Annotated, Literal

from pydantic import Field

from kubeship.config.kinds import DnsLabel, Duration, VariableName
from kubeship.config.strict import Strict


class Release(Strict):
    """A command that must succeed before any workload changes."""

    command: str
    rollback: Literal["safe", "never"] = "safe"
    """safe: the old version runs with what this step did; never: it doesn't, so a failed rollout isn't rolled back."""


class Secrets(Strict):
    """Variables whose values stand in an existing Secret."""

    source: Annotated[DnsLabel, Field(alias="from")]
    keys: list[VariableName]


class Service(Strict):
    """A backing service and the variable that says where it is."""

    source: Annotated[VariableName, Field(alias="from")]


class Ingress(Strict):
    """How requests from outside come in."""

    class_: Annotated[str | None, Field(alias="class")] = None
    tls: DnsLabel | None = None


class Rollout(Strict):
    """How long to wait."""

    timeout: Duration = "10m"
