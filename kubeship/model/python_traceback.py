"""Which Python exception ended a program, and at which line of the project? Read from its log."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kubeship.model.log_formats import HEADER, plain_lines
from kubeship.model.telemetry import telemetry_frames

TAIL = 12
"""Lines of a traceback that are worth showing."""
LONGEST = 300
"""Characters of a message that are worth showing; what is cut off is often a whole document that was refused."""


@dataclass(frozen=True)
class PythonError:
    """An exception as its traceback tells it."""

    type: str
    """As printed: `ModuleNotFoundError`, `django.core.exceptions.ImproperlyConfigured`."""
    message: str
    """May have several lines, may be empty."""
    where: str
    """`shop/settings.py:12`, the innermost frame of the project's own code; empty when there is none."""
    text: str
    """The end of the traceback, at most about TAIL lines."""
    raised_in: str = ""
    """The file of the innermost frame, whoever it belongs to: `<frozen os>`."""
    cause: "PythonError | None" = None
    """What it was raised from (`raise ... from ...`)."""
    source: str = ""
    """The line of the project's own code that `where` names, as the traceback shows it."""
    followed_by: str = ""
    """What the log says after it."""
    aside: bool = False
    """Whether it only tells that telemetry doesn't arrive."""
    outlived: bool = False
    """Whether it ended a thread only, after which the program spoke on."""

    @property
    def name(self) -> str:
        """The type without its module: `ImproperlyConfigured`."""
        return self.type.rpartition(".")[2]

    def __str__(self) -> str:
        """`ModuleNotFoundError: No module named 'yaml'`, on one line."""
        return f"{self.type}: {_cut(first)}" if (first := _first_line(self.message)) else self.type


def read_traceback(log: str, passed: Collection[str] = ()) -> PythonError | None:
    """The last exception in a log that says why the program ended; None when there is no traceback.

    Tracebacks in which a server only reports that its worker died give way to the worker's own, earlier one. Those
    whose names are `passed` are not looked at.
    """
    lines = _without_prefix(plain_lines(log))
    last: PythonError | None = None
    while True:
        block = _last_block(lines)
        if block is None:
            return last or _missing_main(lines)
        start, end, error = block
        if error.name in passed or error.aside:
            lines = _before_chain(lines[: min(start, end)])
            continue
        last = last or error
        if error.type not in REPORTS_ONLY:
            return error
        lines = lines[: min(start, end)]


def _first_line(message: str) -> str:
    """The first line that says something; with what stands below it, where it only announces that (Django's checks)."""
    lines = [line.strip() for line in message.splitlines() if re.search(r"\w", line)]
    first = lines[0] if lines else ""
    if _COUNTS.search(first):
        return f"{first}: {' '.join(lines[1:3])}"
    below = next((line for line in lines[1:] if not line.endswith(":")), "") if first.endswith(":") else ""
    return f"{first} {below}".strip()


_COUNTS = re.compile(r"^\d+ validation errors? for \S+$")
"""pydantic: which field it is, and what of it, stand below."""


REPORTS_ONLY = frozenset({"SystemExit", "gunicorn.errors.HaltServer", "subprocess.CalledProcessError"})
"""gunicorn's arbiter ends with HaltServer when a worker fails to boot (gunicorn/arbiter.py, reap_workers); what a
program that was called says of its own failure stands before it."""

_DIRECT_CAUSE = "The above exception was the direct cause of the following exception:"
_IN_HANDLING = "During handling of the above exception, another exception occurred:"
_TELLS_OF_IMPORT = re.compile(r"\b[Ii]mport(?:ing|ed)?\b")
_FRAME = re.compile(r'\s+File "(?P<path>[^"]+)", line (?P<line>\d+)(?:, in .+)?$')
_EXCEPTION = re.compile(r"(?P<type>[A-Za-z_][\w.<>]*)(?:: ?(?P<message>.*))?$")
_LOG_LINE = re.compile(
    r"\[\d{4}-|\[\w+\]|\d{4}[-/]\d\d[-/]\d\d[ T]|(DEBUG|INFO|WARNING|ERROR|CRITICAL)\b|Traceback \(|\{\"", re.IGNORECASE
)
_NOT_THE_PROJECT = re.compile(r"^<|/(?:site|dist)-packages/|/lib(?:64)?/python\d[\d.]*/|/bin/[^/]+$|^[^/].*\.pyx$")
"""Also what Cython names by the path that it had when its wheel was built."""
_WORKING_DIRECTORIES = re.compile(r"^/(?:app|code|home/[^/]+|opt/[^/]+|project|srv|usr/src/app|workspace)/")
"""Where images keep the project; paths are shown relative to it."""
_FAULT = re.compile(r"Fatal Python error: .*?\(most recent call first\):(?P<frames>(?:\n\s+File .*)+)", re.DOTALL)
_FAULT_FRAME = re.compile(r'File "(?P<path>[^"]+)", line (?P<line>\d+) in ')
"""Modules/faulthandler.c, Python/traceback.c."""
_MISSING_MAIN = re.compile(r"\S*python[\d.]*: (?P<message>No module named '?(?P<module>[\w.]+)'?)(?:; .*)?$")


def _without_prefix(lines: list[str]) -> list[str]:
    """Without what a logger puts before every line."""
    prefixes = [line[: line.index(HEADER)] for line in lines if HEADER in line]
    if not prefixes or not prefixes[-1]:
        return lines
    prefix = re.compile(re.sub(r"\d", r"\\d", re.escape(prefixes[-1])))  # the time may go on
    if not any(re.match(r'  File "', line[found.end() :]) for line in lines if (found := prefix.match(line))):
        return lines
    return [line[found.end() :] if (found := prefix.match(line)) else line for line in lines]


def _last_block(lines: Sequence[str]) -> tuple[int, int, PythonError] | None:
    """The last traceback with its exception: first line, the exception's line, and what they say."""
    for last_frame in reversed([number for number, line in enumerate(lines) if _FRAME.match(line)]):
        end = next((n for n in range(last_frame + 1, len(lines)) if not lines[n][:1].isspace() and lines[n]), None)
        if end is None or not (exception := _EXCEPTION.match(lines[end])):
            continue
        start = last_frame
        while start > 0 and (lines[start - 1][:1].isspace() or not lines[start - 1]):
            start -= 1
        if start > 0 and lines[start - 1].endswith(HEADER):
            start -= 1
        return start, end, _error(lines, start, end, exception)
    return None


def _error(lines: Sequence[str], start: int, end: int, exception: re.Match[str]) -> PythonError:
    announced = (exception["message"] or ":").rstrip().endswith(":")
    rest = _rest_of_message(lines[end + 1 :], announced=announced)
    block = [*lines[start : end + 1], *rest]
    frames = [frame for line in lines[start:end] if (frame := _FRAME.match(line))]
    cause = _cause(lines[:start], exception["message"] or "")
    own = [frame for frame in frames if not _NOT_THE_PROJECT.search(frame["path"])]
    shown = frames[-1:] if exception["type"] in ("IndentationError", "SyntaxError", "TabError") else own[-1:]
    paths = [frame["path"] for frame in frames]
    followed_by = "\n".join(lines[end + 1 + len(rest) :])
    in_thread = start > 0 and lines[start - 1].startswith("Exception in thread ")
    spoke_on = any(line.strip() for line in lines[end + 1 :])
    first_shown = min(max(0, len(block) - TAIL), max(0, end - start - 4))
    return PythonError(
        type=exception["type"],
        message="\n".join([exception["message"] or "", *rest]).strip(),
        where=_place(shown[0]) if shown else (cause.where if cause else ""),
        text="\n".join(_cut(line) for line in block[first_shown:][: 2 * TAIL]),
        raised_in=frames[-1]["path"],
        cause=cause,
        source=_source(lines[start:end], shown[0]) if shown else "",
        followed_by=followed_by,
        aside=telemetry_frames(paths, [frame["path"] for frame in own]),
        outlived=in_thread and spoke_on,
    )


def _source(lines: Sequence[str], frame: re.Match[str]) -> str:
    """What stands below the frame: its line of code, unless the file isn't there to be read."""
    after = lines[lines.index(frame[0]) + 1 :]
    return after[0].strip() if after and not _FRAME.match(after[0]) else ""


def _rest_of_message(following: Sequence[str], *, announced: bool) -> list[str]:
    """The lines after the first one of an exception's message: until something else begins.

    `announced`: the first line is empty or ends with a colon, so that empty lines belong to what follows.
    """
    rest: list[str] = []
    for line in following[:TAIL]:
        if announced and not line.strip():
            continue
        if not line.strip() or _LOG_LINE.match(line) or _FRAME.match(line):
            break
        rest.append(line)
    return rest


def _before_chain(before: list[str]) -> list[str]:
    """Without what led to the exception that stood below."""
    while (above := [line for line in before if line.strip()]) and above[-1] in (_DIRECT_CAUSE, _IN_HANDLING):
        block = _last_block(above[:-1])
        if block is None:
            break
        before = above[: min(block[0], block[1])]
    return before


def _cause(before: Sequence[str], message: str) -> PythonError | None:
    """What the exception with that message was raised from.

    An exception that was only being handled is no cause, for it may be expected; but one that tells of an import while
    the import's own is handled has that for its cause (granian, old Flask, Django's backends).
    """
    above = [line for line in before if line.strip()]
    if not above or above[-1] not in (_DIRECT_CAUSE, _IN_HANDLING):
        return None
    block = _last_block(above[:-1])
    direct = above[-1] == _DIRECT_CAUSE
    if not block or not (direct or (_TELLS_OF_IMPORT.search(message) and block[2].name in _NO_IMPORT)):
        return None
    return block[2]


_NO_IMPORT = frozenset({"ImportError", "ModuleNotFoundError"})


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST else f"{line[:LONGEST]} ..."


def _place(frame: re.Match[str]) -> str:
    path = _WORKING_DIRECTORIES.sub("", frame["path"])
    return f"{path}:{frame['line']}"


def fault_place(log: str) -> str:
    """`main.py:3`: the project's innermost line by faulthandler's word, which prints it first; empty without one."""
    found = _FAULT.search(log)
    frames = _FAULT_FRAME.finditer(found["frames"]) if found else iter(())
    return next((_place(frame) for frame in frames if not _NOT_THE_PROJECT.search(frame["path"])), "")


def _missing_main(lines: Sequence[str]) -> PythonError | None:
    """`python -m gunicorn` without gunicorn prints one line and no traceback (CPython, Lib/runpy.py)."""
    for line in reversed(lines):
        if found := _MISSING_MAIN.match(line):
            return PythonError("ModuleNotFoundError", f"No module named '{found['module']}'", where="", text=line)
    return None
