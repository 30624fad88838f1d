"""Which entrypoints does the code itself show? Apps that a server can be given, paste files, programs, queues."""

import re
from dataclasses import replace

from kubeship.inspection.code.console_scripts import console_scripts
from kubeship.inspection.code.frameworks import BY_NAME, FRAMEWORKS
from kubeship.inspection.code.import_root import reachable
from kubeship.inspection.code.modules import Modules
from kubeship.inspection.code.objects import Apps
from kubeship.inspection.code.programs import (
    RUN_NAMES,
    Program,
    as_installed,
    best_of,
    best_programs,
    find_programs,
    installed_programs,
    program_at,
)
from kubeship.inspection.code.queue_settings import configured_queues
from kubeship.inspection.code.queues import QueueFound, find_queues
from kubeship.inspection.code.starters import BOT_MODULES, IMPORTS_BOTS
from kubeship.inspection.code.starts import Starts
from kubeship.inspection.files.sources import stem
from kubeship.inspection.served.candidates import Servable
from kubeship.inspection.served.completed import completing_programs
from kubeship.inspection.served.confirmation import Confirmation
from kubeship.inspection.served.entrypoint import Entrypoint
from kubeship.inspection.served.groups import grouped, likeliest
from kubeship.inspection.served.paste import paste_files
from kubeship.model.origin import Origin

FOR_DEVELOPERS = re.compile(r"(^|_)(dev|debug|local|tests?|testing|cli|celery|worker)(_|\b)")
"""In the names of factories."""
SERVED_MODULES = ("wsgi", "app", "application", "main", "server", "run", "asgi", "index", "api", "web")
"""Module names in which an app is meant for a server, most telling first."""
DASH = frozenset(dotted for dotted, _ in BY_NAME["dash"].constructors)


def served(
    modules: Modules, apps: Apps, starts: Starts, points: dict[Servable, Entrypoint], declared: frozenset[str]
) -> list[Entrypoint]:
    """The apps that a server can be given, the best name of each; one is the answer."""
    servable = [item for item in points if item.app.interface in ("wsgi", "asgi")]
    groups = likeliest(grouped(servable), modules, apps, starts, declared)
    complete = [_without_shells([points[item] for item in group]) for group in groups]
    return [_most_complete(modules, group) for group in complete if group]


def _without_shells(group: list[Entrypoint]) -> list[Entrypoint]:
    """Without Dash's own objects, which are not WSGI: the Flask app inside is (Dash's documentation, "Deployment")."""
    dash = any(point.framework == "dash" for point in group)
    shells = [p for p in group if p.servable and p.servable.app.constructor in DASH and not p.servable.app.wraps]
    return [replace(point, framework="dash") if dash else point for point in group if point not in shells]


SERVING = frozenset(name for framework in FRAMEWORKS if not framework.also_client for name in framework.distributions)
"""Distributions that a project declares to serve something."""


def pasted(confirmation: Confirmation, frameworks: tuple[str, ...]) -> list[Entrypoint]:
    """The PasteDeploy file that configures the app: Pyramid's factories can't do without one."""
    files = paste_files(confirmation.modules.sources) if "pyramid" in frameworks else ()
    if not files:
        return []
    found = confirmation.named(files[0], ".", Origin(files[0], reason="loads the app"), "paste")
    return [found] if found else []


def ran(modules: Modules, starts: Starts, confirmation: Confirmation, declared: frozenset[str]) -> list[Entrypoint]:
    """The programs of the first rank, where no server can be given an object.

    A program of which the code doesn't show what it does is none where a web framework is declared, or in a folder
    of tools: what is served was not found then.
    """
    programs = find_programs(modules.sources, modules, starts)
    installed = installed_programs(modules.sources, modules, starts)
    if not programs or programs[0].does != "web" or programs[0].is_tool:
        programs = installed or programs
    if not programs or programs[0].does is None:
        queues = (*find_queues(modules), *configured_queues(modules, None, "."))
        workers = [_of_queue(queue) for queue in queues if queue.kind == "worker" and queue.value]
        if workers:
            return workers
    if programs and programs[0].does is None and (declared & SERVING or programs[0].is_tool or _is_inner(programs[0])):
        return []
    chosen = (
        [confirmation.program(as_installed(installed, each)) for each in best_programs(programs)] if programs else []
    )
    return list({each.value: each for each in chosen}.values())


def _is_inner(program: Program) -> bool:
    """A module of a package that can be run, too, under no name that programs have: most are libraries' tools."""
    return not program.value.endswith(".py") and "." in program.value and stem(program.path) not in RUN_NAMES


def _of_queue(queue: QueueFound) -> Entrypoint:
    return Entrypoint(
        queue.value,
        queue.path,
        queue.import_root,
        "none",
        "none",
        (queue.origin,),
        kind="worker",
        name="worker",
        server="",
        command=queue.command,
    )


def beside(
    modules: Modules, starts: Starts, confirmation: Confirmation, apps: list[Entrypoint], declared: frozenset[str]
) -> list[Entrypoint]:
    """What competes with one app: a program that completes it, a bot that starts it in a thread, scripts of servers.

    Frameworks that run scripts count when the project declares them; what is mounted in the app doesn't.
    """
    if len(apps) != 1:
        return apps
    if commands := _by_command(modules, starts, confirmation, apps[0]):
        return commands
    if completing := best_programs(tuple(completing_programs(confirmation, apps[0]))):
        complete = [
            replace(each, start=replace(each.start, app=None, target="", framework=apps[0].framework))
            for each in completing
            if each.start
        ]
        return [confirmation.program(each) for each in complete]
    scripted = {framework for framework in FRAMEWORKS if framework.command and declared & set(framework.distributions)}
    importing = frozenset(modules.sources.importing(BOT_MODULES))
    bots = any(True for _ in modules.sources.mentioning(IMPORTS_BOTS, importing))
    if not (scripted or bots):
        return apps
    programs = find_programs(modules.sources, modules, starts)
    app = apps[0]
    for program in best_of(programs, "bot"):
        if program.path != app.path and app.path in reachable(modules, program.path):
            return [confirmation.program(program)]
    names = {framework.name for framework in scripted}
    others = [p for p in best_of(programs, "web") if p.start and p.start.framework in names and p.path != app.path]
    return apps + [confirmation.program(program) for program in others]


def _by_command(modules: Modules, starts: Starts, confirmation: Confirmation, app: Entrypoint) -> list[Entrypoint]:
    """A command that the project installs, where it comes before the app, or may: then with the app.

    A command that makes the app itself sets it up, too: a server that called the factory would leave that out. One of
    the package's own name that doesn't serve the app, which stands in no module for servers: the app may be only one
    part of what the command does.
    """
    made = confirmation.made(app)
    for each in installed_programs(modules.sources, modules, starts) if app.value.endswith("()") else ():
        start = each.start
        if start and start.app and not start.target and (start.app.made.path, start.app.made.line) == made:
            return [confirmation.program(replace(each, start=replace(start, app=None)))]
    top, _, inner = app.value.partition(":")[0].partition(".")
    for_servers = stem(app.path) in SERVED_MODULES
    scripts = console_scripts(modules.sources) if "." in inner or (inner and not for_servers) else {}
    script = scripts.get(top) or scripts.get(top.replace("_", "-"))
    path = script.file(modules) if script else ""
    if not script or not path or path == app.path:
        return []
    program = replace(program_at(modules, starts, path, script.target), called=script.name)
    started = program.start
    served = started and (started.target or (started.app and (started.app.made.path, started.app.made.line)))
    other = program.does == "web" if for_servers else True
    return [] if served in (app.value, made) or not other else [confirmation.program(program), app]


def _most_complete(modules: Modules, group: list[Entrypoint]) -> Entrypoint:
    """The best of one app's entrypoints: a `main.py` that imports the app and its routes comes first.

    So does the one factory that calls another and adds to what that makes.
    """
    best = group[0]
    calling = [
        each
        for each in group
        if each.path == best.path
        and best.value.endswith(f":{_called(each)}()")
        and not FOR_DEVELOPERS.search(each.value.partition(":")[2])
    ]
    if len(calling) == 1:
        best = calling[0]
    loaded = set(reachable(modules, best.path))
    for other in group[1:]:
        served = other.servable is not None and other.servable.imported and stem(other.path) in SERVED_MODULES
        if served and stem(best.path) != "wsgi" and set(reachable(modules, other.path)) - loaded - {other.path}:
            return other
    return best


def _called(entrypoint: Entrypoint) -> str:
    """The factory that another factory calls."""
    servable = entrypoint.servable
    return servable.app.called if servable and servable.is_factory else ""
