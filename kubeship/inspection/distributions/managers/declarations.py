"""What does a manager's reader get, and what does it hand back?"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from kubeship.inspection.distributions.installs import is_for_development
from kubeship.inspection.distributions.requirement_lines import Required, below, pinned, without_credentials
from kubeship.inspection.distributions.requirements import Requirements
from kubeship.inspection.files.sources import Sources
from kubeship.model.origin import Origin


@dataclass(frozen=True)
class Selection:
    """The groups and extras that are installed beside the project's plain dependencies."""

    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()

    def of(self, groups: list[str], extras: list[str]) -> "Selection":
        """What there is of it; where nothing says which, those whose name says that they are production's."""
        chosen_groups = tuple(name for name in self.groups if name in groups and not is_for_development(name))
        chosen_extras = tuple(name for name in self.extras if name in extras and not is_for_development(name))
        if not self.groups and not self.extras:
            chosen_groups = tuple(name for name in groups if name.lower() in PRODUCTION)
            chosen_extras = tuple(name for name in extras if name.lower() in PRODUCTION)
        return Selection(chosen_groups, chosen_extras)


PRODUCTION = frozenset({"prod", "production"})


@dataclass(frozen=True)
class Declaration:
    """What one manager would install."""

    requirements: Requirements
    selection: Selection = field(default_factory=Selection)


def required(text: str, path: str, sources: Sources) -> Required | None:
    """A PEP 508 requirement that stands in a file; None when it isn't one."""
    try:
        parsed = Requirement(text)
    except InvalidRequirement:
        return None
    name = canonicalize_name(parsed.name)
    return Required(
        name,
        frozenset(parsed.extras),
        str(parsed.marker or ""),
        False,
        without_credentials(parsed.url or ""),
        Origin(path, line_naming(sources, path, parsed.name)),
        pinned(parsed.specifier),
        below=below(parsed.specifier),
    )


def line_naming(sources: Sources, path: str, name: str) -> int | None:
    """The first line (from 1) of the file that names the distribution."""
    return _first_lines(sources.text(path)).get(canonicalize_name(name))


@lru_cache(maxsize=16)
def _first_lines(text: str) -> dict[str, int]:
    """The first line of every word, normalised as names of distributions are."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        for word in WORD.findall(re.sub(r"[._]", "-", line.lower())):
            found.setdefault(word, number)
    return found


WORD = re.compile(r"[a-z0-9]+(?:-+[a-z0-9]+)*")
