"""Which agent watches the app, and does it hold connections open? What manifests must know of it."""

from collections.abc import Mapping

from kubeship.config.serving import STREAMS
from kubeship.model.origin import Origin
from kubeship.model.project import ProcessFound, Project

AGENTS: Mapping[str, str] = {"ddtrace": "datadog", "newrelic": "newrelic"}
"""Distribution -> `monitoring`."""


def agent(project: Project) -> tuple[str | None, Origin]:
    """The one whose distribution the project brings."""
    brought = next((name for name in AGENTS if name in project.distributions), "")
    return AGENTS.get(brought), Origin(reason=f"the project brings {brought}")


def streams(process: ProcessFound, project: Project) -> Origin | None:
    """Where the app holds connections open; None where it answers and is done."""
    if process.kind != "web":
        return None
    return next((trait.origin for trait in project.traits if trait.value in STREAMS), None)
