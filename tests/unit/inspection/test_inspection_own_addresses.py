"""Is a program that only its own machine can reach told before it is in a pod?"""

from pathlib import Path

import pytest

from kubeship.inspection.project import inspect

REQUIREMENTS = "aiohttp\ngrpcio\nwebsockets\n"
AIOHTTP = "from aiohttp import web\n\napp = web.Application()\nweb.run_app(app, host={!r}, port=8080)\n"


@pytest.mark.parametrize(("host", "warned"), [("127.0.0.1", True), ("localhost", True), ("0.0.0.0", False)])
def test_program_that_listens_for_its_own_machine_is_a_warning(host: str, warned: bool, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text(REQUIREMENTS)
    (tmp_path / "main.py").write_text(AIOHTTP.format(host))

    project = inspect(tmp_path, {})

    found = [each for each in project.warnings if "listens on" in each.message]
    assert [each.origin.line for each in found] == ([4] if warned else [])


CLICK = """import click
from aiohttp import web


@click.command()
@click.option("-h", "--host", default={!r})
@click.option("-p", "--port", default=8001)
def main(host, port):
    web.run_app(web.Application(), host=host, port=port)


main()
"""


@pytest.mark.parametrize(
    ("default", "said", "command"),
    [
        ("127.0.0.1", "", "python main.py --host=0.0.0.0"),
        ("127.0.0.1", " -h 10.0.0.1", "python main.py -h 10.0.0.1"),
        ("0.0.0.0", "", "python main.py"),
    ],
)
def test_program_whose_option_means_its_own_machine_is_told_to_listen_everywhere(
    default: str, said: str, command: str, tmp_path: Path
) -> None:
    (tmp_path / "requirements.txt").write_text("aiohttp\nclick\n")
    (tmp_path / "main.py").write_text(CLICK.format(default))
    (tmp_path / "Procfile").write_text(f"web: python main.py{said}\n")

    (process,) = inspect(tmp_path, {}).processes

    assert (process.command, process.port) == (command, 8001)


@pytest.mark.parametrize("server", ["HTTPServer", "ThreadingHTTPServer"])
def test_the_port_of_a_server_in_another_module_is_read(server: str, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("from served import serve\n\nif __name__ == '__main__':\n    serve()\n")
    (tmp_path / "served.py").write_text(
        f"from http.server import {server}\n\n\ndef serve():\n    {server}(('', 9100), None).serve_forever()\n"
    )

    assert inspect(tmp_path, {}).processes[0].port == 9100


@pytest.mark.parametrize(("default", "warned"), [("stdio", True), ("http", False)])
def test_transport_that_is_for_whoever_starts_the_server_is_a_warning(
    default: str, warned: bool, tmp_path: Path
) -> None:
    (tmp_path / "requirements.txt").write_text("fastmcp\n")
    (tmp_path / "main.py").write_text(
        "import os\n\nfrom fastmcp import FastMCP\n\nnotes = FastMCP('notes')\n"
        f"notes.run(transport=os.getenv('TRANSPORT', '{default}'))\n"
    )

    warnings = inspect(tmp_path, {}).warnings

    assert any("variables.TRANSPORT" in each.message for each in warnings) is warned
