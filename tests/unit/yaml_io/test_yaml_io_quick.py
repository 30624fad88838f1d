"""Does the quick reader say what the thorough one says, or nothing?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeship.errors import InvalidInput
from kubeship.yaml_io import dump, quick_documents
from kubeship.yaml_io.reading import parse_all

PIECES = (
    "a", "b: ", "c:", "- ", "-", "\n", "\n  ", "\n    ", " ", ": ", " # x", "'", '"', "'it''s'", '"a\\nb"', "{", "}",
    "[", "]", ", ", "|", "|-\n", ">\n", "? ", "1", "0x1f", "1.5e3", "null", "~", "yes", "true", "---\n", "...\n",
    "key: value\n", "é", "😀", "a:b", "http://x:80/y", "*", "&a ", "!x ", "%", "<<: ", "1_000", "1:30", "0o7", "07",
    "\xa0", "\t", "\x85",
)  # fmt: skip


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


@pytest.mark.parametrize(
    "text",
    ["a: &x 1\nb: *x", "a: !!str 1", "<<: {a: 1}", "a: 007", "a: 1\na: 2", "%YAML 1.1\n---\na", "a:\t1", "a: [1"],
)
def test_the_quick_reader_leaves_to_the_thorough_one_what_it_could_misread(text: str) -> None:
    assert quick_documents(text) is None
