"""What would deploy change on the cluster? Nothing is built and nothing is changed to find out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from kubeship.model.changes import Changes
from kubeship.model.events import Emit, Note
from kubeship.model.objects import with_image
from kubeship.model.revision import Outcome, Revision
from kubeship.workflows.app import App, load_app
from kubeship.workflows.build import resolved
from kubeship.workflows.ports import Cluster, Engine
from kubeship.workflows.release import compared, with_release_names
from kubeship.workflows.stale import upcoming


@dataclass(frozen=True)
class DiffRequest:
    """What `kubeship diff` was asked."""

    project: Path
    environment: str | None
    image: str | None = None


def diff(request: DiffRequest, engine: Callable[[], Engine], connect: Callable[[App], Cluster], emit: Emit) -> Changes:
    """A server-side dry run of the environment's files, rendered anew where deploy would do so.

    The image is the one given, by digest as deploy would take it; or the running one, where the source is what that was
    built from; or the tag that a build would get, so that the diff shows a new image without building it.
    """
    app = load_app(request.project, request.environment)
    manifests = upcoming(app, emit)
    cluster = connect(app)
    records = cluster.revisions(app.name)
    image = resolved(request.image, engine) if request.image else _image(app, records, emit)
    objects = with_release_names(with_image(manifests, app.plan.image, image))
    return compared(objects, cluster, records)


def _image(app: App, records: Iterable[Revision], emit: Emit) -> str:
    source = app.source()
    good = next((record for record in records if record.outcome is Outcome.SUCCEEDED), None)
    if good and good.source == source:
        return good.image
    built = f"{app.plan.image}:{source}"
    emit(Note(f"Deploy would build {built}" + (f"; revision {good.number} runs {good.source}" if good else "")))
    return built
