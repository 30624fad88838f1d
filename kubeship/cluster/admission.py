"""What does an admission webhook's refusal, or its silence, mean to a person?"""

import re

DENIES = re.compile(r'admission webhook "(?P<webhook>[^"]+)" denied the request(?:: (?P<why>.*))?', re.DOTALL)
"""k8s.io/apiserver/pkg/admission/plugin/webhook/errors/statuserror.go."""
FAILS = re.compile(r'failed calling webhook "(?P<webhook>[^"]+)": (?P<why>.*)', re.DOTALL)
"""k8s.io/apiserver/pkg/util/webhook/error.go."""


def sentence(words: str, doing: str) -> tuple[str, str] | None:
    """The message and what to do; None where the words aren't about a webhook."""
    if denial := DENIES.search(words):
        return (
            f"{doing}: the admission webhook {denial['webhook']} refuses it: {denial['why'] or 'it gives no reason'}",
            "change what it names in the manifest, or ask whoever runs that webhook",
        )
    if failure := FAILS.search(words):
        return (
            f"{doing}: the admission webhook {failure['webhook']}, which the API server has to ask, doesn't answer: "
            f"{failure['why']}",
            "have its pods started again (`kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations "
            "-o yaml` names its Service), then run the same command again",
        )
    return None
