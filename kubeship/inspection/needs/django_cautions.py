"""Which of Django's settings, as the code has them, would fail in production?"""

import ast
import posixpath
import re

from kubeship.inspection.code.django_settings import Setting, Settings, settings_of
from kubeship.inspection.code.modules import Modules
from kubeship.inspection.files.sources import folder_of, is_aside
from kubeship.inspection.files.syntax import dotted, strings, walk
from kubeship.inspection.needs.volumes import literal_folder
from kubeship.model.origin import Found, Origin
from kubeship.model.project import Command, Warned

BY_ANOTHER = re.compile(rb"\bDATABASES\s*[\[.]|dj_database_url|env\.db\b|db_url\b|django_heroku|locals\(\)")
"""What sets DATABASES in another way than by its own dict."""
CLIENTS = frozenset({"MySQLdb", "aiomysql", "aiopg", "asyncpg", "mysql", "pg8000", "psycopg", "psycopg2", "pymysql"})
"""Modules of drivers: code that imports one talks to a database beside Django's."""
DATABASES = frozenset({"mssql", "mysql", "oracle", "postgres"})
SQLITE = "django.db.backends.sqlite3"


def django_cautions(
    modules: Modules, settings: Settings, static: tuple[Command, ...], own_image: bool
) -> tuple[Warned, ...]:
    """Warnings about hosts, debugging, migrations that aren't there, and, in kubeship's own image, static files."""
    return (
        *_hosts(modules, settings),
        *_debugging(modules, settings),
        *_unmigrated(modules),
        *(_lost_static(modules, settings) if static and own_image else ()),
    )


def used(modules: Modules, settings: Settings | None, services: tuple[Found[str], ...]) -> tuple[Found[str], ...]:
    """The services without database servers whose driver is installed, and which neither settings nor code name."""
    if not _only_sqlite(modules, settings):
        return services
    named = {each for each in services if any(origin.path.endswith(".py") for origin in each.origins)}
    return tuple(each for each in services if each.value not in DATABASES or each in named)


def _only_sqlite(modules: Modules, settings: Settings | None) -> bool:
    """Whether every database is a SQLite file by the settings' own words."""
    found = settings_of(modules, settings, "DATABASES") if settings else []
    if not settings or not found or any(True for _ in modules.sources.importing(CLIENTS)):
        return False
    if any(BY_ANOTHER.search(modules.sources.content(path)) for path in settings.chain):
        return False
    databases = [
        value
        for setting in found
        for value in (setting.value.values if isinstance(setting.value, ast.Dict) else [setting.value])
    ]
    return bool(databases) and all(_engine(value) == SQLITE for value in databases)


def _engine(database: ast.expr) -> str | None:
    pairs = zip(database.keys, database.values, strict=True) if isinstance(database, ast.Dict) else ()
    for key, value in pairs:
        if isinstance(key, ast.Constant) and key.value == "ENGINE":
            return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
    return None


def _hosts(modules: Modules, settings: Settings) -> tuple[Warned, ...]:
    """Django answers 400 to every other Host; an empty list means this machine with DEBUG, and nobody without."""
    found = _literal(modules, settings, "ALLOWED_HOSTS")
    if found is None or not isinstance(found.value, ast.List | ast.Tuple):
        return ()
    hosts = [value for value, _ in strings(found.value)]
    if "*" in hosts or len(hosts) != len(found.value.elts):
        return ()
    only = f"only for {', '.join(hosts)}" if hosts else "for localhost at most"
    message = f"ALLOWED_HOSTS is written down, and the app answers {only}: name there what it is served under, or read"
    return (Warned(f"{message} it from a variable", found.origin),)


def _debugging(modules: Modules, settings: Settings) -> tuple[Warned, ...]:
    found = _literal(modules, settings, "DEBUG")
    if found is None or not (isinstance(found.value, ast.Constant) and found.value.value is True):
        return ()
    return (
        Warned(
            "DEBUG is True whatever the environment says: whoever causes an error reads code and settings; read it "
            "from a variable, with False as its default",
            found.origin,
        ),
    )


def _literal(modules: Modules, settings: Settings, name: str) -> Setting | None:
    """The setting that holds, where its one assignment is a literal; others may depend on anything."""
    found = settings_of(modules, settings, name)
    changed = re.compile(rb"\b%s\b\s*(\+=|\.|\[)|local_settings|django_heroku" % name.encode())
    if len(found) != 1 or any(changed.search(modules.sources.content(path)) for path in settings.chain):
        return None
    return found[0] if not any(isinstance(node, ast.Name | ast.Call) for node in walk(found[0].value)) else None


def _unmigrated(modules: Modules) -> tuple[Warned, ...]:
    """Apps with tables of their own and no migrations, which `migrate` then leaves out."""
    sources = modules.sources
    found: dict[str, Origin] = {}
    for path in sources.mentioning(
        re.compile(rb"\bmodels\.Model\b|AbstractUser\b"), words=(b"models.Model", b"Abstract")
    ):
        app = folder_of(folder_of(path)) if folder_of(path).endswith("/models") else folder_of(path)
        named = path.endswith("/models.py") or folder_of(path).endswith("/models")
        if not named or is_aside(path) or not any(f"{app}/{name}" in sources for name in ("apps.py", "admin.py")):
            continue
        migrations = posixpath.join(app, "migrations/")
        written = any(file.startswith(migrations) and not file.endswith("/__init__.py") for file in sources.files)
        if line := None if written else _own_table(modules, path):
            found.setdefault(app, Origin(path, line))
    return tuple(
        Warned(
            f"{app} has models and no migrations, so that migrate makes no tables for them: run "
            f"`manage.py makemigrations {app.rpartition('/')[2]}` and commit what it writes",
            origin,
        )
        for app, origin in sorted(found.items())
    )


def _own_table(modules: Modules, path: str) -> int | None:
    """The line of the first concrete model that Django manages."""
    tree = modules.sources.tree(path)
    for each in tree.body if tree else ():
        bases = {dotted(base) for base in each.bases} if isinstance(each, ast.ClassDef) else set()
        if bases & {"models.Model", "AbstractUser"} and not re.search(
            r"id='(abstract|proxy)'.*?value=True|id='managed'.*?value=False", ast.dump(each)
        ):
            return each.lineno
    return None


def _lost_static(modules: Modules, settings: Settings) -> tuple[Warned, ...]:
    """A warning where collectstatic writes beside the project: the image that runs takes the project's folder alone."""
    for setting in settings_of(modules, settings, "STATIC_ROOT")[:1]:
        folder = literal_folder(setting.value)
        if folder.startswith("/"):
            return (
                Warned(
                    f"STATIC_ROOT is {folder}, beside the project, and the image has only what lies in it: put it "
                    'below BASE_DIR, for instance BASE_DIR / "staticfiles"',
                    Origin(setting.origin.path, setting.origin.line),
                ),
            )
    return ()
