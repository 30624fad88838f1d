"""What is declared and what is installed, as the other questions need to know it?"""

from dataclasses import dataclass
from functools import lru_cache

from packaging.markers import InvalidMarker, Marker

from kubeship.inspection.distributions.requirement_lines import Required
from kubeship.inspection.distributions.requirements import Requirements
from kubeship.model.origin import Found
from kubeship.model.project import Dependencies


@dataclass(frozen=True)
class Declared:
    """The dependencies as the other questions need them."""

    dependencies: Found[Dependencies]
    requirements: Requirements
    folder: str = "."
    """The folder that the dependency files belong to."""

    @property
    def distributions(self) -> tuple[str, ...]:
        """Normalised names of what is declared or locked, sorted."""
        everything = (*self.requirements.required, *self.requirements.locked)
        return tuple(sorted({requirement.name for requirement in everything if requirement.name}))

    def releases(self, python: str) -> dict[str, str]:
        """Distribution -> the one version of it that can be installed."""
        return {each.name: each.version for each in self.installed(python) if each.name and each.version}

    def applying(self, python: str) -> list[Required]:
        """The declared requirements whose markers hold on Linux under this Python."""
        return [requirement for requirement in self.requirements.required if applies(requirement.marker, python)]

    def installed(self, python: str) -> list[Required]:
        """What the lock file installs under this Python; what is declared where there is none."""
        locked = [requirement for requirement in self.requirements.locked if applies(requirement.marker, python)]
        names = {requirement.name for requirement in locked}
        return locked + [each for each in self.applying(python) if each.name not in names]


@lru_cache(maxsize=1024)
def applies(marker: str, python: str) -> bool:
    """Whether an environment marker holds on Linux under this Python; one that can't be read does."""
    environment = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "platform_machine": "x86_64",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "extra": "",
    }
    try:
        return not marker or Marker(marker).evaluate(environment)
    except (InvalidMarker, ValueError, KeyError):
        return True
