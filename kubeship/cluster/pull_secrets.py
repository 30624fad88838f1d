"""Which logins do the pods have for their images?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kubeship.cluster.errors import Refusal, permitted
from kubeship.cluster.keyring import Entry, Unreadable, entries
from kubeship.cluster.parallel import each
from kubeship.cluster.ports import Api
from kubeship.cluster.references import made_secrets
from kubeship.model.objects import Object, ObjectRef, pod_spec


@dataclass(frozen=True)
class PullSecrets:
    """What the pods of one workload pull with."""

    names: tuple[str, ...]
    missing: tuple[str, ...] = ()
    """Of these, those that aren't there."""
    broken: tuple[str, ...] = ()
    """Those that can't be taken apart; kubelet then pulls nothing for the pod."""
    unknown: bool = False
    """Whether there may be logins that can't be seen from here."""
    held: tuple[Entry, ...] = ()

    @property
    def shown(self) -> str:
        """`its pull secret registry`, `its pull secrets a, b`."""
        return f"its pull secret{'s' if len(self.names) > 1 else ''} {', '.join(self.names)}"


def pull_secrets(api: Api, workloads: Sequence[Object], objects: Iterable[Object]) -> tuple[PullSecrets, ...]:
    """Of each of the workloads; ServiceAccounts and Secrets that are deployed with them count as if they were there."""
    brought = {(item["kind"], item["metadata"]["name"]): item for item in objects}
    operators = made_secrets(objects)
    named = _named(api, workloads, brought)
    wanted = sorted({name for names in named if names for name in names})
    found = dict(zip(wanted, each(lambda name: _secret(api, name, brought), wanted), strict=True))
    return tuple(_of_one(names, found, operators) for names in named)


def _named(
    api: Api, workloads: Iterable[Object], brought: Mapping[tuple[str, str], Object]
) -> list[tuple[str, ...] | None]:
    """The pod's own, else its ServiceAccount's (kubernetes.io/docs/tasks/configure-pod-container/
    configure-service-account/#add-imagepullsecrets-to-a-service-account); None where that can't be seen."""
    accounts: dict[str, tuple[str, ...] | None] = {}
    result: list[tuple[str, ...] | None] = []
    for item in workloads:
        spec = pod_spec(item)
        if own := names_in(spec):
            result.append(own)
            continue
        account = str(spec.get("serviceAccountName") or "default")
        if account not in accounts:
            accounts[account] = _of_account(api, account, brought)
        result.append(accounts[account])
    return result


def _of_account(api: Api, account: str, brought: Mapping[tuple[str, str], Object]) -> tuple[str, ...] | None:
    live = permitted(lambda: api.get(ObjectRef("v1", "ServiceAccount", "", account)) or {})
    if live is None:
        return None
    return tuple(dict.fromkeys((*names_in(live), *names_in(brought.get(("ServiceAccount", account), {})))))


def names_in(holder: Object) -> tuple[str, ...]:
    """The pull secrets that a pod's spec or a ServiceAccount names."""
    return tuple(str(one["name"]) for one in holder.get("imagePullSecrets") or () if one.get("name"))


def _secret(api: Api, name: str, brought: Mapping[tuple[str, str], Object]) -> Object | Refusal | None:
    if ("Secret", name) in brought:
        return brought["Secret", name]
    try:
        return api.get(ObjectRef("v1", "Secret", "", name))
    except Refusal as refusal:
        if refusal.status != 403:
            raise
        return refusal


def _of_one(
    names: tuple[str, ...] | None, found: Mapping[str, Object | Refusal | None], operators: frozenset[str]
) -> PullSecrets:
    if names is None:
        return PullSecrets((), unknown=True)
    held: list[Entry] = []
    missing, broken, unknown = [], [], False
    for name in names:
        secret = found[name]
        if isinstance(secret, Refusal) or (secret is None and name in operators):
            unknown = True
        elif secret is None:
            missing.append(name)
        else:
            try:
                held += entries(secret)
            except Unreadable:
                broken.append(name)
    return PullSecrets(names, tuple(missing), tuple(broken), unknown, tuple(held))
