"""Does an entrypoint load, and what is it? Runs inside an image with nothing but that image's Python (3.8 or newer).

Imports nothing of kubeship's: its text is handed to `python -c` with the question as JSON. The answer is one line on
the process's own standard output, after MARKER, so that whatever the project prints doesn't disturb it.
"""

from __future__ import annotations

import ast
import faulthandler
import functools
import importlib
import inspect
import json
import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any

MARKER = "kubeship-proof:"


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """The facts about `question["entrypoint"]`: what it is, or at which step it failed and with which traceback."""
    module_name, _, expression = question["entrypoint"].partition(":")
    started = time.perf_counter()
    facts: dict[str, Any] = {"step": "import", "directory": str(Path.cwd())}
    try:
        module = importlib.import_module(module_name)
        facts["seconds"] = time.perf_counter() - started
        if expression:
            facts["step"] = "attribute"
            name, call = parse(expression)
            if not has(module, name):
                facts["candidates"] = candidates(module)
                return facts
            found: Any = functools.reduce(getattr, name.split("."), module)
            if call is not None:
                facts["step"] = "call"
                found = found(*call[0], **call[1])
                facts["seconds"] = time.perf_counter() - started
        else:
            found = module
        facts.update(step="done", found=type_name(found), interface=interface(found), factory=is_factory(found))
    except BaseException as error:  # SystemExit and KeyboardInterrupt too: the project may call sys.exit()
        facts["exception"] = [type_name(error), str(error)]
        facts["traceback"] = "".join(traceback.format_exception(type(error), error, projects_part(error)))
        if isinstance(error, ModuleNotFoundError) and error.name:
            missing = error.name
            facts["module_missing"] = module_name == missing or module_name.startswith(missing + ".")
        facts["files"] = python_names(Path.cwd())
    return facts


def parse(expression: str) -> tuple[str, tuple[list[Any], dict[str, Any]] | None]:
    """`app`, `pkg.app` or `create_app("production")`, with literal arguments as gunicorn.util.import_app has it."""
    tree = ast.parse(expression, mode="eval").body
    if isinstance(tree, ast.Call):
        positional = [ast.literal_eval(argument) for argument in tree.args]
        named = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in tree.keywords}
        return dotted(tree.func), (positional, named)
    return dotted(tree), None


def dotted(tree: ast.expr) -> str:
    """`a.b` of its syntax tree."""
    if isinstance(tree, ast.Attribute):
        return dotted(tree.value) + "." + tree.attr
    if isinstance(tree, ast.Name):
        return tree.id
    raise SyntaxError("an entrypoint is module:object or module:factory()")


def has(module: object, name: str) -> bool:
    """Whether the dotted name exists, without calling anything."""
    found = module
    for part in name.split("."):
        if not hasattr(found, part):
            return False
        found = getattr(found, part)
    return True


def candidates(module: Any) -> list[str]:
    """What else in the module could be meant: `app (flask.app.Flask)`."""
    found = []
    for name, value in sorted(vars(module).items()):
        own = getattr(value, "__module__", None) == module.__name__
        is_application = not inspect.isroutine(value) and not inspect.isclass(value) and interface(value)
        if not name.startswith("_") and is_application:
            found.append(name + " (" + type_name(value) + ")")
        elif own and inspect.isfunction(value) and is_factory(value) and "app" in name:
            found.append(name + "() (a function)")
    return found


def interface(found: Any) -> str:
    """`asgi`, `wsgi` or nothing, by what can be called and how; the rule for ASGI is uvicorn's (uvicorn/config.py)."""
    if not callable(found):
        return ""
    if inspect.isclass(found):
        asgi = hasattr(found, "__await__")
        wsgi = hasattr(found, "__iter__") and takes(found, 2)
    else:
        plain = found.func if isinstance(found, functools.partial) else found
        call = plain if inspect.isroutine(plain) else type(plain).__call__
        asgi = inspect.iscoroutinefunction(call) or (takes(found, 3) and not takes(found, 2))
        wsgi = takes(found, 2)
    if asgi:
        return "asgi"
    return "wsgi" if wsgi and not is_factory(found) else ""


def takes(found: Any, count: int) -> bool:
    """Whether it can be called with so many positional arguments; yes when nobody can tell (C code)."""
    try:
        inspect.signature(found).bind(*[None] * count)
    except TypeError:
        return False
    except ValueError:
        return True
    return True


def is_factory(found: Any) -> bool:
    """A plain function that can be called without arguments is no application, which has environ or scope."""
    return inspect.isfunction(found) and takes(found, 0) and not takes_anything(found)


def takes_anything(found: Any) -> bool:
    """`def application(*args)`: can't be told from a factory by its signature, so it is believed."""
    kinds = [parameter.kind for parameter in inspect.signature(found).parameters.values()]
    return inspect.Parameter.VAR_POSITIONAL in kinds


def type_name(found: object) -> str:
    """`flask.app.Flask`."""
    kind = type(found)
    return kind.__qualname__ if kind.__module__ == "builtins" else kind.__module__ + "." + kind.__qualname__


def projects_part(error: BaseException) -> Any:
    """The traceback from the project's first frame on: without this program's and importlib's own."""
    trace = error.__traceback__
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if file not in ("<string>", importlib.__file__) and not file.startswith("<frozen importlib"):
            break
        trace = trace.tb_next
    return trace


def python_names(directory: Path) -> list[str]:
    """The modules and packages that the directory holds: what a mistyped module may have meant."""
    try:
        found = sorted(directory.iterdir())
    except OSError:
        return []
    return [path.name for path in found if path.suffix == ".py" or is_package(path)][:20]


def is_package(directory: Path) -> bool:
    """Whether it is one; a folder that nobody may look into, as `/root`, is none."""
    try:
        return (directory / "__init__.py").is_file()
    except OSError:
        return False


def main() -> None:
    """Answer and end at once: threads and atexit hooks of the project must not keep the container."""
    output = os.dup(1)
    question = json.loads(sys.argv[1])
    sys.argv[:] = [question["entrypoint"].partition(":")[0]]
    # As gunicorn and uvicorn do: the working directory first.
    here = str(Path.cwd())
    sys.path[:] = [here, *(path for path in sys.path if path not in ("", here))]
    faulthandler.dump_traceback_later(question["seconds"], exit=False)
    line = "\n" + MARKER + json.dumps(answer(question)) + "\n"
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):  # the project closed or replaced it
            continue
    data = line.encode()
    while data:
        data = data[os.write(output, data) :]
    os._exit(0)


if __name__ == "__main__":
    main()
