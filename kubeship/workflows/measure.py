"""How does a measured start get into kubeship.yaml?"""

from collections.abc import Sequence

from kubeship.config.editing import KeyPath
from kubeship.config.file import CONFIG_FILE
from kubeship.config.measured import measured, with_measured
from kubeship.model.events import Emit, Note
from kubeship.model.image import Answer
from kubeship.workflows.app import App


def write_measured(app: App, answers: Sequence[Answer], emit: Emit) -> tuple[KeyPath, ...]:
    """Write what the starts suggest; returns the keys. Changes kubeship.yaml alone, or nothing. Raises InvalidInput."""
    values = measured(app.configuration, answers)
    if not values:
        emit(Note(f"Nothing to write: {CONFIG_FILE} agrees with what was measured" if answers else NOTHING))
        return ()
    app.workspace.write_config(with_measured(app.file.text, values))
    for each in values:
        emit(Note(f"{CONFIG_FILE}: {'.'.join(each.path)}: {each.value}  # {each.comment}"))
    emit(Note("Look at it, and run `kubeship render` to put it into the manifests"))
    return tuple(each.path for each in values)


NOTHING = "Nothing to write: no process of kubeship.yaml can be started and asked"
