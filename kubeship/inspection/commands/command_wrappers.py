"""Which program does a command run behind its wrappers? `tini -- gosu app newrelic-admin run-program gunicorn ...`."""

import posixpath
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Wrapper:
    """A program that runs another: what stands between its name and the other's."""

    subcommand: tuple[str, ...] = ()
    """The words that must follow: `run`; empty when none does."""
    valued: frozenset[str] = frozenset()
    """Options with a value."""
    positional: int = 0
    """Words of its own before the command: gosu's user."""
    separator: bool = False
    """The command comes after `--`."""
    folder: tuple[str, ...] = ()
    """Options that name the directory to start in."""


def _of(text: str) -> frozenset[str]:
    return frozenset(text.split())


_RUN = ("run",)
_UV = _of(
    "--python -p --extra --group --only-group --no-group --no-extra --with --with-requirements --with-editable "
    "--package --directory --project --env-file --index --index-url --refresh-package"
)
_CONDA = _of("-n --name -p --prefix --cwd")
_OTEL = _of("--traces_exporter --metrics_exporter --logs_exporter --service_name --exporter_otlp_endpoint")
# Sources: each program's own usage message.
WRAPPERS: dict[str, tuple[Wrapper, ...]] = {
    "aws-vault": (Wrapper(("exec",), positional=1),),
    "catatonit": (Wrapper(valued=_of("-L")),),
    "chamber": (Wrapper(("exec",), separator=True),),
    "chpst": (Wrapper(valued=_of("-u -U -e -/ -n -l -L -m -d -o -p -f -c -t -r")),),
    "command": (Wrapper(),),
    "conda": (Wrapper(_RUN, _CONDA, folder=("--cwd",)),),
    "ddtrace-run": (Wrapper(),),
    "direnv": (Wrapper(("exec",), positional=1),),
    "dockerize": (Wrapper(valued=_of("-wait -timeout -template -stdout -stderr -env")),),
    "doppler": (Wrapper(_RUN, _of("-p --project -c --config -t --token"), separator=True),),
    "dotenv": (Wrapper(_RUN, _of("-f --file")), Wrapper(valued=_of("-f --file"))),
    "dumb-init": (Wrapper(valued=_of("-r --rewrite")),),
    "env": (Wrapper(valued=_of("-u -C -S")),),
    "envdir": (Wrapper(positional=1),),
    "exec": (Wrapper(valued=_of("-a")),),
    "fixuid": (Wrapper(),),
    "gosu": (Wrapper(positional=1),),
    "hatch": (Wrapper(_RUN),),
    "infisical": (Wrapper(_RUN, _of("--env --path --projectId --token"), separator=True),),
    "ionice": (Wrapper(valued=_of("-c -n")),),
    "mamba": (Wrapper(_RUN, _CONDA),),
    "micromamba": (Wrapper(_RUN, _CONDA),),
    "newrelic-admin": (Wrapper(("run-program",)), Wrapper(("run-python",))),
    "nice": (Wrapper(valued=_of("-n")),),
    "nohup": (Wrapper(),),
    "op": (Wrapper(_RUN, _of("--env-file"), separator=True),),
    "opentelemetry-instrument": (Wrapper(valued=_OTEL),),
    "pdm": (Wrapper(_RUN, _of("-p --project"), folder=("-p", "--project")),),
    "pipenv": (Wrapper(_RUN),),
    "pixi": (Wrapper(_RUN, _of("-e --environment --manifest-path")),),
    "poetry": (Wrapper(_RUN, _of("-C --directory -P --project"), folder=("-C", "--directory")),),
    "rye": (Wrapper(_RUN),),
    "s6-setuidgid": (Wrapper(positional=1),),
    "sentry-run": (Wrapper(),),
    "setpriv": (Wrapper(valued=_of("--reuid --regid --groups")),),
    "setuidgid": (Wrapper(positional=1),),
    "stdbuf": (Wrapper(valued=_of("-i -o -e")),),
    "su-exec": (Wrapper(positional=1),),
    "sudo": (Wrapper(valued=_of("-u -g -C -D")),),
    "time": (Wrapper(),),
    "timeout": (Wrapper(valued=_of("-s -k"), positional=1),),
    "tini": (Wrapper(valued=_of("-p -e -l")),),
    "tini-static": (Wrapper(valued=_of("-p -e -l")),),
    "uv": (Wrapper(_RUN, _UV, folder=("--directory", "--project")),),
    "uvx": (Wrapper(valued=_of("--from --with --python -p")),),
    "with-contenv": (Wrapper(),),
    "xvfb-run": (Wrapper(valued=_of("-s --server-args -n --server-num")),),
}
WAITERS = re.compile(r"(docker-)?(compose-)?wait(-for)?(-it|-for-it|-for-[\w-]+)?(\.sh|\.py)?")
"""Scripts that wait for an address, then run what follows `--`."""
ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
MAX_DEPTH = 12


@dataclass(frozen=True)
class Unwrapped:
    """The command within, with what the wrappers set."""

    words: list[str]
    variables: tuple[tuple[str, str], ...] = ()
    folder: str = ""


def unwrapped(words: list[str]) -> Unwrapped:
    """The innermost command that the words run."""
    variables: list[tuple[str, str]] = []
    folder = ""
    for _ in range(MAX_DEPTH):
        while words and (match := ASSIGNMENT.fullmatch(words[0])):
            variables.append((match[1], match[2]))
            words = words[1:]
        while words and not words[0]:
            words = words[1:]
        if not words:
            break
        name = posixpath.basename(words[0])
        inner = next((i for w in WRAPPERS.get(name, ()) if (i := _inner(words[1:], w))), None)
        if inner is None and "--" in words[1:-1] and WAITERS.fullmatch(name):
            inner = (words[words.index("--") + 1 :], "")
        if inner is None:
            break
        if name == "uv" and inner[0][0].endswith(".py"):
            inner = (["python", *inner[0]], inner[1])
        words, folder = inner[0], inner[1] or folder
    return Unwrapped(words, tuple(variables), folder)


def _inner(rest: list[str], wrapper: Wrapper) -> tuple[list[str], str] | None:
    folder = ""
    before = len(wrapper.subcommand)
    while before and rest and rest[0].startswith("-"):  # `poetry -C backend run ...`
        folder, rest = _option(rest, wrapper, folder)
    if tuple(rest[:before]) != wrapper.subcommand:
        return None
    rest = rest[before:]
    if wrapper.separator and "--" in rest[:-1]:
        return rest[rest.index("--") + 1 :], folder
    taken = 0
    while rest and (rest[0].startswith("-") or taken < wrapper.positional):
        if rest[0] == "--":
            rest = rest[1:]
            break
        if rest[0].startswith("-"):
            folder, rest = _option(rest, wrapper, folder)
        else:
            taken += 1
            rest = rest[1:]
    return (rest, folder) if rest else None


def _option(rest: list[str], wrapper: Wrapper, folder: str) -> tuple[str, list[str]]:
    name, equals, value = rest[0].partition("=")
    if equals:
        return (value if name in wrapper.folder else folder), rest[1:]
    if name in wrapper.valued:
        return (rest[1] if name in wrapper.folder and len(rest) > 1 else folder), rest[2:]
    bundled = re.fullmatch(r"-([A-Za-z])[A-Za-z]*([A-Za-z])", name)  # `sudo -EHu shop`
    if bundled and f"-{bundled[1]}" not in wrapper.valued and f"-{bundled[2]}" in wrapper.valued:
        return folder, rest[2:]
    return folder, rest[1:]
