"""Which folders hold copies of other people's packages? Told by what lies in them, whatever they are called."""

from collections.abc import Iterable

# fmt: off
WELL_KNOWN = frozenset((
    "aiohttp", "attr", "babel", "bottle", "bs4", "certifi", "chardet", "charset_normalizer", "cherrypy", "click",
    "cryptography", "dateutil", "django", "dns", "fastapi", "flask", "gevent", "html5lib", "httpx", "idna",
    "importlib_metadata", "itsdangerous", "jinja2", "jwt", "lxml", "mako", "markdown", "markupsafe", "mutagen",
    "numpy", "oauthlib", "packaging", "paho", "pkg_resources", "pydantic", "pygments", "pyparsing", "pytz",
    "requests", "requests_oauthlib", "rich", "setuptools", "simplejson", "six", "soupsieve", "sqlalchemy",
    "starlette", "tornado", "typing_extensions", "tzlocal", "urllib3", "waitress", "webencodings", "websocket",
    "werkzeug", "xmltodict", "yaml", "zipp",
))
# fmt: on
"""Import names of distributions that most others depend on (PyPI's most downloaded, and web frameworks)."""
ENOUGH = 4
"""One or two may be a project's own modules of that name, for what it does with the distribution."""


def vendored_folders(python_files: Iterable[str]) -> frozenset[str]:
    """The folders that are on sys.path for several well-known packages: no packages themselves."""
    held: dict[str, set[str]] = {}
    packages: set[str] = set()
    for path in python_files:
        folder, _, name = path.rpartition("/")
        if name == "__init__.py":
            packages.add(folder)
            folder, _, name = folder.rpartition("/")
        stem = name.removesuffix(".py")
        if folder and stem in WELL_KNOWN:
            held.setdefault(folder, set()).add(stem)
    return frozenset(folder for folder, names in held.items() if len(names) >= ENOUGH and folder not in packages)
