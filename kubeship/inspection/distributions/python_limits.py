"""Which Python is the last that a release runs on, though its wheel says that it is for any? One table."""

from dataclasses import dataclass

from kubeship.inspection.distributions.requirement_lines import Required


@dataclass(frozen=True)
class Limit:
    """What a distribution's older releases import, and a newer Python no longer has."""

    distribution: str
    before: str
    """The first release that does without it."""
    python: int
    """The minor version that has it last."""
    module: str


# Sources: the imports of each project's last release before `before`; docs.python.org/3/whatsnew/3.12 (distutils,
# ssl.wrap_socket) and /3.13 (audioop, cgi) on what was removed.
LIMITS = (
    Limit("bottle", "0.13", 12, "cgi"),
    Limit("discord-py", "2.5", 12, "audioop"),
    Limit("django", "4.0", 11, "distutils"),
    Limit("django", "4.2", 12, "cgi"),
    Limit("eventlet", "0.34", 11, "ssl.wrap_socket"),
    Limit("webob", "1.8.9", 12, "cgi"),
)


def limit(required: Required, python: str) -> Limit | None:
    """Why none of the releases that are allowed runs on this Python; None where one may."""
    minor = int(python.partition(".")[2])
    rows = (row for row in LIMITS if row.distribution == required.name and minor > row.python)
    return next((row for row in rows if required.is_before(row.before)), None)
