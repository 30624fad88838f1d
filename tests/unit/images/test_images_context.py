"""Does the engine get the right files, and the same bytes for the same tree?"""

import io
import os
import tarfile
from pathlib import Path

import pytest

from kubeship.errors import InvalidInput
from kubeship.images.context import tar_stream


def test_stream_is_a_tar_of_the_files_with_their_content(tmp_path: Path) -> None:
    write(tmp_path, {"Dockerfile": "FROM x", "b/c.txt": "see", "a.py": "print()", "big": "x" * 3_000_000})

    archive = unpacked(tmp_path)

    assert archive.getnames() == ["Dockerfile", "a.py", "b", "b/c.txt", "big"]
    assert content(archive, "b/c.txt") == b"see"
    assert content(archive, "big") == b"x" * 3_000_000


def test_same_tree_with_other_modes_and_owner_gives_the_same_bytes(tmp_path: Path) -> None:
    for copy in ("one", "two"):
        write(tmp_path / copy, {"Dockerfile": "FROM x", "run.sh": "#!/bin/sh"})
        os.utime(tmp_path / copy / "Dockerfile", (1000.25, 1000.75))
        os.utime(tmp_path / copy / "run.sh", (1000, 1000))
    (tmp_path / "one/run.sh").chmod(0o700)
    (tmp_path / "two/run.sh").chmod(0o775)
    (tmp_path / "two/Dockerfile").chmod(0o600)

    one, two = (b"".join(tar_stream(tmp_path / copy, "Dockerfile")) for copy in ("one", "two"))

    assert one == two
    assert unpacked(tmp_path / "two").getmember("run.sh").mode == 0o755


def test_ignored_files_stay_behind_but_dockerfile_and_ignore_file_come(tmp_path: Path) -> None:
    files = {".dockerignore": "*\n!src\n**/*.pyc\n", "ops/Dockerfile": "", "ops/x": "", "src/a.py": "", "src/a.pyc": ""}
    write(tmp_path, files)

    names = unpacked(tmp_path, "ops/Dockerfile").getnames()

    assert names == [".dockerignore", "ops", "ops/Dockerfile", "src", "src/a.py"]


def test_folder_comes_when_an_exception_keeps_a_file_in_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        {".dockerignore": "docs\n!docs/in/README.md\n", "Dockerfile": "", "docs/a": "", "docs/in/README.md": ""},
    )

    names = unpacked(tmp_path).getnames()

    assert names == [".dockerignore", "Dockerfile", "docs", "docs/in", "docs/in/README.md"]


def test_ignore_file_beside_the_dockerfile_wins(tmp_path: Path) -> None:
    write(
        tmp_path, {".dockerignore": "a\n", "web.Dockerfile.dockerignore": "b\n", "web.Dockerfile": "", "a": "", "b": ""}
    )

    names = unpacked(tmp_path, "web.Dockerfile").getnames()

    assert "a" in names
    assert "b" not in names


def test_symbolic_links_are_sent_as_links_and_pipes_not_at_all(tmp_path: Path) -> None:
    write(tmp_path, {"Dockerfile": ""})
    (tmp_path / "link").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")

    archive = unpacked(tmp_path)

    assert archive.getmember("link").linkname == "nowhere"
    assert "pipe" not in archive.getnames()


def test_long_and_undecodable_names_survive(tmp_path: Path) -> None:
    write(tmp_path, {"Dockerfile": "", "d" * 120 + "/" + "ü" * 90: "x"})
    (tmp_path / os.fsdecode(b"\xff\xfe")).write_text("y")

    archive = unpacked(tmp_path)

    assert content(archive, "d" * 120 + "/" + "ü" * 90) == b"x"
    assert content(archive, os.fsdecode(b"\xff\xfe")) == b"y"


def test_broken_ignore_file_is_named_with_its_line(tmp_path: Path) -> None:
    write(tmp_path, {"Dockerfile": "", ".dockerignore": "ok\n!\n"})

    with pytest.raises(InvalidInput, match=r"\.dockerignore, line 2"):
        unpacked(tmp_path)


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def unpacked(context: Path, dockerfile: str = "Dockerfile") -> tarfile.TarFile:
    stream = io.BytesIO(b"".join(tar_stream(context, dockerfile)))
    return tarfile.open(fileobj=stream, errors="surrogateescape")


def content(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    assert file
    return file.read()
