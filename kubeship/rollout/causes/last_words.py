"""What did a program without a traceback say when it ended? Servers, workers and shells have words of their own."""

import re
from dataclasses import dataclass

from kubeship.model.cloud_errors import CLOUD
from kubeship.model.known_words import known_words
from kubeship.model.loading_errors import not_loaded
from kubeship.model.log_formats import plain_lines, spoken
from kubeship.model.meaning import HIGHER_PORT, WRITE_ELSEWHERE, words
from kubeship.model.other_languages import foreign_error
from kubeship.model.resource_errors import RESOURCES
from kubeship.model.server_errors import SERVER_ERRORS
from kubeship.model.settings_errors import SETTINGS
from kubeship.model.telemetry import telemetry_line
from kubeship.model.variable_errors import not_set
from kubeship.rollout.causes.awaited import LATE, awaited

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


MISSING = (
    "check that .dockerignore doesn't exclude it, and that the Dockerfile copies it and sets WORKDIR to its folder"
)

WORDS = (
    words(
        r"(?i)address already in use|connection in use: |port \d+ is (?:already )?in use",
        "can't listen on its port, which something else in its pod has taken",
        "start one server only, each container of the pod on a port of its own",
    ),
    words(
        r"(?i)(?:connection to \('|\bbind|\blisten).*(?:permission denied|errno 13)|permission denied.{0,80}\bbind to\b",
        "isn't allowed to listen on its port",
        HIGHER_PORT,
    ),
    words(  # gunicorn/sock.py, create_sockets; asyncio/base_events.py, create_server
        r"(?i)(?:connection to|bind on address) \(?'?([^',)]+)'?,.*(?:errno -\d|cannot assign requested)",
        "can't listen on {0}, which is no address of its pod",
        "let it listen on 0.0.0.0",
    ),
    words(  # uvicorn/server.py, startup: what the loop says, and nothing else
        r"^ERROR: +(\[Errno (?:-\d+|99)\].*)",
        "can't listen on the address that it is given: {0}",
        "let it listen on 0.0.0.0 (`--host`)",
    ),
    words(  # CPython, Python/initconfig.c and Lib/encodings
        r"failed to get the Python codec of the filesystem encoding|No module named 'encodings'",
        "finds no standard library where it looks for it, so that Python itself can't start",
        "take PYTHONHOME out of its variables, and make a virtual environment where it is used, not elsewhere",
    ),
    words(
        r"Failed to find Flask application or factory in module '([\w.]+)'|Could not locate a Flask application",
        "can't be loaded: Flask finds no application {0}",
        "name it in `--app` or FLASK_APP (`module:app`, or `module:create_app()`)",
    ),
    words(  # celery/bin/celery.py
        r"Unable to load celery application\.$",
        "can't be loaded: Celery finds no application by the name after -A",
        "correct `-A` in the process' `command:`, and check that .dockerignore leaves that module in the image",
    ),
    words(  # celery/worker/consumer/consumer.py
        r"connection to the message broker after a connection loss",
        "doesn't reach its message broker",
        "check the broker's address in the variables or the Secret, and that it runs; "
        "`broker_connection_retry_on_startup` lets the worker wait for it",
        heals=True,
    ),
    words(  # uwsgi/core/uwsgi.c, plugins/python/pyloader.c
        r"unable to load app \d+ .*\(callable not found or import error\)|no python application found",
        "can't be loaded: uWSGI finds no callable by that name, or importing it fails",
        "correct `module` and `callable` (`entrypoint:` in kubeship.yaml); an import's error stands above in the log",
    ),
    words(  # CPython, Modules/main.c; shells and coreutils
        r"can't open file '([^']+)'|"
        r"(?:: |cannot (?:access|open|stat) )['\u2018]?([\w.~-]*[./][\w./~-]*)['\u2019]?: No such file",
        "has no file {0} in the image",
        MISSING,
    ),
    words(  # django/core/management
        r"Unknown command: '([\w-]+)'",
        "has no management command {0}",
        "correct the command, or add the app that brings it to INSTALLED_APPS",
    ),
    words(
        r"(?:^|: )(?:\[\[|declare|function|mapfile|popd|pushd|readarray|shopt|source): not found|"
        r"Bad substitution|[Ii]llegal option -o (?:pipefail|errtrace)",
        "has a script that is written for bash, and is run by another shell",
        "begin it with #!/bin/bash (the image must have bash), start it by `bash`, or write what sh knows",
    ),
    words(
        r"\$'\\r': command not found|\r: not found|[Ii]llegal option -\r?$",
        "runs a shell script that has Windows' line ends (CRLF)",
        "save it with LF (.gitattributes: `*.sh text eol=lf`), then build again",
    ),
    words(
        r"\b(chown|chgrp|chmod)\b.*(?:Operation not permitted|Permission denied)",
        "isn't root, and so may not {0} what isn't its own",
        "do that in the Dockerfile; on a volume, `fsGroup` in the pod's securityContext does it",
    ),
    words(  # gunicorn/config.py, validate_file
        r"['\"]?(/[\w./-]+)['\"]? (?:isn't|is not) writable",
        "can't write {0}",
        WRITE_ELSEWHERE,
    ),
    words(  # supervisor/process.py
        r"gave up: (\S+) entered FATAL state|exited: (\S+) \((?:exit status \d+; not expected|terminated by SIG\w+)",
        "runs {0} under supervisord, and that ends again and again",
        "let it hand on what {0} says (stdout_logfile=/dev/stdout, stdout_logfile_maxbytes=0, redirect_stderr=true); "
        "simpler is a process of its own in kubeship.yaml for each",
    ),
    words(  # env(1)
        r"\benv: ['\u2018]?([^'\u2019:]+?)(?:\\r)?['\u2019]?: No such file or directory|"
        r": ([^:]+): (?:bad interpreter|cannot execute: required file not found)",
        "needs the interpreter {0}, which the image doesn't have",
        "check the script's first line (#!) and its line ends (LF, not CRLF)",
    ),
    words(
        r"(?:^|: )(?:(?:line )?\d+: )?([\w./-]+): (?:command )?not found$|exec: \"?([\w./-]+)\"?: not found|"
        r"can't find command '([^']+)'|failed to (?:run command|spawn:) ['`\u2018]([^'`\u2019]+)|exec ([\w./-]+) failed: No such file|\[dumb-init\] ([\w./-]+): No such file",
        "calls the program {0}, which doesn't exist in the image",
        "correct the command, or add what brings {0} to the dependencies or to `system_packages: {{runtime: [...]}}`",
    ),
    words(
        r"(\w+): (?:parameter (?:null or )?not set|unbound variable)|"
        r": (?:line )?\d+: ([A-Z][A-Z0-9_]*): (?!(?:command )?not found|[A-Z])",  # ${NAME:?words of the script's own}
        "needs the variable {0}, which is not set",
        "set {0} under `variables:` in kubeship.yaml, or under `secrets: {{keys: [...]}}` when it is secret",
    ),
    words(  # nginx/src/http/ngx_http_upstream.c
        r"host not found in upstream \"([^\"]+)\"",
        "looks up {0} when it starts, and that name doesn't exist",
        "correct the upstream: a container of the same pod is 127.0.0.1, others go by the name of their Service",
    ),
    words(
        r"\[emerg\] (?!.*(?:Permission denied|Read-only))(?:\d+#\d+: )?(.+)",
        "refuses its configuration: {0}",
        "correct nginx's configuration, then deploy again",
    ),
)
"""The last line that matches any row counts, and of it the first row."""

_TABLES = (SETTINGS, RESOURCES, CLOUD, SERVER_ERRORS)
"""What the libraries' table knows is advice in a line of a log (`pip install --upgrade pip`)."""

_REFUSED = re.compile(
    r"(?:(?:(?P<before>/[\w./-]+)['\"`]?|['\"](?P<quoted>/[^'\"]+)['\"] failed) ?(?:\(\d+)?: )?"
    r"(?P<reason>Read-only file system|Permission denied|Operation not permitted)"
    r"(?:: (?:['\"](?P<named>[^'\"]+)['\"]|(?P<after>/[\w./-]+)))?",
    re.IGNORECASE,
)
_MISSING = re.compile(
    r"(?P<path>[\w.~-]*[/.][\w./~-]*\w)[^/\w]{1,4}(?:(?:failed|cannot open|can't open)[: (\d]*)?no such file or directory",
    re.IGNORECASE,
)
"""Go, uWSGI, tar and others, each in its own order of words."""
_LESSER = re.compile(r"(?i)\b(?:debug|info|notice|warn(?:ing)?)\b")
_BAD = re.compile(
    r"\b(?:abort\w*|can ?not|can't|could(?: not|n't)|critical|denied|emerg|error|\w+Error|exception|\w+Exception|"
    r"fail\w*|fatal|illegal|invalid|missing|must|no such|not found|not set|panic|refus\w+|required|unable|undefined|"
    r"unknown)\b",
    re.IGNORECASE,
)


def reason(log: str) -> Reason | None:
    """What the last lines say in words that are known; None when nobody knows them."""
    for line in reversed(_last(log)):
        for row in WORDS:
            if found := row.pattern.search(line):
                named = [_cut(name) for name in found.groups("") if name] or [""]
                return Reason(row.cause.format(*named).strip(), row.remedy.format(*named), _cut(line), row.heals)
        if unloaded := not_loaded(line):
            return Reason(unloaded.cause, unloaded.remedy, _cut(line))
        if known := known_words(line, _TABLES):
            row, name = known
            cause, remedy = row.of(name)
            return Reason(cause if name else f"{cause}: {_cut(line)}", remedy, _cut(line), row.heals)
        if (unset := not_set(line)) and not _LESSER.search(line):
            return Reason(unset.cause, unset.remedy, _cut(line))
        if refused := _REFUSED.search(line):
            path = refused["before"] or refused["quoted"] or refused["named"] or refused["after"] or "a file"
            reads = "" if "only" in refused["reason"] else "read or "
            return Reason(f"can't {reads}write {path} ({refused['reason'].lower()})", WRITE_ELSEWHERE, _cut(line))
        if missing := _MISSING.search(line):
            return Reason(f"needs {missing['path']}, which is not there", MISSING, _cut(line))
    last = next(reversed(_last(log)), "")
    cause = awaited(last)  # earlier lines that tell of waiting may be over
    return Reason(cause, LATE, _cut(last), heals=True) if cause else None


_CLOSING = re.compile(
    r"\[(?:CRITICAL|ERROR|INFO|WARNING)\]|\b[Ww]orkers?\b|[Ss]hutting down|[Ss]tartup failed|\bexit(?:ed|ing)?\b|"
    r"\bstopp(?:ed|ing)\b|\bterminated\b|[Cc]hild process|^npm |Traceback|^ |Exception ignored|^During handling|"
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
    return _cut(next((line for line in reversed(lines) if _BAD.search(line)), lines[-1] if lines else ""))


def _last(log: str) -> list[str]:
    """The end of the log without what says nothing; long lines, such as a document in one, are cut."""
    plain = [line[:2000] for line in plain_lines(log[-200_000:])]
    lines = [spoken(line.strip()) for line in plain if not telemetry_line(line) and not _DONE_WITHOUT.search(line)]
    foreign = foreign_error(plain)
    return [foreign] if foreign else [line for line in lines[-FAR_BACK:] if re.search(r"\w", line)]


_DONE_WITHOUT = re.compile(
    r"(?i)\b(?:using (?:the |its )?(?:built-in )?defaults?|fall(?:ing|s)? ?back|ignoring|skipping|continuing|disabling)\b|"
    r"(?:, [\w ]{1,40}|\b(?:is|are|will be)) disabled\b|"
    r"\[ERROR\] Control server error"  # gunicorn 25.1 and later: the socket of gunicornc
)
"""What is missing, but isn't needed."""


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST else f"{line[:LONGEST]} ..."
