"""Does .dockerignore mean what BuildKit says it means?"""

import pytest

from kubeship.images.dockerignore import read_dockerignore


@pytest.mark.parametrize(
    ("pattern", "path", "ignored"),
    [
        ("**", "dir/file", True),
        ("dir/**", "dir/dir2/file", True),
        ("abc/**", "abc", False),
        ("**/dir", "dir/file", True),
        ("**/dir2/*", "dir/dir2/file", True),
        ("**file", "dir/otherfile", True),
        ("**/file*.txt", "dir/dir/file.txt", True),
        ("**/**/*.txt2", "dir/dir/file.txt", False),
        ("a**/*.txt", "a/dir/dir/file.txt", True),
        ("a/*.txt", "a/dir/file.txt", False),
        ("a[b-d]e", "ace", True),
        ("a[b-d]e", "aae", False),
        ("a[^b-d]e", "aze", True),
        (".*", "foo", False),
        ("abc.def", "abcZdef", False),
        ("abc?def", "abcZdef", True),
        ("a(b)c/def", "a(b)c/def", True),
        ("a.|)$(}+{bc", "a.|)$(}+{bc", True),
        ("a\\*b", "a*b", True),
        ("a\\*b", "ab", False),
        ("[\\]a]", "]", True),
        ("a*b", "a/b", False),
    ],
)
def test_pattern_matches_as_in_mobys_own_tests(pattern: str, path: str, ignored: bool) -> None:
    rules = read_dockerignore(pattern)

    found = path in rules

    assert found is ignored


def test_pattern_without_slash_is_anchored_at_the_context() -> None:
    rules = read_dockerignore("*.log\nsecret\n")

    kept = [path for path in ("a.log", "logs/a.log", "secret/key", "src/secret") if path not in rules]

    assert kept == ["logs/a.log", "src/secret"]


def test_exception_reopens_what_is_inside_an_ignored_folder() -> None:
    rules = read_dockerignore("docs\n!docs/README.md\n")

    assert "docs/guide.md" in rules
    assert "docs/README.md" not in rules
    assert rules.may_except_inside("docs")


def test_ignored_folder_is_searched_only_where_an_exception_may_reach() -> None:
    rules = read_dockerignore("node_modules\ndata\n!data/keep/*.csv\n!README.md\n")

    searched = [
        folder for folder in ("node_modules", "data", "data/keep", "data/other") if rules.may_except_inside(folder)
    ]

    assert searched == ["data", "data/keep"]


def test_last_matching_line_decides() -> None:
    rules = read_dockerignore("**\n!util/web\nutil/web/foo\n")

    assert "util/web/bar" not in rules
    assert "util/web/foo" in rules


def test_comments_byte_order_mark_spaces_and_leading_slashes_are_read_as_moby_reads_them() -> None:
    rules = read_dockerignore("\ufeff# a comment\n  /build/ \n\n! build/keep \n #hash\n")

    assert "build/x" in rules
    assert "build/keep" not in rules
    assert "#hash" in rules


@pytest.mark.parametrize("text", ["ok\n!\n", "ok\n[a\n"])
def test_line_that_means_nothing_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        read_dockerignore(text)
