"""What if kubeship.yaml has changed since the files were rendered from it?

Rendering is imported only then: a deploy of files that are up to date needs none of it.
"""

from kubeship.errors import InvalidInput
from kubeship.model.events import Caution, Emit, Note
from kubeship.model.objects import Object, ref
from kubeship.workflows.app import App, load_app
from kubeship.workspace.decisions import Action
from kubeship.workspace.manifests import objects


def refreshed(app: App, frozen: bool, emit: Emit) -> App:
    """The app with files that are not older than its kubeship.yaml: rendered if need be, refused if `frozen`."""
    if not app.stale:
        return app
    if frozen:
        raise InvalidInput(
            f"kubeship.yaml has changed since deploy/{app.environment} was rendered from it",
            hint="run kubeship render, review and commit its files; or deploy with --no-frozen",
        )
    from kubeship.workflows.render import write  # noqa: PLC0415

    emit(Note(f"kubeship.yaml has changed since deploy/{app.environment} was rendered: rendering first"))
    decisions = write(app, "plain", False, False, emit)
    conflicts = [decision.path for decision in decisions if decision.action is Action.CONFLICT]
    if conflicts:
        raise InvalidInput(
            f"{', '.join(conflicts)} was edited, and kubeship.yaml now says something else",
            hint=f"merge {conflicts[0]}.new into {conflicts[0]}, delete the .new file, then deploy again",
        )
    return load_app(app.workspace.root, app.environment)


def upcoming(app: App, emit: Emit) -> tuple[Object, ...]:
    """The objects that deploy would apply: as the files stand, or as it would render them first. Writes nothing."""
    if not app.stale:
        return app.manifests()
    from kubeship.workflows.render import write  # noqa: PLC0415

    emit(Caution("kubeship.yaml has changed since the last render: deploy would render first", "kubeship render"))
    rendered_anew = [
        decision
        for decision in write(app, "plain", True, False, emit)
        if decision.path.startswith(f"deploy/{app.environment}/")
        and decision.action in {Action.CREATE, Action.REPLACE, Action.DELETE}
    ]
    found = {ref(item): item for item in app.manifests()}
    for item in objects(app.workspace.read(decision.path for decision in rendered_anew)):
        del found[ref(item)]
    new = objects({decision.path: decision.text for decision in rendered_anew if decision.text is not None})
    return (*found.values(), *new)
