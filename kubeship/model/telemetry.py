"""Does a line or a traceback only tell that telemetry doesn't arrive? No program ends of that."""

import re
from collections.abc import Iterable

_SENDERS = re.compile(
    r"\b(?:opentelemetry[.\w]*|sentry_sdk[.\w]*|sentry\.errors|ddtrace[.\w]*|datadog\.\w+|newrelic[.\w]*|"
    r"elasticapm[.\w]*|jaeger_tracing|pyroscope[.\w]*)|"
    r"/v1/(?:traces|metrics|logs)\b|/api/\d+/(?:envelope|store)/|/intake/v2/|/v0\.\d/traces\b",
)
"""Names of loggers, and paths that are posted to. Sources: OTLP's, Sentry's, Datadog's and Elastic APM's protocols."""

_PACKAGES = re.compile(
    r"/(?:opentelemetry/(?:exporter|sdk)|sentry_sdk|ddtrace|datadog|newrelic|elasticapm|jaeger_client|pyroscope)/"
)


def telemetry_line(line: str) -> bool:
    """Whether a line of a log was written by what sends telemetry, or about that."""
    return bool(_SENDERS.search(line))


def telemetry_frames(paths: Iterable[str], own: Iterable[str]) -> bool:
    """Whether a traceback is that of a sender's own thread: it comes from its files, and from none of the project's."""
    return not any(own) and any(_PACKAGES.search(path) for path in paths)
