"""Through which proxy is the API server reached? As kubectl does it, so that where one works the other does.

An address in the kubeconfig (`proxy-url`) is taken as it is; else HTTPS_PROXY or HTTP_PROXY, where neither NO_PROXY nor
a loopback address says otherwise: https://pkg.go.dev/net/http#ProxyFromEnvironment, and
https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/#Cluster
"""

import importlib.util
import ipaddress
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies_environment

from kubernetes.client import Configuration
from urllib3.util import make_headers

from kubeship.errors import MissingPrecondition


def as_kubectl_does(configuration: Configuration, *, stated: str | None) -> None:
    """Choose the proxy of a configuration whose host is known. Raises MissingPrecondition for one that can't be used.

    `stated` is the kubeconfig's own. Assigned even when it is none, or the vendor would look for one by itself.
    """
    host = urlsplit(configuration.host)
    if stated:
        configuration.no_proxy = ""
    proxy = stated or ("" if _is_loopback(host.hostname or "") else getproxies_environment().get(host.scheme, ""))
    if proxy and "://" not in proxy:
        proxy = f"http://{proxy}"
    configuration.proxy = proxy or None
    if not proxy:
        return
    parts = urlsplit(proxy)
    if parts.scheme.startswith("socks"):
        _require_socks(parts.scheme)
    elif parts.username is not None:
        # urllib3 leaves the login in the address alone, and the vendor too.
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        configuration.proxy_headers = make_headers(proxy_basic_auth=login)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _require_socks(scheme: str) -> None:
    if importlib.util.find_spec("socks") is None:
        raise MissingPrecondition(
            f"the API server is behind a {scheme} proxy, which needs the distribution PySocks",
            hint="install PySocks where kubeship is installed (pip install PySocks), or name an HTTP proxy",
        )
