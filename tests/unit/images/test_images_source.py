"""Does an image's tag name exactly the source that it was built from?"""

import subprocess
from pathlib import Path

import pytest

from kubeship.images.source import checked_out, source_revision


def git(root: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    return subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text("app = 1\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "more.py").write_text("more = 1\n")
    return tmp_path


@pytest.fixture
def committed(project: Path) -> Path:
    git(project, "init", "-q")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "first")
    return project


def test_clean_tree_is_named_by_its_commit(committed: Path) -> None:
    assert source_revision(committed, "Dockerfile") == git(committed, "rev-parse", "HEAD")[:12]
    assert source_revision(committed / "sub", "Dockerfile") == git(committed, "rev-parse", "HEAD")[:12]


def test_changed_tree_is_named_by_its_content(committed: Path) -> None:
    (committed / "app.py").write_text("app = 2\n")

    changed = source_revision(committed, "Dockerfile")

    assert changed.startswith("src-")
    (committed / "app.py").write_text("app = 1\n")
    assert source_revision(committed, "Dockerfile") == git(committed, "rev-parse", "HEAD")[:12]


def test_the_checkout_is_named_by_its_commit_whatever_differs(committed: Path) -> None:
    head = git(committed, "rev-parse", "HEAD")[:12]

    assert checked_out(committed) == head
    (committed / "app.py").write_text("app = 2\n")
    assert checked_out(committed) == f"{head}-dirty"


def test_without_a_repository_no_commit_is_checked_out(project: Path) -> None:
    assert checked_out(project) == ""


def test_untracked_file_makes_another_source(committed: Path) -> None:
    (committed / "new.py").write_text("")

    assert source_revision(committed, "Dockerfile").startswith("src-")


def test_folder_that_an_outer_repository_ignores_is_named_by_its_content(committed: Path) -> None:
    (committed / ".gitignore").write_text("inner/\n")
    git(committed, "add", ".")
    git(committed, "commit", "-q", "-m", "ignore")
    inner = committed / "inner"
    inner.mkdir()
    (inner / "app.py").write_text("1")

    assert source_revision(inner, "Dockerfile").startswith("src-")


def test_repository_without_a_commit_is_named_by_its_content(project: Path) -> None:
    git(project, "init", "-q")

    assert source_revision(project, "Dockerfile").startswith("src-")


def test_without_git_the_content_decides(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    first = source_revision(project, "Dockerfile")
    (project / "app.py").touch()

    assert first.startswith("src-")
    assert source_revision(project, "Dockerfile") == first


@pytest.mark.parametrize("change", ["content", "name", "mode", "added", "link"])
def test_every_difference_of_the_context_is_another_source(project: Path, change: str) -> None:
    first = source_revision(project, "Dockerfile")

    match change:
        case "content":
            (project / "app.py").write_text("app = 3\n")
        case "name":
            (project / "app.py").rename(project / "main.py")
        case "mode":
            (project / "app.py").chmod(0o755)
        case "added":
            (project / "empty.py").touch()
        case "link":
            (project / "link").symlink_to("app.py")

    assert source_revision(project, "Dockerfile") != first


def test_what_the_context_leaves_out_does_not_matter(project: Path) -> None:
    (project / ".dockerignore").write_text("# notes\ndeploy/\n*.log\n!keep.log\nvenv\n**/__pycache__\n")
    first = source_revision(project, "Dockerfile")

    (project / "deploy").mkdir()
    (project / "deploy" / "a.yaml").write_text("a")
    (project / "venv").mkdir()
    (project / "venv" / "x.py").write_text("a")
    (project / "sub" / "__pycache__").mkdir()
    (project / "sub" / "__pycache__" / "x.pyc").write_text("a")
    (project / "x.log").write_text("a")
    (project / ".kubeship").mkdir()
    (project / ".kubeship" / "log").write_text("a")

    assert source_revision(project, "Dockerfile") == first
    (project / "keep.log").write_text("a")
    assert source_revision(project, "Dockerfile") != first


def test_patterns_mean_what_they_mean_to_the_builder(project: Path) -> None:
    (project / ".dockerignore").write_text("more.py\n")
    first = source_revision(project, "Dockerfile")

    (project / "sub" / "more.py").write_text("more = 2\n")

    # A pattern without a slash means the root alone, as in BuildKit, and not every folder, as in git.
    assert source_revision(project, "Dockerfile") != first


def test_another_dockerfile_is_another_source_even_where_dockerignore_names_it(project: Path) -> None:
    (project / ".dockerignore").write_text("Dockerfile\n")
    (project / "Dockerfile").write_text("FROM python:3.12-slim\n")
    first = source_revision(project, "Dockerfile")

    (project / "Dockerfile").write_text("FROM python:3.13-slim\n")

    assert source_revision(project, "Dockerfile") != first
