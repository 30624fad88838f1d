"""What is an app object, and what is a factory of one? The shapes that following the code leads to."""

from dataclasses import dataclass

from kubeship.model.origin import Origin
from kubeship.model.project import Interface

MAKERS = {
    "make_wsgi_app": ("pyramid", "pyramid.config.Configurator.make_wsgi_app"),
    "wsgifunc": ("webpy", "web.application.wsgifunc"),
}
"""Methods that make a WSGI app, whatever they are called on: the object is often configured in another function."""


@dataclass(frozen=True)
class App:
    """An app object; two with the same `made` are the same object, or come from the same factory."""

    framework: str
    interface: Interface
    made: Origin
    """The call that builds it."""
    wraps: int = 0
    """How many middlewares stand around it."""
    constructor: str = ""
    """`flask.Flask`."""
    called: str = ""
    """The project's factory that was called for it."""


@dataclass(frozen=True)
class Factory:
    """A function of the project that returns an app."""

    app: App
    required: tuple[str, ...]
    """Parameters without a default."""
    is_paste: bool = False
    """`def main(global_config, **settings)`: PasteDeploy's signature, where an empty configuration will do."""
