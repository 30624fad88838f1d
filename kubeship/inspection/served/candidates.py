"""Which names of the project are app objects that a server could be given, and which nearly are?"""

import ast
import re
from dataclasses import dataclass

from kubeship.inspection.code.app_objects import MAKERS, App, Factory
from kubeship.inspection.code.bindings import Binding, Module
from kubeship.inspection.code.factories import factory, is_held
from kubeship.inspection.code.frameworks import CONSTRUCTORS
from kubeship.inspection.code.modules import Modules
from kubeship.inspection.code.objects import Apps
from kubeship.inspection.files.imported import Imported
from kubeship.inspection.files.sources import Sources, is_aside, stem
from kubeship.inspection.files.syntax import calls
from kubeship.inspection.served.import_effects import why_not_imported, works_in_app_context
from kubeship.model.origin import Origin

HAND_WRITTEN = re.compile(rb"\b(?:" + "|".join(sorted(MAKERS)).encode() + rb")\b|\b(?:receive|start_response)\s*[,:)]")
"""Methods that make an app whatever they are called on, and parameters of hand-written apps (PEP 3333, ASGI)."""
WORDS = (*(name.encode() for name in MAKERS), b"receive", b"start_response")
"""One of them must stand there: asking for that first is far cheaper than the pattern."""
MAKES_APPS = {
    module: frozenset(name.rpartition(".")[2].encode() for name in CONSTRUCTORS if name.partition(".")[0] == module)
    for module in {name.partition(".")[0] for name in CONSTRUCTORS}
}
"""By module of a framework, what of it makes an app: a file that makes one imports the module and names it."""


@dataclass(frozen=True)
class Servable:
    """A name at module level that a server can be given."""

    path: str
    name: str
    """`app`, or `create_app()` for a factory."""
    app: App
    origin: Origin
    """Where the name gets its value, and what it is."""
    imported: bool
    """The module has it from another one."""
    aside: bool
    """In tests, documentation, examples or vendored code."""
    script: bool = False
    """The module works in an app context when it is imported: it is run by hand, not served."""

    @property
    def is_factory(self) -> bool:
        """Whether the server must call it."""
        return self.name.endswith(")")


@dataclass(frozen=True)
class NearMiss:
    """An app that no server can be given, and why."""

    name: str
    origin: Origin
    framework: str


@dataclass(frozen=True)
class Candidates:
    """All app objects of the project."""

    servable: tuple[Servable, ...] = ()
    near: tuple[NearMiss, ...] = ()


def find_candidates(sources: Sources, modules: Modules, apps: Apps) -> Candidates:
    """Every module-level app and factory: in files that name a constructor, then wherever such a name travels.

    Names that travel are those of apps, of factories, and of what apps are made with (`class Shop(Flask)`).
    """
    servable: dict[tuple[str, str], Servable] = {}
    near: list[NearMiss] = []
    seen: set[str] = set()
    paths = [path for path in sources.python_files if makes_apps(sources, path)]
    while True:
        read = [module for path in paths if (module := modules.module(path))]
        found = [item for module in read for item in _in_module(module, apps)]
        seen.update(paths)
        servable |= {(item.path, item.name): item for item in found if isinstance(item, Servable)}
        near += [item for item in found if isinstance(item, NearMiss)]
        makers = {m.path: _constructors(m, apps) | _holders(m, apps) | _makers(m, apps) for m in read}
        holders = {path for path, names in makers.items() if names} | {
            item.path for item in found if isinstance(item, Servable)
        }
        names = {item.name.partition("(")[0].rpartition(".")[2] for item in found}
        names |= {name for made in makers.values() for name in made}
        if not names:
            return Candidates(tuple(servable.values()), tuple(near))
        pattern = _importing(
            names, {stem(module.path.removesuffix("/__init__.py")) for module in read if module.path in holders}
        )
        paths = [p for p in sources.python_files if p not in seen and pattern.search(sources.import_lines(p))]


def makes_apps(sources: Sources, path: str) -> bool:
    """Whether the file imports a framework and names what makes an app of it, or looks like a hand-written app."""
    content = sources.content(path)
    if any(word in content for word in WORDS) and HAND_WRITTEN.search(content):
        return True
    imported = MAKES_APPS.keys() if b"import *" in content else MAKES_APPS.keys() & sources.imports(path)
    words = {word for module in imported for word in MAKES_APPS[module]}
    return any(word in content and re.search(rb"\b%s\b" % word, content) for word in words)


def _importing(names: set[str], stems: set[str]) -> re.Pattern[bytes]:
    """Import statements (as `import_lines` gives them) of one of the names, or of a module that holds them."""
    words = b"|".join(re.escape(name.encode()) for name in sorted(names | stems))
    starred = b"|".join(re.escape(stem.encode()) for stem in sorted(stems)) or b"(?!)"
    return re.compile(
        rb"(?m)(?:import\b[^\n]*|^[ \t]*|[,(][ \t\n]*)\b(?:%s)\b(?!\.)|(?:\b(?:%s)|\.)[ \t]+import[ \t]+\*"
        % (words, starred)
    )


def _constructors(module: Module, apps: Apps) -> set[str]:
    return {name for name in module.bindings if apps.constructor(module.path, ast.Name(name))}


def _holders(module: Module, apps: Apps) -> set[str]:
    """The classes whose objects keep an app or make one."""
    return {
        name
        for name, bindings in module.bindings.items()
        if isinstance(bindings[-1].value, ast.ClassDef) and is_held(apps, module.path, bindings[-1].value)
    }


def _makers(module: Module, apps: Apps) -> set[str]:
    """The functions that make an app, whatever they return."""
    return {
        name
        for name, bindings in module.bindings.items()
        if isinstance(bindings[-1].value, ast.FunctionDef)
        and any(apps.constructor(module.path, call.func) for call in calls(bindings[-1].value))
    }


def _in_module(module: Module, apps: Apps) -> list[Servable | NearMiss]:
    found: list[Servable | NearMiss] = []
    for name, bindings in module.bindings.items():
        item = _servable(module, name, bindings, apps)
        if item is not None:
            found.append(item)
    if runs := why_not_imported(module, {item.name for item in found if isinstance(item, Servable)}):
        return [NearMiss(i.name, runs, i.app.framework if isinstance(i, Servable) else i.framework) for i in found]
    return found


def _servable(module: Module, name: str, bindings: tuple[Binding, ...], apps: Apps) -> Servable | NearMiss | None:
    path, last = module.path, bindings[-1]
    app = apps.of_name(path, name)
    if app:
        binding = next(b for b in reversed(bindings) if not b.guarded)
        imported = isinstance(binding.value, Imported)
        origin = Origin(path, binding.line, _reason(app, imported))
        return Servable(path, name, app, origin, imported, is_aside(path), works_in_app_context(module))
    if isinstance(last.value, ast.FunctionDef) and (made := factory(apps, path, last)):
        return _of_factory(path, name, made, last.line)
    if last.guarded and isinstance(last.value, ast.expr) and (guarded := apps.of_expression(path, last.value)):
        reason = f'{kind_of(guarded)}, but only under `if __name__ == "__main__"`'
        return NearMiss(name, Origin(path, last.line, reason), guarded.framework)
    return None


def _of_factory(path: str, name: str, made: Factory, line: int) -> Servable | NearMiss:
    kind = kind_of(made.app)
    if made.is_paste and made.app.framework != "pyramid":
        part = f"a paste factory of {kind}, one part of what a PasteDeploy file puts together"
        return NearMiss(name, Origin(path, line, part), made.app.framework)
    if made.is_paste:
        return Servable(
            path, f"{name}({{}})", made.app, Origin(path, line, f"a paste factory of {kind}"), False, is_aside(path)
        )
    if made.required:
        needs = f"a factory of {kind} that needs {', '.join(made.required)}"
        return NearMiss(name, Origin(path, line, needs), made.app.framework)
    return Servable(path, f"{name}()", made.app, Origin(path, line, f"a factory of {kind}"), False, is_aside(path))


def kind_of(app: App) -> str:
    """`a flask.Flask`, `a django wsgi handler`."""
    if "." not in app.constructor:
        return f"{'a' if app.interface == 'wsgi' else 'an'} {app.interface.upper()} callable"
    return f"a {app.constructor}" if "get_" not in app.constructor else f"a {app.framework} {app.interface} handler"


def _reason(app: App, imported: bool) -> str:
    kind = kind_of(app)
    if app.wraps:
        kind += " with middleware around it"
    if app.called:
        kind += f", made by {app.called}()"
    if imported:
        kind += f", from {app.made.path}:{app.made.line}"
    return kind
