"""Can't the container be made from its configuration? A missing Secret or key, a forbidden user."""

import re
from dataclasses import dataclass
from typing import Any

from kubeship.model.verdict import Diagnosis
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.events import occurrences
from kubeship.rollout.pods import ContainerSnapshot

CERTAIN_ATTEMPTS = 3
"""A Secret or ConfigMap may come a moment later (an operator makes it from an ExternalSecret). The kubelet looks again
after one second, and then every ten to fifteen, so the third attempt fails some twelve seconds after the first."""

CERTAIN_SECONDS = 60.0
"""After which three attempts have failed, though the kubelet has sent no event: a busy one is minutes behind."""


@dataclass(frozen=True)
class _Obstacle:
    pattern: str
    cause: str
    remedy: str
    at_once: bool = False
    """Whether one look is enough, because nothing outside of the pod can heal it."""


CONFIGURATION_ERRORS = (
    _Obstacle(
        r"""couldn't find key (?P<key>\S+) in (?P<kind>Secret|ConfigMap) (?:[^/\s]+/)?(?P<name>\S+)""",
        "{container}: the {kind} {name} has no key {key}",
        "add {key} to the {kind} {name}, or correct `secrets:` in kubeship.yaml",
    ),
    _Obstacle(
        r'references non-existent (?P<kind>secret|config) key: "?(?P<key>[^"\s]+)"?',
        "{container}: a volume needs the key {key}, which its {kind} doesn't have",
        "add the key {key}, or correct the volume",
    ),
    _Obstacle(
        r'(?P<kind>secret|configmap) "(?P<name>[^"]+)" not found',
        "{container}: the {kind} {name} doesn't exist in the namespace",
        "create the {kind} {name}, or correct its name in kubeship.yaml",
    ),
    _Obstacle(
        r"failed to (?:prepare|create) subPath.*?volumeMount \"(?P<name>[^\"]+)\"",
        "{container}: the subPath of its volumeMount {name} can't be had",
        "look whether the volume has that path, and may be written where it has to be made",
    ),
    _Obstacle(
        r"missing value for (?P<key>\w+)$",
        "{container}: a volumeMount's subPathExpr needs the variable {key}, which the container doesn't have",
        "set {key} in the container's env, or correct subPathExpr",
        at_once=True,
    ),
    _Obstacle(
        r"volume \"(?P<name>[^\"]+)\" requested recursive read-only mode, but it is not supported",
        "{container}: the node can't mount the volume {name} read-only with all that is mounted below it "
        "(recursiveReadOnly)",
        "set `recursiveReadOnly: IfPossible` in that volumeMount, or choose nodes with a newer runtime",
    ),
    _Obstacle(
        r"(?:^|: )container (?P<name>[\w.-]+) not found$",
        "{container}: a resourceFieldRef names the container {name}, which the pod doesn't have",
        "correct containerName there: it is the name of one of the pod's own containers",
        at_once=True,
    ),
    _Obstacle(
        r"container has runAsNonRoot and image has non-numeric user \((?P<user>[^)]*)\)",
        "{container}: the image names its user ({user}) without a number, so that nobody knows whether it is root",
        "write `USER 1000` in the Dockerfile, or set runAsUser in the manifest",
        at_once=True,
    ),
    _Obstacle(
        r"container has runAsNonRoot and image will run as root",
        "{container}: the image runs as root, which runAsNonRoot forbids",
        "end the Dockerfile with a numeric user (`USER 1000`), or set runAsUser in the manifest",
        at_once=True,
    ),
)
"""pkg/kubelet/kubelet_pods.go (makeEnvironmentVariables), kuberuntime/security_context_others.go, pkg/volume."""

PASSING = re.compile(r"failed to sync .* cache|timed out waiting for the condition")
"""The kubelet's own copy of a Secret isn't there yet; says nothing about the Secret."""


def configuration_refused(container: ContainerSnapshot) -> Conclusion | None:
    """CreateContainerConfigError: certain at once when only the pod is wrong, else at the third attempt."""
    message = container.waiting.get("message", "")
    if container.waiting.get("reason") != "CreateContainerConfigError" or PASSING.search(message):
        return None
    obstacle, words = _obstacle(message)
    attempts = occurrences(container.said("Failed", re.escape(message)))
    return Conclusion(
        Diagnosis(
            cause=obstacle.cause.format(container=container.name, **words),
            evidence=message,
            remedy=obstacle.remedy.format(**words),
            rule="the pod can't pass this check" if obstacle.at_once else f"{CERTAIN_ATTEMPTS} attempts failed",
        ),
        certain=obstacle.at_once or attempts >= CERTAIN_ATTEMPTS or container.awaited >= CERTAIN_SECONDS,
    )


_CONFIGURATION = _Obstacle("", "{container}: its configuration is refused", "correct what the evidence names")


def _obstacle(message: str) -> tuple[_Obstacle, dict[str, str]]:
    return obstacle_in(message) or (_CONFIGURATION, {})


def obstacle_in(message: str) -> tuple[_Obstacle, dict[str, str]] | None:
    """What a message names as missing, with its words."""
    found = ((obstacle, re.search(obstacle.pattern, message)) for obstacle in CONFIGURATION_ERRORS)
    return next(((obstacle, _named(match.groupdict())) for obstacle, match in found if match), None)


def _named(words: dict[str, Any]) -> dict[str, str]:
    """Kinds as the API writes them."""
    kinds = {"secret": "Secret", "configmap": "ConfigMap", "config": "ConfigMap"}
    return {key: kinds.get(value, value) if key == "kind" else value for key, value in words.items() if value}
