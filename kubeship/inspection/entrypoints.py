"""Which object does the web server serve? What is declared, if the code confirms it; else the one app that there is."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from kubeship.errors import InvalidInput
from kubeship.inspection.candidates import MAKES_APPS, Candidates, Servable
from kubeship.inspection.confirmation import Confirmation, Entrypoint, point
from kubeship.inspection.findings import SET_BY_YOU, Answered
from kubeship.inspection.frameworks import BY_NAME, FRAMEWORKS
from kubeship.inspection.groups import grouped, likeliest
from kubeship.inspection.import_root import import_root, reachable
from kubeship.inspection.modules import Modules
from kubeship.inspection.objects import Apps
from kubeship.inspection.paste import paste_files
from kubeship.inspection.programs import best_of, best_programs, find_programs, installed_programs
from kubeship.inspection.queues import QueueFound, find_queues
from kubeship.inspection.sources import is_aside
from kubeship.inspection.starters import IMPORTS_BOTS
from kubeship.inspection.starts import Starts
from kubeship.inspection.stated import Statements, Target
from kubeship.inspection.statement import TASK
from kubeship.model.origin import Candidate, Origin, Question
from kubeship.model.project import Answers, Warned

KEY = "processes.web.entrypoint"

DASH = frozenset(dotted for dotted, _ in BY_NAME["dash"].constructors)
SERVED_MODULES = ("wsgi", "app", "application", "main", "server", "run", "asgi", "index", "api", "web")
"""Module names in which an app is meant for a server, most telling first."""
TOOL_MODULES = frozenset(
    ("celery", "celery_app", "celery_worker", "cli", "manage", "scripts", "seed", "tasks", "worker")
)
"""Modules that make an app for other uses than serving it."""


@dataclass(frozen=True)
class EntrypointFound:
    """The entrypoint, if there is one answer, and everything that was considered."""

    chosen: Entrypoint | None
    considered: tuple[Candidate, ...]
    frameworks: tuple[str, ...]
    """Of the candidates that are not aside, best first."""


def find_entrypoint(
    modules: Modules,
    apps: Apps,
    candidates: Candidates,
    stated: Statements,
    answers: Answers,
    *,
    declared: frozenset[str] = frozenset(),
) -> Answered[EntrypointFound]:
    """One entrypoint, or a Question with the candidates. Raises InvalidInput for an answer that is no entrypoint.

    `declared` are the project's distributions. What is stated and confirmed comes first, then the one app that there
    is, then the one program.
    """
    starts = Starts(modules, apps)
    confirmation = Confirmation(modules, apps, starts, candidates)
    ranked = sorted(_without_tools([s for s in candidates.servable if not s.aside]), key=_rank)
    points = {servable: found for servable in ranked if (found := point(modules, servable))}
    frameworks = tuple(dict.fromkeys(servable.app.framework for servable in points))
    considered = tuple(Candidate(found.value, found.origins[0]) for found in points.values())
    if KEY in answers:
        chosen, warnings = _answered(confirmation, answers[KEY], list(points.values()))
        return Answered(EntrypointFound(chosen, considered, frameworks), warnings)
    settled, warnings = _stated(confirmation, stated.targets, bool(points))
    several: list[Entrypoint] = []
    if settled is None:
        several = (
            _pasted(confirmation, frameworks)
            or _beside(modules, starts, confirmation, _served(modules, apps, starts, points, declared), declared)
            or _run(modules, starts, confirmation)
        )
        settled = several[0] if len(several) == 1 else _hinted(confirmation, stated, several)
        warnings += tuple(
            Warned(
                f"web is started by {said.command!r}, which kubeship can't read; the app comes from the code",
                said.origin,
            )
            for said in stated.unread
        )
    if settled is not None:
        others = tuple(c for c in considered if c.value != settled.value)
        first = Candidate(settled.value, settled.origins[0])
        return Answered(EntrypointFound(settled, (first, *others), frameworks), warnings)
    question = _question(modules, candidates, several)
    listed = considered or tuple(Candidate(each.value, each.origins[0]) for each in several)
    return Answered(EntrypointFound(None, listed, frameworks), warnings, (question,))


def _served(
    modules: Modules, apps: Apps, starts: Starts, points: dict[Servable, Entrypoint], declared: frozenset[str]
) -> list[Entrypoint]:
    """The apps that a server can be given, the best name of each; one is the answer."""
    servable = [item for item in points if item.app.interface in ("wsgi", "asgi")]
    groups = likeliest(grouped(servable), modules, apps, starts, declared)
    served = [_without_shells([points[item] for item in group]) for group in groups]
    return [_most_complete(modules, group) for group in served if group]


def _without_shells(group: list[Entrypoint]) -> list[Entrypoint]:
    """Without Dash's own objects, which are not WSGI: the Flask app inside is (Dash's documentation, "Deployment")."""
    dash = any(point.framework == "dash" for point in group)
    shells = [p for p in group if p.servable and p.servable.app.constructor in DASH and not p.servable.app.wraps]
    return [replace(point, framework="dash") if dash else point for point in group if point not in shells]


def _pasted(confirmation: Confirmation, frameworks: tuple[str, ...]) -> list[Entrypoint]:
    """The PasteDeploy file that configures the app: Pyramid's factories can't do without one."""
    files = paste_files(confirmation.modules.sources) if "pyramid" in frameworks else ()
    if not files:
        return []
    found = confirmation.named(files[0].path, ".", Origin(files[0].path, reason="loads the app"), "paste")
    return [found] if found else []


def _run(modules: Modules, starts: Starts, confirmation: Confirmation) -> list[Entrypoint]:
    """The programs of the first rank, where no server can be given an object."""
    programs = find_programs(modules.sources, modules, starts)
    if not programs or programs[0].does != "web":
        programs = installed_programs(modules.sources, modules, starts) or programs
    if not programs or programs[0].does is None:
        queues = [_of_queue(queue) for queue in find_queues(modules)]
        if queues:
            return queues
    chosen = [confirmation.program(program) for program in best_programs(programs)] if programs else []
    return list({each.value: each for each in chosen}.values())


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


def _beside(
    modules: Modules, starts: Starts, confirmation: Confirmation, served: list[Entrypoint], declared: frozenset[str]
) -> list[Entrypoint]:
    """What competes with one app: a bot that starts it in a thread, or scripts that another server runs.

    Frameworks that run scripts count when the project declares them; what is mounted in the app doesn't.
    """
    scripted = {framework for framework in FRAMEWORKS if framework.command and declared & set(framework.distributions)}
    bots = any(True for _ in modules.sources.mentioning(IMPORTS_BOTS))
    if not (scripted or bots) or len(served) != 1:
        return served
    programs = find_programs(modules.sources, modules, starts)
    app = served[0]
    for program in best_of(programs, "bot"):
        if program.path != app.path and app.path in reachable(modules, program.path):
            return [confirmation.program(program)]
    names = {framework.name for framework in scripted}
    others = [p for p in best_of(programs, "web") if p.start and p.start.framework in names and p.path != app.path]
    return served + [confirmation.program(program) for program in others]


def _rank(servable: Servable) -> tuple[object, ...]:
    """What a server is most likely meant to be given comes first."""
    stem = _stem(servable.path)
    place = SERVED_MODULES.index(stem) if stem in SERVED_MODULES else len(SERVED_MODULES)
    name = servable.name.removesuffix("()")
    return (
        stem != "wsgi",
        stem in TOOL_MODULES or servable.script,
        servable.is_factory,
        -servable.app.wraps,
        servable.imported,
        place,
        ("application", "app").index(name) if name in ("application", "app") else 2,
        servable.path.count("/"),
        servable.path,
        servable.origin.line or 0,
    )


def _without_tools(servable: list[Servable]) -> list[Servable]:
    """Several modules that call one factory, under no name that tells of serving, are tools: the factory is served."""
    callers: dict[tuple[str, int | None], set[str]] = {}
    for item in servable:
        if item.app.called and not item.imported and _stem(item.path) not in SERVED_MODULES:
            callers.setdefault((item.app.made.path, item.app.made.line), set()).add(item.path)
    return [
        replace(item, script=True)
        if len(callers.get((item.app.made.path, item.app.made.line), ())) > 1
        and item.path in callers[item.app.made.path, item.app.made.line]
        else item
        for item in servable
    ]


def _stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".py")


def _most_complete(modules: Modules, group: list[Entrypoint]) -> Entrypoint:
    """The best of one app's entrypoints: a `main.py` that imports the app and its routes comes first."""
    best = group[0]
    loaded = set(reachable(modules, best.path))
    for other in group[1:]:
        served = other.servable is not None and other.servable.imported and _stem(other.path) in SERVED_MODULES
        if served and _stem(best.path) != "wsgi" and set(reachable(modules, other.path)) - loaded - {other.path}:
            return other
    return best


def _stated(
    confirmation: Confirmation, targets: Iterable[Target], has_apps: bool
) -> tuple[Entrypoint | None, tuple[Warned, ...]]:
    """The first statement that the code confirms, and a warning for each that it doesn't.

    Tasks for developers and prose come after what the code shows.
    """
    warnings: list[Warned] = []
    for target in targets:
        if target.strength >= TASK:
            break
        confirmed = confirmation.named(target.value, target.folder, target.origin, target.form)
        if confirmed and (confirmed.kind == "web" or not has_apps):
            return confirmed, tuple(warnings)
        if confirmed is None and target.form == "object":
            warnings.append(Warned(f"names {target.value}, and the code has no such app", target.origin))
    return None, tuple(warnings)


def _hinted(confirmation: Confirmation, stated: Statements, several: list[Entrypoint]) -> Entrypoint | None:
    """The one of several (of none, any) that tasks and prose name first."""
    values = {each.value for each in several}
    for target in stated.targets:
        confirmed = confirmation.named(target.value, target.folder, target.origin, target.form)
        if confirmed and (confirmed.value in values or (not values and confirmed.kind == "web")):
            return confirmed
    return None


def _answered(
    confirmation: Confirmation, answer: object, points: list[Entrypoint]
) -> tuple[Entrypoint, tuple[Warned, ...]]:
    by_you = Origin(reason=SET_BY_YOU)
    same = next((found for found in points if found.value == answer), None)
    if same:
        return replace(same, origins=(by_you, *same.origins)), ()
    modules = confirmation.modules
    form = "script" if str(answer).endswith(".py") else "package"
    ran = confirmation.named(str(answer), ".", by_you, form) if ":" not in str(answer) and not points else None
    if ran:
        return ran, ()
    if not isinstance(answer, str) or not re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*(\(.*\))?", answer):
        raise InvalidInput(
            f"{KEY} is {answer!r}, and should be module:object or module:factory()",
            hint=f"kubeship init --set {KEY}=" + (points[0].value if points else "shop.wsgi:application"),
        )
    confirmed = confirmation.object(answer, ".", by_you)
    if confirmed:
        return confirmed, ()
    name = answer.partition(":")[0]
    path = next((p for root in (".", "src") if (p := modules.find(root, name)) and p.endswith(".py")), "")
    root = import_root(modules, path) if path else "."
    framework = points[0].framework if points else "none"
    message = f"{answer} was set, and kubeship can't see in the code that it is an app; the build will try it"
    return Entrypoint(answer, path, root, framework, "wsgi", (by_you,)), (Warned(message, Origin(path)),)


def _question(modules: Modules, candidates: Candidates, best: list[Entrypoint]) -> Question:
    if best:
        listed = tuple(Candidate(each.value, each.origins[0]) for each in best)
        return Question(KEY, f"{len(best)} different apps could be served", listed)
    aside = [found for s in sorted(candidates.servable, key=_rank) if s.aside and (found := point(modules, s))]
    near = [f"{miss.name} ({miss.origin})" for miss in candidates.near]
    broken = [
        f"{warned.origin}: {warned.message}"
        for path, warned in modules.sources.broken.items()
        if not is_aside(path) and MAKES_APPS.search(modules.sources.content(path))
    ]
    if broken:
        text = f"no app was found, and a file that may hold it doesn't parse: {broken[0]}"
    elif aside:
        text = "the only apps stand in tests, documentation or examples"
    elif near:
        text = f"no app can be imported; nearest: {'; '.join(near)}"
    else:
        text = "no app object was found; which one is served?"
    return Question(KEY, text, tuple(Candidate(each.value, each.origins[0]) for each in aside))
