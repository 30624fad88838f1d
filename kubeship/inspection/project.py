"""What does a project say of itself? All questions of inspection, in the order in which they build on one another."""

from pathlib import Path

from kubeship.inspection.code.django_settings import VARIABLE, Settings, find_settings, management_script
from kubeship.inspection.code.modules import Modules
from kubeship.inspection.code.nearest import read_nearest
from kubeship.inspection.code.objects import Apps
from kubeship.inspection.distributions.dependencies import declared
from kubeship.inspection.distributions.flat_layout import flat_layout
from kubeship.inspection.distributions.inference import inference
from kubeship.inspection.distributions.installing import with_needs
from kubeship.inspection.distributions.node_builds import front_end
from kubeship.inspection.distributions.python_version import python_version
from kubeship.inspection.distributions.wheel_answers import untried, with_wheels
from kubeship.inspection.environment.variables import find_variables
from kubeship.inspection.files.dockerfiles import own_dockerfile
from kubeship.inspection.files.findings import Answered
from kubeship.inspection.files.sources import Sources, folder_of, is_aside, no_collection, read_sources
from kubeship.inspection.framework import find_framework
from kubeship.inspection.naming import app_name, fitting
from kubeship.inspection.needs.behaviour import traits
from kubeship.inspection.needs.catalogues import translations, uncompiled
from kubeship.inspection.needs.command_files import written_folders
from kubeship.inspection.needs.django import engines, migrate, root_urlconf, static_steps
from kubeship.inspection.needs.django_cautions import django_cautions, used
from kubeship.inspection.needs.made_folders import made_folders
from kubeship.inspection.needs.migrations import migration
from kubeship.inspection.needs.model_files import model_files
from kubeship.inspection.needs.services import find_services
from kubeship.inspection.needs.system_packages import find_system_packages
from kubeship.inspection.needs.undeclared import undeclared_imports
from kubeship.inspection.needs.volumes import find_volumes
from kubeship.inspection.ports import WheelIndex
from kubeship.inspection.roots import project_folder, stated_root
from kubeship.inspection.routes.app_routes import app_routes
from kubeship.inspection.routes.django_routes import django_routes
from kubeship.inspection.routes.flask_routes import flask_routes
from kubeship.inspection.routes.health import health_route
from kubeship.inspection.routes.rest_framework import asks_for_login
from kubeship.inspection.routes.views import Route
from kubeship.inspection.running.all_processes import running
from kubeship.inspection.running.own_addresses import talks_to_its_starter
from kubeship.inspection.running.unstated import unstated_work
from kubeship.inspection.served.candidates import find_candidates
from kubeship.inspection.served.commanded import KEY
from kubeship.inspection.served.earlier import as_released
from kubeship.inspection.served.entrypoint import exporter
from kubeship.inspection.served.entrypoints import EntrypointFound, find_entrypoint
from kubeship.inspection.statements.deployed import deployed
from kubeship.inspection.statements.image_files import placed
from kubeship.inspection.statements.releases import release_commands
from kubeship.inspection.statements.stated import read_statements
from kubeship.inspection.statements.stated_health import probed, stated_health
from kubeship.inspection.statements.stated_volumes import kept_in_file, merged, sqlite, stated_volumes
from kubeship.model.origin import Found
from kubeship.model.project import Answers, Project, Warned


@no_collection()
def inspect(path: Path, answers: Answers, index: WheelIndex | None = None) -> Project:
    """Everything that the project at `path` says of itself; nothing of it is imported or run.

    `answers` (by key in kubeship.yaml) come before what is found, and settle Questions. `index` says which wheels there
    are where no lock file does. Raises InvalidInput where there is no Python to read, and for an answer that can't be.
    """
    sources = read_sources(path)
    modules = Modules(sources)
    apps = Apps(modules)
    part = project_folder(sources, answers)
    sources.leave_out(part.value.others)
    dependencies = with_wheels(declared(sources, part.value.folder, answers), index)
    folder = dependencies.value.folder
    python = python_version(sources, folder, answers, lambda minor: untried(dependencies.value, minor))
    stated = read_statements(sources, folder)
    candidates = find_candidates(sources, modules, apps)
    entry = as_released(
        find_entrypoint(
            modules, apps, candidates, stated, answers, declared=frozenset(dependencies.value.distributions)
        ),
        dependencies.value.installed(python.value.version.value),
    )
    framework = find_framework(sources, dependencies.value, entry.value, stated)
    chosen = entry.value.chosen
    import_root = str(answers.get("import_root", chosen.import_root if chosen else folder))
    settings: Answered[Settings | None] = Answered(None)
    if framework.value == "django" and chosen:
        settings = find_settings(modules, chosen.path, import_root, answers)
    skipped = settings.value.passed_over if settings.value else ()
    routes = _routes(modules, apps, entry.value, settings.value, import_root)
    health = health_route(routes, answers, stated_health(sources, folder), probed(sources))
    runs = running(modules, entry.value, stated, health.value, answers)
    root = stated_root(sources, answers) or _start_folder(modules, stated.folder, folder, settings.value, import_root)
    variables = find_variables(modules, skipped)
    required = dependencies.value.applying(python.value.version.value)
    needs = with_needs(sources, dependencies.value)
    back_ends = engines(modules, settings.value) if settings.value else {}
    undeclared = undeclared_imports(
        modules, dependencies.value.distributions, any(not requirement.name for requirement in required), skipped
    )
    if chosen and chosen.path:
        read_nearest(modules, chosen.path)
    packages = find_system_packages(sources, dependencies.value, python.value.version.value, index)
    answered = (part, dependencies, python, entry, settings, health, runs, packages)
    distributions = frozenset(dependencies.value.distributions)
    name = app_name(sources, folder, answers)
    processes = fitting(runs.value.processes, name.value)
    idle = unstated_work(modules, settings.value, root, processes)
    services = used(
        modules,
        settings.value,
        find_services(modules, required, variables, back_ends, settings.value.chain if settings.value else ()),
    )
    wheels = inference(sources, dependencies.value, python.value.version.value)
    models = model_files(modules, variables)
    in_file = sqlite(sources, back_ends, frozenset(service.value for service in services))
    migrating = migrate(modules, settings.value, root) if settings.value else None
    migrating = migrating or migration(modules, root, distributions, _importable(entry.value))
    static = static_steps(modules, settings.value, root) if settings.value else ()
    node, apart = front_end(sources)
    dockerfile = own_dockerfile(sources, folder)
    volumes = merged(find_volumes(modules, settings.value), stated_volumes(sources, folder), models.folders)
    kept = frozenset(volume.value for volume in volumes)
    written = merged(made_folders(modules, root, kept), written_folders(modules, processes, root, kept))
    return Project(
        name=name,
        python=python.value.version,
        python_constraint=python.value.constraint,
        dependencies=needs,
        framework=framework,
        processes=processes,
        root=root,
        import_root=import_root,
        candidates=entry.value.considered,
        release=release_commands(stated, migrating),
        build_steps=tuple(step for step in (*static, translations(modules, distributions)) if step),
        services=services,
        variables=variables,
        settings=_variables_to_set(settings.value),
        volumes=volumes,
        writable=placed(sources, dockerfile.value, written, root) if dockerfile else written,
        traits=merged(traits(sources), wheels.traits, models.traits, in_file, exporter(chosen)),
        system_packages=packages.value,
        dockerfile=dockerfile,
        front_end=node,
        models=models.files,
        accelerator=wheels.accelerator,
        distributions=dependencies.value.distributions,
        releases=dependencies.value.releases(python.value.version.value),
        deployed=deployed(sources, processes, variables),
        warnings=tuple(w for part in answered for w in part.warnings)
        + undeclared
        + idle
        + wheels.warnings
        + models.warnings
        + kept_in_file(in_file)
        + apart
        + (flat_layout(sources) if needs.value.package or needs.value.manager == "setuptools" else ())
        + (uncompiled(sources) if settings.value else ())
        + (django_cautions(modules, settings.value, static, dockerfile is None) if settings.value else ())
        + talks_to_its_starter((v for v in variables if f"variables.{v.name}" not in answers), processes)
        + _broken(sources),
        questions=tuple(q for part in answered for q in part.questions if q.key != KEY or runs.value.needs_entrypoint),
    )


def _importable(entry: EntrypointFound) -> str | None:
    """The app object that is served; where a program serves it, the first that the code shows."""
    chosen = entry.chosen
    if chosen and chosen.interface in ("wsgi", "asgi"):
        return chosen.value
    programs = () if chosen else entry.programs
    shown = (str(each.value) for each in entry.considered if each.value not in (chosen and chosen.value, *programs))
    return next((value for value in shown if ":" in value), None)


def _routes(
    modules: Modules, apps: Apps, entry: EntrypointFound, settings: Settings | None, import_root: str
) -> list[Route]:
    """Every route without parameters of the app."""
    if settings and (urlconf := root_urlconf(modules, settings)):
        return django_routes(modules, urlconf, import_root, closed=asks_for_login(modules, settings))
    if entry.chosen and entry.chosen.framework == "flask":
        servable = entry.chosen.servable
        return flask_routes(modules, apps, entry.chosen.path, servable.app.made if servable else None)
    if entry.chosen and entry.chosen.path and entry.chosen.kind == "web":
        return app_routes(modules, entry.chosen.path)
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
