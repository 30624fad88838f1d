"""What does the Dockerfile do? The same for all environments, because they share one image."""

import posixpath
from collections.abc import Iterator, Mapping

from kubeship.config.image_schema import Build, Bundle, Dependencies, FrontEnd
from kubeship.config.lock import Lock
from kubeship.config.process_schema import Process
from kubeship.config.schema import Configuration
from kubeship.model.image_plan import BundlePlan, FrontEndPlan, ImagePlan, TestPlan
from kubeship.planning.added import build_packages, pinned_server, runtime_packages, server_release
from kubeship.planning.commands import process_command
from kubeship.planning.probes import probed_host
from kubeship.planning.tools import PYINSTALLER, tool_requirement

USER = 10001
"""Above what distributions give to system and login users, so that it means nobody on the node either."""
CODE_VARIABLES = frozenset({"DJANGO_SETTINGS_MODULE", "FLASK_APP"})
"""Variables that say where code is, and so belong to the image like the code itself."""

MICROMAMBA = "mambaorg/micromamba:2.3.3-debian13-slim"
"""Makes conda environments; one static program on Debian (micromamba-docker.readthedocs.io)."""
DEBIAN = "debian:trixie-slim"
"""For what brings its own Python: a conda environment, a PyInstaller bundle. The release of the official images."""
NODE_LOCKS = {"npm": "package-lock.json", "pnpm": "pnpm-lock.yaml", "yarn": "yarn.lock"}
ARCHIVES = (".tar.gz", ".whl", ".zip")
"""What a distribution can be installed from that is one file."""
VERSION_VARIABLES = frozenset(
    {"PBR_VERSION", "PDM_BUILD_SCM_VERSION", "POETRY_DYNAMIC_VERSIONING_BYPASS", "SETUPTOOLS_SCM_PRETEND_VERSION"}
)
"""What build backends take for the version where there is no .git to ask (each backend's documentation)."""


def image_plan(configuration: Configuration, lock: Lock) -> ImagePlan | None:
    """None where the project keeps its own Dockerfile. `configuration` is kubeship.yaml without any overlay."""
    if configuration.build.dockerfile is not None:
        return None
    name, process = next(
        ((name, process) for name, process in configuration.processes.items() if process.kind == "web"),
        next(iter(configuration.processes.items())),
    )
    build, dependencies = configuration.build, configuration.dependencies
    base, *others = bases(configuration)
    return ImagePlan(
        base=_pinned(base, lock),
        platform=configuration.platform,
        manager=configuration.dependencies.manager,
        dependency_files=_copied_files(dependencies),
        require_hashes=configuration.dependencies.hashes,
        server_requirement=pinned_server(configuration, lock),
        build_packages=_build_packages(configuration),
        runtime_packages=runtime_packages(configuration),
        steps=tuple(configuration.build.steps),
        step_variables={**configuration.variables, **configuration.build.variables},
        variables=_image_variables(configuration),
        import_root=configuration.import_root,
        root=configuration.root,
        user=USER,
        port=process.port,
        command=process_command(process, f"processes.{name}", server_release(process.server, lock)),
        groups=tuple(dependencies.groups),
        extras=tuple(dependencies.extras),
        indexes=tuple(dependencies.indexes),
        secrets=tuple(build.secrets),
        secret_files=tuple(_own_files(build)),
        tests=_tests(build),
        labels=build.labels,
        python=configuration.python,
        tool=tool_requirement(dependencies.manager, configuration.python, lock.tools),
        paths=tuple(path for path in dependencies.paths if not path.endswith(ARCHIVES)),
        package=dependencies.package,
        package_variables={name: value for name, value in build.variables.items() if name in VERSION_VARIABLES},
        accelerator=build.accelerator,
        runtime_base=next((_pinned(other, lock) for other in others if other.startswith(DEBIAN)), None),
        front_end=_front_end(build.front_end, lock) if build.front_end else None,
        bundle=_bundle(build.bundle, lock) if build.bundle else None,
        models=tuple(build.models),
        healthcheck=_healthcheck(process) if build.healthcheck else (),
    )


def bases(configuration: Configuration) -> tuple[str, ...]:
    """The images that stages start from, the build stage's first; none where the project keeps its own Dockerfile."""
    build = configuration.build
    if build.dockerfile is not None:
        return ()
    is_conda = configuration.dependencies.manager == "conda"
    found = [MICROMAMBA if is_conda else base_image(configuration.python)]
    if is_conda or build.bundle:
        found.append(DEBIAN)
    if build.front_end:
        found.append(node_image(build.front_end.node))
    return tuple(found)


def base_image(python: str) -> str:
    """The official image of a minor version: `python:3.12-slim`."""
    return f"python:{python}-slim"


def node_image(version: str) -> str:
    """The official image of a Node release: `node:22-slim`."""
    return f"node:{version}-slim"


def _pinned(base: str, lock: Lock) -> str:
    return f"{base}@{lock.bases[base]}" if base in lock.bases else base


def _copied_files(dependencies: Dependencies) -> tuple[str, ...]:
    """What installing reads; the member of a uv workspace needs the manifest beside the lock file, too."""
    files = [*dependencies.files, *(path for path in dependencies.paths if path.endswith(ARCHIVES))]
    if dependencies.manager == "uv":
        roots = (posixpath.dirname(file) for file in files if posixpath.basename(file) == "uv.lock")
        files += [manifest for root in roots if (manifest := posixpath.join(root, "pyproject.toml")) not in files]
    return tuple(files)


def _build_packages(configuration: Configuration) -> tuple[str, ...]:
    """With objdump, which PyInstaller reads shared libraries by (pyinstaller.org, "Requirements").

    Steps and tests load the app's libraries as the app does, so they need what it loads, too.
    """
    needed, build = build_packages(configuration), configuration.build
    loaded = configuration.system_packages.runtime if build.steps or build.tests or build.bundle else []
    brought = tuple(name.removesuffix("-dev") for name in needed if name.endswith("-dev"))
    needed += tuple(name for name in loaded if not name.startswith(brought))
    return tuple(dict.fromkeys((*needed, "binutils"))) if build.bundle else needed


def _own_files(build: Build) -> Iterator[str]:
    for secret in build.secrets.values():
        path = posixpath.normpath(secret.file or "..")
        if not path.startswith(("..", "/", "~")):
            yield path


def _tests(build: Build) -> TestPlan | None:
    if build.tests is None:
        return None
    needed = build.test_dependencies
    return TestPlan(build.tests, tuple(needed.files), tuple(needed.groups), tuple(needed.extras))


def _front_end(stated: FrontEnd, lock: Lock) -> FrontEndPlan:
    manifest = posixpath.normpath(posixpath.join(stated.path, "package.json"))
    locked = stated.lock or posixpath.normpath(posixpath.join(stated.path, NODE_LOCKS[stated.manager]))
    return FrontEndPlan(
        base=_pinned(node_image(stated.node), lock),
        path=stated.path,
        manager=stated.manager,
        files=(manifest, locked),
        reads=tuple(stated.reads),
        command=stated.command,
        output=stated.output,
    )


def _bundle(stated: Bundle, lock: Lock) -> BundlePlan:
    version = lock.tools.get("pyinstaller", PYINSTALLER)
    return BundlePlan(f"pyinstaller=={version}", stated.source, stated.name, tuple(stated.options))


def _healthcheck(process: Process) -> tuple[str, ...]:
    """Asks as the probe does: the health route, or whether the port takes a connection."""
    if process.port is None:
        return ()
    if process.health is None or process.health.path is None:
        return ("python3", "-c", f"import socket; socket.create_connection(('127.0.0.1', {process.port}), 2)")
    host = probed_host(process)
    headers = f"{{'Host': '{host}', 'X-Forwarded-Proto': 'https'}}"
    url = f"http://127.0.0.1:{process.port}{process.health.path}"
    ask = f"urllib.request.urlopen(urllib.request.Request({url!r}, headers={headers}), timeout=2)"
    return ("python3", "-c", f"import urllib.request; {ask}")


def _image_variables(configuration: Configuration) -> Mapping[str, str]:
    overlays = [overlay.get("variables") or {} for overlay in configuration.environments.values() if overlay]
    return {
        name: value
        for name, value in configuration.variables.items()
        if name in CODE_VARIABLES and not any(name in overlay for overlay in overlays)
    }
