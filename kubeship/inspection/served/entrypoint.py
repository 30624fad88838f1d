"""What is the server given, or which program is run?"""

from dataclasses import dataclass

from kubeship.inspection.code.app_objects import App
from kubeship.inspection.code.import_root import import_root, module_name
from kubeship.inspection.code.modules import Modules
from kubeship.inspection.served.candidates import Servable
from kubeship.model.origin import Found, Origin
from kubeship.model.project import Interface, ProcessKind

SERVERS: dict[Interface, str] = {"wsgi": "gunicorn", "asgi": "uvicorn", "own-server": "own-server", "none": ""}


@dataclass(frozen=True)
class Entrypoint:
    """What the server is given, or the program that is run, and where it is found."""

    value: str
    """`module:object`, `module:factory()`, a script's path, a package, or a paste file's path."""
    path: str
    """The module's file; empty when the project doesn't hold it."""
    import_root: str
    framework: str
    interface: Interface
    origins: tuple[Origin, ...]
    servable: Servable | None = None
    kind: ProcessKind = "web"
    name: str = "web"
    """Of the process."""
    server: str = "gunicorn"
    """Empty where nothing listens."""
    command: str = ""
    """What starts it where no server is given an object: `python -m bot`."""
    exporter: bool = False
    """It listens to show metrics, and answers nothing else."""


def exporter(entrypoint: Entrypoint | None) -> tuple[Found[str], ...]:
    """The trait `exporter`, where the main program measures something and shows it."""
    return (Found("exporter", entrypoint.origins[-1:]),) if entrypoint and entrypoint.exporter else ()


def point(modules: Modules, servable: Servable) -> Entrypoint | None:
    """The entrypoint that a servable name is, unless its module has no name that an import statement could say."""
    root = import_root(modules, servable.path)
    module = module_name(servable.path, root)
    if module is None:
        return None
    value = f"{module}:{servable.name}"
    return of_app(value, servable.path, root, servable.app, (servable.origin,), servable)


def of_app(  # noqa: PLR0917  # the fields of an Entrypoint in their order
    value: str,
    path: str,
    root: str,
    app: App,
    origins: tuple[Origin, ...],
    servable: Servable | None = None,
    command: str = "",
) -> Entrypoint:
    """The entrypoint that an app object is, under the server that speaks its interface."""
    server = SERVERS[app.interface]
    return Entrypoint(
        value, path, root, app.framework, app.interface, origins, servable, server=server, command=command
    )
