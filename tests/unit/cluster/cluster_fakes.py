"""What stands in for an API server? A dictionary that keeps resourceVersions, uids and managers as it does."""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from kubeship.cluster.errors import Refusal, refused
from kubeship.cluster.ports import Applied, Kind, Lines, Listing
from kubeship.cluster.preflight import Question
from kubeship.cluster.preflight import preflight as checked
from kubeship.errors import InvalidInput
from kubeship.model.events import Event
from kubeship.model.finding import Finding
from kubeship.model.logs import Terminal
from kubeship.model.objects import Object, ObjectRef, ref

KINDS = {
    "ConfigMap": Kind("", "configmaps", True),
    "Deployment": Kind("apps", "deployments", True),
    "HorizontalPodAutoscaler": Kind("autoscaling", "horizontalpodautoscalers", True),
    "Ingress": Kind("networking.k8s.io", "ingresses", True),
    "IngressClass": Kind("networking.k8s.io", "ingressclasses", False),
    "LimitRange": Kind("", "limitranges", True),
    "ResourceQuota": Kind("", "resourcequotas", True),
    "Lease": Kind("coordination.k8s.io", "leases", True),
    "Namespace": Kind("", "namespaces", False),
    "Node": Kind("", "nodes", False),
    "PersistentVolume": Kind("", "persistentvolumes", False),
    "PersistentVolumeClaim": Kind("", "persistentvolumeclaims", True),
    "Pod": Kind("", "pods", True),
    "PriorityClass": Kind("scheduling.k8s.io", "priorityclasses", False),
    "RuntimeClass": Kind("node.k8s.io", "runtimeclasses", False),
    "Secret": Kind("", "secrets", True),
    "StorageClass": Kind("storage.k8s.io", "storageclasses", False),
    "Service": Kind("", "services", True),
    "ServiceAccount": Kind("", "serviceaccounts", True),
    "StatefulSet": Kind("apps", "statefulsets", True),
}


class FakeApi:
    """ports.Api in memory."""

    def __init__(self, *live: Object, namespace: str = "shop") -> None:
        self.namespace = namespace
        self.time = datetime(2026, 1, 1, 12, tzinfo=UTC)
        self.live: dict[ObjectRef, Object] = {}
        self.calls: list[str] = []
        self.version = 0
        self.refusals: dict[str, list[Refusal]] = {}
        """Raised instead of an answer: `apply Deployment/web` -> what comes first, second, ..."""
        self.warnings: tuple[str, ...] = ()
        self.forbidden: set[tuple[str, str]] = set()
        """`(verb, resource)` that reviews deny."""
        self.rules: list[Object] = []
        """What a review of all rules lists."""
        self.streams: list[Sequence[str] | Refusal] = []
        """What `watch` and `follow` answer, one after the other."""
        self.logs: dict[tuple[str, str, bool], str] = {}
        self.queries: list[Mapping[str, str]] = []
        self.printed: dict[tuple[str, str], str] = {}
        """`(pod, program)` -> what a command prints."""
        for item in (namespace_object(namespace), *live):
            self.store(item)

    def now(self) -> datetime:
        return self.time

    def kind(self, api_version: str, kind: str) -> Kind:
        if kind not in KINDS:
            raise InvalidInput(f"the API server has no {kind} in {api_version}", hint="correct it")
        return KINDS[kind]

    def get(self, wanted: ObjectRef) -> Object | None:
        self._call(f"get {wanted}")
        if wanted.kind not in KINDS:
            return None
        return copy.deepcopy(self.live.get(self._place(wanted)))

    def list(
        self, api_version: str, kind: str, query: Mapping[str, str] | None = None, everywhere: bool = False
    ) -> Listing:
        self._call(f"list {kind}")
        pairs = [part for part in (query or {}).get("labelSelector", "").split(",") if part]
        items = (item for name, item in sorted(self.live.items()) if name.kind == kind)
        return Listing(tuple(item for item in items if _selected(item, pairs)), str(self.version))

    def names(self, api_version: str, kind: str) -> frozenset[str] | None:
        self._call(f"names {kind}")
        return frozenset(name.name for name in self.live if name.kind == kind)

    def create(self, item: Object) -> Object:
        self._call(f"create {ref(item)}")
        if self._place(ref(item)) in self.live:
            raise refused(409, {"message": "already exists", "reason": "AlreadyExists"}, "creating")
        return self.store(item)

    def replace(self, item: Object) -> Object:
        self._call(f"replace {ref(item)}")
        live = self.live.get(self._place(ref(item)))
        if live is None:
            raise refused(404, {"message": "not found"}, "writing")
        if live["metadata"]["resourceVersion"] != item["metadata"]["resourceVersion"]:
            raise refused(409, {"message": "the object has been modified", "reason": "Conflict"}, "writing")
        return self.store(item)

    def apply(self, item: Object, *, dry_run: bool = False, force: bool = False) -> Applied:
        mode = " dry" * dry_run + " forced" * force
        self._call(f"apply{mode} {ref(item)}")
        owner = {"manager": "kubeship", "operation": "Apply"}
        metadata = {"namespace": self.namespace, **item["metadata"], "managedFields": [owner]}
        wanted = {**item, "metadata": metadata}
        return Applied(wanted if dry_run else self.store(wanted), self.warnings)

    def patch(self, target: ObjectRef, operations: Sequence[Mapping[str, Any]]) -> Object:
        self._call(f"patch {target}")
        live = self.live[self._place(target)]
        for operation in operations:
            if operation["path"] == "/metadata/managedFields":
                live["metadata"]["managedFields"] = operation["value"]
        return live

    def delete(self, target: ObjectRef, *, propagation: str, uid: str = "") -> None:
        self._call(f"delete {target} {propagation}")
        self.live.pop(self._place(target), None)

    def post(self, path: str, body: Object, doing: str) -> dict[str, Any]:
        if body["kind"] == "Pod":
            self._call(f"try Pod {body['metadata']['generateName']}")
            return body
        if body["kind"] == "SelfSubjectRulesReview":
            return {"status": {"resourceRules": self.rules, "incomplete": True}}
        asked = body["spec"]["resourceAttributes"]
        resource = "/".join(part for part in (asked["resource"], asked["subresource"]) if part)
        everything_denied = resource == "*" and self.forbidden
        return {"status": {"allowed": not everything_denied and (asked["verb"], resource) not in self.forbidden}}

    def log(self, pod: str, query: Mapping[str, str]) -> str:
        self._call(f"log {pod}")
        key = (pod, query["container"], query.get("previous") == "true")
        if key not in self.logs:
            raise refused(400, {"message": "previous terminated container not found"}, "reading the log")
        return self.logs[key]

    @contextmanager
    def watch(self, api_version: str, kind: str, version: str, query: Mapping[str, str]) -> Iterator[Lines]:
        self._call(f"watch {kind} from {version}")
        yield self._next_stream()

    @contextmanager
    def follow(self, pod: str, query: Mapping[str, str]) -> Iterator[Lines]:
        self._call(f"follow {pod}")
        self.queries.append(query)
        yield self._next_stream()

    def output_of(self, pod: str, container: str, command: Sequence[str]) -> str:
        self._call(f"run {command[0]} in {pod}/{container}")
        return self.printed.get((pod, command[0]), "")

    @contextmanager
    def attach(self, pod: str, container: str, *, terminal: bool) -> Iterator[Terminal]:
        raise AssertionError(f"nobody attaches to {pod}/{container} here")
        yield

    def store(self, item: Object) -> Object:
        """Put an object there, as some other client would."""
        self.version += 1
        metadata = {"uid": f"uid-{ref(item)}", **item["metadata"], "resourceVersion": str(self.version)}
        if self.kind(item["apiVersion"], item["kind"]).namespaced:
            metadata.setdefault("namespace", self.namespace)
        self.live[self._place(ref(item))] = {**item, "metadata": metadata}
        return copy.deepcopy(self.live[self._place(ref(item))])

    def refuse(self, call: str, *refusals: Refusal) -> None:
        """Let a call fail, as often as there are refusals."""
        self.refusals[call] = [*refusals]

    def called(self, verb: str) -> Sequence[str]:
        """The calls of one verb, in order."""
        return [call for call in self.calls if call.split()[0] == verb]

    def _next_stream(self) -> Lines:
        stream = self.streams.pop(0)
        if isinstance(stream, Refusal):
            raise stream
        return FakeLines(stream)

    def _call(self, call: str) -> None:
        self.calls.append(call)
        if self.refusals.get(call):
            raise self.refusals[call].pop(0)

    def _place(self, name: ObjectRef) -> ObjectRef:
        namespaced = self.kind(name.api_version, name.kind).namespaced
        return ObjectRef(
            name.api_version, name.kind, (name.namespace or self.namespace) if namespaced else "", name.name
        )


class FakeLines:
    """A stream that ends by itself."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def stop(self) -> None:
        return


class Heard:
    """An `emit` that remembers."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def __call__(self, event: Event) -> None:
        self.events.append(event)

    @property
    def text(self) -> str:
        return "\n".join(str(event) for event in self.events)


def preflight(api: FakeApi, objects: Sequence[Object], **question: Any) -> tuple[Finding, ...]:
    """What is found, asked as `question` says."""
    return checked(api, objects, Question(**question)).findings


def always() -> None:
    """A lease that isn't lost."""


def lost(error: Exception) -> Callable[[], None]:
    """A lease that is."""

    def check() -> None:
        raise error

    return check


def namespace_object(name: str, **labels: str) -> Object:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def config_map(name: str, **data: str) -> Object:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def deployment(name: str, image: str = "shop:1", replicas: int | None = None, **container: Any) -> Object:
    labels = {"app": name}
    spec: Object = {
        "selector": {"matchLabels": labels},
        "template": {
            "metadata": {"labels": labels},
            "spec": {"containers": [{"name": "web", "image": image, **container}]},
        },
    }
    if replicas is not None:
        spec["replicas"] = replicas
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}


def autoscaler(target: str) -> Object:
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": target},
        "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": target}},
    }


def managed(item: Object, fields: Object, manager: str = "kubeship", **entry: Any) -> Object:
    """The object with one more entry of managedFields; `kubeship` applies, others update."""
    operation = "Apply" if manager == "kubeship" else "Update"
    new = {"manager": manager, "operation": operation, "apiVersion": item["apiVersion"], "fieldsV1": fields, **entry}
    metadata = item["metadata"]
    return {**item, "metadata": {**metadata, "managedFields": [*metadata.get("managedFields", ()), new]}}


def ingress(name: str, host: str, ingress_class: str = "traefik", namespace: str = "shop") -> Object:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"ingressClassName": ingress_class, "rules": [{"host": host, "http": {"paths": [{"path": "/"}]}}]},
    }


def conflict(field: str, manager: str) -> Refusal:
    cause = {"reason": "FieldManagerConflict", "message": f'conflict with "{manager}" using apps/v1', "field": field}
    return refused(409, {"message": "conflict", "reason": "Conflict", "details": {"causes": [cause]}}, "applying")


def forbidden(words: str = 'x is forbidden: User "poor" cannot get resource "secrets" in API group ""') -> Refusal:
    return refused(403, {"message": words, "reason": "Forbidden"}, "reading")


def _selected(item: Object, pairs: list[str]) -> bool:
    labels = item["metadata"].get("labels") or {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if key not in labels or (equals and labels[key] != value):
            return False
    return True
