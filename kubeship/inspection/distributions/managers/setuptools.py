"""What does a setup.py or setup.cfg declare? setup.py is read by its syntax tree and never run."""

import ast
import configparser
import posixpath
import re

from kubeship.errors import InvalidInput
from kubeship.inspection.distributions.managers.declarations import Declaration, Selection, required
from kubeship.inspection.distributions.requirement_lines import Required
from kubeship.inspection.distributions.requirements import Requirements, read_requirements
from kubeship.inspection.files.sources import Sources, folder_of
from kubeship.inspection.files.syntax import argument, assignments, calls, dotted, statements, strings, text


def read_setuptools(sources: Sources, path: str, selection: Selection) -> Declaration:
    """`install_requires` and the selected `extras_require`; a requirements file that setup.py reads counts too."""
    if path.endswith(".cfg"):
        return _configured(sources, path, selection)
    tree = sources.tree(path)
    call = setup_call(tree) if tree else None
    if tree is None or call is None:
        return Declaration(Requirements((path,), ()))
    variables = _variables(tree)
    extras = _extras(_value(argument(call, "extras_require"), variables))
    chosen = selection.of([], list(extras))
    stated = _literals(_value(argument(call, "install_requires"), variables))
    texts = [*stated, *(item for extra in chosen.extras for item in extras[extra])]
    found = [one for item in texts if (one := required(item, path, sources))]
    files: tuple[str, ...] = (path,)
    if argument(call, "install_requires") is not None and not stated:
        for name in _files_read(tree):
            candidate = posixpath.normpath(posixpath.join(folder_of(path), name))
            if candidate in sources:
                read = _requirements(sources, candidate)
                found += read
                files = (*files, candidate)
    return Declaration(Requirements(files, tuple(found)), chosen)


def setup_call(tree: ast.Module) -> ast.Call | None:
    """The call of setuptools' `setup`."""
    return next((call for call in calls(tree) if (dotted(call.func) or "").rpartition(".")[2] == "setup"), None)


def setup_cfg(sources: Sources, path: str) -> configparser.ConfigParser:
    """The file's sections; none when it can't be read."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(sources.text(path))
    except configparser.Error:
        return configparser.ConfigParser()
    return parser


def _configured(sources: Sources, path: str, selection: Selection) -> Declaration:
    parser = setup_cfg(sources, path)
    stated = parser.get("options", "install_requires", fallback="").splitlines()
    extras = dict(parser.items("options.extras_require")) if parser.has_section("options.extras_require") else {}
    chosen = selection.of([], list(extras))
    for extra in chosen.extras:
        stated += extras[extra].splitlines()
    found = [one for item in stated if item.strip() and (one := required(item.strip(), path, sources))]
    return Declaration(Requirements((path,), tuple(found)), chosen)


def _variables(tree: ast.Module) -> dict[str, ast.expr]:
    return {
        target.id: value
        for statement, _ in statements(tree.body)
        for target, value in assignments(statement)
        if isinstance(target, ast.Name)
    }


def _value(expression: ast.expr | None, variables: dict[str, ast.expr]) -> ast.expr | None:
    return variables.get(expression.id) if isinstance(expression, ast.Name) else expression


def _literals(expression: ast.expr | None) -> list[str]:
    if isinstance(expression, ast.List | ast.Tuple | ast.Set):
        return [item for element in expression.elts if (item := text(element)) is not None]
    if isinstance(expression, ast.BinOp):
        return _literals(expression.left) + _literals(expression.right)
    stated = text(expression)
    return stated.splitlines() if stated else []


def _extras(expression: ast.expr | None) -> dict[str, list[str]]:
    if not isinstance(expression, ast.Dict):
        return {}
    pairs = zip(expression.keys, expression.values, strict=True)
    return {name: _literals(value) for key, value in pairs if (name := text(key)) is not None}


def _files_read(tree: ast.Module) -> list[str]:
    """Names of requirements files in the order in which they stand."""
    found = [stated for stated, _ in strings(ast.Tuple(elts=list(calls(tree)), ctx=ast.Load()))]
    return list(dict.fromkeys(each for each in found if re.fullmatch(r"[\w./-]*require[\w./-]*\.(txt|in)", each)))


def _requirements(sources: Sources, path: str) -> list[Required]:
    try:
        return list(read_requirements(sources, path).required)
    except InvalidInput:
        return []
