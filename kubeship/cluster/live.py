"""How are the live objects read, and with few requests where there are many?"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from kubeship.cluster.errors import permitted
from kubeship.cluster.parallel import each
from kubeship.cluster.ports import Api
from kubeship.model.objects import APP_LABEL, Object, ObjectRef, ref

MANY = 3
"""From so many objects of one kind on, one list costs less than a request each."""

Group = tuple[str, str, str]
"""apiVersion, kind, and the app that the label names."""


def live_objects(api: Api, objects: Sequence[Object]) -> dict[ObjectRef, Object]:
    """Those of the objects that are there. Without the right to list, or without the app's label, one by one."""
    groups: dict[Group, list[ObjectRef]] = defaultdict(list)
    single: list[ObjectRef] = []
    for item in objects:
        app = (item["metadata"].get("labels") or {}).get(APP_LABEL)
        elsewhere = item["metadata"].get("namespace", api.namespace) != api.namespace
        if not app or elsewhere:
            single.append(ref(item))
        else:
            groups[(item["apiVersion"], item["kind"], app)].append(ref(item))
    large = {group: names for group, names in groups.items() if len(names) >= MANY}
    found = {
        name: item
        for (group, names), listed in zip(large.items(), each(lambda group: _listed(api, group), large), strict=True)
        for name, item in _among(names, listed)
    }
    for group, names in groups.items():
        missing = [name for name in names if name not in found]
        there = _names(api, group) if len(missing) >= MANY else None
        single += [name for name in missing if there is None or name.name in there]
    read = zip(single, each(api.get, single), strict=True)
    return found | {name: item for name, item in read if item is not None}


def _names(api: Api, group: Group) -> frozenset[str] | None:
    """Of all objects of the kind: those without the label are somebody else's, and none are new. None: not known."""
    api_version, kind, _ = group
    return permitted(lambda: api.names(api_version, kind))


def _among(names: Iterable[ObjectRef], listed: Iterable[Object]) -> list[tuple[ObjectRef, Object]]:
    by_name = {item["metadata"]["name"]: item for item in listed}
    return [(name, by_name[name.name]) for name in names if name.name in by_name]


def _listed(api: Api, group: Group) -> tuple[Object, ...]:
    api_version, kind, app = group
    return permitted(lambda: api.list(api_version, kind, {"labelSelector": f"{APP_LABEL}={app}"}).items) or ()
