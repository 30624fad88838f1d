"""Which settings module does a Django project run with in production, and what does it set?"""

import ast
import re
from dataclasses import dataclass

from kubeship.errors import InvalidInput
from kubeship.inspection.code.import_root import module_name
from kubeship.inspection.code.modules import Modules
from kubeship.inspection.files.findings import SET_BY_YOU, Answered
from kubeship.inspection.files.imported import Imported
from kubeship.inspection.files.sources import folder_of, is_aside
from kubeship.inspection.files.syntax import assignments, calls, dotted, statements, strings, text, walk
from kubeship.model.origin import Candidate, Found, Origin, Question
from kubeship.model.project import Answers

VARIABLE = "DJANGO_SETTINGS_MODULE"
KEY = f"variables.{VARIABLE}"
PRODUCTION = re.compile(r"(.*[_.])?(prod|production|live)(_?settings)?")
DEVELOPMENT = re.compile(r"(.*[_.])?(ci|debug|dev|devel|develop|development|local|test|testing|tests)(_?settings)?")


@dataclass(frozen=True)
class Settings:
    """A settings module with the modules that it takes everything from (`from .base import *`)."""

    module: Found[str]
    path: str
    """Empty when the project doesn't hold the module."""
    chain: tuple[str, ...] = ()
    """Its file first, then those that it imports with a star."""
    passed_over: tuple[str, ...] = ()
    """Files of settings for other environments."""


@dataclass(frozen=True)
class Setting:
    """One assignment to a setting."""

    value: ast.expr
    origin: Origin


def find_settings(modules: Modules, wsgi: str, root: str, answers: Answers) -> Answered[Settings | None]:
    """The settings module for production; None when nothing names one.

    What the WSGI module sets by default comes first, then manage.py. A production module beside the one that is
    named is preferred; a development module without one is a Question.
    """
    if KEY in answers:
        stated = answers[KEY]
        if not isinstance(stated, str):
            raise InvalidInput(f"{KEY} is {stated!r}, and should be a module", hint=f"--set {KEY}=shop.settings")
        return Answered(_settings(modules, Found(stated, (Origin(reason=SET_BY_YOU),)), root))
    named = _named(modules, wsgi)
    if not named:
        return _unnamed(modules, root)
    first = next((found for found in named if PRODUCTION.fullmatch(found.value)), named[0])
    if PRODUCTION.fullmatch(first.value):
        return Answered(_settings(modules, first, root))
    siblings = _siblings(modules, first.value, root)
    production = [name for name in siblings if PRODUCTION.fullmatch(name)]
    if len(production) == 1:
        origin = Origin(siblings[production[0]], None, f"production settings, beside {first.value}")
        return Answered(_settings(modules, Found(production[0], (origin, first.origin)), root))
    settings = _settings(modules, first, root)
    others = sorted(name for name in siblings if name != first.value and not DEVELOPMENT.fullmatch(name))
    if len(production) > 1 or (DEVELOPMENT.fullmatch(first.value) and others):
        listed = [Candidate(name, Origin(siblings[name], None, "settings")) for name in production or others]
        question = Question(KEY, f"{first.value} is named, and isn't for production", (*listed, _candidate(first)))
        return Answered(settings, (), (question,))
    return Answered(settings)


def settings_of(modules: Modules, settings: Settings, name: str) -> list[Setting]:
    """Every value that a setting is given, the one that holds in production first."""
    found: list[Setting] = []
    for path in settings.chain:
        tree = modules.sources.tree(path)
        here = [
            Setting(value, Origin(path, statement.lineno))
            for statement, _ in statements(tree.body if tree else [])
            for target, value in _changes(statement)
            if isinstance(target, ast.Name) and target.id == name
        ]
        found += reversed(here)
    return found


def lists(modules: Modules, settings: Settings, name: str, seen: frozenset[str] = frozenset()) -> dict[str, Origin]:
    """The strings of a setting that is a list, with their places; also those that other lists add to it."""
    found: dict[str, Origin] = {}
    for setting in settings_of(modules, settings, name):
        for value, line in strings(setting.value):
            found.setdefault(value, Origin(setting.origin.path, line))
        for node in walk(setting.value):
            if isinstance(node, ast.Name) and node.id not in seen | {name}:
                found = {**lists(modules, settings, node.id, seen | {name}), **found}
    return found


def management_script(modules: Modules, root: str) -> str | None:
    """The file that calls django.core.management.execute_from_command_line: manage.py, whatever it is called."""
    pattern = re.compile(rb"execute_from_command_line")
    found = [
        path
        for path in modules.sources.mentioning(pattern, words=(b"execute_from_command_line",))
        if modules.sources.tree(path)
    ]
    found.sort(key=lambda path: (folder_of(path) != root, not path.endswith("manage.py"), path.count("/"), path))
    return found[0] if found else None


def _unnamed(modules: Modules, root: str) -> Answered[Settings | None]:
    """Nothing sets the variable: the one settings module that there is, or the one for production, or a Question."""
    pattern = re.compile(rb"^(INSTALLED_APPS|ROOT_URLCONF)\s*=", re.MULTILINE)
    bases = set(modules.sources.mentioning(pattern, words=(b"INSTALLED_APPS", b"ROOT_URLCONF")))
    heirs = {
        path
        for path in modules.sources.mentioning(re.compile(rb"import \*"), words=(b"import *",))
        if bases & set(_chain(modules, path))
    }
    names = {name: path for path in sorted(bases | heirs) if (name := module_name(path, root))}
    production = [name for name in names if PRODUCTION.fullmatch(name)]
    for choice in (production, list(names)):
        if len(choice) == 1:
            origin = Origin(names[choice[0]], None, "settings")
            return Answered(_settings(modules, Found(choice[0], (origin,)), root))
    listed = tuple(Candidate(name, Origin(path, None, "settings")) for name, path in names.items())
    return Answered(None, (), (Question(KEY, f"nothing in the project sets {VARIABLE}", listed),))


def _changes(statement: ast.stmt) -> list[tuple[ast.expr, ast.expr]]:
    if isinstance(statement, ast.AugAssign):
        return [(statement.target, statement.value)]
    return list(assignments(statement))


def _candidate(found: Found[str]) -> Candidate:
    return Candidate(found.value, found.origin)


def _named(modules: Modules, wsgi: str) -> list[Found[str]]:
    """What is put into DJANGO_SETTINGS_MODULE: in the WSGI module, then elsewhere in the code, manage.py first."""
    paths = [wsgi] if wsgi else []
    others = [
        path
        for path in modules.sources.mentioning(re.compile(VARIABLE.encode()), words=(VARIABLE.encode(),))
        if path != wsgi
    ]
    paths += sorted(others, key=lambda path: (not path.endswith("manage.py"), path.count("/"), path))
    manage = [path for path in paths if path == wsgi or path.endswith("manage.py")]
    return [found for path in manage or paths[:1] for found in _set_in(modules, path)]


def _set_in(modules: Modules, path: str) -> list[Found[str]]:
    tree = modules.sources.tree(path)
    found: list[Found[str]] = []
    for call in calls(tree) if tree else ():
        name = dotted(call.func) or ""
        if name.endswith("environ.setdefault") and len(call.args) == 2 and text(call.args[0]) == VARIABLE:
            found += [Found(v, (Origin(path, line, VARIABLE),)) for v, line in strings(call.args[1])[-1:]]
    for statement, _ in statements(tree.body if tree else []):
        for target, value in assignments(statement):
            if isinstance(target, ast.Subscript) and text(target.slice) == VARIABLE and (stated := text(value)):
                found.append(Found(stated, (Origin(path, statement.lineno, VARIABLE),)))
    return [item for item in found if re.fullmatch(r"[A-Za-z_][\w.]*", item.value)]


def _siblings(modules: Modules, name: str, root: str) -> dict[str, str]:
    """Modules for the same purpose beside it: `settings/*.py`, or `settings_*.py`."""
    path = modules.find(root, name)
    if path is None:
        return {}
    folder = folder_of(path)
    is_package = path.endswith("__init__.py") or "settings" in folder.rpartition("/")[2]
    found: dict[str, str] = {}
    for candidate in modules.sources.python_files:
        stem = candidate.rpartition("/")[2].removesuffix(".py")
        if folder_of(candidate) != folder or stem == "__init__":
            continue
        if (is_package or "settings" in stem) and (dotted_name := module_name(candidate, root)):
            found[dotted_name] = candidate
    return {name: path for name, path in found.items() if not is_aside(path)}


def _settings(modules: Modules, found: Found[str], root: str) -> Settings:
    path = modules.find(root, found.value) or ""
    chain = list(_chain(modules, path)) if path.endswith(".py") else []
    siblings = _siblings(modules, found.value, root)
    others = tuple(sorted(set(siblings.values()) - set(chain))) if len(siblings) > 1 else ()
    return Settings(found, path, tuple(chain), others)


def _chain(modules: Modules, path: str) -> dict[str, None]:
    """The file and, later ones first, everything that it takes over with a star or imports for its values."""
    chain = {path: None}
    pending = [path]
    while pending:
        current = pending.pop()
        module = modules.module(current)
        for star in reversed(module.stars if module else ()):
            source = modules.resolve(current, star)
            if source and source.endswith(".py") and source not in chain:
                chain[source] = None
                pending.append(source)
        for imported, _ in module.imports if module else ():
            _follow(modules, current, imported, chain)
    return chain


def _follow(modules: Modules, path: str, imported: Imported, chain: dict[str, None]) -> None:
    """A settings module that reads one value from a sibling (`from .base import DATABASES`) needs that file too."""
    source = modules.resolve(path, imported)
    if source and source.endswith(".py") and folder_of(source) == folder_of(path):
        chain.setdefault(source, None)
