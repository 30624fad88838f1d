"""How does a blob of any size get into a registry over a line that breaks?"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urlencode

import requests

from kubeship.errors import PushFailed
from kubeship.images.distribution.authorization import Scopes
from kubeship.images.distribution.conversation import Conversation
from kubeship.images.distribution.failures import RegistryFailure
from kubeship.images.distribution.transport import Body
from kubeship.model.events import Emit, PushProgress

PART = 128 * 1024
"""Bytes in memory at a time."""
WHOLE = 1024 * 1024
"""A blob of up to so many bytes is sent in one request, from the start each time."""
PROGRESS = 1024 * 1024
"""Bytes after whose arrival an upload has not failed in a row: a big blob may break more often than a small one."""
RESTARTS = 3
CANCEL_SECONDS = 5.0
OCTETS = "application/octet-stream"
LOST = frozenset({400, 404, 416})
"""Answers that say that the registry doesn't know this upload (any more), or stands elsewhere."""


@dataclass(frozen=True)
class Source:
    """A blob to send."""

    path: str
    """The repository's."""
    digest: str
    size: int
    content: Callable[[], BinaryIO]
    """Opens the bytes anew; what it returns must seek."""


class Upload:
    """One blob on its way. Everything raises RegistryFailure."""

    def __init__(self, conversation: Conversation, source: Source, scopes: Scopes, emit: Emit) -> None:
        self._conversation = conversation
        self._source = source
        self._scopes = scopes
        self._emit = emit
        self._subject = f"{conversation.registry}/{source.path}"
        self._location = ""
        self._arrived = 0
        self._restarts = 0

    def send(self) -> None:
        """Send it. Nothing is left at the registry on failure, as far as it can still be told so."""
        failures, progress = 0, 0
        try:
            while True:
                try:
                    return self._attempt(first=failures == 0)
                except RegistryFailure as failure:
                    failures = 1 if self._arrived >= progress + PROGRESS else failures + 1
                    progress = max(progress, self._arrived)
                    self._conversation.wait_or_raise(self._meaning(failure), failures, self._emit)
        except BaseException:  # Ctrl-C too
            self._cancel()
            raise

    def _attempt(self, *, first: bool) -> None:
        """Go on where the registry stands, then have it check the digest."""
        if self._location:
            self._arrived = self._standing()
        if not self._location:
            if not first and self._already_there():
                return
            self._location, self._arrived = self._begin(), 0
        if self._source.size > WHOLE and self._arrived < self._source.size:
            self._send_rest()
        self._commit()

    def _begin(self) -> str:
        path = f"/v2/{self._source.path}/blobs/uploads/"
        with self._conversation.once("POST", path, self._subject, self._scopes, {202}, body=b"") as answer:
            return next_location(self._conversation, answer)

    def _standing(self) -> int:
        """How many bytes the registry has; 0 and no location where it can't say."""
        if self._source.size > WHOLE:
            try:
                with self._conversation.once("GET", self._location, self._subject, self._scopes, {204}) as answer:
                    arrived = received(answer.headers.get("Range"))
                    self._location = next_location(self._conversation, answer)
                if arrived <= self._source.size:
                    return arrived
            except RegistryFailure as failure:
                if failure.kind == "passing":
                    raise
        self._cancel()  # registries need not tell (ECR doesn't)
        return 0

    def _already_there(self) -> bool:
        """An earlier attempt may have arrived, and only the answer to it was lost."""
        path = f"/v2/{self._source.path}/blobs/{self._source.digest}"
        with self._conversation.once("HEAD", path, self._subject, self._scopes, {200, 404, 405}) as answer:
            return answer.status_code == 200

    def _send_rest(self) -> None:
        start, size = self._arrived, self._source.size
        headers = {"Content-Type": OCTETS}
        if start:
            # Left out at first: the whole blob is meant then, and some registries know nothing else.
            headers["Content-Range"] = f"{start}-{size - 1}"
        with self._conversation.once(
            "PATCH",
            self._location,
            self._subject,
            self._scopes,
            {201, 202, 204},
            headers=headers,
            body=Body(size - start, lambda: self._parts(start)),
        ) as answer:
            self._location = next_location(self._conversation, answer)
            self._arrived = size

    def _commit(self) -> None:
        """End the upload; a small blob arrives with it."""
        separator = "&" if "?" in self._location else "?"
        whole = self._source.size <= WHOLE
        with self._conversation.once(
            "PUT",
            self._location + separator + urlencode({"digest": self._source.digest}),
            self._subject,
            self._scopes,
            {201, 204},
            headers={"Content-Type": OCTETS},
            body=Body(self._source.size, lambda: self._parts(0)) if whole else b"",
            wait=self._conversation.patience.commit,
        ):
            return

    def _parts(self, start: int) -> Iterator[bytes]:
        sent = start
        with self._source.content() as content:
            content.seek(start)
            while part := content.read(PART):
                yield part
                sent += len(part)
                self._emit(PushProgress(sent, self._source.size))
        if sent != self._source.size:
            raise PushFailed(
                f"Pushing {self._subject} failed: a layer of {self._source.size} bytes had {sent} when it was sent.",
                hint="run the same command again, and let nothing else change kubeship's cache meanwhile",
            )

    def _meaning(self, failure: RegistryFailure) -> RegistryFailure:
        """A registry that lost the upload, or stands elsewhere, gets it from the start: a few times."""
        if failure.status in LOST and self._location and self._restarts < RESTARTS:
            self._restarts += 1
            self._cancel()
            failure.kind = "passing"
        return failure

    def _cancel(self) -> None:
        location, self._location = self._location, ""
        if location:
            cancel(self._conversation, location, self._subject, self._scopes)


def cancel(conversation: Conversation, location: str, subject: str, scopes: Scopes) -> None:
    """Have the registry forget an upload; it forgets by itself, later, where that can't be told."""
    wait = min(CANCEL_SECONDS, conversation.patience.answer)
    with suppress(RegistryFailure), conversation.once("DELETE", location, subject, scopes, {204}, wait=wait):
        return


def next_location(conversation: Conversation, answer: requests.Response) -> str:
    """Where an upload goes on. Raises RegistryFailure when the registry doesn't say."""
    location = answer.headers.get("Location")
    if not location:
        raise RegistryFailure(
            "refused",
            f"{conversation.registry} doesn't say where the upload goes on",
            "see the registry's own log, and that of a proxy in front of it",
        )
    return conversation.address(location, str(answer.url))


def received(header: str | None) -> int:
    """How many bytes `Range: 0-1023` means; distribution says 0-0 of none."""
    last = (header or "").rpartition("-")[2]
    return int(last) + 1 if last.isdigit() and int(last) else 0
