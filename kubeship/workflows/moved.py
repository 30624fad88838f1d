"""What stays in the cluster where an app gets another name or another namespace?"""

from collections.abc import Mapping
from typing import Any

from kubeship.errors import InvalidInput
from kubeship.model.events import Caution
from kubeship.model.objects import APP_LABEL
from kubeship.workflows.app import App

MANAGED_BY = ("app.kubernetes.io/managed-by", "kubeship")
"""The label of what kubeship has rendered; others' objects in the same directory may be of any name."""


def left_behind(app: App) -> tuple[Caution, ...]:
    """One for each app or namespace that the environment's files were rendered for, and won't be any more."""
    try:
        files = app.manifests()
    except InvalidInput:  # there are none yet, or somebody is at work on them
        return ()
    ours = [item["metadata"] for item in files if MANAGED_BY in _labels(item["metadata"]).items()]
    before = {(_labels(metadata).get(APP_LABEL, ""), metadata.get("namespace", "")) for metadata in ours}
    return tuple(
        Caution(
            f"deploy/{app.environment} was for {name} in namespace {namespace}, and is now for {app.name} in namespace "
            f"{app.plan.namespace}: what was deployed as {name} there stays, and goes on running",
            "to remove it, put the old name and namespace back into kubeship.yaml for once, and run kubeship delete",
        )
        for name, namespace in sorted(before - {(app.name, app.plan.namespace)})
        if name and namespace
    )


def _labels(metadata: Mapping[str, Any]) -> Mapping[str, str]:
    return metadata.get("labels") or {}
