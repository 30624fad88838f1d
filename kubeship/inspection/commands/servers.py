"""Which programs serve, and which of their options say what, where and how? One row a program."""

from dataclasses import dataclass
from typing import Literal

from kubeship.model.project import Interface


@dataclass(frozen=True)
class Server:
    """A program that listens, and how its command line is read."""

    name: str
    interface: Interface | None
    """None: its options or the app decide."""
    flags: frozenset[str] = frozenset()
    """Options without a value."""
    ports: tuple[str, ...] = ()
    """Options that hold a port or an address with one."""
    default_port: int | None = None
    default_object: str = ""
    """What a target without an object means."""
    target: Literal["object", "script", "paste", "discover", "itself"] = "object"
    """What the first word that is no option names; `discover`: nothing, the program looks for the app; `itself`: the
    program is the app, and needs nothing of the project that could be imported."""
    subcommands: tuple[str, ...] = ()
    """The word that must come first, if any: `run`."""
    app_options: tuple[str, ...] = ()
    factory: tuple[str, ...] = ()
    chdir: tuple[str, ...] = ()
    development: frozenset[str] = frozenset({"--reload", "--debug"})
    """Options and subcommands that only developers use; `*` for a server that says so itself."""
    health: str = ""
    """A route of the server's own that says that it is alive."""


def _flags(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Sources: each program's own --help or settings page. Flags are those without a value; other options take one.
SERVERS = (
    Server("bentoml", "own-server", _flags("--development --reload"), ("--port", "-p"), 3000,
           subcommands=("serve", "serve-http"), health="/livez"),
    Server("bokeh", "own-server", _flags("--dev --show"), ("--port",), 5006, target="script", subcommands=("serve",)),
    Server("chainlit", "own-server", _flags("--debug --headless --watch -d -h -w"), ("--port", "-p"), 8000,
           target="script", subcommands=("run",), development=_flags("--watch -w")),
    Server("daphne", "asgi", _flags("--no-server-name --proxy-headers"), ("--port", "-p"), 8000, "application"),
    Server("fastapi", "asgi", _flags("--no-proxy-headers --no-reload --proxy-headers --reload"), ("--port",), 8000,
           target="script", subcommands=("run", "dev"), app_options=("--entrypoint", "-e"),
           development=_flags("--reload dev")),
    Server("flask", "wsgi", _flags("--debug --debugger --no-debug --no-debugger --no-reload --reload --with-threads "
                                   "--without-threads"), ("--port", "-p"), 5000, target="discover",
           subcommands=("run",), app_options=("--app", "-A"), development=_flags("*")),
    Server("functions-framework", "own-server", _flags("--debug"), ("--port",), 8080, "function",
           development=_flags("--debug")),
    Server("gradio", "own-server", frozenset(), (), 7860, target="script", development=_flags("*")),
    Server("granian", None, _flags("--access-log --factory --http1-keep-alive --http1-pipeline-flush "
                                   "--http2-adaptive-window --log --metrics --no-access-log --no-factory "
                                   "--no-http1-keep-alive --no-http1-pipeline-flush --no-http2-adaptive-window "
                                   "--no-log --no-metrics --no-reload --no-respawn-failed-workers "
                                   "--no-ssl-client-verify --no-ws --reload --respawn-failed-workers "
                                   "--ssl-client-verify --ws"), ("--port",), 8000, "app", factory=("--factory",),
           chdir=("--working-dir",)),
    Server("gunicorn", "wsgi", _flags("--capture-output --casefold-http-method --check-config --daemon "
                                      "--disable-redirect-access-to-syslog --do-handshake-on-connect "
                                      "--enable-backlog-metric --enable-stdio-inheritance --initgroups --log-syslog "
                                      "--no-control-socket --no-sendfile --permit-obsolete-folding "
                                      "--permit-unconventional-http-method --permit-unconventional-http-version "
                                      "--preload --print-config --proxy-protocol --reload --reuse-port --spew "
                                      "--strip-header-spaces --suppress-ragged-eofs -D -R"), ("--bind", "-b"), 8000,
           "application", chdir=("--chdir",), development=_flags("--check-config --print-config --reload")),
    Server("hypercorn", "asgi", _flags("--daemon --debug --reload -D"), ("--bind", "-b"), 8000, "app"),
    Server("jupyter", "own-server", frozenset(), ("--port",), 8888, target="script", subcommands=("voila",)),
    Server("litestar", "asgi", _flags("--create-self-signed-cert --debug --pdb --reload --use-pdb -P -d -r"),
           ("--port", "-p"), 8000, target="discover", subcommands=("run",), app_options=("--app",),
           development=_flags("--debug --pdb --reload -d -r")),
    Server("marimo", "own-server", _flags("--headless --no-token --watch"), ("--port", "-p"), 2718, target="script",
           subcommands=("run",)),
    Server("mesop", "own-server", _flags("--debug --prod"), ("--port",), 32123, target="script"),
    Server("mlflow", "own-server", _flags("--dev --enable-mlserver --no-conda --no-serve-artifacts --serve-artifacts"),
           ("--port", "-p"), 5000, target="itself", subcommands=("server", "ui", "models"), development=_flags("--dev"),
           health="/health"),
    Server("mod_wsgi-express", "wsgi", frozenset(), ("--port",), 8000, target="script", subcommands=("start-server",)),
    Server("panel", "own-server", _flags("--admin --autoreload --dev --reuse-sessions --show --warm"), ("--port",),
           5006, target="script", subcommands=("serve",), development=_flags("--autoreload --dev")),
    Server("prefect", "own-server", frozenset(), ("--port",), 4200, target="itself", subcommands=("server",)),
    Server("pserve", "wsgi", _flags("--reload -q -v"), (), 6543, target="paste"),
    Server("quart", "asgi", _flags("--debug --no-reload --reload"), ("--port", "-p"), 5000, target="discover",
           subcommands=("run",), app_options=("--app", "-A"), development=_flags("*")),
    Server("reflex", "own-server", frozenset(), ("--frontend-port",), 3000, target="discover", subcommands=("run",),
           development=frozenset()),
    Server("sanic", "own-server", _flags("--access-logs --debug --dev --factory --fast --no-access-logs --reload "
                                         "--single-process -d -r"), ("--port", "-p"), 8000, "app",
           factory=("--factory",), development=_flags("--debug --dev --reload -d -r")),
    Server("serve", "own-server", _flags("--blocking --reload"), (), 8000, target="itself", subcommands=("run",)),
    Server("shiny", "own-server", _flags("--launch-browser --reload"), ("--port", "-p"), 8000, "app",
           subcommands=("run",)),
    Server("solara", "own-server", _flags("--production"), ("--port",), 8765, target="script", subcommands=("run",)),
    Server("streamlit", "own-server", frozenset(), ("--server.port",), 8501, target="script", subcommands=("run",),
           health="/_stcore/health"),
    Server("uvicorn", "asgi", _flags("--access-log --date-header --factory --http2 --no-access-log --no-date-header "
                                     "--no-proxy-headers --no-server-header --no-use-colors --proxy-headers --reload "
                                     "--reset-contextvars --server-header --use-colors"), ("--port",), 8000, "app",
           factory=("--factory",), chdir=("--app-dir",)),
    Server("uwsgi", "wsgi", _flags("--auto-procname --catch-exceptions --cheap --die-on-term --disable-logging "
                                   "--disable-write-exception --enable-threads --harakiri-verbose --honour-stdin "
                                   "--http-auto-chunked --http-keepalive --http-websockets --ignore-sigpipe "
                                   "--ignore-write-errors --lazy --lazy-apps --log-4xx --log-5xx --log-master "
                                   "--log-x-forwarded-for --master --memory-report --need-app --no-default-app "
                                   "--no-orphans --reload-on-exception --single-interpreter --skip-atexit-teardown "
                                   "--strict --thunder-lock --vacuum --wsgi-disable-file-wrapper -C -L -M -T -i"),
           ("--http", "--http-socket", "--https", "--socket", "-s", "--http11-socket"), None, "application",
           chdir=("--chdir",)),
    Server("voila", "own-server", frozenset(), ("--port",), 8866, target="script"),
    Server("waitress-serve", "wsgi", _flags("--asyncore-use-poll --call --clear-untrusted-proxy-headers "
                                            "--expose-tracebacks --ipv4 --ipv6 --log-socket-errors "
                                            "--log-untrusted-proxy-headers --no-asyncore-use-poll "
                                            "--no-clear-untrusted-proxy-headers --no-expose-tracebacks --no-ipv4 "
                                            "--no-ipv6 --no-log-socket-errors --no-log-untrusted-proxy-headers"),
           ("--port", "--listen"), 8080, "app", factory=("--call",)),
)  # fmt: skip
COMPLETE = frozenset(server.name for server in SERVERS if server.target == "itself") | {"jupyter", "voila"}
"""Programs whose command line is all that there is: no object of the project's stands behind them."""
OF_FUNCTIONS = frozenset({"functions-framework"})
"""Programs that are given a function of the project's, which answers one request."""
BY_PROGRAM = {server.name: server for server in SERVERS}
