"""Which Debian packages does a distribution need, and why? One table."""

from dataclasses import dataclass

COMPILER = ("gcc", "libc6-dev")
"""What building an extension takes; Python's own headers are in the official images."""
# Sources: the extension modules and the [build-system] table of each distribution's sdist on PyPI.
# fmt: off
CPLUSPLUS = frozenset((
    "annoy", "contourpy", "cymem", "duckdb", "editdistance", "fasttext", "google-re2",
    "greenlet", "grpcio", "grpcio-tools", "hnswlib", "kiwisolver", "levenshtein", "lightgbm", "marisa-trie",
    "matplotlib", "mmh3", "msgpack", "murmurhash", "numpy", "pandas", "plyvel", "preshed", "pycld2",
    "pyroaring", "pyzmq", "rapidfuzz", "scikit-learn", "scipy", "sentencepiece", "shap", "spacy", "srsly", "thinc",
    "ujson", "xgboost",
))
RUST = frozenset((
    "bcrypt", "hf-xet", "jiter", "libcst", "orjson", "polars", "py-rust-stemmers", "pydantic-core",
    "rpds-py", "safetensors", "tiktoken", "tokenizers", "watchfiles", "y-py",
))
# fmt: on
"""Distributions whose extensions take more than a C compiler."""


@dataclass(frozen=True)
class Need:
    """What a distribution needs, and why."""

    distribution: str
    reason: str
    build: tuple[str, ...] = ()
    runtime: tuple[str, ...] = ()
    extras: frozenset[str] = frozenset()
    """Only when one of these extras is asked for."""
    without: frozenset[str] = frozenset()
    """Not when one of these extras is asked for."""
    trixie: tuple[str, ...] | None = None
    """The runtime packages' names from trixie on, where they differ (the 64-bit time_t transition)."""
    wheels: bool = False
    """Wheels for Linux exist, so that it is needed only when none of them is known to fit."""


NO_WHEEL = "has no wheel for Linux"
UNFIT = "has no wheel that fits"
LOADS = "loads a shared library that no wheel brings"
OPENCV, OPENCV_T64 = ("libgl1", "libglib2.0-0"), ("libgl1", "libglib2.0-0t64")
BRINGS_OPENCV = "brings opencv, which loads a shared library that no wheel brings"
LDAP = ("libldap2-dev", "libsasl2-dev")
JAVA = ("default-jre-headless",)

# Sources: the files of each distribution on PyPI, its installation page, and the package names in Debian bookworm and
# trixie (packages.debian.org).
NEEDS = (
    Need("cairocffi", LOADS, runtime=("libcairo2",)),
    Need("cairosvg", "brings cairocffi, which loads a shared library", runtime=("libcairo2",)),
    Need("camelot-py", "starts ghostscript", runtime=("ghostscript",)),
    Need("cffi", UNFIT, ("libffi-dev",), ("libffi8",), wheels=True),
    Need("confluent-kafka", UNFIT, ("librdkafka-dev",), ("librdkafka1",), wheels=True),
    Need("cryptography", UNFIT, ("cargo", "libffi-dev", "libssl-dev", "pkg-config"), ("libssl3",),
         trixie=("libssl3t64",), wheels=True),
    Need("dbus-python", NO_WHEEL, ("libdbus-1-dev", "libglib2.0-dev", "pkg-config"), ("libdbus-1-3", "libglib2.0-0"),
         trixie=("libdbus-1-3", "libglib2.0-0t64")),
    Need("deepface", BRINGS_OPENCV, runtime=OPENCV, trixie=OPENCV_T64),
    Need("django-auth-ldap", "brings python-ldap, which has no wheel for Linux", LDAP, ("libldap-2.5-0", "libsasl2-2"),
         trixie=("libldap2", "libsasl2-2")),
    Need("dlib", NO_WHEEL, ("cmake", "g++", "make")),
    Need("face-recognition", "brings dlib, which has no wheel", ("cmake", "g++", "make")),
    Need("ffmpeg-python", "starts ffmpeg", runtime=("ffmpeg",)),
    Need("gdal", NO_WHEEL, ("libgdal-dev",), ("gdal-bin",)),
    Need("gitpython", "starts git", runtime=("git",)),
    Need("graphviz", "starts dot", runtime=("graphviz",)),
    Need("gssapi", NO_WHEEL, ("libkrb5-dev",), ("libgssapi-krb5-2",)),
    Need("jpype1", "loads a Java machine", runtime=JAVA),
    Need("konlpy", "loads a Java machine", runtime=JAVA),
    Need("language-tool-python", "starts Java", runtime=JAVA),
    Need("libvirt-python", NO_WHEEL, ("libvirt-dev", "pkg-config"), ("libvirt0",)),
    Need("lightgbm", LOADS, runtime=("libgomp1",)),
    Need("lxml", UNFIT, ("libxml2-dev", "libxslt1-dev"), ("libxml2", "libxslt1.1"), wheels=True),
    Need("m2crypto", NO_WHEEL, ("libssl-dev", "swig"), ("libssl3",), trixie=("libssl3t64",)),
    Need("mariadb", NO_WHEEL, ("libmariadb-dev",), ("libmariadb3",)),
    Need("mediapipe", BRINGS_OPENCV, runtime=OPENCV, trixie=OPENCV_T64),
    Need("mysqlclient", NO_WHEEL, ("default-libmysqlclient-dev", "pkg-config"), ("libmariadb3",)),
    Need("ocrmypdf", "starts tesseract and ghostscript", runtime=("ghostscript", "tesseract-ocr")),
    Need("open3d", LOADS, runtime=("libgl1", "libgomp1", "libx11-6")),
    Need("openai-whisper", "starts ffmpeg", runtime=("ffmpeg",)),
    Need("opencv-contrib-python", LOADS, runtime=OPENCV, trixie=OPENCV_T64),
    Need("opencv-python", LOADS, runtime=OPENCV, trixie=OPENCV_T64),
    Need("paddleocr", BRINGS_OPENCV, runtime=OPENCV, trixie=OPENCV_T64),
    Need("pdf2image", "starts pdftoppm", runtime=("poppler-utils",)),
    Need("pdfkit", "starts wkhtmltopdf", runtime=("wkhtmltopdf",), trixie=()),
    Need("phonemizer", LOADS, runtime=("espeak-ng",)),
    Need("pillow", UNFIT, ("libfreetype-dev", "libjpeg-dev", "zlib1g-dev"), ("libfreetype6", "libjpeg62-turbo"),
         wheels=True),
    Need("psycopg", NO_WHEEL, ("libpq-dev",), ("libpq5",), extras=frozenset({"c"})),
    Need("psycopg", LOADS, runtime=("libpq5",), without=frozenset({"binary", "c"})),
    Need("psycopg-c", NO_WHEEL, ("libpq-dev",), ("libpq5",)),
    Need("psycopg2", NO_WHEEL, ("libpq-dev",), ("libpq5",)),
    Need("psycopg2-binary", UNFIT, ("libpq-dev",), ("libpq5",), wheels=True),
    Need("pyaudio", NO_WHEEL, ("portaudio19-dev",), ("libportaudio2",)),
    Need("pycairo", NO_WHEEL, ("libcairo2-dev", "pkg-config"), ("libcairo2",)),
    Need("pycups", NO_WHEEL, ("libcups2-dev",), ("libcups2",), trixie=("libcups2t64",)),
    Need("pycurl", UNFIT, ("libcurl4-openssl-dev", "libssl-dev"), ("libcurl4",), trixie=("libcurl4t64",), wheels=True),
    Need("pydot", "starts dot", runtime=("graphviz",)),
    Need("pydub", "starts ffmpeg", runtime=("ffmpeg",)),
    Need("pyenchant", LOADS, runtime=("libenchant-2-2",)),
    Need("pyexiftool", "starts exiftool", runtime=("libimage-exiftool-perl",)),
    Need("pygobject", NO_WHEEL, ("libcairo2-dev", "libgirepository1.0-dev", "pkg-config"), ("libgirepository-1.0-1",)),
    Need("pygraphviz", NO_WHEEL, ("libgraphviz-dev", "pkg-config"), ("graphviz",)),
    Need("pyicu", NO_WHEEL, ("g++", "libicu-dev", "pkg-config"), ("libicu72",), trixie=("libicu76",)),
    Need("pylibdmtx", LOADS, runtime=("libdmtx0b",), trixie=("libdmtx0t64",)),
    Need("pylibmc", UNFIT, ("libmemcached-dev", "zlib1g-dev"), ("libmemcached11",), trixie=("libmemcached11t64",),
         wheels=True),
    Need("pyodbc", UNFIT, ("g++", "unixodbc-dev"), ("unixodbc",), wheels=True),
    Need("pypandoc", "starts pandoc", runtime=("pandoc",)),
    Need("pyscard", NO_WHEEL, ("libpcsclite-dev", "swig"), ("libpcsclite1",)),
    Need("pyspark", "starts Java", runtime=JAVA),
    Need("pytesseract", "starts tesseract", runtime=("tesseract-ocr",)),
    Need("python-ldap", NO_WHEEL, LDAP, ("libldap-2.5-0", "libsasl2-2"), trixie=("libldap2", "libsasl2-2")),
    Need("python-magic", LOADS, runtime=("libmagic1",), trixie=("libmagic1t64",)),
    Need("python-nmap", "starts nmap", runtime=("nmap",)),
    Need("pyttsx3", LOADS, runtime=("espeak-ng", "libespeak1")),
    Need("pyzbar", LOADS, runtime=("libzbar0",), trixie=("libzbar0t64",)),
    Need("scapy", LOADS, runtime=("libpcap0.8",), trixie=("libpcap0.8t64",)),
    Need("sounddevice", LOADS, runtime=("libportaudio2",)),
    Need("soundfile", UNFIT, runtime=("libsndfile1",), wheels=True),
    Need("tabula-py", "starts Java", runtime=JAVA),
    Need("ultralytics", BRINGS_OPENCV, runtime=OPENCV, trixie=OPENCV_T64),
    Need("uwsgi", NO_WHEEL, COMPILER),
    Need("wand", LOADS, runtime=("libmagickwand-6.q16-6",), trixie=("libmagickwand-7.q16-10",)),
    Need("weasyprint", LOADS, runtime=("fontconfig", "libharfbuzz-subset0", "libpango-1.0-0", "libpangoft2-1.0-0")),
    Need("xmlsec", UNFIT, ("libxml2-dev", "libxmlsec1-dev", "pkg-config"),
         ("libxmlsec1", "libxmlsec1-openssl"), trixie=("libxmlsec1t64", "libxmlsec1t64-openssl"), wheels=True),
)  # fmt: skip


def tools_of(distribution: str) -> tuple[str, ...]:
    """What building the distribution from its source takes, besides the libraries that it is linked with."""
    more = ("g++",) if distribution in CPLUSPLUS else ("cargo",) if distribution in RUST else ()
    return (*COMPILER, *more)


BROWSERS = {
    "playwright": "python -m playwright install --with-deps chromium",
    "pyppeteer": "pyppeteer-install",
    "scrapy-playwright": "python -m playwright install --with-deps chromium",
    "selenium": "the packages chromium and chromium-driver",
}
"""Distributions that drive a browser of some hundred megabytes, and what brings it: never installed unasked."""
