"""What does a command line start? Procfile lines and servers' options, read as a shell would split them."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

# gunicorn's settings page: the flags that take no value. Every other option takes one.
# fmt: off
GUNICORN_FLAGS = frozenset((
    "--capture-output", "--check-config", "--daemon", "--disable-redirect-access-to-syslog",
    "--do-handshake-on-connect", "--enable-stdio-inheritance", "--initgroups", "--log-syslog", "--no-control-socket",
    "--no-sendfile", "--permit-obsolete-folding", "--permit-unconventional-http-method",
    "--permit-unconventional-http-version", "--preload", "--print-config", "--proxy-protocol", "--reload",
    "--reuse-port", "--spew", "--strip-header-spaces", "--casefold-http-method", "-D", "-R",
))
# fmt: on
# waitress-serve --help: everything else is --name=value.
WAITRESS_FLAGS = frozenset({"--call", "--expose-tracebacks", "--no-expose-tracebacks", "--ipv4", "--ipv6", "--app"})

TARGET = re.compile(r"[A-Za-z_][\w.]*(:[A-Za-z_][\w.]*(\(.*\))?)?")


@dataclass(frozen=True)
class Started:
    """What a command line says of the web process."""

    target: str = ""
    """`module:object` or `module:factory()`; empty when it runs something else."""
    script: str = ""
    """The Python file that it runs."""
    port: int | None = None
    folder: str = "."
    """Where it changes to (`cd`, `--chdir`)."""
    variables: tuple[tuple[str, str], ...] = ()
    """Set for this command: `NAME=value gunicorn ...`."""
    config: str = ""
    """The server's configuration file."""


def web_command(line: str) -> Started | None:
    """What a line such as `cd backend && gunicorn shop.wsgi -b :8000` starts; None when kubeship can't tell."""
    folder = "."
    for words in _commands(line):
        if words[0] == "cd" and len(words) == 2:
            folder = words[1].rstrip("/")
            continue
        variables, rest = _environment(words)
        if found := _started(rest, folder, variables):
            return found
    return None


def port_of(address: str) -> int | None:
    """The port of `0.0.0.0:8000`, `:8000` or `8000`, when it is written out."""
    match = re.fullmatch(r"(?:.*:)?(\d{1,5})", address.strip())
    return int(match[1]) if match and 0 < int(match[1]) < 65536 else None


def _commands(line: str) -> Iterator[list[str]]:
    """The simple commands of a shell line, split into words."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=";&|")
    lexer.whitespace_split = True
    lexer.commenters = ""
    words: list[str] = []
    try:
        for word in lexer:
            if word and set(word) <= set(";&|"):
                if words:
                    yield words
                words = []
            else:
                words.append(word)
    except ValueError:  # an open quote: what was read so far is all there is
        pass
    if words:
        yield words


def _environment(words: list[str]) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    rest = [word for word in words if word not in ("exec", "env")] if words[0] in ("exec", "env") else list(words)
    found: list[tuple[str, str]] = []
    while rest and (match := re.fullmatch(r"([A-Za-z_]\w*)=(.*)", rest[0])):
        found.append((match[1], match[2]))
        rest = rest[1:]
    return tuple(found), rest


def _started(words: list[str], folder: str, variables: tuple[tuple[str, str], ...]) -> Started | None:
    names = [word.rpartition("/")[2] for word in words]
    if "gunicorn" in names:
        return _gunicorn(words[names.index("gunicorn") + 1 :], folder, variables)
    if "waitress-serve" in names:
        return _waitress(words[names.index("waitress-serve") + 1 :], folder, variables)
    if words and re.fullmatch(r"python[\d.]*", names[0]):
        script = next((word for word in words[1:] if not word.startswith("-")), "")
        if script.endswith(".py") and "-m" not in words and not _is_management(words):
            return Started(script=script, folder=folder, variables=variables)
    return None


def _is_management(words: list[str]) -> bool:
    """`manage.py runserver` is Django's development server: it names no entrypoint."""
    return any(word.endswith("manage.py") for word in words)


def _gunicorn(words: list[str], folder: str, variables: tuple[tuple[str, str], ...]) -> Started:
    options, targets = _options(words, GUNICORN_FLAGS)
    target = next((word for word in targets if TARGET.fullmatch(word)), "")
    if target and ":" not in target:
        target += ":application"  # gunicorn's default for WSGI_APP without an object
    chdir = options.get("--chdir", "")
    return Started(
        target=target,
        port=port_of(options.get("--bind") or options.get("-b") or ""),
        folder=chdir.rstrip("/") or folder,
        variables=variables,
        config=(options.get("--config") or options.get("-c") or "").removeprefix("file:"),
    )


def _waitress(words: list[str], folder: str, variables: tuple[tuple[str, str], ...]) -> Started:
    options, targets = _options(words, WAITRESS_FLAGS)
    target = next((word for word in targets if TARGET.fullmatch(word)), "")
    if target and "--call" in words and not target.endswith(")"):
        target += "()"
    port = port_of(options.get("--port") or options.get("--listen") or "")
    return Started(target=target, port=port, folder=folder, variables=variables)


def _options(words: list[str], flags: frozenset[str]) -> tuple[dict[str, str], list[str]]:
    options: dict[str, str] = {}
    targets: list[str] = []
    rest = iter(words)
    for word in rest:
        if not word.startswith("-"):
            targets.append(word)
        elif word.startswith("--") and "=" in word:
            name, _, value = word.partition("=")
            options[name] = value
        elif word in flags:
            options[word] = ""
        elif not word.startswith("--") and len(word) > 2:
            options[word[:2]] = word[2:].removeprefix("=")
        else:
            options[word] = next(rest, "")
    return options, targets
