"""How long does `kubeship --help` take beside Python itself and beside importing Typer?

    python benchmarks/startup.py [--runs 15]

The three take turns, so that whatever else the machine does hits each of them alike.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

COMMANDS: Mapping[str, Sequence[str]] = {
    "python -c pass": (sys.executable, "-c", "pass"),
    "python -c 'import typer'": (sys.executable, "-c", "import typer"),
    "kubeship --help": (sys.executable, "-m", "kubeship", "--help"),
}
BASELINE = "python -c pass"
TARGET = 0.060
"""Seconds above BASELINE that `kubeship --help` may take (issue 3)."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15, help="of each command, after one that is not counted")
    runs = parser.parse_args().runs
    for command in COMMANDS.values():
        seconds(command)
    measured = alternating(COMMANDS, runs)
    print(table(measured))


def alternating(commands: Mapping[str, Sequence[str]], runs: int) -> dict[str, list[float]]:
    """Seconds of each run, the commands taking turns."""
    measured: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            measured[name].append(seconds(command))
    return measured


def seconds(command: Sequence[str]) -> float:
    """How long one run takes, from the start of the process to its end."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def table(measured: Mapping[str, Sequence[float]]) -> str:
    """Medians, how far the middle half of the runs is apart, and the ratio to BASELINE."""
    base = statistics.median(measured[BASELINE])
    lines = [f"{'':26}{'median':>9}{'middle half':>16}{'ratio':>8}{'above python':>14}"]
    for name, runs in measured.items():
        median = statistics.median(runs)
        low, _, high = statistics.quantiles(runs, n=4)
        spread = f"{low * 1000:.0f}-{high * 1000:.0f} ms"
        above = f"{(median - base) * 1000:.0f} ms"
        lines.append(f"{name:26}{median * 1000:>6.0f} ms{spread:>16}{median / base:>8.2f}{above:>14}")
    over = statistics.median(measured["kubeship --help"]) - base
    verdict = "met" if over <= TARGET else "missed"
    lines.append(f"target: at most {TARGET * 1000:.0f} ms above python -c pass: {verdict}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
