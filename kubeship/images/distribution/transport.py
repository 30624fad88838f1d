"""How does one HTTP request reach a registry, and the storage behind it, once?"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from kubeship.images.distribution.breaks import broken
from kubeship.images.distribution.failures import RegistryFailure
from kubeship.images.distribution.trust import INSECURE, Way, is_loopback, tls_context, ways

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 5
CONNECTIONS = 8
AGENT = "kubeship"

NO_PROXY: Any = {"http": None, "https": None, "all": None}
"""What makes requests leave out the environment's; its types know only addresses."""

BROKEN = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)
"""What requests and urllib3 let through."""


@dataclass(frozen=True)
class Body:
    """What is sent: its length, and its bytes from the start each time that they are asked for."""

    size: int
    chunks: Callable[[], Iterator[bytes]]

    def __len__(self) -> int:
        """What requests makes Content-Length of."""
        return self.size

    def __iter__(self) -> Iterator[bytes]:
        """The bytes, as requests sends them."""
        return self.chunks()


@dataclass(frozen=True)
class Wait:
    """Seconds until a connection or a part that is sent, and until an answer or a part of it, is given up."""

    connect: float
    answer: float


class Transport:
    """One session of HTTP: proxies and trust as the environment says, no cookie or netrc of anybody's."""

    def __init__(self, registry: str, host: str, environment: Mapping[str, str]) -> None:
        """`registry` as people write it, `host` where its API is."""
        self.registry = registry
        self.host = host
        self._environment = environment
        self._session = requests.Session()
        # Without this requests sends what ~/.netrc holds, in place of the credentials that were chosen.
        self._session.auth = _unchanged
        self._session.headers = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
        self._trusted: set[str] = set()

    def send(
        self,
        method: str,
        url: str,
        *,
        origin: str,
        authorization: str | None,
        headers: Mapping[str, str],
        body: Body | bytes | None,
        wait: Wait,
    ) -> requests.Response:
        """The answer, its body unread, after redirects; `authorization` is sent to `origin` (scheme://host) alone.

        Raises RegistryFailure when none comes.
        """
        for _ in range(MOST_REDIRECTS):
            own = {"Authorization": authorization} if authorization and origin_of(url) == origin else {}
            response = self._once(method, url, {**headers, **own}, body, wait)
            if response.status_code not in REDIRECTS or "Location" not in response.headers:
                return response
            response.close()
            method = "GET" if response.status_code == 303 else method
            url = followed(url, response.headers["Location"])
            if urlsplit(url).scheme != "https" and origin.startswith("https:"):
                raise RegistryFailure(
                    "refused",
                    f"{self.registry} leads from HTTPS to plain HTTP",
                    "correct the address that the registry believes to have (distribution: http.host)",
                )
        raise RegistryFailure("refused", f"{self.registry} redirects in a circle", "correct the registry's addresses")

    def _once(
        self, method: str, url: str, headers: Mapping[str, str], body: Body | bytes | None, wait: Wait
    ) -> requests.Response:
        host = urlsplit(url).netloc
        self._trust(host)
        try:
            return self._session.request(
                method,
                url,
                headers=dict(headers),
                data=b"" if isinstance(body, Body) and not body.size else body,
                timeout=(wait.connect, wait.answer),
                allow_redirects=False,
                stream=True,
                # As with docker, no proxy stands between this machine and itself.
                proxies=NO_PROXY if is_loopback(host) else None,
            )
        except BROKEN as error:
            raise self.failure(error) from None  # its words hold addresses with signatures in them

    def failure(self, error: BaseException) -> RegistryFailure:
        """The meaning of what requests or urllib3 raised, while a body is read too."""
        return broken(self.registry, error, f"to go without, on purpose: {INSECURE}={self.registry}")

    def _trust(self, host: str) -> None:
        if host not in self._trusted:
            way: Way = ways(host, self._environment)[0]
            if not way.verified:  # somebody said so on purpose: no line about it for each request
                urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
            context = tls_context(host, way.verified, self._environment)
            self._session.mount(f"https://{host}/", _Trusting(context))
            self._trusted.add(host)


class _Trusting(HTTPAdapter):
    """An adapter of requests with a TLS context of its own; requests' list of authorities stays out."""

    def __init__(self, context: Any) -> None:
        self._context = context
        super().__init__(pool_maxsize=CONNECTIONS)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, ssl_context=self._context, **options)

    def proxy_manager_for(self, proxy: Any, **options: Any) -> Any:
        return super().proxy_manager_for(proxy, ssl_context=self._context, **options)

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        host, _ = super().build_connection_pool_key_attributes(request, verify=True, cert=cert)
        return host, {"ssl_context": self._context, "cert_reqs": self._context.verify_mode}

    def cert_verify(self, *_: Any) -> None:
        """The context says it all."""


def origin_of(url: str) -> str:
    """`https://registry.example.com:5000`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def followed(url: str, location: str) -> str:
    """Where an answer's Location leads; a registry behind a proxy that ends TLS may say http of itself."""
    target = urljoin(url, location)
    same_host = urlsplit(target).netloc == urlsplit(url).netloc
    if same_host and url.startswith("https:") and target.startswith("http:"):
        return "https" + target.removeprefix("http")
    return target


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
