"""How are packages installed: unattended, complete, and without leftovers?"""

import re
from collections.abc import Iterator

from kubeship.images.dockerfile_check.findings import Dockerfile, Hit, Rules
from kubeship.model.dockerfile import Instruction, settings

APT = re.compile(r"\bapt(?:-get)?\b(?P<before>[^;&|\n]*?)\binstall\b(?P<after>[^;&|]*)")
PIP = re.compile(r"\bpip3?\b(?P<before>[^;&|\n]*?)\binstall\b(?P<after>[^;&|]*)")


def apt(dockerfile: Dockerfile) -> Iterator[Hit]:
    """apt-get as a script needs it."""
    for instruction in _runs(dockerfile):
        text, line = instruction.text, instruction.line
        installs = list(APT.finditer(text))
        if re.search(r"\bapt(?:-get)?\s+(?:-\S+\s+)*update\b", text) and not re.search(r"\binstall\b|upgrade", text):
            problem = "apt-get update stands in a step of its own: from the cache, its lists are old one day"
            yield Hit("apt-update-alone", line, "warning", problem, "put it and apt-get install into one RUN")
        if not installs:
            continue
        if any(not re.search(r"\s(?:-\w*y\w*|--yes|--assume-yes|-qq)\b", f" {each[0]}") for each in installs):
            problem = "apt-get install without -y asks, and a build can't answer"
            yield Hit("apt-yes", line, "warning", problem, "add -y")
        if any("--no-install-recommends" not in each[0] and "Recommends" not in each[0] for each in installs):
            problem = "apt-get install also takes what packages merely recommend"
            yield Hit("apt-recommends", line, "advice", problem, "add --no-install-recommends")
        if not re.search(r"rm\s[^;&|]*/var/lib/apt|--mount=type=(?:cache|tmpfs)[^ ]*/var/(?:lib|cache)/apt", text):
            problem = "the lists of packages stay in the layer"
            yield Hit("apt-lists", line, "advice", problem, "end the step with `&& rm -rf /var/lib/apt/lists/*`")


def pip_cache(dockerfile: Dockerfile) -> Iterator[Hit]:
    """pip's downloads, kept in a layer for nobody."""
    switched_off = any(
        name in ("PIP_NO_CACHE_DIR", "PIP_CACHE_DIR") and value.lower() not in ("", "0", "off", "false")
        for stage in dockerfile.shipped
        for each in stage.instructions
        if each.name in ("ENV", "ARG")
        for name, value in settings(each.text)
    )
    if switched_off:
        return
    for instruction in _runs(dockerfile):
        text = instruction.text
        kept = any(not re.search(r"--no-cache-dir|--python\b", each[0]) for each in PIP.finditer(_without_uv(text)))
        if kept and not re.search(r"--mount=type=(?:cache|tmpfs)|PIP_NO_CACHE_DIR|rm\s[^;&|]*\.cache", text):
            problem = "pip keeps its downloads in the layer"
            remedy = "add --no-cache-dir, or `RUN --mount=type=cache,target=/root/.cache/pip`"
            yield Hit("pip-cache", instruction.line, "advice", problem, remedy)


def _runs(dockerfile: Dockerfile) -> Iterator[Instruction]:
    """The RUN steps whose layers are in the image."""
    for stage in dockerfile.shipped:
        yield from (each for each in stage.instructions if each.name == "RUN")


def _without_uv(text: str) -> str:
    """uv's own `pip install` has another cache."""
    return re.sub(r"\buv\s+pip\b", "uv", re.sub(r"\bpipx?\s+install\s+(?:-\S+\s+)*pip\b.*?(?=&&|$)", "", text))


INSTALLS: Rules = (apt, pip_cache)
