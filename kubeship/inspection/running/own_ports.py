"""Which port does a program listen on by its own code? The call that serves, its `--port` option, or a default."""

import ast
import re
from collections.abc import Iterator

from kubeship.inspection.code.bindings import Binding
from kubeship.inspection.code.import_root import reachable
from kubeship.inspection.code.modules import Local, Modules
from kubeship.inspection.files.syntax import Function, argument, calls, children, dotted, local_names, text, walk
from kubeship.model.origin import Found, Origin

METRICS = "start_http_server"
"""prometheus_client's: what listens beside the service, and is none itself."""
SERVING = frozenset({"launch", "listen", "run", "run_app", "run_server", "run_simple", "serve", METRICS})
"""The last name of calls that listen, and take the port by keyword."""
BINDING = frozenset({"add_insecure_port", "add_secure_port"})
"""gRPC's calls, which take an address (grpc.github.io/grpc/python: Server)."""
ADDRESSED = frozenset({"HTTPServer", "Server", "ThreadingHTTPServer", "WSGIServer"})
"""Classes of servers that take `(host, port)` (http.server, gevent.pywsgi, cheroot.wsgi)."""
SERVES = re.compile(
    rb"\.(?:%s)\(|\b(?:%s)\("
    % tuple(b"|".join(sorted(name.encode() for name in names)) for names in (SERVING - {METRICS}, ADDRESSED))
)
"""A file that may say on which port the program listens."""
OPTION = re.compile(r"(--)?((api|app|bind|http|listen|server|web)[-_]?)?port")
"""Options for the port that a service listens on; `--db-port` is another server's."""
KEYWORDS = ("port", "server_port")
OPTIONS = frozenset({"Option", "add_argument", "add_option", "define", "option"})
"""argparse, optparse, click, typer and tornado.options: what declares a command line's option."""

# What a program listens on when it says nothing. Sources: each framework's own reference of the call that serves.
DEFAULTS = {
    "aiohttp": 8080,
    "bentoml": 3000,
    "bokeh": 5006,
    "bottle": 8080,
    "chainlit": 8000,
    "cherrypy": 8080,
    "dash": 8050,
    "flask": 5000,
    "gradio": 7860,
    "grpc": 50051,
    "marimo": 2718,
    "nicegui": 8080,
    "panel": 5006,
    "quart": 5000,
    "reflex": 3000,
    "robyn": 8080,
    "sanic": 8000,
    "solara": 8765,
    "streamlit": 8501,
    "webpy": 8080,
}


def called_port(modules: Modules, path: str) -> Found[int] | None:
    """`app.run(port=5001)`, also with `os.environ.get("PORT", 5001)`, directly or through a local name.

    That of metrics only where nothing else listens.
    """
    found = list(_called_ports(modules, path))
    return next((port for port in found if not port.origin.reason.endswith(METRICS)), next(iter(found), None))


def _called_ports(modules: Modules, path: str) -> Iterator[Found[int]]:
    tree = modules.sources.tree(path)
    positions = {"run": 1, "listen": 0} if "tornado" in modules.sources.imports(path) else {"run": 1}
    positions[METRICS] = 0
    for call, names in _calls(tree) if tree else ():
        if (dotted(call.func) or "").rpartition(".")[2] in BINDING and call.args:
            if number := _address_port(call.args[0], names):
                yield Found(number, (Origin(path, call.lineno, f"the port of {dotted(call.func)}"),))
            continue
        last = call.func.attr if isinstance(call.func, ast.Attribute) else dotted(call.func) or ""
        pair = call.args[0] if last in ADDRESSED and call.args else None
        if isinstance(pair, ast.Tuple) and len(pair.elts) == 2 and (number := _number(pair.elts[1], names)):
            yield Found(number, (Origin(path, call.lineno, f"the port of {dotted(call.func)}"),))
        if last not in SERVING:
            continue
        position = positions.get(last) if isinstance(call.func, ast.Attribute) or last == METRICS else None
        given = argument(call, "port", position) or argument(call, "server_port")
        if given is not None and (number := _number(given, names) or _elsewhere(modules, path, given)):
            yield Found(number, (Origin(path, call.lineno, f"the port of {dotted(call.func) or last}"),))


def _elsewhere(modules: Modules, path: str, given: ast.expr) -> int | None:
    """The number that another module binds: `config.PORT`, `from config import PORT`."""
    name = dotted(given)
    match modules.reference(path, name) if name else None:
        case Local(_, _, Binding(value=ast.expr() as value)):
            return _number(value, {})
        case _:
            return None


def port_of_metrics(modules: Modules, path: str) -> Found[int] | None:
    """The first port that an exporter's own modules show metrics on."""
    files = (file for file in reachable(modules, path) if METRICS.encode() in modules.sources.content(file))
    return next((port for file in files if (port := called_port(modules, file))), None)


def port_of_imported(modules: Modules, path: str) -> Found[int] | None:
    """The one port that the program's own modules listen on; metrics of Prometheus are no service."""
    found: dict[int, Found[int]] = {}
    for file in reachable(modules, path):
        if file != path and SERVES.search(modules.sources.content(file)):
            port = called_port(modules, file)
            if port and not port.origin.reason.endswith(METRICS):
                found.setdefault(port.value, port)
    return next(iter(found.values())) if len(found) == 1 else None


def option_port(modules: Modules, path: str) -> Found[int] | None:
    """The default of the program's one option for its port, in the file or in what it imports."""
    found: dict[int, Origin] = {}
    for file in reachable(modules, path):
        content = modules.sources.content(file)
        if b"port" not in content or not any(name.encode() in content for name in OPTIONS):
            continue
        tree = modules.sources.tree(file)
        for call in calls(tree) if tree else ():
            if (dotted(call.func) or "").rpartition(".")[2] not in OPTIONS:
                continue
            names = [name for value in call.args if (name := text(value)) and OPTION.fullmatch(name)]
            default = argument(call, "default")
            if names and default is not None and (number := _number(default, {})):
                found.setdefault(number, Origin(file, call.lineno, f"the default of {names[-1]}"))
    if len(found) != 1:
        return None
    (number, place), *_ = found.items()
    return Found(number, (place,))


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, dict[str, tuple[ast.expr, ...]]]]:
    """Every call with the local names of the function around it; those of the module's top see their own."""
    top = ast.FunctionDef(name="", body=tree.body, args=NO_ARGUMENTS, decorator_list=[], lineno=1)
    outer = local_names(top)
    pending: list[tuple[ast.AST, dict[str, tuple[ast.expr, ...]]]] = [(tree, outer)]
    while pending:
        node, names = pending.pop(0)
        for child in children(node):
            inner = names | _assigned(child) if isinstance(child, Function) else names
            pending.append((child, inner))
        if isinstance(node, ast.Call):
            yield node, names


def _assigned(function: Function) -> dict[str, tuple[ast.expr, ...]]:
    """What a function's local names hold; a parameter may hold anything, whatever is assigned to it besides."""
    given = function.args
    parameters = {each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)}
    return {name: () if name in parameters else values for name, values in local_names(function).items()}


NO_ARGUMENTS = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])


def _address_port(expression: ast.expr, names: dict[str, tuple[ast.expr, ...]]) -> int | None:
    """The number behind the last colon of `"[::]:50051"`, `f"[::]:{port}"` or `"[::]:" + port`."""
    if isinstance(expression, ast.Name):
        values = names.get(expression.id, ())
        return _address_port(values[0], {}) if len(values) == 1 else None
    if isinstance(expression, ast.Constant):
        match = re.search(r":(\d{1,5})$", str(expression.value))
        return int(match[1]) if match and 0 < int(match[1]) < 65536 else None
    if isinstance(expression, ast.JoinedStr) and isinstance(expression.values[-1], ast.FormattedValue):
        return _number(expression.values[-1].value, names)
    return _number(expression.right, names) if isinstance(expression, ast.BinOp) else None


def _number(expression: ast.expr, names: dict[str, tuple[ast.expr, ...]]) -> int | None:
    """The one number in an expression, or in what its name holds; None when there are several, or an index."""
    if isinstance(expression, ast.Name):
        values = names.get(expression.id, ())
        return _number(values[0], {}) if len(values) == 1 else None
    indexes = [node.slice for node in walk(expression) if isinstance(node, ast.Subscript)]
    if any(isinstance(index, ast.Constant) and isinstance(index.value, int) for index in indexes):
        return None
    found = {
        int(str(node.value))
        for node in walk(expression)
        if isinstance(node, ast.Constant) and re.fullmatch(r"\d{1,5}", str(node.value))
    }
    number = found.pop() if len(found) == 1 else 0
    return number if 0 < number < 65536 else None
