"""Does YAML text say what it is read as, and is what is written read back by every reader?"""

import itertools
from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st

from kubeship.errors import InvalidInput
from kubeship.yaml_io import dump, flow, load, load_all, quick_documents
from kubeship.yaml_io.reading import load_with_lines, parse_all

NASTY = [
    "",
    "no",
    "NO",
    "y",
    "on",
    "Off",
    "null",
    "~",
    "true",
    "1e3",
    "1.0",
    "0o7",
    "0x1F",
    "007",
    "1_000",
    "12:30:45",
    ".5",
    ".inf",
    "-.INF",
    ".nan",
    "+1",
    "-1",
    "2024-01-01",
    "2024-01-01T10:00:00Z",
    "<<",
    "=",
    "{{ .Values.x }}",
    "a {{ b }}",
    "- a",
    "-",
    "--",
    "---",
    "...",
    "? a",
    ": a",
    "a: b",
    "a:",
    "a #b",
    "#",
    "# a",
    "&a",
    "*a",
    "!a",
    "!!python/object:x",
    "%a",
    "@a",
    "`a`",
    "|",
    ">",
    "'",
    '"',
    "[a]",
    "{a: b}",
    "a, b",
    "\t",
    "a\tb",
    " a",
    "a ",
    "a\n",
    "a\nb",
    "a\n\nb\n",
    "\na",
    " a\nb",
    "a\n b",
    "a\nb\n\n",
    "a \nb",
    "a\n\tb",
    "\r",
    "a\r\nb",
    "é",
    "👩‍👩‍👧",
    "日本\n語",
    "\u2028",
    "a\u2029b",
    "\x85",
    "\xa0",
    "\ufeff",
    "\ufeffa",
    "\x00",
    "\x07",
    "\x1b[0m",
    "\x7f",
    "\ufffe",
    "x" * 10_000,
    "line\n" * 2_000,
    "250m",
    "256Mi",
    "1.5Gi",
    "1E",
    "90s",
    "1h30m",
    "3.12",
    "0 3 * * *",
    "127.0.0.1:80",
    "--bind",
    "a\\b",
    "${X}",
    "a\n# b\n...\n---",
]

texts = st.text() | st.sampled_from(NASTY) | st.text(alphabet=" -:#\n\t'\"{}[],&*!|>%@`?0123456789eExXoO_.nytru")
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_nasty_string_reads_back_as_key_item_and_value(text: str) -> None:
    value = {"top": {text: text, "list": [text, [text], {text: text}]}, "after": 1}

    written = dump(value)

    assert load(written, "x") == value
    assert pyyaml.safe_load(written) == value


@given(values)
def test_whatever_is_dumped_reads_back_the_same(value: Any) -> None:
    written = dump(value)

    assert load(written, "x") == value
    assert pyyaml.safe_load(written) == value


@given(values.filter(lambda value: len(repr(value)) < 1000))
def test_flow_text_reads_back_the_same_in_one_line(value: Any) -> None:
    written = flow({"key": value})

    assert "\n" not in written
    assert load(f"a: {written}", "x") == {"a": {"key": value}}
    assert pyyaml.safe_load(f"a: {written}") == {"a": {"key": value}}


def test_ordinary_strings_stay_unquoted() -> None:
    value = {"image": "registry.example.com/team/shop:1.2", "cpu": "250m", "args": ["gunicorn", "--bind", "0.0.0.0:80"]}

    written = dump(value)

    assert written == (
        'image: registry.example.com/team/shop:1.2\ncpu: 250m\nargs:\n  - gunicorn\n  - --bind\n  - "0.0.0.0:80"\n'
    )


def test_lines_of_text_become_a_literal_block() -> None:
    value = {"script": "set -e\n\nrun it\n", "tail": "a\nb", "list": ["a\nb\n", {"c": []}]}

    written = dump(value)

    assert written == ("script: |\n  set -e\n\n  run it\ntail: |-\n  a\n  b\nlist:\n  - |\n    a\n    b\n  - c: []\n")


def test_long_lines_are_not_wrapped() -> None:
    sentence = "word " * 100 + "end"

    written = dump({"a": sentence})

    assert written == f"a: {sentence}\n"


@pytest.mark.parametrize("value", [{1: "a"}, {"a": object()}, {"a": {1, 2}}, {"a": b"bytes"}])
def test_what_has_no_form_in_yaml_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        dump(value)


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


PIECES = [
    "a",
    "b: ",
    "c:",
    "- ",
    "-",
    "\n",
    "\n  ",
    "\n    ",
    " ",
    ": ",
    " # x",
    "'",
    '"',
    "'it''s'",
    '"a\\nb"',
    "{",
    "}",
    "[",
    "]",
]
PIECES += [
    ", ",
    "|",
    "|-\n",
    ">\n",
    "? ",
    "1",
    "0x1f",
    "1.5e3",
    "null",
    "~",
    "yes",
    "true",
    "---\n",
    "...\n",
    "key: value\n",
]
PIECES += [
    "é",
    "😀",
    "a:b",
    "http://x:80/y",
    "*",
    "&a ",
    "!x ",
    "%",
    "<<: ",
    "1_000",
    "1:30",
    "0o7",
    "07",
    "\xa0",
    "\t",
    "\x85",
]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_the_quick_reader_reads_what_the_thorough_one_reads(text: str) -> None:
    quick = quick_documents(text)
    try:
        thorough = tuple((document.value, document.line) for document in parse_all(text, "x.yaml"))
    except InvalidInput:
        return  # libyaml takes a few texts that ruamel.yaml refuses, as Kubernetes' own reader does

    assert quick is None or repr(quick) == repr(thorough)


def test_the_quick_reader_reads_what_kubeship_writes() -> None:
    item = {"kind": "ConfigMap", "data": {"a": "x\ny\n", "b": "no", "c": "{{ x }}", "d": "0 3 * * *", "e": "'\"#: é😀"}}

    assert quick_documents(dump(item)) == ((item, 1),)


def test_the_quick_reader_leaves_to_the_thorough_one_what_it_could_misread() -> None:
    for text in (
        "a: &x 1\nb: *x",
        "a: !!str 1",
        "<<: {a: 1}",
        "a: 007",
        "a: 1\na: 2",
        "%YAML 1.1\n---\na",
        "a:\t1",
        "a: [1",
    ):
        assert quick_documents(text) is None, text
