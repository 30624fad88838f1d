"""What is the app called, and does the project bring a Dockerfile?"""

import posixpath
import re
import unicodedata

from kubeship.errors import InvalidInput
from kubeship.inspection.files.findings import SET_BY_YOU
from kubeship.inspection.files.sources import Sources
from kubeship.model.origin import Found, Origin
from kubeship.model.project import Answers

LABEL = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
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


def own_dockerfile(sources: Sources, folder: str) -> Found[str] | None:
    """A Dockerfile that people wrote; kubeship's own says so in its first line."""
    for path in dict.fromkeys((posixpath.normpath(f"{folder}/Dockerfile"), "Dockerfile")):
        if path in sources and "kubeship" not in sources.text(path).partition("\n")[0]:
            return Found(path, (Origin(path, None, "the project's own"),))
    return None
