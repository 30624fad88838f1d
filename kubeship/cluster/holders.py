"""Whose is a Lease, by what it says, and what does it say once somebody takes it?"""

import os
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from kubeship.cluster.revisions import MANAGED_BY, OWNER_LABEL
from kubeship.model.objects import Object, ObjectRef

API_VERSION = "coordination.k8s.io/v1"
DURATION = 15.0
"""Seconds without renewal after which anybody may take it; kube-scheduler's own leases use the same."""
MACHINE_ANNOTATION = "kubeship.dev/machine"
"""Where the holder's pid means something: host names are shared by CI runners and containers."""


@dataclass(frozen=True)
class OtherHolder:
    """Somebody else has it."""

    name: str
    since: str
    """The server's notation, RFC 3339."""


def lease_ref(app: str) -> ObjectRef:
    """The Lease of an app in the namespace."""
    return ObjectRef(API_VERSION, "Lease", "", f"kubeship-{app}")


def new_lease(app: str) -> Object:
    """One that nobody has."""
    labels = {**MANAGED_BY, OWNER_LABEL: app}
    return {"apiVersion": API_VERSION, "kind": "Lease", "metadata": {"name": lease_ref(app).name, "labels": labels}}


def standing(
    lease: Object, holder: str, machine: str, now: datetime, alive: Callable[[int], bool]
) -> OtherHolder | None:
    """Who has the lease; None when `holder` may take it.

    That is: nobody has it, `holder` itself does (an answer that was lost), its time has passed by the server's clock,
    or its process was on this machine and is gone.
    """
    spec = lease.get("spec") or {}
    current = spec.get("holderIdentity") or ""
    if not current or (current, machine_of(lease)) == (holder, machine):
        return None
    renewed = parse_time(spec.get("renewTime"))
    if renewed is None or now > renewed + timedelta(seconds=float(spec.get("leaseDurationSeconds") or DURATION)):
        return None
    process = re.search(r":(\d+)$", current)
    if process and machine_of(lease) == machine and not alive(int(process[1])):
        return None
    return OtherHolder(current, spec.get("acquireTime") or format_time(renewed))


def taken(lease: Object, holder: str, machine: str, now: datetime) -> Object:
    """The Lease with `holder` in it; its resourceVersion stays, so that of two that take it one wins."""
    spec = lease.get("spec") or {}
    passed_on = spec.get("holderIdentity") not in {None, "", holder}
    moment = format_time(now)
    annotations = {**(lease["metadata"].get("annotations") or {}), MACHINE_ANNOTATION: machine}
    return {
        **lease,
        "metadata": {**lease["metadata"], "annotations": annotations},
        "spec": {
            "holderIdentity": holder,
            "leaseDurationSeconds": int(DURATION),
            "acquireTime": moment,
            "renewTime": moment,
            "leaseTransitions": int(spec.get("leaseTransitions") or 0) + passed_on,
        },
    }


def format_time(moment: datetime) -> str:
    """MicroTime of meta/v1."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_time(text: str | None) -> datetime | None:
    """A time of the API, or None where there is none that can be read."""
    with suppress(ValueError, TypeError):
        return datetime.fromisoformat(text or "")
    return None


def machine_of(lease: Object) -> str:
    """Which machine its holder runs on: two containers may have the same user, host name and pid."""
    return str((lease["metadata"].get("annotations") or {}).get(MACHINE_ANNOTATION, ""))


def machine_identity() -> str:
    """Names the kernel's boot and the pid namespace that our pid belongs to; empty where neither can be told."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def process_lives(pid: int) -> bool:
    """Whether a process of this machine has that pid."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
