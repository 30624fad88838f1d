"""Is a Dockerfile cut as BuildKit cuts it?"""

from hypothesis import given
from hypothesis import strategies as st

from kubeship.model.dockerfile import Instruction, exec_form, instructions, lineage, settings, split_flags, stages

BACKSLASH = "\\"


def test_continued_lines_are_one_instruction_and_comments_between_them_are_dropped() -> None:
    text = f"FROM python:3.13\nRUN apt-get update {BACKSLASH}\n    # why\n\n    && apt-get install -y git\nUSER 1\n"

    found = instructions(text)

    assert found == (
        Instruction("FROM", "python:3.13", 1),
        Instruction("RUN", "apt-get update     && apt-get install -y git", 2),
        Instruction("USER", "1", 6),
    )


def test_heredocs_belong_to_their_instruction() -> None:
    text = 'FROM a\nRUN <<EOF cat > x && <<-"TWO" cat\nUSER root\nEOF\n\tCMD no\n\tTWO\nUSER 1\n'

    found = instructions(text)

    assert [each.name for each in found] == ["FROM", "RUN", "USER"]
    assert found[1].text.splitlines()[1:] == ["USER root", "EOF", "\tCMD no", "\tTWO"]
    assert found[2].line == 7


def test_heredoc_without_an_end_swallows_nothing() -> None:
    found = instructions("FROM a\nRUN python -c 'print(1<<SHIFT)'\nUSER 1\n")

    assert [each.name for each in found] == ["FROM", "RUN", "USER"]


def test_escape_directive_changes_what_continues_a_line() -> None:
    text = f"# escape=`\nFROM a\nRUN dir C:{BACKSLASH}\nRUN one `\n  two\n"

    found = instructions(text)

    assert [each.text for each in found] == ["a", f"dir C:{BACKSLASH}", "one   two"]


def test_doubled_backslash_continues_nothing() -> None:
    found = instructions(f"FROM a\nRUN echo {BACKSLASH * 2}\nUSER 1\n")

    assert [each.name for each in found] == ["FROM", "RUN", "USER"]


def test_stages_have_their_arguments_platform_and_lineage() -> None:
    text = (
        "ARG VERSION=3.13\nARG TAG=${VERSION}-slim\nFROM --platform=linux/amd64 python:${TAG} AS base\nUSER 5\n"
        "FROM node AS web\nFROM base\nCMD x\n"
    )

    found = stages(instructions(text))

    assert [(each.name, each.base, each.platform) for each in found] == [
        ("base", "python:3.13-slim", "linux/amd64"),
        ("web", "node", ""),
        ("", "base", ""),
    ]
    assert [each.line for each in lineage(found, found[-1])] == [6, 3]


def test_comments_right_above_stay_with_their_instruction() -> None:
    found = instructions("# syntax=docker/dockerfile:1\n\n# one\n# two\nFROM a\n# lost\n\nUSER 1\n")

    assert [each.comments for each in found] == [("# one", "# two"), ()]


def test_only_a_newline_ends_a_line() -> None:
    found = instructions('FROM a\r\nCMD ["two\u2028lines"]\r\n')

    assert [(each.name, each.line) for each in found] == [("FROM", 1), ("CMD", 2)]
    assert found[0].text == "a"


def test_settings_in_both_forms() -> None:
    assert settings("A=1 B=\"two words\" C='x'") == [("A", "1"), ("B", "two words"), ("C", "x")]
    assert settings("NAME the value=1") == [("NAME", "the value=1")]
    assert settings("NAME") == [("NAME", "")]


def test_flags_and_exec_form() -> None:
    assert split_flags("--from=build --chown=1:1 /a /b") == ({"from": "build", "chown": "1:1"}, ["/a", "/b"])
    assert exec_form('["gunicorn", "app:app"]') == ("gunicorn", "app:app")
    assert exec_form("['gunicorn']") is None
    assert exec_form("gunicorn app:app") is None


def test_text_that_is_no_dockerfile_gives_nothing_and_raises_nothing() -> None:
    assert instructions("\x00\n{{ template }}\n<<EOF\n\\\n") == ()
    assert stages(instructions("RUN x\nUSER 1")) == ()


@given(st.text(alphabet="FROMRUNCOPYAS <-EF\\\n\t#`$={}\"'[],:/a1", max_size=200))
def test_no_text_makes_the_parser_fail(text: str) -> None:
    parsed = instructions(f"FROM a\n{text}")

    assert parsed[0].name == "FROM"
    assert stages(parsed)
