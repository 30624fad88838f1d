"""What does the answer that a probe got mean?"""

import re
from dataclasses import dataclass

from kubeship.rollout.causes.rows import matching


@dataclass(frozen=True)
class AnswerMeaning:
    """The kubelet's words for what a probe got, and what is to be done."""

    pattern: str
    cause: str
    """Completes `it ...`; `{status}`: the status of an HTTP answer."""
    remedy: str
    of_redirect: bool = False
    """Whether it is so only of a probe that itself asks without TLS."""


_HEALTH = "set `health: {path: ...}` of the process in kubeship.yaml"

REDIRECTED_TO_TLS = re.compile(r'Get "https:')
"""The probe itself asks by HTTP, unless its scheme says otherwise."""

NEVER_RUN = re.compile(r'exec: "[^"]*": (?:executable file not found|stat .*: no such file|permission denied)')
"""The runtime's words for a probe's command that it can't start: neither a pass nor a failure to the kubelet, which so
goes on asking and never restarts the container (pkg/kubelet/prober/worker.go)."""

NO_SUCH_PORT = re.compile(r'strconv\.Atoi: parsing "([^"]*)"')
"""The probe names a port by a name that the container doesn't give to any (pkg/probe/util.go, ResolveContainerPort)."""

MEANINGS = (
    AnswerMeaning(
        NO_SUCH_PORT.pattern,
        "asks for the port {port}, and no port of the container has that name",
        "name the container's port like that, or write its number in the probe",
    ),
    AnswerMeaning(
        r"statuscode: 400",
        "answers 400: it refuses the probe's Host header",
        "add the host to what the app allows (Django's ALLOWED_HOSTS, Starlette's TrustedHostMiddleware), or name it "
        "under `hosts:` of the process, so that the probe sends it; a port that speaks TLS answers the same",
    ),
    AnswerMeaning(
        r"statuscode: 40[13]",
        "wants a login ({status})",
        f"{_HEALTH} to a route that needs none",
    ),
    AnswerMeaning(r"statuscode: 404", "answers 404: there is no such route", f"{_HEALTH} to a route that the app has"),
    AnswerMeaning(
        r"statuscode: 405", "answers 405: the route doesn't take GET", f"{_HEALTH} to a route that takes GET"
    ),
    AnswerMeaning(
        r"statuscode: 5\d\d",
        "answers {status}",
        "read its log, and correct what fails there (Django logs exceptions only where LOGGING has a console handler); "
        "a health route should not need what may be missing at the start",
    ),
    AnswerMeaning(r"statuscode: \d+", "answers {status}", f"{_HEALTH} to a route that answers 200"),
    AnswerMeaning(
        r'Get "https://[^"]*": .*(?:connection refused|tls: )|server gave HTTP response to HTTPS client',
        "redirects the probe to https, where nothing listens",
        "let the probe send `X-Forwarded-Proto: https` and tell the app to believe it (Django: "
        "SECURE_PROXY_SSL_HEADER), or exempt the health route (SECURE_REDIRECT_EXEMPT)",
        of_redirect=True,
    ),
    AnswerMeaning(
        r"server gave HTTP response to HTTPS client|first record does not look like a TLS handshake",
        "speaks plain HTTP, and the probe asks by TLS",
        "take `scheme: HTTPS` out of the probe",
    ),
    AnswerMeaning(
        r"stopped after 10 redirects",
        "redirects the probe in a circle",
        f"{_HEALTH} to a route that answers 200 itself",
    ),
    AnswerMeaning(
        r"does not implement the grpc health",
        "has no gRPC health service",
        "add grpcio-health-checking's servicer to the server, or take `grpc` out of `health:` in kubeship.yaml",
    ),
    AnswerMeaning(
        r'service unhealthy \(responded with "?(?:NOT_SERVING|SERVICE_UNKNOWN|UNKNOWN)',
        "says by the gRPC health protocol that it doesn't serve",
        "set its status to SERVING once it is up, for the service that the probe names",
    ),
    AnswerMeaning(
        r'malformed HTTP response "\\x00\\x00',
        "speaks HTTP/2 without TLS, as a gRPC server does",
        "let the probe speak it too: `health: {grpc: true}` of the process in kubeship.yaml",
    ),
    AnswerMeaning(
        r'malformed HTTP response "\\x15\\x03',
        "and the probe don't agree whether to speak TLS",
        "let the program speak HTTP in the pod (TLS ends at the ingress), or set the probe's `scheme: HTTPS`",
    ),
    AnswerMeaning(
        r'exec: "[^"]*": (?:executable file not found|stat)|no such file or directory|: not found',
        "has a command that the image doesn't have",
        "use a command that is in the image (slim images have no curl and no wget; Python has http.client)",
    ),
    AnswerMeaning(
        r"failed to connect service .*deadline exceeded",
        "doesn't answer by gRPC in time",
        "check that this port speaks gRPC, without TLS (take `grpc` out of the probe if it doesn't), and read its log",
    ),
    AnswerMeaning(
        r"command timed out|timed out after \d+s$",
        "doesn't answer in time: its command takes longer than the probe's timeout",
        "look for what blocks it (a server that isn't reached, too little CPU), or raise the probe's timeoutSeconds",
    ),
    AnswerMeaning(
        r"[Cc]onnection refused",
        "nothing listens there (connection refused)",
        "let the program listen on 0.0.0.0 and on that port, or correct `port:` of the process in kubeship.yaml",
    ),
    AnswerMeaning(
        r"deadline exceeded|i/o timeout|Client\.Timeout|timed out",
        "doesn't answer in time",
        "look for what blocks it: a database that isn't reached, too few workers, too little CPU",
    ),
    AnswerMeaning(
        r"EOF|[Cc]onnection reset|malformed HTTP|broken pipe|BadStatusLine|RemoteDisconnected",
        "closes the connection without an answer",
        "check that the port speaks HTTP (not HTTPS, and not a protocol of its own), and read its log",
    ),
)
"""pkg/probe/http, pkg/probe/tcp, Go's net/http and Python's http.client; the first that matches counts. The kubelet
follows redirects to the same host, and takes one to another host for a success (RedirectChecker)."""

_UNKNOWN = AnswerMeaning("", "fails", "run the probe's command in the container, and read the log")
_UNTOLD = AnswerMeaning(
    "",
    "did not pass, and the kubelet hasn't told what it got",
    "ask it yourself: kubectl port-forward to the pod, or kubectl describe it a minute later; and read its log",
)


def answer_means(text: str, *, tls: bool = False) -> AnswerMeaning:
    """What the kubelet's words mean; `text` is empty when it has told nothing. `tls`: the probe asks by TLS."""
    rows = (row for row in MEANINGS if not (tls and row.of_redirect))
    meaning, _ = matching(rows, text, _UNKNOWN if text else _UNTOLD)
    return meaning
