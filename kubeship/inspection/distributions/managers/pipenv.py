"""What would Pipenv install? Pipfile, with everything that Pipfile.lock has. Source: pipenv.pypa.io, "Pipfile"."""

from typing import Any

from packaging.utils import canonicalize_name

from kubeship.inspection.distributions.managers.declarations import Declaration, Selection, line_naming
from kubeship.inspection.distributions.requirement_lines import (
    Required,
    below,
    pinned,
    specifier_of,
    without_credentials,
)
from kubeship.inspection.distributions.requirements import Requirements
from kubeship.inspection.files.documents import listed, read_json, table
from kubeship.inspection.files.sources import Sources, folder_of, in_folder
from kubeship.model.origin import Origin


def read_pipenv(sources: Sources, path: str, selection: Selection) -> Declaration:
    """`[packages]` and the lock's `default`; development packages are left out."""
    pipfile, lock = (in_folder(folder_of(path), name) for name in ("Pipfile", "Pipfile.lock"))
    document = sources.toml(pipfile)
    stated = table(document, "packages")
    locked = read_json(sources, lock) if lock in sources else {}
    direct = tuple(_required(name, value, pipfile, sources) for name, value in stated.items())
    all_locked = tuple(_required(name, value, lock, sources) for name, value in table(locked, "default").items())
    urls = [source.get("url") for source in listed(document.get("source")) if isinstance(source, dict)]
    indexes = [without_credentials(url) for url in urls if isinstance(url, str) and "pypi.org/simple" not in url]
    files = tuple(file for file in (pipfile, lock) if file in sources)
    return Declaration(Requirements(files, direct or all_locked, (), tuple(indexes), (), all_locked), Selection())


def _required(name: str, value: object, path: str, sources: Sources) -> Required:
    details: dict[str, Any] = value if isinstance(value, dict) else {"version": value}
    location = next((str(details[key]) for key in ("path", "file", "url") if key in details), "")
    if "git" in details:
        location = f"git+{details['git']}"
    allowed = specifier_of(str(details.get("version", "")))
    return Required(
        canonicalize_name(name),
        frozenset(str(extra) for extra in listed(details.get("extras"))),
        str(details.get("markers", "")),
        bool(details.get("hashes")),
        without_credentials(location),
        Origin(path, line_naming(sources, path, name)),
        pinned(allowed),
        below=below(allowed),
    )
