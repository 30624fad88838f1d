"""Which versions of Python do tox and CI run the project with?"""

import re
from collections.abc import Iterator

from kubeship.inspection.distributions.installs import TEST_FILES
from kubeship.inspection.distributions.python_pins import TESTED, Statement, pinned
from kubeship.inspection.files.documents import is_kubeships
from kubeship.inspection.files.sources import Sources
from kubeship.model.origin import Origin


def tested_versions(sources: Sources) -> Iterator[Statement]:
    """tox's environments and CI's matrix."""
    for path in ("tox.ini", "setup.cfg", "pyproject.toml"):
        for number, line in enumerate(sources.text(path).splitlines() if path in sources else (), 1):
            if re.match(r"\s*env_?list\s*=", line) or (path == "tox.ini" and re.match(r"\s+py3", line)):
                for minor in re.findall(r"\bpy3\.?(\d{1,2})\b", line):
                    yield from pinned(f"3.{minor}", Origin(path, number, "tox"), TESTED)
    for path in sources.other_files:
        if TEST_FILES.fullmatch(path) and not is_kubeships(sources, path):
            yield from _matrix(sources, path)


def _matrix(sources: Sources, path: str) -> Iterator[Statement]:
    inside = False
    for number, line in enumerate(sources.text(path).splitlines(), 1):
        key = re.match(r"\s*-?\s*[\"']?(python-?_?versions?|python)[\"']?\s*:(.*)", line, re.IGNORECASE)
        image = re.search(r"image:\s*[\"']?(?:[\w./-]+/)?python:(3\.\d+)", line)
        item = re.match(r"\s*-\s*[\"']?(3\.\d+)", line)
        stated = key[2] if key else item[1] if item and inside else image[1] if image else ""
        inside = bool(key and not key[2].strip()) or (inside and bool(item))
        for version in re.findall(r"(?<![\d.])3\.\d+", stated):
            yield from pinned(version, Origin(path, number, "CI"), TESTED)
