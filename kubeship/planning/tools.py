"""Which version of which program installs the dependencies, in the build stage?"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kubeship.config.schema import Configuration
from kubeship.errors import InvalidInput


@dataclass(frozen=True)
class Release:
    """A version, and the oldest Python that it runs under."""

    version: str
    python: tuple[int, int]


@dataclass(frozen=True)
class Tool:
    """A program on PyPI that installs a project's dependencies into a virtual environment."""

    distribution: str
    releases: tuple[Release, ...]
    """Newest first: the last version that each Python can still run."""
    extra: str = ""
    """An extra that pins what the program itself depends on."""

    def requirement(self, version: str) -> str:
        """`pdm[locked]==2.29.3`."""
        return f"{self.distribution}{self.extra}=={version}"


# Source: each project's `Requires-Python` on PyPI. uv is one static program and runs beside every Python. PDM's extra
# `locked` pins its dependencies, without which an old PDM breaks on a newer one of them (hishel).
UV = Tool("uv", (Release("0.13.8", (3, 7)),))
TOOLS: Mapping[str, Tool] = MappingProxyType(
    {
        "pdm": Tool("pdm", (Release("2.29.3", (3, 10)), Release("2.26.9", (3, 9))), extra="[locked]"),
        "pep621": UV,
        "pipenv": Tool("pipenv", (Release("2026.10.3", (3, 10)), Release("2025.0.4", (3, 9)))),
        "poetry": Tool("poetry", (Release("2.5.1", (3, 10)), Release("2.2.1", (3, 9)), Release("1.8.5", (3, 8)))),
        "uv": UV,
    }
)
"""By `dependencies.manager`; pip, pip-tools and setuptools do with the pip of the base image, whose digest pins it."""

PYINSTALLER = "6.22.3"
"""For `build.bundle`; runs under Python 3.8 and newer."""


def tool_pin(manager: str, python: str) -> tuple[str, str] | None:
    """The distribution and version to pin for a manager; None where nothing is added to the base image.

    Raises InvalidInput where the manager has no version for this Python.
    """
    tool = TOOLS.get(manager)
    if tool is None:
        return None
    minor = tuple(int(part) for part in python.split("."))
    release = next((release for release in tool.releases if minor >= release.python), None)
    if release is None:
        oldest = ".".join(str(part) for part in tool.releases[-1].python)
        raise InvalidInput(
            f"{tool.distribution} runs under Python {oldest} and newer, and the project's Python is {python}",
            hint=f'say `python: "{oldest}"` in kubeship.yaml, or install from a requirements file (`manager: pip`)',
        )
    return tool.distribution, release.version


def build_tools(configuration: Configuration, pins: Mapping[str, str]) -> dict[str, str]:
    """What kubeship.lock pins for the build stage: a pin that is there stays. Raises InvalidInput."""
    if configuration.build.dockerfile is not None:
        return {}
    pin = tool_pin(configuration.dependencies.manager, configuration.python)
    wanted = dict([pin]) if pin else {}
    if configuration.build.bundle:
        wanted["pyinstaller"] = PYINSTALLER
    return {distribution: pins.get(distribution, version) for distribution, version in wanted.items()}


def tool_requirement(manager: str, python: str, pins: Mapping[str, str]) -> str | None:
    """`uv==0.13.8`, as kubeship.lock pins it, otherwise the newest that this kubeship knows."""
    pin = tool_pin(manager, python)
    if pin is None:
        return None
    distribution, newest = pin
    return TOOLS[manager].requirement(pins.get(distribution, newest))
