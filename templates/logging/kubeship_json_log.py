"""gunicorn's log as one JSON object a line, each request with its id where the proxy in front sends one."""

import json
import logging
import traceback
from datetime import datetime, timezone

from gunicorn import glogging

REQUEST_IDS = ("X-REQUEST-ID", "X-AMZN-TRACE-ID", "TRACEPARENT")


class JsonFormatter(logging.Formatter):
    """Each record with its time, level and message, and what the logger adds."""

    def format(self, record):
        started = datetime.fromtimestamp(record.created, timezone.utc)  # noqa: UP017  # apps run on Python 3.8 too
        entry = {
            "time": started.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            entry["exception"] = "".join(traceback.format_exception(*record.exc_info))
        return json.dumps(entry, ensure_ascii=False, default=str)


class Logger(glogging.Logger):
    """What `--logger-class kubeship_json_log.Logger` names."""

    def setup(self, cfg):
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.setFormatter(JsonFormatter())

    def access(self, resp, req, environ, request_time):
        if not self.cfg.accesslog:
            return
        headers = dict(req.headers)
        fields = {
            "remote": environ.get("REMOTE_ADDR"),
            "forwarded_for": headers.get("X-FORWARDED-FOR"),
            "method": environ.get("REQUEST_METHOD"),
            "path": environ.get("PATH_INFO"),
            "query": environ.get("QUERY_STRING") or None,
            "status": int(str(resp.status).split(None, 1)[0]),
            "bytes": getattr(resp, "sent", None),
            "seconds": round(request_time.total_seconds(), 6),
            "user_agent": headers.get("USER-AGENT"),
            "referer": headers.get("REFERER"),
            "request_id": next((headers[name] for name in REQUEST_IDS if name in headers), None),
        }
        known = {name: value for name, value in fields.items() if value is not None}
        words = (fields["method"], fields["path"], fields["status"])
        self.access_log.info("%s %s %s", *words, extra={"fields": known})
