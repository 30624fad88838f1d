"""Into which folders do the processes' command lines have their programs write: log files, pid files?"""

import posixpath
import re
from collections.abc import Iterable

from kubeship.inspection.code.modules import Modules
from kubeship.inspection.needs.made_folders import is_free
from kubeship.model.origin import Found, Origin
from kubeship.model.project import ProcessFound

FILE = re.compile(
    r"(?:^|\s)(--log-?file|--access-?logfile|--error-?logfile|--pid-?file|--pid|--statedb|--stdout-logfile)[= ]+"
    r"(?P<quote>['\"]?)(?P<path>[\w./-]+/[\w.%-]+)(?P=quote)"
)
"""Options that name a file to write. Sources: the command-line references of Celery, gunicorn, uvicorn and Huey."""
ELSEWHERE = ("/dev/", "/proc/", "/tmp/", "/var/tmp/")  # noqa: S108  # may be written to anyway


def written_folders(
    modules: Modules, processes: Iterable[ProcessFound], root: str, kept: frozenset[str]
) -> tuple[Found[str], ...]:
    """The folders, relative to the project or absolute; none of `kept`, and none with files of the project."""
    found: dict[str, Found[str]] = {}
    for process in processes:
        for match in FILE.finditer(process.command or ""):
            path = match["path"]
            folder = posixpath.dirname(posixpath.normpath(posixpath.join(root, path)))
            if is_free(modules, folder or ".") and folder not in kept and not path.startswith(ELSEWHERE):
                reason = f"where {process.name} is told to write; it ends with the pod"
                places = tuple(Origin(origin.path, origin.line, reason) for origin in process.origins[:1])
                found.setdefault(folder, Found(folder, places or (Origin(reason=reason),)))
    return tuple(found[folder] for folder in sorted(found))
