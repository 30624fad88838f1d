"""Which words do servers, workers and shells have for why they end? A table."""

from kubeship.model.meaning import HIGHER_PORT, WRITE_ELSEWHERE, words

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
        r"(?i)(?:connection to \('|\bbind|\blisten).*(?:permission denied|errno 13)|"
        r"permission denied.{0,80}\bbind to\b",  # Apache
        "isn't allowed to listen on its port",
        HIGHER_PORT,
    ),
    words(  # gunicorn/sock.py, create_sockets; asyncio/base_events.py, create_server
        r"(?i)(?:connection to|bind on address) \(?'?([^',)]+)'?,.*(?:errno -\d|cannot assign requested)",
        "can't listen on {what}, which is no address of its pod",
        "let it listen on 0.0.0.0",
    ),
    words(  # uvicorn/server.py, startup: what the loop says, and nothing else
        r"^ERROR: +(\[Errno (?:-\d+|99)\].*)",
        "can't listen on the address that it is given: {what}",
        "let it listen on 0.0.0.0 (`--host`)",
    ),
    words(  # CPython, Python/initconfig.c and Lib/encodings
        r"failed to get the Python codec of the filesystem encoding|No module named 'encodings'",
        "finds no standard library where it looks for it, so that Python itself can't start",
        "take PYTHONHOME out of its variables, and make a virtual environment where it is used, not elsewhere",
    ),
    words(
        r"Failed to find Flask application or factory in module '([\w.]+)'|Could not locate a Flask application",
        "can't be loaded: Flask finds no application {what}",
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
        "has no file {what} in the image",
        MISSING,
    ),
    words(  # django/core/management
        r"Unknown command: '([\w-]+)'",
        "has no management command {what}",
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
        "isn't root, and so may not {what} what isn't its own",
        "do that in the Dockerfile; on a volume, `fsGroup` in the pod's securityContext does it",
    ),
    words(  # gunicorn/config.py, validate_file
        r"['\"]?(/[\w./-]+)['\"]? (?:isn't|is not) writable",
        "can't write {what}",
        WRITE_ELSEWHERE,
    ),
    words(  # supervisor/process.py
        r"gave up: (\S+) entered FATAL state|exited: (\S+) \((?:exit status \d+; not expected|terminated by SIG\w+)",
        "runs {what} under supervisord, and that ends again and again",
        "let it hand on what {what} says (stdout_logfile=/dev/stdout, stdout_logfile_maxbytes=0, "
        "redirect_stderr=true); simpler is a process of its own in kubeship.yaml for each",
    ),
    words(  # env(1)
        r"\benv: ['\u2018]?([^'\u2019:]+?)(?:\\r)?['\u2019]?: No such file or directory|"
        r": ([^:]+): bad interpreter",
        "needs the interpreter {what}, which the image doesn't have",
        "check the script's first line (#!) and its line ends (LF, not CRLF)",
    ),
    words(  # bash 5.2, of what the kernel doesn't find though the script is there
        r"([\w./-]+): cannot execute: required file not found",
        "calls {what}, whose interpreter the image doesn't have",
        "check its first line (#!) and its line ends (LF, not CRLF); a virtual environment is made where it is used",
    ),
    words(
        r"(?:^|: )(?:(?:line )?\d+: )?([\w./-]+): (?:command )?not found$|exec: \"?([\w./-]+)\"?: not found|"
        r"can't find command '([^']+)'|[Ff]ailed to (?:run command|spawn:) ['`\u2018]([^'`\u2019]+)|"
        r"exec ([\w./-]+) failed: No such file|\[dumb-init\] ([\w./-]+): No such file",
        "calls the program {what}, which doesn't exist in the image",
        "correct the command, or add what brings {what} to the dependencies or to `system_packages: {runtime: [...]}`",
    ),
    words(
        r"(\w+): (?:parameter (?:null or )?not set|unbound variable)|"
        r": (?:line )?\d+: ([A-Z][A-Z0-9_]*): (?!(?:command )?not found|[A-Z])",  # ${NAME:?words of the script's own}
        "needs the variable {what}, which is not set",
        "set {what} under `variables:` in kubeship.yaml, or under `secrets: {keys: [...]}` when it is secret",
    ),
    words(  # nginx/src/http/ngx_http_upstream.c
        r"host not found in upstream \"([^\"]+)\"",
        "looks up {what} when it starts, and that name doesn't exist",
        "correct the upstream: a container of the same pod is 127.0.0.1, others go by the name of their Service",
    ),
    words(
        r"\[emerg\] (?!.*(?:Permission denied|Read-only))(?:\d+#\d+: )?(.+)",
        "refuses its configuration: {what}",
        "correct nginx's configuration, then deploy again",
    ),
)
"""The last line that matches any row counts, and of it the first row."""
