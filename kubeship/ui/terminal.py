"""What does a person see while a command runs? One line for each thing that matters, on stderr."""

import json
from dataclasses import dataclass, field
from difflib import unified_diff
from itertools import islice

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from kubeship.errors import KubeshipError
from kubeship.model.changes import Action, Change, Changes, FieldChange, described, described_drift
from kubeship.model.events import (
    BuildStage,
    Caution,
    Compared,
    Event,
    LeaseAwaited,
    LogLine,
    Note,
    Pruned,
    PushProgress,
    RolloutFailed,
    RolloutProgress,
    Step,
)
from kubeship.model.verdict import Diagnosis
from kubeship.ui.printable import printable

LONGEST_VALUE, MOST_LINES = 2_000, 40
"""Characters, and lines, of one field's change; `diff --json` has all of it."""
LONGEST_TEXT = 100_000
"""Characters that are compared line by line, which takes time by the square of their lines."""
SYMBOLS = {
    Action.CREATE: ("+", "green"),
    Action.UPDATE: ("~", "yellow"),
    Action.REPLACE: ("-/+", "red"),
    Action.DELETE: ("-", "red"),
}
MEGABYTE = 1_000_000


@dataclass
class TerminalPrinter:
    """Prints events. On a terminal a line at the bottom says what is going on; elsewhere plain lines only."""

    console: Console
    quiet: bool = False
    verbose: bool = False
    """Also every line of build steps and build stages from the cache."""
    moving: bool = False
    """Whether a line at the bottom may move: on a person's terminal. FORCE_COLOR makes no log of CI one."""
    _status: Status | None = None
    _warned: set[str] = field(default_factory=set)
    _told: tuple[str, ...] = ()
    """How far the rollout was when that was last told."""

    def __call__(self, event: Event) -> None:
        """Print one event."""
        if self.quiet and not isinstance(event, Caution):
            return
        match event:
            case Step(title):
                self._line(f"[bold]▸ {escape(title)}[/bold]")
                self._progress("")
            case Note(message):
                self._line(f"  {escape(message)}")
            case Caution(message, hint):
                self._caution(message, hint)
            case BuildStage():
                self._stage(event)
            case LogLine(source, line):
                self._log(source, line)
            case PushProgress(sent, total):
                self._progress(f"{sent / MEGABYTE:.1f} of {total / MEGABYTE:.1f} MB")
            case Compared(changes):
                self._compared(changes)
            case RolloutProgress(summaries, worries, states):
                self._rollout(summaries, worries, states)
            case _:
                for line in _lines(event):
                    self._line(f"  {line}")

    def close(self) -> None:
        """Take the moving line away."""
        if self._status:
            self._status.stop()
            self._status = None

    def _line(self, text: str) -> None:
        self.console.print(printable(text), highlight=False, soft_wrap=True)

    def _progress(self, text: str) -> None:
        if not self.moving:
            return
        if self._status is None:
            self._status = self.console.status(escape(printable(text)))
            self._status.start()
        else:
            self._status.update(escape(printable(text)))

    def _caution(self, message: str, hint: str) -> None:
        """Once: the API server repeats its warnings at the dry run and when the objects are applied."""
        if message not in self._warned:
            self._warned.add(message)
            self._line(f"[yellow]! {escape(message)}[/yellow]" + (f"\n    {escape(hint)}" if hint else ""))

    def _stage(self, stage: BuildStage) -> None:
        match stage.state:
            case "started":
                self._progress(stage.title)
            case "cached" if not self.verbose:
                pass
            case "failed":
                self._line(f"  [red]{escape(stage.title)} failed[/red]")
            case state:
                spent = f" {stage.seconds:.1f} s" if stage.seconds is not None and state == "done" else f" ({state})"
                self._line(f"  [dim]{escape(stage.title)}{spent}[/dim]")

    def _log(self, source: str, line: str) -> None:
        if self.verbose or not source.startswith("["):
            self._line(f"  [dim]{escape(source)} |[/dim] {escape(line)}")

    def _compared(self, changes: Changes) -> None:
        for line in changes_lines(changes):
            self._line(f"  {line}")
        if not changes:
            self._line("  nothing would change")

    def _rollout(self, summaries: tuple[str, ...], worries: tuple[Diagnosis, ...], states: tuple[str, ...]) -> None:
        news = [summary for summary in summaries if summary not in self._told]
        self._told = summaries
        for line in news or states:
            self._line(f"  {escape(line)}")
        for worry in worries:
            text = headline(worry)
            if text not in self._warned:
                self._warned.add(text)
                self._line(f"  [yellow]! {escape(text)}[/yellow]")


def _lines(event: Event) -> list[str]:
    """As rich markup. None for a record, a release step's end and a way back: steps and notes say these in words."""
    match event:
        case LeaseAwaited(message, seconds=seconds):
            return [f"{escape(message)}; waiting for its end, {seconds:.0f} s at most"]
        case RolloutFailed(diagnoses=diagnoses):
            return [f"[red]✗ {escape(headline(each))}[/red]" for each in diagnoses]
        case Pruned(objects):
            return [f"[red]- {escape(str(target))}[/red]" for target in objects]
        case _:
            return []


def headline(diagnosis: Diagnosis) -> str:
    """`Deployment/shop-web: it crashes at start`."""
    return f"{diagnosis.subject}: {diagnosis.cause}" if diagnosis.subject else diagnosis.cause


def changes_lines(changes: Changes) -> list[str]:
    """All changes, and what others changed since the last deploy, as rich markup."""
    lines = [line for change in changes for line in change_lines(change)]
    return lines + [
        f"[yellow]! {escape(str(target))} drifted:[/yellow] {escape(described_drift(drift))}"
        for target, drift in changes.drifts
    ]


def change_lines(change: Change) -> list[str]:
    """One object's change, field by field, as rich markup."""
    symbol, colour = SYMBOLS.get(change.action, ("!", "red"))
    whose = f"Helm release {change.release}" if change.release else "kubectl or Helm"
    what = f" (adopted from {escape(whose)})" if change.adopted else ""
    lines = [f"[{colour}]{symbol} {escape(str(change.ref))}[/{colour}]{what}"]
    if change.action is Action.UPDATE:
        lines += [line for item in change.fields for line in _field_lines(item)]
    lines += [f"    [red]{escape(described(conflict))}[/red]" for conflict in change.conflicts]
    return lines


def print_error(error: KubeshipError, console: Console) -> None:
    """What went wrong, the last words of whoever said it, and what to do next."""
    console.print(f"[bold red]error:[/bold red] {escape(printable(error.message))}", highlight=False, soft_wrap=True)
    if error.details:
        console.print(escape(printable(error.details)), highlight=False, soft_wrap=True)
    if error.hint:
        console.print(f"[bold]next:[/bold] {escape(printable(error.hint))}", highlight=False, soft_wrap=True)


def _field_lines(item: FieldChange) -> list[str]:
    """What becomes what; of texts of several lines, those that differ."""
    before, after = item.before, item.after
    texts = isinstance(before, str) and isinstance(after, str) and "\n" in before + after
    if not texts or len(before + after) > LONGEST_TEXT:
        return [f"    {escape(item.path)}: {_value(before)} → {_value(after)}"]
    lines = unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    told = [line for line in islice(lines, 2, None) if not line.startswith("@@")]
    more = [f"      … and {len(told) - MOST_LINES} more lines"] if len(told) > MOST_LINES else []
    return [f"    {escape(item.path)}:", *(f"      {_value(line)}" for line in told[:MOST_LINES]), *more]


def _value(value: object) -> str:
    """What isn't text as JSON, which is YAML too: it can be pasted into a manifest."""
    if value is None:
        return "[dim](none)[/dim]"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return escape(text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}… ({len(text)} characters)")
