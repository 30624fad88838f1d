"""What may kubeship.yaml say of the image: dependencies, system packages, and how it is built?"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kubeship.config.kinds import Directory, SecretId, VariableName
from kubeship.config.strict import Strict


class Dependencies(Strict):
    """How distributions are installed."""

    manager: Literal["pip", "pip-tools", "uv", "poetry", "pdm", "pipenv", "conda", "pep621", "setuptools", "none"]
    files: list[str] = []
    groups: list[str] = []
    extras: list[str] = []
    indexes: list[str] = []
    hashes: bool = False
    paths: list[Directory] = []
    """Folders of the project that dependencies are installed from (`-e ./libs/core`, workspace members)."""
    package: bool = False
    """Whether the project itself is installed, for its console scripts, entry points or metadata."""


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


class FrontEnd(Strict):
    """A Node front end, built in a stage of its own."""

    path: Directory
    manager: Literal["npm", "pnpm", "yarn"] = "npm"
    command: str = "npm run build"
    output: Directory
    """What the build makes, relative to kubeship.yaml; copied into the app."""
    reads: list[Directory] = []
    """Other folders that the build reads, such as templates that Tailwind scans."""
    lock: str | None = None
    """The lock file, relative to kubeship.yaml, where it has another place or name than usual."""
    node: Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)*$")] = "22"


class Bundle(Strict):
    """A one-folder program made by PyInstaller, in an image without Python."""

    source: str
    """A script or a .spec file."""
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")] = "app"
    """The program becomes /app/NAME."""
    options: list[str] = []


class TestDependencies(Strict):
    """What tests need beside the app: requirements files, groups or extras, as the manager has them."""

    __test__ = False  # no test class, whatever pytest thinks of its name

    files: list[str] = []
    groups: list[str] = []
    extras: list[str] = []


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
    test_dependencies: TestDependencies = TestDependencies()
    front_end: FrontEnd | None = None
    bundle: Bundle | None = None
    models: list[Directory] = []
    """Files and folders with model weights, which become a layer of their own."""
    accelerator: Literal["cpu", "cuda"] | None = None
    """cpu: PyTorch's wheels without CUDA, where no lock file says which."""
    labels: dict[str, str] = {}
    """OCI labels of the image (`org.opencontainers.image.source`)."""
    healthcheck: bool = False
    """Whether the image gets a HEALTHCHECK, for engines other than Kubernetes, which ignores it."""

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if self.tests is None and self.test_dependencies != TestDependencies():
            raise ValueError("test_dependencies stand beside tests")
        return self
