"""Does a program listen for its own machine only? In a pod nobody would reach it."""

import ast
import re

from kubeship.inspection.code.modules import Modules
from kubeship.inspection.files.syntax import argument, calls, dotted, text
from kubeship.inspection.running.own_ports import BINDING, SERVING
from kubeship.model.origin import Origin
from kubeship.model.project import Warned

HOSTS = ("host", "hostname", "address", "addr", "server_name")
"""Names of the argument, in the calls that serve."""
LOOPBACK = re.compile(r"(127(\.\d+){3}|localhost|\[::1\]|::1)(:\d+)?")


def own_machine_only(modules: Modules, path: str) -> tuple[Warned, ...]:
    """A warning for each call that serves at an address of this machine, written out."""
    tree = modules.sources.tree(path) if path.endswith(".py") and path in modules.sources else None
    found = []
    for call in calls(tree) if tree else ():
        address = _address(call)
        if address and LOOPBACK.fullmatch(address):
            message = (
                f"the program listens on {address} only, where neither the Service nor a probe reaches it: 0.0.0.0"
            )
            found.append(Warned(f"{message} is every address", Origin(path, call.lineno, dotted(call.func) or "")))
    return tuple(found)


def _address(call: ast.Call) -> str | None:
    name = (dotted(call.func) or "").rpartition(".")[2]
    if name in BINDING and call.args:
        return text(call.args[0])
    if name not in SERVING:
        return None
    given = next((value for each in HOSTS if (value := argument(call, each)) is not None), None)
    return text(given or (call.args[0] if call.args else None))
