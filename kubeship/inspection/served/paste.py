"""Which PasteDeploy file does the web server load? The one for production that names an app of the project."""

import configparser
import posixpath
import re

from kubeship.inspection.files.sources import Sources, is_aside

SECTIONS = ("app:main", "composite:main", "pipeline:main")
"""What `paste.deploy.loadapp` loads without a name (docs.pylonsproject.org, PasteDeploy, "Config Format")."""
NOT_DEPLOYED = re.compile(r"dev|test|debug|local|example|sample|template|ci|monolithic")


def paste_files(sources: Sources) -> tuple[str, ...]:
    """The paths of the files that load an app, the likeliest one in production first."""
    found = [
        path
        for path in sources.other_files
        if path.endswith(".ini") and not is_aside(path) and _loads_app(sources, path)
    ]
    return tuple(sorted(found, key=_rank))


def _rank(path: str) -> tuple[bool, bool, int, str]:
    stem = posixpath.basename(path).removesuffix(".ini").lower()
    return bool(NOT_DEPLOYED.search(stem)), "prod" not in stem, path.count("/"), path


def _loads_app(sources: Sources, path: str) -> bool:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(sources.text(path))
    except (configparser.Error, ValueError):
        return False
    if not any(parser.has_section(section) for section in SECTIONS):
        return False
    return any(
        parser.get(section, key, fallback=None)
        for section in parser.sections()
        if section.startswith(("app:", "composite:", "pipeline:"))
        for key in ("use", "paste.app_factory")
    )
