"""What does a Django project need beside its server? Migrations at release, static files in the build."""

import ast
import posixpath
import re

from kubeship.inspection.code.django_settings import Settings, lists, management_script, settings_of
from kubeship.inspection.code.modules import Modules
from kubeship.inspection.files.sources import is_aside
from kubeship.inspection.files.syntax import dotted, strings
from kubeship.model.origin import Origin
from kubeship.model.project import Command

WITH_TABLES = frozenset(
    f"django.contrib.{app}" for app in ("admin", "auth", "contenttypes", "flatpages", "redirects", "sessions", "sites")
)
"""Django's own apps that come with migrations."""


def migrate(modules: Modules, settings: Settings, root: str) -> Command | None:
    """`python manage.py migrate --noinput`, when there is a database and something to migrate."""
    databases = settings_of(modules, settings, "DATABASES")
    if settings.chain and not _configures_a_database([setting.value for setting in databases]):
        return None
    origins = _own_migrations(modules) or _contributed(modules, settings)
    return Command(f"{_manage(modules, root)} migrate --noinput", origins[:1]) if origins else None


def static_steps(modules: Modules, settings: Settings, root: str) -> tuple[Command, ...]:
    """What makes the static files when the image is built, in order."""
    steps = (_collect_static(modules, settings, root), _compress(modules, settings, root))
    return tuple(step for step in steps if step)


def _collect_static(modules: Modules, settings: Settings, root: str) -> Command | None:
    """`python manage.py collectstatic --noinput`, when staticfiles is installed and STATIC_ROOT says where to."""
    places = [
        setting
        for setting in settings_of(modules, settings, "STATIC_ROOT")
        if not (isinstance(setting.value, ast.Constant) and not setting.value.value)
    ]
    if not places or "django.contrib.staticfiles" not in lists(modules, settings, "INSTALLED_APPS"):
        return None
    origin = Origin(places[0].origin.path, places[0].origin.line, "STATIC_ROOT")
    return Command(f"{_manage(modules, root)} collectstatic --noinput", (origin,))


def _compress(modules: Modules, settings: Settings, root: str) -> Command | None:
    """`python manage.py compress`, where django-compressor is told to serve only what that has made before."""
    if "compressor" not in lists(modules, settings, "INSTALLED_APPS"):
        return None
    offline = settings_of(modules, settings, "COMPRESS_OFFLINE")
    if not offline or (isinstance(offline[0].value, ast.Constant) and not offline[0].value.value):
        return None
    origin = Origin(offline[0].origin.path, offline[0].origin.line, "COMPRESS_OFFLINE")
    return Command(f"{_manage(modules, root)} compress", (origin,))


def engines(modules: Modules, settings: Settings) -> dict[str, Origin]:
    """The database back ends that the settings name, without `django.db.backends.`."""
    found: dict[str, Origin] = {}
    for name in ("DATABASES", "DATABASE_ENGINE", "ENGINE"):
        for value, origin in lists(modules, settings, name).items():
            if match := re.fullmatch(r"django\.(?:contrib\.gis\.)?db\.backends\.(\w+)", value):
                found.setdefault(match[1], origin)
    return found


def _configures_a_database(values: list[ast.expr]) -> bool:
    return any(not (isinstance(value, ast.Dict) and not value.keys) for value in values)


def _manage(modules: Modules, root: str) -> str:
    script = management_script(modules, root)
    if script is None:
        return "python -m django"
    return f"python {posixpath.relpath(script, root)}"


def _own_migrations(modules: Modules) -> tuple[Origin, ...]:
    found = [
        path
        for path in modules.sources.files
        if re.fullmatch(r"(.*/)?migrations/\d{4}_\w+\.py", path) and not is_aside(path)
    ]
    if found:
        return (Origin(found[0], None, "a migration"),)
    for path in modules.sources.mentioning(re.compile(rb"\bmodels\.Model\b"), words=(b"models.Model",)):
        module = modules.module(path)
        for bindings in module.bindings.values() if module else ():
            value = bindings[-1].value
            if isinstance(value, ast.ClassDef) and any(dotted(base) == "models.Model" for base in value.bases):
                return (Origin(path, value.lineno, f"the model {value.name}"),)
    return ()


def _contributed(modules: Modules, settings: Settings) -> tuple[Origin, ...]:
    installed = lists(modules, settings, "INSTALLED_APPS")
    return tuple(
        Origin(origin.path, origin.line, f"{app} has tables") for app, origin in installed.items() if app in WITH_TABLES
    )


def root_urlconf(modules: Modules, settings: Settings) -> str | None:
    """The module that ROOT_URLCONF names."""
    for setting in settings_of(modules, settings, "ROOT_URLCONF"):
        named = strings(setting.value)
        if named:
            return named[0][0]
    return None
