"""Are server command lines understood as the shell and the server would?"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeship.inspection.commands.command_lines import read_command
from kubeship.inspection.commands.server_lines import Started, port_of
from kubeship.inspection.commands.servers import SERVERS
from kubeship.inspection.commands.shell import commands


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("gunicorn shop:app", Started("shop:app")),
        ("gunicorn shop.wsgi", Started("shop.wsgi:application")),
        ("gunicorn 'shop:create_app()' -b0.0.0.0:9000", Started("shop:create_app()", port=9000)),
        ("gunicorn -w 4 --preload shop:app --bind=:$PORT", Started("shop:app")),
        ("exec gunicorn -c conf/gunicorn.py shop:app", Started("shop:app", config="conf/gunicorn.py")),
        ("python -m gunicorn --chdir src shop:app", Started("shop:app", folder="src")),
        ("cd web && gunicorn shop:app", Started("shop:app", folder="web")),
        ("python manage.py migrate && gunicorn shop.wsgi", Started("shop.wsgi:application")),
        ("DEBUG=0 gunicorn shop:app", Started("shop:app", variables=(("DEBUG", "0"),))),
        ("newrelic-admin run-program gunicorn shop:app", Started("shop:app")),
        ("waitress-serve --port=8042 --call shop:create_app", Started("shop:create_app()", port=8042)),
        ("gunicorn --do-handshake-on-connect shop:app", Started("shop:app")),
        ("uwsgi --http :80 --single-interpreter --module shop:app", Started("shop:app", port=80)),
        ("waitress-serve --clear-untrusted-proxy-headers shop:app", Started("shop:app")),
        ("granian --no-metrics shop:app", Started("shop:app")),
        ("python app.py", Started(script="app.py")),
    ],
)
def test_a_command_says_what_it_serves(line: str, expected: Started) -> None:
    found = web_command(line)

    assert found is not None
    assert _said(found) == _said(expected)


def _said(started: Started) -> tuple[object, ...]:
    return started.target, started.script, started.port, started.folder, started.variables, started.config


def test_options_are_written_in_one_piece() -> None:
    options = {option for server in SERVERS for option in server.flags}

    assert [option for option in options if not re.fullmatch(r"-\w|--\w+([.-]\w+)*", option)] == []


@pytest.mark.parametrize("line", ["bash start.sh", "npm start", "python manage.py runserver", "gunicornish app:app"])
def test_what_is_no_known_server_is_not_guessed(line: str) -> None:
    assert web_command(line) is None


@pytest.mark.parametrize(
    ("address", "port"), [("0.0.0.0:80", 80), ("[::]:8000", 8000), ("unix:/run/x", None), (":99999", None), ("", None)]
)
def test_a_port_is_taken_only_where_it_is_written(address: str, port: int | None) -> None:
    assert port_of(address) == port


@given(st.text(max_size=120))
def test_any_line_is_read_without_a_traceback(line: str) -> None:
    found = web_command(line)

    assert found is None or isinstance(found, Started)


def web_command(line: str) -> Started | None:
    """What a line such as `cd backend && gunicorn shop.wsgi -b :8000` starts; None when kubeship can't tell."""
    found = [started for ran in commands(line) if (started := read_command(ran.words, ran.folder, ran.variables))]
    served = [started for started in found if started.work == "web" and not started.development]
    scripts = [started for started in found if started.script and started.work is None]
    return next(iter(served or scripts), None)
