"""Which Authorization header does a request to a registry carry?"""

import threading
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from kubeship.images.distribution.challenge import Challenge, Token, token_of
from kubeship.images.distribution.credentials import Login

Scopes = tuple[str, ...]
FetchToken = Callable[[str, str, Mapping[str, str], bytes | None], Mapping[str, Any]]
"""Method, URL, headers and form of a request to a token server; its answer, parsed. Raises RegistryFailure."""

CLIENT = "kubeship"


class Authorization:
    """What the registry asked for so far, and the tokens that it gave; threads may share it."""

    def __init__(self, login: Login | None, fetch: FetchToken) -> None:
        self.login = login
        self._fetch = fetch
        self._challenge: Challenge | None = None
        self._tokens: dict[Scopes, Token] = {}
        self._lock = threading.Lock()

    def learn(self, challenge: Challenge | None) -> None:
        """What the registry wants, from an answer's WWW-Authenticate."""
        self._challenge = challenge or self._challenge

    @property
    def wants_password(self) -> bool:
        """Whether it wants a name and a password with each request."""
        return self._challenge is not None and self._challenge.scheme == "basic"

    def header(self, scopes: Scopes) -> str | None:
        """The header for these scopes, None where nothing is wanted or nothing can be given."""
        if self._challenge is None:
            return None
        if self._challenge.scheme == "basic":
            return self._basic()
        with self._lock:
            token = self._tokens.get(scopes)
            if token is None or token.expires <= time.monotonic():
                token = self._new_token(self._challenge, scopes)
        return f"Bearer {token.value}" if token else None

    def forget(self, header: str | None, scopes: Scopes) -> None:
        """The registry refused this header; another thread may have fetched a new one since."""
        with self._lock:
            token = self._tokens.get(scopes)
            if token and header == f"Bearer {token.value}":
                del self._tokens[scopes]

    def _new_token(self, challenge: Challenge, scopes: Scopes) -> Token | None:
        """Distribution's token authentication: a form for an identity token, a query with Basic otherwise."""
        asked = dict.fromkeys([*scopes, *challenge.parameters.get("scope", "").split()])
        service = challenge.parameters.get("service", "")
        realm = challenge.parameters["realm"]
        if self.login and self.login.identity_token:
            form = {
                "grant_type": "refresh_token",
                "refresh_token": self.login.identity_token,
                "client_id": CLIENT,
                "service": service,
                "scope": " ".join(asked),
            }
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            answer = self._fetch("POST", realm, headers, urlencode(form).encode())
        else:
            query = [("service", service)] if service else []
            query += [("scope", scope) for scope in asked]
            basic = self._basic()
            headers = {"Authorization": basic} if basic else {}
            separator = "&" if "?" in realm else "?"
            answer = self._fetch("GET", realm + separator + urlencode(query), headers, None)
        token = token_of(answer, time.monotonic())
        if token:
            self._tokens[scopes] = token
        return token

    def _basic(self) -> str | None:
        if self.login is None or not self.login.username:
            return None
        return "Basic " + b64encode(f"{self.login.username}:{self.login.password}".encode()).decode()
