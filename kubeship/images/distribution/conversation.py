"""How does a registry get asked until it answers? Credentials, redirects, and patience with what passes."""

import json
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests

from kubeship.images.distribution.answers import refusal
from kubeship.images.distribution.authorization import Authorization, Scopes
from kubeship.images.distribution.challenge import challenge
from kubeship.images.distribution.credentials import Login
from kubeship.images.distribution.failures import RegistryFailure
from kubeship.images.distribution.patience import Patience, asked_pause
from kubeship.images.distribution.transport import BROKEN, Body, Transport, Wait, followed, origin_of
from kubeship.images.distribution.trust import is_loopback, ways
from kubeship.model.events import Emit, Note

Result = TypeVar("Result")
NO_HEADERS: Mapping[str, str] = {}


class Conversation:
    """Requests to one registry; safe to share by threads. Everything raises RegistryFailure."""

    def __init__(
        self,
        transport: Transport,
        login: Login | None,
        patience: Patience,
        environment: Mapping[str, str],
        emit: Emit,
    ) -> None:
        self.registry = transport.registry
        self.patience = patience
        self._transport = transport
        self._environment = environment
        self._emit = emit
        self._authorization = Authorization(login, self._fetch_token)
        self._origin = ""
        self._lock = threading.Lock()

    @property
    def login(self) -> Login | None:
        """Who asks."""
        return self._authorization.login

    @property
    def needs_login(self) -> bool:
        """Whether the registry asked for a name and a password (RFC 7617), and not for a token for each repository."""
        return self._authorization.wants_password

    def ask(
        self,
        method: str,
        path: str,
        subject: str,
        scopes: Scopes,
        expected: Collection[int],
        *,
        headers: Mapping[str, str] = NO_HEADERS,
        body: bytes | None = None,
        wait: float | None = None,
    ) -> requests.Response:
        """The answer with one of the expected statuses, its body read; asks again while the failure may pass."""

        def attempt() -> requests.Response:
            with self.once(method, path, subject, scopes, expected, headers=headers, body=body, wait=wait) as answer:
                self.read(answer)
                return answer

        return self.persist(attempt)

    @contextmanager
    def once(
        self,
        method: str,
        path: str,
        subject: str,
        scopes: Scopes,
        expected: Collection[int],
        *,
        headers: Mapping[str, str] = NO_HEADERS,
        body: Body | bytes | None = None,
        wait: float | None = None,
    ) -> Iterator[requests.Response]:
        """The answer, its body unread, after one attempt. `path` may be a whole address that the registry gave."""
        url = self.address(path)
        answer = self._send(method, url, scopes, headers=headers, body=body, wait=wait)
        if answer.status_code == 401 and origin_of(url) == self._origin:
            refused = answer.request.headers.get("Authorization")
            answer.close()
            self._authorization.learn(challenge(answer.headers.get("WWW-Authenticate")))
            self._authorization.forget(refused, scopes)
            answer = self._send(method, url, scopes, headers=headers, body=body, wait=wait)
        try:
            if answer.status_code not in expected:
                raise self._refusal(answer, subject)
            yield answer
        finally:
            answer.close()

    def persist(self, attempt: Callable[[], Result], emit: Emit | None = None) -> Result:
        """The attempt's result; tried again after pauses while its failure may pass."""
        failures = 0
        while True:
            try:
                return attempt()
            except RegistryFailure as failure:
                failures += 1
                self.wait_or_raise(failure, failures, emit)

    def wait_or_raise(self, failure: RegistryFailure, failures: int, emit: Emit | None = None) -> None:
        """Pause before the next attempt, said aloud; raise the failure when there is to be none."""
        pause = self.patience.pause(failures, failure.asked_pause) if failure.kind == "passing" else None
        if pause is None:
            raise failure
        reason = failure.reason.removesuffix(" each time")
        (emit or self._emit)(Note(f"{reason[:1].upper()}{reason[1:]}: trying again in {pause:.1f} s"))
        self.patience.sleep(pause)

    def read(self, answer: requests.Response) -> bytes:
        """The whole body of an answer that is small."""
        with self.breaks():
            return answer.content

    @contextmanager
    def breaks(self) -> Iterator[None]:
        """Turns what requests raises while a body is read into a RegistryFailure."""
        try:
            yield
        except BROKEN as error:
            raise self._passing(self._transport.failure(error)) from None

    def address(self, path: str, base: str = "") -> str:
        """The whole address of a path, or of a Location that an answer from `base` gave."""
        return followed(base or self._reached() + "/", path)

    def _send(
        self,
        method: str,
        url: str,
        scopes: Scopes,
        *,
        headers: Mapping[str, str],
        body: Body | bytes | None,
        wait: float | None,
    ) -> requests.Response:
        authorization = self._authorization.header(scopes)
        try:
            return self._transport.send(
                method,
                url,
                origin=self._origin,
                authorization=authorization,
                headers=headers,
                body=body,
                wait=Wait(self.patience.connect, wait or self.patience.answer),
            )
        except RegistryFailure as failure:
            raise self._passing(failure) from None

    def _reached(self) -> str:
        """`https://host`, found out at the first question: whether it is there, in which way, what it wants to know."""
        with self._lock:
            if not self._origin:
                self._origin = self.persist(self._first_contact)
        return self._origin

    def _first_contact(self) -> str:
        failed: RegistryFailure | None = None
        for way in ways(self._transport.host, self._environment):
            origin = f"{way.scheme}://{self._transport.host}"
            wait = Wait(self.patience.connect, self.patience.answer)
            try:
                answer = self._transport.send(
                    "GET", f"{origin}/v2/", origin=origin, authorization=None, headers={}, body=None, wait=wait
                )
            except RegistryFailure as failure:
                failed = failure
                continue
            with answer:
                if answer.status_code >= 500 or answer.status_code == 429:
                    raise self._refusal(answer, self.registry)
                self._authorization.learn(challenge(answer.headers.get("WWW-Authenticate")))
            return origin
        assert failed is not None
        raise failed

    def _fetch_token(self, method: str, url: str, headers: Mapping[str, str], form: bytes | None) -> Mapping[str, Any]:
        server = urlsplit(url).netloc
        if not url.startswith("https:") and self._origin.startswith("https:") and not is_loopback(server):
            raise RegistryFailure(
                "refused",
                f"{self.registry} wants credentials to be sent to {server} over plain HTTP",
                "correct the token server's address in the registry's configuration (auth.token.realm)",
            )

        def attempt() -> Mapping[str, Any]:
            authorization = headers.get("Authorization")
            others = {name: value for name, value in headers.items() if name != "Authorization"}
            try:
                answer = self._transport.send(
                    method,
                    url,
                    origin=origin_of(url),
                    authorization=authorization,
                    headers=others,
                    body=form,
                    wait=Wait(self.patience.connect, self.patience.answer),
                )
            except RegistryFailure as failure:
                raise self._passing(failure) from None
            with answer:
                if answer.status_code != 200:
                    raise self._refusal(answer, self.registry)
                try:
                    found: Mapping[str, Any] = json.loads(self.read(answer))
                except ValueError:
                    found = {}
                return found

        return self.persist(attempt)

    def _refusal(self, answer: requests.Response, subject: str) -> RegistryFailure:
        body = b"" if answer.request.method == "HEAD" else self.read(answer)
        offer = challenge(answer.headers.get("WWW-Authenticate"))
        error = offer.parameters.get("error", "") if offer else ""
        failure = refusal(answer.status_code, body, subject, self.registry, self.login, error=error)
        failure.asked_pause = asked_pause(answer.headers.get("Retry-After"))
        if failure.asked_pause and failure.asked_pause > self.patience.longest_asked:
            failure.reason += f", and to come back in {failure.asked_pause / 60:.0f} minutes"
        return failure

    def _passing(self, failure: RegistryFailure) -> RegistryFailure:
        """Whoever has answered once and is gone now may come back: a registry that is being restarted."""
        if self._origin and failure.kind == "unreachable" and "certificate" not in failure.reason:
            failure.kind = "passing"
        return failure
