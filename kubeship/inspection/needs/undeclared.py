"""What does the code import that no dependency file declares?"""

import ast
import re
import sys
from collections.abc import Iterator

from packaging.utils import canonicalize_name

from kubeship.inspection.code.modules import Modules
from kubeship.inspection.files.imported import Imported
from kubeship.inspection.files.syntax import walk
from kubeship.model.origin import Origin
from kubeship.model.project import Warned

# Import name -> distributions that provide it, where the names differ beyond case and dashes. Source: each
# distribution's own documentation.
PROVIDERS = {
    "attr": ("attrs",),
    "background_task": ("django-background-tasks", "django4-background-tasks", "django-background-tasks-updated"),
    "bs4": ("beautifulsoup4",),
    "corsheaders": ("django-cors-headers",),
    "crispy_forms": ("django-crispy-forms",),
    "cv2": ("opencv-python", "opencv-python-headless"),
    "dateutil": ("python-dateutil",),
    "debug_toolbar": ("django-debug-toolbar",),
    "decouple": ("python-decouple",),
    "djmoney": ("django-money",),
    "dns": ("dnspython",),
    "docx": ("python-docx",),
    "dotenv": ("python-dotenv",),
    "encrypted_fields": ("django-fernet-encrypted-fields", "django-searchable-encrypted-fields"),
    "environ": ("django-environ",),
    "fitz": ("pymupdf",),
    "git": ("gitpython",),
    "github": ("pygithub",),
    "google": (),
    "jose": ("python-jose",),
    "jwt": ("pyjwt",),
    "ldap": ("python-ldap",),
    "magic": ("python-magic",),
    "mysql": ("mysql-connector-python",),
    "MySQLdb": ("mysqlclient",),
    "nacl": ("pynacl",),
    "OpenSSL": ("pyopenssl",),
    "PIL": ("pillow",),
    "pkg_resources": ("setuptools",),
    "psycopg2": ("psycopg2", "psycopg2-binary"),
    "registration": ("django-registration", "django-registration-redux"),
    "rest_framework": ("djangorestframework",),
    "ruamel": ("ruamel-yaml",),
    "serial": ("pyserial",),
    "sklearn": ("scikit-learn",),
    "slugify": ("python-slugify",),
    "socketio": ("python-socketio",),
    "storages": ("django-storages",),
    "telegram": ("python-telegram-bot",),
    "yaml": ("pyyaml",),
    "zmq": ("pyzmq",),
}

# Import names that come with another distribution, which need not be declared again. Source: Requires-Dist of each.
COME_WITH = {
    "alembic": ("flask-migrate",),
    "anyio": ("httpx", "starlette", "fastapi"),
    "asgiref": ("django",),
    "billiard": ("celery",),
    "blinker": ("flask",),
    "botocore": ("boto3",),
    "certifi": ("requests", "httpx"),
    "charset_normalizer": ("requests",),
    "click": ("flask", "celery"),
    "idna": ("requests", "httpx"),
    "itsdangerous": ("flask",),
    "jinja2": ("flask",),
    "kombu": ("celery",),
    "markupsafe": ("flask", "jinja2"),
    "mako": ("alembic",),
    "marshmallow": ("aiohttp-apispec", "apiflask", "flask-marshmallow", "flask-smorest", "webargs"),
    "multidict": ("aiohttp",),
    "ninja_extra": ("django-ninja-extra", "django-ninja-jwt"),
    "numpy": ("pandas", "scikit-learn", "scipy"),
    "packaging": ("gunicorn",),
    "plotly": ("dash",),
    "pydantic": ("django-ninja", "fastapi", "pydantic-settings", "sqlmodel"),
    "python_socks": ("httpx-socks",),
    "sqlalchemy": ("advanced-alchemy", "alembic", "flask-migrate", "flask-sqlalchemy", "sqladmin", "sqlmodel"),
    "sqlparse": ("django",),
    "starlette": ("fastapi",),
    "typing_extensions": ("fastapi", "pydantic", "sqlalchemy", "starlette"),
    "urllib3": ("requests", "boto3"),
    "vine": ("celery",),
    "werkzeug": ("flask",),
    "wtforms": ("flask-wtf",),
    "yarl": ("aiohttp",),
}
BESIDE = re.compile(r"(?i)(analys[ei]s?|contrib|dev|devdata|devtools|hack|misc|research|scripts?|tools?|util-?scripts)")
"""Folders beside the app with programs for its developers; what a process runs is imported by its own name."""
GUARDS = frozenset({"Exception", "ImportError", "ModuleNotFoundError"})


def undeclared_imports(
    modules: Modules, distributions: tuple[str, ...], anonymous: bool, skipped: tuple[str, ...]
) -> tuple[Warned, ...]:
    """A warning for each import name that nothing declares, with the first line that needs it.

    Imports in `try: ... except ImportError`, under TYPE_CHECKING or under the main guard are optional. `anonymous`
    says that a requirement is a path or URL without a name: what it provides is unknown, so nothing is claimed.
    """
    if anonymous:
        return ()
    imported = {name for path in modules.sources.code for name in _imported(modules, path)}
    known: dict[str, bool] = {}
    found: dict[str, Origin] = {}
    for path in modules.sources.code:
        if path in skipped or _is_beside(modules, path, imported):
            continue
        names = modules.sources.imports(path) - {"."}
        for name in names - known.keys():
            known[name] = (
                name in sys.stdlib_module_names or name in modules.top_names or _is_declared(name, distributions)
            )
        suspects = {name for name in names if not known[name]} - found.keys()
        tree = modules.sources.tree(path) if suspects else None
        for name, line in _needed(tree.body) if tree else ():
            if name in suspects and name not in found and not _is_own(modules, path, name):
                found[name] = Origin(path, line)
    if not distributions and found:
        first = next(iter(sorted(found.values())))
        return (Warned(f"no dependency file declares what the code imports: {', '.join(sorted(found))}", first),)
    return tuple(
        Warned(f"imports {name}, which no dependency file declares: it must come with another distribution", origin)
        for name, origin in sorted(found.items())
    )


def _imported(modules: Modules, path: str) -> Iterator[str]:
    """The last part of what the file imports, and the names that it takes from there."""
    for each in modules.imports(path):
        yield each.target.rpartition(".")[2]
        if each.name:
            yield each.name


def _is_beside(modules: Modules, path: str, imported: set[str]) -> bool:
    """Whether it is a script in a folder of scripts (`scripts/`, `tools/`): in no package, and imported by nobody."""
    folder, _, name = path.rpartition("/")
    return (
        bool(folder)
        and f"{folder}/__init__.py" not in modules.sources
        and name.removesuffix(".py") not in imported
        and BESIDE.fullmatch(folder.partition("/")[0]) is not None
    )


def _is_own(modules: Modules, path: str, name: str) -> bool:
    return modules.resolve(path, Imported(name)) is not None or name in modules.top_names


def _is_declared(name: str, distributions: tuple[str, ...]) -> bool:
    """Whether a declared distribution provides the import name, as far as names tell."""
    lower = name.lower()
    if lower in COME_WITH and set(COME_WITH[lower]) & set(distributions):
        return True
    providers = PROVIDERS.get(name, (canonicalize_name(name),))
    if not providers or set(providers) & set(distributions):
        return True
    plain = _plain(name)
    if any(plain in (_plain(item), _plain(_bare(item))) for item in distributions):
        return True
    return len(plain) > 3 and any(
        _plain(item).startswith(plain) or (len(item) > 6 and plain.startswith(_plain(item))) for item in distributions
    )


def _plain(name: str) -> str:
    return re.sub(r"[-_.]", "", name.lower())


def _bare(distribution: str) -> str:
    """`slugify` of `python-slugify`, `jwt` of `pyjwt`, `filter` of `django-filter`."""
    return re.sub(r"^(python-|django-|flask-|py)|(-python|-py|-client)$", "", distribution)


def _needed(body: list[ast.stmt]) -> Iterator[tuple[str, int]]:
    """(top-level name, line) of every import that must succeed, in functions and classes too."""
    for statement in body:
        match statement:
            case ast.Import():
                yield from ((alias.name.partition(".")[0], statement.lineno) for alias in statement.names)
            case ast.ImportFrom(module=str() as module, level=0):
                yield module.partition(".")[0], statement.lineno
            case ast.Try() if _is_guarded(statement):
                continue
            case ast.If() if _is_optional(statement.test):
                yield from _needed(statement.orelse)
            case _:
                for name in ("body", "orelse", "finalbody"):
                    yield from _needed(getattr(statement, name, []))


def _is_guarded(statement: ast.Try) -> bool:
    def names(handler: ast.ExceptHandler) -> set[str]:
        nodes = walk(handler.type) if handler.type else ()
        return {node.id for node in nodes if isinstance(node, ast.Name)} or set(GUARDS)

    return any(names(handler) & GUARDS for handler in statement.handlers)


def _is_optional(test: ast.expr) -> bool:
    words = {node.id for node in walk(test) if isinstance(node, ast.Name)}
    words |= {node.attr for node in walk(test) if isinstance(node, ast.Attribute)}
    return bool(words & {"TYPE_CHECKING", "__name__", "DEBUG", "platform"}) or "os.name" in ast.unparse(test)
