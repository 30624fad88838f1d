"""Does listing and reading a project stay inside it, and survive what file systems hold?"""

import os
import socket
import time
from pathlib import Path

import pytest

from kubeship.errors import InvalidInput
from kubeship.inspection.files.listing import MAX_BYTES
from kubeship.inspection.files.sources import Sources, read_sources


def write(root: Path, **files: str) -> None:
    for name, content in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".py").write_text(content)


def test_a_folder_that_does_not_exist_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="nowhere does not exist"):
        read_sources(tmp_path / "nowhere")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="is empty"):
        read_sources(tmp_path)


def test_a_folder_without_python_is_refused_with_what_was_seen(tmp_path: Path) -> None:
    (tmp_path / "index.js").write_text("")

    with pytest.raises(InvalidInput, match="holds no Python files \\(1 other files were seen\\)"):
        read_sources(tmp_path)


def test_a_file_is_refused_where_a_folder_is_meant(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("")

    with pytest.raises(InvalidInput, match="is a file, not a folder"):
        read_sources(tmp_path / "app.py")


def test_environments_and_build_products_are_not_listed(tmp_path: Path) -> None:
    write(tmp_path, app="", node_modules__x="", my_env__lib__y="", build__z="", shop__build__real="")
    (tmp_path / "my_env" / "pyvenv.cfg").write_text("")
    (tmp_path / "shop" / "build" / "__init__.py").write_text("")

    assert Sources(tmp_path).python_files == ("app.py", "shop/build/__init__.py", "shop/build/real.py")


def test_symlinks_are_followed_to_files_inside_only(tmp_path: Path) -> None:
    project, outside = tmp_path / "project", tmp_path / "outside.py"
    write(project, app="")
    outside.write_text("")
    (project / "loop").symlink_to(project)
    (project / "self.py").symlink_to(project / "self.py")
    (project / "stolen.py").symlink_to(outside)
    (project / "same.py").symlink_to(project / "app.py")

    assert Sources(project).files == ("app.py", "same.py")


def test_only_regular_files_of_a_sensible_size_are_read(tmp_path: Path) -> None:
    write(tmp_path, app="")
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "huge.py").write_bytes(b"#" * (MAX_BYTES + 1))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s.py"))

        assert Sources(tmp_path).files == ("app.py",)


@pytest.mark.parametrize(
    "content",
    [b"def f(:\n", b"x = '\xff'\n", b"# coding: nonsense\n", b"x = 1\0\n", b"(" * 5000, b"-" * 90_000 + b"1"],
    ids=["syntax", "encoding", "codec", "null", "nesting", "depth"],
)
def test_what_is_not_python_is_recorded_with_its_place(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.py").write_bytes(content)
    sources = Sources(tmp_path)

    assert sources.tree("bad.py") is None

    assert sources.broken["bad.py"].origin.path == "bad.py"


def test_a_million_ignored_files_cost_nothing(tmp_path: Path) -> None:
    write(tmp_path, app="")
    ignored = tmp_path / "node_modules"
    for number in range(2000):
        (ignored / str(number)).mkdir(parents=True)

    started = time.perf_counter()
    sources = Sources(tmp_path)

    assert sources.files == ("app.py",)
    assert time.perf_counter() - started < 0.1


def test_toml_that_does_not_parse_is_refused_by_name(tmp_path: Path) -> None:
    write(tmp_path, app="")
    (tmp_path / "pyproject.toml").write_text("[project\n")

    with pytest.raises(InvalidInput, match=r"pyproject\.toml is not valid TOML"):
        Sources(tmp_path).toml("pyproject.toml")
