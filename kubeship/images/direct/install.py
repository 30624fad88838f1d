"""How do dependencies become the files of /opt/venv, laid out as `python -m venv` and pip lay them out?"""

import base64
import csv
import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from kubeship.images.direct.bytecode import Source, compile_all, in_order, matching_interpreter
from kubeship.images.direct.layer import Member, folder
from kubeship.images.direct.requirements import Install, Place
from kubeship.images.direct.uv import run_uv

VENV = "opt/venv"
PYTHON = "/opt/venv/bin/python"


def install(place: Place, runs: Sequence[Install]) -> tuple[list[Member], bool]:
    """The members of /opt/venv; False when there was no interpreter to make their bytecode.

    Raises NeedsEngine when something must be built, BuildFailed when it can't be resolved or downloaded.
    """
    prefix = place.scratch / "venv"
    for run in runs:
        run_uv(place.uv, [*_options(prefix, place), *run.arguments], run.folder, place.secrets)
    _as_in_the_image(prefix, place.target.python)
    compiled = _compile(prefix, place)
    return in_order([*_venv(place.target.python), *_installed(prefix)]), compiled


def _options(prefix: Path, place: Place) -> list[str]:
    """Wheels alone: what is built here would be built for this machine."""
    options = ["pip", "install", "--prefix", str(prefix), "--python", sys.executable, "--only-binary", ":all:"]
    return [*options, "--python-version", place.target.full_python, "--python-platform", place.target.uv_platform]


def _venv(python: str) -> list[Member]:
    """What `python -m venv --without-pip` makes, without the scripts for people's shells."""
    settings = "home = /usr/local/bin\ninclude-system-site-packages = false\n"
    return [
        folder(VENV),
        folder(f"{VENV}/bin"),
        Member(f"{VENV}/bin/python", 0o777, target="/usr/local/bin/python"),
        Member(f"{VENV}/bin/python3", 0o777, target="python"),
        Member(f"{VENV}/bin/python{python}", 0o777, target="python"),
        folder(f"{VENV}/include"),
        folder(f"{VENV}/include/python{python}"),
        folder(f"{VENV}/lib"),
        Member(f"{VENV}/lib64", 0o777, target="lib"),
        folder(f"{VENV}/lib/python{python}"),
        folder(f"{VENV}/lib/python{python}/site-packages"),
        Member(f"{VENV}/pyvenv.cfg", 0o644, content=settings.encode()),
    ]


def _as_in_the_image(prefix: Path, python: str) -> None:
    """uv lays a prefix out for the interpreter that it runs with; paths and first lines become the image's."""
    (prefix / ".lock").unlink(missing_ok=True)
    here = prefix / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    there = prefix / "lib" / f"python{python}"
    if here.is_dir() and here != there:
        here.rename(there)
    rewritten = {path.name for path in _scripts(prefix / "bin") if _with_first_line(path)}
    for record in (there / "site-packages").glob("*.dist-info/RECORD"):
        _correct(record, prefix, rewritten)


def _scripts(folder_: Path) -> Iterator[Path]:
    return (path for path in folder_.glob("*") if path.is_file() and not path.is_symlink())


def _with_first_line(path: Path) -> bool:
    """`#!/opt/venv/bin/python` in place of this machine's interpreter; True when the script changed.

    An interpreter with a long path, or with a space in it, is started by way of /bin/sh (distlib's trick).
    """
    content = path.read_bytes()
    old = os.fsencode(sys.executable)
    plain, by_shell = b"#!" + old, b"#!/bin/sh\n'''exec' "
    if content.startswith(by_shell):
        rest = content[len(by_shell) :].partition(b"\n' '''\n")[2]
        changed = b"#!" + PYTHON.encode() + b"\n" + rest
    elif content.startswith(plain):
        changed = b"#!" + PYTHON.encode() + content[len(plain) :]
    else:
        return False
    path.unlink()  # it may share its bytes with uv's cache
    path.write_bytes(changed)
    path.chmod(0o755)
    return True


def _correct(record: Path, prefix: Path, rewritten: set[str]) -> None:
    """Hash and size of rewritten scripts (the recording of installed distributions, `RECORD`)."""
    rows = list(csv.reader(io.StringIO(record.read_text(encoding="utf-8"))))
    changed = False
    for row in rows:
        path = Path(os.path.normpath(record.parent.parent / row[0]))
        if path.parent == prefix / "bin" and path.name in rewritten:
            content = path.read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            row[1:] = [f"sha256={digest}", str(len(content))]
            changed = True
    if changed:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        record.unlink()
        record.write_text(text.getvalue(), encoding="utf-8")


def _compile(prefix: Path, place: Place) -> bool:
    """Bytecode beside each module, for a file system that nothing can be written to later."""
    interpreter = matching_interpreter(place.target.python, place.uv.program)
    if interpreter is None:
        return False
    pairs = []
    tag = f"cpython-{place.target.python.replace('.', '')}"
    for path in sorted((prefix / "lib").rglob("*.py")):
        cache = path.parent / "__pycache__"
        cache.mkdir(exist_ok=True)
        pairs.append((Source(path, f"/{VENV}/{path.relative_to(prefix)}"), cache / f"{path.stem}.{tag}.pyc"))
    try:
        compile_all(interpreter, pairs)
    except (OSError, subprocess.SubprocessError):
        return False
    for _, made in pairs:
        if not made.stat().st_size:
            made.unlink()
    return True


def _installed(prefix: Path) -> Iterator[Member]:
    """Everything under the prefix, as root's, readable for all, executable where it was."""
    for parent, folders, files in os.walk(prefix):
        inside = Path(parent).relative_to(prefix)
        if inside.name == "__pycache__" and not files:
            continue
        yield folder(f"{VENV}/{inside.as_posix()}".removesuffix("/."))
        for name in [*files, *(found for found in folders if Path(parent, found).is_symlink())]:
            path = Path(parent, name)
            member = f"{VENV}/{(inside / name).as_posix()}"
            if path.is_symlink():
                yield Member(member, 0o777, target=str(path.readlink()))
            else:
                yield Member(member, 0o755 if path.stat().st_mode & 0o100 else 0o644, source=path)
