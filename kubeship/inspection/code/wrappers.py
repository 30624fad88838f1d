"""Which callables take an app and give back one to serve in its place? Middlewares and adapters, sorted by name."""

from kubeship.model.project import Interface

# With the interface of what comes out; None: that of the app inside. Sources: Werkzeug's "Middlewares", WhiteNoise's
# "Using WhiteNoise with any WSGI application", Starlette's "Middleware", python-socketio's "Deployment Strategies",
# and the integration pages of the others.
WRAPPERS: dict[str, Interface | None] = {
    "a2wsgi.ASGIMiddleware": "wsgi",
    "a2wsgi.WSGIMiddleware": "asgi",
    "a2wsgi.asgi.ASGIMiddleware": "wsgi",
    "a2wsgi.wsgi.WSGIMiddleware": "asgi",
    "asgiref.wsgi.WsgiToAsgi": "asgi",
    "beaker.middleware.SessionMiddleware": None,
    "dj_static.Cling": None,
    "dj_static.MediaCling": None,
    "elasticapm.middleware.ElasticAPM": None,
    "engineio.ASGIApp": "asgi",
    "engineio.WSGIApp": "wsgi",
    "fastapi.middleware.wsgi.WSGIMiddleware": "asgi",
    "gradio.mount_gradio_app": None,
    "gradio.routes.mount_gradio_app": None,
    "newrelic.agent.ASGIApplicationWrapper": None,
    "newrelic.agent.WSGIApplicationWrapper": None,
    "opencensus.ext.flask.flask_middleware.FlaskMiddleware": None,
    "paste.translogger.TransLogger": None,
    "socketio.ASGIApp": "asgi",
    "socketio.Middleware": "wsgi",
    "socketio.WSGIApp": "wsgi",
    "starlette.middleware.wsgi.WSGIMiddleware": "asgi",
    "whitenoise.WhiteNoise": None,
    "whitenoise.base.WhiteNoise": None,
    "whitenoise.django.DjangoWhiteNoise": None,
    "wsgi_to_asgi.WsgiToAsgi": "asgi",
}
LAZY = frozenset(("django.utils.functional.SimpleLazyObject", "lazy_object_proxy.Proxy", "werkzeug.local.LocalProxy"))
"""Callables that take a factory and give back what it makes, when it is first needed."""
APP_ARGUMENTS = ("app", "application", "wsgi_app", "asgi_app", "other_asgi_app", "wsgi_application", "handler")
"""Keywords under which callables take an app."""


def is_wrapper(dotted: str) -> bool:
    """Whether the callable is a known wrapper, or is called a middleware, as both PEP 3333 and Starlette name them."""
    last = dotted.rpartition(".")[2]
    return dotted in WRAPPERS or (last.endswith("Middleware") and last[:1].isupper()) or last == "ProxyFix"
