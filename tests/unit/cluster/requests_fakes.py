"""A client whose answers are written down, and what the dynamic client raises."""

import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

from cluster_fakes import Heard
from kubernetes.client.exceptions import ApiException
from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import ResourceNotFoundError
from urllib3 import HTTPHeaderDict
from urllib3.exceptions import ProtocolError

from kubeship.cluster.requests import DynamicApi
from kubeship.model.objects import Object, ObjectRef

DEPLOYMENT = ObjectRef("apps/v1", "Deployment", "", "web")


class Response:
    """urllib3's, read."""

    def __init__(self, body: Object | str, headers: Mapping[str, str] | None = None) -> None:
        self.data = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.headers = HTTPHeaderDict({"Content-Type": "application/json", **(headers or {})})


class Torn(Response):
    """One whose body breaks off while it is read."""

    def __init__(self) -> None:
        self.headers = HTTPHeaderDict({"Content-Type": "text/plain"})

    @property
    def data(self) -> bytes:  # type: ignore[override]  # an attribute of the others
        raise ProtocolError("IncompleteRead")


class FakeClient:
    """The vendor's dynamic client: answers one after the other."""

    def __init__(self, *answers: Response | Exception) -> None:
        self.configuration = SimpleNamespace(host="https://server")
        self.resources = self
        self.answers = list(answers)
        self.requests: list[tuple[str, str, dict[str, Any]]] = []
        self.half_made = False
        """What a failed discovery leaves the vendor's picture of the server."""
        self.cached: set[str] = set()
        self.unserved = {"Gizmo"}

    def invalidate_cache(self) -> None:
        self.half_made = False
        self.cached.clear()

    def get(self, *, prefix: str, api_version: str, kind: str, group: str = "") -> Any:
        if self.half_made:
            raise KeyError("resources")
        if kind in self.unserved - self.cached:
            raise ResourceNotFoundError("no matches")
        self.cached.add(kind)
        namespaced = kind != "Namespace"
        return SimpleNamespace(group=group, name=kind.lower() + "s", namespaced=namespaced)

    def request(self, method: str, path: str, **how: Any) -> Response:
        self.requests.append((method, path, how))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def refusal(status: int, about: str = "", **headers: str) -> ApiException:
    body = {"message": "words", "details": {"name": about}}
    error = ApiException(status=status, reason="x", body=json.dumps(body))
    error.headers = {key.replace("_", "-"): value for key, value in headers.items()}
    return error


def api(*answers: Response | Exception) -> tuple[DynamicApi, FakeClient, Heard, list[float]]:
    client, heard, slept = FakeClient(*answers), Heard(), list[float]()
    return DynamicApi(cast("DynamicClient", client), "shop", heard, slept.append), client, heard, slept
