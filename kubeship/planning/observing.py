"""How do metrics, traces and logs reach whoever collects them: by which labels, annotations, variables, launcher?"""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from kubeship.config.coherence import LOGGING
from kubeship.config.process_schema import Process
from kubeship.config.schema import Configuration
from kubeship.model.surroundings import MetricsPlan

# Sources: ddtrace.readthedocs.io/en/stable/installation_quickstart.html; docs.newrelic.com: Python agent, "Agent
# administration scripts".
LAUNCHERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"datadog": ("ddtrace-run",), "newrelic": ("newrelic-admin", "run-program")}
)
LOG_FOLDER = "/etc/kubeship"
JSON_OPTIONS = ("--pythonpath", LOG_FOLDER, "--logger-class", "kubeship_json_log.Logger")
"""gunicorn's: docs.gunicorn.org/en/stable/settings.html#logger-class."""


def launched(command: Sequence[str], configuration: Configuration) -> tuple[str, ...]:
    """The command, started by the agent's launcher; one that starts with it already is left alone."""
    launcher = LAUNCHERS.get(configuration.monitoring or "", ())
    return tuple(command) if not launcher or command[: len(launcher)] == launcher else (*launcher, *command)


def logged(command: Sequence[str], process: Process, configuration: Configuration) -> tuple[str, ...]:
    """gunicorn's command with a logger that writes JSON."""
    json_wanted = configuration.logs is not None and configuration.logs.format == "json"
    if not json_wanted or process.server != LOGGING or process.command is not None:
        return tuple(command)
    return (command[0], *JSON_OPTIONS, *command[1:])


def variables(name: str, environment: str, configuration: Configuration) -> dict[str, str]:
    """What the agent is told; kubeship.yaml's own variables win."""
    service = f"{configuration.name}-{name}"
    match configuration.monitoring:
        case "datadog":
            # docs.datadoghq.com/getting_started/tagging/unified_service_tagging
            found = {"DD_ENV": environment, "DD_SERVICE": service}
            return found | ({"DD_LOGS_INJECTION": "true"} if configuration.logs else {})
        case "newrelic":
            # docs.newrelic.com/docs/apm/agents/python-agent/configuration/python-agent-configuration
            return {
                "NEW_RELIC_APP_NAME": f"{service} ({environment})",
                "NEW_RELIC_LABELS": f"environment:{environment};app:{configuration.name}",
                "NEW_RELIC_LOG": "stderr",
            }
        case _:
            return {}


def labels(name: str, environment: str, configuration: Configuration) -> dict[str, str]:
    """Of workloads and pods."""
    if configuration.monitoring != "datadog":
        return {}
    return {
        # The admission controller then says where the agent is (docs.datadoghq.com/containers/cluster_agent/
        # admission_controller), as a socket, a node or a Service.
        "admission.datadoghq.com/enabled": "true",
        "tags.datadoghq.com/env": environment,
        "tags.datadoghq.com/service": f"{configuration.name}-{name}",
    }


def annotations(name: str, process: Process, configuration: Configuration) -> dict[str, str]:
    """Of pods."""
    found: dict[str, str] = {}
    metrics = metrics_plan(process, behind_server=False)
    if metrics and metrics.kind == "annotations":
        # The convention of Prometheus' own example configuration and of the community's chart.
        found |= {
            "prometheus.io/scrape": "true",
            "prometheus.io/path": metrics.path,
            "prometheus.io/port": str(metrics.port),
        }
    logs = configuration.logs
    if logs and logs.collector == "filebeat":
        # www.elastic.co/docs/reference/beats/filebeat/configuration-autodiscover-hints
        found["co.elastic.logs/enabled"] = "true"
        if logs.format == "json":
            found |= {
                "co.elastic.logs/json.add_error_key": "true",
                "co.elastic.logs/json.keys_under_root": "true",
                "co.elastic.logs/json.message_key": "message",
            }
    if logs and logs.collector == "fluent-bit" and logs.format == "json":
        # docs.fluentbit.io/manual/pipeline/filters/kubernetes, "Kubernetes annotations"
        found["fluentbit.io/parser"] = "json"
    if configuration.monitoring == "datadog" and logs:
        # docs.datadoghq.com/containers/kubernetes/log, "Autodiscovery annotations"
        source = [{"source": "python", "service": f"{configuration.name}-{name}"}]
        found[f"ad.datadoghq.com/{name}.logs"] = json.dumps(source)
    return found


def metrics_plan(process: Process, *, behind_server: bool) -> MetricsPlan | None:
    """`behind_server`: whether a static server stands in front of the process, and its port is called `app`."""
    stated = process.metrics
    if stated is None:
        return None
    own_port = stated.port is not None and stated.port != process.port
    port = stated.port or process.port
    assert port is not None
    return MetricsPlan(
        path=stated.path,
        port=port,
        port_name="metrics" if own_port else "app" if behind_server else "http",
        kind=stated.kind,
        interval=stated.interval,
        labels=stated.labels,
    )
