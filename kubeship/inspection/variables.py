"""Which environment variables does the code read, which must be set, and which are secret?"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kubeship.inspection.modules import Binding, External, Local, Modules
from kubeship.inspection.syntax import argument, dotted, is_main_guard, text
from kubeship.model.origin import Origin
from kubeship.model.project import Variable

READERS = re.compile(rb"environ|getenv|decouple|dj_database_url")

GETTERS = frozenset({"os.environ.get", "os.getenv", "os.environ.pop"})
REQUIRED = frozenset({"decouple.config"})
"""Callables that fail without a value, unless they are given a default."""
ENV_CLASSES = frozenset(
    {"decouple.AutoConfig", "decouple.Config", "environ.Env", "environ.FileAwareEnv", "environs.Env"}
)
"""Classes whose objects read a variable when they are called, or by a method named after a type."""
ENV_METHODS = frozenset(
    ("bool", "bytes", "cache", "cache_url", "channels_url", "date", "datetime", "db", "db_url", "decimal", "dict",
     "dj_cache_url", "dj_db_url", "dj_email_url", "email", "email_url", "enum", "float", "get_value", "int", "json",
     "list", "log_level", "path", "search_url", "str", "timedelta", "tuple", "unicode", "url", "uuid")
)  # fmt: skip
URL_DEFAULTS = {
    "cache": "CACHE_URL", "cache_url": "CACHE_URL", "channels_url": "CHANNELS_URL", "db": "DATABASE_URL",
    "db_url": "DATABASE_URL", "email": "EMAIL_URL", "email_url": "EMAIL_URL", "search_url": "SEARCH_URL",
}  # fmt: skip
"""django-environ's methods that know their variable (its API reference)."""

SYSTEM = re.compile(
    r"(CI|COLUMNS|COMSPEC|DISPLAY|DJANGO_SETTINGS_MODULE|EDITOR|FLASK_(APP|DEBUG|ENV)|HOME|HOSTNAME|LANG|LC_\w+|LINES|"
    r"LOCALAPPDATA|APPDATA|LOGNAME|PAGER|PATH|PORT|PWD|PYTHON[A-Z]+|PYTEST_\w+|RUN_MAIN|SHELL|TEMP|TERM|TMP|TMPDIR|TZ|"
    r"USER|USERNAME|USERPROFILE|VIRTUAL_ENV|WEB_CONCURRENCY|WERKZEUG_\w+|XDG_\w+|KUBERNETES_\w+|GITHUB_\w+)"
)
"""Set by the system, the server or a tool, not by who deploys."""

SECRET = re.compile(
    r"(.*_)?(SECRET|SECRETS|PASSWORD|PASSWD|PASS|PASSPHRASE|TOKEN|DSN|CREDENTIALS?|PRIVATE|"
    r"SECRET_?KEY|API_?KEY|APIKEY|ACCESS_KEY|SIGNING_KEY|ENCRYPTION_KEY|AUTH_KEY|LICENSE_KEY)(_.*)?|"
    r"(.*_)?(DATABASE|DB|POSTGRES|POSTGRESQL|PG|MYSQL|REDIS|VALKEY|BROKER|AMQP|CLOUDAMQP|RABBITMQ|MONGO|MONGODB|"
    r"ELASTICSEARCH|CACHE|EMAIL|SMTP|CELERY_BROKER|CELERY_RESULT_BACKEND|WEBHOOK)_(URL|URI)(_.*)?"
)
NOT_SECRET = re.compile(
    r".*(_(MIN|MAX|LENGTH|TTL|EXPIRE\w*|EXPIRY|LIFETIME|TIMEOUT|AGE|NAME|ID|FILE|PATH|HEADER|ALGORITHM|ENABLED|REQUIRED|"
    r"SECONDS|MINUTES|HOURS|DAYS|ROUNDS|HASHERS?|VALIDATORS?)|(TOKEN|AUTH|KEYS?)_UR[LI]|PUBLIC_KEY|PUBLISHABLE_KEY)"
)
"""Settings about a secret, not the secret."""
CREDENTIAL_URL = re.compile(r"(postgres|postgresql|mysql|redis|rediss|amqp|amqps|mongodb|smtp)[\w+]*://.*")


@dataclass(frozen=True)
class _Reading:
    name: str
    required: bool
    default: str | None
    origin: Origin


def find_variables(modules: Modules, skipped: Iterable[str]) -> tuple[Variable, ...]:
    """Every variable that the deployed code reads, by name; `skipped` are files that production doesn't load."""
    left_out = frozenset(skipped)
    readings: dict[str, list[_Reading]] = {}
    for path in modules.sources.mentioning(READERS):
        if path not in left_out:
            for reading in _in_file(modules, path):
                if not SYSTEM.fullmatch(reading.name):
                    readings.setdefault(reading.name, []).append(reading)
    for path in _indirect(modules, left_out):
        for reading in _in_file(modules, path):
            if not SYSTEM.fullmatch(reading.name):
                readings.setdefault(reading.name, []).append(reading)
    return tuple(_merged(name, found) for name, found in sorted(readings.items()))


def is_secret(name: str, default: str | None) -> bool:
    """Whether the value should stand in a Secret, by the variable's name or its default."""
    upper = name.upper()
    named = SECRET.fullmatch(upper) is not None and NOT_SECRET.fullmatch(upper) is None
    return named or CREDENTIAL_URL.fullmatch(default or "") is not None


def _indirect(modules: Modules, left_out: frozenset[str]) -> Iterator[str]:
    """Files that import an env object from another module of the project: `from config.env import env`."""
    for path in modules.sources.mentioning(re.compile(rb"import .*\b\w*env\b")):
        if path not in left_out and not READERS.search(modules.sources.content(path)):
            yield path


def _merged(name: str, readings: list[_Reading]) -> Variable:
    default = next((reading.default for reading in readings if reading.default is not None), None)
    secret = is_secret(name, default)
    return Variable(
        name=name,
        required=any(reading.required for reading in readings),
        default=None if secret and not _is_plain_url(default) else default,
        secret=secret,
        origins=tuple(dict.fromkeys(reading.origin for reading in readings)),
    )


def _is_plain_url(default: str | None) -> bool:
    """A URL without a password may be shown; any other default of a secret is a secret that leaked into the code."""
    return re.fullmatch(r"[a-z][a-z+\d]*://[^@\s]*", default or "") is not None


def _in_file(modules: Modules, path: str) -> Iterator[_Reading]:
    tree = modules.sources.tree(path)
    if tree is None:
        return
    nodes = list(_deployed_nodes(tree))
    tested = {name for node in nodes for name in _tested(modules, path, node)}
    for node in nodes:
        found = _reading(modules, path, node)
        if found and re.fullmatch(r"[A-Za-z_]\w*", found.name):
            yield _Reading(found.name, found.required and found.name not in tested, found.default, found.origin)


def _deployed_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those under `if __name__ == "__main__":`, in the order of the file."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If) and is_main_guard(node.test):
            pending.extend(reversed(node.orelse))
            continue
        yield node
        pending.extend(reversed(list(ast.iter_child_nodes(node))))


def _tested(modules: Modules, path: str, node: ast.AST) -> Iterator[str]:
    """Names whose absence the code handles: `"X" in os.environ`, or KeyError caught around the reading."""
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
        name = text(node.left)
        if name and _external(modules, path, node.comparators[0]) == "os.environ":
            yield name
    if isinstance(node, ast.Try) and any("KeyError" in ast.dump(h.type) for h in node.handlers if h.type):
        for statement in node.body:
            for inner in ast.walk(statement):
                if (found := _reading(modules, path, inner)) and found.required:
                    yield found.name


def _reading(modules: Modules, path: str, node: ast.AST) -> _Reading | None:
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        name = text(node.slice)
        if name and _reads_environment(modules, path, node.value):
            return _Reading(name, True, None, Origin(path, node.lineno))
    if isinstance(node, ast.Call):
        return _called(modules, path, node)
    return None


def _called(modules: Modules, path: str, call: ast.Call) -> _Reading | None:
    outside = _external(modules, path, call.func)
    origin = Origin(path, call.lineno)
    if outside in GETTERS:
        name, default = text(argument(call, "key", 0)), argument(call, "default", 1)
        return _Reading(name, False, _literal(default), origin) if name else None
    if outside == "dj_database_url.config":
        name = text(argument(call, "env", 0)) or "DATABASE_URL"
        return _Reading(name, False, _literal(argument(call, "default", 1)), origin)
    method = ""
    if outside not in REQUIRED:
        owner = call.func.value if isinstance(call.func, ast.Attribute) else call.func
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if (method and method not in ENV_METHODS) or not _is_env_object(modules, path, owner):
            return None
    name = text(argument(call, "var", 0) or argument(call, "option", 0) or argument(call, "name", 0))
    name = name or (URL_DEFAULTS.get(method) if not call.args else None)
    stated = argument(call, "default", None if method in ("db", "db_url") else 1)
    if name is None:
        return None
    schemed = _scheme_default(modules, path, call.func, name)
    return _Reading(name, stated is None and schemed is None, _literal(stated or schemed), origin)


def _external(modules: Modules, path: str, expression: ast.expr) -> str | None:
    name = dotted(expression)
    match modules.reference(path, name) if name else None:
        case External(outside):
            return outside
        case _:
            return None


def _reads_environment(modules: Modules, path: str, owner: ast.expr) -> bool:
    return _external(modules, path, owner) == "os.environ" or _is_env_object(modules, path, owner)


def _env_object(modules: Modules, path: str, expression: ast.expr) -> ast.Call | None:
    """The call that made the object, when it is one of ENV_CLASSES."""
    name = dotted(expression)
    match modules.reference(path, name) if name else None:
        case Local(inside, _, Binding(value=ast.Call() as made)):
            return made if _external(modules, inside, made.func) in ENV_CLASSES else None
        case _:
            return None


def _is_env_object(modules: Modules, path: str, expression: ast.expr) -> bool:
    if _external(modules, path, expression) == "environs.env":  # environs' ready-made object
        return True
    return _env_object(modules, path, expression) is not None


def _scheme_default(modules: Modules, path: str, function: ast.expr, name: str) -> ast.expr | None:
    """`environ.Env(DEBUG=(bool, False))` gives a variable its default where the object is made."""
    owner = function.value if isinstance(function, ast.Attribute) else function
    made = _env_object(modules, path, owner)
    scheme = argument(made, name) if made else None
    return scheme.elts[1] if isinstance(scheme, ast.Tuple) and len(scheme.elts) == 2 else None


def _literal(expression: ast.expr | None) -> str | None:
    """The default as the environment would hold it; None when it must be computed, or is None."""
    if isinstance(expression, ast.Constant) and expression.value is not None:
        return str(expression.value)
    return None
