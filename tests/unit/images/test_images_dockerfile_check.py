"""What does a review of somebody's own Dockerfile find, and what does it leave alone?"""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeship.images.dockerfile_check.check import check_dockerfile, findings
from kubeship.images.dockerfile_check.findings import Dockerfile, Expected, Surroundings

ROOT = Path(__file__).parents[3]
DIGEST = "@sha256:" + "0" * 64
GOOD = f"""\
FROM python:3.13-slim{DIGEST} AS build
COPY requirements.txt ./
RUN pip install --no-cache-dir --target /packages -r requirements.txt
COPY . .
FROM python:3.13-slim{DIGEST}
RUN apt-get update && apt-get install -y --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*
COPY --from=build /packages /packages
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "shop.wsgi"]
"""
IGNORING = Surroundings((".git", "shop"), lambda name: name == ".git")


def rules(text: str, expected: Expected | None = None, surroundings: Surroundings = IGNORING) -> set[tuple[str, int]]:
    found = findings(Dockerfile("Dockerfile", text, expected or Expected(), surroundings))
    return {(each.rule, each.line) for each in found}


def test_good_dockerfile_has_no_finding() -> None:
    assert rules(GOOD, Expected("linux/amd64", 8000, ("gunicorn", "--bind", "0.0.0.0:8000", "shop.wsgi"))) == set()


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("USER 10001:10001", "", ("root-user", 5)),
        ("USER 10001:10001", "USER root", ("root-user", 8)),
        ("USER 10001:10001", "USER 0:0", ("root-user", 8)),
        ("USER 10001:10001", "ARG ID=0\nUSER ${ID}", ("root-user", 9)),
        ("USER 10001:10001", "USER app", ("user-name", 8)),
        ("USER 10001:10001", "RUN sudo true\nUSER 1", ("sudo", 8)),
        ("USER 10001:10001", "RUN chmod -R 777 /app\nUSER 10001", ("world-writable", 8)),
        (f"python:3.13-slim{DIGEST}\n", "python\n", ("unpinned-base", 5)),
        (f"python:3.13-slim{DIGEST}\n", "registry.example:5000/python:latest\n", ("unpinned-base", 5)),
        (f"python:3.13-slim{DIGEST}\n", "python:3.13-slim\n", ("no-digest", 5)),
        ("--from=build", "--from=ghcr.io/astral-sh/uv:latest", ("unpinned-base", 7)),
        ("FROM python:3.13-slim@", "FROM --platform=linux/arm64 python:3.13-slim@", ("fixed-platform", 5)),
        ("EXPOSE 8000", "ENV DATABASE_PASSWORD=hunter2", ("secret-in-image", 9)),
        ("EXPOSE 8000", "ARG PIP_TOKEN", ("secret-in-image", 9)),
        ("EXPOSE 8000", "COPY .env.production /app/", ("secret-in-image", 9)),
        ("EXPOSE 8000", "RUN curl https://me:hunter2@packages.example/x", ("secret-in-image", 9)),
        ("EXPOSE 8000", "RUN curl -H 'PRIVATE-TOKEN: glpat-abcdefghij0123456789' x", ("secret-in-image", 9)),
        ("COPY requirements.txt ./", "COPY . .", ("copy-before-install", 2)),
        ("-y --no-install", "--no-install", ("apt-yes", 6)),
        (" --no-install-recommends", "", ("apt-recommends", 6)),
        (" && rm -rf /var/lib/apt/lists/*", "", ("apt-lists", 6)),
        ("EXPOSE 8000", "RUN apt-get update", ("apt-update-alone", 9)),
        ("EXPOSE 8000", "RUN pip install flask", ("pip-cache", 9)),
        ("EXPOSE 8000", "ADD https://files.example/x /x", ("add-url", 9)),
        ("EXPOSE 8000", "ADD shop /shop", ("add-instead-of-copy", 9)),
        ("EXPOSE 8000", "EXPOSE 5000", ("port-differs", 9)),
        ("EXPOSE 8000", "HEALTHCHECK CMD curl localhost", ("healthcheck", 9)),
        ("EXPOSE 8000", 'CMD ["true"]', ("several-commands", 9)),
        ('["gunicorn", "shop.wsgi"]', "gunicorn shop.wsgi", ("shell-form", 10)),
        ('["gunicorn", "shop.wsgi"]', '["sh", "-c", "migrate && gunicorn shop.wsgi"]', ("shell-form", 10)),
        ('["gunicorn", "shop.wsgi"]', "['gunicorn', 'shop.wsgi']", ("shell-form", 10)),
        ('["gunicorn", "shop.wsgi"]', '["python", "manage.py", "runserver"]', ("development-server", 10)),
        ('["gunicorn", "shop.wsgi"]', '["flask", "--app", "shop", "run"]', ("development-server", 10)),
        ('["gunicorn", "shop.wsgi"]', '["uvicorn", "shop:app", "--reload"]', ("development-server", 10)),
        ('["gunicorn", "shop.wsgi"]', '["waitress-serve", "shop:app"]', ("command-differs", 10)),
    ],
)  # fmt: skip
def test_each_rule_finds_its_line(old: str, new: str, rule: tuple[str, int]) -> None:
    assert old in GOOD

    found = rules(GOOD.replace(old, new), Expected("linux/amd64", 8000, ("gunicorn", "shop.wsgi")))

    assert rule in found


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("USER 10001:10001", "USER 10001", "user-name"),
        ("USER 10001:10001", "USER $UID", "root-user"),
        ("EXPOSE 8000", "ENV SECRET_KEY_FILE=/run/secrets/key TOKEN_TTL=60 PASSWORD=$PASSWORD", "secret-in-image"),
        ("EXPOSE 8000", "COPY .env.example /app/", "secret-in-image"),
        ("EXPOSE 8000", "RUN curl https://me:$(cat /run/secrets/t)@x.example/", "secret-in-image"),
        ("COPY requirements.txt ./", "COPY requirements.txt ./\nCOPY libs ./libs", "copy-before-install"),
        ("RUN pip install --no-cache-dir", "RUN --mount=type=cache,target=/root/.cache pip install", "pip-cache"),
        ("RUN apt-get update", "RUN --mount=type=cache,target=/var/lib/apt apt-get update", "apt-lists"),
        ("EXPOSE 8000", "EXPOSE ${PORT}", "port-differs"),
        ('["gunicorn", "shop.wsgi"]', "exec gunicorn shop.wsgi", "shell-form"),
        ('["gunicorn", "shop.wsgi"]', '["/opt/venv/bin/python", "-m", "gunicorn", "shop.wsgi"]', "command-differs"),
        ("AS build", "AS build\nENV API_TOKEN=only-here", "secret-in-image"),
    ],
)  # fmt: skip
def test_what_is_right_is_left_alone(old: str, new: str, rule: str) -> None:
    found = rules(GOOD.replace(old, new, 1), Expected(port=8000, command=("gunicorn", "shop.wsgi")))

    assert rule not in {name for name, _ in found}


def test_user_of_the_stage_below_counts() -> None:
    text = f'FROM python:3.13-slim{DIGEST} AS base\nUSER 10001\nFROM base\nCMD ["x"]\n'

    assert rules(text) == set()


def test_comment_above_silences_a_rule_for_its_instruction_alone() -> None:
    text = GOOD.replace("USER 10001:10001", "# kubeship: ignore=root-user, sudo\nUSER root").replace(
        "EXPOSE 8000", "HEALTHCHECK CMD x"
    )

    assert {name for name, _ in rules(text)} == {"healthcheck"}


def test_missing_dockerignore_names_what_gets_in(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(GOOD)
    (tmp_path / ".env").write_text("SECRET=1")

    (found,) = check_dockerfile(tmp_path, "Dockerfile", Expected())

    assert str(found).startswith("Dockerfile:4: there is no .dockerignore")
    assert ".env among it" in found.problem


def test_dockerignore_that_lets_git_in_is_told(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(GOOD)
    (tmp_path / ".dockerignore").write_text("*.pyc\n")
    (tmp_path / ".git").mkdir()

    (found,) = check_dockerfile(tmp_path, "Dockerfile", Expected())

    assert found.rule == "dockerignore-lets-in"
    assert found.problem.startswith(".dockerignore lets in .git")


def test_requirements_that_install_the_project_need_its_source_first(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(GOOD.replace("COPY requirements.txt ./", "COPY . ."))
    (tmp_path / "requirements.txt").write_text("flask\n-e .\n")
    (tmp_path / ".dockerignore").write_text(".git\n")

    assert check_dockerfile(tmp_path, "Dockerfile", Expected()) == ()


def test_file_that_cannot_be_read_has_no_findings(tmp_path: Path) -> None:
    assert check_dockerfile(tmp_path, "Dockerfile", Expected()) == ()


@pytest.mark.parametrize(
    "path", sorted((ROOT / "tests" / "golden").glob("*/*/Dockerfile")), ids=lambda path: path.parents[1].name
)
def test_generated_dockerfiles_have_no_warning(path: Path) -> None:
    around = Surroundings((".git",), lambda name: name == ".git", path.parent.name == "pip-editable")

    found = findings(Dockerfile("Dockerfile", path.read_text(), Expected(), around))

    assert [str(each) for each in found if each.severity == "warning"] == []
    assert {each.rule for each in found} <= {"healthcheck", "no-digest"}


LINES = (
    "USER",
    "COPY . .",
    "RUN apt-get install",
    "CMD [",
    "ADD http://x",
    "ENV A",
    "EXPOSE $P",
    "# kubeship: ignore=",
    "ARG X=",
)


@given(st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=20)), max_size=8))
def test_no_dockerfile_makes_the_review_fail(lines: list[str]) -> None:
    text = "\n".join(["FROM python", *lines])

    assert rules(text, Expected("linux/amd64", 8000, ("gunicorn", "a:b")))
