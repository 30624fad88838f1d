"""What did a container say: as it says it, all of it, or its last lines?"""

import re
import time
from collections.abc import Callable, Collection
from contextlib import suppress

from kubeship.cluster.errors import Refusal
from kubeship.cluster.parallel import each
from kubeship.cluster.ports import Api
from kubeship.cluster.secrets import masking
from kubeship.model.events import Emit, LogLine
from kubeship.model.logs import LogEntry, LogWindow, Sink
from kubeship.model.objects import Object, ObjectRef
from kubeship.model.snapshot import LogRef

LAST_LINES = {"tailLines": "50", "limitBytes": str(256 * 1024)}
"""The limit cuts off the end, not the beginning: large enough that fifty lines fit."""
EVERYTHING = LogWindow()
PAUSE = 0.5
"""Seconds between two looks at a container that hasn't started, or two tries to get at its log."""
TRIES = 5
"""How often the log of a container that has ended is asked for, where the server answers with trouble of its own."""
GONE = "unable to retrieve container logs for"
"""The kubelet's answer, with status 200, when it has deleted the instance whose log was asked for (seen on 1.35)."""
DEAD_ENDS = frozenset(
    {
        "CreateContainerConfigError",
        "CreateContainerError",
        "ErrImageNeverPull",
        "ImagePullBackOff",
        "InvalidImageName",
        "RunContainerError",
    }
)
"""Reasons of a waiting container that has no log to wait for (k8s.io/kubernetes/pkg/kubelet/images, container)."""


def last_lines(api: Api, wanted: Collection[LogRef]) -> dict[LogRef, str]:
    """The last lines of each log that can be had; a container that hasn't started has none.

    The kubelet keeps one dead instance of a container: between a second crash and the next start that is the newest
    one, and the one before it is deleted. What the newest said then stands for what the previous one said.
    """

    def read(log: LogRef) -> str | None:
        query = {"container": log.container, **LAST_LINES}
        with suppress(Refusal):
            for asked in ({**query, "previous": "true"}, query) if log.previous else (query,):
                text = api.log(log.pod, asked)
                if not text.startswith(GONE):
                    return text
        return None

    texts = zip(wanted, each(read, wanted), strict=True)
    return {log: text for log, text in texts if text is not None}


def follow_log(
    api: Api, pod: str, container: str, emit: Emit, source: str, *, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Emit the log from its first line until the container ends, without the values of Secrets."""
    follow(api, LogRef(pod, container, previous=False), lambda entry: emit(LogLine(source, entry.text)), sleep=sleep)


def follow(
    api: Api,
    log: LogRef,
    sink: Sink,
    window: LogWindow = EVERYTHING,
    *,
    restarts: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Hand each line over until the container ends; with `restarts`, until it can't start again.

    Returns as well when the pod is gone, or its container can't start. A connection that breaks is made again where
    it broke: lines carry the kubelet's timestamps, which are taken off here. Raises Refusal where the log can't be had.
    """
    target = ObjectRef("v1", "Pod", "", log.pod)
    position = ""
    tries = 0
    masked: Callable[[str], str] | None = None
    while (live := api.get(target)) is not None:
        state = container_state(live, log.container)
        final = state == "ended" and not (restarts and starts_again(live))
        # Where it waits again, the instance that was followed has ended, and the next one isn't asked for.
        if state == "dead end" or (state == "waiting" and position and not restarts):
            return
        if state == "waiting":
            sleep(PAUSE)
            continue
        masked = masked or masking(api, [live])
        query = {"container": log.container, "timestamps": "true", **_query(window)}
        if position:
            query = {"container": log.container, "timestamps": "true", "sinceTime": _second(position)}
        try:
            with api.follow(log.pod, query) as lines:
                for line in lines:
                    stamp, text = _split(line)
                    if stamp and _moment(stamp) <= _moment(position):
                        continue
                    position = stamp or position
                    sink(LogEntry(stamp, log.pod, log.container, masked(text)))
        except Refusal as refusal:
            # 400: the container is about to start; 404: the pod is gone, which the next look shows.
            if refusal.status in {401, 403}:
                raise
            if final and refusal.status in {400, 404}:
                return  # the kubelet has dropped the log
            tries += final
            if tries == TRIES:
                raise
        else:
            if final:
                return
        sleep(PAUSE)


def read(api: Api, wanted: Collection[LogRef], window: LogWindow) -> tuple[LogEntry, ...]:
    """What the containers have said until now, in the order of time; nothing from those that have no log."""
    names = {log.pod for log in wanted}
    pods = [live for live in each(lambda name: api.get(ObjectRef("v1", "Pod", "", name)), sorted(names)) if live]
    masked = masking(api, pods)

    def entries(log: LogRef) -> list[LogEntry]:
        query = {"container": log.container, "timestamps": "true", **_query(window)}
        if log.previous:
            query["previous"] = "true"
        try:
            text = api.log(log.pod, query)
        except Refusal as refusal:
            if refusal.status in {400, 404}:
                return []  # it hasn't started, has no earlier instance, or is gone
            raise
        lines = [] if text.startswith(GONE) else [_split(line) for line in text.splitlines()]
        return [LogEntry(stamp, log.pod, log.container, masked(words)) for stamp, words in lines]

    found = (entry for part in each(entries, wanted) for entry in part)
    return tuple(sorted(found, key=lambda entry: _moment(entry.moment)))


def starts_again(pod: Object) -> bool:
    """Whether the kubelet starts the pod's containers again when they end."""
    ended = (pod.get("status") or {}).get("phase") in {"Failed", "Succeeded"}
    return not ended and (pod.get("spec") or {}).get("restartPolicy", "Always") != "Never"


def container_state(pod: Object, container: str) -> str:
    """`waiting`, `started`, `ended` or `dead end`."""
    status = pod.get("status") or {}
    statuses = (*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ()))
    state = next((entry.get("state") or {} for entry in statuses if entry["name"] == container), {})
    if "terminated" in state:
        return "ended"
    if "running" in state:
        return "started"
    if status.get("phase") in {"Failed", "Succeeded"} or state.get("waiting", {}).get("reason") in DEAD_ENDS:
        return "dead end"
    return "waiting"


def _query(window: LogWindow) -> dict[str, str]:
    asked = {"sinceSeconds": window.seconds, "tailLines": window.lines}
    return {name: str(value) for name, value in asked.items() if value is not None}


def _split(line: str) -> tuple[str, str]:
    stamp, space, text = line.partition(" ")
    return (stamp, text) if space and re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)", stamp) else ("", line)


def _moment(stamp: str) -> tuple[str, str]:
    """Comparable: RFC3339Nano drops trailing zeros of the fraction."""
    second, _, fraction = stamp.rstrip("Z").partition(".")
    return second, fraction.ljust(9, "0")


def _second(stamp: str) -> str:
    """sinceTime has no fractions (meta/v1 Time)."""
    return re.sub(r"\.\d+", "", stamp)
