"""What do the files of AWS' services and of Kamal say that they run?"""

import re
from collections.abc import Iterator

from kubeship.inspection.files.documents import listed, read_json, read_yaml, table
from kubeship.inspection.files.sources import Sources, folder_of, is_aside
from kubeship.inspection.statements.statement import PLATFORM, Said
from kubeship.model.origin import Origin


def cloud_statements(sources: Sources) -> Iterator[Said]:
    """The commands of every such file, wherever it lies."""
    for path in sources.other_files:
        reader = next((read for pattern, read in READERS if pattern.fullmatch(path)), None)
        if reader and not is_aside(path):
            yield from reader(sources, path)


def _app_runner(sources: Sources, path: str) -> Iterator[Said]:
    document, lines = read_yaml(sources, path)
    run = table(document, "run")
    if isinstance(run.get("command"), str):
        port = table(run, "network").get("port")
        origin = Origin(path, lines.get(("run", "command")), "App Runner's command")
        port = int(str(port)) if str(port).isdigit() else None
        yield Said(origin, PLATFORM, run["command"], name="web", folder=folder_of(path), port=port)


def _copilot(sources: Sources, path: str) -> Iterator[Said]:
    document, lines = read_yaml(sources, path)
    stated = table(document)
    command = stated.get("command")
    words = tuple(map(str, command)) if isinstance(command, list) else ()
    text = command if isinstance(command, str) else ""
    if not (words or text):
        return
    schedule = table(stated, "on").get("schedule")
    kind = str(stated.get("type", ""))
    name = "web" if "Web" in kind else str(stated.get("name", "worker"))
    origin = Origin(path, lines.get(("command",)), "Copilot's command")
    port = table(stated, "image").get("port")
    yield Said(
        origin,
        PLATFORM,
        text,
        words,
        name=name,
        folder="/app",
        port=port if isinstance(port, int) and name == "web" else None,
        schedule=str(schedule) if schedule else None,
        work="cron" if schedule else "worker" if "Worker" in kind else None,
    )


def _task_definition(sources: Sources, path: str) -> Iterator[Said]:
    """The containers of an ECS task definition."""
    document = read_json(sources, path)
    for container in listed(document.get("containerDefinitions")):
        stated = container if isinstance(container, dict) else {}
        words = [*listed(stated.get("entryPoint")), *listed(stated.get("command"))]
        if words:
            origin = Origin(path, sources.line_of(path, r'"(command|entryPoint)"'), "a container of the task")
            name = str(stated.get("name", ""))
            yield Said(origin, PLATFORM, words=tuple(map(str, words)), name=name, folder="/app", foreign=True)


def _beanstalk(sources: Sources, path: str) -> Iterator[Said]:
    """`WSGIPath`: a file, or `module:object` (Elastic Beanstalk's Python platform)."""
    line = sources.line_of(path, r"WSGIPath")
    match = re.search(r"WSGIPath[\"']?\s*[:=]\s*[\"']?([\w./:-]+)", sources.text(path))
    if match and line:
        target = match[1] if ":" in match[1] else f"{match[1].removesuffix('.py').replace('/', '.')}:application"
        yield Said(Origin(path, line, "WSGIPath"), PLATFORM, words=("gunicorn", target), name="web")


def _zappa(sources: Sources, path: str) -> Iterator[Said]:
    """`app_function` of the stage that is production's, or of the first."""
    document = read_json(sources, path)
    stages = [name for name, stage in document.items() if isinstance(stage, dict) and stage.get("app_function")]
    stage = next((name for name in stages if re.search(r"prod|live", name)), stages[0] if stages else None)
    if stage:
        module, _, name = str(document[stage]["app_function"]).rpartition(".")
        origin = Origin(path, sources.line_of(path, r'"app_function"'), f"app_function of {stage}")
        yield Said(origin, PLATFORM, words=("gunicorn", f"{module}:{name}"), name="web", folder=folder_of(path))


def _serverless(sources: Sources, path: str) -> Iterator[Said]:
    """`custom.wsgi.app` of serverless-wsgi."""
    document, lines = read_yaml(sources, path)
    stated = table(document, "custom", "wsgi").get("app")
    if isinstance(stated, str):
        module, _, name = stated.rpartition(".")
        origin = Origin(path, lines.get(("custom", "wsgi", "app")), "serverless-wsgi's app")
        target = f"{module.replace('/', '.')}:{name}"
        yield Said(origin, PLATFORM, words=("gunicorn", target), name="web", folder=folder_of(path))


def _kamal(sources: Sources, path: str) -> Iterator[Said]:
    document, lines = read_yaml(sources, path)
    for name, role in table(document, "servers").items():
        command = role.get("cmd") if isinstance(role, dict) else None
        if isinstance(command, str):
            origin = Origin(path, lines.get(("servers", name, "cmd")), f"the role {name}")
            yield Said(origin, PLATFORM, command, name=str(name), folder="/app")


# Sources: the reference of each file: App Runner, Copilot, ECS, Elastic Beanstalk, Zappa, serverless-wsgi, Kamal.
READERS = (
    (re.compile(r"(.*/)?\.ebextensions/[\w.-]+\.(config|ya?ml|json)"), _beanstalk),
    (re.compile(r"(.*/)?apprunner\.ya?ml"), _app_runner),
    (re.compile(r"config/deploy\.ya?ml"), _kamal),
    (re.compile(r"copilot/[\w-]+/manifest\.ya?ml"), _copilot),
    (re.compile(r"(.*/)?serverless\.ya?ml"), _serverless),
    (re.compile(r"(.*/)?[\w.-]*task[-_]?def(inition)?[\w.-]*\.json"), _task_definition),
    (re.compile(r"(.*/)?zappa_settings\.json"), _zappa),
)
