"""Does an edit change its value and not one other byte?"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeship.config.editing import GONE, KeyPath, edit, recomment
from kubeship.errors import InvalidInput
from kubeship.yaml_io import flow, load

TEXT = """\
# mine
name:   shop   # the name
list:
# above
- a   # first
- b   # second
flow: {a: 1,  b: {c: 2}, }   # odd spaces

block:   # heading
    deep: "x"   # four spaces
    text: |
      one

      two

    empty:
last: 1"""


@pytest.mark.parametrize(
    ("path", "value", "before", "after"),
    [
        (("name",), "other", "name:   shop   # the name", "name:   other   # the name"),
        (("flow", "a"), 5, "{a: 1,", "{a: 5,"),
        (("flow", "b", "c"), [1, 2], "{c: 2}", "{c: [1, 2]}"),
        (("flow", "b", "d"), "x", "{c: 2}", "{c: 2, d: x}"),
        (("flow", "b"), "x", "b: {c: 2}", "b: x"),
        (("block", "deep"), "no", 'deep: "x"   #', 'deep: "no"   #'),
        (("block", "text"), "short", "text: |\n      one\n\n      two\n", "text: short\n"),
        (("block", "empty"), {"a": 1}, "empty:\n", "empty: {a: 1}\n"),
        (("block", "empty", "a", "b"), 1, "empty:\n", "empty: {a: {b: 1}}\n"),
        (("block", "new"), 1, "    empty:\n", "    empty:\n    new: 1\n"),
        (("list",), ["c"], "list:\n# above\n- a   # first\n- b   #", "list: [c]   #"),
        (("block",), {"a": 1}, TEXT[TEXT.index("block:") : TEXT.index("\nlast")], "block: {a: 1}  # heading"),
        (("added",), {"a": 1}, "last: 1", "last: 1\nadded: {a: 1}"),
        (("name",), GONE, "name:   shop   # the name\n", ""),
        (("flow", "a"), GONE, "{a: 1,  b", "{b"),
        (("flow", "b"), GONE, "a: 1,  b: {c: 2},", "a: 1,"),
        (("flow", "b", "c"), GONE, "a: 1,  b: {c: 2},", "a: 1,"),
        (("block", "deep"), GONE, '    deep: "x"   # four spaces\n', ""),
        (("last",), GONE, "\nlast: 1", "\n"),
        (("missing", "deeper"), GONE, "", ""),
        (("name",), "shop", "", ""),
    ],
)
def test_edit_touches_nothing_else(path: KeyPath, value: Any, before: str, after: str) -> None:
    changed = edit(TEXT, path, value)

    assert before in TEXT
    assert changed == TEXT.replace(before, after, 1)


def test_new_key_stands_in_the_order_of_its_siblings_with_a_comment() -> None:
    text = "name: a  # x\n\n# about image\nimage: b\nrollout: {}\n"

    changed = edit(text, ("python",), "3.12", order=("name", "image", "python", "rollout"), comment="runtime.txt")

    assert changed == 'name: a  # x\n\n# about image\nimage: b\npython: "3.12"  # runtime.txt\nrollout: {}\n'


def test_first_key_of_its_order_stands_first() -> None:
    changed = edit("a:\n  y: 1\nb: 2\n", ("a", "x"), 0, order=("x", "y"))

    assert changed == "a:\n  x: 0\n  y: 1\nb: 2\n"


def test_long_new_mapping_becomes_a_block() -> None:
    value = {"kind": "web", "command": "x " * 40 + "y"}

    changed = edit("processes:\n  a: {kind: worker}\n", ("processes", "web"), value)

    assert changed == f"processes:\n  a: {{kind: worker}}\n  web:\n    kind: web\n    command: {value['command']}\n"


def test_windows_line_ends_stay() -> None:
    changed = edit("a: 1\r\nb: 2\r\n", ("c",), 3)

    assert changed == "a: 1\r\nb: 2\r\nc: 3\r\n"


def test_anchor_that_is_used_elsewhere_is_left_to_a_person() -> None:
    with pytest.raises(InvalidInput, match="a can't be changed without touching the rest") as caught:
        edit("a: &x 1\nb: *x\n", ("a",), 2)

    assert caught.value.hint == "set a: 2 by hand"


def test_comment_is_exchanged_only_while_it_is_ours() -> None:
    text = "a: 1  # old.py\nb:\n  c: 2  # mine\n"

    assert recomment(text, ("a",), "old.py", "new.py") == "a: 1  # new.py\nb:\n  c: 2  # mine\n"
    assert recomment(text, ("b", "c"), "old.py", "new.py") == text
    assert recomment(text, ("a",), "old.py", "") == "a: 1\nb:\n  c: 2  # mine\n"


scalars = st.text(max_size=8) | st.integers() | st.booleans() | st.none() | st.lists(st.text(max_size=5), max_size=3)
keys = st.sampled_from(["a", "b", "c", "no", "1"])


@given(st.dictionaries(keys, scalars | st.dictionaries(keys, scalars, min_size=1), min_size=1), st.data())
def test_any_edit_of_any_mapping_reads_back(content: dict[str, Any], chosen: st.DataObject) -> None:
    text = "".join(f"{flow(key)}: {flow(value)}  # c\n" for key, value in content.items())
    path = (chosen.draw(keys), *chosen.draw(st.lists(keys, max_size=1)))
    value = chosen.draw(scalars)

    changed = edit(text, path, value)

    read = load(changed, "x")
    for key in path:
        read = read[key]
    assert read == value
