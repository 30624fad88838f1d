"""What do platforms' own files say that they run? Procfile, heroku.yml, app.yaml, fly.toml, render.yaml and others."""

import posixpath
import re
from collections.abc import Iterator

from kubeship.inspection.commands.workers import Work
from kubeship.inspection.files.documents import listed, read_json, read_toml, read_yaml, table
from kubeship.inspection.files.sources import Sources, folder_of, is_aside
from kubeship.inspection.statements.statement import DEVELOPMENT, PLATFORM, Said
from kubeship.inspection.statements.supervisors import procfile_lines
from kubeship.model.origin import Origin

PROCFILE = re.compile(r"(?i)Procfile(\.[\w-]+)?")
FOR_DEVELOPERS = re.compile(r"(?i)[-_.](dev|development|local|test|windows|honcho)$")
FOR_PLATFORMS = re.compile(r"(?i)procfile([-_.](dokku|heroku|live|prod|production))?$")


def platform_statements(sources: Sources, folder: str) -> Iterator[Said]:
    """The processes of every platform's file beside the dependencies or at the root."""
    bases = list(dict.fromkeys((folder, ".")))
    for path in sources.other_files:
        if PROCFILE.fullmatch(posixpath.basename(path)) and folder_of(path) in bases:
            # Platforms read `Procfile`; another beside it is for something else, unless it is named after them.
            spare = posixpath.join(posixpath.dirname(path), "Procfile") in sources and not FOR_PLATFORMS.search(path)
            later = DEVELOPMENT if FOR_DEVELOPERS.search(path) or spare else 0
            for name, command, line in procfile_lines(sources, path):
                work: Work | None = "release" if name == "release" else None
                origin = Origin(path, line, f"the command of {name}")
                yield Said(origin, PLATFORM + later, command, name=name, folder=folder_of(path), work=work)
    for base in bases:
        for name, read in READERS.items():
            path = posixpath.normpath(posixpath.join(base, name))
            if path in sources:
                yield from read(sources, path)
    for path in sources.other_files:
        named = re.search(r"(^|/)manifest[\w.-]*\.ya?ml$", path) and not is_aside(path)
        if named and b"applications:" in sources.content(path):
            yield from _cloud_foundry(sources, path)


def _heroku(sources: Sources, path: str) -> Iterator[Said]:
    document, lines = read_yaml(sources, path)
    for section in ("run", "release"):
        there = table(document, section)
        named = there if section == "run" else {"release": there.get("command")}
        for name, command in named.items():
            stated = command.get("command") if isinstance(command, dict) else command
            for text in [*map(str, stated)] if isinstance(stated, list) else [stated]:
                if isinstance(text, str):
                    at = lines.get((section, name)) or lines.get((section,))
                    yield _said(path, at, text, name, work="release" if section == "release" else None)


def _app_engine(sources: Sources, path: str) -> Iterator[Said]:
    document, lines = read_yaml(sources, path)
    entrypoint = table(document).get("entrypoint")
    if isinstance(entrypoint, str) and str(table(document).get("runtime", "python")).startswith(("python", "custom")):
        yield _said(path, lines.get(("entrypoint",)), entrypoint, "web")


def _render(sources: Sources, path: str) -> Iterator[Said]:
    document, lines = read_yaml(sources, path)
    for number, service in enumerate(listed(table(document).get("services"))):
        stated = table(service)
        command = stated.get("startCommand") or stated.get("dockerCommand")
        if not isinstance(command, str) or str(stated.get("runtime", stated.get("env", "python"))) not in (
            "python",
            "docker",
        ):
            continue
        kind, at = str(stated.get("type", "web")), lines.get(("services", number, "startCommand"))
        folder = str(stated.get("rootDir") or ".")
        name = "web" if kind == "web" else str(stated.get("name", kind))
        schedule = str(stated["schedule"]) if "schedule" in stated else None
        yield _said(
            path,
            at,
            command,
            name,
            folder,
            "cron" if kind == "cron" else "worker" if kind == "worker" else None,
            schedule,
        )


def _digital_ocean(sources: Sources, path: str) -> Iterator[Said]:
    document, lines = read_yaml(sources, path)
    for section, name in (("services", "web"), ("workers", ""), ("jobs", "")):
        for number, part in enumerate(listed(table(document).get(section))):
            command = table(part).get("run_command")
            if isinstance(command, str):
                label = name or str(table(part).get("name", "worker"))
                work: Work | None = "release" if section == "jobs" else "worker" if section == "workers" else None
                yield _said(
                    path,
                    lines.get((section, number, "run_command")),
                    command,
                    label,
                    str(table(part).get("source_dir") or ".").lstrip("/") or ".",
                    work,
                )


def _fly(sources: Sources, path: str) -> Iterator[Said]:
    document = read_toml(sources, path)
    for name, command in table(document, "processes").items():
        if isinstance(command, str):
            yield _said(
                path,
                sources.line_of(path, rf"^\s*{re.escape(str(name))}\s*="),
                command,
                "web" if name == "app" else str(name),
            )
    release = table(document, "deploy").get("release_command")
    if isinstance(release, str):
        yield _said(path, sources.line_of(path, r"release_command"), release, "release", work="release")


def _railway(sources: Sources, path: str) -> Iterator[Said]:
    document = read_toml(sources, path) if path.endswith(".toml") else read_json(sources, path)
    deploy = table(document, "deploy")
    if isinstance(deploy.get("startCommand"), str):
        schedule = deploy.get("cronSchedule")
        cron = isinstance(schedule, str)
        yield _said(
            path,
            sources.line_of(path, "startCommand"),
            deploy["startCommand"],
            "cron" if cron else "web",
            ".",
            "cron" if cron else None,
            schedule if cron else None,
        )
    before = deploy.get("preDeployCommand")
    for command in before if isinstance(before, list) else [before]:
        if isinstance(command, str):
            yield _said(path, sources.line_of(path, "preDeployCommand"), command, "release", work="release")


def _nixpacks(sources: Sources, path: str) -> Iterator[Said]:
    command = table(read_toml(sources, path), "start").get("cmd")
    if isinstance(command, str):
        yield _said(path, sources.line_of(path, r"^\s*cmd\s*="), command, "web")


def _app_json(sources: Sources, path: str) -> Iterator[Said]:
    """Heroku's and Dokku's app.json: scripts that run at a release, and cron entries."""
    document = read_json(sources, path)
    dokku = table(document, "scripts", "dokku")
    for command in (dokku.get("predeploy"), dokku.get("postdeploy")):
        if isinstance(command, str):
            yield _said(path, sources.line_of(path, r"\"(pre|post)deploy\""), command, "release", work="release")
    for entry in listed(document.get("cron")):
        command, schedule = table(entry).get("command"), table(entry).get("schedule")
        if isinstance(command, str) and isinstance(schedule, str):
            yield _said(path, sources.line_of(path, '"cron"'), command, "cron", ".", "cron", schedule)


def _platform_sh(sources: Sources, path: str) -> Iterator[Said]:
    document, lines = read_yaml(sources, path)
    applications = table(document, "applications") or {"app": table(document)}
    for application in applications.values():
        start = table(application, "web", "commands").get("start")
        if isinstance(start, str):
            yield _said(path, lines.get(("web", "commands", "start")), start, "web")
        for name, worker in table(application, "workers").items():
            command = table(worker, "commands").get("start")
            if isinstance(command, str):
                yield _said(path, lines.get(("workers", name)), command, str(name), work="worker")


def _cloud_foundry(sources: Sources, path: str) -> Iterator[Said]:
    document, lines = read_yaml(sources, path)
    for number, application in enumerate(listed(table(document).get("applications"))):
        stated = table(application)
        folder = posixpath.normpath(posixpath.join(folder_of(path), str(stated.get("path", "."))))
        folder = "." if folder.startswith("..") else folder
        if isinstance(stated.get("command"), str):
            at = lines.get(("applications", number, "command"))
            yield _said(path, at, stated["command"], "web", folder)
        for index, process in enumerate(listed(stated.get("processes"))):
            command, name = table(process).get("command"), str(table(process).get("type", "web"))
            if isinstance(command, str):
                at = lines.get(("applications", number, "processes", index, "command"))
                yield _said(path, at, command, name, folder)


READERS = {
    ".do/app.yaml": _digital_ocean,
    ".platform.app.yaml": _platform_sh,
    ".platform/applications.yaml": _platform_sh,
    ".upsun/config.yaml": _platform_sh,
    "app.json": _app_json,
    "app.yaml": _app_engine,
    "app.yml": _app_engine,
    "fly.toml": _fly,
    "heroku.yml": _heroku,
    "nixpacks.toml": _nixpacks,
    "railway.json": _railway,
    "railway.toml": _railway,
    "render.yaml": _render,
}


def _said(  # noqa: PLR0917  # the fields of one row, in the order of their names
    path: str,
    line: int | None,
    command: str,
    name: str,
    folder: str = ".",
    work: Work | None = None,
    schedule: str | None = None,
) -> Said:
    base = folder_of(path) if not path.startswith(".") and folder == "." else folder
    return Said(
        Origin(path, line, f"the command of {name}"),
        PLATFORM,
        command,
        name=name,
        folder=base,
        work=work,
        schedule=schedule,
    )
