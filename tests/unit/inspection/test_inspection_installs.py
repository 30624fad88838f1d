"""Is what Dockerfiles, platforms and CI install read as they run it?"""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeship.inspection.distributions.installs import Install, install_commands, is_for_development, shell_words
from kubeship.inspection.files.dockerfiles import deployed_dockerfiles, read_dockerfile
from kubeship.inspection.files.sources import Sources
from kubeship.model.dockerfile import expand


def sources_of(tmp_path: Path, files: dict[str, str]) -> Sources:
    for path, content in {"app.py": "", **files}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content)
    return Sources(tmp_path)


def installed(tmp_path: Path, command: str, *files: str) -> Install | None:
    dockerfile = {"Dockerfile": f"FROM python:3.12\nRUN {command}\n"}
    commands = install_commands(sources_of(tmp_path, {**dict.fromkeys(files, ""), **dockerfile}), ".")
    return commands[0] if commands else None


@pytest.mark.parametrize(
    ("command", "manager", "groups", "extras"),
    [
        ("uv sync --locked --no-dev --extra prod --group=queue", "uv", ("queue",), ("prod",)),
        ("--mount=type=cache,target=/x uv sync --frozen", "uv", (), ()),
        ("/root/.local/bin/uv sync", "uv", (), ()),
        ("poetry install --only main -E pgsql", "poetry", (), ("pgsql",)),
        ("pip install poetry && poetry export -f requirements.txt --with=web", "poetry", ("web",), ()),
        ("pdm sync --prod -G web", "pdm", ("web",), ()),
        ("pipenv install --deploy --system", "pipenv", (), ()),
        ("python -m pip install '.[web,test]'", "pep621", (), ("web",)),
        ("pip3 install -e /src[database]", "pep621", (), ("database",)),
    ],
)
def test_a_command_names_its_manager(
    tmp_path: Path, command: str, manager: str, groups: tuple[str, ...], extras: tuple[str, ...]
) -> None:
    found = installed(tmp_path, command)

    assert found and (found.manager, found.groups, found.extras) == (manager, groups, extras)


@pytest.mark.parametrize("command", ["pip install --upgrade pip", "pipenv install flask", "uv pip compile x.in", "uv"])
def test_a_command_that_installs_something_else_says_nothing(tmp_path: Path, command: str) -> None:
    assert installed(tmp_path, command) is None


@pytest.mark.parametrize(
    "command",
    [
        "pip install -r /app/requirements/live.txt",
        "pip install -rlive.txt",
        "pip install --requirement=./requirements/live.txt -r requirements/dev.txt",
        "uv pip sync requirements/live.txt",
        "if true; then pip install -r requirements/live.txt; fi",
    ],
)
def test_the_requirements_file_is_found_where_it_was_copied_from(tmp_path: Path, command: str) -> None:
    found = installed(tmp_path, command, "requirements/live.txt", "requirements/dev.txt")

    assert found and found.files == ("requirements/live.txt",)


def test_platforms_come_before_ci(tmp_path: Path) -> None:
    files = {
        ".github/workflows/test.yml": "steps:\n  - run: uv sync\n",
        "render.yaml": "services:\n  - buildCommand: poetry install\n",
    }

    assert [each.manager for each in install_commands(sources_of(tmp_path, files), ".")] == ["poetry", "uv"]


def test_the_plain_dockerfile_comes_first_and_those_for_development_never(tmp_path: Path) -> None:
    names = ("Dockerfile", "Dockerfile.dev", "docker/prod/Dockerfile", "docker/web/Dockerfile", "tests/Dockerfile")
    sources = sources_of(tmp_path, dict.fromkeys(names, "FROM python:3.12\nRUN pip install ."))

    assert deployed_dockerfiles(sources, ".") == ("docker/prod/Dockerfile", "Dockerfile", "docker/web/Dockerfile")


def test_a_stage_inherits_from_those_that_it_is_built_from(tmp_path: Path) -> None:
    text = "FROM a AS one\nENV X=1\nFROM b AS two\nENV Y=2\nFROM one AS final\nENV Z=$X\nFROM final AS dev\nENV D=1\n"
    file = read_dockerfile(sources_of(tmp_path, {"Dockerfile": text}), "Dockerfile")

    assert [instruction.text for instruction in file.final] == ["X=1", "Z=1"]
    assert file.base == ("a", 1)


def test_heredocs_and_continuations_belong_to_their_instruction(tmp_path: Path) -> None:
    text = "FROM a\nRUN one \\\n  # said\n  two\nRUN <<EOF\nthree\nEOF\nCMD four\n"
    file = read_dockerfile(sources_of(tmp_path, {"Dockerfile": text}), "Dockerfile")

    assert [(each.name, each.line) for each in file.final] == [("RUN", 2), ("RUN", 5), ("CMD", 8)]
    assert "three" in file.final[1].text


@pytest.mark.parametrize(
    ("text", "expanded"),
    [("$A-${A}", "1-1"), ("${B:-2}", "2"), ("${A:+3}${B:+3}", "3"), ("$B", "$B"), (r"\$A", r"\$A")],
)
def test_variables_are_put_in_where_they_are_known(text: str, expanded: str) -> None:
    assert expand(text, {"A": "1"}) == expanded


@pytest.mark.parametrize(
    ("name", "aside"), [("dev", True), ("requirements-test.txt", True), ("production", False), ("device", False)]
)
def test_groups_for_development_are_known_by_their_words(name: str, aside: bool) -> None:
    assert is_for_development(name) is aside


@given(st.text(alphabet="abFROMRUN pip-r<>EO\\\n\"'$:{}=&|;#.", max_size=120))
def test_any_dockerfile_is_read(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    sources = sources_of(tmp_path_factory.mktemp("any"), {"Dockerfile": text})

    file = read_dockerfile(sources, "Dockerfile")

    assert all(instruction.line for instruction in file.final)
    assert all(words for instruction in file.final for words in shell_words(instruction.text))
    install_commands(sources, ".")
