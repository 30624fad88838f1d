"""What does the image start, and does it hear the signal to stop?"""

import json
import re
import shlex
from collections.abc import Iterator

from kubeship.images.dockerfile_check.findings import Dockerfile, Hit, Rules
from kubeship.model.dockerfile import Instruction, exec_form

DEVELOPMENT = (
    (re.compile(r"\bflask\b[^;&|]*\brun\b"), "flask run"),
    (re.compile(r"\bmanage\.py\b[^;&|]*\brunserver(?:_plus)?\b|\bdjango-admin\b[^;&|]*\brunserver\b"), "runserver"),
    (re.compile(r"\bfastapi\s+dev\b"), "fastapi dev"),
    (re.compile(r"\b(?:uvicorn|gunicorn|hypercorn|granian|daphne)\b[^;&|]*\s--reload\b"), "--reload"),
    (re.compile(r"\bpython[\d.]*\s+-m\s+http\.server\b"), "http.server"),
    (re.compile(r"\b(?:npm|yarn|pnpm)\s+(?:run\s+)?dev\b"), "a development script"),
)
"""Servers whose own documents say that they aren't for production."""
PREFIXES = ("exec", "env", "tini", "dumb-init", "/usr/bin/tini", "/sbin/tini", "--", "-g")


def shell_form(dockerfile: Dockerfile) -> Iterator[Hit]:
    """A shell as process 1 gets SIGTERM in place of the server, and doesn't pass it on."""
    for instruction in _started(dockerfile):
        words = exec_form(instruction.text)
        script = instruction.text
        if words is not None:
            if not (len(words) > 2 and re.search(r"(?:^|/)(?:ba|da|a)?sh$", words[0]) and "c" in words[1]):
                continue
            script = words[2]
        elif instruction.text.lstrip().startswith("["):
            problem = f"{instruction.name} looks like a list but isn't JSON, so a shell gets it, brackets and all"
            yield Hit("shell-form", instruction.line, "warning", problem, "use double quotes and no comma at the end")
            continue
        if re.search(r"(?:^|[;&|]\s*)exec\s", script) or not script.strip():
            continue
        yield Hit(
            "shell-form",
            instruction.line,
            "warning",
            f"{instruction.name} runs in a shell, which may keep SIGTERM from the server: it is then killed in the "
            "middle of its requests",
            f"write {instruction.name} {_listed(script)}",
        )


def development_server(dockerfile: Dockerfile) -> Iterator[Hit]:
    """Slow, for one user at a time, and with a debugger."""
    for instruction in _started(dockerfile):
        text = " ".join(exec_form(instruction.text) or (instruction.text,))
        for pattern, name in DEVELOPMENT:
            if pattern.search(text):
                yield Hit(
                    "development-server",
                    instruction.line,
                    "warning",
                    f"the image starts a development server ({name})",
                    "start gunicorn, uvicorn or another server for production",
                )
                break


def several_commands(dockerfile: Dockerfile) -> Iterator[Hit]:
    """Only the last CMD and ENTRYPOINT of a stage count."""
    for stage in dockerfile.shipped:
        for name in ("CMD", "ENTRYPOINT"):
            for instruction in [each for each in stage.instructions if each.name == name][:-1]:
                problem = f"another {name} follows: this one never counts"
                yield Hit("several-commands", instruction.line, "advice", problem, "remove it")


def healthcheck(dockerfile: Dockerfile) -> Iterator[Hit]:
    """Kubernetes doesn't read it."""
    instruction = dockerfile.last("HEALTHCHECK")
    if instruction and not instruction.text.upper().startswith("NONE"):
        problem = "Kubernetes ignores HEALTHCHECK: the Deployment's probes ask instead"
        remedy = "nothing to do if `health:` in kubeship.yaml asks the same"
        yield Hit("healthcheck", instruction.line, "advice", problem, remedy)


def port(dockerfile: Dockerfile) -> Iterator[Hit]:
    """EXPOSE says another port than kubeship.yaml."""
    wanted = dockerfile.expected.port
    exposed = [each for stage in dockerfile.shipped for each in stage.instructions if each.name == "EXPOSE"]
    words = [(word, each.line) for each in exposed for word in dockerfile.expanded(each).split()]
    known = [(word.partition("/")[0], line) for word, line in words]
    if wanted is None or not known or any(not word.isdigit() for word, _ in known):
        return
    if str(wanted) not in {word for word, _ in known}:
        yield Hit(
            "port-differs",
            known[-1][1],
            "warning",
            f"EXPOSE {known[-1][0]}, and kubeship.yaml says that the web process listens on {wanted}",
            "correct `processes.web.port` in kubeship.yaml, or the Dockerfile: probes and the Service ask that port",
        )


def command(dockerfile: Dockerfile) -> Iterator[Hit]:
    """The manifests start another program than CMD."""
    wanted = dockerfile.expected.command
    instruction = dockerfile.last("CMD")
    if not wanted or instruction is None or dockerfile.last("ENTRYPOINT") is not None:
        return
    stated = _program(exec_form(instruction.text) or _words(instruction.text))
    planned = _program(wanted)
    if stated and planned and stated != planned:
        yield Hit(
            "command-differs",
            instruction.line,
            "advice",
            f"CMD starts {stated}, and kubeship.yaml {planned}: in the cluster kubeship.yaml's counts",
            "make them agree, or `docker run` tries something else than what is deployed",
        )


def _started(dockerfile: Dockerfile) -> list[Instruction]:
    """The ENTRYPOINT and CMD that count."""
    return [found for name in ("ENTRYPOINT", "CMD") if (found := dockerfile.last(name))]


def _words(script: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(script))
    except ValueError:
        return ()


def _program(words: tuple[str, ...]) -> str:
    """`gunicorn` of `/opt/venv/bin/python -m gunicorn app:app`; empty when a shell decides."""
    rest = list(words)
    if rest and re.search(r"(?:^|/)(?:ba|da|a)?sh$", rest[0]):
        return ""
    while rest and (rest[0] in PREFIXES or re.match(r"\w+=", rest[0])):
        rest.pop(0)
    if not rest or re.search(r"[$&|;]", " ".join(rest)):
        return ""
    name = rest[0].rpartition("/")[2]
    if re.fullmatch(r"python[\d.]*", name) and len(rest) > 1:
        return rest[2] if rest[1] == "-m" and len(rest) > 2 else rest[1]
    return rest[2] if name in ("uv", "poetry", "pdm", "pipenv") and rest[1:2] == ["run"] and len(rest) > 2 else name


def _listed(script: str) -> str:
    """The exec form of a simple command; for others, `exec` before the last one."""
    words = _words(script)
    if words and not re.search(r"[$&|;<>`*(){}\n]", script) and not re.match(r"\w+=", words[0]):
        return json.dumps(words)
    return '["sh", "-c", "... && exec SERVER"], or a script that ends with `exec`'


COMMANDS: Rules = (shell_form, development_server, several_commands, healthcheck, port, command)
