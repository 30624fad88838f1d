"""Which kinds does the server know, and under which path?"""

from collections.abc import Callable
from threading import Lock
from typing import Any

from kubernetes.client.exceptions import ApiException
from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import ResourceNotFoundError, ResourceNotUniqueError
from urllib3.exceptions import HTTPError

from kubeship.cluster.errors import translated, unanswered
from kubeship.cluster.served import remedy
from kubeship.errors import InvalidInput


class Discovery:
    """The vendor's lazy discovery, one thread at a time, since it isn't made for several."""

    def __init__(self, client: DynamicClient, persist: Callable[[Callable[[], Any]], Any]) -> None:
        """`persist` tries a request again while that may help."""
        self._client = client
        self._persist = persist
        self._host: str = client.configuration.host
        self._guard = Lock()

    def resource(self, api_version: str, kind: str) -> Any:
        """The vendor's Resource. Raises InvalidInput for a kind that the server doesn't know, and Refusal."""
        group, _, version = api_version.rpartition("/")
        where = {"prefix": "apis", "group": group} if group else {"prefix": "api"}
        doing = f"asking {self._host} for {kind} in {api_version}"

        def once() -> Any:
            try:
                with self._guard:
                    return self._find(where, version, kind)
            except ApiException as error:
                raise translated(error, self._host, doing) from None
            except (HTTPError, OSError, ValueError) as error:
                raise unanswered(self._host, error, doing) from None

        try:
            return self._persist(once)
        except (ResourceNotFoundError, ResourceNotUniqueError):
            raise InvalidInput(
                f"the API server at {self._host} has no {kind} in {api_version}",
                hint=remedy(api_version, kind),
            ) from None

    def forget(self) -> None:
        """What was known may not be so any more (a CustomResourceDefinition was deleted): ask anew."""
        with self._guard:
            self._client.resources.invalidate_cache()

    def _find(self, where: dict[str, str], version: str, kind: str) -> Any:
        found = self._client.resources
        try:
            try:
                return found.get(**where, api_version=version, kind=kind)
            except KeyError:
                # An earlier try that failed has left the vendor's picture half made.
                found.invalidate_cache()
                return found.get(**where, api_version=version, kind=kind)
        except ResourceNotFoundError:
            # The vendor takes 503 for a group without kinds; asked once more, it is an error like any other.
            path = "/".join(["", where["prefix"], *filter(None, [where.get("group"), version])])
            try:
                self._client.request("GET", path)
            except ApiException as error:
                if error.status != 404:
                    raise
            raise
