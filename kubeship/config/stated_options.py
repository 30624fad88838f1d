"""What does the project's own command line say of its server beside the app and the address? Numbers, and the rest."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

Key = Literal["workers", "threads", "timeout", "worker_class"]
NO_LIMIT = 300
"""Seconds in place of 0, which means for ever to gunicorn: a rollout has to end some day."""


@dataclass(frozen=True)
class StatedOptions:
    """What kubeship.yaml takes over."""

    workers: int | None = None
    threads: int | None = None
    timeout: int | None = None
    worker_class: str | None = None
    options: str = ""
    """Words that no key of kubeship.yaml stands for, quoted."""


@dataclass(frozen=True)
class Options:
    """How a server's own options are read."""

    keys: Mapping[str, Key]
    set_anyway: frozenset[str]
    """What kubeship says itself, or what a container has no use for."""
    program: str = ""
    """Where it isn't the server's name."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Sources: each program's own --help.
OPTIONS: Mapping[str, Options] = {
    "daphne": Options({}, _words("-b --bind -p --port --access-log --proxy-headers -v --verbosity")),
    "granian": Options(
        {"--workers": "workers", "--blocking-threads": "threads"},
        _words(
            "--interface --host --port --factory --no-factory --access-log --no-access-log --reload --working-dir "
            "--workers-kill-timeout --uds"
        ),
    ),
    "gunicorn": Options(
        {
            "-w": "workers",
            "--workers": "workers",
            "--threads": "threads",
            "-t": "timeout",
            "--timeout": "timeout",
            "-k": "worker_class",
            "--worker-class": "worker_class",
        },
        _words(
            "-b --bind --access-logfile --error-logfile --log-file --graceful-timeout --keep-alive --worker-tmp-dir "
            "--forwarded-allow-ips --no-control-socket --paste --paster --chdir -D --daemon --reload -u --user -g "
            "--group -p --pid -n --name"
        ),
    ),
    "hypercorn": Options(
        {"-w": "workers", "--workers": "workers", "-k": "worker_class", "--worker-class": "worker_class"},
        _words(
            "-b --bind --access-logfile --error-logfile --log-file --graceful-timeout --keep-alive --reload --debug -D "
            "--daemon -p --pid -u --user -g --group"
        ),
    ),
    "mod_wsgi": Options(
        {"--processes": "workers", "--threads": "threads", "--request-timeout": "timeout"},
        _words(
            "--port --host --application-type --callable-object --log-to-terminal --access-log --server-root --user "
            "--group --working-directory --reload-on-changes --entry-point"
        ),
        program="mod_wsgi-express",
    ),
    "uvicorn": Options(
        {"--workers": "workers"},
        _words(
            "--host --port --factory --proxy-headers --no-proxy-headers --forwarded-allow-ips --reload --reload-dir "
            "--timeout-graceful-shutdown --timeout-keep-alive --app-dir --uds --fd --use-colors --no-use-colors"
        ),
    ),
    "waitress": Options(
        {"--threads": "threads"},
        _words("--host --port --listen --call --unix-socket --trusted-proxy --trusted-proxy-headers"),
        program="waitress-serve",
    ),
}
UVICORNS_WORKER = re.compile(r"uvicorn(\.workers|_worker)\.UvicornWorker")
"""What gunicorn gets for ASGI anyway."""


def stated_options(server: str, command: str | None, entrypoint: str) -> StatedOptions:
    """Nothing for a command that starts another program, or through a shell that has to fill things in."""
    row = OPTIONS.get(server)
    words = _of_program(command or "", row.program or server) if row else None
    if row is None or words is None:
        return StatedOptions()
    module = entrypoint.partition(":")[0]
    known: dict[str, str] = {}
    rest: list[str] = []
    position = 0
    while position < len(words):
        name, value, taken = _option(words, position, module)
        position += taken
        if not name.startswith("-") or name in row.set_anyway or any("$" in word for word in (name, value or "")):
            continue
        if name in row.keys:
            known[row.keys[name]] = value or ""
        else:
            rest += [name] if value is None else [name, value]
    return replace(_read(known), options=shlex.join(rest))


def with_file(stated: StatedOptions, said: Mapping[str, str]) -> StatedOptions:
    """What the server's own file says where the command line, which goes before it, says nothing."""
    file = _read(said)
    return replace(
        stated,
        workers=stated.workers or file.workers,
        threads=stated.threads or file.threads,
        timeout=stated.timeout or file.timeout,
        worker_class=stated.worker_class or file.worker_class,
    )


def _read(said: Mapping[str, str]) -> StatedOptions:
    """The values by their keys in kubeship.yaml."""
    worker_class = said.get("worker_class") or None
    return StatedOptions(
        workers=_number(said.get("workers")),
        threads=_number(said.get("threads")),
        timeout=NO_LIMIT if said.get("timeout") == "0" else _number(said.get("timeout")),
        worker_class=None if worker_class and UVICORNS_WORKER.fullmatch(worker_class) else worker_class,
    )


def _of_program(command: str, program: str) -> list[str] | None:
    """The words behind the program's name, in the last simple command that starts it."""
    for part in reversed(re.split(r"&&|\|\||;|\n", command)):
        try:
            words = shlex.split(part)
        except ValueError:
            return None
        names = [word.rpartition("/")[2] for word in words]
        if program in names and not re.search(r"[|&<>`]|\$\(", part):
            return words[names.index(program) + 1 :]
    return None


def _option(words: list[str], position: int, module: str) -> tuple[str, str | None, int]:
    """(name, value, how many words): the app is no option's value, and neither is another option."""
    word = words[position]
    if word.startswith("--") and "=" in word:
        name, _, value = word.partition("=")
        return name, value, 1
    if re.fullmatch(r"-[a-zA-Z][^-].*|-[a-zA-Z]\d+", word):
        return word[:2], word[2:].removeprefix("="), 1
    following = words[position + 1] if position + 1 < len(words) else "--"
    is_app = following.partition(":")[0] == module
    is_value = following == "-" or not following.startswith("-")  # `-` is standard output
    if word.startswith("-") and is_value and not is_app:
        return word, following, 2
    return word, None, 1


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and int(text) > 0 else None
