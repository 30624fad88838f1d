"""How does a request reach the API server, survive its hiccups, and come back as a value?"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import Any

from kubernetes.client.exceptions import ApiException
from kubernetes.dynamic import DynamicClient
from urllib3.exceptions import HTTPError

from kubeship.cluster.errors import Refusal, translated, unanswered
from kubeship.cluster.persistence import Answer, may_heal, never, persistent
from kubeship.cluster.streams import ResponseLines
from kubeship.errors import MissingPrecondition
from kubeship.model.events import Emit, Note
from kubeship.model.objects import Object

TIMEOUT = (5.0, 30.0)
"""Seconds to connect, and between two bytes of an answer."""
WATCH_SECONDS = 30
"""After which the server ends a watch, and what is there is listed again; silence beyond it is a dead connection."""

WHOLE_SECONDS = timedelta(seconds=2)
"""A Date header has no fraction, and its answer has been on the way: within that, two clocks are the same."""


class Transport:
    """One API server, asked by many threads."""

    def __init__(
        self,
        client: DynamicClient,
        emit: Emit,
        sleep: Callable[[float], None] = time.sleep,
        renew: Callable[[], None] = lambda: None,
    ) -> None:
        """Retries are emitted as Notes; `renew` gets another login where the server doesn't take the first any more."""
        self._client = client
        self._host: str = client.configuration.host
        self._emit = emit
        self._sleep = sleep
        self._renew = renew
        self._ahead = timedelta()
        self._logins = 0
        """That were taken; the first one counts as soon as a request was answered."""
        self._login = Lock()

    def now(self) -> datetime:
        """The time by the server's clock."""
        return datetime.now(UTC) + self._ahead

    def stream(self, path: str, doing: str, query: Mapping[str, str]) -> AbstractContextManager[ResponseLines]:
        """An answer that goes on, line by line; begun once."""
        timeout = (TIMEOUT[0], WATCH_SECONDS + 10.0)
        response = self.send("GET", path, doing, query=query, timeout=timeout, heals=never, whole=False)
        return closing(ResponseLines(response, self._host, doing))

    def json(self, method: str, path: str, doing: str, **how: Any) -> tuple[dict[str, Any], Any]:
        """The answer's document, and its headers."""
        response = self.send(method, path, doing, **how)
        return json.loads(response.data), response.headers

    def send(
        self,
        method: str,
        path: str,
        doing: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Object | str | Sequence[Mapping[str, Any]] | None = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        timeout: tuple[float, float] = TIMEOUT,
        heals: Callable[[Refusal], bool] = may_heal,
        whole: bool = True,
    ) -> Any:
        """The vendor's response (urllib3's), read to its end when `whole`."""

        def once() -> Any:
            try:
                response = self._client.request(
                    method,
                    path,
                    body=body,
                    query_params=list((query or {}).items()),
                    content_type=content_type,
                    header_params={"Accept": accept},
                    serialize=False,
                    _request_timeout=timeout,
                )
                # Read here, since one who hangs up midway, a proxy too, is a broken connection.
                text = response.data if whole else b"{}"
                if "json" in response.headers.get("Content-Type", ""):
                    json.loads(text)
            except ApiException as error:
                raise translated(error, self._host, doing) from None
            except (HTTPError, OSError, ValueError) as error:
                raise unanswered(self._host, error, doing) from None
            self._keep_time(response.headers.get("Date"))
            self._logins = self._logins or 1
            return response

        return self.persist(once, heals)

    def persist(self, once: Callable[[], Answer], heals: Callable[[Refusal], bool] = may_heal) -> Answer:
        """What one request answers, tried again while that may help, with another login too. Raises Refusal."""
        logins = self._logins
        try:
            return persistent(once, self._emit, self._sleep, heals=heals)
        except Refusal as refusal:
            if refusal.status != 401 or not logins:
                raise
        self._log_in_again(logins)
        return persistent(once, self._emit, self._sleep, heals=heals)

    def _log_in_again(self, logins: int) -> None:
        """A token may end sooner than its plugin said; one thread gets another one for all."""
        with self._login:
            if self._logins == logins:
                self._emit(Note(f"{self._host} doesn't take the login any more; trying once more with a new one"))
                try:
                    self._renew()
                except MissingPrecondition as error:  # to whoever asks, it is the server that refuses
                    raise Refusal(error.message, hint=error.hint, status=401) from None
                self._logins += 1

    def _keep_time(self, date: str | None) -> None:
        """By the server's words, where they differ from what is thought by more than their own whole seconds."""
        if date:
            ahead = parsedate_to_datetime(date) - datetime.now(UTC)
            if abs(ahead - self._ahead) > WHOLE_SECONDS:
                self._ahead = ahead
