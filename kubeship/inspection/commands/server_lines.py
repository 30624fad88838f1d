"""What do a server's options say? The app, port, folder and workers of gunicorn, uvicorn, uwsgi and the others."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kubeship.inspection.commands.servers import OF_FUNCTIONS, Server
from kubeship.inspection.commands.workers import Work
from kubeship.model.project import Interface

TARGET = re.compile(r"[A-Za-z_][\w.]*(:[A-Za-z_][\w.]*(\(.*\))?)?")
FILE_TARGET = re.compile(r"(\.{0,2}/)?[\w./-]+\.py(:[A-Za-z_][\w.]*(\(.*\))?)?")
ASYNC_WORKERS = re.compile(r"uvicorn|asgi|hypercorn", re.IGNORECASE)
OWN_WORKERS = re.compile(r"sanic|aiohttp|tornado", re.IGNORECASE)


@dataclass(frozen=True)
class Started:
    """What a command line says of a process."""

    target: str = ""
    """`module:object` or `module:factory()`; empty when it runs something else."""
    script: str = ""
    """The Python file that it runs, or that a server such as streamlit is given."""
    port: int | None = None
    folder: str = "."
    """Where it changes to (`cd`, `--chdir`), as stated."""
    variables: tuple[tuple[str, str], ...] = ()
    """Set for this command: `NAME=value gunicorn ...`."""
    config: str = ""
    """The server's configuration file."""
    server: str = ""
    """The program: gunicorn, streamlit, celery, ...; `python` for a script or module; `manage.py`."""
    interface: Interface | None = None
    """What the server speaks; None when the app decides."""
    work: Work | None = None
    """None when only the code can tell (a script, a console script)."""
    module: str = ""
    """`python -m MODULE`."""
    console: str = ""
    """A program that the project may install itself (`[project.scripts]`)."""
    paste: str = ""
    """A PasteDeploy .ini file."""
    discovers: bool = False
    """The server looks for the app itself (`flask run`, `litestar run`)."""
    development: bool = False
    workers: int | None = None
    worker_class: str = ""
    arguments: tuple[str, ...] = ()
    """Of a script, module, management command or console script."""


def served(server: Server, arguments: list[str]) -> Started | None:
    options, positional = parse_options(arguments, server.flags)
    if server.subcommands and positional:
        positional = positional[1:] if positional[0] in server.subcommands else positional
    development = "*" in server.development or any(
        word in server.development for word in (*options, *arguments) if options.get(word) != "false"
    )
    address = next((options[name] for name in server.ports if options.get(name)), "")
    chdir = next((options[name] for name in server.chdir if options.get(name)), "")
    found = Started(
        server=server.name,
        interface=server.interface,
        work="web",
        port=port_of(address),
        folder=chdir.rstrip("/") or ".",
        development=development,
        config=(options.get("--config") or options.get("-c") or options.get("--ini") or "").removeprefix("file:"),
        workers=_number(
            options.get("--workers") or options.get("-w") or options.get("--processes") or options.get("-p") or ""
        ),
        worker_class=options.get("--worker-class") or options.get("-k") or "",
    )
    if server.name == "gunicorn":
        found = replace(
            found,
            interface=gunicorn_interface(found.worker_class),
            paste=(options.get("--paste") or options.get("--paster") or "").partition("#")[0],
        )
    elif server.name == "granian":
        stated = options.get("--interface", "")
        found = replace(found, interface="wsgi" if stated == "wsgi" else "asgi" if stated.startswith("asgi") else None)
    elif server.name in OF_FUNCTIONS:
        source, function = options.get("--source") or "main.py", options.get("--target") or server.default_object
        return replace(found, target=as_target(source, function, False))
    elif server.name == "uwsgi":
        return _uwsgi(found, options, positional)
    return _with_target(found, server, options, positional)


def _with_target(found: Started, server: Server, options: dict[str, str], positional: list[str]) -> Started | None:
    called = any(name in options for name in server.factory)
    named = next((options[name] for name in server.app_options if options.get(name)), "")
    if server.target == "paste":
        path = next((word.partition("#")[0] for word in positional if ".ini" in word), "")
        return replace(found, paste=path) if path else None
    if named or server.target == "object":
        word = named or next((word for word in positional if TARGET.fullmatch(word) or FILE_TARGET.fullmatch(word)), "")
        target = as_target(word, server.default_object, called)
        return replace(found, target=target, discovers=bool(named) and ":" not in target)
    if server.target == "itself":
        return found
    if server.target == "script":
        script = next((w for w in positional if w.endswith((".py", ".wsgi", ".ipynb")) or "/" in w), "")
        if not script and server.name == "fastapi":
            named = options.get("--app", "")
            return replace(found, discovers=True, target=f":{named}" if named else "")
        target = f":{options['--app']}" if server.name == "fastapi" and options.get("--app") else ""
        return replace(found, script=script, target=target) if script else None
    return replace(found, discovers=True)


def as_target(word: str, default: str, called: bool) -> str:
    """`module:object` of a word as servers take it, also `path/to/file.py` and `sanic`'s `module.app`."""
    if not word:
        return ""
    module, _, name = word.partition(":")
    if module.endswith(".py"):
        module = module.removesuffix(".py").removeprefix("./").replace("/", ".").strip(".")
    name = name or default
    if called and name and not name.endswith(")"):
        name += "()"
    return f"{module}:{name}" if name else module


def gunicorn_interface(worker_class: str) -> Interface:
    """What gunicorn's worker class speaks."""
    if ASYNC_WORKERS.search(worker_class):
        return "asgi"
    return "own-server" if OWN_WORKERS.search(worker_class) else "wsgi"


def _uwsgi(found: Started, options: dict[str, str], positional: list[str]) -> Started:
    module = (
        options.get("--module")
        or options.get("-w")
        or options.get("--wsgi")
        or options.get("--mount", "").partition("=")[2]
    )
    file = options.get("--wsgi-file") or options.get("--file") or ""
    name = options.get("--callable") or "application"
    target = as_target(module or file, name, False) if module or file else ""
    config = next(
        (
            o
            for o in (*(options.get(k, "") for k in ("--ini", "--yaml", "--yml", "--xml", "--json")), *positional)
            if re.search(r"\.(ini|ya?ml|xml|json|cfg)(:\w+)?$", o)
        ),
        "",
    )
    return replace(
        found,
        target=target,
        config=config,
        workers=_number(options.get("--processes") or options.get("-p") or options.get("--workers") or ""),
    )


def parse_options(words: Sequence[str], flags: frozenset[str]) -> tuple[dict[str, str], list[str]]:
    """Options by name, and the words that are none."""
    options: dict[str, str] = {}
    targets: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-") or word == "-":
            targets.append(word)
        elif word.startswith("--") and "=" in word:
            name, _, value = word.partition("=")
            options[name] = value
        elif word in flags or (rest and rest[0].startswith("--")):  # no value looks like an option
            options[word] = ""
        elif not word.startswith("--") and len(word) > 2:
            options[word[:2]] = word[2:].removeprefix("=")
        else:
            options[word] = rest.pop(0) if rest else ""
    return options, targets


def port_of(address: str) -> int | None:
    """The port of `0.0.0.0:8000`, `:8000`, `8000` or `${PORT:-8000}`, when it is written out."""
    address = re.sub(r"\$\{\w+:?-(\d+)\}", r"\1", address.strip())
    match = re.fullmatch(r"(?:.*:)?(\d{1,5})", address)
    return int(match[1]) if match and 0 < int(match[1]) < 65536 else None


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() and int(text) < 1000 else None
