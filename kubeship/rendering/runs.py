"""How does a RUN line install something: with which cache, which secrets, and in which dialect?"""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kubeship.errors import InvalidInput

Dialect = Literal["buildkit", "classic"]

# Where each program looks for a file of this name. Sources: pip "Configuration", curl's and GNU's .netrc, uv
# "Configuration files", Poetry "Configuration", PDM "Configuration", npm's npmrc.
FILES: Mapping[str, str] = {
    "netrc": "/root/.netrc",
    "npmrc": "/root/.npmrc",
    "pdm.toml": "/root/.config/pdm/config.toml",
    "pip.conf": "/root/.config/pip/pip.conf",
    "poetry-auth.toml": "/root/.config/pypoetry/auth.toml",
    "uv.toml": "/root/.config/uv/uv.toml",
    "yarnrc": "/root/.yarnrc",
}
"""Ids of build secrets that are files at a place of their own. One that could name a variable becomes that variable."""


@dataclass(frozen=True)
class Runs:
    """RUN lines in one dialect, each of which may read these secrets."""

    dialect: Dialect
    secrets: tuple[str, ...]

    def run(self, *commands: str, cache: str | None = None, variables: Mapping[str, str] | None = None) -> str:
        """The instruction for these commands, the first that fails ending it.

        Raises InvalidInput for secrets in the classic dialect, which could only put them into a layer.
        """
        if self.dialect == "classic" and self.secrets:
            raise InvalidInput(
                f"build.secrets ({', '.join(self.secrets)}) need BuildKit, which this engine doesn't have",
                hint="use Docker 20.10 or newer with BuildKit on, or leave build.secrets out of kubeship.yaml",
            )
        exports = [f"export {name}={shlex.quote(value)}" for name, value in sorted((variables or {}).items())]
        parts = [*self._mounts(cache), " \\\n    && ".join([*self._exported(), *exports, *commands])]
        return "RUN " + " \\\n    ".join(parts)

    def _mounts(self, cache: str | None) -> list[str]:
        if self.dialect == "classic":
            return []
        targets = ((secret, FILES.get(secret)) for secret in self.secrets)
        secrets = [
            f"--mount=type=secret,id={secret}" + (f",target={target}" if target else "") + ",required=true"
            for secret, target in targets
        ]
        return ([f"--mount=type=cache,target={cache}"] if cache else []) + secrets

    def _exported(self) -> list[str]:
        """Secrets that are variables: there while this one line runs, and in no layer."""
        names = [secret for secret in self.secrets if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", secret)]
        return [f'{name}="$(cat /run/secrets/{name})" && export {name}' for name in names if name not in FILES]
