"""How does a build fail in real life? `python -m tests.failing_builds [NAME ...]` builds cases/ and keeps each log.

A log is the end of one step as the engine told it: the step, its error, and what it printed. Names of this machine,
its registry and its processes are taken out, so that a log read again is the same.
"""

import json
import re
import sys
from pathlib import Path

from kubeship.errors import BuildFailed
from kubeship.images.engine import connect
from kubeship.model.events import BuildStage, Event, LogLine
from kubeship.model.image import BuildRequest
from tests.stack.addresses import load

CASES = Path(__file__).parent / "cases"
LOGS = Path(__file__).parents[1] / "unit" / "images" / "logs"
KEPT_LINES = 120
"""The rest of a compiler's output says the same again."""


LOCAL = (
    (r"sha256:[0-9a-f]{64}", "sha256:" + "0" * 64),
    (r"0x[0-9a-f]{8,}", "0x0"),
    (r"/[\w./-]*/buildkit-mount\w+", "/engine/buildkit-mount1"),
    (r"\b(?:10|192\.168|172\.\d+|203\.0\.113)(?:\.\d+){1,3}(?::\d+)?\b", "192.0.2.1"),
    (r"Linux-[\w.-]+-x86_64", "Linux-6.1-x86_64"),
    (r"\d{4}-\d\d-\d\dT[\d_:]+Z", "2026-01-01T00_00_00Z"),
    (r"\[\d\d/\w{3}/\d{4} [\d:]+\]", "[01/Jan/2026 00:00:00]"),
    (
        r"(pip-install-|pip-build-env-|pip-target-|pip-req-build-|pip-modern-metadata-|build-via-sdist-|tmp)\w{6,12}",
        r"\1x",
    ),
    (r"(/(?:shop|wheel|\w+))_[0-9a-f]{32}", r"\1_0"),
    (r"(builds-v0/\.tmp|sdists-v\d+/\.tmp)\w+", r"\1x"),
)
"""Names of this machine, its engine, its processes and its time -> what stands in a log in their place."""


def main(names: list[str]) -> int:
    """Build the named cases, or all; 1 when one of them didn't fail."""
    stack = load()
    LOGS.mkdir(exist_ok=True)
    wrong = 0
    for case in sorted(CASES.iterdir()):
        if names and case.name not in names:
            continue
        log = failing_log(case)
        if log is None:
            print(f"{case.name}: was built, though it should have failed")
            wrong = 1
            continue
        text = json.dumps(log, indent=1, ensure_ascii=False)
        (LOGS / f"{case.name}.json").write_text(normalised(text, stack.registry) + "\n")
        print(f"{case.name}: {log['error'][:100]}", flush=True)
    return wrong


def failing_log(case: Path) -> dict[str, str | list[str]] | None:
    """The failed step, its error and its lines; None when nothing failed."""
    stages: list[str] = []
    lines: list[LogLine] = []

    def keep(event: Event) -> None:
        if isinstance(event, BuildStage) and event.state == "failed":
            stages.append(event.title)
        if isinstance(event, LogLine):
            lines.append(event)

    request = BuildRequest(case, "Dockerfile", f"failing-builds/{case.name}:1", "linux/amd64")
    try:
        connect().build(request, keep)
    except BuildFailed as error:
        title = stages[0] if stages else ""
        said = error.message.partition(f" failed in {title}: ")[2] if title else error.message.partition("failed: ")[2]
        return {"step": title, "error": said, "log": shortened([each.line for each in lines if each.source == title])}
    return None


def shortened(lines: list[str]) -> list[str]:
    """The first and the last lines, without what only counts or waits."""
    telling = [
        line for line in lines if line.strip() and not re.match(r"(Get:\d+|Selecting|Preparing|Unpacking) ", line)
    ]
    if len(telling) <= KEPT_LINES:
        return telling
    return [*telling[: KEPT_LINES // 3], "...", *telling[-2 * KEPT_LINES // 3 :]]


def normalised(text: str, registry: str) -> str:
    """Without names that another machine or another minute would have."""
    text = text.replace(registry, "registry.example") if registry else text
    for pattern, instead in LOCAL:
        text = re.sub(pattern, instead, text)
    return text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
