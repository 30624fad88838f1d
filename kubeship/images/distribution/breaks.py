"""What does it mean when no answer comes from a registry, and what is there to do about it?"""

import re
import socket
import ssl
from collections.abc import Iterator

import requests
import urllib3

from kubeship.images.distribution.failures import Kind, RegistryFailure


def broken(registry: str, error: BaseException, insecure_word: str) -> RegistryFailure:
    """The meaning of an exception of requests' or urllib3's; `insecure_word` says how to allow an unverified way."""
    causes = list(_causes(error))
    text = " ".join(str(cause) for cause in causes)

    def caused_by(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    names = {"registry": registry, "word": insecure_word}
    for kinds, words, kind, reason, hint in BREAKS:
        if caused_by(*kinds) and re.search(words, text, re.IGNORECASE):
            return RegistryFailure(kind, reason.format(**names), hint.format(**names))
    return RegistryFailure(
        "passing",
        f"the connection to {registry} broke each time",
        "check the network in between, then run the same command again: what has arrived is not sent twice",
    )


_LATER = "check the network and the proxy (HTTPS_PROXY, NO_PROXY), then run the same command again"
BREAKS: tuple[tuple[tuple[type[BaseException], ...], str, Kind, str, str], ...] = (
    (
        (ssl.SSLCertVerificationError,),
        "",
        "unreachable",
        "the certificate of {registry} is not trusted here",
        "put the registry's authority into /etc/docker/certs.d/{registry}/ca.crt, or name it in REQUESTS_CA_BUNDLE; "
        "{word}",
    ),
    (
        (ssl.SSLError,),
        "wrong.version.number|record layer|unknown protocol|http request",
        "unreachable",
        "{registry} doesn't speak HTTPS",
        "give the registry a certificate; {word}",
    ),
    (
        (socket.gaierror, urllib3.exceptions.NameResolutionError),
        "",
        "unreachable",
        "no host of the name {registry} is found",
        "check the spelling of the image's name, and the DNS",
    ),
    (
        (requests.exceptions.ProxyError, urllib3.exceptions.ProxyError),
        "",
        "unreachable",
        "the proxy on the way to {registry} refuses or can't be reached",
        "correct HTTPS_PROXY, or list the registry in NO_PROXY",
    ),
    (
        (ConnectionRefusedError,),
        "",
        "unreachable",
        "nothing answers at {registry}: the connection is refused",
        "start the registry, or correct the image's name",
    ),
    (
        (TimeoutError, urllib3.exceptions.TimeoutError, requests.Timeout),
        "",
        "passing",
        "{registry} doesn't answer in time",
        _LATER,
    ),
    ((OSError,), "unreachable|no route", "unreachable", "no network leads to {registry}", _LATER),
)
"""Exceptions, words of theirs, kind, reason, hint; in order of precedence."""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and those that requests and urllib3 wrapped, the outermost first."""
    seen: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        found = waiting.pop(0)
        if isinstance(found, BaseException) and found not in seen:
            seen.append(found)
            waiting += [*found.args, getattr(found, "reason", None), found.__cause__, found.__context__]
    yield from seen
