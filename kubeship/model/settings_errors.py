"""Which setting does an exception tell of: an address, a key or a file that isn't there or isn't taken?"""

import re

from kubeship.model.meaning import Meaning, at, words
from kubeship.model.python_traceback import PythonError

_FROM_WHERE = "in the variable or Secret that it comes from"

SETTINGS = (
    words(  # what an app, click or gunicorn (gunicorn/util.py, parse_address) says of such a value
        r"(?s)(?:invalid literal|could not convert|not a valid|unable to parse|invalid int value|[Ii]nvalid port|"
        r"could not be cast).{0,300}?(?P<what>tcp://[\d.]+(?::\d+)?|tcp://\[[0-9a-f:]+\](?::\d+)?)|"
        r"(?P<other>'tcp') is not a valid port number",
        "takes {what} for a setting, which Kubernetes puts into NAME_PORT for the Service NAME of its namespace",
        "set `enableServiceLinks: false` in the pod's spec, as kubeship's own manifests do, or set that variable, or "
        "call it otherwise",
    ),
    words(  # pydantic, click, argparse and others show the value as it came
        r"(?P<what>\$\{\w+\}|\$\(\w+\)|%\(\w+\)s)['\"].{0,200}(?:not a valid|invalid)|"
        r"(?:[Ii]nvalid|not a valid|could not convert).{0,200}['\"](?P<other>\$\{?\w+\}?|\$\(\w+\))['\"]",
        "is given {what} as it stands, because nothing has filled the variable in",
        "no shell reads the words of `command:` and `args:`: write $(NAME) for a variable of the container (it must be "
        "set), or start it with `sh -c`",
    ),
    words(  # the header of requests and httpx (h11), the names of libpq, http.client, urllib3, getaddrinfo of a port
        r"(?:[Hh]eader value:? ?b?['\"][^'\"]*\\[nr]['\"]|(?:database|host name|role|user) [\"'][^\"'\n]*\n[\"']|"
        r"Servname not supported for ai_socktype|URL can't contain control characters|"
        r"Invalid non-printable ASCII character in URL)",
        "uses a value that ends with a line break, as one does that `echo` has put into a Secret",
        "make that Secret anew without it: kubectl create secret --from-literal, or printf '%s' instead of echo",
    ),
    words(  # SQLAlchemy
        r"Expected string or URL object, got None",
        "is given no address (None), as when the variable that it comes from is not set",
        "set that variable under `variables:` in kubeship.yaml, or under `secrets: {keys: [...]}` when it is secret",
    ),
    words(  # sqlalchemy/ext/asyncio/engine.py
        r"requires an async driver.*The loaded '(?P<what>\w+)'",
        "is given an address whose driver, {what}, is not made for asyncio",
        f"name one that is (postgresql+asyncpg://, mysql+aiomysql://, sqlite+aiosqlite://), {_FROM_WHERE}",
    ),
    words(  # asyncpg, aiomysql, psycopg: what stands behind the ? of an address is handed on to them
        r"\bconnect\w*\(\) got an unexpected keyword argument '(?P<what>\w+)'|"
        r"['\"](?P<other>\w+)['\"] is an invalid keyword argument for this function",
        "is given an address with the option {what}, which its driver doesn't take",
        f"take it out of the address, or call it as this driver does (asyncpg: ssl instead of sslmode), {_FROM_WHERE}",
    ),
    words(  # django/db/utils.py
        r"'(?P<what>[^']+)' isn't an available database backend",
        "is told to use the database backend {what}, which doesn't exist",
        f"correct ENGINE, or the beginning of the address that it is read from (postgresql://...), {_FROM_WHERE}",
    ),
    words(
        r"Can't load plugin: sqlalchemy\.dialects:(?P<what>postgres)\b(?!\.|ql)",
        "is given an address that begins with {what}://, which SQLAlchemy doesn't take any more",
        f"let it begin with postgresql://, {_FROM_WHERE}, or replace that before create_engine()",
    ),
    words(
        r"Can't load plugin: sqlalchemy\.dialects:(?P<what>[\w.]+)|No such transport: (?P<other>[\w+]+)|"
        r"Scheme '(?P<more>[^']+)' is unknown",
        "is given an address of the kind {what}, which it doesn't know",
        f"correct the address' beginning, {_FROM_WHERE}, or add the distribution that brings that kind",
    ),
    words(  # SQLAlchemy, redis-py, sentry_sdk, requests, httpx, libpq, urllib.parse, pymongo
        r"Could not parse (?:SQLAlchemy|rfc1738) URL|(?:Redis )?URL must specify one of the following schemes|"
        r"Unsupported scheme ''|URI must begin with|No scheme(?:ma)? supplied|Request URL is missing an|"
        r"unknown url type|missing \"=\" after|"
        r"invalid (?:connection option|dsn|URI query parameter)|Port could not be cast to integer|"
        r"Invalid port: |port must be 0-65535|Invalid URL '|InvalidURI:",
        "is given an address that it can't read",
        "write scheme://user:password@host:port/name, without quotation marks around it and with %40 for an @ in the "
        f"password, {_FROM_WHERE}",
    ),
    words(  # cryptography, OpenSSL, google-auth, paramiko, binascii
        r"Unable to load PEM file|Could not deserialize key data|MalformedFraming|No key could be detected|"
        r"Could not parse the provided public key|Incorrect padding|Invalid base64-encoded string|Fernet key must be|"
        r"not a valid \w+ private key file|\bPEM lib\b|NO_START_LINE|NOT_ENOUGH_DATA",
        "is given a key or certificate that it can't read",
        "put it into the Secret as it is: whole, encoded once, with its line breaks (not \\n); --from-file does that",
    ),
    words(
        r"KEY_VALUES_MISMATCH|private key does not match|key values mismatch",
        "has a certificate and a private key that don't belong together",
        "put both into one Secret at the same time (kubectl create secret tls), and mount that",
    ),
    words(
        r"Could not find a suitable TLS CA certificate bundle, invalid path: (?P<what>\S+)",
        "looks for the authorities that it trusts in {what}, which is not there",
        "correct REQUESTS_CA_BUNDLE or SSL_CERT_FILE, or mount that file",
    ),
    words(  # ssh, libpq (fe-secure-openssl.c), erlang, MySQL
        r"[Pp]ermissions \d+ for ['\"](?P<what>[^'\"]+)['\"] are too open|"
        r"private key file \"(?P<other>[^\"]+)\" has group or world access|"
        r"[Cc]ookie file (?P<more>\S+) must be accessible",
        "refuses the key {what}, because others may read it too",
        "mount the Secret with `defaultMode: 0400`, or let an init container copy it and set its mode",
    ),
    words(
        r"(?i)\b(?:(?:cert|key|config|log|proc)?_?file|folder|directory) ['\"]?(?P<what>[\w.~/-]*\w)['\"]?\.? "
        r"(?:was )?(?:not found|(?:does not|doesn't) exist)|"
        r"\b(?:file|path|folder|directory|module) (?:not found|(?:does not|doesn't) exist):? ['\"`]?"
        r"(?P<other>[\w./~-]*\w)|"
        r"(?:cannot|can't|could not|unable to|failed to) (?:find|load|open|read) (?:\w+ )?(?:file|module) "
        r"['\"`](?P<opened>/[^'\"`]+)|"
        r"\bpath ['\"](?P<path>[^'\"]+)['\"] (?:does not|doesn't) exist|"
        r"['\"](?P<named>[\w.~-]*/[\w.~/-]+|[\w.-]+\.(?:cfg|conf|env|ini|json|py|toml|ya?ml))['\"] "
        r"(?:does not|doesn't) exist|"
        r"(?:^|\s)(?P<bare>/[\w./-]+) (?:does not|doesn't) exist|"
        r"can't (?:chdir|cd) to ['\"]?(?P<folder>[\w./-]+)",
        "needs {what}, which is not there",
        "correct its path (a relative one begins at WORKDIR), check that .dockerignore doesn't exclude it, and mount "
        "the Secret, ConfigMap or volume that it comes from",
    ),
    words(
        r"No 'script_location' key found|[Nn]o (?:config(?:uration)? )?file '?(?P<what>[\w.]+\.ini)'? found",
        "finds no configuration of Alembic where it runs",
        "start it in the folder of alembic.ini (WORKDIR, or alembic -c PATH), and check that .dockerignore doesn't "
        "exclude it",
    ),
    words(  # click, argparse, optparse
        r"^(?:Error|[\w. /-]+: error): (?P<what>(?:[Nn]o such option|Missing |"
        r"Got unexpected extra|Invalid value|unrecognized argument|ambiguous option|argument |invalid choice|"
        r"the following arguments are|one of the arguments|too few arguments).*)",
        "refuses its command line: {what}",
        "correct the process' `command:` in kubeship.yaml; an option that it should know may belong to another version",
    ),
)
"""The first that matches counts. Sources: each library's own words; https://kubernetes.io/docs/concepts/services-
networking/service/#environment-variables for tcp://."""


def certificate_not_read(error: PythonError) -> Meaning | None:
    """OpenSSL opens certificates and keys itself, so that the errors of that name no file."""
    tls = "load_cert_chain" in error.text or "load_verify_locations" in error.text
    if not tls or error.name not in ("FileNotFoundError", "PermissionError"):
        return None
    if error.name == "FileNotFoundError":
        return Meaning(
            f"reads a certificate or a private key that is not there{at(error)}",
            "mount the Secret that holds them (tls.crt and tls.key in one of `kubectl create secret tls`), and correct "
            "the paths that the server is given",
        )
    return Meaning(
        f"may not read its certificate or private key{at(error)}",
        "a Secret's files belong to root: set `fsGroup` in the pod's securityContext and `defaultMode: 0440` in the "
        "volume",
    )


def unreadable_document(error: PythonError) -> Meaning | None:
    """YAML's errors name file and line below their first line; JSON's and TOML's name no file."""
    place = re.search(r"in \"(?P<file>/?[^\"<]+)\", line (?P<line>\d+)", error.message)
    first = error.message.split("\n")[0]
    if error.name in ("ComposerError", "ConstructorError", "ParserError", "ReaderError", "ScannerError") and place:
        return Meaning(
            f"can't read {place['file']}, line {place['line']}{at(error)}: {first}",
            "correct that file, or the ConfigMap or Secret that it is mounted from",
        )
    if error.name not in ("JSONDecodeError", "MissingSectionHeaderError", "TOMLDecodeError"):
        return None
    kind = {"JSONDecodeError": "JSON", "TOMLDecodeError": "TOML"}.get(error.name, "an .ini file")
    return Meaning(
        f"expects {kind} and finds something else{at(error)}: {first}",
        f"look at the file, variable or answer that {error.where or 'it'} reads: it may be empty, cut off or quoted "
        "in another way",
    )
