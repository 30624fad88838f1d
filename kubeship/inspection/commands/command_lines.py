"""What does a command line start? The server or worker behind wrappers, and what its options say."""

import posixpath
import re
from collections.abc import Sequence
from dataclasses import replace

from kubeship.inspection.commands.command_wrappers import unwrapped
from kubeship.inspection.commands.server_lines import TARGET, Started, parse_options, port_of, served
from kubeship.inspection.commands.servers import BY_PROGRAM
from kubeship.inspection.commands.workers import MANAGEMENT, SERVING, WORKERS

PYTHON = re.compile(r"(python|pypy)[\d.]*")


def read_command(
    words: Sequence[str], folder: str = ".", variables: tuple[tuple[str, str], ...] = ()
) -> Started | None:
    """What a simple command starts, behind its wrappers; None when it is no process of a project."""
    wrapped = unwrapped(list(words))
    words = wrapped.words
    if not words:
        return None
    found = _of_words(words)
    if found and found.console:  # a wrapper of the project's own: `bin/start-nginx gunicorn shop.wsgi`
        inner = next((at for at, word in enumerate(words[1:], 1) if _is_program(word)), 0)
        behind = _of_words(words[inner:]) if inner else None
        found = behind if behind and (behind.target or behind.script or behind.paste or behind.module) else found
    if found is None:
        return None
    folder = posixpath.normpath(posixpath.join(folder, wrapped.folder)) if wrapped.folder else folder
    chdir = posixpath.normpath(posixpath.join(folder, found.folder)) if found.folder != "." else folder
    return replace(found, folder=chdir, variables=(*variables, *wrapped.variables))


def _of_words(words: Sequence[str]) -> Started | None:
    return _python(words) if PYTHON.fullmatch(posixpath.basename(words[0])) else _program(words)


def _is_program(word: str) -> bool:
    name = posixpath.basename(word)
    return name in BY_PROGRAM or bool(PYTHON.fullmatch(name))


def _python(words: Sequence[str]) -> Started | None:  # noqa: PLR0911  # one return a form
    rest = list(words[1:])
    while rest and rest[0].startswith("-") and rest[0] not in ("-m", "-c"):
        rest = rest[2:] if rest[0] in ("-X", "-W") else rest[1:]
    if not rest or rest[0] == "-c":
        return None
    if rest[0] == "-m" and len(rest) > 1:
        module, arguments = rest[1], rest[2:]
        program = {"waitress": "waitress-serve", "django": "django-admin", "gunicorn.app.wsgiapp": "gunicorn"}.get(
            module, module
        )
        if program in BY_PROGRAM or any(program == name for name, _ in WORKERS) or program == "django-admin":
            return _program([program, *arguments])
        if module == "manage":
            return _management([*arguments])
        if module == "aiohttp.web":
            target = next((word for word in arguments if ":" in word and TARGET.fullmatch(word)), "")
            served = target and Started(f"{target}()", server="aiohttp.web", interface="own-server", work="web")
            return replace(served, port=_port_after(arguments, ("-P", "--port"))) if served else None
        if module in ("pip", "venv", "pytest", "http.server", "compileall", "build", "debugpy", "unittest", "site"):
            return None
        return Started(
            server="python", module=module, arguments=tuple(arguments), port=_port_after(arguments, ("--port",))
        )
    if posixpath.basename(rest[0]) == "manage.py":
        found = _management(rest[1:])
        return found and replace(found, folder=posixpath.dirname(rest[0]) or ".")
    if rest[0].endswith(".py") or "/" in rest[0]:
        return Started(server="python", script=rest[0], arguments=tuple(rest[1:]), port=_port_after(rest, ("--port",)))
    if re.fullmatch(r"[\w-]+", rest[0]):  # a folder with __main__.py
        return Started(server="python", script=rest[0], arguments=tuple(rest[1:]))
    return None


def _program(words: Sequence[str]) -> Started | None:  # noqa: PLR0911  # one return a form
    program, arguments = posixpath.basename(words[0]), list(words[1:])
    if program in ("manage.py", "django-admin", "django-admin.py"):
        return _management(arguments)
    if program.endswith(".py"):
        return Started(server="python", script=words[0], arguments=tuple(arguments))
    server = BY_PROGRAM.get(program)
    if server and (not server.subcommands or _subcommand(arguments) in server.subcommands):
        return served(server, arguments)
    subcommand = _subcommand(arguments)
    work = WORKERS.get((program, subcommand)) or WORKERS.get((program, "*"))
    if program == "celery":
        work = "singleton" if "beat" in arguments else "worker" if "worker" in arguments else None
        if work is None:
            return None
        if work == "worker" and any(word in ("-B", "--beat") for word in arguments):
            work = "singleton"
    if work == "release" and "upgrade" not in arguments and program in ("flask", "litestar"):
        return None
    if work:
        return Started(server=program, work=work, interface="none", arguments=tuple(arguments))
    if server or "$" in program or not re.fullmatch(r"[A-Za-z][\w.-]*", program) or program.endswith(".sh"):
        return None
    return Started(
        server="console", console=program, arguments=tuple(arguments), port=_port_after(arguments, ("--port",))
    )


def _management(arguments: Sequence[str]) -> Started | None:
    command = next((word for word in arguments if not word.startswith("-")), "")
    if command in SERVING:
        address = next((a for a in arguments if a != command and not a.startswith("-")), "")
        return Started(
            server="manage.py",
            interface="wsgi",
            work="web",
            development=True,
            port=port_of(address) or 8000,
            arguments=tuple(arguments),
        )
    return (
        Started(server="manage.py", work=MANAGEMENT.get(command), interface="none", arguments=tuple(arguments))
        if command
        else None
    )


def _subcommand(arguments: Sequence[str]) -> str:
    """The first word that is no option; `--name value` pairs before it are stepped over where a value is likely."""
    rest = list(arguments)
    while rest and rest[0].startswith("-"):
        rest = rest[1:] if "=" in rest[0] or (len(rest) > 1 and rest[1].startswith("-")) else rest[2:]
    return rest[0] if rest else ""


def _port_after(arguments: Sequence[str], names: tuple[str, ...]) -> int | None:
    options, _ = parse_options(arguments, frozenset())
    return next((port for name in names if (port := port_of(options.get(name, "")))), None)
