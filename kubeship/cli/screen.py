"""Where does a command print, and whom does it ask? Results on stdout, progress and questions on stderr."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType
from typing import Any

from rich.console import Console

from kubeship.cli.lines import Lines, results
from kubeship.cli.options import Settings
from kubeship.cli.run import is_foreseen, unforeseen
from kubeship.cli.streams import as_long_as_possible, writing_result
from kubeship.errors import Interrupted, KubeshipError, Terminated
from kubeship.model.events import Event, Step
from kubeship.model.origin import Candidate, Question
from kubeship.ui.ci.report import Report
from kubeship.ui.ci.service import service as service_of
from kubeship.ui.document import JsonLines, failure, result
from kubeship.ui.questions import ask_person, refuse_to_guess
from kubeship.ui.terminal import TerminalPrinter


@dataclass(frozen=True)
class Screen:
    """What a command needs to talk to its user."""

    command: str
    json: bool
    """Results as JSON."""
    lines: bool
    """With `json`: events as JSON lines, of which the result is the last."""
    out: Console
    emit: Callable[[Event], None]
    ask: Callable[[Sequence[Question]], Candidate]
    interactive: bool
    """Whether a person can be asked."""
    clear: Callable[[], None]
    """Take the moving line away, before somebody else writes to the terminal."""
    report: Callable[[Report], None]
    """Tell the CI service, where there is one, how it went."""

    def show(self, document: Mapping[str, Any], human: Callable[[Console], None]) -> None:
        """Print the result, for a program or for a person."""
        with writing_result():
            if self.json:
                sys.stdout.write(result(self.command, document, self.lines) + "\n")
            else:
                human(self.out)


@contextmanager
def screen(command: str, settings: Settings, as_json: bool = False, lines: bool = False) -> Iterator[Screen]:
    """The screen of one command; an error becomes its JSON document here, if JSON is what was asked for."""
    err = Lines(stderr=True)
    asked = sys.stdin.isatty() and err.is_terminal and not os.environ.get("CI")
    moving = sys.stderr.isatty() and err.is_terminal and not os.environ.get("CI")
    printer: JsonLines | TerminalPrinter = TerminalPrinter(err, settings.quiet, settings.verbose, moving)
    service = service_of(command, os.environ, _writer(err))

    def show_event(event: Event) -> None:
        service.before(event)
        printer(event)

    emit = as_long_as_possible(show_event, sys.stderr)
    if as_json and lines:
        printer = lines_printer = JsonLines(sys.stdout)
        aside = as_long_as_possible(service.before, sys.stderr)

        def print_event(event: Event) -> None:
            if not isinstance(event, Step):  # there is no log that could be folded
                aside(event)
            lines_printer(event)

        emit = as_long_as_possible(print_event, sys.stdout)

    def ask(questions: Sequence[Question]) -> Candidate:
        return ask_person(questions, err) if asked else refuse_to_guess(questions)

    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        with _interruptible():
            yield Screen(command, as_json, lines, results(), emit, ask, asked, printer.close, service.done)
        with suppress(OSError):
            service.close()
    except KubeshipError as error:
        with suppress(OSError, KubeshipError):
            service.failed(error)
        if as_json:
            with suppress(OSError):
                sys.stdout.write(result(command, failure(error), lines) + "\n")
                sys.stdout.flush()
        raise
    finally:
        signal.signal(signal.SIGTERM, before)
        printer.close()


def _writer(console: Console) -> Callable[[str], None]:
    def write(text: str) -> None:
        console.file.write(text)
        console.file.flush()

    return write


class _Stop(BaseException):
    """SIGTERM. No Exception, like KeyboardInterrupt: what is done about errors on the way must not swallow it."""


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C, SIGTERM and defects of kubeship's own as errors like any other."""
    try:
        yield
    except Exception as error:
        if is_foreseen(error):
            raise
        raise unforeseen(error) from error
    except _Stop as error:
        raise Terminated(
            "stopped by SIGTERM; nothing more was changed", hint="run the same command again to go on"
        ) from error
    except KeyboardInterrupt as error:
        raise Interrupted(
            "interrupted; nothing more was changed", hint="run the same command again to go on"
        ) from error


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    raise _Stop
