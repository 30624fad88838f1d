"""What does a project say of itself? All questions of inspection, in the order in which they build on one another."""

import re
from pathlib import Path

from kubeship.errors import InvalidInput
from kubeship.inspection.candidates import MAKES_APPS, Candidates, find_candidates
from kubeship.inspection.dependencies import Declared, declared
from kubeship.inspection.django import collect_static, engines, migrate, root_urlconf
from kubeship.inspection.django_routes import django_routes
from kubeship.inspection.django_settings import VARIABLE, Settings, find_settings, management_script
from kubeship.inspection.entrypoints import KEY, SERVED_MODULES, EntrypointFound, find_entrypoint
from kubeship.inspection.findings import SET_BY_YOU, Answered
from kubeship.inspection.flask_routes import flask_routes
from kubeship.inspection.frameworks import BY_NAME, FRAMEWORKS, Framework, labels
from kubeship.inspection.health import health_route
from kubeship.inspection.import_root import reachable
from kubeship.inspection.modules import Modules
from kubeship.inspection.naming import app_name, own_dockerfile
from kubeship.inspection.objects import Apps
from kubeship.inspection.processes import other_processes, release_commands, web_process
from kubeship.inspection.python_version import python_version
from kubeship.inspection.services import find_services
from kubeship.inspection.sources import Sources, folder_of, is_aside, read_sources
from kubeship.inspection.stated import read_statements
from kubeship.inspection.system_packages import system_packages
from kubeship.inspection.undeclared import undeclared_imports
from kubeship.inspection.variables import find_variables
from kubeship.inspection.views import Route
from kubeship.model.origin import Found, Origin
from kubeship.model.project import Answers, Project, Warned


def inspect(path: Path, answers: Answers) -> Project:
    """Everything that the project at `path` says of itself; nothing of it is imported or run.

    `answers` (by key in kubeship.yaml) come before what is found, and settle Questions. Raises InvalidInput for what
    kubeship doesn't understand or deploy yet.
    """
    sources = read_sources(path)
    modules = Modules(sources)
    apps = Apps(modules)
    dependencies = declared(sources, answers)
    folder = dependencies.value.folder
    python = python_version(sources, folder, answers)
    stated = read_statements(sources, folder)
    candidates = find_candidates(sources, modules, apps)
    _require_parsed(sources, candidates)
    entry = find_entrypoint(modules, apps, candidates, stated, answers)
    framework = _framework(sources, dependencies.value, entry.value)
    chosen = entry.value.chosen
    import_root = str(answers.get("import_root", chosen.import_root if chosen else folder))
    settings: Answered[Settings | None] = Answered(None)
    if framework.value == "django" and chosen:
        settings = find_settings(modules, chosen.path, import_root, answers)
    skipped = settings.value.passed_over if settings.value else ()
    health = health_route(_routes(modules, apps, entry.value, settings.value, import_root), answers)
    web = web_process(modules, chosen, stated, health.value, answers)
    root = str(answers.get("root", _start_folder(modules, stated.folder, folder, settings.value, import_root)))
    variables = find_variables(modules, skipped)
    required = dependencies.value.applying(python.value.version.value)
    back_ends = engines(modules, settings.value) if settings.value else {}
    anonymous = any(not requirement.name for requirement in required)
    undeclared = undeclared_imports(modules, dependencies.value.distributions, anonymous, skipped)
    if chosen and chosen.path:
        for file in reachable(modules, chosen.path):
            sources.tree(file)
    answered = (dependencies, python, entry, settings, health, web)
    migration = migrate(modules, settings.value, root) if settings.value else None
    static = collect_static(modules, settings.value, root) if settings.value else None
    return Project(
        name=app_name(sources, folder, answers),
        python=python.value.version,
        python_constraint=python.value.constraint,
        dependencies=dependencies.value.dependencies,
        framework=framework,
        processes=(web.value, *other_processes(stated)),
        root=root,
        import_root=import_root,
        candidates=entry.value.considered,
        release=release_commands(stated, migration),
        build_steps=(static,) if static else (),
        services=find_services(required, variables, back_ends),
        variables=variables,
        settings=_variables_to_set(settings.value),
        system_packages=system_packages(required, python.value.version.value),
        dockerfile=own_dockerfile(sources, folder),
        distributions=dependencies.value.distributions,
        warnings=tuple(w for part in answered for w in part.warnings) + undeclared + _broken(sources),
        questions=tuple(question for part in answered for question in part.questions),
    )


def _require_parsed(sources: Sources, candidates: Candidates) -> None:
    """Refuse when a file that may hold the app doesn't parse: what it would have said is unknown."""
    for path, warned in sources.broken.items():
        stem = path.rpartition("/")[2].removesuffix(".py")
        holds_app = bool(MAKES_APPS.search(sources.content(path)))
        if is_aside(path) or not holds_app or (candidates.servable and stem not in SERVED_MODULES):
            continue
        raise InvalidInput(
            f"{path}:{warned.origin.line or 1}: {warned.message}; this file may hold the app",
            hint=f"correct {path}, then run the command again",
        )


def _framework(sources: Sources, dependencies: Declared, entry: EntrypointFound) -> Found[str]:
    """The framework of the app, or what is declared or imported. Raises InvalidInput where kubeship deploys none."""
    if entry.chosen and entry.chosen.framework in BY_NAME:
        name, origin = entry.chosen.framework, entry.chosen.origins[-1]
        if not BY_NAME[name].supported or (name == "django" and entry.chosen.interface == "asgi"):
            raise _refusal(name, entry.chosen.interface, origin)
        required = dependencies.requirements.named(BY_NAME[name].distributions[0])
        return Found(name, (origin, required.origin) if required else (origin,))
    sightings = ((framework, _sighting(sources, dependencies, framework)) for framework in FRAMEWORKS)
    seen = [(framework, place) for framework, place in sightings if place]
    deployed = [(framework, place) for framework, place in seen if framework.supported]
    if deployed and (not entry.frameworks or any(BY_NAME[name].supported for name in entry.frameworks)):
        preferred = entry.frameworks[0] if entry.frameworks else ""
        framework, place = next((item for item in deployed if item[0].name == preferred), deployed[0])
        return Found(framework.name, (place,))
    if entry.chosen:
        return Found("none", (Origin(reason=SET_BY_YOU),))
    if seen:
        framework, place = next((item for item in seen if item[0].name in entry.frameworks), seen[0])
        raise _refusal(framework.name, "", place)
    raise InvalidInput(
        f"no {labels().replace(' and ', ' or ')} app was found in {len(sources.python_files)} Python files",
        hint="give the folder that holds the app; this version of kubeship deploys web apps of these frameworks only",
    )


def _refusal(name: str, interface: str, origin: Origin) -> InvalidInput:
    """The error for an app whose framework, or whose interface, is known and not deployed yet."""
    label = BY_NAME[name].label + (" with ASGI" if interface == "asgi" and BY_NAME[name].supported else "")
    return InvalidInput(
        f"found {label} in {origin}; this version of kubeship deploys {labels()} through WSGI",
        hint=f"if the project holds such an app too, name it: --set {KEY}=MODULE:OBJECT",
    )


def _sighting(sources: Sources, dependencies: Declared, framework: Framework) -> Origin | None:
    """Where a framework is declared, or imported by code that isn't aside."""
    for distribution in framework.distributions:
        if required := dependencies.requirements.named(distribution):
            return Origin(required.origin.path, required.origin.line, distribution)
    pattern = re.compile(rf"^\s*(?:import|from)\s+{framework.module}\b".encode(), re.MULTILINE)
    path = next(sources.mentioning(pattern), None)
    if path is None:
        return None
    return Origin(
        path, sources.line_of(path, rf"^\s*(import|from)\s+{framework.module}\b"), f"imports {framework.module}"
    )


def _routes(
    modules: Modules, apps: Apps, entry: EntrypointFound, settings: Settings | None, import_root: str
) -> list[Route]:
    """Every route without parameters of the app."""
    if settings and (urlconf := root_urlconf(modules, settings)):
        return django_routes(modules, urlconf, import_root)
    if entry.chosen and entry.chosen.framework == "flask":
        servable = entry.chosen.servable
        return flask_routes(modules, apps, entry.chosen.path, servable.app.made if servable else None)
    return []


def _start_folder(modules: Modules, stated: str, folder: str, settings: Settings | None, import_root: str) -> str:
    """Where processes start: what the Procfile says, manage.py's folder, or that of the dependencies."""
    if stated != folder or settings is None:
        return stated
    script = management_script(modules, import_root)
    return folder_of(script) if script else folder


def _variables_to_set(settings: Settings | None) -> tuple[Found[tuple[str, str]], ...]:
    if settings is None:
        return ()
    return (Found((VARIABLE, settings.module.value), settings.module.origins),)


def _broken(sources: Sources) -> tuple[Warned, ...]:
    return tuple(warned for path, warned in sources.broken.items() if not is_aside(path))
