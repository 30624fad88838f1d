"""Which calls keep a program running, and what does it then do? Servers, bots, schedulers and consumers, by name."""

import re
from dataclasses import dataclass
from typing import Literal

Does = Literal["web", "bot", "scheduler", "consumer", "queue", "metrics", "subscriber"]
"""Of a consumer's messages each is taken once, whoever takes it; a subscriber gets them all."""


@dataclass(frozen=True)
class Starter:
    """A call that starts something and doesn't come back while it runs."""

    dotted: str
    """The function, or the class whose objects do it; `*` stands for any names."""
    does: Does
    framework: str = "none"
    app: int | None = None
    """Where it takes the app by position; `app`, `application` and the like by keyword."""


# Sources: each project's own documentation, the page that shows how a program of it is run.
STARTERS = (
    Starter("aiogram.Dispatcher", "bot"),
    Starter("aiogram.executor.start_*", "bot"),
    Starter("aiohttp.web.AppRunner", "web", "aiohttp", 0),
    Starter("aiohttp.web.run_app", "web", "aiohttp", 0),
    Starter("aiokafka.AIOKafkaConsumer", "consumer"),
    Starter("aiomqtt.Client", "subscriber"),
    Starter("apscheduler.schedulers.blocking.BlockingScheduler", "scheduler"),
    Starter("asyncio_mqtt.Client", "subscriber"),
    Starter("botbuilder.*", "bot"),
    Starter("bottle.run", "web", "bottle", 0),
    Starter("cheroot.wsgi.Server", "web", "none", 1),
    Starter("cherrypy.engine.start", "web", "cherrypy"),
    Starter("cherrypy.quickstart", "web", "cherrypy"),
    Starter("cherrypy.server.start", "web", "cherrypy"),
    Starter("confluent_kafka.Consumer", "consumer"),
    Starter("discord.*", "bot"),
    Starter("disnake.*", "bot"),
    Starter("eventlet.wsgi.server", "web", "none", 1),
    Starter("flet.app", "web", "flet"),
    Starter("flet.run", "web", "flet"),
    Starter("gevent.pywsgi.WSGIServer", "web", "none", 1),
    Starter("gunicorn.app.base.*Application", "web"),
    Starter("gunicorn.app.wsgiapp.WSGIApplication", "web"),
    Starter("granian.Granian", "web", "none", 0),
    Starter("granian.server.*", "web", "none", 0),
    Starter("gmqtt.Client", "subscriber"),
    Starter("grpc.aio.server", "web", "grpc"),
    Starter("grpc.server", "web", "grpc"),
    Starter("hikari.*", "bot"),
    Starter("http.server.HTTPServer", "web"),
    Starter("http.server.ThreadingHTTPServer", "web"),
    Starter("hypercorn.*.serve", "web", "none", 0),
    Starter("interactions.Client", "bot"),
    Starter("kafka.KafkaConsumer", "consumer"),
    Starter("litserve.LitServer", "web"),
    Starter("nats.connect", "consumer"),
    Starter("nextcord.*", "bot"),
    Starter("nicegui.ui.run", "web", "nicegui"),
    Starter("nicegui.ui.run_with", "web", "nicegui", 0),
    Starter("paho.mqtt.client.Client", "subscriber"),
    Starter("panel.serve", "web", "panel"),
    Starter("pika.*Connection", "consumer"),
    Starter("prometheus_client.start_http_server", "metrics"),
    Starter("prometheus_client.start_wsgi_server", "metrics"),
    Starter("pulsar.Client", "consumer"),
    Starter("pydis_core.*", "bot"),
    Starter("pyrogram.*", "bot"),
    Starter("rq.SimpleWorker", "queue"),
    Starter("rq.Worker", "queue"),
    Starter("schedule.run_pending", "scheduler"),
    Starter("slack_bolt.adapter.socket_mode.*", "bot"),
    Starter("socketserver.*Server", "web"),
    Starter("telebot.*", "bot"),
    Starter("telegram.ext.*", "bot"),
    Starter("telethon.*", "bot"),
    Starter("temporalio.worker.Worker", "consumer"),
    Starter("tornado.httpserver.HTTPServer", "web", "tornado", 0),
    Starter("twisted.application.internet.TCPServer", "web"),
    Starter("twisted.internet.endpoints.serverFromString", "web"),
    Starter("twisted.scripts.twistd.*", "web"),
    Starter("twisted.web.server.Site", "web"),
    Starter("twitchio.*", "bot"),
    Starter("uvicorn.Config", "web", "none", 0),
    Starter("uvicorn.run", "web", "none", 0),
    Starter("vkbottle.*", "bot"),
    Starter("waitress.serve", "web", "none", 0),
    Starter("websockets.*serve", "web"),
    Starter("werkzeug.serving.run_simple", "web", "none", 2),
    Starter("wsgiref.simple_server.make_server", "web", "none", 2),
    Starter("xmlrpc.server.SimpleXMLRPCServer", "web"),
)

RUN_METHODS = frozenset(
    (
        "launch",
        "listen",
        "make_handler",
        "queue",
        "run",
        "run_async",
        "run_http_async",
        "run_server",
        "run_sse_async",
        "run_streamable_http_async",
        "start",
    )
)
"""What is called on an app object to serve it with the server that its framework brings."""

_EXACT = {starter.dotted: starter for starter in STARTERS if "*" not in starter.dotted}
_WILD = [
    (re.compile(re.escape(starter.dotted).replace(r"\*", r"[\w.]*")), starter)
    for starter in STARTERS
    if "*" in starter.dotted
]
_MODULES = sorted({starter.dotted.partition(".")[0] for starter in STARTERS})
MAY_START = re.compile(rb"^\s*(?:import|from)\s+(" + "|".join(_MODULES).encode() + rb")\b", re.MULTILINE)
"""A file that starts something imports what does it."""
BOT_MODULES = sorted({starter.dotted.partition(".")[0] for starter in STARTERS if starter.does == "bot"})
MODULES_OF: dict[Does, frozenset[str]] = {
    does: frozenset(starter.dotted.partition(".")[0] for starter in STARTERS if starter.does == does)
    for does in ("web", "bot", "scheduler", "consumer", "queue", "metrics", "subscriber")
}
IMPORTS_BOTS = re.compile(rb"^\s*(?:import|from)\s+(" + "|".join(BOT_MODULES).encode() + rb")\b", re.MULTILINE)
_LEADING = frozenset(_MODULES)


def starter_of(dotted: str) -> Starter | None:
    """The row for a callable outside the project."""
    if dotted in _EXACT:
        return _EXACT[dotted]
    if dotted.partition(".")[0] not in _LEADING:
        return None
    return next((starter for pattern, starter in _WILD if pattern.fullmatch(dotted)), None)
