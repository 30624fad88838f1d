"""What are the app and its processes called?"""

import posixpath
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import count

from kubeship.errors import InvalidInput
from kubeship.inspection.files.findings import SET_BY_YOU
from kubeship.inspection.files.sources import Sources
from kubeship.model.origin import Found, Origin
from kubeship.model.project import LONGEST_NAME, Answers, ProcessFound

LABEL = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
ENVIRONMENTS = frozenset({"live", "prd", "prod", "production"})
MAX_NAME = 40
"""Object names are `<name>-<process>-<hash>`, and a label has 63 characters (RFC 1123)."""


def app_name(sources: Sources, folder: str, answers: Answers) -> Found[str]:
    """A DNS label: what was set, the name in pyproject.toml, or the folder's."""
    if "name" in answers:
        name = answers["name"]
        if not isinstance(name, str) or not LABEL.fullmatch(name):
            raise InvalidInput(
                f"name is {name!r}, and should have lower-case letters, digits and dashes, a letter first",
                hint=f"kubeship init --set name={dns_label(str(name)) or 'app'}",
            )
        return Found(name, (Origin(reason=SET_BY_YOU),))
    for path in dict.fromkeys((posixpath.normpath(f"{folder}/pyproject.toml"), "pyproject.toml")):
        document = sources.toml(path)
        stated = (document.get("project") or {}).get("name")
        if isinstance(stated, str) and (label := dns_label(stated)):
            return Found(label, (Origin(path, sources.line_of(path, r"^\s*name\s*="), "the project's name"),))
    return Found(dns_label(sources.root.name) or "app", (Origin(reason="the folder's name"),))


def dns_label(text: str) -> str:
    """The nearest DNS label; empty when nothing is left."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())  # `Größe` is `grosse`
    letters = "".join(character for character in decomposed if not unicodedata.combining(character))
    plain = re.sub(r"[^a-z0-9]+", "-", letters)
    return re.sub(r"^[^a-z]+", "", plain)[:MAX_NAME].strip("-")


def fitting(processes: Collection[ProcessFound], app: str) -> tuple[ProcessFound, ...]:
    """The processes under names that fit behind the app's: where one doesn't, all lose what says least."""
    longest = LONGEST_NAME - len(app) - 1
    if all(len(process.name) <= longest for process in processes):
        return tuple(processes)
    found: dict[str, ProcessFound] = {}
    for process in processes:
        name = next(each for each in _shorter(process.name, app, longest) if each not in found)
        found[name] = replace(process, name=name)
    return tuple(found.values())


def _shorter(name: str, app: str, longest: int) -> Iterator[str]:
    """Without the app's own words and those of the environment; else its beginning, numbered where that is taken."""
    words = [word for word in name.split("-") if word not in app.split("-") and word not in ENVIRONMENTS]
    while len("-".join(words)) > longest and len(words) > 1:
        words = words[1:] if len(words) > 2 else words[:1]
    short = "-".join(words)
    if short and short[0].isalpha() and len(short) <= longest:
        yield short
    short = (short if short[:1].isalpha() else name)[:longest].rstrip("-")
    yield short
    for number in count(2):
        yield f"{short[: longest - len(str(number)) - 1].rstrip('-')}-{number}"
