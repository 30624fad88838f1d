"""Which logins does a kubelet try for an image, of those that its pod's pull secrets hold?

As kubelet itself decides (k8s.io/kubernetes/pkg/credentialprovider/keyring.go): every login whose place fits the image
is tried, the most specific first. kubernetes.io/docs/concepts/containers/images/#config-json describes it.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

from kubeship.model.objects import Object, repository
from kubeship.model.pulling import PullLogin

PULL_KEYS = {"kubernetes.io/dockerconfigjson": ".dockerconfigjson", "kubernetes.io/dockercfg": ".dockercfg"}
"""Type of a Secret -> where kubelet reads logins: https://kubernetes.io/docs/concepts/configuration/secret/#secret-types"""

HUB, HUB_KEY = "docker.io", "index.docker.io"
"""Docker Hub as an image names it, and as `docker login` writes it."""


class Unreadable(ValueError):
    """A pull secret that kubelet can't take apart: it pulls nothing for the pod then."""


@dataclass(frozen=True)
class Entry:
    """One login of a pull secret."""

    place: str
    """Host, port and path that an image's name begins with; `*` within the host's parts."""
    login: PullLogin


def entries(secret: Object) -> tuple[Entry, ...]:
    """The logins that a Secret holds; none where its type isn't one that kubelet reads. Raises Unreadable."""
    name = f"Secret/{secret['metadata']['name']}"
    key = PULL_KEYS.get(str(secret.get("type")))
    plain, encoded = (secret.get("stringData") or {}), (secret.get("data") or {})
    if key is None or not (plain.get(key) or encoded.get(key)):
        return ()
    try:
        held = json.loads(plain.get(key) or base64.b64decode(encoded[key]))
        places: Mapping[str, Any] = (held.get("auths") or {}) if key == ".dockerconfigjson" else held
        found = [Entry(_place(place), _login(entry or {}, name)) for place, entry in places.items()]
    except (ValueError, AttributeError, TypeError) as error:
        raise Unreadable(name) from error
    # kubelet sorts places the other way round, so that a longer path comes before a shorter one.
    return tuple(sorted(found, key=lambda entry: entry.place, reverse=True))


def logins_for(image: str, held: Iterable[Entry]) -> tuple[PullLogin, ...]:
    """Those that kubelet tries for an image, in its order; without any it asks as nobody."""
    wanted = full_repository(image)
    every = sorted(held, key=lambda entry: entry.place, reverse=True)
    fitting = [entry.login for entry in every if _fits(entry.place, wanted)]
    if not fitting and wanted.startswith(f"{HUB}/"):
        fitting = [entry.login for entry in every if entry.place == HUB_KEY]
    return tuple(fitting)


def registry(image: str) -> str:
    """`docker.io` where the name has no host."""
    first, slash, _ = image.partition("/")
    return first if slash and ("." in first or ":" in first or first == "localhost") else HUB


def full_repository(image: str) -> str:
    """`docker.io/library/nginx` of `nginx:1`: what kubelet looks up."""
    host = registry(image)
    path = repository(image).removeprefix(f"{host}/")
    if host in {HUB, HUB_KEY}:
        host, path = HUB, path if "/" in path else f"library/{path}"
    return f"{host}/{path}"


def full_name(image: str) -> str:
    """The same with the digest, else the tag, under which a node has it."""
    digest = image.partition("@")[2]
    tag = image.removeprefix(repository(image)).removeprefix(":") or "latest"
    return f"{full_repository(image)}@{digest}" if digest else f"{full_repository(image)}:{tag}"


def _place(text: str) -> str:
    parts = urlsplit(text if text.startswith(("https://", "http://")) else f"https://{text}")
    path = parts.path
    if path.startswith(("/v1/", "/v2/")):  # `docker login` writes the registry's API
        path = path[3:]
    return parts.netloc + (path if path != "/" else "")


def _login(entry: Mapping[str, Any], origin: str) -> PullLogin:
    """`auth`, where it is there, wins over the other two."""
    auth = entry.get("auth")
    if not auth:
        return PullLogin(str(entry.get("username") or ""), str(entry.get("password") or ""), origin)
    try:
        text = base64.b64decode(auth + "=" * (-len(auth) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Unreadable(origin) from error
    username, colon, password = text.partition(":")
    if not colon:
        raise Unreadable(origin)
    return PullLogin(username, password, origin)


def _fits(place: str, wanted: str) -> bool:
    """Host part by part, the port as it stands, and the path as the beginning of the image's."""
    host, slash, path = place.partition("/")
    image_host, _, image_path = wanted.partition("/")
    (name, _, port), (image_name, _, image_port) = host.partition(":"), image_host.partition(":")
    parts, image_parts = name.split("."), image_name.split(".")
    return (
        port == image_port
        and len(parts) == len(image_parts)
        and all(map(fnmatchcase, image_parts, parts))
        and (slash + image_path).startswith(slash + path)
    )
