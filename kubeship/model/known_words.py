"""Which row of all tables of programs' words does a text match?"""

from collections.abc import Iterable
from itertools import chain

from kubeship.model.cloud_errors import CLOUD
from kubeship.model.library_errors import LIBRARIES
from kubeship.model.meaning import Words, first_of
from kubeship.model.resource_errors import RESOURCES
from kubeship.model.server_errors import SERVER_ERRORS
from kubeship.model.settings_errors import SETTINGS

TABLES = (SETTINGS, RESOURCES, CLOUD, SERVER_ERRORS, LIBRARIES)
"""In order of precedence: what is plainest comes first."""

LONGEST = 4000
"""Characters that are looked at: a whole document may stand in a message, and patterns take their time with it."""


def known_words(text: str, tables: Iterable[Iterable[Words]] = TABLES) -> tuple[Words, str] | None:
    """The row, and what its pattern found."""
    return first_of(chain.from_iterable(tables), text[:LONGEST])
