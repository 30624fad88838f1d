"""Does the release of a framework that the project installs speak another interface than today's?"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kubeship.inspection.distributions.requirement_lines import Required
from kubeship.inspection.files.findings import Answered
from kubeship.inspection.served.entrypoint import SERVERS
from kubeship.inspection.served.entrypoints import EntrypointFound
from kubeship.model.project import Interface


@dataclass(frozen=True)
class Earlier:
    """What the apps of a framework were before a release."""

    framework: str
    distribution: str
    until: str
    """The first release whose apps are what they are today."""
    interface: Interface


EARLIER = (Earlier("connexion", "connexion", "3", "wsgi"),)
"""Source: Connexion's documentation, "Upgrading to Connexion 3": apps are ASGI since then, and were Flask's before."""


def as_released(found: Answered[EntrypointFound], installed: Iterable[Required]) -> Answered[EntrypointFound]:
    """With the chosen app under the server that the installed release of its framework needs."""
    chosen = found.value.chosen
    row = next((each for each in EARLIER if chosen and each.framework == chosen.framework), None)
    if chosen is None or row is None or chosen.interface not in ("wsgi", "asgi"):
        return found
    required = next((each for each in installed if each.name == row.distribution), None)
    if required is None or not required.is_before(row.until):
        return found
    released = replace(chosen, interface=row.interface, server=SERVERS[row.interface])
    return replace(found, value=replace(found.value, chosen=released))
