"""Does each small project in tests/projects read as its expected.json says? A subset of the document is compared."""

import json
from pathlib import Path
from typing import Any

import pytest

from kubeship.errors import InvalidInput
from kubeship.inspection.document import document
from kubeship.inspection.project import inspect

PROJECTS = Path(__file__).parents[2] / "projects"
NAMES = sorted(path.parent.name for path in PROJECTS.glob("*/expected.json"))


@pytest.mark.parametrize("name", NAMES)
def test_project_reads_as_expected(name: str) -> None:
    expected = json.loads((PROJECTS / name / "expected.json").read_text())
    answers = expected.pop("answers", {})

    if "error" in expected:
        with pytest.raises(InvalidInput) as raised:
            inspect(PROJECTS / name, answers)
        assert expected["error"] in raised.value.message
        assert raised.value.hint
    else:
        assert differences(expected, document(inspect(PROJECTS / name, answers))) == []


def differences(expected: Any, actual: Any, path: str = "$") -> list[str]:
    """Where `actual` differs from `expected`; keys that `expected` leaves out may be anything."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        missing = [f"{path}.{key} is missing" for key in expected.keys() - actual.keys()]
        shared = [key for key in expected if key in actual]
        return missing + [d for key in shared for d in differences(expected[key], actual[key], f"{path}.{key}")]
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        pairs = enumerate(zip(expected, actual, strict=True))
        return [d for index, (left, right) in pairs for d in differences(left, right, f"{path}[{index}]")]
    return [] if expected == actual else [f"{path}: expected {expected!r}, found {actual!r}"]
