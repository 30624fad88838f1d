"""How do the credentials of `build.secrets` reach uv? In variables of its own; nothing is written."""

import os
import re
from collections.abc import Mapping, Sequence

from kubeship.errors import InvalidInput
from kubeship.model.direct import NeedsEngine
from kubeship.model.image import BuildSecret

OF_PIP = {"PIP_INDEX_URL": "UV_DEFAULT_INDEX", "PIP_EXTRA_INDEX_URL": "UV_INDEX"}
OF_POETRY = re.compile(r"POETRY_HTTP_BASIC_(\w+)_(USERNAME|PASSWORD)")


def uv_variables(secrets: Sequence[BuildSecret], environment: Mapping[str, str]) -> dict[str, str]:
    """By uv's name for each; requirements may use the others as `${NAME}`.

    Raises InvalidInput for a variable that isn't set, NeedsEngine for a file that uv can't read.
    """
    found = {}
    for secret in secrets:
        if secret.variable is not None:
            if secret.variable not in environment:
                raise InvalidInput(
                    f"kubeship.yaml: build.secrets.{secret.id}: the environment variable {secret.variable} is not set.",
                    hint=f"set {secret.variable}, or correct build.secrets in kubeship.yaml",
                )
            found[_name(secret.id)] = environment[secret.variable]
        elif secret.id == "netrc":
            if secret.file is None or not os.access(secret.file, os.R_OK):
                raise InvalidInput(
                    f"kubeship.yaml: build.secrets.{secret.id}: {secret.file} can't be read.",
                    hint="correct the path in kubeship.yaml, or make the file readable for your user",
                )
            found["NETRC"] = str(secret.file)
        else:
            raise NeedsEngine(f"uv can't read the file of build.secrets.{secret.id}")
    return found


def _name(identity: str) -> str:
    if poetry := OF_POETRY.fullmatch(identity):
        return f"UV_INDEX_{poetry[1]}_{poetry[2]}"
    return OF_PIP.get(identity, identity)
