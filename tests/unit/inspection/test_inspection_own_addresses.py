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
