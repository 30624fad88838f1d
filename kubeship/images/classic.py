"""How far is a build of the classic builder (Docker without BuildKit, Podman)? Its lines become the same events."""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from kubeship.images.progress import KEPT_LINES, FailedStage, shown_line
from kubeship.model.events import BuildStage, Event, LogLine

STEP = re.compile(r"STEP (\d+)(?:/(\d+))?\s*: (.+)", re.IGNORECASE)
"""`Step 2/5 : RUN make` (moby, builder/dockerfile); Podman writes `STEP 2/5: RUN make`."""
CACHED = re.compile(r"(?: ---> |--> )Using cache", re.IGNORECASE)
ARROW = re.compile(r"(?: ---> |--> )")
"""What a step made: `---> Running in 1f2e`, `---> 9bc1`; and `Removing intermediate container` between them."""
IMAGE_ID = re.compile(r"^(?:Successfully built ([0-9a-f]{12,64})|([0-9a-f]{64}))$")
"""Docker's last words, and Podman's; the full id comes beside Docker's."""


class ClassicProgress:
    """Follows one build: takes the engine's messages in their order and gives the events that they mean."""

    def __init__(self) -> None:
        self.image_id = ""
        """Of the image that was built; empty until the engine has told."""
        self._title = ""
        self._cached = False
        self._log: deque[str] = deque(maxlen=KEPT_LINES)
        self._rest = ""

    def follow(self, message: Mapping[str, Any]) -> Iterator[Event]:
        """The events of one message: a step begins, ends or came from the cache; a line of its log."""
        auxiliary = message.get("aux")
        if isinstance(auxiliary, dict) and "ID" in auxiliary:
            self.image_id = auxiliary["ID"]
        *lines, self._rest = (self._rest + str(message.get("stream", ""))).split("\n")
        for line in lines:
            yield from self._line(shown_line(line.encode()))
        if "errorDetail" in message or "error" in message:
            yield from self._ended("failed")

    def ended(self) -> Iterator[Event]:
        """The last step is over when the messages are."""
        yield from self._ended("done")

    def failure(self, error: str) -> FailedStage | None:
        """The step at work, which the engine's error ended; None when none had begun."""
        return FailedStage(self._title, error, tuple(self._log)) if self._title else None

    def _line(self, line: str) -> Iterator[Event]:
        if step := STEP.fullmatch(line):
            yield from self._ended("done")
            place = f"{step[1]}/{step[2]}" if step[2] else step[1]
            self._title, self._cached = f"[{place}] {' '.join(step[3].split())}", False
            self._log.clear()
            yield BuildStage(self._title, "started")
        elif CACHED.match(line):
            self._cached = True
        elif found := IMAGE_ID.match(line):
            self.image_id = self.image_id or found[1] or found[2]
        elif (
            line
            and not ARROW.match(line)
            and not line.startswith(("Removing intermediate container", "Successfully tagged"))
        ):
            self._log.append(line)
            yield LogLine(self._title, line)

    def _ended(self, state: str) -> Iterator[Event]:
        if self._title and state == "done":
            yield BuildStage(self._title, "cached" if self._cached else "done")
            self._title = ""
        elif self._title:
            yield BuildStage(self._title, state)
