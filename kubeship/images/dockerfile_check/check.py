"""Which findings does a Dockerfile give? All rules, without those that its comments silence.

Rules are those that people who review Dockerfiles agree on: docs.docker.com/build/building/best-practices and
docs.docker.com/reference/build-checks, hadolint's, and what Kubernetes' Pod Security asks of an image.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from kubeship.images.dockerfile_check.bases import BASES
from kubeship.images.dockerfile_check.commands import COMMANDS
from kubeship.images.dockerfile_check.context import CONTEXT
from kubeship.images.dockerfile_check.findings import Dockerfile, DockerfileFinding, Expected, Rules, Surroundings
from kubeship.images.dockerfile_check.installs import INSTALLS
from kubeship.images.dockerfile_check.secrets import SECRETS
from kubeship.images.dockerfile_check.users import USERS
from kubeship.images.dockerignore import read_dockerignore
from kubeship.model.dockerfile import instructions

RULES: Rules = (*USERS, *BASES, *SECRETS, *CONTEXT, *INSTALLS, *COMMANDS)
ITSELF = re.compile(r"(?m)^\s*(?:(?:-e|--editable)[\s=]*)?(?:\./?|\.\[[^\]]*\]|file:\.)\s*(?:#.*)?$")
SILENCE = re.compile(r"#\s*kubeship:\s*ignore=([\w,\s-]+)", re.IGNORECASE)


def check_dockerfile(context: Path, path: str, expected: Expected) -> tuple[DockerfileFinding, ...]:
    """The findings for a Dockerfile in its build context, in order of its lines; none where it can't be read."""
    try:
        text = (context / path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    return findings(Dockerfile(path, text, expected, surroundings(context, path)))


def findings(dockerfile: Dockerfile) -> tuple[DockerfileFinding, ...]:
    """What the rules say, in order of the lines."""
    if not dockerfile.stages:
        return ()
    silenced = set(_silenced(dockerfile.text))
    found = {
        DockerfileFinding(hit.rule, dockerfile.path, hit.line, hit.severity, hit.problem, hit.remedy)
        for rule in RULES
        for hit in rule(dockerfile)
        if (hit.rule, hit.line) not in silenced
    }
    return tuple(sorted(found, key=lambda finding: (finding.line, finding.rule, finding.problem)))


def surroundings(context: Path, path: str) -> Surroundings:
    """What lies in the folder, and what .dockerignore keeps out of the image.

    `<Dockerfile>.dockerignore` goes first (docs.docker.com/build/concepts/context).
    """
    names = tuple(sorted(entry.name for entry in context.iterdir())) if context.is_dir() else ()
    itself = any(ITSELF.search(_text(file)) for file in (*context.glob("*.txt"), *context.glob("requirements/*.txt")))
    for ignore in (context / f"{path}.dockerignore", context / ".dockerignore"):
        try:
            rules = read_dockerignore(ignore.read_text(encoding="utf-8", errors="replace"))
        except FileNotFoundError:
            continue
        except (OSError, ValueError):
            return Surroundings(names, lambda name: True, itself)  # the build itself says what is wrong with it
        return Surroundings(names, rules.__contains__, itself)
    return Surroundings(names, None, itself)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _silenced(text: str) -> Iterator[tuple[str, int]]:
    for instruction in instructions(text):
        for comment in instruction.comments:
            if match := SILENCE.match(comment):
                yield from ((rule.strip().lower(), instruction.line) for rule in match[1].split(","))
