"""Which wheels does the user's package index have? Inspection's only way to the network: a simple API, and a cache."""

import configparser
import hashlib
import json
import os
import re
import time
import urllib.error
import urllib.request
from pathlib import Path

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

PYPI = "https://pypi.org/simple"
VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
ACCEPTED = "application/vnd.pypi.simple.v1+json, text/html;q=0.2"
"""PEP 691; an index that only has the HTML of PEP 503 may answer with that."""
TIMEOUT = 5.0
FRESH = 86_400
"""Seconds that an answer is kept for: new wheels for old releases are rare."""


class SimpleIndex:
    """A package index, asked at most once a day for each distribution."""

    def __init__(self, url: str, cache: Path) -> None:
        self._url = url.rstrip("/")
        self._cache = cache / hashlib.sha256(self._url.encode()).hexdigest()[:16]
        self._reachable = True

    def wheels(self, distribution: str, version: str) -> tuple[str, ...] | None:
        """The wheels of a release, of the newest final one without a version; None when the index can't be asked."""
        files = self._files(canonicalize_name(distribution))
        if files is None:
            return None
        released: dict[Version, list[str]] = {}
        for file in files:
            try:
                released.setdefault(parse_wheel_filename(file)[1], []).append(file)
            except (InvalidWheelFilename, InvalidVersion):
                continue
        try:
            wanted = Version(version) if version else max((v for v in released if not v.is_prerelease), default=None)
        except InvalidVersion:
            return None
        return tuple(released.get(wanted, ())) if wanted else ()

    def _files(self, name: str) -> list[str] | None:
        kept = self._cache / f"{name}.json"
        try:
            if time.time() - kept.stat().st_mtime < FRESH:
                return [str(file) for file in json.loads(kept.read_text())]
        except (OSError, ValueError, TypeError):
            pass
        asked = self._ask(name) if self._reachable else None
        if asked is not None:
            self._keep(kept, asked)
        return asked

    def _ask(self, name: str) -> list[str] | None:
        if not self._url.startswith(("http://", "https://")):
            return None
        request = urllib.request.Request(f"{self._url}/{name}/", headers={"Accept": ACCEPTED})  # noqa: S310  # checked
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
                return _listed(response.read().decode(errors="replace"))
        except urllib.error.HTTPError:
            return None
        except (OSError, ValueError):
            self._reachable = False  # don't wait again for every other distribution
            return None

    def _keep(self, path: Path, files: list[str]) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(files))
        except OSError:
            return


def users_index() -> SimpleIndex:
    """The index that pip and uv would ask, by their variables and pip's configuration file."""
    stated = next((os.environ[name] for name in VARIABLES if os.environ.get(name)), None)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kubeship" / "wheels"
    return SimpleIndex(stated or _configured() or PYPI, cache)


def _configured() -> str | None:
    places = (Path.home() / ".config/pip/pip.conf", Path.home() / ".pip/pip.conf", Path("/etc/pip.conf"))
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read(reversed(places))
    except (configparser.Error, OSError, UnicodeDecodeError):
        return None
    return parser.get("global", "index-url", fallback=None)


def _listed(answer: str) -> list[str]:
    try:
        return [str(file["filename"]) for file in json.loads(answer)["files"]]
    except (ValueError, KeyError, TypeError):
        return re.findall(r">\s*([^<>\s]+\.whl)\s*</a>", answer)
