"""Is a view fit for a probe? It must answer a GET without a login, and should not need the database."""

import ast
import re
from dataclasses import dataclass

from kubeship.inspection.code.bindings import Binding
from kubeship.inspection.code.modules import Local, Modules
from kubeship.inspection.files.syntax import Function, dotted, walk
from kubeship.inspection.routes.rest_framework import OPEN_TO_READERS, is_closed
from kubeship.model.origin import Origin

# The last part of the path, letters only. Sources: Kubernetes' own endpoints (/livez, /readyz, /healthz), Dockerflow's
# (/__heartbeat__, /__lbheartbeat__), the defaults of django-health-check, flask-healthz and Spring's imitators, Kamal's
# and Rails' (/up), and the /_status of public services.
# Most telling for liveness first.
HEALTH_NAMES = (
    "livez", "live", "liveness", "alive", "lbheartbeat", "healthz", "health", "healthcheck", "healthchecks", "ping",
    "heartbeat", "readyz", "ready", "readiness", "up", "status",
)  # fmt: skip

AMBIGUOUS = frozenset({"live", "status", "up"})
"""Names that other things have too: `/orders/current/status`."""
OF_THE_APP = re.compile(
    r"[-_]*(actuator|api|app|backend|checks?|common|core|internal|k8s|kubernetes|management|monitor(ing)?|ops|probes?|"
    r"public|server|service|system|v\d+)?[-_]*"
)
"""Parts of a path that say nothing of what it is about."""

LOGIN = re.compile(
    r".*(login|auth|jwt|token|permission|staff|superuser|user_passes|api_?key|roles?_required).*", re.IGNORECASE
)
"""Decorators and base classes whose name says that they let only some callers in."""
OPEN = re.compile(r".*(login_not_required|exempt|allow_?any|no_auth|optional).*", re.IGNORECASE)
DATABASE = frozenset({"cursor", "execute", "objects", "query", "raw", "scalar"})
DATABASE_NAMES = frozenset({"connection", "connections", "cursor", "db", "session"})


@dataclass(frozen=True, order=True)
class Route:
    """A path that answers a GET without parameters."""

    path: str
    """Exactly as it answers 200 without a redirect."""
    origin: Origin
    needs_login: bool = False
    touches_database: bool = False


def rank(route: Route) -> int | None:
    """The route's place among health routes; None when its name is none's."""
    *before, last = route.path.strip("/").lower().split("/")
    name = re.sub(r"[^a-z]", "", last)
    others = (part for part in before if part not in HEALTH_NAMES and not OF_THE_APP.fullmatch(part))
    if name not in HEALTH_NAMES or (name in AMBIGUOUS and any(others)):
        return None
    return HEALTH_NAMES.index(name)


def judged(
    modules: Modules, module: str, path: str, view: ast.expr | Function, place: Origin, *, closed: bool = False
) -> Route:
    """The route with what is visible of its view, defined or named in `module`.

    `closed`: Django REST framework's views need a login, unless they say otherwise.
    """
    inside, found = (module, view) if not isinstance(view, ast.expr) else _definition(modules, module, view)
    wrappers = _wrappers(view) if isinstance(view, ast.expr) else []
    body: list[ast.AST] = []
    if found is not None:
        stated = [decorator for decorator in found.decorator_list if not _opens(decorator)]
        wrappers += [name for decorator in stated if (name := _name(decorator))]
        body = [*found.body]
    if isinstance(found, ast.ClassDef):
        wrappers += [name for base in found.bases if (name := _name(base))]
        wrappers += _class_permissions(found)
    wrappers = [name.rpartition(".")[2] for name in wrappers]
    needs_login = any(LOGIN.fullmatch(name) and not OPEN.fullmatch(name) for name in wrappers)
    needs_login = needs_login or (closed and found is not None and is_closed(modules, inside, found))
    touches = any(_touches_database(node) for part in body for node in walk(part))
    return Route(path, place, needs_login or "require_POST" in wrappers, touches)


def _opens(decorator: ast.expr) -> bool:
    """Django REST framework's `@permission_classes([AllowAny])`."""
    if not (isinstance(decorator, ast.Call) and (dotted(decorator.func) or "").endswith("permission_classes")):
        return False
    named = [dotted(node) or "" for given in decorator.args for node in getattr(given, "elts", [])]
    return all(name.endswith(OPEN_TO_READERS) for name in named)


def _definition(modules: Modules, module: str, view: ast.expr) -> tuple[str, Function | ast.ClassDef | None]:
    """The view's own definition, with the file that holds it."""
    while isinstance(view, ast.Call):  # View.as_view(), login_required(view)
        view = view.func.value if isinstance(view.func, ast.Attribute) else (view.args or [view.func])[0]
    name = dotted(view)
    match modules.reference(module, name) if name else None:
        case Local(inside, _, Binding(value=ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() as found)):
            return inside, found
        case _:
            return module, None


def _wrappers(view: ast.expr) -> list[str]:
    """The functions that are called around a view in a list of routes: `login_required(view)`."""
    found: list[str] = []
    while isinstance(view, ast.Call) and not isinstance(view.func, ast.Attribute):
        if name := dotted(view.func):
            found.append(name)
        if not view.args:
            break
        view = view.args[0]
    return found


def _name(expression: ast.expr) -> str | None:
    """`x.y` of a decorator `@x.y` or `@x.y(...)`; of method_decorator(login_required) the inner name."""
    if isinstance(expression, ast.Call):
        name = dotted(expression.func)
        if name and name.endswith("method_decorator") and expression.args:
            return _name(expression.args[0])
        return name
    return dotted(expression)


def _class_permissions(view: ast.ClassDef) -> list[str]:
    """Django REST framework's permission_classes: most let only some callers in."""
    for statement in view.body:
        if isinstance(statement, ast.Assign) and any(dotted(t) == "permission_classes" for t in statement.targets):
            named = [dotted(node) for node in getattr(statement.value, "elts", [])]
            return ["permission_required" for name in named if name and not name.endswith(OPEN_TO_READERS)]
    return []


def _touches_database(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in DATABASE
    return isinstance(node, ast.Name) and node.id in DATABASE_NAMES
