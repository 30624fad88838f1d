"""What does pyproject.toml declare? PEP 621, PEP 735, and the tables of Poetry, PDM and uv."""

import posixpath
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from kubeship.inspection.distributions.managers.declarations import Declaration, Selection, line_naming, required
from kubeship.inspection.distributions.requirement_lines import (
    Required,
    below,
    pinned,
    specifier_of,
    without_credentials,
)
from kubeship.inspection.distributions.requirements import Requirements, read_requirements
from kubeship.inspection.files.documents import listed, table
from kubeship.inspection.files.sources import Sources, folder_of
from kubeship.model.origin import Origin


def read_pyproject(sources: Sources, path: str, selection: Selection) -> Declaration:
    """What the file's own tables declare, with the groups and extras that are selected."""
    document = sources.toml(path)
    extras = table(document, "project", "optional-dependencies")
    groups = {**table(document, "tool", "pdm", "dev-dependencies"), **table(document, "dependency-groups")}
    poetry = table(document, "tool", "poetry")
    poetry_extras = table(poetry, "extras")
    poetry_groups = table(poetry, "group")
    chosen = selection.of([*groups, *poetry_groups], [*extras, *poetry_extras])
    texts = listed(table(document, "project").get("dependencies"))
    dynamic = _dynamic(sources, path, document)
    texts += [text for name in chosen.extras for text in listed(extras.get(name))]
    texts += [text for name in chosen.groups for text in _group(groups, name, ())]
    found = [one for text in texts if isinstance(text, str) and (one := required(text, path, sources))]
    optional: set[str] = {
        canonicalize_name(str(name)) for extra in chosen.extras for name in listed(poetry_extras.get(extra))
    }
    found += _poetry(sources, path, table(poetry, "dependencies"), optional)
    for name in chosen.groups:
        found += _poetry(sources, path, table(poetry_groups, name, "dependencies"), optional)
    found = _sourced(document, found)
    for file in dynamic:
        found += read_requirements(sources, file, []).required
    return Declaration(Requirements((path, *dynamic), tuple(found), indexes=_indexes(document)), chosen)


def _dynamic(sources: Sources, path: str, document: dict[str, Any]) -> tuple[str, ...]:
    """The requirements files that setuptools or hatch-requirements-txt put in for dynamic dependencies."""
    stated = table(document, "tool", "setuptools", "dynamic", "dependencies").get("file")
    stated = stated or table(document, "tool", "hatch", "metadata", "hooks", "requirements_txt").get("files")
    files = [stated] if isinstance(stated, str) else listed(stated)
    folder = folder_of(path)
    paths = (posixpath.normpath(posixpath.join(folder, str(file))) for file in files)
    return tuple(file for file in paths if file in sources)


def poetry_specifier(value: object) -> str:
    """Poetry's `^1.2`, `~1.2`, `1.*` or `1.2` as a PEP 440 specifier; empty for anything that isn't a version."""
    parts = [part.strip() for part in str(value).split(",") if part.strip() not in ("", "*")]
    return ",".join(filter(None, (_clause(part) for part in parts)))


def _clause(part: str) -> str:
    if part[0] in "^~" and not part.startswith("~="):
        numbers = part[1:].strip().split(".")
        if not all(number.isdigit() for number in numbers):
            return ""
        if part[0] == "^":
            significant = next((index for index, number in enumerate(numbers) if int(number)), len(numbers) - 1)
        else:
            significant = min(1, len(numbers) - 1)
        upper = [*numbers[:significant], str(int(numbers[significant]) + 1)]
        return f">={'.'.join(numbers)},<{'.'.join(upper)}"
    return part if part[0] in "<>=!~" else f"=={part}"


def _poetry(sources: Sources, path: str, dependencies: dict[str, Any], optional: set[str]) -> Iterator[Required]:
    for name, stated in dependencies.items():
        normalised = canonicalize_name(name)
        variants = stated if isinstance(stated, list) else [stated]
        details = [each for each in variants if isinstance(each, dict)]
        skipped = any(each.get("optional") for each in details) and normalised not in optional
        if normalised == "python" or skipped:
            continue
        first: dict[str, Any] = details[0] if details else {}
        location = next((str(first[key]) for key in ("path", "url") if key in first), "")
        if "git" in first:
            location = f"git+{first['git']}"
        allowed = specifier_of(poetry_specifier(first.get("version", "") if details else stated))
        yield Required(
            normalised,
            frozenset(str(extra) for extra in listed(first.get("extras"))),
            str(first.get("markers", "")),
            False,
            without_credentials(location),
            Origin(path, line_naming(sources, path, name)),
            pinned(allowed),
            below=below(allowed),
        )


def _group(groups: dict[str, Any], name: str, seen: tuple[str, ...]) -> Iterator[str]:
    """A PEP 735 group with the groups that it includes; names compare normalised."""
    found: Any = next((items for key, items in groups.items() if canonicalize_name(key) == canonicalize_name(name)), [])
    for item in listed(found):
        if isinstance(item, dict) and isinstance(item.get("include-group"), str) and name not in seen:
            yield from _group(groups, item["include-group"], (*seen, name))
        elif isinstance(item, str):
            yield item


def _sourced(document: dict[str, Any], found: list[Required]) -> list[Required]:
    """With the places that `[tool.uv.sources]` gives: git, a path, a workspace member."""
    stated: dict[str, Any] = {
        canonicalize_name(name): source for name, source in table(document, "tool", "uv", "sources").items()
    }
    result: list[Required] = []
    for one in found:
        source = stated.get(one.name)
        first = source[0] if isinstance(source, list) and source else source
        location = one.location
        if isinstance(first, dict):
            location = f"git+{first['git']}" if "git" in first else str(first.get("path") or first.get("url") or "")
            location = "workspace" if first.get("workspace") else location
        result.append(replace(one, location=without_credentials(location)))
    return result


def _indexes(document: dict[str, Any]) -> tuple[str, ...]:
    """Index URLs of uv, Poetry and PDM, without credentials."""
    tool = table(document, "tool")
    stated = [
        *listed(table(tool, "uv").get("index")),
        *listed(table(tool, "poetry").get("source")),
        *listed(table(tool, "pdm").get("source")),
    ]
    urls = [each.get("url") for each in stated if isinstance(each, dict)]
    urls += [table(tool, "uv").get("index-url"), *listed(table(tool, "uv").get("extra-index-url"))]
    return tuple(dict.fromkeys(without_credentials(url) for url in urls if isinstance(url, str)))


def names(texts: list[Any]) -> set[str]:
    """The normalised names of PEP 508 requirements."""
    found: set[str] = set()
    for text in texts:
        try:
            found.add(canonicalize_name(Requirement(str(text)).name))
        except InvalidRequirement:
            continue
    return found
