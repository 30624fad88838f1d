"""Could a deploy succeed? Everything that stands in its way, at once, without changing anything."""

from collections.abc import Callable

from kubeship.errors import KubeshipError
from kubeship.model.events import Emit, Step
from kubeship.model.finding import Finding
from kubeship.model.pulling import Upcoming
from kubeship.workflows.app import App
from kubeship.workflows.builders import Builders, builder_findings
from kubeship.workflows.dockerfile import dockerfile_findings
from kubeship.workflows.ports import Cluster
from kubeship.workflows.stale import upcoming


def check(app: App, builders: Builders, connect: Callable[[App], Cluster], emit: Emit) -> tuple[Finding, ...]:
    """All findings, of the engine, the registry, the cluster and the environment's files."""
    manifests = upcoming(app, emit)
    emit(Step("Checking the engine and the registry"))
    findings = builder_findings(app, builders, emit)
    findings += dockerfile_findings(app)
    emit(Step("Checking the cluster"))
    try:
        upcoming_image = Upcoming(app.plan.image, app.configuration.platform)
        cluster = connect(app)
        findings += cluster.preflight(manifests, upcoming_image, thorough=True).findings
        if not any(finding.fatal and finding.subject == "permission" for finding in findings):
            cluster.revisions(app.name)  # a record that can't be read would stop the deploy
    except KubeshipError as error:
        findings.append(Finding(error.message, error.hint, subject="cluster"))
    return tuple(findings)
