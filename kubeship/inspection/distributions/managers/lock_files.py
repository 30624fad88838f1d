"""Which distributions does a lock file install for the given roots? Shared by uv's, Poetry's and PDM's files.

They are written by machines, one key a line, and may have megabytes: tomllib takes about a second for one, so that
the packages are cut out by their headings and only those that are reached are read.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from kubeship.inspection.distributions.requirement_lines import Required
from kubeship.model.origin import Origin

HEADING = re.compile(r"^\[\[package\]\]\s*$", re.MULTILINE)
NAME = re.compile(r'^name = "([^"]+)"', re.MULTILINE)
VERSION = re.compile(r'^version = "([^"]+)"', re.MULTILINE)


@dataclass(frozen=True)
class Wanted:
    """A distribution that something depends on."""

    name: str
    extras: frozenset[str] = frozenset()
    marker: str = ""


@dataclass(frozen=True)
class LockedPackage:
    """One `[[package]]` of a lock file."""

    name: str
    version: str
    text: str
    line: int

    def section(self, heading: str) -> str:
        """What stands below `[heading]` in this package."""
        start = self.text.find(f"\n[{heading}]")
        if start < 0:
            return ""
        end = self.text.find("\n[", start + 2)
        return self.text[start + len(heading) + 3 : end if end >= 0 else None]

    def values(self, key: str, section: str | None = None) -> str:
        """The text of an array or a value of this package (or of one of its sections)."""
        text = self.section(section) if section else self.text
        if f"{key} = " not in text:
            return ""
        match = re.search(rf"^{re.escape(key)} = (\[.*?^\]|\[.*?\]$|.*?$)", text, re.MULTILINE | re.DOTALL)
        return match[1] if match else ""

    @property
    def wheels(self) -> tuple[str, ...] | None:
        """Its wheels' file names; None when the lock lists no files at all."""
        listed = ".tar.gz" in self.text or ".zip" in self.text or ".whl" in self.text
        parts = self.text.split(".whl")[:-1]
        names = (part[max(part.rfind("/"), part.rfind('"')) + 1 :] + ".whl" for part in parts)
        return tuple(dict.fromkeys(names)) if listed else None

    @property
    def location(self) -> str:
        """Where it comes from when that isn't an index: `git+https://...`, empty else."""
        if "git" not in self.text:
            return ""
        git = re.search(r'(?:source = \{ git = "|^git = "|url = "git\+)([^"?#]+)', self.text, re.MULTILINE)
        poetry = re.search(r'^type = "git"\s*\nurl = "([^"]+)"', self.text, re.MULTILINE)
        found = git or poetry
        return f"git+{found[1]}" if found else ""


Dependencies = Callable[[LockedPackage, frozenset[str]], Iterable[Wanted]]
"""What a package depends on, with these of its extras."""


def packages(text: str) -> dict[str, list[LockedPackage]]:
    """Every package of the file by its normalised name; forks have several."""
    found: dict[str, list[LockedPackage]] = {}
    starts = [match.start() for match in HEADING.finditer(text)]
    line, position = 1, 0
    for start, end in zip(starts, [*starts[1:], len(text)], strict=False):
        line += text.count("\n", position, start)
        position = start
        block = text[start:end]
        name, version = NAME.search(block), VERSION.search(block)
        if name:
            locked = LockedPackage(name[1], version[1] if version else "", block, line)
            found.setdefault(canonicalize_name(name[1]), []).append(locked)
    return found


def closure(
    locked: dict[str, list[LockedPackage]], roots: Iterable[Wanted], dependencies: Dependencies, path: str
) -> tuple[Required, ...]:
    """Every distribution that the roots bring, themselves among them; markers are those of the way that leads there."""
    pending = list(roots)
    extras: dict[str, frozenset[str]] = {}
    markers: dict[str, str] = {}
    while pending:
        wanted = pending.pop()
        name = canonicalize_name(wanted.name)
        if name not in locked:
            continue
        new = wanted.extras - extras.get(name, frozenset())
        reopened = name in markers and markers[name] and not wanted.marker
        if name in extras and not new and not reopened:
            continue
        markers[name] = "" if not wanted.marker or markers.get(name, "?") == "" else wanted.marker
        extras[name] = extras.get(name, frozenset()) | wanted.extras
        for package in locked[name]:
            # What stands behind a marker applies only where the marker does.
            pending += [
                Wanted(found.name, found.extras, found.marker or wanted.marker)
                for found in dependencies(package, extras[name])
            ]
    return tuple(
        Required(
            name,
            extras[name],
            markers[name],
            False,
            package.location,
            Origin(path, package.line),
            package.version,
            package.wheels,
        )
        for name in sorted(extras)
        for package in locked[name][-1:]
    )
