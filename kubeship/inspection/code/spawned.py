"""Which command line does a call run in place of the program, or beside it? As far as the code shows its words."""

import ast
import re
import shlex

from kubeship.inspection.code.bindings import Binding
from kubeship.inspection.code.callables import Scope
from kubeship.inspection.code.modules import External, Local, Modules
from kubeship.inspection.commands.servers import BY_PROGRAM
from kubeship.inspection.files.syntax import dotted, text

# By name, where the words begin among the arguments. Sources: Python's documentation, "subprocess" and "os".
SPAWNING = {
    "os.execl": 1,
    "os.execlp": 1,
    "os.execv": 1,
    "os.execve": 1,
    "os.execvp": 1,
    "os.execvpe": 1,
    "os.system": 0,
    "subprocess.Popen": 0,
    "subprocess.call": 0,
    "subprocess.check_call": 0,
    "subprocess.run": 0,
}
UNKNOWN = "$unknown"
"""A word whose text the code doesn't show."""
EXECUTABLE = External("sys.executable")
MAX_DEPTH = 5
SPAWNERS = re.compile(rb"\b(?:subprocess|os)\b")
SERVERS = re.compile(rb"[\"'/ ](?:%s)\b" % b"|".join(sorted(name.encode() for name in BY_PROGRAM)))


def may_spawn(content: bytes) -> bool:
    """Whether the file may start a server as a command: it names a module that can, and then the server."""
    spawner = SPAWNERS.search(content)
    return spawner is not None and SERVERS.search(content, spawner.end()) is not None


def spawned_words(modules: Modules, path: str, call: ast.Call, called: str, scope: Scope) -> list[str]:
    """The words of the command that the call of `called` (`subprocess.run`) runs; none where it isn't a server's."""
    begin = SPAWNING.get(called)
    if begin is None or len(call.args) <= begin:
        return []
    given = call.args[begin:] if called.startswith("os.execl") else call.args[begin : begin + 1]
    words = [word for argument in given for word in _words(modules, path, argument, scope, 0)]
    at = next((n for n, word in enumerate(words[:4]) if word.rpartition("/")[2] in BY_PROGRAM), None)
    return [words[at].rpartition("/")[2], *words[at + 1 :]] if at is not None else []


def _words(modules: Modules, path: str, expression: ast.expr, scope: Scope, depth: int) -> list[str]:
    """Of a string the words, of a list each element's first one; what a name holds is looked up."""
    found = [UNKNOWN]
    match expression:
        case ast.Constant(value=str() as value):
            found = [value] if depth else _split(value)
        case ast.JoinedStr(values=parts):
            found = _split("".join(text(part) or UNKNOWN for part in parts))
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            found = [w for e in elements for w in _words(modules, path, e, scope, depth + 1)[:1] or [UNKNOWN]]
        case ast.BinOp(left=left, op=ast.Add(), right=right) if depth < MAX_DEPTH:
            found = [w for side in (left, right) for w in _words(modules, path, side, scope, depth)]
        case ast.Call(func=ast.Attribute(attr="split", value=inner), args=[]):
            found = _words(modules, path, inner, scope, 0)
        case ast.Call(func=function, args=[inner, *_]) if (dotted(function) or "").endswith("split"):
            found = _words(modules, path, inner, scope, 0)
        case ast.Name(id=name) if scope.get(name) and depth < MAX_DEPTH:
            found = _words(modules, path, scope[name][0], {**scope, name: ()}, depth)
        case ast.Name(id=name) if depth < MAX_DEPTH and name not in scope:
            match modules.reference(path, name):
                case Local(inside, _, Binding(value=ast.expr() as held)):
                    found = _words(modules, inside, held, dict.fromkeys((*scope, name), ()), depth)
        case ast.Attribute() if modules.reference(path, dotted(expression) or "") == EXECUTABLE:
            found = ["python"]
    return found


def _split(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        return command.split()
