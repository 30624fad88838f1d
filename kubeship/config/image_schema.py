"""What may kubeship.yaml say of the image: dependencies, system packages, and how it is built?"""

from typing import Literal, Self

from pydantic import model_validator

from kubeship.config.kinds import SecretId, VariableName
from kubeship.config.strict import Strict


class Dependencies(Strict):
    """How distributions are installed."""

    manager: Literal["pip", "pip-tools", "uv", "poetry", "pdm", "pipenv", "conda", "pep621", "setuptools", "none"]
    files: list[str] = []
    groups: list[str] = []
    extras: list[str] = []
    indexes: list[str] = []
    hashes: bool = False


class SystemPackages(Strict):
    """Debian packages of the build stage and of the image that runs."""

    build: list[str] = []
    runtime: list[str] = []


class BuildSecret(Strict):
    """Where a credential for the build comes from: an environment variable, or a file of the user's."""

    variable: VariableName | None = None
    file: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.variable is None) == (self.file is None):
            raise ValueError("needs either a variable or a file")
        return self


class Build(Strict):
    """How the image is built."""

    dockerfile: str | None = None
    """The project's own Dockerfile, which kubeship uses as it is."""
    steps: list[str] = []
    variables: dict[VariableName, str] = {}
    """For steps and verification; never in the image."""
    secrets: dict[SecretId, BuildSecret] = {}
    """For steps that need credentials, such as a private index; never in the image."""
    tests: str | None = None
    """A command that must succeed inside the built image before anything is pushed."""
