"""How do revisions look on a terminal: a line each, or one in full?"""

import shlex
from collections.abc import Iterable
from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from kubeship.model.changes import Action
from kubeship.model.revision import Outcome, Revision
from kubeship.ui.revision_document import InFull
from kubeship.ui.terminal import change_lines

SHORT = 12
"""Hexadecimal digits of a digest or a hash that tell revisions of one app apart."""
MARKS = {Outcome.SUCCEEDED: "[green]✓[/green]", Outcome.STARTED: "[yellow]…[/yellow]"}


def show_history(records: Iterable[Revision], console: Console, now: datetime) -> None:
    """One line a revision, newest first; `now` by the clock of the server that keeps them."""
    table = Table(box=None, pad_edge=False)
    for heading in ("revision", "outcome", "when", "took", "by", "source", "digest", "config", "why"):
        table.add_column(heading, overflow="fold", no_wrap=heading not in {"by", "why"})
    for record in records:
        row = (
            str(record.number),
            record.outcome.value,
            age(record.started, now),
            _took(record),
            _who(record),
            record.commit or record.source,
            _short(record.digest),
            _short(record.config_hash),
            record.message,
        )
        table.add_row(*(escape(cell) for cell in row))
    console.print(table)


def show_revision(found: InFull, console: Console, now: datetime) -> None:
    """Everything that is known of one revision; `now` by the clock of the server that keeps it."""
    revision = found.revision
    mark = MARKS.get(revision.outcome, "[red]✗[/red]")
    console.print(
        f"{mark} {revision.app} ({revision.environment}) revision {revision.number}: {revision.outcome.value}",
        highlight=False,
    )
    for name, value in _facts(revision, now):
        if value:
            console.print(f"  {name:9} {escape(value)}", highlight=False, soft_wrap=True)
    for step in found.release:
        words = f"{step.name}: {shlex.join(step.command)} (rollback: {step.rollback})"
        console.print(f"  {'release':9} {escape(words)}", highlight=False, soft_wrap=True)
    console.print(f"Against revision {found.before.number}:" if found.before else "Objects:", highlight=False)
    for change in found.changes.items:
        lines = change_lines(change) if change.action is not Action.UNCHANGED else [f"  {escape(str(change.ref))}"]
        for line in lines:
            console.print(f"  {line}", highlight=False, soft_wrap=True)


def age(moment: datetime, now: datetime) -> str:
    """`3 min ago`."""
    seconds = (now - moment).total_seconds()
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit} ago"
    return "just now"


def _facts(revision: Revision, now: datetime) -> Iterable[tuple[str, str]]:
    started = revision.started.astimezone(UTC)
    yield "why", revision.message
    yield "by", _who(revision)
    yield "started", f"{started:%Y-%m-%d %H:%M:%S} UTC, {age(started, now)}"
    yield "took", _took(revision)
    yield "commit", revision.commit
    yield "source", revision.source
    yield "image", revision.image
    yield "config", revision.config_hash


def _who(revision: Revision) -> str:
    return revision.holder.rpartition(":")[0]


def _took(revision: Revision) -> str:
    return "" if revision.seconds is None else f"{revision.seconds:.0f} s"


def _short(digest: str) -> str:
    return digest.rpartition(":")[2][:SHORT]
