"""What does the project run at set times? Crontabs, CronJobs, and scheduled workflows that run its own code."""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from kubeship.inspection.commands.command_wrappers import unwrapped
from kubeship.inspection.commands.shell import commands
from kubeship.inspection.files.documents import listed, read_yaml
from kubeship.inspection.files.sources import Sources, is_aside
from kubeship.inspection.statements.statement import PLATFORM, SUPERVISED, Said
from kubeship.model.origin import Origin

FIELD = r"(?:[\d*/,\-]+|[A-Za-z]{3}(?:[-,][A-Za-z]{3})*)"
ENTRY = re.compile(rf"\s*((?:{FIELD}\s+){{4}}{FIELD}|@(?:hourly|daily|weekly|monthly|yearly|annually|midnight))\s+(.+)")
CRONTAB = re.compile(
    r"(?i)(.*/)?(crontab([._-].*)?|[\w.-]+\.cron(tab)?|cron\.d/[\w.-]+|[\w-]*cron(jobs?|tab)?(\.txt)?)"
)
USER = re.compile(r"(app|django|nobody|root|user|www-data)\s+(?=/|\w+\s|cd\b|\.)")
"""The sixth field of a system's crontab (crontab(5)), by the names that images give."""
CHORES = re.compile(
    r"(?i)test|lint|check|ci\b|codeql|security|audit|dependab|renovate|pre-?commit|stale|docs?\b|links?\b|release|build|"
    r"publish|deploy|issues?\b|comment|triage|review|contribut|"
    r"update[-_ ]?(dep|lock|translat|req)|lock|label|nightly|coverage|bench|scan|i18n|transl"
)
"""Names of workflows and jobs that tend the repository instead of doing the project's work."""
COMMITS = re.compile(r"create-pull-request|auto-commit|add-and-commit|github-push|\bgit\s+push\b|\bgh\s+pr\s+create\b")
"""Actions and commands that write to the repository (the marketplace's names for it)."""
FOR_LATER_STEPS = re.compile(r"\$\{?GITHUB_(?:ENV|OUTPUT|STEP_SUMMARY)\b")
"""Where a step writes what the workflow goes by: its result is for the workflow, and nobody reads it elsewhere."""
CONTEXT = re.compile(r"\$\{\{\s*(?:secrets|env|vars|inputs)\.(\w+)\s*\}\}")
"""What a workflow puts in from its context: a variable of the same name."""
OWN_PROGRAMS = re.compile(r"python[\d.]*|scrapy|.*manage\.py|.+\.(sh|py)|flask|celery|dbt|prefect")


def schedule_statements(sources: Sources) -> Iterator[Said]:
    """Every entry with its schedule."""
    for path in sources.other_files:
        if path.startswith(".github/workflows/") and path.endswith((".yml", ".yaml")):
            yield from _workflow(sources, path)
        elif CRONTAB.fullmatch(path) and not is_aside(path) and not path.endswith((".py", ".sh", ".md")):
            yield from _crontab(sources, path)


def _crontab(sources: Sources, path: str) -> Iterator[Said]:
    system = "cron.d/" in path or posixpath.basename(path) == "crontab"
    for number, line in enumerate(sources.text(path).splitlines(), 1):
        match = ENTRY.fullmatch(line)
        if not match or line.lstrip().startswith("#"):
            continue
        command = match[2]
        user = USER.match(command) if system else None
        if user:
            command = command[user.end() :]
        yield Said(
            Origin(path, number, "a crontab entry"), SUPERVISED, command, folder="/app", schedule=match[1], work="cron"
        )


def _workflow(sources: Sources, path: str) -> Iterator[Said]:
    """A workflow with `on: schedule` whose steps run the project's own code (GitHub's workflow syntax).

    Steps of workflows that tend the repository don't count.
    """
    if b"schedule" not in sources.content(path) or b"cron" not in sources.content(path):
        return
    if CHORES.search(posixpath.basename(path)):
        return  # before the file is parsed, which takes long
    document, lines = read_yaml(sources, path)
    if not isinstance(document, dict):
        return
    triggers = document.get("on", document.get(True))
    schedules = triggers.get("schedule") if isinstance(triggers, dict) else None
    schedule = next(
        (s["cron"] for s in schedules or () if isinstance(s, dict) and isinstance(s.get("cron"), str)), None
    )
    named = f"{posixpath.basename(path)} {document.get('name', '')}"
    if schedule is None or CHORES.search(named):
        return
    for job, body in (document.get("jobs") or {}).items():
        if not isinstance(body, dict) or CHORES.search(str(job)) or _commits(body):
            continue
        found: list[tuple[str, int]] = []
        for number, step in enumerate(listed(body.get("steps"))):
            run = step.get("run") if isinstance(step, dict) else None
            run = CONTEXT.sub(r"$\1", run) if isinstance(run, str) else run
            if isinstance(run, str) and not (CHORES.search(str(step.get("name", ""))) or FOR_LATER_STEPS.search(run)):
                line = lines.get(("jobs", job, "steps", number, "run"), 1)
                found += [(command, line) for command in _own_commands(run)]
        if found:
            origin = Origin(path, found[0][1], f"a workflow that runs at {schedule}")
            command, name = " && ".join(command for command, _ in found), posixpath.basename(path).rpartition(".")[0]
            yield Said(
                origin, PLATFORM, command, name=name, folder=_folder(document, body), schedule=schedule, work="cron"
            )


def _commits(job: dict[str, Any]) -> bool:
    """Whether a job changes the repository itself: it opens a pull request with what it made, or pushes a commit."""
    steps = [step for step in job.get("steps") or () if isinstance(step, dict)]
    return any(COMMITS.search(f"{step.get('uses', '')} {step.get('run', '')}") for step in steps)


def _own_commands(text: str) -> list[str]:
    """The lines that run the project's code: a script, a module, one of its tools; installing is none."""
    found: list[str] = []
    for ran in commands(text):
        words = unwrapped(list(ran.words)).words
        head = posixpath.basename(words[0]) if words else ""
        module = words[2] if words[1:2] == ["-m"] and len(words) > 2 else ""
        if OWN_PROGRAMS.fullmatch(head) and module not in ("pip", "venv", "pytest") and words[1:2] != ["-c"]:
            found.append(" ".join(ran.words))
    return found


def _folder(*levels: Any) -> str:
    for level in reversed(levels):
        stated = level.get("working-directory") or (level.get("defaults") or {}).get("run", {}).get("working-directory")
        if isinstance(stated, str) and "$" not in stated:
            return stated.rstrip("/")
    return "."
