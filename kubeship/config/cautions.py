"""What should a person look at after init, because no code says it?"""

from collections.abc import Mapping
from typing import Any

from kubeship.config.editing import KeyPath
from kubeship.config.file import ConfigFile
from kubeship.config.variables import unset
from kubeship.model.events import Caution
from kubeship.model.project import Project, Variable


def cautions(
    project: Project, host: str | None, existing: ConfigFile | None, stated: Mapping[KeyPath, Any]
) -> tuple[Caution, ...]:
    """Variables without a value, and hosts that the app itself must allow; `stated` is what is set in this run."""

    def has_value(variable: Variable) -> bool:
        set_before = existing is not None and existing.value(f"variables.{variable.name}") is not None
        return set_before or ("variables", variable.name) in stated

    missing = tuple(_missing(variable) for variable in unset(project) if not has_value(variable))
    allowed = next((each for each in project.variables if each.name.endswith("ALLOWED_HOSTS")), None)
    if host is None or allowed is None or has_value(allowed):
        return missing
    return (
        *missing,
        Caution(
            f"the app answers only for the hosts in {allowed.name}, and kubeship leaves that to you",
            hint=f"set variables.{allowed.name} in kubeship.yaml to {host}",
        ),
    )


def _missing(variable: Variable) -> Caution:
    place = f" (read in {variable.origins[0]})" if variable.origins else ""
    return Caution(
        f"the app needs {variable.name}{place}, and nothing says which value it has",
        hint=f"set variables.{variable.name} in kubeship.yaml",
    )
