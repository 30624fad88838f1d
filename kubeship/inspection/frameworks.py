"""Which web frameworks does kubeship know, and by what are their apps recognised? One row each, sorted by name."""

from dataclasses import dataclass

from kubeship.model.project import Interface


@dataclass(frozen=True)
class Framework:
    """A framework: the calls that make its app, as (dotted name, interface)."""

    name: str
    label: str
    module: str
    """The top-level name that its code imports."""
    distributions: tuple[str, ...]
    constructors: tuple[tuple[str, Interface], ...]


# Source: each framework's own quick start and API reference, for the class or function that a server is given.
FRAMEWORKS = (
    Framework("aiohttp", "aiohttp", "aiohttp", ("aiohttp",), (("aiohttp.web.Application", "own-server"),)),
    Framework("apiflask", "APIFlask", "apiflask", ("apiflask",), (("apiflask.APIFlask", "wsgi"),)),
    Framework("bottle", "Bottle", "bottle", ("bottle",), (("bottle.Bottle", "wsgi"), ("bottle.default_app", "wsgi"))),
    Framework(
        "connexion",
        "Connexion",
        "connexion",
        ("connexion",),
        (
            ("connexion.App", "asgi"),
            ("connexion.AsyncApp", "asgi"),
            ("connexion.FlaskApp", "asgi"),
        ),
    ),
    Framework("dash", "Dash", "dash", ("dash",), (("dash.Dash", "wsgi"),)),
    Framework(
        "django",
        "Django",
        "django",
        ("django",),
        (
            ("django.core.asgi.get_asgi_application", "asgi"),
            ("django.core.handlers.asgi.ASGIHandler", "asgi"),
            ("django.core.handlers.wsgi.WSGIHandler", "wsgi"),
            ("django.core.wsgi.get_wsgi_application", "wsgi"),
            ("channels.routing.ProtocolTypeRouter", "asgi"),
        ),
    ),
    Framework(
        "falcon",
        "Falcon",
        "falcon",
        ("falcon",),
        (("falcon.API", "wsgi"), ("falcon.App", "wsgi"), ("falcon.asgi.App", "asgi")),
    ),
    Framework("fastapi", "FastAPI", "fastapi", ("fastapi",), (("fastapi.FastAPI", "asgi"),)),
    Framework(
        "flask",
        "Flask",
        "flask",
        ("flask",),
        (("flask.Flask", "wsgi"), ("flask.app.Flask", "wsgi")),
    ),
    Framework("gradio", "Gradio", "gradio", ("gradio",), (("gradio.Blocks", "own-server"),)),
    Framework("litestar", "Litestar", "litestar", ("litestar",), (("litestar.Litestar", "asgi"),)),
    Framework(
        "pyramid",
        "Pyramid",
        "pyramid",
        ("pyramid",),
        (("pyramid.config.Configurator.make_wsgi_app", "wsgi"),),
    ),
    Framework("quart", "Quart", "quart", ("quart",), (("quart.Quart", "asgi"),)),
    Framework("sanic", "Sanic", "sanic", ("sanic",), (("sanic.Sanic", "asgi"),)),
    Framework(
        "starlette",
        "Starlette",
        "starlette",
        ("starlette",),
        (("starlette.applications.Starlette", "asgi"),),
    ),
    Framework("streamlit", "Streamlit", "streamlit", ("streamlit",), ()),
    Framework("tornado", "Tornado", "tornado", ("tornado",), (("tornado.web.Application", "own-server"),)),
)

BY_NAME = {framework.name: framework for framework in FRAMEWORKS}
CONSTRUCTORS = {
    dotted: (framework, interface) for framework in FRAMEWORKS for dotted, interface in framework.constructors
}

# Callables that take a WSGI app first and give one back. Sources: Werkzeug's "Middlewares", WhiteNoise's
# "Using WhiteNoise with any WSGI application", and the integration pages of the others.
WRAPPERS = frozenset(
    {
        "asgiref.wsgi.WsgiToAsgi",
        "dj_static.Cling",
        "elasticapm.middleware.ElasticAPM",
        "newrelic.agent.WSGIApplicationWrapper",
        "opentelemetry.instrumentation.wsgi.OpenTelemetryMiddleware",
        "sentry_sdk.integrations.wsgi.SentryWsgiMiddleware",
        "werkzeug.contrib.fixers.ProxyFix",
        "werkzeug.middleware.dispatcher.DispatcherMiddleware",
        "werkzeug.middleware.lint.LintMiddleware",
        "werkzeug.middleware.profiler.ProfilerMiddleware",
        "werkzeug.middleware.proxy_fix.ProxyFix",
        "werkzeug.middleware.shared_data.SharedDataMiddleware",
        "whitenoise.WhiteNoise",
        "whitenoise.base.WhiteNoise",
        "whitenoise.django.DjangoWhiteNoise",
    }
)
TO_ASGI = frozenset({"asgiref.wsgi.WsgiToAsgi"})
