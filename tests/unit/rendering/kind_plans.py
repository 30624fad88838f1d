"""Which Plans show each kind of object and each option? tests/golden/kinds/<case>/kubeship.yaml says them."""

from pathlib import Path

from kubeship.config.file import parsed
from kubeship.config.lock import Lock
from kubeship.model.plan import Plan
from kubeship.planning.plan import plan

GOLDEN = Path(__file__).parents[2] / "golden" / "kinds"


def kind_plan(case: str) -> Plan:
    """What the case's kubeship.yaml becomes."""
    folder = GOLDEN / case
    file = parsed((folder / "kubeship.yaml").read_text(encoding="utf-8"))
    configuration, target, environment = file.configuration(None)
    sources = {each.source: (folder / each.source).read_text() for each in configuration.files.values() if each.source}
    return plan(configuration, target, environment, Lock(), sources=sources)


KINDS = {folder.name: kind_plan(folder.name) for folder in sorted(GOLDEN.iterdir())}
CUSTOM = frozenset({"ExternalSecret", "GRPCRoute", "HTTPRoute", "Middleware", "PodMonitor", "ServiceMonitor"})
"""Kinds that a cluster only knows where somebody has installed their definitions."""
