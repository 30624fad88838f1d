"""How long does `kubeship inspect` take, and how much memory, beside `python -c pass`?

    python benchmarks/inspect.py [--files 10000] [--runs 5] [--project DIR ...]

Makes a project of that many Python files of 4 KB in a temporary folder, and a tenth of it, to see whether the cost
grows with the number of files; other projects are given as DIR. The commands take turns, so that whatever else the
machine does hits each of them alike; the processor time is what this command alone used. Modules are compiled once, as
pip does when it installs, also where PYTHONDONTWRITEBYTECODE is set.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

BASELINE = "python -c pass"
FILES = 10_000
BYTES = 4096
LARGE_SECONDS = 1.0
MEDIAN_SECONDS = 0.25
MEGABYTES = 300
"""Issue 4: the synthetic project, the median real project, and the memory of both."""

APP = "from flask import Flask\n\nfrom shop.part_0.module_0 import function_0\n\napp = Flask(__name__)\n\n\n"
APP += '@app.get("/healthz")\ndef healthz():\n    return function_0(1, 2)\n'


class Run(NamedTuple):
    """One run of a command: seconds on the clock and of the processor, and the largest resident size."""

    seconds: float
    processor: float
    megabytes: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--runs", type=int, default=5, help="of each command, after one that is not counted")
    parser.add_argument("--project", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        large, small = Path(folder) / "large", Path(folder) / "small"
        write_project(large, options.files)
        write_project(small, options.files // 10)
        projects = {f"{options.files // 10} files": small, f"{options.files} files": large}
        projects |= {path.resolve().name[:25]: path for path in options.project}
        commands: dict[str, Sequence[str]] = {BASELINE: (sys.executable, "-c", "pass")}
        commands |= {
            n: (sys.executable, "-m", "kubeship", "inspect", str(p), "--json", "--offline") for n, p in projects.items()
        }
        print(table(alternating(commands, options.runs)))


def write_project(root: Path, files: int) -> None:
    """A Flask app that imports one of `files` modules of BYTES bytes, a hundred to a package."""
    (root / "shop").mkdir(parents=True)
    (root / "requirements.txt").write_text("flask==3.1.0\ngunicorn==23.0.0\n")
    (root / "shop" / "__init__.py").write_text("")
    (root / "shop" / "site.py").write_text(APP)
    for number in range(files):
        package = root / "shop" / f"part_{number // 100}"
        if not package.exists():
            package.mkdir()
            (package / "__init__.py").write_text("")
        (package / f"module_{number % 100}.py").write_text(module(number))


def module(number: int) -> str:
    """BYTES bytes of ordinary code: imports of the standard library and of other modules, classes and functions."""
    other = f"from shop.part_{number // 100}.module_{(number + 1) % 100} import function_1\n"
    text = f'"""Module {number}."""\n\nimport json\nimport logging\n\n{other}\nlog = logging.getLogger(__name__)\n'
    count = 0
    while len(text) < BYTES - 200:
        text += (
            f"\n\ndef function_{count}(first, second=None):\n    value = json.dumps({{'a': first, 'b': [second]}})\n"
        )
        text += "    if value and len(value) > 3:\n        log.info('took %s', value)\n    return value, second\n"
        count += 1
    return text + "#" * (BYTES - len(text) - 1) + "\n"


def alternating(commands: Mapping[str, Sequence[str]], runs: int) -> dict[str, list[Run]]:
    """What each run took, the commands taking turns."""
    measured: dict[str, list[Run]] = {name: [] for name in commands}
    for run in range(runs + 1):
        for name, command in commands.items():
            result = measured_run(command)
            if run:
                measured[name].append(result)
    return measured


def measured_run(command: Sequence[str]) -> Run:
    """How long one run takes, from the start of the process to its end, and its largest resident size."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(Path(tempfile.gettempdir()) / "kubeship-benchmark-bytecode")
    begin = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=environment) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with exit code {process.returncode}")
    return Run(time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def table(measured: Mapping[str, Sequence[Run]]) -> str:
    """Medians, the fastest and the slowest run, the ratio to BASELINE, and memory."""
    base = statistics.median(run.seconds for run in measured[BASELINE])
    lines = [f"{'':26}{'median':>10}{'fastest-slowest':>20}{'ratio':>8}{'processor':>12}{'memory':>10}"]
    for name, runs in measured.items():
        times = [run.seconds for run in runs]
        median, processor = statistics.median(times), statistics.median(run.processor for run in runs)
        spread = f"{min(times) * 1000:.0f}-{max(times) * 1000:.0f} ms"
        line = f"{name:26}{median * 1000:>7.0f} ms{spread:>20}{median / base:>8.1f}{processor * 1000:>9.0f} ms"
        lines.append(f"{line}{max(run.megabytes for run in runs):>7.0f} MB")
    lines.append(
        f"targets: {LARGE_SECONDS} s for {FILES} files, {MEDIAN_SECONDS} s for the median real project, {MEGABYTES} MB"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
