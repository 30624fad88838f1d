"""Does the code hold what a statement names? Entrypoints of objects, scripts, packages and paste files."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from kubeship.inspection.code.app_objects import App
from kubeship.inspection.code.console_scripts import console_scripts
from kubeship.inspection.code.factories import factory_named
from kubeship.inspection.code.import_root import import_root, module_name, only_root
from kubeship.inspection.code.modules import Modules
from kubeship.inspection.code.objects import Apps
from kubeship.inspection.code.preparations import preparation
from kubeship.inspection.code.programs import KINDS, Program, installed_programs, program_at
from kubeship.inspection.code.starts import Starts
from kubeship.inspection.code.subcommands import serving_words
from kubeship.inspection.commands.servers import OF_FUNCTIONS
from kubeship.inspection.files.imported import Imported
from kubeship.inspection.files.sources import folder_of, in_folder
from kubeship.inspection.served.candidates import Candidates, kind_of
from kubeship.inspection.served.entrypoint import SERVERS, Entrypoint, of_app, point
from kubeship.inspection.served.groups import made_of
from kubeship.inspection.statements.statement import SUPERVISED
from kubeship.inspection.statements.targets import Target
from kubeship.model.origin import Origin
from kubeship.model.project import Interface

SERVED_NAMES = ("app", "application", "create_app()", "make_app()", "get_app()")
"""Objects that servers and frameworks look for when only a module is named."""
DISCOVERED = ("wsgi", "app", "main", "api", "asgi", "application", "app.main", "app.app", "app.api")
"""Modules in which `flask run`, `fastapi run` and `litestar run` look for an app (each one's documentation)."""


class Confirmation:
    """Holds statements against the code."""

    def __init__(self, modules: Modules, apps: Apps, starts: Starts, candidates: Candidates) -> None:
        self.modules = modules
        self.apps = apps
        self.starts = starts
        self.candidates = candidates

    @cached_property
    def serving(self) -> tuple[Program, ...]:
        """The commands that the project installs and that serve something."""
        return installed_programs(self.modules.sources, self.modules, self.starts)

    def named(self, target: str, folder: str, origin: Origin, form: str = "object") -> Entrypoint | None:
        """The entrypoint that a statement names, seen from the folder where it starts."""
        if form == "paste":
            return self._paste(target, folder, origin)
        if form == "discover" and not target:
            found = (self.object(name, folder, origin) for name in DISCOVERED)
            return next((each for each in found if each), None)
        if form == "console":
            return self._console(target.partition(" ")[0], origin)
        if form in ("script", "package") or target.endswith(".py"):
            return self._run(target, folder, origin)
        return self.object(target, folder, origin)

    def object(self, target: str, folder: str, origin: Origin) -> Entrypoint | None:
        """`module:object`; without an object, the module's only app."""
        name, _, attribute = target.partition(":")
        usual = (folder, ".", in_folder(folder, "src"), "src", *self.modules.declared_roots, folder_of(origin.path))
        for root in dict.fromkeys((*usual, *only_root(self.modules, name))):
            path = self.modules.find(root, name)
            if path is None or self.modules.module(path) is None:
                continue
            for choice in [attribute] if attribute else SERVED_NAMES:
                if made := self._app(path, choice):
                    app, line, reason = made
                    extended = import_root(self.modules, path)
                    found = root if module_name(path, root) == name else extended
                    place = Origin(path, line, reason)
                    return of_app(f"{name}:{choice}", path, found, app, (origin, place))
        return None

    def bound(self, target: Target) -> Entrypoint | None:
        """What a server is told to serve, where the module has the name: a call of a library may make any app.

        A function is what some servers are given themselves.
        """
        name, _, attribute = target.value.partition(":")
        if target.form != "object" or not attribute.isidentifier() or target.strength > SUPERVISED:
            return None
        for root in dict.fromkeys((target.folder, ".", in_folder(target.folder, "src"), *self.modules.declared_roots)):
            path = self.modules.find(root, name)
            module = self.modules.module(path) if path else None
            bindings = module.bindings.get(attribute, ()) if module else ()
            binding = next((each for each in reversed(bindings) if not each.guarded), None)
            kinds = (ast.FunctionDef, Imported) if target.server in OF_FUNCTIONS else ast.Call
            if path and binding and isinstance(binding.value, kinds):
                place = Origin(path, binding.line, "what the server is told to serve")
                interface = target.interface or "wsgi"
                return Entrypoint(
                    target.value, path, root, "none", interface, (target.origin, place), server=SERVERS[interface]
                )
        return None

    def made(self, entrypoint: Entrypoint) -> tuple[str, int | None]:
        """Where the app that an entrypoint names is built: the same for all names of one app."""
        found = self._app(entrypoint.path, entrypoint.value.partition(":")[2])
        return (found[0].made.path, found[0].made.line) if found else (entrypoint.path, None)

    def program(self, program: Program, *stated: Origin) -> Entrypoint:
        """The object that a program serves, where a server can be given it; else the program itself."""
        start = program.start
        if (
            stated
            and start
            and start.app
            and not start.target
            and preparation(self.modules, program.served_in, start.line)
        ):
            start = replace(start, app=None)  # a server that is given the app would leave out what comes before
        if start and start.target and (found := self._by_name(program, start.target)):
            return _with(found, (*stated, program.origin))
        if start and start.app and _takes_requests(start.app):
            place = (start.app.made.path, start.app.made.line)
            same = [item for item in self.candidates.servable if made_of(item) == place and not item.aside]
            if not program.direct and any(item.is_factory for item in same):
                same = []  # what the program sets up before it serves would be missing
            for item in sorted(same, key=lambda item: (item.path != program.path, item.is_factory, -item.app.wraps)):
                if found := point(self.modules, item):
                    return _with(found, (*stated, program.origin))
        name, kind = KINDS[program.does]
        framework = start.framework if start and start.does == "web" else "none"
        interface: Interface = "own-server" if kind == "web" else "none"
        server = "own-server" if kind == "web" else ""
        command = program.command
        if start and program.does == "web":
            shown = (program.served_in or program.path, start.line)
            words = serving_words(self.modules, self.starts, program.path, shown)
            command = f"{command} {words}".rstrip()
        if kind == "web" and not command.startswith("python "):
            server = command.partition(" ")[0]
        return Entrypoint(
            program.value,
            program.path,
            program.import_root,
            framework,
            interface,
            (*stated, program.origin),
            kind=kind,
            name=name,
            server=server,
            command=command,
            exporter=program.does == "metrics",
        )

    def _by_name(self, program: Program, target: str) -> Entrypoint | None:
        """What `uvicorn.run("main:app")` names, under the folder that the project's imports are written for."""
        name = target if ":" in target else f"{target}:app"
        for folder in dict.fromkeys((program.import_root, *self.modules.search_roots(program.path))):
            if found := self.object(name, folder, program.origin):
                root = import_root(self.modules, found.path)
                module = module_name(found.path, root)
                value = f"{module}:{name.partition(':')[2]}" if module else found.value
                return replace(found, value=value, import_root=root if module else found.import_root)
        return None

    def _run(self, target: str, folder: str, origin: Origin) -> Entrypoint | None:
        """`python server.py`, `python -m bot`."""
        for root in dict.fromkeys((folder, ".", "src")):
            path = in_folder(root, target) if target.endswith(".py") else self._main_file(root, target)
            if path in self.modules.sources:
                program = program_at(self.modules, self.starts, path, target)
                found = self.program(program, origin)
                if found.value != target:
                    return found
                only = self._only_app(path, root, origin)
                return only if program.start is None and only else found
        return None

    def _console(self, name: str, origin: Origin) -> Entrypoint | None:
        """The program behind a command that the project installs, whatever the code shows of what it does."""
        script = console_scripts(self.modules.sources).get(name)
        path = script.file(self.modules) if script else ""
        if not script or not path:
            return None
        program = program_at(self.modules, self.starts, path, script.target)
        return self.program(replace(program, called="" if program.start else name), origin)

    def installed(self, *stated: Origin) -> Iterator[Entrypoint]:
        """Every command that the project installs, whatever the code shows of what it does."""
        for name, script in console_scripts(self.modules.sources).items():
            if path := script.file(self.modules):
                program = replace(program_at(self.modules, self.starts, path, script.target), called=name)
                place = program.origin if program.start else Origin(path, None, f"the command {name}")
                yield self.program(replace(program, origin=place), *stated)

    def _main_file(self, root: str, package: str) -> str:
        found = self.modules.find(root, package) or ""
        module = f"{package.replace('.', '/')}.py"
        return found if found.endswith(module) else f"{found.removesuffix('/__init__.py')}/__main__.py"

    def _only_app(self, path: str, root: str, origin: Origin) -> Entrypoint | None:
        module = self.modules.module(path)
        names = [name for name in module.bindings if self.apps.of_name(path, name)] if module else []
        inside = module_name(path, root)
        return self.object(f"{inside}:{names[0]}", root, origin) if len(names) == 1 and inside else None

    def _paste(self, target: str, folder: str, origin: Origin) -> Entrypoint | None:
        path = next((p for p in (in_folder(folder, target), target) if p in self.modules.sources), None)
        best = next((item for item in self.candidates.servable if item.app.framework == "pyramid"), None)
        if path is None:
            return None
        root = import_root(self.modules, best.path) if best else folder
        app = best.app if best else App("pyramid", "wsgi", Origin(path))
        place = best.origin if best else Origin(path)
        return of_app(path, best.path if best else "", root, app, (origin, place), command=f"gunicorn --paste {path}")

    def _app(self, path: str, choice: str) -> tuple[App, int | None, str] | None:
        called = choice.partition("(")[0].partition(".")[0]
        module = self.modules.module(path)
        bindings = module.bindings.get(called, ()) if module else ()
        if "(" not in choice:
            head, *attributes = choice.split(".")
            expression: ast.expr = ast.Name(head)
            for attribute in attributes:  # `app.server`
                expression = ast.Attribute(expression, attribute)
            app = self.apps.of_expression(path, expression) if attributes else self.apps.of_name(path, choice)
            return (app, bindings[-1].line if bindings else None, kind_of(app)) if app else None
        factory = factory_named(self.apps, path, called)
        if factory is None or (factory.required and choice.endswith("()")):
            return None
        line = bindings[-1].line if bindings else None
        return factory.app, line, f"a factory of {kind_of(factory.app)}"


def _takes_requests(app: App) -> bool:
    """Dash's own object doesn't: the Flask app inside does (Dash's documentation, "Deployment")."""
    return app.interface in ("wsgi", "asgi") and (app.framework != "dash" or app.wraps > 0)


def _with(entrypoint: Entrypoint, stated: tuple[Origin, ...]) -> Entrypoint:
    return replace(entrypoint, origins=(*stated, *entrypoint.origins))
