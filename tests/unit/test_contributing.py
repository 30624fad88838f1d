"""Are the names that CONTRIBUTING.md's recipes send people to still there?"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
FILE = r"`(?P<file>(?:kubeship|tests)/[\w/]+\.py)`"
NAMED = re.compile(
    r"`(?P<name>[A-Za-z_]\w+)`(?:\s[^`.;]{0,20})?\s(?:of|in)\s"
    + FILE
    + r"|"
    + FILE.replace("file", "also")
    + r":[^`.;]{0,40}`(?P<row>[A-Z]\w+)`"
)


def named() -> list[tuple[str, str]]:
    matches = NAMED.finditer(re.sub(r"\s+", " ", TEXT))
    return [(match["name"] or match["row"], match["file"] or match["also"]) for match in matches]


def test_recipes_name_tables_and_their_files() -> None:
    assert len(named()) > 10


@pytest.mark.parametrize(("name", "file"), named())
def test_what_a_recipe_names_is_in_its_file(name: str, file: str) -> None:
    assert re.search(rf"\b{name}\b", (ROOT / file).read_text())
