"""How are the objects of one kind kept current, whatever happens to the connection?"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from kubeship.cluster.errors import Refusal
from kubeship.cluster.ports import Api, Lines
from kubeship.model.objects import Object

SLOWEST_RATE = 1.0
"""Seconds between the beginnings of two watches at least: when each of them breaks at once, this is polling."""
LONGEST_PAUSE = 8.0
"""Seconds between two tries, at most, while the server doesn't answer."""


class Expired(Exception):
    """The server has forgotten the version to go on from (410): list again."""


class Watched:
    """The live objects of one kind in the namespace."""

    def __init__(
        self, api: Api, api_version: str, kind: str, changed: Callable[[], None], query: Mapping[str, str] | None = None
    ) -> None:
        """`changed` is called, from another thread, after each change."""
        self._api = api
        self._api_version = api_version
        self._kind = kind
        self._changed = changed
        self._query = dict(query or {})
        self._items: dict[str, Object] = {}
        self._version = ""
        self._failure: Refusal | None = None
        self._trouble: Refusal | None = None
        self._listed = 0.0
        self._guard = threading.Lock()
        self._ended = threading.Event()
        self._lines: Lines | None = None
        self._thread = threading.Thread(target=self._run, name=f"kubeship-watch-{kind}", daemon=True)

    def start(self) -> None:
        """List once, so that what is there is known at return; then watch in the background. Raises Refusal."""
        self._load()
        self._thread.start()

    def items(self) -> tuple[Object, ...]:
        """What is there. Raises the Refusal that ended the watch (credentials that expired meanwhile)."""
        with self._guard:
            if self._failure is not None:
                raise self._failure
            return tuple(self._items.values())

    def trouble(self, since: float) -> Refusal | None:
        """Why what is there isn't known: the watch broke, and nothing was listed after it, nor after `since`."""
        with self._guard:
            unknown = self._failure is None and self._listed < since and not self._ended.is_set()
            return self._trouble if unknown else None

    def stop(self) -> None:
        """End the watch; `join` waits for it."""
        self._ended.set()
        lines = self._lines
        if lines is not None:
            lines.stop()

    def join(self, seconds: float) -> None:
        """Wait until the thread has ended, that long at most."""
        if self._thread.is_alive():
            self._thread.join(seconds)

    def receive(self, line: str) -> None:
        """Take in one watch event. Raises Expired, Refusal, or ValueError when the line is torn."""
        event: dict[str, Any] = json.loads(line)
        item = event["object"]
        if event["type"] == "ERROR":
            if item.get("code") == 410:
                raise Expired
            words = str(item.get("message", ""))
            raise Refusal(words, hint="", status=int(item.get("code") or 500), words=words)
        metadata = item["metadata"]
        with self._guard:
            self._version = metadata["resourceVersion"]
            if event["type"] in {"ADDED", "MODIFIED"}:
                self._items[metadata["uid"]] = _slim(item)
            elif event["type"] == "DELETED":
                self._items.pop(metadata["uid"], None)
        if event["type"] != "BOOKMARK":
            self._changed()

    def _load(self) -> None:
        listing = self._api.list(self._api_version, self._kind, self._query)
        with self._guard:
            self._items = {item["metadata"]["uid"]: _slim(item) for item in listing.items}
            self._version = listing.version
            self._trouble, self._listed = None, time.monotonic()
        self._changed()

    def _run(self) -> None:
        failures = 0
        while not self._ended.is_set():
            began = time.monotonic()
            try:
                if not self._version:
                    self._load()
                self._follow()
                # The server has ended it, after WATCH_SECONDS. An event that something in between has swallowed
                # would be missing forever: so what is there is listed again before it goes on.
                self._version = ""
                failures = 0
            except Expired:
                self._version = ""
            except Refusal as refusal:
                if refusal.status in {401, 403} and not self._ended.is_set():
                    self._fail(refusal)
                    return
                with self._guard:
                    self._version, self._trouble = "", refusal
                failures = 1 if time.monotonic() - began > LONGEST_PAUSE else failures + 1
            except (ValueError, KeyError):
                failures += 1  # a line that was torn: go on from the last whole one
            pause = min(SLOWEST_RATE * 2 ** max(failures - 1, 0), LONGEST_PAUSE) - (time.monotonic() - began)
            self._ended.wait(max(pause, 0.0))

    def _follow(self) -> None:
        with self._api.watch(self._api_version, self._kind, self._version, self._query) as lines:
            self._lines = lines
            if self._ended.is_set():
                return  # `stop` came before it could see the lines
            for line in lines:
                if line:
                    self.receive(line)

    def _fail(self, refusal: Refusal) -> None:
        with self._guard:
            self._failure = refusal
        self._changed()


def _slim(item: Object) -> Object:
    """Without managedFields, which are half of an object's size and no part of a verdict."""
    return {**item, "metadata": {key: value for key, value in item["metadata"].items() if key != "managedFields"}}
