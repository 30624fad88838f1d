"""Who does the image run as?"""

import re
from collections.abc import Iterator

from kubeship.images.dockerfile_check.findings import Dockerfile, Hit, Rules

ROOTLESS_BASES = re.compile(r"nonroot|rootless|unprivileged|cgr\.dev/chainguard|(?:^|/)bitnami/", re.IGNORECASE)
"""Bases that set a USER themselves: distroless' nonroot tags, Chainguard's and Bitnami's images."""
DROPS = re.compile(r"\b(?:gosu|su-exec|setpriv|s6-setuidgid)\b")
ROOT = re.compile(r"(?:root|0+)(?::.*)?$")
REMEDY = "End with `USER 10001:10001`, after everything that must be root's; Pods that must not run as root refuse it."


def root_user(dockerfile: Dockerfile) -> Iterator[Hit]:
    """The last USER of the image, or none at all."""
    instruction = dockerfile.last("USER")
    last = dockerfile.stages[-1]
    if instruction is None:
        if not ROOTLESS_BASES.search(dockerfile.base) and "$" not in dockerfile.base:
            yield Hit("root-user", last.line, "warning", "no USER, so the image runs as root", REMEDY)
        return
    user = dockerfile.expanded(instruction).strip().strip("\"'")
    if ROOT.match(user):
        later = " and drops it later, which needs capabilities" if DROPS.search(dockerfile.text) else ""
        yield Hit("root-user", instruction.line, "warning", f"the image runs as root{later}", REMEDY)
    elif "$" not in user and not re.match(r"\d+(?::\d+)?$", user) and not re.match(r"\d+:", user):
        yield Hit(
            "user-name",
            instruction.line,
            "warning",
            f"USER {user} is a name: Kubernetes can't tell that it isn't root, and runAsNonRoot refuses it",
            "write its number, for instance `USER 10001:10001`, as `useradd --uid 10001` gives it",
        )


def sudo(dockerfile: Dockerfile) -> Iterator[Hit]:
    """A program that makes root of anybody."""
    for stage in dockerfile.shipped:
        for instruction in stage.instructions:
            if instruction.name == "RUN" and re.search(r"(?:^|[;&|]\s*|install\s[^;&|]*\s)sudo\b", instruction.text):
                yield Hit(
                    "sudo",
                    instruction.line,
                    "advice",
                    "sudo is used or installed: steps run as root already, unless USER came before them",
                    "leave sudo out; switch with USER",
                )


def world_writable(dockerfile: Dockerfile) -> Iterator[Hit]:
    """Files that any process may change."""
    for stage in dockerfile.shipped:
        for instruction in stage.instructions:
            if instruction.name == "RUN" and re.search(r"\bchmod\s+(?:-\w+\s+)*0?777\b", instruction.text):
                yield Hit(
                    "world-writable",
                    instruction.line,
                    "advice",
                    "chmod 777 lets every process change these files",
                    "give only the folder that is written to the user that runs: `chown 10001 FOLDER`",
                )


USERS: Rules = (root_user, sudo, world_writable)
