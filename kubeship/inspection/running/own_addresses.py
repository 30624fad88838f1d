"""Does a program listen for its own machine only? In a pod nobody would reach it."""

import ast
import re
from collections.abc import Iterable, Iterator

from kubeship.inspection.code.import_root import reachable
from kubeship.inspection.code.modules import Modules
from kubeship.inspection.files.syntax import argument, calls, dotted, text
from kubeship.inspection.running.own_ports import BINDING, OPTIONS, SERVING
from kubeship.model.origin import Origin
from kubeship.model.project import ProcessFound, Variable, Warned

HOSTS = ("host", "hostname", "address", "addr", "server_name")
"""Names of the argument, in the calls that serve."""
LOOPBACK = re.compile(r"(127(\.\d+){3}|localhost|\[::1\]|::1)(:\d+)?")


HOST_OPTIONS = ("--host", "--bind", "--address", "--interface", "--ip", "--listen")
SEVERAL_COMMANDS = re.compile(r"[;&|()<>`\n]")
EVERYWHERE = "0.0.0.0"  # noqa: S104  # the pod's own address


def reachable_command(modules: Modules, path: str, command: str) -> str:
    """The command, told to listen everywhere where the option for that, beside `--port`, means this machine alone."""
    if not path.endswith(".py") or SEVERAL_COMMANDS.search(command):
        return command
    found = {
        option: names
        for file in reachable(modules, path)
        if b"--port" in modules.sources.content(file)
        for option, names in _local_options(modules, file)
    }
    if len(found) != 1:
        return command
    (option, names), *_ = found.items()
    said = any(word.partition("=")[0] in names for word in command.split())
    return command if said else f"{command} {option}={EVERYWHERE}"


def _local_options(modules: Modules, path: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Options of the file's command lines whose default is an address of this machine, each with all its names."""
    tree = modules.sources.tree(path)
    for call in calls(tree) if tree else ():
        if (dotted(call.func) or "").rpartition(".")[2] in OPTIONS:
            names = frozenset(name for value in call.args if (name := text(value) or "").startswith("-"))
            default = argument(call, "default") or (call.args[0] if call.args else None)
            option = next((each for each in HOST_OPTIONS if each in names), None)
            if option and LOOPBACK.fullmatch(text(default) or ""):
                yield option, names


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


def talks_to_its_starter(variables: Iterable[Variable], processes: Iterable[ProcessFound]) -> tuple[Warned, ...]:
    """A warning for each transport that a server has by default for whoever starts it: nobody does so in a cluster.

    Model Context Protocol, "Transports": over standard input and output, or over HTTP.
    """
    if not any(process.kind == "web" for process in processes):
        return ()
    return tuple(
        Warned(
            f"{variable.name} is 'stdio' unless it is set: the program then talks with whoever started it, and in a "
            f"cluster nobody listens; set variables.{variable.name} in kubeship.yaml to what it calls HTTP",
            variable.origins[0],
        )
        for variable in variables
        if variable.default == "stdio" and variable.origins
    )


def _address(call: ast.Call) -> str | None:
    name = (dotted(call.func) or "").rpartition(".")[2]
    if name in BINDING and call.args:
        return text(call.args[0])
    if name not in SERVING:
        return None
    given = next((value for each in HOSTS if (value := argument(call, each)) is not None), None)
    return text(given or (call.args[0] if call.args else None))
