"""Do two strong statements about how the project runs name different apps? Both are shown, the stronger one counts."""

from collections.abc import Iterable

from kubeship.inspection.served.confirmation import Confirmation
from kubeship.inspection.served.entrypoint import Entrypoint
from kubeship.inspection.statements.statement import COMPOSE, IMAGE
from kubeship.inspection.statements.targets import Target
from kubeship.model.project import Warned


def disagreements(
    confirmation: Confirmation, targets: Iterable[Target], chosen: Target, settled: Entrypoint
) -> tuple[Warned, ...]:
    """A warning for each other file that a platform, the image or compose reads, and that serves another app.

    Other folders and other names are other processes.
    """
    found: dict[str, Warned] = {}
    for target in targets:
        if target.strength > COMPOSE or not _is_about_same(target, chosen):
            continue
        other = confirmation.named(target.value, target.folder, target.origin, target.form)
        if other is None or other.kind != "web" or other.value == settled.value:
            continue
        if confirmation.made(other) != confirmation.made(settled):
            message = f"names {other.value}, and {chosen.origin}, which comes first, names {settled.value}"
            found.setdefault(other.value, Warned(message, target.origin))
    return tuple(found.values())


def _is_about_same(target: Target, chosen: Target) -> bool:
    """Whether both say what the web process is given, in the same place, in two files."""
    if target.origin.path == chosen.origin.path:
        return False
    if target.strength == chosen.strength == IMAGE:  # two images that serve: one is chosen by its name alone
        return True
    if target.form != "object" or chosen.form != "object":
        return False
    return target.folder == chosen.folder and _name(target) in ("web", _name(chosen))


def _name(target: Target) -> str:
    return (target.statement.name if target.statement else "") or "web"
