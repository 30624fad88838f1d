"""Are other programs' words harmless where they are shown?"""

import pytest

from kubeship.ui.printable import printable


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;https://x.test\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b[2J\x1b[1;1Hgone", "gone"),
        ("10%\r50%\r100%\n", "100%\n"),
        ("windows\r\nlines\r\n", "windows\nlines\n"),
        ("bell\x07 tab\t nul\x00", "bell tab\t nul"),
        ("##vso[task.setvariable variable=x]y", "## vso[task.setvariable variable=x]y"),
        ("a ##[error]b ##teamcity[buildStop]", "a ## [error]b ## teamcity[buildStop]"),
        ("## a heading, grüße ✓", "## a heading, grüße ✓"),
    ],
)
def test_only_text_is_left(said: str, shown: str) -> None:
    assert printable(said) == shown
