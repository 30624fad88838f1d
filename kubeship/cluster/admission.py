"""What does an admission webhook's or policy's refusal, or a webhook's silence, mean to a person?"""

import re

DENIES = re.compile(r'admission webhook "(?P<webhook>[^"]+)" denied the request(?:: (?P<why>.*))?', re.DOTALL)
"""k8s.io/apiserver/pkg/admission/plugin/webhook/errors/statuserror.go."""
FAILS = re.compile(r'failed calling webhook "(?P<webhook>[^"]+)": (?P<why>.*)', re.DOTALL)
"""k8s.io/apiserver/pkg/util/webhook/error.go."""
POLICY = re.compile(
    r"(?P<kind>(?:Valid|Mut)atingAdmissionPolicy) '(?P<policy>[^']+)' with binding '(?P<binding>[^']*)' "
    r"denied request: (?P<why>.*)",
    re.DOTALL,
)
"""k8s.io/apiserver/pkg/admission/plugin/policy/validating/dispatcher.go; the status is what the policy says, 422 if
nothing."""


def keeps_out(words: str) -> bool:
    """Whether the words are a webhook's or a policy's, rather than of the object's own validation."""
    return any(pattern.search(words) for pattern in (DENIES, FAILS, POLICY))


def sentence(words: str, doing: str) -> tuple[str, str] | None:
    """The message and what to do; None where the words are neither about a webhook nor a policy."""
    if denial := DENIES.search(words):
        return (
            f"{doing}: the admission webhook {denial['webhook']} refuses it: {denial['why'] or 'it gives no reason'}",
            "change what it names in the manifest, or ask whoever runs that webhook",
        )
    if denial := POLICY.search(words):
        return (
            f"{doing}: the {denial['kind']} {denial['policy']} (binding {denial['binding']}) refuses it: "
            f"{denial['why']}",
            "change what it names in the manifest, or ask whoever runs the cluster",
        )
    if failure := FAILS.search(words):
        return (
            f"{doing}: the admission webhook {failure['webhook']}, which the API server has to ask, doesn't answer: "
            f"{failure['why']}",
            "have its pods started again (`kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations "
            "-o yaml` names its Service), then run the same command again",
        )
    return None
