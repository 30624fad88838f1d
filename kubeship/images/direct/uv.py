"""How is uv run? Found beside kubeship or on PATH; of the user's settings, those of indexes reach it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from kubeship.errors import BuildFailed
from kubeship.model.direct import NeedsEngine

MINUTES = 30
KEPT = re.compile(
    r"UV_(INDEX(_.*)?|DEFAULT_INDEX|EXTRA_INDEX_URL|FIND_LINKS|KEYRING_PROVIDER|INSECURE_HOST|NATIVE_TLS|SYSTEM_CERTS"
    r"|CACHE_DIR|CONFIG_FILE|CREDENTIALS_DIR|OFFLINE|HTTP_.*|CONCURRENT_.*|REQUEST_TIMEOUT)"
)
"""uv's variables that say where distributions come from; the others would change what is installed."""
MUST_BUILD = (
    r"no usable wheels|building from source is disabled|building source distributions is disabled"
    r"|has no wheels|no wheels are available|only has wheels for|doesn't have a (wheel|source distribution)"
    r"|can't be installed because it is marked as `--no-build`|no wheels with a matching|source distribution"
)
"""In uv's messages: something has no wheel for the target."""


@dataclass(frozen=True)
class Uv:
    """The program."""

    program: Path
    version: str


def find_uv() -> Uv:
    """The one of the `uv` distribution beside kubeship, or the one on PATH. Raises NeedsEngine when there is none."""
    beside = Path(sys.executable).parent / "uv"
    try:
        packaged = version("uv")
    except PackageNotFoundError:
        packaged = None
    if packaged and beside.is_file():
        return Uv(beside, packaged)
    if found := shutil.which("uv"):
        said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
        words = said.stdout.split()
        if said.returncode == 0 and len(words) >= 2:
            return Uv(Path(found), words[1])
    raise NeedsEngine("it needs uv, which isn't here (pip install 'kubeship[direct]')")


def run_uv(uv: Uv, arguments: Sequence[str], folder: Path, secrets: Mapping[str, str]) -> str:
    """Its standard output. Raises NeedsEngine when something has no wheel, BuildFailed for everything else."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("UV_") or KEPT.fullmatch(name)}
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME"):
        kept.pop(name, None)
    own = {"UV_NO_INSTALLER_METADATA": "1", "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "NO_COLOR": "1"}
    try:
        done = subprocess.run(  # noqa: S603
            [str(uv.program), *arguments],
            cwd=folder,
            env={**kept, **secrets, **own},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=MINUTES * 60,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildFailed(
            f"uv can't be run: {error}.", hint="install it anew: pip install 'kubeship[direct]'"
        ) from error
    if done.returncode == 0:
        return done.stdout
    said = without(done.stderr.strip(), secrets)
    if re.search(MUST_BUILD, said, re.IGNORECASE):
        raise NeedsEngine(f"something has no wheel for the image and must be built ({_reason(said)})")
    raise BuildFailed(
        f"The dependencies can't be installed: {_reason(said)}.",
        hint="correct what uv names; `--builder docker` installs them in a container, as the Dockerfile says",
        details="\n".join(said.splitlines()[-20:]),
    )


def without(text: str, secrets: Mapping[str, str]) -> str:
    """A text in which no secret shows."""
    for value in sorted(secrets.values(), key=len, reverse=True):
        text = text.replace(value, "***") if len(value) > 3 else text
    return re.sub(r"(?<=://)[^/@\s]+@", "***@", text)


def _reason(said: str) -> str:
    """The innermost cause, in one line."""
    lines = [
        line.strip() for line in said.splitlines() if line.strip() and not line.strip().startswith(("Using", "hint"))
    ]
    causes = [line.partition("cause:")[2] for line in lines if "cause:" in line]
    reason = causes[-1] if causes else next((line for line in lines if line.startswith("error:")), "uv says nothing")
    return reason.removeprefix("error:").strip().rstrip(".")[:300]
