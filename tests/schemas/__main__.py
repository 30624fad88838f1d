"""python -m tests.schemas: writes crds/ anew from the operators' own modules, pinned in SOURCES.

They come whole but for their descriptions, which are four fifths of them, so that a real API server takes them.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubeship import yaml_io
from tests.stack.binaries import go
from tests.stack.versions import load_versions

CRDS = Path(__file__).parent / "crds"


@dataclass(frozen=True)
class Source:
    """A file of a Go module."""

    module: str
    version: str
    path: str
    licence: str = "Apache License 2.0"


GATEWAY = "config/crd/standard/gateway.networking.k8s.io"
PROMETHEUS = "example/prometheus-operator-crd/monitoring.coreos.com"
SOURCES = (
    Source("sigs.k8s.io/gateway-api", "v1.4.1", f"{GATEWAY}_grpcroutes.yaml"),
    Source("sigs.k8s.io/gateway-api", "v1.4.1", f"{GATEWAY}_httproutes.yaml"),
    Source("github.com/prometheus-operator/prometheus-operator", "v0.85.0", f"{PROMETHEUS}_podmonitors.yaml"),
    Source("github.com/prometheus-operator/prometheus-operator", "v0.85.0", f"{PROMETHEUS}_servicemonitors.yaml"),
    Source(
        "github.com/external-secrets/external-secrets",
        "v1.3.2",
        "config/crds/bases/external-secrets.io_externalsecrets.yaml",
    ),
    Source(
        "github.com/traefik/traefik/v3",
        "v3.5.3",
        "docs/content/reference/dynamic-configuration/traefik.io_middlewares.yaml",
        licence="MIT License (traefik.io.LICENSE.md)",
    ),
)


def main() -> None:
    """Download each module through Go's proxy, and write its file."""
    for source in SOURCES:
        path = downloaded(source) / source.path
        crd = yaml_io.load(path.read_text(), source.path)
        header = f"# {source.module}@{source.version}, {source.path}: {source.licence}; without descriptions.\n"
        (CRDS / path.name).write_text(header + yaml_io.dump(without_descriptions(crd)))
        print(f"{path.name}: {source.module}@{source.version}", file=sys.stderr)


def downloaded(source: Source) -> Path:
    """The module's folder."""
    command = [go(load_versions()), "mod", "download", "-json", f"{source.module}@{source.version}"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Path(json.loads(done.stdout)["Dir"])


def without_descriptions(value: Any) -> Any:
    """The same schema; a property that is called `description` is a mapping, and stays."""
    if isinstance(value, dict):
        kept = ((key, part) for key, part in value.items() if not (key == "description" and isinstance(part, str)))
        return {key: without_descriptions(part) for key, part in kept}
    if isinstance(value, list):
        return [without_descriptions(part) for part in value]
    return value


if __name__ == "__main__":
    main()
