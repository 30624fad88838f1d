"""Do all hints have one form? A clause that says what to do, in lower case and without a full stop, or a command."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

import kubeship

ROOM = Path(kubeship.__file__).parent
NAMES = frozenset({"advice", "hint", "remedy"})
"""Fields and arguments that say what to do next."""
POSITIONS = {"Caution": 1, "Explanation": 0, "Finding": 1, "Hit": 4, "RegistryFailure": 2}
"""Of which values which argument does."""
BEGINS = re.compile(
    r"[a-z0-9`'\"(.\\{-]|[A-Z][A-Z0-9_]+\b|Python\b|PostgreSQL\b|Kubernetes\b|Debian\b|Docker\b|Pipfile\b"
)
"""A name keeps its capital, and so does what is filled in."""


def faults(text: str, *, begins: bool = True, ends: bool = True) -> list[str]:
    """What is wrong with a hint, or with its beginning or end, if only these are known."""
    found = []
    if begins and text and not BEGINS.match(text):
        found.append("it begins with a capital")
    if ends and text.endswith(".") and not text.endswith("..."):
        found.append("it ends in a full stop")
    return found


def test_hints_in_the_source() -> None:
    wrong = [
        f"{path.relative_to(ROOM.parent)}:{line}: {fault}: {text}"
        for path in sorted(ROOM.rglob("*.py"))
        for line, text, begins, ends in stated(ast.parse(path.read_text()))
        for fault in faults(text, begins=begins, ends=ends)
    ]

    assert wrong == []


def test_hints_in_tables() -> None:
    wrong = sorted(f"{name}: {fault}: {text}" for name, text in dict(tabled()).items() for fault in faults(text))

    assert wrong == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('raise Bad("no", hint="Do that.")', ["it begins with a capital", "it ends in a full stop"]),
        ('emit(Caution("no", f"Set {x}."))', ["it begins with a capital", "it ends in a full stop"]),
        ('Bad("no", hint=f"{x} does." if x else "do it")', ["it ends in a full stop"]),
        ('remedy = "Do that"', ["it begins with a capital"]),
        ('Bad("no", hint="set KEY, or KUBECONFIG")', []),
        ('Bad("no", hint="KUBECONFIG=... kubeship deploy")', []),
    ],
)
def test_a_hint_that_is_not_so_is_found(source: str, found: list[str]) -> None:
    hints = stated(ast.parse(source))

    assert [fault for _, text, begins, ends in hints for fault in faults(text, begins=begins, ends=ends)] == found


def stated(tree: ast.AST) -> Iterator[tuple[int, str, bool, bool]]:
    """Each literal hint: its line, its text without what is filled in, and whether beginning and end are literal."""
    for node in ast.walk(tree):
        values: list[ast.expr] = []
        if isinstance(node, ast.Assign) and any(isinstance(at, ast.Name) and at.id in NAMES for at in node.targets):
            values.append(node.value)
        if isinstance(node, ast.Call):
            values += [keyword.value for keyword in node.keywords if keyword.arg in NAMES]
            if isinstance(node.func, ast.Name) and node.func.id in POSITIONS:
                values += node.args[POSITIONS[node.func.id] :][:1]
        for value in values:
            for each in branches(value):
                yield from literal(each)


def branches(value: ast.expr) -> Iterable[ast.expr]:
    """Both ends of `a if b else c`."""
    if isinstance(value, ast.IfExp):
        return [*branches(value.body), *branches(value.orelse)]
    return [value]


def literal(value: ast.expr) -> Iterator[tuple[int, str, bool, bool]]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.lineno, value.value, True, True
    elif isinstance(value, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else None for part in value.values]
        text = "".join(str(part) for part in parts if part is not None)
        yield value.lineno, text, parts[0] is not None, parts[-1] is not None


def tabled() -> Iterator[tuple[str, str]]:
    """The hints of rows that stand in modules, by where they stand."""
    for module in pkgutil.walk_packages(kubeship.__path__, "kubeship."):
        if module.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if name.isupper():
                for index, text in enumerate(hints(value)):
                    yield f"{module.name}.{name}[{index}]", text


def hints(value: Any) -> Iterator[str]:
    """All hints within a value, however deep."""
    if isinstance(value, dict):
        value = [*value.values()]
    if isinstance(value, (tuple, list, set, frozenset)):
        for each in value:
            yield from hints(each)
    elif is_dataclass(value):
        for field in fields(value):
            content = getattr(value, field.name)
            if field.name in NAMES and isinstance(content, str):
                yield content
            else:
                yield from hints(content)
