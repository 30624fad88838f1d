"""Is a header that was written by hand the one that tarfile writes?"""

import stat
import tarfile

import pytest

from kubeship.images.tar import Member, header

KINDS = {stat.S_IFREG: tarfile.REGTYPE, stat.S_IFDIR: tarfile.DIRTYPE, stat.S_IFLNK: tarfile.SYMTYPE}


@pytest.mark.parametrize(
    "sent",
    [
        Member("app.py", stat.S_IFREG, 0o644, 1234, 1_700_000_000),
        Member("bin/run", stat.S_IFREG, 0o755, 0, 0),
        Member("shop/static", stat.S_IFDIR, 0o755, 0, 1_700_000_000),
        Member("latest", stat.S_IFLNK, 0o777, 0, 5, "releases/1"),
        Member("ümlaut\udcff.txt", stat.S_IFREG, 0o644, 7, 8),
        Member("n" * 100, stat.S_IFREG, 0o644, 7, 8),
        Member("d" * 100, stat.S_IFDIR, 0o755, 0, 8),
        Member("d/" * 80 + "long", stat.S_IFREG, 0o644, 7, 8),
        Member("link", stat.S_IFLNK, 0o777, 0, 8, "t" * 120),
        Member("huge", stat.S_IFREG, 0o644, 9 << 30, 8),
        Member("old", stat.S_IFREG, 0o644, 1, -86400),
    ],
    ids=lambda sent: sent.name[:10],
)
def test_header_is_tarfiles_own(sent: Member) -> None:
    info = tarfile.TarInfo(sent.name)
    info.type, info.mode, info.size, info.mtime = KINDS[sent.kind], sent.mode, sent.size, sent.mtime
    info.linkname = sent.target

    assert header(sent) == info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")
