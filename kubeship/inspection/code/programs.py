"""Which files are programs that a person starts by name, and what do they run? Scripts, packages, and their ranking."""

import ast
import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from kubeship.inspection.code.console_scripts import console_scripts
from kubeship.inspection.code.frameworks import BY_NAME
from kubeship.inspection.code.import_root import import_root, module_name, reachable
from kubeship.inspection.code.modules import Modules
from kubeship.inspection.code.polling import polls_unless
from kubeship.inspection.code.starters import Does
from kubeship.inspection.code.starts import Start, Starts, may_be_script
from kubeship.inspection.files.sources import Sources, folder_of
from kubeship.inspection.files.syntax import is_main_guard
from kubeship.model.origin import Origin
from kubeship.model.project import ProcessKind

RUN_NAMES = ("__main__", "main", "app", "run", "server", "bot", "start", "launcher", "serve", "streamlit_app", "index")
"""Names that programs have, most telling first."""
# fmt: off
RUNS = frozenset((
    "infinity_polling", "launch", "listen", "main", "polling", "quickstart", "run", "run_app", "run_forever",
    "run_polling", "run_server", "run_until_complete", "run_until_disconnected", "serve", "serve_forever", "start",
    "start_consuming", "start_polling",
))
# fmt: on
"""What the last line of a script calls."""
MAIN = re.compile(rb"^if\s.*__name__|^(?=\S).*\b(" + "|".join(sorted(RUNS)).encode() + rb")\(", re.MULTILINE)
TOOL_FOLDERS = frozenset(
    ("bin", "ci", "dev", "hack", "helpers", "migrations", "scripts", "tool", "tools", "util", "utils")
)
NO_DEED = "starts no server"
"""Said of a program of which the code doesn't show what it does."""
NOT_PROGRAMS = frozenset(("conftest", "manage", "setup", "tasks", "gunicorn", "gunicorn_conf", "fabfile"))
ORDER: tuple[Does | None, ...] = ("web", "bot", "scheduler", "consumer", "queue", "metrics", "subscriber", None)
KINDS: dict[Does | None, tuple[str, ProcessKind]] = {
    "web": ("web", "web"),
    # Two of the same bot answer every message twice; two schedulers start every job twice. A program that nothing is
    # known of may do all that it does twice.
    "bot": ("bot", "singleton"),
    "scheduler": ("scheduler", "singleton"),
    "consumer": ("worker", "worker"),
    "queue": ("worker", "worker"),
    "metrics": ("web", "web"),
    "subscriber": ("worker", "singleton"),
    None: ("worker", "singleton"),
}


@dataclass(frozen=True)
class Program:
    """A file that is run, and the strongest thing that it starts."""

    value: str
    """`bot.py`, or the package `bot` for `bot/__main__.py`."""
    path: str
    import_root: str
    start: Start | None
    """None for a program that ends, or of which the code doesn't show what it does."""
    direct: bool
    """It starts that itself, not a module that it imports."""
    origin: Origin
    rank: tuple[object, ...] = ()
    called: str = ""
    """The command that the project installs for it."""
    served_in: str = ""
    """The file in which it starts what it starts."""

    @property
    def does(self) -> Does | None:
        """What the program does as long as it runs."""
        return self.start.does if self.start else None

    @property
    def is_tool(self) -> bool:
        """Whether it lies in a folder of tools."""
        return any(folder.lower() in TOOL_FOLDERS for folder in self.path.split("/")[:-1])

    @property
    def command(self) -> str:
        """The command line that starts it."""
        framework = BY_NAME.get(self.start.framework) if self.start else None
        if framework and framework.command and self.does == "web" and not self.called:
            target = f"{self.value.removesuffix('.py').replace('/', '.')}"
            return framework.command.format(script=self.value, object=target)
        if self.called:
            return self.called
        return f"python {self.value}" if self.value.endswith(".py") else f"python -m {self.value}"


def find_programs(
    sources: Sources, modules: Modules, starts: Starts, among: Collection[str] | None = None
) -> tuple[Program, ...]:
    """Every program outside tests and documentation, best first; only these files where `among` names some."""
    paths = sources.code if among is None else [path for path in sources.code if path in among]
    found = [program for path in paths if (program := _program(sources, modules, starts, path))]
    imported = {file for program in found for file in reachable(modules, program.path) if file != program.path}
    ranked = [_ranked(program, program.path in imported) for program in found]
    return tuple(sorted(ranked, key=lambda program: (program.rank, program.path)))


def as_installed(installed: tuple[Program, ...], program: Program) -> Program:
    """The command that the project installs for a program, where there is one."""
    return next((each for each in installed if each.path == program.path), program)


def installed_programs(sources: Sources, modules: Modules, starts: Starts) -> tuple[Program, ...]:
    """The commands that the project installs and that serve something."""
    found: list[Program] = []
    for name, script in console_scripts(sources).items():
        path = script.file(modules)
        program = program_at(modules, starts, path, script.target) if path else None
        if program and program.does == "web":
            found.append(replace(program, called=name))
    return tuple(found)


def best_programs(programs: tuple[Program, ...]) -> tuple[Program, ...]:
    """The programs of the first rank: one is an answer, several are a question."""
    return tuple(program for program in programs if program.rank == programs[0].rank)


def best_of(programs: tuple[Program, ...], does: Does) -> tuple[Program, ...]:
    """The first rank among the programs that do one thing, outside folders of tools."""
    return best_programs(tuple(p for p in programs if p.does == does and p.direct and not p.rank[1]))


def _program(sources: Sources, modules: Modules, starts: Starts, path: str) -> Program | None:
    stem = path.rpartition("/")[2].removesuffix(".py")
    if (
        stem in NOT_PROGRAMS
        or path.endswith("__init__.py")
        or (stem != "__main__" and not MAIN.search(sources.content(path)) and not may_be_script(sources.content(path)))
    ):
        return None
    own = starts.of(path)
    scripted = [start for start in own if _is_script_of(start)]
    line = 1 if stem == "__main__" else _main_line(modules, path)
    if line is None and scripted and "pages" not in path.split("/"):
        line = scripted[0].line
    return program_at(modules, starts, path, line=line) if line is not None else None


def program_at(modules: Modules, starts: Starts, path: str, value: str = "", line: int | None = None) -> Program:
    """What running the file starts, by itself or through what it imports; `value` is how it is called."""
    strongest, direct, served_in = _strongest(starts.of(path)), True, path
    if strongest is None:
        inner = {
            start: file
            for file in reversed(reachable(modules, path))
            for start in starts.of(file)
            if file != path and not start.guarded
        }
        strongest, direct = _strongest(tuple(reversed(inner))), False
        served_in = inner[strongest] if strongest else path
    if strongest and strongest.does == "web" and (polling := _polling(modules, starts, path)):
        strongest, direct, served_in = polling, False, path
    root = import_root(modules, path)
    package = module_name(f"{folder_of(path)}/__init__.py", root) if path.endswith("/__main__.py") else None
    scripted = strongest is not None and _is_script_of(strongest) and direct
    packaged = f"{folder_of(path)}/__init__.py" in modules.sources and root != folder_of(path)
    if not value and path.endswith(".py") and packaged and not scripted:
        package = package or module_name(path, root)  # as a script it wouldn't find its own package
    place = Origin(path, strongest.line if strongest and direct else line, f"a program that {_deed(strongest)}")
    return Program(package or value or path, path, root, strongest, direct, place, served_in=served_in)


def _polling(modules: Modules, starts: Starts, path: str) -> Start | None:
    """The bot of a program that serves only where a webhook is asked for."""
    bots = (start for file in reachable(modules, path) for start in starts.of(file) if start.does == "bot")
    bot = next(bots, None)
    unless = polls_unless(modules, path) if bot else ""
    return replace(bot, called=f"{bot.called}, polls unless {unless}") if bot and unless else None


def _strongest(starts: tuple[Start, ...]) -> Start | None:
    return min(starts, key=lambda start: (ORDER.index(start.does), start.framework == "none"), default=None)


def _is_script_of(start: Start) -> bool:
    """A script that its framework's own command runs: there is no call that starts it."""
    framework = BY_NAME.get(start.framework)
    return start.does == "web" and framework is not None and bool(framework.started_by and framework.command)


def _main_line(modules: Modules, path: str) -> int | None:
    """Where the file does something when it is run: under the guard, or in a call at the top."""
    module = modules.module(path)
    for statement in module.tree.body if module else ():
        if isinstance(statement, ast.If) and is_main_guard(statement.test):
            return statement.lineno
    for statement in module.tree.body if module else ():
        value = statement.value if isinstance(statement, ast.Expr) else None
        value = value.value if isinstance(value, ast.Await) else value
        if isinstance(value, ast.Call) and _runs(value):
            return statement.lineno
    return None


def _runs(call: ast.Call) -> bool:
    """`main()`, `asyncio.run(main())`, `client.run(TOKEN)`, `sys.exit(main())`: the last thing that a script does."""
    function = call.func
    name = (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
    return name in RUNS or (name == "exit" and any(isinstance(a, ast.Call) and _runs(a) for a in call.args))


def _deed(start: Start | None) -> str:
    if start is None:
        return NO_DEED
    label = BY_NAME[start.framework].label if start.framework in BY_NAME else ""
    words = {
        "web": f"serves {label or 'by itself'}",
        "bot": "runs a bot",
        "scheduler": "schedules jobs",
        "metrics": "shows metrics",
    }
    return words.get(start.does, "takes messages") + f" ({start.called})"


def _ranked(program: Program, imported: bool) -> Program:
    folders = program.path.split("/")[:-1]
    stem = program.path.rpartition("/")[2].removesuffix(".py")
    place = RUN_NAMES.index(stem.lower()) if stem.lower() in RUN_NAMES else len(RUN_NAMES)
    depth = len(folders) - (stem == "__main__")
    rank = (ORDER.index(program.does), program.is_tool, depth, imported and stem != "__main__", place)
    return replace(program, rank=rank)
