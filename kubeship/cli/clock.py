"""How long did a command take, told apart: until it could begin, and for its work?"""

import os
import time
from collections.abc import Mapping
from pathlib import Path


def process_seconds() -> float:
    """Since this process began; where the system doesn't say when (no Linux), the time that it has computed."""
    try:
        fields = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        began = int(fields[19]) / os.sysconf("SC_CLK_TCK")  # proc(5): starttime, after boot
        return time.clock_gettime(time.CLOCK_BOOTTIME) - began
    except (OSError, ValueError, IndexError, AttributeError):
        return time.process_time()


def timings(loaded: float, parts: Mapping[str, float]) -> dict[str, float]:
    """`start_up`: the interpreter, the project's files, libraries; `work`: the sum of the other parts."""
    work = {name: seconds for name, seconds in parts.items() if name != "start"}
    start = loaded + parts.get("start", 0)
    known = {"start_up": start, **work, "work": sum(work.values()), "whole": start + sum(work.values())}
    return {name: round(seconds, 4) for name, seconds in known.items()}
