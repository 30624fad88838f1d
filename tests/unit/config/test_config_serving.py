"""Which server, numbers and pods does an app get that says nothing of them?"""

from dataclasses import replace

import pytest

from kubeship.config.file import parsed
from kubeship.config.own_servers import own_command, own_variables
from kubeship.config.pins import missing_pins
from kubeship.config.server import Numbers, Pin, Server
from kubeship.config.serving import replicas, serving, sticky
from kubeship.model.origin import Found, Origin
from kubeship.model.project import Dependencies, Interface, ProcessFound, Project, Variable


def server(name: str, *interfaces: Interface, streams: bool = False) -> Server:
    numbers = {interface: Numbers(2, 4, "usual") for interface in interfaces}
    return Server(
        name,
        numbers,
        command=lambda launch: (name, launch.entrypoint),
        pins=(Pin(name, {"3.10": "2.0", "3.8": "1.0"}),),
        companions=(Pin(f"{name}-speed", {"3.8": "1.0"}),),
        asgi_pins=(Pin(f"{name}-asgi", {"3.8": "1.0"}),),
        websocket_pins=(Pin("websockets", {"3.8": "17.4"}), Pin("wsproto", {"3.8": "1.2"})),
        streams=streams,
    )


SERVERS = {
    each.name: each
    for each in (
        server("gunicorn", "wsgi", "asgi", streams=True),
        server("uvicorn", "asgi"),
        server("waitress", "wsgi"),
    )
}
WSGI = ProcessFound("web", "web", "wsgi", "app:app", "gunicorn", port=8000)
ASGI = ProcessFound("web", "web", "asgi", "main:app", "uvicorn", port=8000)
PROJECT = Project(
    name=Found("shop"),
    python=Found("3.12"),
    python_constraint="",
    dependencies=Found(Dependencies("pip")),
    framework=Found("none"),
)


def having(*traits: str, distributions: tuple[str, ...] = ()) -> Project:
    found = tuple(Found(name, (Origin("app.py", 3, "SocketIO("),)) for name in traits)
    return replace(PROJECT, traits=found, distributions=distributions)


@pytest.mark.parametrize(
    ("process", "distributions", "expected"),
    [
        (WSGI, (), "gunicorn"),
        (ASGI, (), "uvicorn"),
        (WSGI, ("waitress",), "waitress"),
        (WSGI, ("gunicorn", "waitress"), "gunicorn"),
        (ASGI, ("gunicorn",), "gunicorn"),
        (replace(WSGI, server="gunicorn", command="gunicorn app:app"), ("waitress",), "gunicorn"),
        (replace(ASGI, server="fastapi"), (), "uvicorn"),
    ],
)
def test_stated_server_comes_first_then_what_the_project_brings(
    process: ProcessFound, distributions: tuple[str, ...], expected: str
) -> None:
    found = serving(process, having(distributions=distributions), SERVERS)

    assert found and found.server.name == expected


def test_program_that_serves_itself_is_given_to_no_server() -> None:
    assert serving(replace(WSGI, interface="own-server", entrypoint="Home.py"), PROJECT, SERVERS) is None


def test_what_lives_in_the_process_runs_once() -> None:
    project = having("single-worker")
    found = serving(WSGI, project, SERVERS)

    assert found and (found.numbers.workers, found.numbers.threads) == (1, 8)
    assert replicas(WSGI, project)[0] == 1
    assert "one worker: SocketIO(" in found.numbers.reason


def test_open_streams_hold_threads_or_greenlets() -> None:
    threads = serving(WSGI, having("server-sent-events"), SERVERS)
    greenlets = serving(WSGI, having("websockets", distributions=("gevent",)), SERVERS)

    assert threads and (threads.numbers.threads, threads.worker_class) == (100, None)
    assert greenlets and greenlets.worker_class == "gevent"


@pytest.mark.parametrize(
    ("process", "brought", "websockets", "expected"),
    [
        ("entrypoint: 'a:b', server: uvicorn", (), False, {"uvicorn", "uvicorn-asgi", "uvicorn-speed"}),
        ("entrypoint: 'a:b', server: uvicorn", ("uvicorn", "uvicorn-asgi"), False, set()),
        ("entrypoint: 'a:b', server: uvicorn", ("uvicorn", "uvicorn-asgi"), True, {"websockets"}),
        ("entrypoint: 'a:b', server: uvicorn", ("uvicorn", "uvicorn-asgi", "wsproto"), True, set()),
        ("entrypoint: 'a:b', server: gunicorn", ("gunicorn",), True, set()),
        ("entrypoint: 'a:b', server: gunicorn, interface: asgi", ("gunicorn",), False, {"gunicorn-asgi"}),
        ("command: uvicorn a:b", (), True, set()),
    ],
)
def test_only_what_the_project_does_not_bring_is_added(
    process: str, brought: tuple[str, ...], websockets: bool, expected: set[str]
) -> None:
    text = f"""\
version: 1
name: shop
image: shop
python: "3.9"
dependencies: {{manager: pip}}
processes: {{web: {{kind: web, port: 80, {process}}}}}
environments: {{production: {{namespace: shop}}}}
"""

    pins = missing_pins(parsed(text).image_configuration(), SERVERS, brought, websockets=websockets)

    assert set(pins) == expected
    assert pins.get("uvicorn", "1.0") == "1.0"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("python serve.py", "python serve.py"),
        (
            "streamlit run Home.py --server.address=127.0.0.1 --server.port 80",
            "streamlit run Home.py --server.address=127.0.0.1 --server.port 80 --server.headless=true"
            " --browser.gatherUsageStats=false",
        ),
        (
            "chainlit run chat.py --host 0.0.0.0",
            "chainlit run chat.py --host 0.0.0.0 --port=$PORT --headless",
        ),
        ("streamlit run a.py && echo", "streamlit run a.py && echo"),
    ],
)
def test_program_hears_where_to_listen_unless_it_says_so(command: str, expected: str) -> None:
    assert own_command(replace(WSGI, command=command)) == expected


def test_variables_say_where_to_listen() -> None:
    variables = (
        Variable("HOST", False, "127.0.0.1", False),
        Variable("DB_HOST", False, "localhost", False),
        Variable("SERVER_HOST", False, "shop.example.com", False),
    )
    project = replace(PROJECT, framework=Found("gradio"), variables=variables)

    found = own_variables(replace(WSGI, command="python demo.py", port=7860), project)

    assert found == {
        "HOST": "0.0.0.0",
        "GRADIO_SERVER_NAME": "0.0.0.0",
        "GRADIO_SERVER_PORT": "7860",
        "GRADIO_ANALYTICS_ENABLED": "False",
    }


def test_visitor_stays_with_the_pod_that_keeps_the_page() -> None:
    page = replace(WSGI, interface="own-server", entrypoint="app.py", server="streamlit")
    streamlit = replace(PROJECT, framework=Found("streamlit", (Origin("app.py", 2, "a program"),)))

    stays = sticky(page, streamlit)

    assert str(stays) == "app.py, streamlit keeps each visitor's session in the process"
    assert sticky(page, PROJECT) is None
    assert sticky(WSGI, streamlit) is None
