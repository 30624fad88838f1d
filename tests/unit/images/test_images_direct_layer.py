"""Is a layer the same bytes for the same files, and what a runtime unpacks?"""

import gzip
import hashlib
import io
import os
import tarfile
import tracemalloc
from pathlib import Path

import pytest

from kubeship.errors import InvalidInput
from kubeship.images.direct.layer import CHUNK, FIRST_DAY, Member, Packed, folder, write_layer


def written(*members: Member, epoch: int | None = None) -> tuple[bytes, Packed]:
    to = io.BytesIO()
    packed = write_layer(members, to, epoch)
    return to.getvalue(), packed


def unpacked(layer: bytes) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
        return {member.name: member for member in archive.getmembers()}


def test_digests_are_those_of_the_packed_and_the_plain_bytes() -> None:
    layer, packed = written(folder("app"), Member("app/a.py", 0o644, content=b"1\n"))

    assert packed.digest == "sha256:" + hashlib.sha256(layer).hexdigest()
    assert packed.diff_id == "sha256:" + hashlib.sha256(gzip.decompress(layer)).hexdigest()
    assert packed.size == len(layer)


def test_umask_owner_and_time_of_a_checkout_do_not_show(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for path, time in ((first, 10**9), (second, 2 * 10**9)):
        path.write_text("same")
        os.utime(path, (time, time))

    one, two = (written(Member("app/f", 0o644, source=path))[0] for path in (first, second))

    assert one == two
    member = unpacked(one)["app/f"]
    assert (member.uid, member.gid, member.uname, member.mode) == (0, 0, "", 0o644)


def test_changed_file_of_the_same_size_has_another_time_so_that_no_etag_lies() -> None:
    one, two = (unpacked(written(Member("f", 0o644, content=text))[0])["f"].mtime for text in (b"red", b"tan"))

    assert one != two
    assert min(one, two) >= FIRST_DAY


def test_no_time_is_later_than_source_date_epoch() -> None:
    members = [folder("app"), Member("app/f", 0o644, content=b"x"), Member("app/g", 0o644, content=b"y")]

    layer, _ = written(*members, epoch=FIRST_DAY - 100)

    assert {member.mtime for member in unpacked(layer).values()} == {FIRST_DAY - 100}
    assert written(*members, epoch=2**31)[0] == written(*members)[0]


def test_links_long_names_and_big_files_survive(tmp_path: Path) -> None:
    big, name = tmp_path / "big", "app/" + "n" * 200 + "ü"
    big.write_bytes(os.urandom(CHUNK + 7))
    layer, _ = written(Member("app/link", 0o777, target="../x"), Member(name, 0o755, source=big))

    found = unpacked(layer)

    assert (found["app/link"].type, found["app/link"].linkname) == (tarfile.SYMTYPE, "../x")
    with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
        content = archive.extractfile(name)
        assert content
        assert content.read() == big.read_bytes()
    assert found[name].mode == 0o755


def test_memory_does_not_grow_with_a_file(tmp_path: Path) -> None:
    big = tmp_path / "big"
    with big.open("wb") as file:
        file.truncate(64 * CHUNK)
    tracemalloc.start()

    with (tmp_path / "layer").open("wb") as to:
        write_layer([Member("big", 0o644, source=big)], to)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * CHUNK


def test_file_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="gone can't be packed"):
        written(Member("gone", 0o644, source=tmp_path / "gone"))
