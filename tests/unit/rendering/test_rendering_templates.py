"""Does a value arrive as it was, whatever it holds?"""

import json
import re
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeship.errors import InvalidInput
from kubeship.rendering.templates import copy_words, dockerfile_word, environment_lines, exec_form, literal, step_with

SHELL_TEXT = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]))


@given(st.text("$(){}AB "))
def test_kubernetes_expansion_gives_back_what_was_meant(text: str) -> None:
    assert expanded(literal(text), {"A": "expanded", "B": "expanded"}) == text


def test_dollars_that_kubernetes_leaves_alone_stay_readable() -> None:
    command = 'exec gunicorn --bind "0.0.0.0:$PORT" ${OPTIONS}'

    assert literal(command) == command


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ("shop.settings", "shop.settings"),
        ("", '""'),
        ("a b", '"a b"'),
        ("it's", '"it\'s"'),
        ('say "$HOME" \\', '"say \\"\\$HOME\\" \\\\"'),
    ],
)
def test_dockerfile_words_are_quoted_only_where_needed(value: str, word: str) -> None:
    assert dockerfile_word(value) == word


def test_a_line_break_in_an_image_variable_is_refused_with_a_way_out() -> None:
    with pytest.raises(InvalidInput) as refused:
        environment_lines({"KEY": "two\nlines"})

    assert "'two\\nlines'" in refused.value.message
    assert "`variables`" in refused.value.hint


@pytest.mark.parametrize(
    ("files", "folder", "words"),
    [
        (["requirements.txt"], ".", "requirements.txt ./"),
        (["a/b.txt", "a/c.txt"], "./a", "a/b.txt a/c.txt ./a/"),
        (["with space.txt"], ".", '["with space.txt", "./"]'),
        (["a[1]$b.txt"], ".", '["a[[]1]\\\\$b.txt", "./"]'),
    ],
)
def test_copy_names_files_literally(files: list[str], folder: str, words: str) -> None:
    assert copy_words(files, folder) == words


@given(st.lists(SHELL_TEXT, min_size=1))
def test_exec_form_is_one_line_of_json(words: list[str]) -> None:
    form = exec_form(words)

    assert json.loads(form) == words
    assert "\n" not in form


@given(SHELL_TEXT)
def test_every_command_of_a_step_sees_its_variables(value: str) -> None:
    step = step_with('cd / && printf %s "$VALUE"', {"VALUE": value})

    assert "\n" not in step.replace(" \\\n", "")
    assert run_as_docker_does(step) == value


def test_a_step_of_several_lines_stops_at_the_first_that_fails() -> None:
    step = step_with("echo before\nfalse\necho after\n", {})

    assert run_as_docker_does(step) == "before\n"


def test_a_step_without_variables_is_written_as_it_is() -> None:
    assert step_with("python manage.py compilemessages", {}) == "python manage.py compilemessages"


def run_as_docker_does(instruction: str) -> str:
    """What RUN does with the text after it: JSON is executed, all else goes to /bin/sh -c with its lines joined."""
    try:
        command = json.loads(instruction)
    except json.JSONDecodeError:
        command = ["/bin/sh", "-c", instruction.replace("\\\n", "")]
    return subprocess.run(command, capture_output=True, check=False).stdout.decode()


def expanded(text: str, variables: dict[str, str]) -> str:
    """Kubernetes' own rule (k8s.io/kubernetes/third_party/forked/golang/expansion)."""

    def value(match: re.Match[str]) -> str:
        return "$" if match[0] == "$$" else variables.get(match[1], match[0])

    return re.sub(r"\$\$|\$\(([^)]*)\)", value, text)
