"""How is Python's bytecode made for an image without running the image? By an interpreter of the same minor version."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count
from pathlib import Path, PurePosixPath

from kubeship.images.direct.layer import Member, folder
from kubeship.images.direct.store import Store, key_of

COMPILE = """
import importlib.util, json, marshal, sys
for line in sys.stdin:
    source, name, to = json.loads(line)
    try:
        with open(source, "rb") as file:
            text = file.read()
        code = compile(text, name, "exec", dont_inherit=True)
        made = (importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + importlib.util.source_hash(text)
                + marshal.dumps(code))
    except (SyntaxError, ValueError, RecursionError):
        made = b""
    with open(to, "wb") as file:
        file.write(made)
"""
"""PEP 552: flag 1 is a hash that isn't checked. A file that doesn't compile leaves an empty one.

Its own process: marshal's bytes, and so the layer's digest, depend on which strings live in the interpreter already.
"""
PROCESSES = 4
SECONDS = 600


@dataclass(frozen=True)
class Source:
    """A module of the image."""

    path: Path
    name: str
    """In the image: `/app/shop/views.py`. Tracebacks show it."""


def matching_interpreter(python: str, uv: Path) -> Path | None:
    """An interpreter whose bytecode a Python of the version (`3.12`) reads, if this machine has one."""
    if python == f"{sys.version_info.major}.{sys.version_info.minor}" and sys.version_info.releaselevel == "final":
        return Path(sys.executable)
    try:
        found = subprocess.run(  # noqa: S603  # constant arguments
            [str(uv), "python", "find", "--no-project", "--no-python-downloads", "--quiet", f"cpython@{python}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return Path(found.stdout.strip())


def compile_all(interpreter: Path, sources: Sequence[tuple[Source, Path]]) -> None:
    """Write each source's bytecode to the path beside it, several at a time. Raises OSError, SubprocessError."""
    share = max(1, min(PROCESSES, cpu_count() or 1, len(sources) // 50 + 1))
    with ThreadPoolExecutor(share) as pool:
        list(pool.map(lambda part: _compile(interpreter, part), [sources[start::share] for start in range(share)]))


def _compile(interpreter: Path, sources: Sequence[tuple[Source, Path]]) -> None:
    lines = "".join(json.dumps([str(source.path), source.name, str(to)]) + "\n" for source, to in sources)
    subprocess.run(  # noqa: S603  # constant arguments
        [str(interpreter), "-S", "-s", "-c", COMPILE],
        input=lines.encode(),
        env={"PYTHONHASHSEED": "0"},  # constants that are sets keep their order; nothing of the user's is imported
        cwd="/",
        capture_output=True,
        check=True,
        timeout=SECONDS,
    )


def with_bytecode(members: Sequence[Member], python: str, uv: Path, store: Store) -> tuple[list[Member], bool]:
    """An app's members with the bytecode of its modules; False when no interpreter for it is there.

    What a module compiled to is kept by its content, so that an edited line compiles one file.
    """
    modules = {member.name: member for member in members if _is_module(member)}
    contents = {name: member.source.read_bytes() for name, member in modules.items() if member.source}
    keys = {name: key_of(python, name, hashlib.sha256(content).hexdigest()) for name, content in contents.items()}
    known = {name: store.content("bytecode", key) for name, key in keys.items()}
    if missing := [name for name, content in known.items() if content is None]:
        interpreter = matching_interpreter(python, uv)
        if interpreter is None:
            return list(members), False
        with store.scratch() as scratch:
            places = {name: scratch / str(number) for number, name in enumerate(missing)}
            try:
                compile_all(interpreter, [(_source(modules[name]), place) for name, place in places.items()])
            except (OSError, subprocess.SubprocessError):
                return list(members), False
            for name, place in places.items():
                known[name] = place.read_bytes()
                store.put("bytecode", keys[name], known[name] or b"")
    return in_order([*members, *_compiled(known, python)]), True


def in_order(members: Iterable[Member]) -> list[Member]:
    """Folders before what is in them; of two with one name the later."""
    return sorted({member.name: member for member in members}.values(), key=lambda member: member.name.split("/"))


def _is_module(member: Member) -> bool:
    return member.name.endswith(".py") and member.source is not None and member.target is None


def _source(member: Member) -> Source:
    assert member.source is not None
    return Source(member.source, f"/{member.name}")


def _compiled(known: Mapping[str, bytes | None], python: str) -> list[Member]:
    """The files of `__pycache__`, and those folders."""
    made = []
    folders = set()
    for name, content in known.items():
        if content:
            path = PurePosixPath(name)
            folders.add(str(path.parent / "__pycache__"))
            made.append(Member(cached_name(name, python), 0o644, content=content))
    return [*(folder(name) for name in folders), *made]


def cached_name(name: str, python: str) -> str:
    """`app/__pycache__/views.cpython-312.pyc` for `app/views.py` (PEP 3147)."""
    path = PurePosixPath(name)
    return str(path.parent / "__pycache__" / f"{path.stem}.cpython-{python.replace('.', '')}.pyc")
