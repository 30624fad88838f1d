"""What does a failed step's log mean, and what is there to do?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kubeship.images.failures.compilers import distribution, library_of, missing
from kubeship.images.failures.debian import COMPILER, DebianPackages
from kubeship.images.failures.debian_rows import APT
from kubeship.images.failures.dockerfile import DOCKERFILE
from kubeship.images.failures.locks import LOCKS
from kubeship.images.failures.packaging import PACKAGING
from kubeship.images.failures.rows import advice_of
from kubeship.images.failures.steps import STEPS
from kubeship.images.failures.surroundings import SURROUNDINGS
from kubeship.model.python_errors import meaning, read_traceback

BEFORE_COMPILERS = (*DOCKERFILE[:1], *SURROUNDINGS, *APT, *DOCKERFILE[1:], *LOCKS, *PACKAGING)
"""A base image that can't be had is told before the network that it would have come by."""
NOBODY_KNOWS = "correct the step that failed (its last lines are above), then run the same command again"

KEPT_OF_A_LINE = 500
"""At its beginning, and at its end."""


@dataclass(frozen=True)
class Explanation:
    """What to do about a failed build."""

    advice: str
    packages: DebianPackages | None = None
    """What the advice is to install; `advice` is then a sentence without their names."""
    distribution: str = ""
    """What was being compiled."""


def explain(log: Sequence[str], message: str) -> Explanation:
    """The likeliest cause: what hinders every download, then what was missing, then what the project's step says."""
    text = "\n".join(shortened(line) for line in (*log, message))
    if advice := advice_of(BEFORE_COMPILERS, text):
        return Explanation(advice)
    built = distribution(text)
    if found := missing(text):
        return _missing(*found, built)
    if advice := advice_of(STEPS, text) or _python(log) or _program(text):
        return Explanation(advice)
    return _not_built(built) if built else Explanation(NOBODY_KNOWS)


def shortened(line: str) -> str:
    """Without the middle of a line that nobody would read: minified files and lists of versions cost patterns time."""
    return line if len(line) <= 2 * KEPT_OF_A_LINE else f"{line[:KEPT_OF_A_LINE]} ... {line[-KEPT_OF_A_LINE:]}"


def _python(log: Sequence[str]) -> str | None:
    """What the step's traceback means."""
    error = read_traceback("\n".join(log))
    known = meaning(error) if error else None
    return f"the step {known.cause}: {known.remedy}" if known else None


def _program(text: str) -> str | None:
    """A program that nobody here knows the package of."""
    found = re.search(r"(?:sh|bash): (?:\d+: |line \d+: )?([\w.+-]+): (?:command )?not found", text)
    return (
        f"the step calls {found[1]}, which the image doesn't have: install it, or correct the step" if found else None
    )


def _not_built(built: str) -> Explanation:
    return Explanation(
        f"{built} has no wheel for this Python and platform, and building it from source failed; its compiler's last "
        f"words are above; take a version of {built} that has a wheel, another `python:` in kubeship.yaml, or add what "
        f"it "
        "asks for to `system_packages: {build: [...]}`",
        distribution=built,
    )


def _missing(what: str, packages: DebianPackages | None, built: str) -> Explanation:
    needs = f"{built} has no wheel that fits, and compiling it needs {what}" if built else f"the step needs {what}"
    if packages is None:
        return Explanation(
            f"{needs}: add the Debian package that has it (packages.debian.org finds files) to "
            "`system_packages: {build: [...]}` in kubeship.yaml, then run `kubeship render`",
            distribution=built,
        )
    if built:
        packages = library_of(built) or packages
        compiler = () if "g++" in packages.build or packages.build == ("git",) else COMPILER
        packages = DebianPackages((*packages.build, *compiler), packages.runtime, packages.trixie)
    return Explanation(f"{needs}, which the image doesn't have", packages, built)
