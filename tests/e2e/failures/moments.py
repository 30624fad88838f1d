"""When did it become certain that pods are refused, or serve nobody? By the cluster's own word."""

from datetime import datetime, timedelta

from kubeship.model.snapshot import Snapshot
from kubeship.rollout.causes.creation import CERTAIN_AFTER, WEBHOOK_AFTER
from kubeship.rollout.events import first_seen
from kubeship.rollout.pods import condition


def refused(snapshot: Snapshot) -> str:
    """The first FailedCreate event, or the condition that says the same."""
    found = [first_seen(event) for event in snapshot.events if event.get("reason") == "FailedCreate"]
    failing = (condition(item, "ReplicaFailure") for item in snapshot.replica_sets)
    return min([*found, *(each["lastTransitionTime"] for each in failing if each)], default="")


def refused_for_long(snapshot: Snapshot) -> str:
    """The first failure to create pods after CERTAIN_AFTER seconds of it: the controller's pauses double."""
    return _refused_after(snapshot, CERTAIN_AFTER)


def refused_for_long_by_a_webhook(snapshot: Snapshot) -> str:
    """The first failure after WEBHOOK_AFTER seconds of it."""
    return _refused_after(snapshot, WEBHOOK_AFTER)


def available(snapshot: Snapshot) -> str:
    """Since when all Deployments have been available."""
    found = (condition(item, "Available") for item in snapshot.workloads)
    return max((each.get("lastTransitionTime") or "" for each in found if each.get("status") == "True"), default="")


def _refused_after(snapshot: Snapshot, seconds: float) -> str:
    seen = [event for event in snapshot.events if event.get("reason") == "FailedCreate"]
    begun = refused(snapshot)
    late = [e["lastTimestamp"] for e in seen if begun and e["lastTimestamp"] >= _later(begun, seconds)]
    return min(late, default="")


def _later(moment: str, seconds: float) -> str:
    return (datetime.fromisoformat(moment) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
