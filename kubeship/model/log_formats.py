"""Which plain lines does a log hold, whatever wrapped, coloured, boxed or quoted them?"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

HEADER = "Traceback (most recent call last):"

_KUBELET_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) ")
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_GROUP = "Exception Group " + HEADER
_GROUP_RULER = re.compile(r"\s*\+[-+]+(?: \d+ -+)?$")
_GROUP_LINE = re.compile(r"\s*[|+] ?")
_BOXED_FRAME = re.compile(r"│ (?P<path>\S.*):(?P<line>\d+) in(?: (?P<name>\S+))?\s*│?$")
_BOX = HEADER[:16]
"""As much of its title as fits into a narrow one."""
_INDENTED_BOX = re.compile(rf"(?P<indent>\s+)╭.*{re.escape(_BOX)}")
_TRACERITE_FRAME = re.compile(r"│ (?P<path>\S+\.py):(?P<line>\d+)\s+(?P<name>[^\s:]+):")
_TRACERITE_END = re.compile(r"╰ (?P<error>[A-Za-z_][\w.]*(?:: .*)?)$")
_LOGURU_FRAME = re.compile(r'> File "')
_PANEL = re.compile(r"╭─+ (?P<title>[^─]*[Ee]rror[^─]*?) ─+╮$")
_MESSAGE = ("message", "msg", "event", "text", "@message", "body")
_LEVEL = ("level", "levelname", "severity", "log.level", "lvl")
_DETAIL = ("error", "err", "error.message", "exception", "exc", "detail", "reason")
"""Keys of JSON loggers: python-json-logger, structlog, loguru, logging of clouds, ECS, zap and pino."""


def plain_lines(log: str) -> list[str]:
    """The lines as Python would have printed them to a plain file.

    Undone: the time that the kubelet puts first; colours (Python 3.13, rich); JSON loggers, whose tracebacks stand in a
    string or a structure; the bars before each line of an exception group; boxes of rich and tracerite; loguru's mark.
    What rich puts into a box as an error (Typer, rich-click) becomes one line. Errors that Python only reports, because
    nothing can be done about them, are left out.
    """
    lines = (_COLOUR.sub("", _KUBELET_TIME.sub("", line)) for line in log.splitlines())
    found = [each for line in lines for each in _unquoted(line)]
    if any(_GROUP in line for line in found):
        found = [_without_bars(line) for line in found]
    if any(_PANEL.match(line.rstrip()) for line in found):
        found = list(_without_panels(found))
    if indented := next((box for line in found if (box := _INDENTED_BOX.match(line))), None):  # rich.logging
        found = list(_without_margin(found, indented["indent"]))
    if any(line.startswith("╭") and _BOX in line for line in found):
        found = [_without_box(line) for line in found]
    if any(_TRACERITE_END.match(line) for line in found) and any(line.startswith("╭ ") for line in found):
        found = [_without_tracerite(line) for line in found]
    found = [_LOGURU_FRAME.sub('  File "', line, count=1) if line.startswith("> ") else line for line in found]
    return list(_without_reports(found)) if any(_REPORT.match(line) for line in found) else found


_REPORT = re.compile(r"Exception ignored (?:in|while|on)\b|Error in atexit\.|--- Logging error ---$")
_LAST_OF_LOGGING = ("Arguments: ", "Use the traceback above")
"""Python/errors.c (write_unraisable_exc), Modules/atexitmodule.c, Lib/logging/__init__.py (handleError)."""


def _without_reports(lines: Iterable[str]) -> Iterator[str]:
    """Without such reports: each ends with its exception's line; logging's with what it was called with."""
    inside = of_logging = False
    for line in lines:
        if _REPORT.match(line):
            inside, of_logging = True, line.startswith("-")
        elif not inside:
            yield line
        elif of_logging:
            inside = not line.startswith(_LAST_OF_LOGGING)
        elif not line.startswith((HEADER, " ")):
            inside = False
            if not _EXCEPTION_LINE.match(line):
                yield line


_EXCEPTION_LINE = re.compile(r"[A-Za-z_][\w.]*(?:: .*)?$")


def spoken(line: str) -> str:
    """`ERROR: no tenant`, of a line of JSON that has a message; other lines as they are."""
    if not line.startswith("{"):
        return line
    try:
        document = json.loads(line)
    except (RecursionError, ValueError):
        return line
    message = _first(document, _MESSAGE)
    if not message:
        return line
    level, detail = _first(document, _LEVEL), _first(document, _DETAIL)
    said = f"{message.strip()}: {detail}" if detail and detail not in message else message.strip()
    return f"{level.upper()}: {said}" if level else said


def _first(document: dict[str, Any], keys: Iterable[str]) -> str:
    """The first of these that is text, also in an object of that name."""
    for key in keys:
        value = document.get(key)
        value = value.get("message") if isinstance(value, dict) else value
        if isinstance(value, str) and value.strip():
            return value
    return ""


def _unquoted(line: str) -> Iterator[str]:
    """A line, or the lines of the traceback that it quotes."""
    quoted = HEADER in line and HEADER + "\\n" in line
    if not quoted and not (line.startswith("{") and ("frames" in line or "stack_trace" in line)):
        yield line
        return
    try:
        tracebacks = list(_tracebacks(json.loads(line)))
    except (RecursionError, ValueError):
        yield from _unescaped(line) if quoted else (line,)
        return
    yield from tracebacks or (line,)


def _unescaped(line: str) -> Iterator[str]:
    """What stands in quotation marks, as in logfmt, without them and what follows."""
    before, _, after = line.partition(HEADER)
    text = re.split(r'(?<!\\)"', after, maxsplit=1)[0] if '\\"' in after else after
    yield before
    yield from f"{HEADER}{text}".replace("\\n", "\n").replace('\\"', '"').splitlines()


def _tracebacks(value: Any) -> Iterator[str]:
    if isinstance(value, str) and HEADER in value:
        yield from value.splitlines()
    elif isinstance(value, dict) and isinstance(value.get("stack_trace"), str) and "type" in value:  # ECS
        yield from (HEADER, *value["stack_trace"].splitlines(), f"{value['type']}: {value.get('message', '')}")
    elif isinstance(value, dict) and "exc_type" in value and isinstance(value.get("frames"), list):
        yield from _structured(value)
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else reversed(value):
            yield from _tracebacks(item)


def _structured(exception: dict[str, Any]) -> Iterator[str]:
    """structlog.tracebacks.ExceptionDictTransformer; the exception that was raised last stands first."""
    yield HEADER
    for frame in exception["frames"]:
        if isinstance(frame, dict):
            yield f'  File "{frame.get("filename", "")}", line {frame.get("lineno", 0)}, in {frame.get("name", "")}'
    yield f"{exception['exc_type']}: {exception.get('exc_value', '')}"


def _without_bars(line: str) -> str:
    """CPython, Lib/traceback.py, _ExceptionPrintContext."""
    if _GROUP_RULER.match(line):
        return ""
    if _GROUP in line:
        return HEADER
    bar = _GROUP_LINE.match(line)
    return line[bar.end() :] if bar else line


def _without_margin(lines: Iterable[str], indent: str) -> Iterator[str]:
    """Below its box, what was wrapped is one line."""
    wrapped: list[str] | None = None
    for line in lines:
        within = line.startswith(indent)
        if within and wrapped is not None:
            wrapped.append(line.strip())
            continue
        if wrapped is not None:
            yield " ".join(filter(None, wrapped))
            wrapped = None
        yield line.removeprefix(indent).rstrip() if within else line
        if within and line.strip().startswith("╰"):
            wrapped = []
    if wrapped:
        yield " ".join(filter(None, wrapped))


def _without_box(line: str) -> str:
    """rich/traceback.py."""
    if line.startswith("╭"):
        return HEADER
    if frame := _BOXED_FRAME.match(line):
        return f'  File "{frame["path"]}", line {frame["line"]}, in {frame["name"] or "?"}'
    return f"    {line.strip('│ ')}" if line.startswith(("│", "╰")) else line


def _without_panels(lines: Iterable[str]) -> Iterator[str]:
    """rich/panel.py: the words are wrapped at the box' width."""
    title, inside = "", list[str]()
    for line in lines:
        if panel := _PANEL.match(line.rstrip()):
            title, inside = panel["title"].strip(), []
        elif title and line.startswith("│"):
            inside.append(line.strip("│ \t"))
        elif title:
            yield f"{title}: {' '.join(inside)}"
            title = ""
        else:
            yield line
    if title:
        yield f"{title}: {' '.join(inside)}"


def _without_tracerite(line: str) -> str:
    """tracerite/tty.py, by which Sanic shows exceptions; from its short paths nobody can tell whose files they are."""
    if line.startswith("╭ "):
        return HEADER
    if frame := _TRACERITE_FRAME.match(line):
        return f'  File "<{frame["path"]}>", line {frame["line"]}, in {frame["name"]}'
    if end := _TRACERITE_END.match(line):
        return end["error"]
    return f"    {line.strip('│ ')}" if line.startswith("│") else line
