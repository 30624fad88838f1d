"""Does every document fit the published JSON Schema, and does the schema say all that a document holds?"""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from kubeship.errors import InvalidInput
from kubeship.inspection.document import SCHEMA, document
from kubeship.inspection.project import inspect

ROOT = Path(__file__).parents[3]
PUBLISHED = ROOT / "docs" / "inspection.schema.json"
PROJECTS = sorted(path.parent for path in (ROOT / "tests" / "projects").glob("*/expected.json"))


@pytest.fixture(scope="module")
def schema() -> Any:
    return json.loads(PUBLISHED.read_text())


def test_the_schema_is_one_of_draft_2020_12(schema: Any) -> None:
    Draft202012Validator.check_schema(schema)

    assert schema["title"] == SCHEMA


@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.name)
def test_the_document_of_each_sample_fits_the_schema(project: Path, schema: Any) -> None:
    answers = json.loads((project / "expected.json").read_text()).get("answers", {})
    try:
        found = json.loads(json.dumps(document(inspect(project, answers))))
    except InvalidInput:
        pytest.skip("inspection refuses it")

    errors = [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(found)]

    assert errors == []


def test_a_field_that_the_schema_does_not_know_does_not_fit(schema: Any) -> None:
    found = document(inspect(ROOT / "tests" / "projects" / "flask-any-names", {}))

    assert not Draft202012Validator(schema).is_valid({**found, "colour": "red"})


def test_every_origin_names_a_line_of_a_file_of_the_project() -> None:
    for project in PROJECTS[::6]:
        answers = json.loads((project / "expected.json").read_text()).get("answers", {})
        try:
            found = document(inspect(project, answers))
        except InvalidInput:
            continue
        for origin in origins(found):
            path = project / origin["path"]
            assert not origin["path"] or path.exists(), (project.name, origin)
            if origin["line"]:
                assert origin["line"] <= len(path.read_text(errors="replace").splitlines()), (project.name, origin)


def origins(part: Any) -> list[Any]:
    """Every origin anywhere in the document."""
    if isinstance(part, dict):
        own = [part] if part.keys() == {"path", "line", "reason"} else []
        return own + [origin for value in part.values() for origin in origins(value)]
    return [origin for value in part for origin in origins(value)] if isinstance(part, list) else []
