"""What would conda install? environment.yml with its pip list. Source: docs.conda.io."""

import re

from packaging.utils import canonicalize_name

from kubeship.inspection.distributions.managers.declarations import Declaration, Selection, required
from kubeship.inspection.distributions.requirement_lines import Required, without_credentials
from kubeship.inspection.distributions.requirements import Requirements
from kubeship.inspection.files.sources import Sources
from kubeship.model.origin import Origin

NOT_DISTRIBUTIONS = frozenset({"pip", "python", "setuptools", "wheel"})
ENTRY = re.compile(r"^(\s*)-\s+[\"']?([^\"'#]+?)[\"']?\s*(?:#.*)?$")


def read_conda(sources: Sources, path: str, selection: Selection) -> Declaration:
    """Conda's own packages by name, and the requirements below `pip:`."""
    found: list[Required] = []
    channels: list[str] = []
    key, nested = "", -1
    for number, line in enumerate(sources.text(path).splitlines(), 1):
        if heading := re.match(r"([A-Za-z_]+)\s*:", line):
            key, nested = heading[1], -1
        entry = ENTRY.match(line)
        if not entry:
            continue
        indent, text = len(entry[1]), entry[2].strip()
        if key == "channels" and "://" in text:
            channels.append(without_credentials(text))
        if key != "dependencies":
            continue
        if text == "pip:":
            nested = indent
        elif nested >= 0 and indent > nested:
            if one := required(text, path, sources):
                found.append(one)
        else:
            nested = -1
            package = re.match(r"(?:[\w./-]+::)?([A-Za-z0-9][\w.-]*)\s*(={1,2}\s*([\w.]+))?", text)
            if package and package[1].lower() not in NOT_DISTRIBUTIONS:
                name = canonicalize_name(package[1])
                # Compiled by conda with the libraries that it loads: no wheel is needed.
                found.append(Required(name, frozenset(), "", False, "conda", Origin(path, number), package[3] or ""))
    return Declaration(Requirements((path,), tuple(found), indexes=tuple(channels)), Selection())
