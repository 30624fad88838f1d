"""Which Debian packages bring what a compiler, a linker or a build script looked for in vain?"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

COMPILER = ("gcc", "libc6-dev")
"""What building an extension takes besides the library itself."""


@dataclass(frozen=True)
class DebianPackages:
    """What the build needs, and what the image that runs needs of the same library."""

    build: tuple[str, ...]
    runtime: tuple[str, ...] = ()
    trixie: tuple[str, ...] | None = None
    """The runtime packages from trixie on, where they differ from bookworm's."""

    def runtime_in(self, release: str) -> tuple[str, ...]:
        """The runtime packages' names in `bookworm` or `trixie`."""
        return self.trixie if release != "bookworm" and self.trixie is not None else self.runtime


def _of(build: str, runtime: str = "", trixie: str | None = None) -> DebianPackages:
    return DebianPackages(
        tuple(build.split()), tuple(runtime.split()), None if trixie is None else tuple(trixie.split())
    )


LIBRARIES: Mapping[str, DebianPackages] = MappingProxyType(
    {
        "acl": _of("libacl1-dev", "libacl1", "libacl1"),
        "alsa": _of("libasound2-dev", "libasound2", "libasound2t64"),
        "apache": _of("apache2-dev", "apache2"),
        "attr": _of("libattr1-dev", "libattr1"),
        "blas": _of("gfortran libopenblas-dev pkg-config", "libgfortran5 libopenblas0"),
        "bluetooth": _of("libbluetooth-dev", "libbluetooth3"),
        "boost": _of("g++ libboost-dev"),
        "boost-python": _of("g++ libboost-python-dev", "libboost-python1.74.0", "libboost-python1.83.0"),
        "bz2": _of("libbz2-dev", "libbz2-1.0"),
        "cairo": _of("libcairo2-dev pkg-config", "libcairo2"),
        "cap": _of("libcap-dev", "libcap2"),
        "crypt": _of("libcrypt-dev", "libcrypt1"),
        "cups": _of("libcups2-dev", "libcups2", "libcups2t64"),
        "curl": _of("libcurl4-openssl-dev libssl-dev", "libcurl4", "libcurl4t64"),
        "curses": _of("libncurses-dev", "libncursesw6"),
        "db": _of("libdb-dev", "libdb5.3", "libdb5.3t64"),
        "dbus": _of(
            "libdbus-1-dev libglib2.0-dev pkg-config", "libdbus-1-3 libglib2.0-0", "libdbus-1-3 libglib2.0-0t64"
        ),
        "eigen": _of("g++ libeigen3-dev"),
        "enchant": _of("libenchant-2-dev", "libenchant-2-2"),
        "ev": _of("libev-dev", "libev4", "libev4t64"),
        "event": _of("libevent-dev", "libevent-2.1-7", "libevent-2.1-7t64"),
        "expat": _of("libexpat1-dev", "libexpat1"),
        "ffi": _of("libffi-dev", "libffi8"),
        "ffmpeg": _of(
            "libavcodec-dev libavdevice-dev libavfilter-dev libavformat-dev libavutil-dev libswresample-dev "
            "libswscale-dev pkg-config",
            "ffmpeg",
        ),
        "fftw": _of("libfftw3-dev", "libfftw3-double3"),
        "freetds": _of("freetds-dev", "libsybdb5"),
        "freetype": _of("libfreetype-dev pkg-config", "libfreetype6"),
        "fuse": _of("libfuse-dev pkg-config", "libfuse2", "libfuse2t64"),
        "gdal": _of("g++ libgdal-dev", "gdal-bin"),
        "gdbm": _of("libgdbm-dev", "libgdbm6", "libgdbm6t64"),
        "geos": _of("libgeos-dev", "libgeos-c1v5", "libgeos-c1t64"),
        "girepository": _of("libgirepository1.0-dev pkg-config", "libgirepository-1.0-1"),
        "girepository-2.0": _of(
            "libcairo2-dev libgirepository-2.0-dev pkg-config", "libgirepository-1.0-1", "libgirepository-2.0-0"
        ),
        "git2": _of("libgit2-dev", "libgit2-1.5", "libgit2-1.9"),
        "gl": _of("libgl-dev", "libgl1"),
        "glib": _of("libglib2.0-dev pkg-config", "libglib2.0-0", "libglib2.0-0t64"),
        "gmp": _of("libgmp-dev", "libgmp10"),
        "gpgme": _of("libgpgme-dev swig", "libgpgme11", "libgpgme11t64"),
        "graphviz": _of("libgraphviz-dev pkg-config", "graphviz"),
        "gsl": _of("libgsl-dev", "libgsl27", "libgsl28"),
        "hdf5": _of("libhdf5-dev pkg-config", "libhdf5-103-1", "libhdf5-310"),
        "heif": _of("libheif-dev pkg-config", "libheif1"),
        "icu": _of("g++ libicu-dev pkg-config", "libicu72", "libicu76"),
        "jpeg": _of("libjpeg-dev zlib1g-dev", "libjpeg62-turbo"),
        "krb5": _of("libkrb5-dev", "libgssapi-krb5-2"),
        "lcms": _of("liblcms2-dev", "liblcms2-2"),
        "ldap": _of("libldap2-dev libsasl2-dev", "libldap-2.5-0 libsasl2-2", "libldap2 libsasl2-2"),
        "leveldb": _of("g++ libleveldb-dev", "libleveldb1d"),
        "lmdb": _of("liblmdb-dev", "liblmdb0"),
        "lz4": _of("liblz4-dev", "liblz4-1"),
        "lzma": _of("liblzma-dev", "liblzma5"),
        "magic": _of("libmagic-dev", "libmagic1", "libmagic1t64"),
        "mariadb": _of("libmariadb-dev", "libmariadb3"),
        "mecab": _of("g++ libmecab-dev", "libmecab2"),
        "memcached": _of("libmemcached-dev zlib1g-dev", "libmemcached11", "libmemcached11t64"),
        "mpfr": _of("libgmp-dev libmpc-dev libmpfr-dev", "libmpc3 libmpfr6"),
        "mysql": _of("default-libmysqlclient-dev pkg-config", "libmariadb3"),
        "netcdf": _of("libhdf5-dev libnetcdf-dev pkg-config", "libnetcdf19", "libnetcdf22"),
        "odbc": _of("g++ unixodbc-dev", "unixodbc"),
        "openjpeg": _of("libopenjp2-7-dev", "libopenjp2-7"),
        "openssl": _of("libssl-dev", "libssl3", "libssl3t64"),
        "pango": _of("libpango1.0-dev pkg-config", "libpango-1.0-0 libpangocairo-1.0-0"),
        "pcap": _of("libpcap-dev", "libpcap0.8", "libpcap0.8t64"),
        "pcsc": _of("libpcsclite-dev swig", "libpcsclite1"),
        "png": _of("libpng-dev", "libpng16-16", "libpng16-16t64"),
        "poppler": _of("g++ libpoppler-cpp-dev pkg-config", "libpoppler-cpp0v5", "libpoppler-cpp2"),
        "portaudio": _of("portaudio19-dev", "libportaudio2"),
        "postgresql": _of("libpq-dev", "libpq5"),
        "proj": _of("libproj-dev proj-bin", "libproj25"),
        "protobuf": _of("g++ libprotobuf-dev protobuf-compiler", "libprotobuf32", "libprotobuf32t64"),
        "pulse": _of("libpulse-dev", "libpulse0"),
        "python": _of("python3-dev"),
        "rdkafka": _of("librdkafka-dev", "librdkafka1"),
        "re2": _of("g++ libre2-dev", "libre2-9", "libre2-11"),
        "readline": _of("libreadline-dev", "libreadline8", "libreadline8t64"),
        "sasl": _of("g++ libsasl2-dev", "libsasl2-2"),
        "sdl2": _of("libsdl2-dev pkg-config", "libsdl2-2.0-0"),
        "seccomp": _of("libseccomp-dev", "libseccomp2"),
        "smbclient": _of("libsmbclient-dev pkg-config", "libsmbclient", "libsmbclient0"),
        "snappy": _of("g++ libsnappy-dev", "libsnappy1v5"),
        "sndfile": _of("libsndfile1-dev", "libsndfile1"),
        "sodium": _of("libsodium-dev", "libsodium23"),
        "sqlcipher": _of("libsqlcipher-dev", "libsqlcipher0", "libsqlcipher1"),
        "sqlite": _of("libsqlite3-dev", "libsqlite3-0"),
        "ssh2": _of("libssh2-1-dev", "libssh2-1", "libssh2-1t64"),
        "systemd": _of("libsystemd-dev pkg-config", "libsystemd0"),
        "tesseract": _of("g++ libleptonica-dev libtesseract-dev pkg-config", "tesseract-ocr"),
        "tiff": _of("libtiff-dev", "libtiff6"),
        "tirpc": _of("libtirpc-dev", "libtirpc3", "libtirpc3t64"),
        "udev": _of("libudev-dev", "libudev1"),
        "usb": _of("libusb-1.0-0-dev libudev-dev", "libusb-1.0-0"),
        "uuid": _of("uuid-dev", "libuuid1"),
        "uv": _of("libuv1-dev", "libuv1", "libuv1t64"),
        "virt": _of("libvirt-dev pkg-config", "libvirt0"),
        "webp": _of("libwebp-dev", "libwebp7"),
        "x11": _of("libx11-dev", "libx11-6"),
        "xml": _of("libxml2-dev libxslt1-dev", "libxml2 libxslt1.1"),
        "xmlsec": _of(
            "libxml2-dev libxmlsec1-dev pkg-config",
            "libxmlsec1 libxmlsec1-openssl",
            "libxmlsec1t64 libxmlsec1t64-openssl",
        ),
        "yaml": _of("libyaml-dev", "libyaml-0-2"),
        "zlib": _of("zlib1g-dev", "zlib1g"),
        "zmq": _of("g++ libzmq3-dev pkg-config", "libzmq5"),
        "zstd": _of("libzstd-dev", "libzstd1"),
    }
)
"""A library -> its packages. Source: packages.debian.org, bookworm and trixie; a test asks both releases."""
