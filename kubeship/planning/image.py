"""What does the Dockerfile do? The same for all environments, because they share one image."""

from collections.abc import Mapping

from kubeship.config.lock import Lock
from kubeship.config.schema import Configuration
from kubeship.model.plan import ImagePlan
from kubeship.planning.commands import process_command
from kubeship.planning.servers import SERVERS

USER = 10001
"""Above what distributions give to system and login users, so that it means nobody on the node either."""
CODE_VARIABLES = frozenset({"DJANGO_SETTINGS_MODULE", "FLASK_APP"})
"""Variables that say where code is, and so belong to the image like the code itself."""


def image_plan(configuration: Configuration, lock: Lock) -> ImagePlan | None:
    """None where the project keeps its own Dockerfile. `configuration` is kubeship.yaml without any overlay."""
    if configuration.build.dockerfile is not None:
        return None
    name, process = next(
        ((name, process) for name, process in configuration.processes.items() if process.kind == "web"),
        next(iter(configuration.processes.items())),
    )
    base = base_image(configuration.python)
    digest = lock.bases.get(base)
    pinned = pinned_server(configuration, lock)
    return ImagePlan(
        base=f"{base}@{digest}" if digest else base,
        platform=configuration.platform,
        manager=configuration.dependencies.manager,
        dependency_files=tuple(configuration.dependencies.files),
        require_hashes=configuration.dependencies.hashes,
        server_requirement=pinned,
        build_packages=tuple(configuration.system_packages.build),
        runtime_packages=tuple(configuration.system_packages.runtime),
        steps=tuple(configuration.build.steps),
        step_variables={**configuration.variables, **configuration.build.variables},
        variables=_image_variables(configuration),
        import_root=configuration.import_root,
        root=configuration.root,
        user=USER,
        port=process.port,
        command=process_command(process, f"processes.{name}", pinned is not None),
    )


def base_image(python: str) -> str:
    """The official image of a minor version: `python:3.12-slim`."""
    return f"python:{python}-slim"


def pinned_server(configuration: Configuration, lock: Lock) -> str | None:
    """`gunicorn==27.0.1` where a process needs a server that the project's own dependencies don't bring.

    kubeship.lock names only such servers; init found out which they are.
    """
    named = {process.server for process in configuration.processes.values() if process.server in SERVERS}
    distributions = sorted(SERVERS[name].distribution for name in named if name)
    return next((f"{name}=={lock.servers[name]}" for name in distributions if name in lock.servers), None)


def _image_variables(configuration: Configuration) -> Mapping[str, str]:
    overlays = [overlay.get("variables") or {} for overlay in configuration.environments.values() if overlay]
    return {
        name: value
        for name, value in configuration.variables.items()
        if name in CODE_VARIABLES and not any(name in overlay for overlay in overlays)
    }
