"""What does a user see of a failed build: the step, its last words, and what to do?"""

import re
from collections.abc import Iterable

from kubeship.errors import BuildFailed
from kubeship.images.bases import INDEX, registry
from kubeship.images.failures.explain import Explanation, explain
from kubeship.images.progress import FailedStage

SHOWN_LINES = 20
LOADING_BASE = "[internal] load metadata for "
"""BuildKit's title of the step that asks a registry for an image in FROM."""


class LacksPackages(BuildFailed):
    """The image could not be built, since Debian packages are missing for it, or for a distribution without a wheel."""

    def __init__(self, message: str, explanation: Explanation, details: str) -> None:
        """The hint is complete; `let_stand` and `let_install` make a better one of what the project has already."""
        super().__init__(message, hint=explanation.advice, details=details)
        self.explanation = explanation
        if packages := explanation.packages:
            self.let_stand(packages.build, packages.runtime_in("trixie"))

    def let_stand(self, build: Iterable[str], runtime: Iterable[str]) -> None:
        """Have the hint end in the whole line for kubeship.yaml."""
        self.hint = f"{self.explanation.advice}; {line_to_add(build, runtime)}"

    def let_install(self, dockerfile: str, build: Iterable[str], runtime: Iterable[str]) -> None:
        """Have the hint end in what a Dockerfile of the project's own has to install."""
        words, later = " ".join(sorted(set(build))), " ".join(sorted(set(runtime)))
        and_later = f"; and {later} in the stage that runs" if later else ""
        self.hint = f"{self.explanation.advice}; install in {dockerfile}, before that step: {words}{and_later}"


def build_failed(tag: str, stage: FailedStage | None, message: str) -> BuildFailed:
    """The error of a build: the step that failed, the end of its log, and the hint for its most likely cause.

    `message` is the engine's own word, all there is when no step had begun.
    """
    if stage is None:
        return BuildFailed(f"Building {tag} failed: {message}", hint=explain((), message).advice)
    if refused := _refused_base(stage):
        return BuildFailed(f"Building {tag} failed in {stage.title}: {stage.error}", hint=refused)
    said = stage.error if not stage.log else _exit_code(stage.error)
    sentence = f"Building {tag} failed in {stage.title}: {said}"
    details = "\n".join(stage.log[-SHOWN_LINES:])
    explanation = explain(stage.log, f"{stage.error}\n{message}")
    if explanation.packages or explanation.distribution:
        return LacksPackages(sentence, explanation, details)
    return BuildFailed(sentence, hint=explanation.advice, details=details)


def line_to_add(build: Iterable[str], runtime: Iterable[str]) -> str:
    """`in kubeship.yaml let this line stand ...: system_packages: {build: [...], runtime: [...]}`."""
    lists = [("build", sorted(set(build))), ("runtime", sorted(set(runtime)))]
    flow = ", ".join(f"{name}: [{', '.join(packages)}]" for name, packages in lists if packages)
    return (
        "in kubeship.yaml let this line stand, then run `kubeship render` and build again:\n"
        f"    system_packages: {{{flow}}}"
    )


def _refused_base(stage: FailedStage) -> str | None:
    """What to do when a registry doesn't let the engine read a base image; its 401 is not the package index's."""
    image = stage.title.removeprefix(LOADING_BASE)
    if image == stage.title or not re.search(r"\b40[13]\b|unauthorized|denied|authoriz", stage.error, re.IGNORECASE):
        return None
    host = registry(image)
    login = "docker login" if host == INDEX else f"docker login {host}"
    return f"{image} is private, or its name is wrong: run `{login}` with a user who may read it, then build again"


def _exit_code(error: str) -> str:
    code = re.search(r"exit code: (\d+)", error)
    return f"exit code {code[1]}" if code else error
