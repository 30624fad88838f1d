"""Are requirements files read as pip reads them?"""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeship.errors import InvalidInput
from kubeship.inspection.distributions.requirement_lines import without_credentials
from kubeship.inspection.distributions.requirements import Requirements, logical_lines, read_requirements
from kubeship.inspection.files.sources import Sources


def read(tmp_path: Path, text: str) -> Requirements:
    (tmp_path / "app.py").write_text("")
    (tmp_path / "requirements.txt").write_text(text)
    return read_requirements(Sources(tmp_path), "requirements.txt")


@pytest.mark.parametrize(
    ("line", "name", "extras"),
    [
        ("Flask", "flask", set()),
        ("Flask==3.1.0  # web", "flask", set()),
        ("celery[redis, gevent]>=5", "celery", {"redis", "gevent"}),
        ("tool @ https://example.com/tool-1.zip", "tool", set()),
        ("tool[fast] @ git+https://example.com/tool.git@main", "tool", {"fast"}),
        ("-e git+https://example.com/x.git#egg=Some_Tool[a]", "some-tool", {"a"}),
        ("https://example.com/My_Pkg-1.0-py3-none-any.whl", "my-pkg", set()),
        ("./local", "", set()),
        ("-e .[web]", "", {"web"}),
        ("zope.interface ; python_version < '4'", "zope-interface", set()),
    ],
)
def test_a_line_names_its_distribution_and_extras(tmp_path: Path, line: str, name: str, extras: set[str]) -> None:
    required = read(tmp_path, line + "\n").required

    assert [(item.name, item.extras) for item in required] == [(name, frozenset(extras))]


@pytest.mark.parametrize("line", ["-r more.txt", "-rmore.txt", "--requirement more.txt", "--requirement=more.txt"])
def test_every_spelling_of_an_included_file_is_followed(tmp_path: Path, line: str) -> None:
    (tmp_path / "more.txt").write_text("django\n")

    assert read(tmp_path, line + "\n").files == ("requirements.txt", "more.txt")


def test_a_file_that_is_not_there_is_named_with_the_line_that_wants_it(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"requirements\.txt:2 names gone\.txt, and there is no file gone\.txt"):
        read(tmp_path, "flask\n-r gone.txt\n")


def test_a_file_outside_the_project_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"there is no file \.\./secret\.txt"):
        read(tmp_path, "-r ../secret.txt\n")


@pytest.mark.parametrize("line", ["flask=3", "--frobnicate", "<<<<<<< HEAD"])
def test_a_line_that_pip_refuses_is_refused_with_its_place(tmp_path: Path, line: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        read(tmp_path, f"django\n{line}\n")

    assert "requirements.txt:2" in raised.value.message


def test_one_line_without_a_hash_means_no_hashes(tmp_path: Path) -> None:
    hashed = "a==1 --hash=sha256:00\n"

    assert read(tmp_path, hashed).hashes
    assert not read(tmp_path, hashed + "b==1\n").hashes


def test_constraints_are_read_but_not_installed(tmp_path: Path) -> None:
    (tmp_path / "limits.txt").write_text("django<5\n")

    found = read(tmp_path, "flask\n-c limits.txt\n")

    assert [item.name for item in found.required] == ["flask"]
    assert found.constrained == ("django",)


def test_credentials_leave_an_index_url() -> None:
    assert without_credentials("https://u:p@host:8443/simple/?x=1") == "https://host:8443/simple/?x=1"


def test_continued_lines_keep_the_number_of_their_first() -> None:
    text = "# head\na \\\n  >=1\n\nb # c\n"

    assert list(logical_lines(text)) == [(2, "a   >=1"), (5, "b")]


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_without_a_traceback(text: str) -> None:
    lines = [line for _, line in logical_lines(text)]

    assert all(line.strip() for line in lines)


@given(st.text(alphabet="abc-=<>@:/#[];'\"\\ \n.~+", max_size=60))
def test_any_line_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    try:
        found = read(tmp_path_factory.mktemp("any"), text)
    except InvalidInput as error:
        assert "requirements.txt" in error.message
    else:
        assert "requirements.txt" in found.files
