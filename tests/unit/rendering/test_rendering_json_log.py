"""Is each line of gunicorn's log one JSON object, whatever a client sends?"""

import importlib.util
import json
import logging
import sys
from datetime import timedelta
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from kubeship.rendering import locations

NASTY = 'curl "7" \\ \n{{'


class GunicornsLogger:
    """What gunicorn's own logger has, as far as ours relies on it (gunicorn/glogging.py)."""

    def __init__(self, cfg: Any) -> None:
        self.cfg = cfg
        self.lines: list[str] = []
        self.error_log, self.access_log = logging.Logger("gunicorn.error"), logging.Logger("gunicorn.access")
        self.setup(cfg)

    def setup(self, cfg: Any) -> None:
        for log in (self.error_log, self.access_log):
            log.addHandler(Kept(self.lines))


class Kept(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def logger(monkeypatch: pytest.MonkeyPatch) -> Any:
    glogging = ModuleType("gunicorn.glogging")
    glogging.Logger = GunicornsLogger  # type: ignore[attr-defined]
    gunicorn = ModuleType("gunicorn")
    gunicorn.glogging = glogging  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gunicorn", gunicorn)
    monkeypatch.setitem(sys.modules, "gunicorn.glogging", glogging)
    place = locations.templates() / "logging" / "kubeship_json_log.py"
    spec = importlib.util.spec_from_file_location("kubeship_json_log", place)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Logger(SimpleNamespace(accesslog="-"))


def answered(logger: Any, *headers: tuple[str, str]) -> dict[str, Any]:
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": f"/{NASTY}", "QUERY_STRING": "", "REMOTE_ADDR": "10.0.0.1"}
    response = SimpleNamespace(status="200 OK", sent=12)
    logger.access(response, SimpleNamespace(headers=list(headers)), environ, timedelta(milliseconds=1.5))
    (line,) = logger.lines
    assert "\n" not in line
    found: dict[str, Any] = json.loads(line)
    return found


def test_an_access_is_one_object_with_its_request_id(logger: Any) -> None:
    entry = answered(logger, ("X-REQUEST-ID", "abc"), ("USER-AGENT", NASTY))

    assert (entry["status"], entry["seconds"], entry["request_id"]) == (200, 0.0015, "abc")
    assert (entry["user_agent"], entry["path"]) == (NASTY, f"/{NASTY}")


def test_a_request_without_an_id_has_none(logger: Any) -> None:
    assert "request_id" not in answered(logger)


def test_an_exception_stands_in_its_entry(logger: Any) -> None:
    try:
        raise ValueError(NASTY)
    except ValueError:
        logger.error_log.exception("failed")

    entry = json.loads(logger.lines[0])
    assert (entry["level"], entry["message"]) == ("error", "failed")
    assert "ValueError" in entry["exception"]
