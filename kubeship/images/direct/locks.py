"""What do other tools' lock files install on one target? Pure; a lock that may be older than its project isn't read."""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from packaging.markers import InvalidMarker, Marker
from packaging.utils import canonicalize_name

from kubeship.images.direct.pins import Pin, Pins, pins_of
from kubeship.model.direct import NeedsEngine

Document = Mapping[str, Any]
Markers = Mapping[str, str]


def pinned_by_poetry(
    lock: Document, pyproject: Document, markers: Markers, groups: Sequence[str], extras: Sequence[str]
) -> Pins:
    """poetry.lock since Poetry 2.0, where each package names its groups. Raises NeedsEngine for others."""
    metadata = lock.get("metadata", {})
    if metadata.get("content-hash") not in set(_poetry_hashes(pyproject)):
        raise _outdated("poetry.lock", "poetry lock")
    wanted = {"main", *groups}
    packages = lock.get("package", [])
    if any("groups" not in package for package in packages):
        raise NeedsEngine("poetry.lock is of a Poetry before 2.0, which knows alone what belongs to which group")
    chosen = [
        package
        for package in packages
        if wanted & set(package["groups"]) and _poetry_applies(package, wanted, markers, extras)
    ]
    sources = [package["source"] for package in chosen if "source" in package]
    for source in sources:
        if source.get("type") != "legacy":
            raise NeedsEngine(f"poetry.lock installs {source.get('url', 'something')}, which must be built")
    pins = (
        _pin(package["name"], package["version"], (file["hash"] for file in package.get("files", [])), "poetry.lock")
        for package in chosen
    )
    return pins_of(pins, (f"{source.get('reference', 'source')}={source['url']}" for source in sources))


def pinned_by_pdm(
    lock: Document, pyproject: Document, markers: Markers, groups: Sequence[str], extras: Sequence[str]
) -> Pins:
    """pdm.lock with the strategy inherit_metadata, the default since PDM 2.11. Raises NeedsEngine for others."""
    metadata = lock.get("metadata", {})
    if metadata.get("content_hash") != f"sha256:{_pdm_hash(pyproject)}":
        raise _outdated("pdm.lock", "pdm lock")
    if "inherit_metadata" not in metadata.get("strategy", []):
        raise NeedsEngine(
            "pdm.lock is without the strategy inherit_metadata, and PDM alone knows which group needs what"
        )
    wanted = {"default", *(canonicalize_name(name) for name in (*groups, *extras))}
    pins = []
    for package in lock.get("package", []):
        named = {canonicalize_name(name) for name in package.get("groups", ["default"])}
        if not wanted & named or not _applies(package.get("marker"), markers):
            continue
        if odd := next((package[key] for key in ("git", "path", "url", "hg", "svn", "bzr") if key in package), None):
            raise NeedsEngine(f"pdm.lock installs {odd}, which must be built")
        hashes = (file["hash"] for file in package.get("files", []))
        pins.append(_pin(package["name"], package["version"], hashes, "pdm.lock"))
    sources = pyproject.get("tool", {}).get("pdm", {}).get("source", [])
    return pins_of(pins, (_with_variables(source["url"]) for source in sources if "url" in source))


def pinned_by_pipenv(lock: Document, pipfile: Document, markers: Markers, groups: Sequence[str]) -> Pins:
    """Pipfile.lock: `default`, and the categories that are asked for."""
    metadata = lock.get("_meta", {})
    if metadata.get("hash", {}).get("sha256") != _pipfile_hash(pipfile):
        raise _outdated("Pipfile.lock", "pipenv lock")
    pins = []
    for category in ("default", *groups):
        for name, entry in lock.get(category, {}).items():
            if not _applies(entry.get("markers"), markers):
                continue
            if "version" not in entry:
                odd = next((entry[key] for key in ("git", "path", "file", "url") if key in entry), name)
                raise NeedsEngine(f"Pipfile.lock installs {odd}, which must be built")
            pins.append(_pin(name, entry["version"].removeprefix("=="), entry.get("hashes", []), "Pipfile.lock"))
    return pins_of(pins, (_with_variables(source["url"]) for source in metadata.get("sources", [])))


def registries_of_uv(lock: Document) -> tuple[str, ...]:
    """The indexes that uv.lock names."""
    named = (package.get("source", {}).get("registry", "") for package in lock.get("package", []))
    return pins_of((), (registry for registry in named if registry.startswith(("http://", "https://")))).indexes


def _pin(name: str, version: str, hashes: Iterable[str], lock: str) -> Pin:
    found = tuple(sorted(set(hashes)))
    if not found:
        raise NeedsEngine(f"{lock} has no hash for {name}")
    return Pin(canonicalize_name(name), version, found)


def _poetry_applies(package: Document, wanted: set[str], markers: Markers, extras: Sequence[str]) -> bool:
    """One marker for all groups, or one for each that has any."""
    stated = package.get("markers")
    if isinstance(stated, Mapping):
        return any(_applies(stated.get(group), markers, extras) for group in wanted & set(package["groups"]))
    return _applies(stated, markers, extras)


def _applies(marker: str | None, markers: Markers, extras: Sequence[str] = ()) -> bool:
    if not marker:
        return True
    try:
        parsed = Marker(marker)
    except InvalidMarker as error:
        raise NeedsEngine(f"its lock has a marker that can't be read: {marker}") from error
    return any(parsed.evaluate({**markers, "extra": extra}) for extra in ("", *extras))


def _outdated(lock: str, command: str) -> NeedsEngine:
    return NeedsEngine(f"{lock} may be older than what it was made from (its hash is another one; {command} renews it)")


def _poetry_hashes(pyproject: Document) -> Iterator[str]:
    """As Poetry makes them, with and without dependency groups (poetry/packages/locker.py, 2.3)."""
    project = pyproject.get("project", {})
    poetry = pyproject.get("tool", {}).get("poetry", {})
    relevant = {
        key: project[key] for key in ("requires-python", "dependencies", "optional-dependencies") if key in project
    }
    all_groups: Document = pyproject.get("dependency-groups", {})
    for dependency_groups in (all_groups, {}):
        legacy = not relevant and not dependency_groups
        content = {
            key: poetry.get(key)
            for key in ("dependencies", "source", "extras", "dev-dependencies", "group")
            if key in poetry or (legacy and key != "group")
        }
        if not legacy:
            outer = {"project": relevant, "dependency-groups": dependency_groups}
            content = {**{key: value for key, value in outer.items() if value}, "tool": {"poetry": content}}
        yield hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def _pdm_hash(pyproject: Document) -> str:
    """As PDM makes it (pdm/project/project_file.py, content_hash)."""
    project = pyproject.get("project", {})
    pdm = pyproject.get("tool", {}).get("pdm", {})
    development: dict[str, list[Any]] = {}
    for found in (pyproject.get("dependency-groups", {}), pdm.get("dev-dependencies", {})):
        for group, dependencies in found.items():
            development.setdefault(canonicalize_name(group), []).extend(dependencies)
    content = {
        "sources": pdm.get("source", []),
        "dependencies": project.get("dependencies", []),
        "dev-dependencies": development,
        "optional-dependencies": project.get("optional-dependencies", {}),
        "requires-python": project.get("requires-python", ""),
        "resolution": pdm.get("resolution", {}),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def _pipfile_hash(pipfile: Document) -> str:
    """As Pipenv makes it (plette/pipfiles.py, get_hash)."""
    known = {"source", "packages", "dev-packages", "requires", "scripts", "pipfile", "pipenv", "default", "develop"}
    content = {
        "_meta": {"sources": pipfile.get("source", []), "requires": pipfile.get("requires", {})},
        "default": pipfile.get("packages", {}),
        "develop": pipfile.get("dev-packages", {}),
        **{category: values for category, values in pipfile.items() if category not in known},
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _with_variables(url: str) -> str:
    """`${NAME}` and `$NAME` from the environment, as these tools fill them in."""
    return re.sub(r"\$\{?(\w+)\}?", lambda found: os.environ.get(found[1], found[0]), url)
