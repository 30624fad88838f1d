"""Is what is written read back by every reader, and does it look as a person would write it?"""

from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st

from kubeship.yaml_io import dump, flow, load

NASTY = (
    "", "no", "NO", "y", "on", "Off", "null", "~", "true", "1e3", "1.0", "0o7", "0x1F", "007", "1_000", "12:30:45",
    ".5", ".inf", "-.INF", ".nan", "+1", "-1", "2024-01-01", "2024-01-01T10:00:00Z", "<<", "=", "{{ .Values.x }}",
    "a {{ b }}", "- a", "-", "--", "---", "...", "? a", ": a", "a: b", "a:", "a #b", "#", "# a", "&a", "*a", "!a",
    "!!python/object:x", "%a", "@a", "`a`", "|", ">", "'", '"', "[a]", "{a: b}", "a, b", "\t", "a\tb", " a", "a ",
    "a\n", "a\nb", "a\n\nb\n", "\na", " a\nb", "a\n b", "a\nb\n\n", "a \nb", "a\n\tb", "\r", "a\r\nb", "é", "👩‍👩‍👧",
    "日本\n語", "\u2028", "a\u2029b", "\x85", "\xa0", "\ufeff", "\ufeffa", "\x00", "\x07", "\x1b[0m", "\x7f", "\ufffe",
    "x" * 10_000, "line\n" * 2_000, "250m", "256Mi", "1.5Gi", "1E", "90s", "1h30m", "3.12", "0 3 * * *",
    "127.0.0.1:80", "--bind", "a\\b", "${X}", "a\n# b\n...\n---",
)  # fmt: skip

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
