"""Can `kubeship inspect` answer without Typer, whose import takes longer than most projects to inspect?"""

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kubeship.cli.streams import open_streams, writing_result
from kubeship.errors import ExitCode, KubeshipError

if TYPE_CHECKING:
    from kubeship.model.project import Project

OPTIONS = frozenset({"--json", "--offline"})


def quick_answer(arguments: Sequence[str]) -> int | None:
    """The exit code of `inspect` with the commonest options, once its result is printed.

    None where nothing was printed, and Typer has to read the arguments: for every other command, option and variable,
    and where inspecting fails, so that the words for it stand in one place.
    """
    options = [each for each in arguments[1:] if each.startswith("-")]
    paths = [each for each in arguments[1:] if not each.startswith("-")]
    stated = any(name.startswith("KUBESHIP_") for name in os.environ)
    if arguments[:1] != ["inspect"] or len(paths) > 1 or not OPTIONS.issuperset(options) or stated or "" in paths:
        return None
    open_streams()
    gc.disable()  # hardly anything is garbage before the end of the process, which is near
    try:
        project = _inspected(Path(*paths), "--offline" in options)
    except Exception:
        gc.enable()
        return None
    try:
        with writing_result():
            _print(project, "--json" in options)
    except KubeshipError as error:
        from kubeship.cli.run import failed

        return failed(error, debug=False)
    return ExitCode.DONE


def _inspected(path: Path, offline: bool) -> "Project":
    from kubeship.inspection.project import inspect

    if offline:
        return inspect(path, {})
    from kubeship.cli.wheel_index import users_index

    return inspect(path, {}, users_index())


def _print(project: "Project", as_json: bool) -> None:
    if as_json:
        from kubeship.inspection.document import document
        from kubeship.ui.document import result

        sys.stdout.write(result("inspection", document(project), lines=False) + "\n")
        return
    from kubeship.cli.lines import results
    from kubeship.ui.results import show_project

    show_project(project, results())
