"""How does a person's terminal, or a pipe, reach a container: keys as they are typed, output as it comes?"""

import os
import select
import shutil
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager

from kubeship.model.logs import Terminal

CHUNK = 65536
LOOK_SECONDS = 0.05


def converse(terminal: Terminal, before: str) -> None:
    """Hand over what is typed and print what is said, until the container ends.

    `before` is what it said before anybody listened: a prompt, mostly.
    """
    early = terminal.receive(0).decode(errors="replace")
    sys.stdout.write(before if before.endswith(early) else before + early)
    sys.stdout.flush()
    size = None
    with _raw():
        while terminal.open:
            if (now := shutil.get_terminal_size()) != size:
                size = now
                terminal.resize(size.columns, size.lines)
            said = terminal.receive(LOOK_SECONDS)
            os.write(sys.stdout.fileno(), said)
            if select.select([sys.stdin], [], [], 0)[0] and (typed := os.read(sys.stdin.fileno(), CHUNK)):
                terminal.send(typed)


def pipe(terminal: Terminal, _before: str) -> None:
    """Hand over all of standard input; its end is the end of the container's."""
    while terminal.open and (data := os.read(sys.stdin.fileno(), CHUNK)):
        terminal.send(data)


@contextmanager
def _raw() -> Iterator[None]:
    """Keys reach the container as they are, Ctrl-C too."""
    before = termios.tcgetattr(sys.stdin)
    tty.setraw(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
