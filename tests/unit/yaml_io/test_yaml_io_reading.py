"""Does YAML text say what it is read as, and where?"""

import itertools
from typing import Any

import pytest

from kubeship.errors import InvalidInput
from kubeship.yaml_io import load, load_all
from kubeship.yaml_io.reading import load_with_lines


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("true", True),
        ("0o17", 15),
        ("0x1f", 31),
        ("1e3", 1000.0),
        ("1_000", "1_000"),
        ("2024-01-01", "2024-01-01"),
        ("12:30:45", "12:30:45"),
        ("~", None),
        ("''", ""),
        ("!!str 1", "1"),
        ("3.10", 3.1),
        ("-.inf", float("-inf")),
        ("=", "="),
        ("{b, c: }", {"b": None, "c": None}),
        ("{? b}", {"b": None}),
    ],
)
def test_plain_scalars_are_read_by_the_core_schema(text: str, value: Any) -> None:
    read = load(f"a: {text}", "x")

    assert read == {"a": value}
    assert type(read["a"]) is type(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "x.yaml:3: the key 'a' stands here twice"),
        ("a: 1\nb: !!python/object:os.system x\n", "x.yaml:2: the tag tag:yaml.org,2002:python/object:os.system"),
        ("a: 1\nb: {!custom [1]: 2}\n", "x.yaml:2: the tag !custom"),
        ("a: 1\nb: [1\nc: 2\n", "x.yaml:3: not valid YAML:"),
        ("a: 1\n\tb: 2\n", "x.yaml:2: not valid YAML:"),
        ("mode: 0644\n", "x.yaml:1: 0644 is octal to some readers"),
        ("a: *nowhere\n", "x.yaml:1: *nowhere names no anchor"),
        ("a: &self [*self]\n", "x.yaml:1: *self names no anchor"),
        ("[a]: 1\n", "x.yaml:1: a mapping or a sequence can't be a key"),
        ("a: 1\n<<: 3\n", "x.yaml:2: << merges mappings only"),
        ("a: 1\n---\nb: 2\n", "x.yaml: holds 2 YAML documents"),
        ("a: \x00\n", "x.yaml: not valid YAML:"),
        ("[" * 5000, "x.yaml: nested too deeply"),
    ],
)
def test_what_cannot_be_read_names_the_place(text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        load(text, "x.yaml")

    assert caught.value.message.startswith(message)


def test_anchors_and_merges_are_resolved() -> None:
    text = "base: &base {a: 1, b: 2}\nother:\n  <<: *base\n  b: 3\nboth:\n  <<: [{a: 9}, *base]\n"

    read = load(text, "x")

    assert read["other"] == {"a": 1, "b": 3}
    assert read["both"] == {"a": 9, "b": 2}


def test_documents_that_say_nothing_are_left_out() -> None:
    assert load_all("---\n# nothing\n---\na: 1\n---\n---\n- b\n", "x") == ({"a": 1}, ["b"])
    assert load("# nothing\n", "x") is None
    assert load("", "x") is None


def test_lines_are_those_of_keys_and_items() -> None:
    text = "# first\na:\n  b: {c: 1,\n    d: 2}\nlist:\n- x\n-\n  y: 1\n"

    value, lines = load_with_lines(text, "x")

    assert value == {"a": {"b": {"c": 1, "d": 2}}, "list": ["x", {"y": 1}]}
    assert lines[("a",)] == 2
    assert lines[("a", "b", "c")] == 3
    assert lines[("a", "b", "d")] == 4
    assert lines[("list", 1, "y")] == 8


def test_aliases_that_multiply_are_refused() -> None:
    rows = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]" for before, name in itertools.pairwise("abcdefgh")]

    with pytest.raises(InvalidInput, match=r"bomb.yaml:5: aliases stand for more than"):
        load("\n".join(rows), "bomb.yaml")
