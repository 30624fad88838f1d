"""Which PasteDeploy file does the web server load? The one for production that names an app of the project."""

import configparser
import posixpath
import re
from dataclasses import dataclass

from kubeship.inspection.sources import Sources, is_aside

SECTIONS = ("app:main", "composite:main", "pipeline:main")
"""What `paste.deploy.loadapp` loads without a name (docs.pylonsproject.org, PasteDeploy, "Config Format")."""
NOT_DEPLOYED = re.compile(r"dev|test|debug|local|example|sample|template|ci|monolithic")


@dataclass(frozen=True)
class PasteFile:
    """A configuration file and the callables that it names."""

    path: str
    factories: tuple[str, ...]
    """`shop.app:create_app`; empty where it names a distribution (`egg:shop`)."""


def paste_files(sources: Sources) -> tuple[PasteFile, ...]:
    """The files that load an app, the likeliest one in production first."""
    found = [
        file
        for path in sources.other_files
        if path.endswith(".ini") and not is_aside(path) and (file := _read(sources, path))
    ]
    return tuple(sorted(found, key=_rank))


def _rank(file: PasteFile) -> tuple[bool, bool, int, str]:
    stem = posixpath.basename(file.path).removesuffix(".ini").lower()
    return bool(NOT_DEPLOYED.search(stem)), "prod" not in stem, file.path.count("/"), file.path


def _read(sources: Sources, path: str) -> PasteFile | None:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(sources.text(path))
    except (configparser.Error, ValueError):
        return None
    if not any(parser.has_section(section) for section in SECTIONS):
        return None
    used = [
        value
        for section in parser.sections()
        if section.startswith(("app:", "composite:", "pipeline:"))
        for key in ("use", "paste.app_factory")
        if (value := parser.get(section, key, fallback=None))
    ]
    if not used:
        return None
    return PasteFile(path, tuple(value.removeprefix("call:") for value in used if ":" in value.removeprefix("egg:")))
