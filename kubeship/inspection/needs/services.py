"""Which backing services does the project need? Read from drivers, settings and the variables' URLs."""

import re
from collections.abc import Iterable, Mapping

from kubeship.inspection.code.modules import Modules
from kubeship.inspection.distributions.requirement_lines import Required
from kubeship.inspection.files.syntax import assignments, calls, dotted, statements, strings, text
from kubeship.model.origin import Found, Origin
from kubeship.model.project import Variable

# Distributions by the service that their own description says they connect to.
DRIVERS_OF = {
    "cassandra": ("cassandra-driver", "scylla-driver"),
    "clickhouse": ("asynch", "clickhouse-connect", "clickhouse-driver", "clickhouse-sqlalchemy"),
    "elasticsearch": ("django-elasticsearch-dsl", "elastic-transport", "elasticsearch", "elasticsearch-dsl"),
    "influxdb": ("influxdb", "influxdb-client"),
    "kafka": ("aiokafka", "confluent-kafka", "faust", "faust-streaming", "kafka-python", "kafka-python-ng", "pykafka"),
    "memcached": (
        "aiomcache", "bmemcached", "django-bmemcached", "pylibmc", "pymemcache", "python-binary-memcached",
        "python-memcached",
    ),
    "mongodb": (
        "beanie", "bunnet", "djongo", "flask-mongoengine", "flask-pymongo", "mongoengine", "motor", "odmantic",
        "pymongo", "umongo",
    ),
    "mssql": ("mssql-django", "pymssql"),
    "mysql": (
        "aiomysql", "asyncmy", "django-mysql", "mysql-connector", "mysql-connector-python", "mysqlclient", "pymysql",
    ),
    "nats": ("asyncio-nats-client", "nats-py"),
    "neo4j": ("django-neomodel", "neo4j", "neomodel", "py2neo"),
    "opensearch": ("django-opensearch-dsl", "opensearch-dsl", "opensearch-py"),
    "oracle": ("cx-oracle", "oracledb"),
    "postgres": (
        "aiopg", "asyncpg", "pg8000", "pgvector", "psycopg", "psycopg-binary", "psycopg-c", "psycopg-pool", "psycopg2",
        "psycopg2-binary", "psycopg2cffi", "procrastinate",
    ),
    "rabbitmq": ("aio-pika", "aiormq", "librabbitmq", "pika", "pika-pool"),
    "redis": (
        "aioredis", "arq", "channels-redis", "django-redis", "django-redis-cache", "django-rq", "flask-redis",
        "flask-rq2", "redis", "redis-om", "rq", "rq-scheduler", "taskiq-redis", "valkey", "walrus",
    ),
    "s3": ("django-s3-storage", "flask-s3", "minio", "s3fs"),
    "smtp": ("aiosmtplib", "fastapi-mail", "flask-mail", "flask-mailman"),
}  # fmt: skip
DRIVERS = {distribution: service for service, names in DRIVERS_OF.items() for distribution in names}
EXTRAS = {
    ("celery", "librabbitmq"): "rabbitmq", ("celery", "redis"): "redis", ("celery", "mongodb"): "mongodb",
    ("databases", "aiomysql"): "mysql", ("databases", "asyncpg"): "postgres", ("databases", "postgresql"): "postgres",
    ("django-storages", "boto3"): "s3", ("django-storages", "s3"): "s3", ("dramatiq", "rabbitmq"): "rabbitmq",
    ("dramatiq", "redis"): "redis", ("kombu", "redis"): "redis", ("piccolo", "postgres"): "postgres",
    ("sqlalchemy", "asyncmy"): "mysql", ("sqlalchemy", "asyncpg"): "postgres", ("sqlalchemy", "mysql"): "mysql",
    ("sqlalchemy", "postgresql"): "postgres", ("sqlalchemy", "pymysql"): "mysql",
    ("tortoise-orm", "asyncpg"): "postgres", ("tortoise-orm", "asyncmy"): "mysql",
}  # fmt: skip
ENGINES = {"postgresql": "postgres", "postgis": "postgres", "mysql": "mysql", "oracle": "oracle"}
"""Django's database back ends."""
BACK_ENDS = {
    "elasticsearch": re.compile(r"(haystack\.backends|wagtail\.search\.backends)\.elasticsearch.*"),
    "memcached": re.compile(r"django\.core\.cache\.backends\.memcached\..*|django_bmemcached\..*"),
    "redis": re.compile(
        r"django_redis\..*|redis_cache\..*|django\.core\.cache\.backends\.redis\..*|channels_redis\..*"
    ),
    "s3": re.compile(r"storages\.backends\.s3\w*\..*|django_s3_storage\..*"),
    "smtp": re.compile(r"django\.core\.mail\.backends\.smtp\..*|anymail\.backends\.smtp\..*"),
}
"""Classes that a settings module names as strings. Source: the settings references of Django and of each package."""
SMTP_SETTINGS = frozenset({"EMAIL_HOST", "MAIL_SERVER"})
"""Django's and Flask-Mail's; a host of one's own says that mail is sent."""
# Only a variable whose name or default names the product; DATABASE_URL may be any of them.
NAMES = {
    "elasticsearch": re.compile(r"(.*_)?(ELASTIC|ELASTICSEARCH|ELASTIC_SEARCH|ES)_(URLS?|URI|HOSTS?|SERVERS?)"),
    "kafka": re.compile(r"(.*_)?KAFKA_(BOOTSTRAP_SERVERS?|BROKERS?|BROKER_URLS?|URLS?|HOSTS?|SERVERS?)"),
    "memcached": re.compile(r"(.*_)?(MEMCACHED?|MEMCACHIER)_(URLS?|HOSTS?|SERVERS?|LOCATION)"),
    "mongodb": re.compile(r"(.*_)?MONGO(DB)?_?(URL|URI|HOST|SERVER|CONNECTION_STRING|DSN)"),
    "mysql": re.compile(r"(.*_)?MYSQL_(URL|URI|HOST|SERVER)"),
    "opensearch": re.compile(r"(.*_)?OPENSEARCH_(URLS?|URI|HOSTS?|SERVERS?)"),
    "postgres": re.compile(r"(.*_)?(POSTGRES|POSTGRESQL|PG)_?(URL|URI|HOST|SERVER)"),
    "rabbitmq": re.compile(r"(.*_)?(RABBITMQ|AMQP|CLOUDAMQP|RABBIT)_(URL|URI|HOST|SERVER)"),
    "redis": re.compile(r"(.*_)?(REDIS|VALKEY)_(URL|URI|HOST|SERVER)"),
    "s3": re.compile(r"(.*_)?(S3_(BUCKET|ENDPOINT|REGION)\w*|AWS_STORAGE_BUCKET_NAME|MINIO_(URL|HOST|ENDPOINT))"),
    "smtp": re.compile(r"(.*_)?(SMTP_(URL|URI|HOST|SERVER)|MAIL_SERVER|EMAIL_HOST|EMAIL_URL)"),
}
SCHEMES = {
    "elasticsearch": re.compile(r"(elasticsearch\d?|https?://[^/]*\belasticsearch)\b.*"),
    "kafka": re.compile(r"kafka://"),
    "mongodb": re.compile(r"mongodb(\+srv)?://"),
    "mysql": re.compile(r"(mysql|mariadb)(2|\+\w+)?://"),
    "nats": re.compile(r"nats://"),
    "postgres": re.compile(r"(postgres(ql)?|postgis)(\+\w+)?://"),
    "rabbitmq": re.compile(r"(amqp|amqps|pyamqp)://"),
    "redis": re.compile(r"(redis|rediss|valkey)(\+\w+)?://"),
    "s3": re.compile(r"s3://"),
    "smtp": re.compile(r"smtps?(\+\w+)?://"),
}
S3_CALLS = re.compile(r"(.*\.)?(client|resource)")


def find_services(
    modules: Modules,
    required: Iterable[Required],
    variables: tuple[Variable, ...],
    engines: Mapping[str, Origin],
    settings: tuple[str, ...] = (),
) -> tuple[Found[str], ...]:
    """The services by name, each with everything that points to it; `settings` are the files of Django's settings."""
    found: dict[str, list[Origin]] = {}
    for requirement in required:
        named = [DRIVERS.get(requirement.name)]
        named += [EXTRAS.get((requirement.name, extra)) for extra in sorted(requirement.extras)]
        for service in filter(None, named):
            origin = Origin(requirement.origin.path, requirement.origin.line, requirement.name)
            found.setdefault(service, []).append(origin)
    for engine, origin in engines.items():
        if engine in ENGINES:
            found.setdefault(ENGINES[engine], []).append(Origin(origin.path, origin.line, f"the {engine} back end"))
    for variable in variables:
        for service in sorted(NAMES.keys() | SCHEMES.keys()):
            named_by = service in NAMES and NAMES[service].fullmatch(variable.name)
            scheme = service in SCHEMES and variable.default and SCHEMES[service].match(variable.default)
            if named_by or scheme:
                place = variable.origins[0]
                found.setdefault(service, []).append(Origin(place.path, place.line, variable.name))
    for path in settings:
        for service, origin in _in_settings(modules, path):
            found.setdefault(service, []).append(origin)
    for service, origin in _in_code(modules):
        found.setdefault(service, []).append(origin)
    return tuple(Found(service, tuple(dict.fromkeys(origins))) for service, origins in sorted(found.items()))


def _in_settings(modules: Modules, path: str) -> list[tuple[str, Origin]]:
    """What the strings of a settings module name: back ends, and URLs with a scheme."""
    tree = modules.sources.tree(path)
    found: list[tuple[str, Origin]] = []
    for statement, _ in statements(tree.body if tree else []):
        for target, value in assignments(statement):
            for stated, line in strings(value):
                for service in sorted(BACK_ENDS.keys() | SCHEMES.keys()):
                    back_end = service in BACK_ENDS and BACK_ENDS[service].fullmatch(stated)
                    scheme = service in SCHEMES and "://" in stated and SCHEMES[service].match(stated)
                    if back_end or scheme:
                        found.append((service, Origin(path, line, dotted(target) or "a setting")))
            host = text(value)
            if dotted(target) in SMTP_SETTINGS and host and host != "localhost":
                found.append(("smtp", Origin(path, statement.lineno, dotted(target) or "")))
    return found


def _in_code(modules: Modules) -> list[tuple[str, Origin]]:
    """boto3 and smtplib come for many purposes: a client for S3, and a connection, say which."""
    sources = modules.sources
    found: list[tuple[str, Origin]] = []
    for path in sources.importing(("aioboto3", "aiobotocore", "boto3", "botocore")):
        tree = sources.tree(path) if b"s3" in sources.content(path) else None
        for call in calls(tree) if tree else ():
            if call.args and text(call.args[0]) == "s3" and S3_CALLS.fullmatch(dotted(call.func) or ""):
                found.append(("s3", Origin(path, call.lineno, "a client for S3")))
                break
    lines = ((path, sources.line_of(path, r"\bSMTP(_SSL)?\(")) for path in sources.importing(("smtplib",)))
    return found + [("smtp", Origin(path, line, "smtplib")) for path, line in lines if line]
