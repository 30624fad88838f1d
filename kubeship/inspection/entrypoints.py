"""Which object does the web server serve? What is declared, if the code confirms it; else the one app that there is."""

import re
from dataclasses import dataclass, replace

from kubeship.errors import InvalidInput
from kubeship.inspection.candidates import MAKES_APPS, Candidates, Servable, kind_of
from kubeship.inspection.findings import SET_BY_YOU, Answered
from kubeship.inspection.import_root import import_root, module_name, reachable
from kubeship.inspection.modules import Modules
from kubeship.inspection.objects import Apps
from kubeship.inspection.sources import is_aside
from kubeship.inspection.stated import Statements
from kubeship.model.origin import Candidate, Origin, Question
from kubeship.model.project import Answers, Interface, Warned

KEY = "processes.web.entrypoint"

SERVED_MODULES = ("wsgi", "app", "application", "main", "server", "run", "asgi", "index", "api", "web")
"""Module names in which an app is meant for a server, most telling first."""
TOOL_MODULES = frozenset(
    ("celery", "celery_app", "celery_worker", "cli", "manage", "scripts", "seed", "tasks", "worker")
)
"""Modules that make an app for other uses than serving it."""


@dataclass(frozen=True)
class Entrypoint:
    """What the server is given, and where it is found."""

    value: str
    path: str
    """The module's file; empty when the project doesn't hold it."""
    import_root: str
    framework: str
    interface: Interface
    origins: tuple[Origin, ...]
    servable: Servable | None = None


@dataclass(frozen=True)
class EntrypointFound:
    """The entrypoint, if there is one answer, and everything that was considered."""

    chosen: Entrypoint | None
    considered: tuple[Candidate, ...]
    frameworks: tuple[str, ...]
    """Of the candidates that are not aside, best first."""


def find_entrypoint(
    modules: Modules, apps: Apps, candidates: Candidates, stated: Statements, answers: Answers
) -> Answered[EntrypointFound]:
    """One entrypoint, or a Question with the candidates. Raises InvalidInput for an answer that is no entrypoint."""
    ranked = sorted(_without_tools([s for s in candidates.servable if not s.aside]), key=_rank)
    points = {servable: point for servable in ranked if (point := _point(modules, servable))}
    frameworks = tuple(dict.fromkeys(servable.app.framework for servable in points))
    considered = tuple(Candidate(point.value, point.origins[0]) for point in points.values())
    if KEY in answers:
        chosen, warnings = _answered(modules, apps, answers[KEY], list(points.values()))
        return Answered(EntrypointFound(chosen, considered, frameworks), warnings)
    settled, warnings = _stated(modules, apps, stated)
    groups = [_most_complete(modules, group) for group in _groups(points)]
    if settled is None and len(groups) == 1:
        settled = groups[0]
    if settled is not None:
        others = tuple(c for c in considered if c.value != settled.value)
        first = Candidate(settled.value, settled.origins[0])
        return Answered(EntrypointFound(settled, (first, *others), frameworks), warnings)
    question = _question(modules, candidates, groups)
    return Answered(EntrypointFound(None, considered, frameworks), warnings, (question,))


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


def _groups(points: dict[Servable, Entrypoint]) -> list[list[Entrypoint]]:
    """Entrypoints by the app behind them. Where one has a wsgi module (PEP 3333's name for it), that one is meant.

    Django makes a WSGI and an ASGI handler of the same app: of the two, WSGI's is taken.
    """
    groups: dict[object, list[Entrypoint]] = {}
    for servable, point in points.items():
        made = servable.app.made
        groups.setdefault((made.path, made.line), []).append(point)
    found = list(groups.values())
    django = [group for group in found if group[0].framework == "django"]
    if len(django) == len(found) and any(group[0].interface == "wsgi" for group in found):
        found = [group for group in found if group[0].interface == "wsgi"]
    conventional = [group for group in found if group[0].value.partition(":")[0].rpartition(".")[2] == "wsgi"]
    if len(conventional) == 1 and len({group[0].framework for group in found}) == 1:
        return conventional
    return found


def _most_complete(modules: Modules, group: list[Entrypoint]) -> Entrypoint:
    """The best of one app's entrypoints: a `main.py` that imports the app and its routes comes first."""
    best = group[0]
    loaded = set(reachable(modules, best.path))
    for point in group[1:]:
        served = point.servable is not None and point.servable.imported and _stem(point.path) in SERVED_MODULES
        if served and _stem(best.path) != "wsgi" and set(reachable(modules, point.path)) - loaded - {point.path}:
            return point
    return best


def _point(modules: Modules, servable: Servable) -> Entrypoint | None:
    root = import_root(modules, servable.path)
    module = module_name(servable.path, root)
    if module is None:
        return None
    value = f"{module}:{servable.name}"
    app = servable.app
    return Entrypoint(value, servable.path, root, app.framework, app.interface, (servable.origin,), servable)


def _stated(modules: Modules, apps: Apps, stated: Statements) -> tuple[Entrypoint | None, tuple[Warned, ...]]:
    """The first statement that the code confirms, and a warning for each that it doesn't."""
    warnings: list[Warned] = []
    for target in stated.targets:
        confirmed = confirm(modules, apps, target.value, stated.folder, target.origin)
        if confirmed:
            return confirmed, tuple(warnings)
        warnings.append(Warned(f"names {target.value}, and the code has no such app", target.origin))
    if stated.started and stated.started.script and stated.web:
        path = _join(stated.folder, stated.started.script)
        module = modules.module(path)
        names = [name for name in module.bindings if apps.of_name(path, name)] if module else []
        if len(names) == 1:
            module_ = stated.started.script.removesuffix(".py").replace("/", ".")
            return confirm(modules, apps, f"{module_}:{names[0]}", stated.folder, stated.web.origin), ()
    if stated.web and stated.started is None:
        message = f"web is started by {stated.web.command!r}, which kubeship can't read; the app comes from the code"
        warnings.append(Warned(message, stated.web.origin))
    return None, tuple(warnings)


def confirm(modules: Modules, apps: Apps, target: str, folder: str, origin: Origin) -> Entrypoint | None:
    """The entrypoint that a statement names, if the code has an app there; without an object, the module's only app."""
    name, _, attribute = target.partition(":")
    for root in dict.fromkeys((folder, ".", _join(folder, "src"), "src")):
        path = modules.find(root, name)
        module = modules.module(path) if path else None
        if path is None or module is None:
            continue
        for choice in [attribute] if attribute else ["app", "application", "create_app()", "make_app()"]:
            made = _app(apps, path, choice)
            if made:
                app, line, reason = made
                place = Origin(path, line, reason)
                extended = import_root(modules, path)
                found = root if module_name(path, root) == name else extended
                return Entrypoint(f"{name}:{choice}", path, found, app[0], app[1], (origin, place))
    return None


def _app(apps: Apps, path: str, choice: str) -> tuple[tuple[str, Interface], int | None, str] | None:
    called = choice.partition("(")[0]
    module = apps.modules.module(path)
    bindings = module.bindings.get(called, ()) if module else ()
    if "(" not in choice:
        app = apps.of_name(path, choice)
        return ((app.framework, app.interface), bindings[-1].line, kind_of(app)) if app else None
    factory = apps.factory_named(path, called)
    if factory is None or (factory.required and choice.endswith("()")):
        return None
    line = bindings[-1].line if bindings else None
    return (factory.app.framework, factory.app.interface), line, f"a factory of {kind_of(factory.app)}"


def _answered(
    modules: Modules, apps: Apps, answer: object, points: list[Entrypoint]
) -> tuple[Entrypoint, tuple[Warned, ...]]:
    by_you = Origin(reason=SET_BY_YOU)
    if not isinstance(answer, str) or not re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*(\(.*\))?", answer):
        raise InvalidInput(
            f"{KEY} is {answer!r}, and should be module:object or module:factory()",
            hint=f"kubeship init --set {KEY}=" + (points[0].value if points else "shop.wsgi:application"),
        )
    same = next((point for point in points if point.value == answer), None)
    if same:
        return replace(same, origins=(by_you, *same.origins)), ()
    confirmed = confirm(modules, apps, answer, ".", by_you)
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
        listed = tuple(Candidate(point.value, point.origins[0]) for point in best)
        return Question(KEY, f"{len(best)} different apps could be served", listed)
    aside = [point for s in sorted(candidates.servable, key=_rank) if s.aside and (point := _point(modules, s))]
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
    return Question(KEY, text, tuple(Candidate(point.value, point.origins[0]) for point in aside))


def _join(folder: str, path: str) -> str:
    return path if folder == "." else f"{folder}/{path}"
