"""Which cluster is meant, and may we talk to it?"""

import hashlib
import json
import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

import urllib3
from kubernetes.client import ApiClient, Configuration
from kubernetes.client.exceptions import ApiException
from kubernetes.dynamic import DynamicClient
from urllib3.exceptions import HTTPError, InsecureRequestWarning

from kubeship.cluster.client import KubernetesCluster
from kubeship.cluster.dry_run import NOTHING_BEYOND
from kubeship.cluster.errors import translated, unanswered
from kubeship.cluster.login import complaints, log_in
from kubeship.cluster.persistence import answered_or_broken, persistent
from kubeship.cluster.ports import Registries
from kubeship.cluster.requests import DynamicApi
from kubeship.errors import MissingPrecondition
from kubeship.model.changes import Consent
from kubeship.model.events import Emit

CONNECTIONS = 32
"""Kept open at most: eight threads, the watches, the lease, logs. More would make urllib3 warn."""


def connect(
    context: str | None,
    namespace: str,
    emit: Emit,
    lease_seconds: float = 0.0,
    consent: Consent = NOTHING_BEYOND,
    *,
    registries: Registries | None = None,
) -> KubernetesCluster:
    """The namespace in the cluster of the given context, the current context, or around this pod.

    `emit` gets a Note for each request that is tried again, and a Caution for each of the server's warnings.
    `lease_seconds` is how long to wait for a lease that somebody else has, `consent` what may be done beyond applying
    what is kubeship's own; preflight asks `registries` about images. Raises MissingPrecondition: no kubeconfig, an
    unknown context, a login plugin that gave nothing, a server that can't be reached or refuses the credentials.
    """
    configuration = Configuration()
    name = log_in(context, configuration)
    if not configuration.verify_ssl:
        # The kubeconfig says so (insecure-skip-tls-verify), and urllib3 would repeat it at each connection.
        urllib3.disable_warnings(InsecureRequestWarning)
    # Requests are tried again by requests.py, which says so; urllib3 would do it silently and at once.
    configuration.retries = False
    configuration.connection_pool_maxsize = CONNECTIONS
    client = persistent(lambda: _dynamic_client(configuration), emit, heals=answered_or_broken)
    api = DynamicApi(client, namespace, emit, renew=lambda: _renew(name, client))
    title = f"context {name}" if name else "the pod's service account"
    where = f"{title} at {configuration.host}, Kubernetes {api.version()}"
    return KubernetesCluster(api, where, emit, lease_seconds, consent, registries)


def _renew(context: str | None, client: DynamicClient) -> None:
    """Another login at the same server; raises MissingPrecondition where the login plugin gives none."""
    known, fresh = client.configuration, Configuration()
    log_in(context, fresh)
    if fresh.host != known.host:
        return
    known.api_key, known.refresh_api_key_hook = fresh.api_key, fresh.refresh_api_key_hook
    if fresh.cert_file != known.cert_file:
        known.cert_file, known.key_file = fresh.cert_file, fresh.key_file
        client.client.rest_client = type(client.client.rest_client)(known)  # connections show the certificate they have


def _dynamic_client(configuration: Configuration) -> DynamicClient:
    doing = f"connecting to {configuration.host}"
    with ExitStack() as stack:
        stack.enter_context(complaints())
        cache = _discovery_cache(configuration)
        if cache is None:
            # Gone again at once: later writes of the discovery fail, which the vendor ignores.
            cache = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "discovery.json"
        try:
            return DynamicClient(ApiClient(configuration), cache_file=str(cache))
        except ApiException as error:
            if error.status == 404:  # /version and /apis are served by every API server
                raise _something_else(doing, "it doesn't know /version") from None
            raise translated(error, configuration.host, doing) from None
        except (HTTPError, OSError) as error:
            raise unanswered(configuration.host, error, doing) from None
        except ValueError as error:
            raise _something_else(doing, str(error)) from None


def _something_else(doing: str, why: str) -> MissingPrecondition:
    return MissingPrecondition(
        f"{doing}: what answers there isn't a Kubernetes API server: {why}",
        hint="check `server` in the kubeconfig, or choose another cluster with --context",
    )


def _discovery_cache(configuration: Configuration) -> Path | None:
    """A private file for what the server says it knows; the vendor's own is a predictable name in /tmp."""
    key = hashlib.sha256(f"{configuration.host} {_authority(configuration)}".encode()).hexdigest()
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    path = home / "kubeship" / "discovery" / f"{key[:32]}.json"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            json.loads(path.read_text())
        except (OSError, ValueError):
            # Missing, or torn by two that wrote at once: an empty mapping makes the vendor fetch it anew.
            path.unlink(missing_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write("{}")
    except OSError:
        return None
    return path


def _authority(configuration: Configuration) -> str:
    """Another cluster at the same address (kind, made anew) has another certificate authority."""
    try:
        return hashlib.sha256(Path(configuration.ssl_ca_cert or "").read_bytes()).hexdigest()
    except OSError:
        return ""
