"""Which backing services does the project need? Read from drivers, settings and the variables' URLs."""

import re
from collections.abc import Mapping

from kubeship.inspection.requirements import Required
from kubeship.model.origin import Found, Origin
from kubeship.model.project import Variable

# Distribution -> service. Source: what each distribution's own description says that it connects to.
DRIVERS = {
    "aioredis": "redis",
    "amqp": "rabbitmq",
    "asyncpg": "postgres",
    "django-redis": "redis",
    "django-rq": "redis",
    "flask-redis": "redis",
    "mysql-connector-python": "mysql",
    "mysqlclient": "mysql",
    "pg8000": "postgres",
    "pika": "rabbitmq",
    "psycopg": "postgres",
    "psycopg-binary": "postgres",
    "psycopg2": "postgres",
    "psycopg2-binary": "postgres",
    "pymysql": "mysql",
    "redis": "redis",
    "rq": "redis",
}
EXTRAS = {("celery", "redis"): "redis", ("kombu", "redis"): "redis", ("celery", "librabbitmq"): "rabbitmq"}
ENGINES = {"postgresql": "postgres", "postgis": "postgres", "mysql": "mysql"}
"""Django's database back ends."""
# Only a variable whose name or default names the product; DATABASE_URL may be any of them.
NAMES = {
    "mysql": re.compile(r"(.*_)?MYSQL_(URL|URI|HOST|SERVER)"),
    "postgres": re.compile(r"(.*_)?(POSTGRES|POSTGRESQL|PG)_?(URL|URI|HOST|SERVER)"),
    "rabbitmq": re.compile(r"(.*_)?(RABBITMQ|AMQP|CLOUDAMQP)_(URL|URI|HOST|SERVER)"),
    "redis": re.compile(r"(.*_)?(REDIS|VALKEY)_(URL|URI|HOST|SERVER)"),
}
SCHEMES = {
    "mysql": re.compile(r"mysql(2|\+\w+)?://"),
    "postgres": re.compile(r"postgres(ql)?(\+\w+)?://"),
    "rabbitmq": re.compile(r"amqps?://"),
    "redis": re.compile(r"rediss?://"),
}


def find_services(
    required: list[Required], variables: tuple[Variable, ...], engines: Mapping[str, Origin]
) -> tuple[Found[str], ...]:
    """The services by name, each with everything that points to it."""
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
        for service, pattern in NAMES.items():
            scheme = variable.default is not None and SCHEMES[service].match(variable.default)
            if scheme or pattern.fullmatch(variable.name):
                origin = variable.origins[0]
                found.setdefault(service, []).append(Origin(origin.path, origin.line, variable.name))
    return tuple(Found(service, tuple(dict.fromkeys(origins))) for service, origins in sorted(found.items()))
