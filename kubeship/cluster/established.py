"""When does the server know the kinds that were defined just now?"""

import time
from collections.abc import Callable, Iterable

from kubeship.cluster.defined import Kinds, is_known, of_kinds
from kubeship.cluster.ports import Api
from kubeship.errors import ApplyFailed
from kubeship.model.objects import Object

PAUSE, LONGEST = 0.3, 60.0
"""Seconds: between two looks, and until it is given up; a definition is established within a second or two."""


def await_kinds(api: Api, objects: Iterable[Object], kinds: Kinds, sleep: Callable[[float], None] = time.sleep) -> None:
    """Wait until the server serves those kinds of the objects that are deployed with them. Raises ApplyFailed."""
    end = time.monotonic() + LONGEST
    for api_version, kind in sorted({(item["apiVersion"], item["kind"]) for item in objects if of_kinds(item, kinds)}):
        while not is_known(api, api_version, kind):
            if time.monotonic() > end:
                raise ApplyFailed(
                    f"the API server still doesn't serve {kind} in {api_version}, though its CustomResourceDefinition "
                    "is applied",
                    hint="see its conditions (`kubectl describe crd`), then run kubeship deploy again",
                )
            sleep(PAUSE)
