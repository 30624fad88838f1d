"""How does the app do right now?"""

from dataclasses import dataclass

from kubeship.errors import InvalidInput
from kubeship.model.revision import Revision
from kubeship.model.verdict import Failed, Ready, Verdict, Waiting
from kubeship.rollout.verdict import judge
from kubeship.workflows.addresses import addresses
from kubeship.workflows.ports import Cluster
from kubeship.workflows.release import split


@dataclass(frozen=True)
class Status:
    """An app as it runs."""

    revision: Revision
    verdict: Verdict
    addresses: tuple[str, ...]

    @property
    def healthy(self) -> bool:
        """Whether everything of the newest revision runs and serves."""
        return isinstance(self.verdict, Ready)

    @property
    def lines(self) -> tuple[str, ...]:
        """What is missing, one line each; empty when nothing is."""
        match self.verdict:
            case Failed(diagnoses):
                return tuple(f"{diagnosis.subject}: {diagnosis.cause}" for diagnosis in diagnoses)
            case Waiting(summaries, worries):
                return (*summaries, *(f"{worry.subject}: {worry.cause}" for worry in worries))
            case _:
                return ()


def status(app: str, cluster: Cluster) -> Status:
    """Judge the live objects of the newest revision. Raises InvalidInput when the app is not deployed."""
    revision = newest(app, cluster)
    _, rest = split(revision.objects)
    with cluster.observe(rest) as observer:
        return Status(revision, judge(observer.snapshot()), addresses(rest))


def newest(app: str, cluster: Cluster) -> Revision:
    """The revision whose objects the cluster should have. Raises InvalidInput when the app is not deployed."""
    records = cluster.revisions(app)
    if not records:
        raise InvalidInput(
            f"{app} is not deployed in namespace {cluster.namespace}",
            hint="kubeship deploy, or name another --env or --context",
        )
    return next((record for record in records if record.applied), records[0])
