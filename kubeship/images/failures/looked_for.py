"""Which library is meant by a header, a pkg-config module, a linker's name or a program?"""

from collections.abc import Mapping
from types import MappingProxyType

from kubeship.images.failures.debian import LIBRARIES, DebianPackages
from kubeship.model.python_names import LIBRARY_PACKAGES

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Python.h": "python", "GL/gl.h": "gl", "Eigen/Core": "eigen", "Eigen/Dense": "eigen", "SDL.h": "sdl2",
        "SDL2/SDL.h": "sdl2", "X11/Xlib.h": "x11", "acl/libacl.h": "acl", "alsa/asoundlib.h": "alsa",
        "attr/xattr.h": "attr", "bluetooth/bluetooth.h": "bluetooth", "boost/python.hpp": "boost-python",
        "bzlib.h": "bz2", "cairo.h": "cairo", "cblas.h": "blas", "crypt.h": "crypt", "cups/http.h": "cups",
        "cups/cups.h": "cups", "curl/curl.h": "curl", "curses.h": "curses", "db.h": "db", "dbus/dbus.h": "dbus",
        "enchant.h": "enchant", "ev.h": "ev", "event.h": "event", "event2/event.h": "event", "expat.h": "expat",
        "ffi.h": "ffi", "fftw3.h": "fftw", "freetype/freetype.h": "freetype", "ft2build.h": "freetype",
        "fuse.h": "fuse",
        "gdal.h": "gdal", "gdbm.h": "gdbm", "geos_c.h": "geos", "git2.h": "git2", "glib.h": "glib", "gmp.h": "gmp",
        "gpgme.h": "gpgme", "graphviz/cgraph.h": "graphviz", "graphviz/gvc.h": "graphviz",
        "gsl/gsl_math.h": "gsl", "gssapi.h": "krb5", "gssapi/gssapi.h": "krb5", "gssapi/gssapi_ext.h": "krb5",
        "hdf5.h": "hdf5", "jpeglib.h": "jpeg", "krb5.h": "krb5", "lapacke.h": "blas", "lber.h": "ldap",
        "lcms2.h": "lcms",
        "ldap.h": "ldap", "leveldb/db.h": "leveldb", "libavcodec/avcodec.h": "ffmpeg",
        "libavformat/avformat.h": "ffmpeg", "libheif/heif.h": "heif", "libmemcached/memcached.h": "memcached",
        "libpq-fe.h": "postgresql", "librdkafka/rdkafka.h": "rdkafka", "libsmbclient.h": "smbclient",
        "libssh2.h": "ssh2", "libudev.h": "udev", "libusb-1.0/libusb.h": "usb", "libusb.h": "usb",
        "libvirt/libvirt.h": "virt", "libxml/parser.h": "xml", "libxml/tree.h": "xml", "libxml/xmlversion.h": "xml",
        "libxml/xpath.h": "xml", "libxslt/xslt.h": "xml", "lmdb.h": "lmdb", "lz4.h": "lz4", "lz4frame.h": "lz4",
        "lzma.h": "lzma", "magic.h": "magic", "mecab.h": "mecab", "mpc.h": "mpfr", "mpfr.h": "mpfr", "mysql.h": "mysql",
        "mysql/mysql.h": "mysql", "ncurses.h": "curses", "netcdf.h": "netcdf", "openjpeg.h": "openjpeg",
        "openssl/opensslv.h": "openssl", "openssl/ssl.h": "openssl", "openssl/evp.h": "openssl", "pcap.h": "pcap",
        "pcap/pcap.h": "pcap", "png.h": "png", "poppler-document.h": "poppler", "portaudio.h": "portaudio",
        "postgres.h": "postgresql", "proj.h": "proj", "pulse/pulseaudio.h": "pulse", "pyconfig.h": "python",
        "re2/re2.h": "re2", "readline/readline.h": "readline", "rpc/rpc.h": "tirpc", "sasl.h": "sasl",
        "sasl/sasl.h": "sasl", "seccomp.h": "seccomp", "snappy-c.h": "snappy", "snappy.h": "snappy",
        "sndfile.h": "sndfile", "sodium.h": "sodium", "sql.h": "odbc", "sqlext.h": "odbc",
        "sqlcipher/sqlite3.h": "sqlcipher", "sqlite3.h": "sqlite", "sybdb.h": "freetds", "sys/acl.h": "acl",
        "sys/capability.h": "cap", "systemd/sd-daemon.h": "systemd", "systemd/sd-journal.h": "systemd",
        "tesseract/baseapi.h": "tesseract", "tiffio.h": "tiff", "unicode/utypes.h": "icu", "uuid/uuid.h": "uuid",
        "uv.h": "uv", "webp/decode.h": "webp", "winscard.h": "pcsc", "xmlsec/xmlsec.h": "xmlsec", "yaml.h": "yaml",
        "zlib.h": "zlib", "zmq.h": "zmq", "zstd.h": "zstd",
    }
)  # fmt: skip
"""C and C++ headers. Source: the lists of files of Debian's -dev packages."""

MODULES: Mapping[str, str] = MappingProxyType(
    {
        "cairo": "cairo", "dbus-1": "dbus", "freetype2": "freetype", "fuse": "fuse", "gdk-pixbuf-2.0": "pango",
        "geos": "geos", "girepository-1.0": "girepository", "girepository-2.0": "girepository-2.0", "glib-2.0": "glib",
        "gobject-introspection-1.0": "girepository", "hdf5": "hdf5", "icu-i18n": "icu", "libavformat": "ffmpeg",
        "libavcodec": "ffmpeg", "libcrypto": "openssl", "libffi": "ffi", "libgvc": "graphviz", "libheif": "heif",
        "libpq": "postgresql", "libsystemd": "systemd", "libvirt": "virt", "libxml-2.0": "xml", "libxslt": "xml",
        "libzmq": "zmq", "mariadb": "mysql", "mysqlclient": "mysql", "netcdf": "netcdf", "openblas": "blas",
        "OpenBLAS": "blas", "lapack": "blas", "blas": "blas", "openssl": "openssl", "pango": "pango",
        "pangocairo": "pango", "poppler-cpp": "poppler", "proj": "proj", "sdl2": "sdl2", "smbclient": "smbclient",
        "sqlite3": "sqlite", "tesseract": "tesseract", "xmlsec1": "xmlsec", "zlib": "zlib",
    }
)  # fmt: skip
"""What pkg-config, meson's dependency() and CMake's find_package call them."""

LINKED: Mapping[str, str] = MappingProxyType(
    {
        "asound": "alsa", "avformat": "ffmpeg", "blas": "blas", "bz2": "bz2", "crypto": "openssl", "curl": "curl",
        "event": "event", "expat": "expat", "ffi": "ffi", "geos_c": "geos", "gmp": "gmp", "gssapi_krb5": "krb5",
        "hdf5": "hdf5", "jpeg": "jpeg", "lapack": "blas", "lber": "ldap", "ldap": "ldap", "ldap_r": "ldap",
        "lz4": "lz4",
        "lzma": "lzma", "magic": "magic", "mariadb": "mariadb", "memcached": "memcached", "mysqlclient": "mysql",
        "ncurses": "curses", "odbc": "odbc", "openblas": "blas", "pcap": "pcap", "png": "png", "portaudio": "portaudio",
        "pq": "postgresql", "rdkafka": "rdkafka", "readline": "readline", "sasl2": "sasl", "snappy": "snappy",
        "sodium": "sodium", "sqlite3": "sqlite", "ssl": "openssl", "sybdb": "freetds", "usb-1.0": "usb",
        "uuid": "uuid", "xml2": "xml", "xslt": "xml", "yaml": "yaml", "z": "zlib", "zmq": "zmq", "zstd": "zstd",
    }
)  # fmt: skip
"""Libraries by the linker's -l."""

SCRIPTS: Mapping[str, str] = MappingProxyType(
    {
        "apxs": "apache", "apxs2": "apache", "cups-config": "cups", "curl-config": "curl", "gdal-config": "gdal",
        "geos-config": "geos", "gpgme-config": "gpgme", "h5cc": "hdf5", "icu-config": "icu", "krb5-config": "krb5",
        "mariadb_config": "mariadb", "mecab-config": "mecab", "mysql_config": "mysql", "nc-config": "netcdf",
        "pcap-config": "pcap", "pg_config": "postgresql", "proj": "proj", "sdl2-config": "sdl2",
        "xml2-config": "xml", "xslt-config": "xml",
    }
)  # fmt: skip
"""Programs that say where a library is."""

PROGRAMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "autoconf": ("autoconf", "automake", "libtool"), "autoreconf": ("autoconf", "automake", "libtool"),
        "automake": ("automake",), "bash": ("bash",), "bison": ("bison",), "bzip2": ("bzip2",),
        "c++": ("g++",), "cargo": ("cargo",), "cc": ("gcc", "libc6-dev"), "clang": ("clang",),
        "cmake": ("cmake", "g++", "make"),
        "curl": ("curl",), "envsubst": ("gettext-base",), "ffmpeg": ("ffmpeg",), "file": ("file",), "flex": ("flex",),
        "g++": ("g++",), "gcc": ("gcc", "libc6-dev"), "gfortran": ("gfortran",), "git": ("git",), "go": ("golang-go",),
        "gpg": ("gnupg",), "gzip": ("gzip",), "hg": ("mercurial",), "java": ("default-jre-headless",),
        "javac": ("default-jdk-headless",), "jq": ("jq",), "libtool": ("libtool",), "libtoolize": ("libtool",),
        "llvm-config": ("llvm-dev",), "m4": ("m4",), "make": ("make",), "msgfmt": ("gettext",),
        "mysql": ("default-mysql-client",), "nasm": ("nasm",), "ninja": ("ninja-build",), "node": ("nodejs",),
        "npm": ("nodejs", "npm"), "objdump": ("binutils",), "patch": ("patch",), "patchelf": ("patchelf",),
        "perl": ("perl",), "pkg-config": ("pkg-config",), "pkgconf": ("pkg-config",), "protoc": ("protobuf-compiler",),
        "ps": ("procps",), "psql": ("postgresql-client",), "rsync": ("rsync",), "rustc": ("cargo",),
        "ssh": ("openssh-client",),
        "svn": ("subversion",), "swig": ("swig",), "tar": ("tar",), "unzip": ("unzip",), "wget": ("wget",),
        "x86_64-linux-gnu-g++": ("g++",), "x86_64-linux-gnu-gcc": ("gcc", "libc6-dev"),
        "aarch64-linux-gnu-g++": ("g++",), "aarch64-linux-gnu-gcc": ("gcc", "libc6-dev"), "xz": ("xz-utils",),
        "yasm": ("yasm",), "zip": ("zip",),
    }
)  # fmt: skip
"""Programs that a build calls -> the packages that bring them."""


def packages_of_shared(name: str) -> DebianPackages | None:
    """The packages of `libpq.so.5`, which a step loads as the app will: needed in both stages."""
    package = LIBRARY_PACKAGES.get(name)
    return DebianPackages((package,), (package,)) if package else None


def packages_of_header(header: str) -> DebianPackages | None:
    """The packages of a C header, by its longest known ending."""
    parts = header.split("/")
    endings = ("/".join(parts[start:]) for start in range(len(parts)))
    return next((LIBRARIES[HEADERS[ending]] for ending in endings if ending in HEADERS), None)


def packages_of_module(name: str) -> DebianPackages | None:
    """The packages of what pkg-config, meson or CMake didn't find."""
    key = MODULES.get(name) or MODULES.get(name.lower()) or MODULES.get(f"lib{name.lower()}")
    return LIBRARIES[key] if key else None


def packages_of_linked(name: str) -> DebianPackages | None:
    """The packages of the linker's `-lname`."""
    return LIBRARIES[LINKED[name]] if name in LINKED else None


def packages_of_program(name: str) -> DebianPackages | None:
    """The packages of a program that wasn't found; a library's, for a script that only says where it is."""
    if name in SCRIPTS:
        return LIBRARIES[SCRIPTS[name]]
    return DebianPackages(PROGRAMS[name]) if name in PROGRAMS else None
