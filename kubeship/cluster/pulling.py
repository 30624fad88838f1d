"""Will the nodes get the images, and can they run them?

A registry is asked with exactly the logins that the pods have. What can't be seen from here (a node's own logins,
mirrors, images that were loaded into nodes, a registry that only nodes reach) is never taken for a mistake: a finding
about it says what is certain, or is left out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from kubeship.cluster.keyring import full_repository, logins_for
from kubeship.cluster.nodes import certainly_without, nodes
from kubeship.cluster.platforms import unfit
from kubeship.cluster.ports import Api, Registries
from kubeship.cluster.pull_secrets import PullSecrets, names_in, pull_secrets
from kubeship.cluster.unreadable import Pull, unasked, unreadable
from kubeship.model.finding import Finding
from kubeship.model.objects import Object, ObjectRef, containers, pod_spec, ref, repository
from kubeship.model.pulling import Reading, Upcoming

THREADS = 8
READY = ("readyReplicas", "numberReady")
"""What a Deployment's, StatefulSet's and a DaemonSet's status count."""


@dataclass(frozen=True)
class Asking:
    """What is known beside the objects."""

    live: Mapping[ObjectRef, Object]
    """Those of the objects that are there."""
    registries: Registries | None = None
    """None: nobody can be asked."""
    upcoming: Upcoming | None = None
    thorough: bool = False
    """Also of images that run already, and of what nobody could say."""


def findings(api: Api, objects: Sequence[Object], asking: Asking) -> Iterator[Finding]:
    """Images that the pods' logins don't open, that aren't there, or that are for other machines."""
    workloads = [item for item in objects if _images(item) - _known(item, asking)]
    if not workloads:
        return
    found = pull_secrets(api, workloads, objects)
    yield from _broken(workloads, found)
    pulls = _pulls(api, workloads, found, asking)
    if not pulls:
        return
    there = nodes(api)
    pulls = [replace(pull, absent=certainly_without(there, pull.image)) for pull in pulls]
    readings = _readings(pulls, asking)
    for pull, reading in zip(pulls, readings, strict=True):
        finding = unreadable(pull, reading)
        if finding:
            yield finding
        elif reading.outcome == "unknown":
            yield from unasked(pull, reading if asking.thorough else Reading("unknown"))
    told: set[str] = set()
    for item in workloads if there else ():
        for image, reading in _answers(item, pulls, readings, asking):
            finding = unfit(
                repository(image) if _is_upcoming(image, asking) else image,
                reading.platforms,
                is_index=reading.is_index,
                user=str(ref(item)),
                spec=pod_spec(item),
                found=there or (),
            )
            if finding and finding.problem not in told:
                told.add(finding.problem)
                yield finding


def _pulls(api: Api, workloads: Sequence[Object], found: Sequence[PullSecrets], asking: Asking) -> list[Pull]:
    """Each image once for each set of pull secrets."""
    proven = _proven(asking.live.values())
    users: dict[tuple[str, PullSecrets], list[Object]] = {}
    for item, secrets in zip(workloads, found, strict=True):
        for image in sorted(_images(item) - _known(item, asking)):
            users.setdefault((image, secrets), []).append(item)
    return [
        Pull(
            image=image,
            users=tuple(str(ref(item)) for item in items),
            secrets=secrets,
            namespace=api.namespace,
            logins=len(logins_for(image, secrets.held)),
            upcoming=_is_upcoming(image, asking),
            proven=any((full_repository(image), names_in(pod_spec(item))) in proven for item in items),
            elsewhere=any(logins_for(other, secrets.held) for item in items for other in _images(item)),
        )
        for (image, secrets), items in users.items()
        if not secrets.broken
    ]


def _readings(pulls: Sequence[Pull], asking: Asking) -> list[Reading]:
    """All at once: a registry that isn't reached from here takes seconds to say so."""
    registries = asking.registries
    if registries is None:
        return [Reading("unknown")] * len(pulls)
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(lambda pull: _reading(pull, registries, asking), pulls))


def _reading(pull: Pull, ask: Registries, asking: Asking) -> Reading:
    """As kubelet does: with each login that fits, until one is let in."""
    image = _stand_in(pull, asking)
    refused: list[Reading] = []
    for login in logins_for(image, pull.secrets.held) or (None,):
        reading = ask(image, login)
        if reading.outcome not in {"login refused", "denied"}:
            break
        refused.append(reading)
    else:
        if pull.secrets.unknown:
            return Reading("unknown", "its pull secrets may not be seen")
        return replace(refused[-1], said="; ".join(dict.fromkeys(one.said for one in refused)))
    return reading


def _stand_in(pull: Pull, asking: Asking) -> str:
    """For an image that is still to be built, one of its repository that runs: what opens that opens the other."""
    running = (image for item in asking.live.values() for image in sorted(_images(item))) if pull.upcoming else ()
    return next((image for image in running if repository(image) == repository(pull.image)), pull.image)


def _answers(
    item: Object, pulls: Sequence[Pull], readings: Sequence[Reading], asking: Asking
) -> Iterator[tuple[str, Reading]]:
    for pull, reading in zip(pulls, readings, strict=True):
        if str(ref(item)) not in pull.users:
            continue
        if pull.upcoming and asking.upcoming:
            yield pull.image, Reading("readable", platforms=(asking.upcoming.platform,))
        else:
            yield pull.image, reading


def _broken(workloads: Sequence[Object], found: Sequence[PullSecrets]) -> Iterator[Finding]:
    for name in sorted({name for secrets in found for name in secrets.broken}):
        users = ", ".join(
            str(ref(item)) for item, secrets in zip(workloads, found, strict=True) if name in secrets.broken
        )
        yield Finding(
            f"the pull secret {name} of {users} can't be taken apart: its logins aren't what `kubectl create secret "
            "docker-registry` writes, and no image is pulled with it",
            f"make it anew: `kubectl delete secret {name}`, then `kubectl create secret docker-registry {name} ...`",
            subject="secret",
        )


def _images(item: Object) -> frozenset[str]:
    """What its pods pull: not what is only taken if the node has it."""
    return frozenset(
        str(one["image"]) for one in containers(item) if one.get("image") and one.get("imagePullPolicy") != "Never"
    )


def _known(item: Object, asking: Asking) -> frozenset[str]:
    """The images that this very workload runs at the moment."""
    live = asking.live.get(ref(item))
    return frozenset() if asking.thorough or live is None or not _is_ready(live) else _images(live)


def _is_ready(live: Object) -> bool:
    status = live.get("status") or {}
    return any(status.get(count) for count in READY)


def _is_upcoming(image: str, asking: Asking) -> bool:
    return asking.upcoming is not None and repository(image) == asking.upcoming.repository


def _proven(live: Iterable[Object]) -> frozenset[tuple[str, tuple[str, ...]]]:
    """Repository and pull secrets of what runs: if it has no login that fits, its nodes have one."""
    return frozenset(
        (full_repository(image), names_in(pod_spec(one))) for one in live if _is_ready(one) for image in _images(one)
    )
