"""What is left when the stack goes? Images and logs, and with --purge not even the images."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.stack import addresses, held, network, place, second_node
from tests.stack.progress import say


def is_complete(checkout: Path, replaced: set[str]) -> bool:
    """Whether `up` finished here, what it started still runs, and that is all that is asked for now."""
    here = place.remembered(checkout)
    try:
        parts = set(json.loads((checkout / ".stack" / "parts.json").read_text()))
    except (FileNotFoundError, ValueError):
        return False
    if here is None or held.supervisor_pid(here) is None or not set(addresses.OVERRIDES) <= parts | replaced:
        return False
    try:
        supervisor = held.Supervisor(here)
    except OSError:
        return False
    running = supervisor.ask("servers").items()
    ended = [name for name, server in running if server["ended"] is not None and name not in second_node.SERVERS]
    supervisor.close()
    for name in ended:
        say(f"{name} has ended: starting everything anew")
    return not ended and (checkout / ".stack" / "addresses.json").exists()


def down(purge: bool = False, checkout: Path = place.CHECKOUT) -> None:
    """Stop everything and remove its traces; say what there was."""
    if not clear(checkout):
        say("the stack was not up")
    if purge:
        shutil.rmtree(checkout / ".stack" / "kept", ignore_errors=True)
        say("removed the images that were kept for the next run")


def clear(checkout: Path) -> bool:
    """End processes, network and state of a run, whether it is alive or long dead."""
    here = place.remembered(checkout)
    if here is None:
        return False
    found = held.end(here)
    if found:
        say("stopped every process of the stack")
    removed = network.remove(here)
    if removed:
        say(f"removed {', '.join(removed)}")
    for name in ("addresses.json", "parts.json", "kubeconfig"):
        (here.state / name).unlink(missing_ok=True)
    shutil.rmtree(here.run, ignore_errors=True)
    place.release(here)
    return found or bool(removed)
