"""Does inspection survive what file systems and other people's trees hold, in time and without leaving the project?"""

import os
import socket
import subprocess
import time
from pathlib import Path

import pytest

from kubeship.inspection.document import document
from kubeship.inspection.files.listing import read_file
from kubeship.inspection.files.sources import Sources
from kubeship.inspection.project import inspect

APP = "from flask import Flask\n\napp = Flask(__name__)\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "app.py").write_text(APP)
    (root / "requirements.txt").write_text("flask\n")
    return root


def entrypoint(root: Path) -> str | None:
    found = inspect(root, {})
    document(found)
    return found.processes[0].entrypoint


def test_a_tree_a_thousand_folders_deep_is_read_to_a_limit(project: Path) -> None:
    at = os.open(project, os.O_RDONLY)
    for _ in range(1000):
        os.mkdir("d", dir_fd=at)
        below = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(os.open("deep.py", os.O_CREAT | os.O_WRONLY, dir_fd=at))
    os.close(at)

    try:
        assert entrypoint(project) == "app:app"
        assert Sources(project).python_files == ("app.py",)
    finally:  # deeper than shutil.rmtree, and with it pytest, can remove
        subprocess.run(["rm", "-rf", str(project / "d")], check=True)


def test_sparse_files_of_a_gigabyte_are_not_read(project: Path) -> None:
    for name in ("data.py", "uv.lock", "Procfile", "docker-compose.yml", "README.md", "requirements-dev.txt"):
        with (project / name).open("wb") as file:
            file.truncate(1 << 30)

    begin = time.perf_counter()

    assert entrypoint(project) == "app:app"
    assert time.perf_counter() - begin < 5


def test_pipes_sockets_and_devices_under_names_that_are_read_do_not_hang(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Procfile", "Dockerfile", "uv.lock", "pyproject.toml", "site.py"):
        os.mkfifo(project / name)
    with socket.socket(socket.AF_UNIX) as listener:
        monkeypatch.chdir(project)  # a socket's path has at most 108 bytes
        listener.bind("setup.cfg")

        assert entrypoint(project) == "app:app"


def test_a_file_that_became_a_pipe_or_vanished_after_it_was_listed_is_empty(project: Path) -> None:
    (project / "gone.py").write_text("x = 1\n")
    (project / "pipe.py").write_text("x = 1\n")
    sources = Sources(project)
    (project / "gone.py").unlink()
    (project / "pipe.py").unlink()
    os.mkfifo(project / "pipe.py")

    assert (sources.content("gone.py"), sources.content("pipe.py")) == (b"", b"")
    assert sources.tree("gone.py") is not None


def test_links_never_lead_out_of_the_project(project: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "Procfile").write_text("web: gunicorn stolen:app\n")
    (secret / "stolen.py").write_text(APP)
    (project / "Procfile").symlink_to(secret / "Procfile")
    (project / "stolen.py").symlink_to("../secret/stolen.py")
    (project / "folder").symlink_to(secret)
    (project / "loop").symlink_to(".")
    (project / "requirements.in").symlink_to("requirements.in")

    assert entrypoint(project) == "app:app"


@pytest.mark.parametrize(
    "included", ["-r ../secret.txt", "-r /etc/passwd", "-c ../../secret.txt", "-r ../project/../secret.txt"]
)
def test_requirements_outside_the_project_are_not_read(project: Path, tmp_path: Path, included: str) -> None:
    (tmp_path / "secret.txt").write_text("stolen-distribution\n")
    (project / "requirements.txt").write_text(f"flask\n{included}\n")

    try:
        found = str(document(inspect(project, {})))
    except Exception as refused:  # refusing is as good
        found = str(refused)

    assert "stolen-distribution" not in found


def test_syntax_of_older_and_newer_pythons_beside_the_app_is_a_warning_at_most(project: Path) -> None:
    (project / "old.py").write_text("import os\nprint 'hello'\nexec 'x' in y\n")
    (project / "new.py").write_text("import os\ndef f[T: int = str](x: T) -> T: return x\nx = f'{a!r:{'b'}}'\n")
    (project / "odd.py").write_bytes(b"\xff\xfe\x00import os\x00")

    assert entrypoint(project) == "app:app"


def test_names_that_are_no_text_or_hold_line_ends_are_passed_over(project: Path) -> None:
    for name in (b"caf\xe9.py", b"a\nb.py", b"Procfile\n", b"\x1b[31m.py"):
        (project / os.fsdecode(name)).write_text(APP)

    assert Sources(project).python_files == ("app.py",)


def test_unreadable_folders_and_files_are_passed_over(project: Path) -> None:
    (project / "closed").mkdir()
    (project / "closed.py").write_text("x = 1\n")
    (project / "closed").chmod(0)
    (project / "closed.py").chmod(0)
    try:
        assert entrypoint(project) == "app:app"
    finally:
        (project / "closed").chmod(0o700)


@pytest.mark.parametrize("ignored", ["node_modules", ".git", "build", "venv", "x.egg-info", "__pycache__"])
def test_ignored_folders_are_not_even_listed(project: Path, ignored: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / ignored).mkdir()
    listed: list[str] = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: listed.append(str(path)) or scandir(path))  # type: ignore[func-returns-value]

    Sources(project)

    assert not [path for path in listed if ignored in path]


def test_a_folder_is_no_file(project: Path) -> None:
    assert read_file(str(project)) == b""


def test_a_thousand_large_modules_are_not_all_parsed(project: Path) -> None:
    package = project / "shop"
    package.mkdir()
    (package / "__init__.py").write_text("")
    body = "".join(f"def f{n}(a, b=1):\n    return [a, b, {{'k': a}}]\n\n" for n in range(70))
    for number in range(1000):
        (package / f"m{number}.py").write_text(f"import json\nfrom shop.m{(number + 1) % 1000} import f1\n{body}")
    (project / "app.py").write_text(f"import shop.m0\n{APP}")

    begin = time.process_time()

    assert entrypoint(project) == "app:app"
    assert time.process_time() - begin < 3


GROUP = """
import click
from http.server import BaseHTTPRequestHandler, HTTPServer

@click.group()
def cli():
    pass

"""
SERVE = '    HTTPServer(("", 8000), BaseHTTPRequestHandler).serve_forever()\n'
RUN = '\nif __name__ == "__main__":\n    cli()\n'


@pytest.mark.parametrize(
    ("code", "command"),
    [
        (f"{GROUP}@cli.command()\ndef cli():\n{SERVE}{RUN}", "python main.py"),
        (
            f"{GROUP}@click.group()\ndef web():\n{SERVE}\ncli.add_command(web)\nweb.add_command(cli)\n{RUN}",
            "python main.py web",
        ),
    ],
)
def test_commands_that_take_in_one_another_come_to_an_end(tmp_path: Path, code: str, command: str) -> None:
    (tmp_path / "main.py").write_text(code)
    (tmp_path / "requirements.txt").write_text("click\n")

    assert inspect(tmp_path, {}).processes[0].command == command


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("names.py", "from app import app\n" + "import app\n" * 40_000, id="importing"),
        pytest.param("chart/templates/web.yaml", "kind: Deployment\n{{" + " " * 20_000 + "x", id="unclosed action"),
        pytest.param(
            "chart/templates/web.yaml",
            'kind: Deployment\n{{- if .Capabilities.APIVersions.HasEverythingThatIsNeeded "apps/v1" }}\n{{- end }}\n',
            id="function call",
        ),
    ],
)
def test_patterns_take_no_longer_than_the_file_is_long(project: Path, path: str, text: str) -> None:
    (project / path).parent.mkdir(parents=True, exist_ok=True)
    (project / path).write_text(text)
    (project / "chart").mkdir(exist_ok=True)
    (project / "chart/Chart.yaml").write_text("name: shop\n")

    begin = time.perf_counter()

    assert entrypoint(project) == "app:app"
    assert time.perf_counter() - begin < 20  # one that looks at every pair of places takes minutes
