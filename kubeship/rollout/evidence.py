"""What is kept of a failed rollout, for the person who looks into it later?"""

from collections.abc import Iterator

from kubeship.model.objects import Object
from kubeship.model.snapshot import Snapshot
from kubeship.rollout.events import last_seen, occurrences
from kubeship.rollout.redaction import readable, redacted_object, redacted_text, secret_values


def evidence(snapshot: Snapshot) -> dict[str, str]:
    """File name, relative and with forward slashes -> text: each object, the events as a table, each log.

    Secret values don't get in (rollout/redaction.py).
    """
    objects = (
        *snapshot.workloads,
        *snapshot.replica_sets,
        *snapshot.pods,
        *snapshot.services,
        *snapshot.endpoint_slices,
    )
    secrets = secret_values(objects)
    files = {
        f"objects/{item['kind']}-{item['metadata']['name']}.json": readable(redacted_object(item, secrets))
        for item in objects
    }
    files["events.txt"] = redacted_text("".join(f"{line}\n" for line in _table(snapshot.events)), secrets)
    for log, text in sorted(snapshot.logs.items()):
        instance = "-previous" if log.previous else ""
        files[f"logs/{log.pod}-{log.container}{instance}.log"] = redacted_text(text, secrets)
    return files


def _table(events: tuple[Object, ...]) -> Iterator[str]:
    yield f"{'LAST SEEN':<27} {'COUNT':>5} {'TYPE':<7} {'REASON':<20} OBJECT: MESSAGE"
    for event in sorted(events, key=last_seen):
        about = event["involvedObject"]
        subject = f"{about.get('kind', '')}/{about.get('name', '')}"
        message = " ".join((event.get("message") or "").split())
        yield (
            f"{last_seen(event):<27} {occurrences([event]):>5} {event.get('type', ''):<7} "
            f"{event.get('reason', ''):<20} {subject}: {message}"
        )
