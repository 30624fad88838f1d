"""How long does `kubeship render` take beyond kubeship's own start?

    python benchmarks/render.py [--environments 10] [--processes 20] [--runs 7]

Renders the examples as init leaves them, and a project of that many environments and processes: into a project without
its deploy/ (`new`), and once more, when nothing has changed (`again`). The commands take turns, so that whatever else
the machine does hits each of them alike; the processor time is what this command alone used. Modules are compiled once,
as pip does when it installs, also where PYTHONDONTWRITEBYTECODE is set. Init asks the package index for the version of
a server.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

KUBESHIP = (sys.executable, "-m", "kubeship")
START = "kubeship --help"
EXAMPLES = Path(__file__).parents[1] / "examples"
LARGE = "large"
LARGE_SECONDS = 2.0
EXAMPLE_SECONDS = 0.15
"""Issue 6: beyond START."""
KINDS = (
    "{{kind: web, command: serve, port: {port}, hosts: [p{number}.example.com], health: {{path: /healthz}}}}",
    "{{kind: worker, command: celery -A shop worker, replicas: 3}}",
    "{{kind: web, command: serve, port: {port}, replicas: {{min: 2, max: 6}}}}",
    '{{kind: cron, command: python manage.py clearsessions, schedule: "0 3 * * *"}}',
    "{{kind: singleton, command: celery -A shop beat}}",
)


class Run(NamedTuple):
    """One run of a command: seconds on the clock and of the processor."""

    seconds: float
    processor: float


@dataclass(frozen=True)
class Measured:
    """A command, and what happens before each run of it without being counted."""

    command: Sequence[str]
    before: Callable[[], None]
    target: float | None = None


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environments", type=int, default=10)
    parser.add_argument("--processes", type=int, default=20)
    parser.add_argument("--runs", type=int, default=7, help="of each command, after one that is not counted")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        projects = {path.name: initialised(path, Path(folder)) for path in sorted(EXAMPLES.iterdir())}
        projects[LARGE] = enlarged(initialised(EXAMPLES / "flask-hello", Path(folder), LARGE), options)
        measured = alternating(commands(projects), options.runs)
        print(table(measured, commands(projects)))
        files = sum(1 for _ in (projects[LARGE] / "deploy").rglob("*.yaml"))
        print(f"{LARGE}: {options.environments} environments of {options.processes} processes, {files} files")


def initialised(example: Path, folder: Path, name: str | None = None) -> Path:
    """A copy of an example with the files that init writes."""
    project = folder / (name or example.name)
    shutil.copytree(example, project)
    init = ("init", "--image", "registry.example.com/team/app", "--host", "app.example.com")
    subprocess.run([*KUBESHIP, *init], cwd=project, check=True, capture_output=True)
    return project


def enlarged(project: Path, options: argparse.Namespace) -> Path:
    """The project with as many processes and environments as are asked for."""
    file = project / "kubeship.yaml"
    head, _, _ = file.read_text().partition("environments:")
    lines = [
        f"  p{number}: {KINDS[number % len(KINDS)].format(number=number, port=8001 + number)}\n"
        for number in range(options.processes - 1)
    ]
    environments = [
        f"  e{number}: {{namespace: e{number}, variables: {{STAGE: e{number}}}}}\n"
        for number in range(options.environments)
    ]
    head = head.replace("processes:\n", "processes:\n" + "".join(lines))
    file.write_text(f"{head}environments:\n{''.join(environments)}")
    shutil.rmtree(project / "deploy")
    return project


def commands(projects: Mapping[str, Path]) -> dict[str, Measured]:
    """By name, the start first."""
    made = {START: Measured((*KUBESHIP, "--help"), lambda: None)}
    for name, project in projects.items():
        render = (*KUBESHIP, "render", "--project", str(project))
        target = LARGE_SECONDS if name == LARGE else EXAMPLE_SECONDS
        made[f"{name}, new"] = Measured(render, without_files(project), target)
        made[f"{name}, again"] = Measured(render, lambda: None, target)
    return made


def without_files(project: Path) -> Callable[[], None]:
    return lambda: shutil.rmtree(project / "deploy", ignore_errors=True)


def alternating(measured: Mapping[str, Measured], runs: int) -> dict[str, list[Run]]:
    """Each run, the commands taking turns."""
    made: dict[str, list[Run]] = {name: [] for name in measured}
    for run in range(runs + 1):
        for name, each in measured.items():
            each.before()
            result = measured_run(each.command)
            if run:
                made[name].append(result)
    return made


def measured_run(command: Sequence[str]) -> Run:
    """How long one run takes, from the start of the process to its end."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(Path(tempfile.gettempdir()) / "kubeship-benchmark-bytecode")
    begin = time.perf_counter()
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, env=environment) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with exit code {process.returncode}")
    return Run(time.perf_counter() - begin, usage.ru_utime + usage.ru_stime)


def table(made: Mapping[str, Sequence[Run]], measured: Mapping[str, Measured]) -> str:
    """Medians, the fastest and the slowest run, what is beyond the start, and its target."""
    start = statistics.median(run.seconds for run in made[START])
    lines = [f"{'':22}{'median':>10}{'fastest-slowest':>20}{'processor':>12}{'beyond start':>15}{'target':>10}"]
    for name, runs in made.items():
        seconds, target = [run.seconds for run in runs], measured[name].target
        median, processor = statistics.median(seconds), statistics.median(run.processor for run in runs)
        spread = f"{min(seconds) * 1000:.0f}-{max(seconds) * 1000:.0f} ms"
        line = f"{name:22}{median * 1000:>7.0f} ms{spread:>20}{processor * 1000:>9.0f} ms"
        lines.append(f"{line}{(median - start) * 1000:>12.0f} ms{f'{target * 1000:.0f} ms' if target else '':>10}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
