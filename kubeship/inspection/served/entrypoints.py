"""Which object does the web server serve? What is declared, if the code confirms it; else the one app that there is."""

from dataclasses import dataclass, replace

from kubeship.errors import InvalidInput
from kubeship.inspection.code.import_root import import_root, module_name
from kubeship.inspection.code.modules import Modules
from kubeship.inspection.code.objects import Apps
from kubeship.inspection.code.starts import Starts
from kubeship.inspection.commands.servers import OF_FUNCTIONS
from kubeship.inspection.files.findings import SET_BY_YOU, Answered
from kubeship.inspection.files.sources import is_aside, stem
from kubeship.inspection.served.candidates import Candidates, Servable, makes_apps
from kubeship.inspection.served.commanded import KEY, OBJECT, commanded
from kubeship.inspection.served.confirmation import Confirmation
from kubeship.inspection.served.disagreements import disagreements
from kubeship.inspection.served.entrypoint import Entrypoint, point
from kubeship.inspection.served.groups import is_tool
from kubeship.inspection.served.shown import SERVED_MODULES, beside, pasted, ran, served
from kubeship.inspection.served.unserved import run_elsewhere
from kubeship.inspection.statements.stated import Statements
from kubeship.inspection.statements.statement import DEVELOPMENT, IMAGE, TASK
from kubeship.inspection.statements.targets import Target
from kubeship.model.origin import Candidate, Origin, Question
from kubeship.model.project import Answers, Warned


@dataclass(frozen=True)
class EntrypointFound:
    """The entrypoint, if there is one answer, and everything that was considered."""

    chosen: Entrypoint | None
    considered: tuple[Candidate, ...]
    frameworks: tuple[str, ...]
    """Of the candidates that are not aside, best first."""
    programs: tuple[str, ...] = ()
    """The candidates that are run, and no app objects."""


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
    points = _told_apart({servable: found for servable in ranked if (found := point(modules, servable))})
    frameworks = tuple(dict.fromkeys(servable.app.framework for servable in points))
    near = tuple(dict.fromkeys(miss.framework for miss in candidates.near if not is_aside(miss.origin.path)))
    considered = tuple(Candidate(found.value, found.origins[0]) for found in points.values())
    if command := commanded(answers):
        return Answered(EntrypointFound(command, considered, frameworks))
    if KEY in answers:
        chosen, warnings = _answered(confirmation, answers[KEY], list(points.values()))
        return Answered(EntrypointFound(chosen, considered, frameworks), warnings)
    settled, warnings = _stated(confirmation, stated.targets, bool(points))
    several: list[Entrypoint] = []
    if settled is None:
        several = (
            pasted(confirmation, frameworks)
            or beside(modules, starts, confirmation, served(modules, apps, starts, points, declared), declared)
            or ran(modules, starts, confirmation, declared)
        )
        settled = several[0] if len(several) == 1 else _hinted(confirmation, stated, several)
        settled = settled and _as_named(confirmation, stated, settled)
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
    question = _question(modules, candidates, several, list(confirmation.installed()))
    elsewhere = run_elsewhere(modules.sources)
    if elsewhere and not several:
        question = replace(question, text=f"nothing is served: {elsewhere[0].message}")
    asked = tuple(Candidate(each.value, each.origins[0]) for each in several)
    listed = (*asked, *(each for each in considered if each.value not in {one.value for one in asked}))
    programs = tuple(dict.fromkeys(each.framework for each in several))
    run = tuple(each.value for each in several if each.servable is None)
    return Answered(EntrypointFound(None, listed, frameworks or programs or near, run), warnings, (question,))


def _told_apart(points: dict[Servable, Entrypoint]) -> dict[Servable, Entrypoint]:
    """Two `app:app` in two folders are named from the folder above: an answer must say which one it means."""
    paths: dict[str, set[str]] = {}
    for found in points.values():
        paths.setdefault(found.value, set()).add(found.path)
    told: dict[Servable, Entrypoint] = {}
    for servable, found in points.items():
        module = module_name(found.path, ".") if len(paths[found.value]) > 1 else None
        told[servable] = replace(found, value=f"{module}:{servable.name}", import_root=".") if module else found
    return told


def _rank(servable: Servable) -> tuple[object, ...]:
    """What a server is most likely meant to be given comes first."""
    module = stem(servable.path)
    place = SERVED_MODULES.index(module) if module in SERVED_MODULES else len(SERVED_MODULES)
    name = servable.name.removesuffix("()")
    return (
        module != "wsgi",
        is_tool(module) or servable.script,
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
        if item.app.called and not item.imported and stem(item.path) not in SERVED_MODULES:
            callers.setdefault((item.app.made.path, item.app.made.line), set()).add(item.path)
    return [
        replace(item, script=True)
        if len(callers.get((item.app.made.path, item.app.made.line), ())) > 1
        and item.path in callers[item.app.made.path, item.app.made.line]
        else item
        for item in servable
    ]


def _stated(
    confirmation: Confirmation, targets: tuple[Target, ...], has_apps: bool
) -> tuple[Entrypoint | None, tuple[Warned, ...]]:
    """The first statement that the code confirms, and a warning for each that it doesn't.

    Tasks for developers and prose come after what the code shows.
    """
    warnings: list[Warned] = []
    for target in targets:
        if target.strength >= TASK:
            break
        confirmed = confirmation.named(target.value, target.folder, target.origin, target.form)
        serves = confirmed and confirmed.kind == "web" and not confirmed.exporter
        serves = serves or (confirmed and confirmed.name == "bot" and _of_its_own_image(target, targets))
        if confirmed and (serves or not (has_apps or confirmation.serving)):
            return confirmed, (*warnings, *disagreements(confirmation, targets, target, confirmed))
        if confirmed is None and (bound := confirmation.bound(target)):
            message = f"{target.value} is what {target.origin} names, and the code doesn't show what it is"
            unseen = Warned(f"{message}; the build will try it", bound.origins[-1])
            return bound, tuple(warnings) if target.server in OF_FUNCTIONS else (*warnings, unseen)
        if confirmed is None and target.form == "object":
            warnings.append(Warned(f"names {target.value}, and the code has no such app", target.origin))
    return None, tuple(warnings)


def _of_its_own_image(target: Target, targets: tuple[Target, ...]) -> bool:
    """Whether the project's image starts just this, and all else that is stated runs in others."""
    first = target.statement.image if target.statement and target.strength == IMAGE else ""
    others = {each.value: each for each in reversed(targets) if each.strength < TASK and each.value != target.value}
    named = first in ("Dockerfile", f"{target.folder}/Dockerfile")
    return named and all(each.statement and each.statement.image not in ("", first) for each in others.values())


def _hinted(confirmation: Confirmation, stated: Statements, several: list[Entrypoint]) -> Entrypoint | None:
    """The one of several (of none, any) that tasks and prose name first."""
    values = {each.value for each in several}
    for target in stated.targets:
        confirmed = confirmation.named(target.value, target.folder, target.origin, target.form)
        if confirmed and (confirmed.value in values or (not values and confirmed.kind == "web")):
            return confirmed
    return None


def _as_named(confirmation: Confirmation, stated: Statements, settled: Entrypoint) -> Entrypoint:
    """The same app by the name that a developers' command calls it by: the code's imports begin where that does."""
    name = settled.value.partition(":")[2]
    for target in stated.targets:
        if target.strength >= DEVELOPMENT and target.strength - DEVELOPMENT < TASK and target.form == "object":
            confirmed = confirmation.named(target.value, target.folder, target.origin)
            if confirmed and confirmed.path == settled.path and confirmed.value.partition(":")[2] == name:
                return replace(settled, value=confirmed.value, import_root=confirmed.import_root)
    return settled


def _answered(
    confirmation: Confirmation, answer: object, points: list[Entrypoint]
) -> tuple[Entrypoint, tuple[Warned, ...]]:
    by_you = Origin(reason=SET_BY_YOU)
    same = next((found for found in points if found.value == answer), None)
    if same:
        return replace(same, origins=(by_you, *same.origins)), ()
    modules = confirmation.modules
    form = "script" if str(answer).endswith(".py") else "package"
    ran = confirmation.named(str(answer), ".", by_you, form) if ":" not in str(answer) else None
    ran = ran if ran and (not points or ran.interface == "own-server") else None
    ran = ran or next((each for each in confirmation.installed(by_you) if each.value == answer), None)
    if ran:
        return ran, ()
    if not isinstance(answer, str) or not OBJECT.fullmatch(answer):
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


def _question(
    modules: Modules, candidates: Candidates, best: list[Entrypoint], installed: list[Entrypoint]
) -> Question:
    if best or installed:
        listed = tuple(Candidate(each.value, each.origins[0]) for each in best or installed)
        text = f"{len(best)} different apps could be served" if best else "no app is found; a command may start it"
        return Question(KEY, text, listed)
    aside = [found for s in sorted(candidates.servable, key=_rank) if s.aside and (found := point(modules, s))]
    near = [f"{miss.name} ({miss.origin})" for miss in candidates.near]
    broken = [
        f"{warned.origin}: {warned.message}"
        for path, warned in modules.sources.broken.items()
        if path.endswith(".py") and not is_aside(path) and makes_apps(modules.sources, path)
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
