"""Does the cache give back what was put in, whole, or nothing?"""

import errno
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kubeship.errors import MissingPrecondition
from kubeship.images.direct.store import Store, cache_folder, key_of


def kept(store: Store, content: bytes) -> str:
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    with store.scratch() as scratch:
        (scratch / "layer").write_bytes(content)
        store.keep(digest, scratch / "layer")
    return digest


def test_the_folder_is_the_users_cache_or_the_named_one() -> None:
    assert cache_folder({"XDG_CACHE_HOME": "/caches"}) == Path("/caches/kubeship")
    assert cache_folder({"KUBESHIP_CACHE_DIR": "/elsewhere", "XDG_CACHE_HOME": "/caches"}) == Path("/elsewhere")
    assert cache_folder({}) == Path.home() / ".cache" / "kubeship"


def test_keys_differ_where_their_parts_do() -> None:
    assert key_of("a", {"x": 1}) == key_of("a", {"x": 1})
    assert key_of("ab", "c") != key_of("a", "bc")


def test_answers_and_layers_come_back(tmp_path: Path) -> None:
    store = Store(tmp_path)

    store.remember("layers", key_of(1), {"digest": "x"})
    digest = kept(store, b"layer")

    assert store.answer("layers", key_of(1)) == {"digest": "x"}
    path = store.blob(digest)
    assert path
    assert path.read_bytes() == b"layer"
    assert list((tmp_path / "scratch").iterdir()) == []


def test_broken_entries_are_as_good_as_none(tmp_path: Path) -> None:
    store = Store(tmp_path)
    digest = kept(store, b"layer")
    store.remember("layers", key_of(1), {})
    for path in tmp_path.rglob("*"):
        if path.is_file():
            path.write_bytes(b"{half")

    assert store.answer("layers", key_of(1)) is None
    assert store.blob(digest) is None
    assert store.blob(digest) is None


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    store = Store(tmp_path, limit=25)
    old, used, new = kept(store, b"0" * 10), kept(store, b"1" * 10), b"2" * 10
    for digest, age in ((old, 50), (used, 100)):
        path = store.blob(digest)
        assert path
        os.utime(path, (time.time() - age, time.time() - age))
    assert store.blob(used)

    latest = kept(store, new)

    assert [bool(store.blob(digest)) for digest in (old, used, latest)] == [False, True, True]


def test_scratch_of_a_killed_run_goes_and_that_of_a_running_one_stays(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from kubeship.images.direct.store import Store\n"
        f"with Store(Path({str(tmp_path)!r})).scratch() as scratch:\n"
        "    print(scratch, flush=True); time.sleep(60)\n"
    )
    runs = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    folders = [Path((run.stdout.readline() if run.stdout else "").strip()) for run in runs]
    for folder in folders:
        os.utime(folder, (0, 0))
    runs[0].kill()
    runs[0].wait()

    with Store(tmp_path).scratch():
        pass

    assert [folder.exists() for folder in folders] == [False, True]
    runs[1].kill()
    runs[1].wait()


def test_full_disk_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(MissingPrecondition, match="is full") as caught, Store(tmp_path).writing():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    assert "KUBESHIP_CACHE_DIR" in caught.value.hint
