"""Which environment variables does the app need from outside, and what stands in for them during the build?"""

import re
from collections.abc import Iterator

from kubeship.model.origin import Found
from kubeship.model.project import Project, Variable

STAND_IN = "build-only"
LOCATION = re.compile(r"(^|_)(URL|URI|DSN)$")
"""Names of variables that hold an address, which code parses when it is imported."""
LOCATIONS: tuple[tuple[str, str], ...] = (
    (r"AMQP|RABBIT", "amqp://build-only@localhost:5672//"),
    (r"BROKER|CACHE|CELERY|REDIS", "redis://localhost:6379/0"),
    (r"MONGO", "mongodb://localhost:27017/build-only"),
    (r"MYSQL", "mysql://build-only@localhost:3306/build-only"),
    (r"POSTGRES", "postgresql://build-only@localhost:5432/build-only"),
    (r"SENTRY", "https://build-only@localhost/1"),
)
"""What stands in for an address, by what its name holds: valid to a parser, and reached by nobody."""
DATABASES = {
    "mysql": "mysql://build-only@localhost:3306/build-only",
    "postgres": "postgresql://build-only@localhost:5432/build-only",
}
"""What stands in for DATABASE_URL, by service; dj-database-url, django-environ and SQLAlchemy know these schemes."""
DIALECTS: tuple[tuple[str, str, str], ...] = (
    ("asyncpg", "postgresql://", "postgresql+asyncpg://"),
    ("mysqlclient", "mysql://", "mysql+mysqldb://"),
    ("psycopg", "postgresql://", "postgresql+psycopg://"),
    ("psycopg2", "postgresql://", "postgresql+psycopg2://"),
    ("psycopg2-binary", "postgresql://", "postgresql+psycopg2://"),
    ("pymysql", "mysql://", "mysql+pymysql://"),
)
"""Driver -> scheme without and with it. SQLAlchemy loads the driver when it reads an address, and which one it takes
without its name depends on its version (docs.sqlalchemy.org/en/latest/changelog/migration_21.html: psycopg 3)."""
ASYNCHRONOUS = frozenset({"aiomysql", "asyncmy", "asyncpg"})
BRING_SQLALCHEMY = re.compile(r"sqlalchemy|^(advanced-alchemy|alembic|sqladmin|sqlmodel)$")
NO_DATABASE = "sqlite:///:memory:"
SERVICE_NAMES = {
    "mongodb": r"MONGO",
    "mysql": r"DATABASE_UR[LI]|MYSQL|(^|_)DB_UR[LI]",
    "postgres": r"DATABASE_UR[LI]|POSTGRES|(^|_)DB_UR[LI]|PG_?(URL|DSN)",
    "rabbitmq": r"AMQP|RABBIT|BROKER_URL",
    "redis": r"REDIS|CACHE_URL|BROKER_URL",
}
"""Names of variables that say where a service is."""
PLACE = re.compile(r"(^|_)(ADDRESS|BUCKET|DSN|ENDPOINT|HOST|LOCATION|SERVER|UR[IL])S?(_|$)")
"""Of several variables of a service, the one that says where it is."""
SIGNING = re.compile(r"^((APP|AUTH|DJANGO|FLASK|JWT|SESSION)_)?SECRET(_KEY)?$|^(JWT|SESSION)_(SECRET_|SIGNING_)?KEY$")
"""Names of what an app signs sessions and tokens with."""
DATABASE_PASSWORD = re.compile(r"(^|_)(DATABASE|DB|MARIADB|MONGO(DB)?|MYSQL|PG|POSTGRES(QL)?|RABBITMQ)_?PASS(WORD)?$")
"""Redis has none, as it is installed."""


def secret_keys(project: Project) -> tuple[Variable, ...]:
    """Variables whose values belong into the Secret, in the order in which the code reads them."""
    return tuple(variable for variable in project.variables if variable.secret)


def demanded_keys(project: Project) -> tuple[Variable, ...]:
    """Those secrets without which the app doesn't do its work: what it can't be read without, what it signs with, and
    where its databases and queues are. Code often has a stand-in for these, made for a laptop."""
    kept = {_once(variable.name) for service, variable in service_variables(project) if service.value in SERVICE_NAMES}
    databases = SERVICE_NAMES.keys() & {service.value for service in project.services}
    return tuple(
        each
        for each in secret_keys(project)
        if each.required
        or _once(each.name) in kept
        or SIGNING.search(each.name.removeprefix(_prefix(project)))
        or (databases and DATABASE_PASSWORD.search(each.name))
    )


def _prefix(project: Project) -> str:
    """What an app that names its variables after itself begins them with."""
    return re.sub(r"\W", "_", project.name.value).upper() + "_"


def _once(name: str) -> str:
    """The name of an address that is given twice, for drivers that block and for those that don't."""
    return re.sub(r"(^|_)A?SYNC(?=_|$)", "", name).strip("_")


def unset(project: Project) -> tuple[Variable, ...]:
    """Variables without which the app doesn't start, and whose values nobody can know from the code."""
    settled = {setting.value[0] for setting in project.settings}
    return tuple(each for each in project.variables if each.required and not each.secret and each.name not in settled)


def build_variables(project: Project) -> dict[str, str]:
    """Stand-ins for the secrets that the code can't be imported without.

    Of those that it reads without demanding them, for the addresses of databases and queues: what is made of one at the
    head of a module (`create_engine(os.getenv("DATABASE_URL"))`) takes no None.
    """
    needed = (
        variable.name
        for variable in demanded_keys(project)
        if variable.required or (variable.default is None and LOCATION.search(variable.name))
    )
    return {name: _stand_in(name, project) for name in needed}


def service_variables(project: Project) -> Iterator[tuple[Found[str], Variable]]:
    """Each backing service with the variable that says where it is, where the code reads one."""
    for service in project.services:
        pattern = SERVICE_NAMES.get(service.value, re.escape(service.value.upper()))
        named = [each for each in project.variables if re.search(pattern, each.name)]
        variable = next((each for each in named if PLACE.search(each.name)), named[0] if named else None)
        if variable is not None:
            yield service, variable


def _stand_in(name: str, project: Project) -> str:
    if not LOCATION.search(name):
        return STAND_IN
    services = {service.value for service in project.services}
    address = next((value for pattern, value in LOCATIONS if re.search(pattern, name)), None)
    if address is None and ("DATABASE" in name or "DB" in name.split("_")):
        address = next((value for service, value in DATABASES.items() if service in services), NO_DATABASE)
    return _with_driver(name, address, project) if address else "http://localhost/build-only"


def _with_driver(name: str, address: str, project: Project) -> str:
    """The address as SQLAlchemy wants it where the project uses that; Django's readers know no drivers in it.

    Nor does `databases`, which brings an asynchronous driver of its own beside the engine's.
    """
    others = {"databases", "django"} & set(project.distributions)
    if not any(BRING_SQLALCHEMY.search(each) for each in project.distributions) or others:
        return address
    blocking = bool(re.search(r"(^|_)SYNC(_|$)", name))
    drivers = [
        (plain, named)
        for driver, plain, named in DIALECTS
        if driver in project.distributions and not (blocking and driver in ASYNCHRONOUS)
    ]
    return next((address.replace(plain, named, 1) for plain, named in drivers if address.startswith(plain)), address)
