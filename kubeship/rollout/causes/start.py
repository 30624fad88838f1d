"""Can't the container's process be started at all?"""

import re
from dataclasses import dataclass

from kubeship.model.verdict import Diagnosis
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.causes.crashes import crashed, crashes_for_certain
from kubeship.rollout.causes.of_the_pod import script_of_a_volume
from kubeship.rollout.causes.questions import question
from kubeship.rollout.causes.rows import matching
from kubeship.rollout.events import last_seen
from kubeship.rollout.pods import ContainerSnapshot, seconds_between


@dataclass(frozen=True)
class _Refusal:
    pattern: str
    cause: str
    remedy: str


_COMMAND = "correct the process' `command:` in kubeship.yaml"

REFUSALS = (
    _Refusal(
        r'exec: "(?P<what>-[^"]*)": executable file not found',
        "its command begins with the option {what}, where the program's name should stand",
        "write options under `args:`, which leaves the image's own command in place, or the program before them",
    ),
    _Refusal(
        r'exec: "(?P<what>[^"]*\s[^"]*)": (?:executable file not found|stat )',
        "`{what}` as a whole is taken for the name of a program",
        'write each word for itself in the manifest\'s `command:` (["python", "-m", ...]), or begin it with sh -c',
    ),
    _Refusal(
        r"argument list too long",
        "its variables and arguments are larger than the kernel takes (128 KiB for each, 2 MiB for all)",
        "put what is large into a file (a ConfigMap or Secret as a volume); in a namespace of many Services set "
        "`enableServiceLinks: false`",
    ),
    _Refusal(
        r"memory limit too low|container init was OOM-killed|init exited.*OOM",
        "its limit of memory is too low for any program to start",
        "raise `resources: {memory: ...}` of the process in kubeship.yaml; megabytes are Mi (m is a thousandth)",
    ),
    _Refusal(
        r'error mounting .* to rootfs at "(?P<what>[^"]+)".*(?:not a directory|Are you trying to mount)',
        "a volume can't be mounted at {what}: one of both is a file, the other a directory",
        "with `subPath` mount one file at a file's path; without it mount at a directory",
    ),
    _Refusal(
        r'exec: "(?P<what>[^"]*)": (?:executable file not found in \$PATH|stat .*: no such file or directory)',
        "the image has no command {what}",
        f"{_COMMAND}, or add the distribution that brings {{what}} to the dependencies",
    ),
    _Refusal(
        r"exec (?P<what>\S+): no such file or directory|exec: \"(?P<script>[^\"]*)\": no such file",
        "the command {what} or its interpreter doesn't exist in the image",
        "check the script's first line (#!) and its line ends (LF, not CRLF)",
    ),
    _Refusal(
        r'exec: "(?P<what>[^"]*)": (?:permission denied|is a directory)|exec (?P<script>\S+): permission denied',
        "{what} can't be executed",
        "make it executable for everybody (chmod 755 in the Dockerfile), or correct the command",
    ),
    _Refusal(
        r"exec format error",
        "its program is built for another kind of processor",
        "set `platform:` in kubeship.yaml to the nodes' platform, then deploy",
    ),
    _Refusal(
        r"(?:seccomp|apparmor) profile \"?(?P<what>[^\s\":]+)",
        "its node hasn't got the security profile {what}",
        "put it onto the nodes, or set another seccompProfile or appArmorProfile (RuntimeDefault) in the manifest",
    ),
    _Refusal(
        r"error during container init: (?:mkdir|chdir to cwd) (?P<what>[^\s:]+)",
        "its working directory {what} can't be entered",
        "correct workingDir in the manifest, or WORKDIR in the Dockerfile",
    ),
    _Refusal(
        r"failed to mkdir \"\": ",
        "the node's container runtime doesn't know one of its volumes: it is too old for volumes that are images",
        "take volumes of kind `image` out of the manifest, or choose nodes with a newer runtime (containerd 2.1)",
    ),
    _Refusal(
        r"unable to find user (?P<what>[^\s:]+)|no users found",
        "its user doesn't exist in the image",
        "use a numeric user: `USER 1000` in the Dockerfile",
    ),
    _Refusal(
        r"no command specified",
        "neither the image nor the manifest says what to run",
        _COMMAND,
    ),
    _Refusal(
        r"read-only file system",
        "a volume is mounted below a directory that doesn't exist and can't be made",
        "create the directory in the Dockerfile, or mount the volume elsewhere",
    ),
)
"""runc's and containerd's words; the first that matches counts."""

_UNKNOWN = _Refusal("", "it can't be started", "read the evidence, and correct the manifest or the Dockerfile")

PASSING = re.compile(r"context deadline exceeded|is reserved for|transport is closing|connection refused|cache")
"""The runtime is overloaded or restarts: it heals."""


def not_started(container: ContainerSnapshot) -> Conclusion | None:
    """CreateContainerError, RunContainerError, StartError: the runtime refused before any line of the program ran."""
    message = _refusal(container)
    return None if message is None else _conclusion(container, message, certain=not PASSING.search(message))


def not_executed(container: ContainerSnapshot) -> Conclusion | None:
    """The container was made, and the kernel then refused its program: runc's one line is all of the log."""
    words = container.last_words.strip()
    if not crashed(container) or not re.fullmatch(_BY_THE_KERNEL, words):
        return None
    return _conclusion(container, words, certain=crashes_for_certain(container))


def start_hook_failed(container: ContainerSnapshot) -> Conclusion | None:
    """FailedPostStartHook: the kubelet kills a container whose postStart command fails. Certain as a crash is.

    https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/
    """
    failures = container.said("FailedPostStartHook")
    if not failures or not (crashed(container) or container.waiting.get("reason") == "PostStartHookError"):
        return None
    return Conclusion(
        Diagnosis(
            cause=f"{container.name} is killed, because its postStart hook fails",
            evidence=_of_the_hook(container, str(failures[-1].get("message", ""))),
            remedy="correct lifecycle.postStart in the manifest; what must succeed first is better an init container",
            rule="the kubelet kills it for that each time",
        ),
        certain=crashes_for_certain(container) or (bool(container.waiting) and container.restarts > 0),
    )


def start_hook_runs(container: ContainerSnapshot) -> Conclusion | None:
    """The kubelet says nothing of a container whose postStart hook hasn't ended. Never certain: it may end."""
    hook = start_hook(container)
    creating = container.waiting.get("reason") == "ContainerCreating"
    started = container.said("Started")
    lasted = seconds_between(last_seen(started[-1]), container.taken) if started else 0.0
    if not hook or not creating or lasted < WORTH_A_WORD:
        return None
    return Conclusion(
        Diagnosis(
            cause=f"{container.name} has started, and its postStart hook ({hook}) hasn't ended",
            evidence="the kubelet says Started, and still ContainerCreating: it waits for the hook",
            remedy="see what the hook waits for; what takes long, or must be there first, is better an init container",
            rule=f"it was started {lasted:.0f} s ago",
        ),
        certain=False,
    )


WORTH_A_WORD = 20.0
"""Seconds; a hook that only waits for its server needs some."""


def _of_the_hook(container: ContainerSnapshot, told: str) -> str:
    """What came of it stands in the container's status alone; the event only says that it failed."""
    waits = container.waiting.get("reason") == "PostStartHookError"
    said = str(container.waiting.get("message") or "") if waits else ""
    why = said.partition(" failed - error: ")[2].partition(", message: ")[0].strip()
    return why or said or " ".join(filter(None, (told, start_hook(container))))


def start_hook(container: ContainerSnapshot) -> str:
    """What its postStart hook does, as far as the manifest tells; empty where it has none."""
    hook = (container.spec.get("lifecycle") or {}).get("postStart")
    return question(container, hook) if hook else ""


_BY_THE_KERNEL = r"exec \S+: (?:argument list too long|exec format error|no such file or directory|permission denied)"
"""execve(2): E2BIG, ENOEXEC, ENOENT, EACCES."""


def _refusal(container: ContainerSnapshot) -> str | None:
    if container.waiting.get("reason") in ("CreateContainerError", "RunContainerError"):
        return str(container.waiting.get("message", ""))
    if not container.running and container.last_end.get("reason") in ("ContainerCannotRun", "StartError"):
        return str(container.last_end.get("message", ""))
    return None


def _conclusion(container: ContainerSnapshot, message: str, *, certain: bool) -> Conclusion:
    refusal, what = matching(REFUSALS, message, _UNKNOWN)
    cause, remedy = f"{container.name} can't start: {refusal.cause.format(what=what)}", refusal.remedy.format(what=what)
    if "not found in $PATH" in message and _sets_path(container):
        cause, remedy = f"{cause} on the PATH that the manifest sets", "take PATH out of the container's variables"
    if "permission denied" in message and (more := script_of_a_volume(container, what)):
        cause, remedy = f"{cause}; {more.why}", more.remedy
    return Conclusion(
        Diagnosis(
            cause=cause,
            evidence=message,
            remedy=remedy,
            rule="the container runtime refused to start it",
        ),
        certain=certain,
    )


def _sets_path(container: ContainerSnapshot) -> bool:
    return any(each.get("name") == "PATH" for each in container.spec.get("env") or ())
