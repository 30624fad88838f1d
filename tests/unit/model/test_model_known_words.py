"""Are the words of clients, clouds and libraries understood, and is telemetry that doesn't arrive no reason?"""

import re

import pytest

from kubeship.model.known_words import TABLES
from kubeship.model.python_errors import Meaning, in_words, meaning, read_traceback

PACKAGES = "/usr/local/lib/python3.12/site-packages"
EXPORT = f"""\
ERROR:opentelemetry.sdk._shared_internal:Exception while exporting Span.
Traceback (most recent call last):
  File "{PACKAGES}/urllib3/connection.py", line 196, in _new_conn
    sock = connection.create_connection(
  File "{PACKAGES}/opentelemetry/exporter/otlp/proto/http/trace_exporter/__init__.py", line 160, in _export
    resp = self._session.post(
requests.exceptions.ConnectionError: HTTPConnectionPool(host='localhost', port=4318): Connection refused
"""
REFUSED = f"""\
Traceback (most recent call last):
  File "{PACKAGES}/urllib3/connection.py", line 196, in _new_conn
    sock = connection.create_connection(
ConnectionRefusedError: [Errno 111] Connection refused
"""
OWN = 'Traceback (most recent call last):\n  File "/app/app.py", line 3, in <module>\n    {line}\n{said}\n'


def understood(said: str, line: str = "start()") -> Meaning | None:
    error = read_traceback(OWN.format(line=line, said=said))
    return meaning(error) if error else None


@pytest.mark.parametrize(
    ("said", "cause", "remedy", "heals"),
    [
        ("pika.exceptions.AMQPConnectionError", "can't reach a server that it needs (app.py:3)", "address", True),
        ("aiokafka.errors.KafkaConnectionError: KafkaConnectionError: Unable to bootstrap", "reach", "address", True),
        ("grpc.FutureTimeoutError", "gets no answer in time", "address", True),
        ("pymongo.errors.ConfigurationError: The DNS query name does not exist: _mongodb._tcp.x.", "reach", "", True),
        ("django.db.utils.ConnectionDoesNotExist: The connection 'x' doesn't exist.", "", "", False),
        ("requests.exceptions.ProxyError: HTTPSConnectionPool(host='x', port=443)", "the proxy", "NO_PROXY", True),
        ("botocore.exceptions.NoCredentialsError: Unable to locate credentials", "no credentials", "IRSA", False),
        ("botocore.exceptions.NoRegionError: You must specify a region.", "region", "AWS_REGION", False),
        (
            "botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the PutObject operation: x",
            "isn't allowed to do PutObject in its cloud",
            "grant",
            False,
        ),
        (
            "kubernetes.client.exceptions.ApiException: (403)\nReason: Forbidden\nHTTP response body: "
            '{"message":"pods is forbidden: User \\"system:serviceaccount:shop:default\\" cannot list resource '
            '\\"pods\\" in API group \\"\\""}',
            "isn't allowed to list resource",
            "permissions:",
            False,
        ),
        (
            "kubernetes.config.config_exception.ConfigException: Service token file does not exist.",
            "ServiceAccount",
            "permissions:",
            False,
        ),
        (
            "requests.exceptions.HTTPError: 401 Client Error: Unauthorized for url: http://x/",
            "(HTTP 401)",
            "token",
            False,
        ),
        ("httpx.HTTPStatusError: Server error '503 Service Unavailable' for url 'http://x'", "503", "", True),
        (
            "sqlalchemy.exc.NoSuchModuleError: Can't load plugin: sqlalchemy.dialects:postgres",
            "postgres://",
            "postgresql://",
            False,
        ),
        (
            "requests.exceptions.InvalidHeader: Invalid return character(s) in header value: 'Bearer abc\\n'",
            "line break",
            "--from-literal",
            False,
        ),
        (
            "sqlalchemy.exc.ArgumentError: Expected string or URL object, got None",
            "is given no address",
            "set that variable",
            False,
        ),
        ("TypeError: connect() got an unexpected keyword argument 'sslmode'", "option sslmode", "ssl instead", False),
        (
            "django.core.exceptions.ImproperlyConfigured: 'db.shop.svc' isn't an available database backend or "
            "couldn't be imported.",
            "the database backend db.shop.svc, which doesn't exist",
            "postgresql://",
            False,
        ),
        (
            "PermissionError: [Errno 1] Operation not permitted: '/tmp/wgunicorn-2r'",
            "may not change the owner or the mode of /tmp/wgunicorn-2r",
            "without gosu",
            False,
        ),
        (
            "celery.platforms.LockFailed: [Errno 2] No such file or directory: '/run/celery/w.pid'",
            "writes /run/celery/w.pid, whose folder is not there",
            "write below /tmp",
            False,
        ),
        (
            "sqlalchemy.exc.InvalidRequestError: The asyncio extension requires an async driver to be used. The loaded "
            "'psycopg2' is not async.",
            "whose driver, psycopg2, is not made for asyncio",
            "postgresql+asyncpg://",
            False,
        ),
        ("ValueError: Missing staticfiles manifest entry for 'css/a.css'", "css/a.css", "collectstatic run", False),
        ("UnicodeDecodeError: 'ascii' codec can't decode byte 0xc3 in position 1", "locale", "LANG=C.UTF-8", False),
        ("OSError: [Errno 116] Stale file handle: '/data/x'", "failed by the storage", "volume", True),
        (
            "pyodbc.Error: [unixODBC][Driver Manager]Can't open lib 'ODBC Driver 18 for SQL Server' : file not found",
            "needs the system library ODBC Driver 18 for SQL Server",
            "system_packages",
            False,
        ),
        ('ValueError: certfile "/tls/tls.crt" does not exist', "needs /tls/tls.crt", "mount", False),
        ("RuntimeError: Directory 'static' does not exist", "needs static, which is not there", "WORKDIR", False),
        ("RuntimeError: /run/x doesn't exist. Can't create it.", "needs /run/x, which is not there", "WORKDIR", False),
        (
            "pydantic.errors.PydanticImportError: `BaseSettings` has been moved to the `pydantic-settings` package.",
            "lacks pydantic-settings",
            "add pydantic-settings",
            False,
        ),
        (
            "OSError: No socket could be created -- (('0.0.0.0', 80): [Errno 13] Permission denied)",
            "isn't allowed to listen on its port",
            "above 1023",
            False,
        ),
        ("RuntimeError: Failed to bind to address 10.9.9.9:50051", "an address that isn't its pod's", "0.0.0.0", False),
        ("ValueError: Unable to load PEM file.", "key or certificate that it can't read", "line breaks", False),
        (
            "ssl.SSLError: [X509: KEY_VALUES_MISMATCH] key values mismatch",
            "belong together",
            "create secret tls",
            False,
        ),
        (
            'yaml.scanner.ScannerError: mapping values are not allowed here\n  in "/config/a.yaml", line 2, column 3',
            "can't read /config/a.yaml, line 2",
            "ConfigMap",
            False,
        ),
        ("IsADirectoryError: [Errno 21] Is a directory: '/etc/app.yaml'", "which is a directory", "subPath", False),
        ("KeyError: 'getpwuid(): uid not found: 1001'", "its own user 1001", "HOME", False),
        ("zoneinfo._common.ZoneInfoNotFoundError: 'No time zone found with key Europe/X'", "Europe/X", "tzdata", False),
        ("RuntimeError: No CUDA GPUs are available", "needs a GPU", "nvidia.com/gpu", False),
        ("RuntimeError: can't start new thread", "processes or threads", "pids", False),
        ("OSError: [Errno 97] Address family not supported by protocol", "IPv6", "0.0.0.0", False),
        (
            'RuntimeError: Form data requires "python-multipart" to be installed.',
            "lacks python-multipart",
            "add python-multipart",
            False,
        ),
        (
            "importlib.metadata.PackageNotFoundError: No package metadata was found for shop",
            "the distribution shop",
            "",
            False,
        ),
        ("ssl.SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number", "whether to use TLS", "", False),
        (
            "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has "
            "expired (_ssl.c:1000)",
            "has expired",
            "renew",
            False,
        ),
        (
            "LookupError: \n*****\n  Resource 'punkt' not found.\n  Please use the NLTK Downloader to obtain it:\n",
            "needs punkt",
            "while the image is built",
            False,
        ),
    ],
)
def test_words_of_libraries_are_understood(said: str, cause: str, remedy: str, heals: bool) -> None:
    found = understood(said)

    assert bool(found) is bool(cause)
    assert not found or cause in found.cause
    assert not found or remedy in found.remedy
    assert not found or found.heals is heals


@pytest.mark.parametrize(
    ("line", "said", "cause"),
    [
        (
            "PORT = int(os.environ['REDIS_PORT'])",
            "ValueError: invalid literal for int() with base 10: 'tcp://10.0.0.9:6379'",
            "takes tcp://10.0.0.9:6379 for a setting, which Kubernetes puts into NAME_PORT for the Service NAME of its "
            "namespace (app.py:3, variable REDIS_PORT)",
        ),
        (
            "FEATURES = json.loads(os.environ['FEATURES'])",
            "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
            "refuses the value of the environment variable FEATURES (app.py:3): Expecting value: line 1 column 1 (char "
            "0)",
        ),
        ("TTL = env.int('CACHE_TTL')", "ValueError: invalid literal: '5m'", "variable CACHE_TTL (app.py:3)"),
        (
            'kind = KINDS[os.getenv("APP_ENV", "staging")]',
            "KeyError: 'production'",
            "refuses the value of the environment variable APP_ENV (app.py:3)",
        ),
        (
            "s.bind((host, 80))",
            "OSError: [Errno 99] Cannot assign requested address",
            "an address that isn't its pod's",
        ),
        ("config('DEBUG', cast=bool)", "ValueError: Invalid truth value: prod", "variable DEBUG (app.py:3)"),
        (
            "log = open('/var/log/shop/a.log', 'a')",
            "FileNotFoundError: [Errno 2] No such file or directory: '/var/log/shop/a.log'",
            "writes /var/log/shop/a.log, whose folder is not there (app.py:3)",
        ),
        (
            "s = AppSettings()",
            "pydantic.ValidationError: 2 validation errors for AppSettings\ndb.port\n  Field required [type=missing]\n"
            "token\n  Field required [type=missing]",
            "needs the environment variables DB__PORT and TOKEN, which are not set",
        ),
        (
            "s = Settings()",
            'pydantic_settings.exceptions.SettingsError: error parsing value for field "hosts" from source "Env"',
            "variable HOSTS (app.py:3): a list or a structure is written as JSON",
        ),
        (
            "context.load_cert_chain(crt, key)",
            "PermissionError: [Errno 13] Permission denied",
            "private key (app.py:3)",
        ),
        ("os.setuid(0)", "PermissionError: [Errno 1] Operation not permitted", "may not become another user"),
        ("fcntl.flock(f, 6)", "BlockingIOError: [Errno 11] Resource temporarily unavailable", "doesn't get a lock"),
        ("os.fork()", "BlockingIOError: [Errno 11] Resource temporarily unavailable", "processes or threads"),
    ],
)
def test_source_line_tells_what_was_refused(line: str, said: str, cause: str) -> None:
    found = understood(said, line)

    assert found
    assert cause in found.cause


def test_call_that_a_library_does_not_take_is_guessed_to_be_of_another_version() -> None:
    error = read_traceback(
        OWN.format(line="f()", said="TypeError: Client.__init__() got an unexpected keyword argument 'proxies'")
    )

    assert error
    assert meaning(error) is None
    assert "another version" in in_words(error).cause


def test_telemetry_that_does_not_arrive_is_no_reason_and_hides_none() -> None:
    crash = OWN.format(line="start()", said="ValueError: no tenant")

    hidden = read_traceback(f"{crash}\n{EXPORT}")

    chained = EXPORT.replace(
        "ERROR:opentelemetry.sdk._shared_internal:Exception while exporting Span.\n",
        f"{crash}\nERROR: not sent\n{REFUSED}\n"
        "The above exception was the direct cause of the following exception:\n\n",
    )

    assert str(read_traceback(chained)) == "ValueError: no tenant"
    assert read_traceback(EXPORT) is None
    assert hidden
    assert hidden.type == "ValueError"


def test_exception_of_a_thread_after_which_the_program_spoke_on_is_not_why_it_ended() -> None:
    thread = "Exception in thread Thread-1 (push):\n" + OWN.format(line="push()", said="OSError: no metrics")

    alone = read_traceback(thread)
    spoke_on = read_traceback(f"{thread}\nunknown region mars\n")

    assert alone
    assert not alone.outlived
    assert spoke_on
    assert spoke_on.outlived


def test_announcement_is_told_with_what_it_announces() -> None:
    error = read_traceback(
        OWN.format(
            line="check()",
            said="django.core.management.base.SystemCheckError: System check identified some issues:\n\nERRORS:\n"
            "shop.Item.user: (fields.E304) Reverse accessor clashes.\n",
        )
    )

    assert str(error).endswith("some issues: shop.Item.user: (fields.E304) Reverse accessor clashes.")


def test_no_row_of_any_table_is_written_twice() -> None:
    patterns = [row.pattern.pattern for table in TABLES for row in table]

    assert len(set(patterns)) == len(patterns)
    assert all("{what}" not in row.cause or row.pattern.groups for table in TABLES for row in table)
    assert all(not re.search(r"\(\?P<(?!what)", p) or "(?P<what>" in p for p in patterns)
