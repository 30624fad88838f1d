"""Is the proxy that kubectl would take the one that is taken?"""

import base64

import pytest
from kubernetes.client import Configuration

from kubeship.cluster.errors import unanswered
from kubeship.cluster.proxies import as_kubectl_does
from kubeship.errors import MissingPrecondition

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def no_proxy_around(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def chosen(host: str, stated: str | None = None) -> Configuration:
    configuration = Configuration()
    configuration.host = host
    as_kubectl_does(configuration, stated=stated)
    return configuration


@pytest.mark.parametrize(
    ("variable", "value", "host", "proxy"),
    [
        ("HTTPS_PROXY", "http://proxy:3128", "https://api.example.com:6443", "http://proxy:3128"),
        ("https_proxy", "proxy:3128", "https://api.example.com", "http://proxy:3128"),
        ("HTTPS_PROXY", "http://proxy:3128", "https://127.0.0.1:6443", None),
        ("HTTPS_PROXY", "http://proxy:3128", "https://localhost:6443", None),
        ("HTTPS_PROXY", "http://proxy:3128", "https://[::1]:6443", None),
        ("HTTP_PROXY", "http://proxy:3128", "https://api.example.com", None),
        ("ALL_PROXY", "http://proxy:3128", "https://api.example.com", None),
    ],
)
def test_environment(variable: str, value: str, host: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, value)

    assert chosen(host).proxy == proxy


def test_kubeconfig_stands_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://other:1")
    monkeypatch.setenv("NO_PROXY", "example.com")

    configuration = chosen("https://api.example.com", stated="http://proxy:3128")

    assert (configuration.proxy, configuration.no_proxy) == ("http://proxy:3128", "")


def test_login_in_the_address_reaches_the_proxy() -> None:
    headers = chosen("https://api.example.com", stated="http://ann:p%40ss@proxy:3128").proxy_headers

    assert headers
    assert base64.b64decode(headers["proxy-authorization"].partition(" ")[2]) == b"ann:p@ss"


def test_socks_needs_a_distribution_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(MissingPrecondition, match="needs the distribution PySocks"):
        chosen("https://api.example.com", stated="socks5://proxy:1080")


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("('Unable to connect to proxy', OSError('Tunnel connection failed: 407 Proxy Auth'))", "wants a login"),
        ("('Unable to connect to proxy', OSError('Tunnel connection failed: 403 Forbidden'))", "doesn't let anybody"),
        ("('Unable to connect to proxy', NewConnectionError('Connection refused'))", "the proxy before it can't be"),
    ],
)
def test_a_proxy_that_fails_is_not_taken_for_the_server(words: str, meaning: str) -> None:
    assert meaning in unanswered("https://api.example.com", OSError(words), "reading").message
