"""How many workers fit a pod, by its CPU, its memory and the server's kind?"""

from dataclasses import replace

from kubeship.config.process_schema import Process
from kubeship.config.quantities import cpus, in_bytes
from kubeship.config.server import Numbers
from kubeship.planning.servers.numbers import EVENT_LOOP, THREADED

WORKER_BYTES = 100 << 20
"""A worker of a middling Django or FastAPI app; `verify --write` measures the real one."""


def fitting(numbers: Numbers, process: Process) -> Numbers:
    """The server's own numbers, with more workers for whole CPUs, and fewer where memory is short.

    A server that is one process by design keeps to it.
    """
    if numbers not in {THREADED, EVENT_LOOP}:
        return numbers
    cores, memory = int(cpus(process.resources.cpu)), process.resources.memory
    wanted = numbers.workers
    reason = numbers.reason
    if cores >= 1 and numbers == THREADED:
        # docs.gunicorn.org/en/stable/design.html#how-many-workers
        wanted = 2 * cores + 1
        reason = f"{wanted} workers (2 x {cores} CPU + 1) x {numbers.threads} threads"
    elif cores > numbers.workers:
        wanted, reason = cores, f"one event loop a CPU: {cores}"
    room = max(1, int(in_bytes(memory) // WORKER_BYTES))
    if room < wanted:
        wanted, reason = (
            room,
            f"{memory} hold {room} of about {WORKER_BYTES >> 20} MiB each, where {wanted} were wanted",
        )
    return replace(numbers, workers=wanted, reason=reason)


def half(quantity: str) -> str:
    """Half of a memory quantity, in whole MiB."""
    return f"{max(1, int(in_bytes(quantity) / 2) >> 20)}Mi"
