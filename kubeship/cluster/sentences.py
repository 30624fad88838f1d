"""In which sentence does a person learn why the API server refused?"""

import re
from dataclasses import dataclass

from kubeship.cluster.manifests import PRECIOUS

FORBIDDEN = re.compile(
    r'User "(?P<user>[^"]*)" cannot (?P<verb>\S+) resource "(?P<resource>[^"]+)" in API group "(?P<group>[^"]*)"'
    r'(?: in the namespace "(?P<namespace>[^"]*)")?'
)
"""k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go, forbiddenMessage."""

TERMINATING = re.compile(r"unable to create new content in namespace (?P<namespace>\S+) because it is being terminated")
"""k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go."""

UNKNOWN_FIELD = re.compile(r"(?P<path>\S+): field not declared in schema|unknown field \"(?P<strict>[^\"]+)\"")
"""The first are structured-merge-diff's words, which come with status 500 on a server-side apply (seen on 1.35)."""

IMMUTABLE = re.compile(r"immutable|updates to [\w ]+ (?:for fields other than|are forbidden)|may not (?:be )?change")
"""k8s.io/apimachinery/pkg/api/validation/objectmeta.go, and the validations of apps/v1, core/v1 and storage/v1:
`updates to statefulset spec for fields other than ...`, `updates to provisioner are forbidden`, `may not change once
set`."""

MISTYPED = "failed to create typed patch object"
"""structured-merge-diff's words for a value of the wrong type; status 500 on a server-side apply (seen on 1.35)."""


@dataclass(frozen=True)
class Cause:
    """One field that the API server named."""

    field: str
    message: str
    reason: str


def sentence(status: int, words: str, doing: str, causes: tuple[Cause, ...]) -> tuple[str, str]:
    """The message and what to do; `doing` is `applying Deployment/shop-web`, `words` and `causes` are the server's."""
    match status:
        case 401:
            return (
                f"{doing}: the API server doesn't accept the credentials (401): the token is expired, revoked or of "
                "another cluster",
                "log in again and refresh the kubeconfig (or choose another context with --context), "
                "then try `kubectl auth whoami`",
            )
        case 403:
            return _forbidden(words, doing)
        case 404 if words.startswith("namespaces "):
            namespace = words.split('"')[1] if '"' in words else "it needs"
            return f"{doing}: the namespace {namespace} doesn't exist", f"run `kubectl create namespace {namespace}`"
        case 400 | 409 | 422 | 500 if causes or UNKNOWN_FIELD.search(words) or MISTYPED in words:
            return _about_fields(words, doing, causes)
        case 429 | 500 | 502 | 503 | 504:
            return f"{doing}: the API server is in trouble ({status}): {words}", "wait a little and run it again"
        case _:
            return f"{doing}: the API server refuses ({status}): {words}", "correct what it names and try again"


def _about_fields(words: str, doing: str, causes: tuple[Cause, ...]) -> tuple[str, str]:
    owned = [cause for cause in causes if cause.reason == "FieldManagerConflict"]
    if owned:
        fields = "; ".join(f"{cause.field.lstrip('.')}: {cause.message}" for cause in owned)
        return (
            f"{doing}: another manager owns what is to be changed: {fields}",
            "let that manager make the change, or take the field out of what is deployed",
        )
    if unknown := UNKNOWN_FIELD.search(words):
        field = (unknown["path"] or unknown["strict"]).lstrip(".")
        return f"{doing}: the API has no field {field}", "correct its name or its indentation in the manifest"
    immutable = dict.fromkeys(cause.field for cause in causes if IMMUTABLE.search(cause.message))
    if immutable:
        name = doing.rpartition(" ")[2]
        anew = f"have it deleted (which stops what it runs) and created anew: --replace {name}"
        if name.partition("/")[0] in PRECIOUS:
            anew = (
                f"give it another name; kubeship replaces no {name.partition('/')[0]}, since its data would go with it"
            )
        return (
            f"{doing}: {', '.join(immutable)} can't be changed on an object that exists",
            f"put the old value back, or {anew}",
        )
    return f"{doing}: {words}", "correct the field in the manifest and try again"


def _forbidden(words: str, doing: str) -> tuple[str, str]:
    if 'User "system:anonymous"' in words:
        return (
            f"{doing}: the request went out without credentials (the server sees system:anonymous)",
            "log in again: the kubeconfig's user has no token, or its login plugin gave none",
        )
    if terminating := TERMINATING.search(words):
        namespace = terminating["namespace"]
        return (
            f"{doing}: namespace {namespace} is being deleted, with everything in it",
            f"wait until it is gone, then create it anew: `kubectl create namespace {namespace}`",
        )
    match = FORBIDDEN.search(words)
    if match is None:
        # Quota, admission plugins and webhooks answer 403 too, in their own words.
        return f"{doing}: the API server forbids it: {words}", "ask whoever runs the cluster, or change what it names"
    user = match["user"] or "this user"
    where = f"in namespace {match['namespace']}" if match["namespace"] else "in the whole cluster"
    kind = "Role" if match["namespace"] else "ClusterRole"
    resource = match["resource"] + (f".{match['group']}" if match["group"] else "")
    return (
        f"{doing}: {user} may not {match['verb']} {resource} {where}",
        f"give it a {kind} with the rule `{_rule(match['verb'], match['group'], match['resource'])}`; "
        "`kubeship check` prints all that is needed",
    )


def _rule(verb: str, group: str, resource: str) -> str:
    """One rule of a Role in YAML's flow style, as it can be pasted under `rules:`."""
    return f'- {{apiGroups: ["{group}"], resources: [{resource}], verbs: [{verb}]}}'
