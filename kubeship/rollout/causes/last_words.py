"""What did a program without a traceback say when it ended? Servers, workers and shells have words of their own."""

import re
from dataclasses import dataclass, replace

from kubeship.model.cloud_errors import CLOUD
from kubeship.model.known_words import known_words
from kubeship.model.loading_errors import not_loaded
from kubeship.model.log_formats import plain_lines, spoken
from kubeship.model.meaning import WRITE_ELSEWHERE, first_of
from kubeship.model.other_languages import foreign_error
from kubeship.model.resource_errors import RESOURCES
from kubeship.model.server_errors import SERVER_ERRORS
from kubeship.model.settings_errors import SETTINGS
from kubeship.model.telemetry import telemetry_line
from kubeship.model.variable_errors import not_set
from kubeship.rollout.causes.awaited import LATE, awaited
from kubeship.rollout.causes.program_words import MISSING, WORDS

FAR_BACK = 20
"""Lines from the end in which the reason stands; what a program said long before is not why it ended."""
LONGEST = 200
"""Characters of a line that are worth showing in a sentence."""


@dataclass(frozen=True)
class Reason:
    """Why it ended, by its own word."""

    cause: str
    """Completes a sentence that begins with the program's name: `can't listen on its port`."""
    remedy: str
    evidence: str
    """The line that says so."""
    heals: bool = False
    """Whether it may pass without a change: a server that it needs comes up."""
    later: str = ""
    """What sounds like an error of its own after that line, which then may only have been a complaint; or nothing."""


_TABLES = (SETTINGS, RESOURCES, CLOUD, SERVER_ERRORS)
"""What the libraries' table knows is advice in a line of a log (`pip install --upgrade pip`)."""

_REFUSED = re.compile(
    r"(?:(?:(?P<before>/[\w./-]+)['\"`]?|['\"](?P<quoted>/[^'\"]+)['\"] failed) ?(?:\(\d+)?: )?"
    r"(?P<reason>Read-only file system|Permission denied|Operation not permitted)"
    r"(?:: (?:['\"](?P<named>[^'\"]+)['\"]|(?P<after>/[\w./-]+)))?",
    re.IGNORECASE,
)
_ERROR = re.compile(r"\b(?:CRITICAL|ERROR|FATAL|SEVERE)\b")
_LESSER = re.compile(r"(?i)\b(?:debug|info|notice|warn(?:ing)?)\b")
_BAD = re.compile(
    r"\b(?:abort\w*|can ?not|can't|could(?: not|n't)|critical|denied|emerg|error|\w+Error|exception|\w+Exception|"
    r"fail\w*|fatal|illegal|invalid|missing|must|no such|not found|not set|panic|refus\w+|required|unable|undefined|"
    r"unknown)\b",
    re.IGNORECASE,
)


def reason(log: str) -> Reason | None:
    """What the last lines say in words that are known; None when nobody knows them."""
    lines = _last(log)
    worse = False  # an error of unknown words has come later: what was only warned of before is not why
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number]
        if worse and _LESSER.search(line):
            continue
        if why := next((why for read in READERS if (why := read(line))), None):
            return replace(why, later=said_later("\n".join(lines[number + 1 :])))
        worse = worse or bool(_ERROR.search(line) and not _CLOSING.search(line))
    last = next(reversed(lines), "")
    cause = awaited(last)  # earlier lines that tell of waiting may be over
    return Reason(cause, LATE, _cut(last), heals=True) if cause else None


def _of_programs(line: str) -> Reason | None:
    known = first_of(WORDS, line)
    if not known:
        return None
    row, name = known
    cause, remedy = row.of(_cut(name))
    return Reason(cause.strip(), remedy, _cut(line), row.heals)


def _of_an_application(line: str) -> Reason | None:
    why = not_loaded(line)
    return Reason(why.cause, why.remedy, _cut(line)) if why else None


def _of_libraries(line: str) -> Reason | None:
    known = known_words(line, _TABLES)
    if not known:
        return None
    row, name = known
    cause, remedy = row.of(name)
    return Reason(cause if name else f"{cause}: {_cut(line)}", remedy, _cut(line), row.heals)


def _of_a_variable(line: str) -> Reason | None:
    why = None if _LESSER.search(line) else not_set(line)
    return Reason(why.cause, why.remedy, _cut(line)) if why else None


def _of_the_kernel(line: str) -> Reason | None:
    if refused := _REFUSED.search(line):
        path = refused["before"] or refused["quoted"] or refused["named"] or refused["after"] or "a file"
        reads = "" if "only" in refused["reason"] else "read or "
        return Reason(f"can't {reads}write {path} ({refused['reason'].lower()})", WRITE_ELSEWHERE, _cut(line))
    path = _missing_path(line)
    return Reason(f"needs {path}, which is not there", MISSING, _cut(line)) if path else None


def _missing_path(line: str) -> str:
    """What isn't there by the word of Go, uWSGI, tar and others, each in its own order; empty when it isn't named."""
    before, found, _ = line.lower().partition("no such file")
    words = re.findall(r"[\w./~-]+", line[: len(before)][-LONGEST:]) if found else []
    last = next((word for word in reversed(words) if word.lower() not in _BETWEEN), "")
    return last if re.search(r"[/.]\w", last) else ""


_BETWEEN = frozenset({"2", "can", "cannot", "errno", "failed", "open", "t"})
"""Words that stand between a path and its error."""


READERS = (_of_programs, _of_an_application, _of_libraries, _of_a_variable, _of_the_kernel)
"""In order of precedence."""

_CLOSING = re.compile(
    r"\[(?:CRITICAL|ERROR|INFO|WARNING)\]|\b[Ww]orkers?\b|[Ss]hutting down|[Ss]tartup failed|\bexit(?:ed|ing)?\b|"
    r"\bstopp(?:ed|ing)\b|\bterminated\b|[Cc]hild process|^npm |Traceback|^ |^During handling|^The above exception|"
    r"^For (?:further|more) information|[Uu]nclosed (?:client session|connect)|Task was destroyed|was never awaited"
)
"""What servers and wrappers say when a program under them has ended."""


def said_later(followed_by: str) -> str:
    """What sounds like an error of its own after an exception, which then may only have been logged; or nothing."""
    lines = [line for line in plain_lines(followed_by) if _BAD.search(line) and not _CLOSING.search(line)]
    return _cut(spoken(lines[-1].strip())) if lines and not telemetry_line(lines[-1]) else ""


def decisive_line(log: str) -> str:
    """The last line that sounds like an error, otherwise the last one; empty when it said nothing."""
    lines = _last(log)
    number = next((n for n in range(len(lines) - 1, -1, -1) if _BAD.search(lines[n])), len(lines) - 1)
    announced = " ".join(lines[number : number + 2]) if number >= 0 and lines[number].endswith(":") else ""
    return _cut(announced or (lines[number] if lines else ""))


def _last(log: str) -> list[str]:
    """The end of the log without what says nothing; long lines, such as a document in one, are cut."""
    plain = [line[:2000] for line in plain_lines(log[-200_000:])]
    lines = [spoken(line.strip()) for line in plain if not telemetry_line(line) and not _DONE_WITHOUT.search(line)]
    foreign = foreign_error(plain)
    return [foreign] if foreign else [line for line in lines[-FAR_BACK:] if re.search(r"\w", line)]


_DONE_WITHOUT = re.compile(
    r"(?i)\b(?:using (?:the |its )?(?:built-in )?defaults?|fall(?:ing|s)? ?back)\b|"
    r"\b(?:ignoring|skipping|continuing|disabling)\b|"
    r"(?:, [\w ]{1,40}|\b(?:is|are|will be)) disabled\b|"
    r"\[ERROR\] Control server error"  # gunicorn 25.1 and later: the socket of gunicornc
)
"""What is missing, but isn't needed."""


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST else f"{line[:LONGEST]} ..."
