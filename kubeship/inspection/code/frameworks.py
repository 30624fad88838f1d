"""Which web frameworks does kubeship know, and by what are their apps recognised? One row each, sorted by name."""

from dataclasses import dataclass

from kubeship.model.project import Interface


@dataclass(frozen=True)
class Framework:
    """A framework: the calls that make its app, as (dotted name, interface), and how a script of it is started."""

    name: str
    label: str
    module: str
    """The top-level name that its code imports."""
    distributions: tuple[str, ...]
    constructors: tuple[tuple[str, Interface], ...] = ()
    command: str = ""
    """What runs a script of it; `{script}` stands for the script. Empty: `python {script}`."""
    started_by: str = ""
    """For scripts without a call that starts them: what is called in them, as a regular expression of dotted names."""
    also_client: bool = False
    """Importing it doesn't mean serving with it."""


# Source: each framework's own quick start and API reference, for the class or function that a server is given, and
# for the command that its documentation gives for production.
FRAMEWORKS = (
    Framework(
        "aiohttp",
        "aiohttp",
        "aiohttp",
        ("aiohttp",),
        (("aiohttp.web.Application", "own-server"),),
        also_client=True,
    ),
    Framework("apiflask", "APIFlask", "apiflask", ("apiflask",), (("apiflask.APIFlask", "wsgi"),)),
    Framework(
        "bentoml",
        "BentoML",
        "bentoml",
        ("bentoml",),
        (("bentoml.Service", "own-server"),),
        command="bentoml serve {object}",
        started_by=r"bentoml\.(Service|service)",
    ),
    Framework("blacksheep", "BlackSheep", "blacksheep", ("blacksheep",), (("blacksheep.Application", "asgi"),)),
    Framework(
        "bokeh",
        "Bokeh",
        "bokeh",
        ("bokeh",),
        command="bokeh serve {script} --allow-websocket-origin=*",
        started_by=r"bokeh\.(io|plotting)\.curdoc(\.\w+)*",
    ),
    Framework("bottle", "Bottle", "bottle", ("bottle",), (("bottle.Bottle", "wsgi"), ("bottle.default_app", "wsgi"))),
    Framework(
        "chainlit",
        "Chainlit",
        "chainlit",
        ("chainlit",),
        command="chainlit run {script} --host 0.0.0.0",
        started_by=r"chainlit\.(on_\w+|set_chat_profiles|Message|password_auth_callback)",
    ),
    Framework("cherrypy", "CherryPy", "cherrypy", ("cherrypy",), (("cherrypy.Application", "wsgi"),)),
    Framework(
        "connexion",
        "Connexion",
        "connexion",
        ("connexion",),
        (
            ("connexion.App", "asgi"),
            ("connexion.AioHttpApp", "own-server"),
            ("connexion.AsyncApp", "asgi"),
            ("connexion.FlaskApp", "asgi"),
        ),
    ),
    Framework("dash", "Dash", "dash", ("dash",), (("dash.Dash", "wsgi"), ("dash_extensions.enrich.DashProxy", "wsgi"))),
    Framework(
        "django",
        "Django",
        "django",
        ("django",),
        (
            ("channels.asgi.get_channel_layer", "asgi"),
            ("channels.routing.ProtocolTypeRouter", "asgi"),
            ("channels.routing.get_default_application", "asgi"),
            ("configurations.asgi.get_asgi_application", "asgi"),
            ("configurations.wsgi.get_wsgi_application", "wsgi"),
            ("django.core.asgi.get_asgi_application", "asgi"),
            ("django.core.handlers.asgi.ASGIHandler", "asgi"),
            ("django.core.handlers.wsgi.WSGIHandler", "wsgi"),
            ("django.core.wsgi.get_wsgi_application", "wsgi"),
        ),
    ),
    Framework("emmett", "Emmett", "emmett", ("emmett",), (("emmett.App", "asgi"),)),
    Framework(
        "falcon",
        "Falcon",
        "falcon",
        ("falcon",),
        (
            ("falcon.API", "wsgi"),
            ("falcon.App", "wsgi"),
            ("falcon.asgi.App", "asgi"),
            ("falcon.asgi.app.App", "asgi"),
        ),
    ),
    Framework(
        "fastapi",
        "FastAPI",
        "fastapi",
        ("fastapi",),
        (("fastapi.FastAPI", "asgi"), ("fastapi_offline.FastAPIOffline", "asgi")),
    ),
    Framework(
        "fasthtml",
        "FastHTML",
        "fasthtml",
        ("python-fasthtml",),
        (("fasthtml.FastHTML", "asgi"), ("fasthtml.fast_app", "asgi")),
    ),
    Framework("flask", "Flask", "flask", ("flask",), (("flask.Flask", "wsgi"), ("flask_openapi3.OpenAPI", "wsgi"))),
    Framework("flet", "Flet", "flet", ("flet",), command="python {script}", started_by=r"flet\.(app|run)"),
    Framework(
        "gradio",
        "Gradio",
        "gradio",
        ("gradio",),
        (
            ("gradio.Blocks", "own-server"),
            ("gradio.ChatInterface", "own-server"),
            ("gradio.Interface", "own-server"),
            ("gradio.TabbedInterface", "own-server"),
        ),
    ),
    Framework("grpc", "gRPC", "grpc", ("grpcio",), also_client=True),
    Framework("hug", "hug", "hug", ("hug",), (("hug.API", "wsgi"),)),
    Framework("litestar", "Litestar", "litestar", ("litestar",), (("litestar.Litestar", "asgi"),)),
    Framework(
        "marimo",
        "marimo",
        "marimo",
        ("marimo",),
        command="marimo run {script} --host 0.0.0.0 --headless",
        started_by=r"marimo\.App",
    ),
    Framework(
        "mcp",
        "MCP",
        "mcp",
        ("mcp", "fastmcp"),
        (("fastmcp.FastMCP", "own-server"), ("mcp.server.fastmcp.FastMCP", "own-server")),
        also_client=True,
    ),
    Framework("mesop", "Mesop", "mesop", ("mesop",), command="mesop {script} --prod", started_by=r"mesop\.page"),
    Framework("mlflow", "MLflow", "mlflow", ("mlflow",), also_client=True),
    Framework("nicegui", "NiceGUI", "nicegui", ("nicegui",), started_by=r"nicegui\.ui\.run"),
    Framework(
        "panel",
        "Panel",
        "panel",
        ("panel",),
        command="panel serve {script} --address 0.0.0.0",
        started_by=r"(.*\.)?servable",
    ),
    Framework(
        "pyramid",
        "Pyramid",
        "pyramid",
        ("pyramid",),
        (("pyramid.config.Configurator.make_wsgi_app", "wsgi"), ("pyramid.paster.get_app", "wsgi")),
    ),
    Framework("quart", "Quart", "quart", ("quart",), (("quart.Quart", "asgi"), ("quart_trio.QuartTrio", "asgi"))),
    Framework("reflex", "Reflex", "reflex", ("reflex",), command="reflex run --env prod", started_by=r"reflex\.App"),
    Framework("robyn", "Robyn", "robyn", ("robyn",), (("robyn.Robyn", "own-server"),)),
    Framework("sanic", "Sanic", "sanic", ("sanic",), (("sanic.Sanic", "asgi"),)),
    Framework("shiny", "Shiny", "shiny", ("shiny",), (("shiny.App", "asgi"),)),
    Framework("socketio", "Socket.IO", "socketio", ("python-socketio",), also_client=True),
    Framework(
        "solara",
        "Solara",
        "solara",
        ("solara",),
        command="solara run {script} --host 0.0.0.0 --production",
        started_by=r"solara\.component",
    ),
    Framework(
        "starlette",
        "Starlette",
        "starlette",
        ("starlette",),
        (("starlette.applications.Starlette", "asgi"),),
    ),
    Framework("starlite", "Starlite", "starlite", ("starlite",), (("starlite.Starlite", "asgi"),)),
    Framework(
        "streamlit",
        "Streamlit",
        "streamlit",
        ("streamlit",),
        command="streamlit run {script} --server.address=0.0.0.0",
        started_by=r"streamlit(\.\w+)+",
    ),
    Framework(
        "tornado",
        "Tornado",
        "tornado",
        ("tornado",),
        (("tornado.web.Application", "own-server"),),
        also_client=True,
    ),
    Framework("voila", "Voilà", "voila", ("voila",)),
    Framework("webpy", "web.py", "web", ("web-py",), (("web.application", "own-server"),)),
)

BY_NAME = {framework.name: framework for framework in FRAMEWORKS}
CONSTRUCTORS = {
    dotted: (framework, interface) for framework in FRAMEWORKS for dotted, interface in framework.constructors
}
_BY_LAST_NAME = {
    (dotted.partition(".")[0], dotted.rpartition(".")[2]): dotted for dotted in reversed(tuple(CONSTRUCTORS))
}


def constructor_of(dotted: str) -> str | None:
    """The row's name of a constructor, also by the inner module that defines it (`fastapi.applications.FastAPI`)."""
    if dotted in CONSTRUCTORS:
        return dotted
    return _BY_LAST_NAME.get((dotted.partition(".")[0], dotted.rpartition(".")[2]))
