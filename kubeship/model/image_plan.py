"""What does the image hold, and how is it built? Every step of the Dockerfile decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class FrontEndPlan:
    """A Node front end that is built in a stage of its own."""

    base: str
    """`node:22-slim`, or with a pinned digest."""
    path: str
    """Its folder, relative to the project."""
    manager: str
    """npm, pnpm or yarn."""
    files: tuple[str, ...]
    """package.json and the lock file, copied before the sources."""
    reads: tuple[str, ...]
    """Other folders of the project that its build reads (templates that Tailwind scans)."""
    command: str
    output: str
    """What it makes, relative to the project."""


@dataclass(frozen=True)
class BundlePlan:
    """A program made by PyInstaller, which runs without Python."""

    requirement: str
    """`pyinstaller==6.22.3`."""
    source: str
    """A script or a .spec file, relative to the project."""
    name: str
    """Of the program and its folder."""
    options: tuple[str, ...]


@dataclass(frozen=True)
class TestPlan:
    """A command that must succeed in a stage of its own before the image is done, and what it needs beside the app."""

    __test__ = False  # no test class, whatever pytest thinks of its name

    command: str
    files: tuple[str, ...] = ()
    """Requirements files."""
    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImagePlan:
    """What the Dockerfile does. None in Plan.dockerfile where the project keeps its own."""

    base: str
    """`python:3.12-slim`, or with a pinned digest `python:3.12-slim@sha256:...`."""
    platform: str
    """`linux/amd64`."""
    manager: str
    """How dependencies are installed: pip, uv, poetry, ... as in `dependencies.manager`."""
    dependency_files: tuple[str, ...]
    """Copied before the source, the one to install from first; empty when there is none."""
    require_hashes: bool
    server_requirement: str | None
    """`gunicorn==27.0.1 uvicorn-worker==0.4.0`: words of a shell, for what the project's dependencies don't bring."""
    build_packages: tuple[str, ...]
    runtime_packages: tuple[str, ...]
    steps: tuple[str, ...]
    """Shell commands that run in the build stage after the source is there (collectstatic)."""
    step_variables: Mapping[str, str]
    """Set for the steps alone; never in the image."""
    variables: Mapping[str, str]
    """What the image itself sets beside PATH and PYTHON*: nothing secret, nothing that differs by environment."""
    import_root: str
    """Relative to the project; on PYTHONPATH unless it is `.`."""
    root: str
    """Directory that processes start in, relative to the project."""
    user: int
    """Numeric uid and gid of the process."""
    port: int | None
    command: tuple[str, ...]
    """Exec form; the web process', or the first one's."""
    groups: tuple[str, ...] = ()
    """Dependency groups to install beside the main dependencies."""
    extras: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    """Package indexes beside the default one, without credentials."""
    secrets: tuple[str, ...] = ()
    """Ids of the secrets that installing may read (`build.secrets`)."""
    secret_files: tuple[str, ...] = ()
    """Those of them that are files of the project, which the builder must not be sent as sources."""
    tests: TestPlan | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    """OCI labels (`org.opencontainers.image.source`); nothing that differs by commit."""
    stop_signal: str = "SIGTERM"
    python: str = ""
    """The minor version: `3.12`."""
    tool: str | None = None
    """`uv==0.13.8`: installed into the build stage to install the dependencies; None for the base image's own pip."""
    paths: tuple[str, ...] = ()
    """Folders of the project that dependencies are installed from (`-e ./libs/core`, workspace members)."""
    package: bool = False
    """Whether the project itself is installed: it has console scripts, or reads its own metadata."""
    package_variables: Mapping[str, str] = field(default_factory=dict)
    """Set while the project itself is installed (`SETUPTOOLS_SCM_PRETEND_VERSION`)."""
    accelerator: str | None = None
    """cpu: PyTorch's wheels without CUDA."""
    runtime_base: str | None = None
    """What the second stage starts from, where that isn't `base`: no Python is needed there."""
    front_end: FrontEndPlan | None = None
    bundle: BundlePlan | None = None
    models: tuple[str, ...] = ()
    """Files and folders with model weights: a layer of their own."""
    healthcheck: tuple[str, ...] = ()
    """Exec form of HEALTHCHECK, where it was asked for; Kubernetes ignores it."""
