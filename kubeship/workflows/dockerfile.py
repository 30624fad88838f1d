"""What does kubeship.yaml add to what is known of a Dockerfile: is it the project's own, and what does it lack?"""

import re
from collections import Counter
from collections.abc import Iterator

from kubeship.errors import BuildFailed
from kubeship.images.build_failures import LacksPackages
from kubeship.images.dockerfile_check.check import check_dockerfile
from kubeship.images.dockerfile_check.findings import DockerfileFinding, Expected
from kubeship.inspection.needs.system_needs import COMPILER, NEEDS
from kubeship.inspection.needs.system_packages import debian_release
from kubeship.model.events import Caution, Note
from kubeship.model.finding import Finding
from kubeship.workflows.app import App


def review(app: App) -> tuple[DockerfileFinding, ...]:
    """What a reviewer would say of the project's own Dockerfile; nothing of one that kubeship writes."""
    own = app.configuration.build.dockerfile
    if own is None:
        return ()
    web = next((process for process in app.plan.processes if process.kind == "web"), None)
    expected = Expected(app.configuration.platform, web.port if web else None, web.command if web else ())
    return check_dockerfile(app.workspace.root, own, expected)


def reviewed(app: App) -> Iterator[Caution | Note]:
    """The warnings one by one, advice in one line."""
    found = review(app)
    for finding in found:
        if finding.severity == "warning":
            yield Caution(str(finding), finding.remedy)
    advice = Counter(finding.rule for finding in found if finding.severity == "advice")
    if advice:
        rules = ", ".join(sorted(advice))
        yield Note(
            f"{app.configuration.build.dockerfile} could be better: {rules}; `kubeship check` says where and how"
        )


def dockerfile_findings(app: App) -> list[Finding]:
    """All of the review, for `check`: nothing in it stops a deploy."""
    return [Finding(str(each), each.remedy, fatal=False, subject="dockerfile") for each in review(app)]


def complete_advice(error: BuildFailed, app: App) -> None:
    """Have a hint about packages name the whole line: what kubeship.yaml has, and all that the distribution needs."""
    if not isinstance(error, LacksPackages):
        return
    release, found = _release(app), error.explanation.packages
    build = set(found.build) if found else set()
    runtime = set(found.runtime_in(release)) if found else set()
    for need in NEEDS:
        if need.distribution == error.explanation.distribution and need.build:
            build |= {*need.build, *COMPILER}
            runtime |= set(need.trixie if release == "trixie" and need.trixie is not None else need.runtime)
    stated, own = app.configuration.system_packages, app.configuration.build.dockerfile
    if own is not None and build:
        error.let_install(own, build, runtime)
    elif build - set(stated.build) or runtime - set(stated.runtime):
        error.let_stand({*build, *stated.build}, {*runtime, *stated.runtime})
    elif build:
        named = ", ".join(sorted(build | runtime))
        error.hint = (
            f"{error.explanation.advice}; kubeship.yaml names {named} already: run `kubeship render` if the Dockerfile "
            "is older; otherwise take a version that has a wheel"
        )


def _release(app: App) -> str:
    """The Debian release of the base image: what the project's own Dockerfile says, else that of the official image."""
    own = app.configuration.build.dockerfile
    path = app.workspace.root / own if own else None
    if path and path.is_file() and (said := re.search(r"bookworm|trixie", path.read_text(errors="replace"))):
        return said[0]
    return debian_release(app.configuration.python)
