"""How does a program that serves itself hear where to listen? Options of its command line, or variables."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from kubeship.model.project import ProcessFound, Project


@dataclass(frozen=True)
class OwnServer:
    """What must be said to a program so that a container can serve it."""

    options: Mapping[str, str] = field(default_factory=dict)
    """Option -> value, added to a command that doesn't have it; `$PORT` is the process' port."""
    variables: Mapping[str, str] = field(default_factory=dict)


ANYWHERE = "0.0.0.0"  # noqa: S104  # the pod's own address

# Sources: each program's own reference of its command line and configuration; by the command's first word, or, for what
# Python starts, by the framework.
COMMANDS: Mapping[str, OwnServer] = {
    "bentoml": OwnServer({"--host": ANYWHERE, "--port": "$PORT"}, {"BENTOML_HOME": "/tmp/bentoml"}),  # noqa: S108
    "bokeh": OwnServer({"--address": ANYWHERE, "--port": "$PORT", "--use-xheaders": ""}),
    "chainlit": OwnServer({"--host": ANYWHERE, "--port": "$PORT", "--headless": ""}),
    "marimo": OwnServer({"--host": ANYWHERE, "--port": "$PORT", "--headless": ""}),
    "mlflow": OwnServer({"--host": ANYWHERE, "--port": "$PORT"}),
    "panel": OwnServer(
        {"--address": ANYWHERE, "--port": "$PORT", "--use-xheaders": "", "--allow-websocket-origin": "*"}
    ),
    "sanic": OwnServer({"--host": ANYWHERE, "--port": "$PORT"}),
    "shiny": OwnServer({"--host": ANYWHERE, "--port": "$PORT"}),
    "solara": OwnServer({"--host": ANYWHERE, "--port": "$PORT"}),
    # It would start a browser, and ask for an address of e-mail (docs.streamlit.io: api-reference/configuration).
    "streamlit": OwnServer(
        {
            "--server.address": ANYWHERE,
            "--server.port": "$PORT",
            "--server.headless": "true",
            "--browser.gatherUsageStats": "false",
        }
    ),
    "voila": OwnServer({"--Voila.ip": ANYWHERE, "--port": "$PORT", "--no-browser": ""}),
}
FRAMEWORKS: Mapping[str, OwnServer] = {
    # www.gradio.app/guides/environment-variables: read where launch() isn't told.
    "gradio": OwnServer(
        variables={"GRADIO_SERVER_NAME": ANYWHERE, "GRADIO_SERVER_PORT": "$PORT", "GRADIO_ANALYTICS_ENABLED": "False"}
    ),
    "flet": OwnServer(
        variables={"FLET_SERVER_PORT": "$PORT", "FLET_SERVER_IP": ANYWHERE, "FLET_FORCE_WEB_SERVER": "true"}
    ),
    "dash": OwnServer(variables={"HOST": ANYWHERE}),
    "robyn": OwnServer(variables={"ROBYN_HOST": ANYWHERE, "ROBYN_PORT": "$PORT"}),
}
HOST_VARIABLES = re.compile(r"((APP|BIND|HTTP|LISTEN|SERVER|WEB)_)?(HOST|ADDRESS|ADDR|IP)|BIND")
"""Names of variables that say on which address a program listens."""


def own_command(process: ProcessFound) -> str | None:
    """The command with what it doesn't say itself; None where there is none."""
    command = process.command
    row = COMMANDS.get((command or "").partition(" ")[0])
    if command is None or row is None or re.search(r"[;&|]", command):
        return command
    missing = {option: value for option, value in row.options.items() if not _says(command, option)}
    return " ".join([command, *(f"{option}={value}" if value else option for option, value in missing.items())])


def own_variables(process: ProcessFound, project: Project) -> dict[str, str]:
    """Variables that say where the program listens: its framework's, and those of its code that mean this machine."""
    row = COMMANDS.get((process.command or "").partition(" ")[0]) or FRAMEWORKS.get(project.framework.value)
    stated = {name: value.replace("$PORT", str(process.port)) for name, value in (row.variables if row else {}).items()}
    local = {
        variable.name: ANYWHERE
        for variable in project.variables
        if HOST_VARIABLES.fullmatch(variable.name) and variable.default in {"127.0.0.1", "localhost", "::1"}
    }
    return {**local, **stated}


def _says(command: str, option: str) -> bool:
    return re.search(rf"(^|\s){re.escape(option)}([=\s]|$)", command) is not None
