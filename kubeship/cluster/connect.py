"""Which cluster is meant, and may we talk to it?"""

import hashlib
import json
import logging
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from kubernetes.client import ApiClient, Configuration
from kubernetes.client.exceptions import ApiException
from kubernetes.config import ConfigException, load_incluster_config
from kubernetes.config.kube_config import KubeConfigLoader, KubeConfigMerger
from kubernetes.dynamic import DynamicClient
from urllib3.exceptions import HTTPError

from kubeship.cluster.client import KubernetesCluster
from kubeship.cluster.dry_run import NOTHING_BEYOND
from kubeship.cluster.errors import translated, unanswered
from kubeship.cluster.persistence import answered_or_broken, persistent
from kubeship.cluster.ports import Registries
from kubeship.cluster.requests import DynamicApi
from kubeship.errors import MissingPrecondition
from kubeship.model.changes import Consent
from kubeship.model.events import Emit

PLUGIN_SECONDS = 60.0
"""For a login plugin where there is no terminal."""
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
    with _complaints() as complaints:
        name = _load(context, configuration, complaints)
    # Requests are tried again by requests.py, which says so; urllib3 would do it silently and at once.
    configuration.retries = False
    configuration.connection_pool_maxsize = CONNECTIONS
    client = persistent(lambda: _dynamic_client(configuration), emit, heals=answered_or_broken)
    api = DynamicApi(client, namespace, emit, renew=lambda: _renew(name, configuration))
    title = f"context {name}" if name else "the pod's service account"
    where = f"{title} at {configuration.host}, Kubernetes {api.version()}"
    return KubernetesCluster(api, where, emit, lease_seconds, consent, registries)


def kubeconfig_paths() -> str:
    """KUBECONFIG, or kubectl's default; several are joined by the system's path separator."""
    return os.environ.get("KUBECONFIG") or str(Path("~/.kube/config").expanduser())


def _renew(context: str | None, configuration: Configuration) -> None:
    """Another token for the same server; raises MissingPrecondition where the login plugin gives none."""
    fresh = Configuration()
    with _complaints() as complaints:
        _load(context, fresh, complaints)
    if fresh.host == configuration.host:
        configuration.api_key, configuration.refresh_api_key_hook = fresh.api_key, fresh.refresh_api_key_hook


def _load(context: str | None, configuration: Configuration, complaints: list[str]) -> str | None:
    """Fill in address and login; returns the context's name, None for this pod's own cluster."""
    paths = kubeconfig_paths()
    try:
        merged = KubeConfigMerger(paths).config
    except Exception as error:  # the vendor lets through whatever YAML and the file system raise
        raise MissingPrecondition(
            f"can't read the kubeconfig {paths}: {error}", hint="correct the file, or set KUBECONFIG to another one"
        ) from error
    named = _named(merged.value, "contexts") if merged else {}
    wanted = context or (merged.value.get("current-context") if merged else None)
    if not wanted:
        _load_pod(configuration, paths, sorted(named))
        return None
    if wanted not in named:
        known = ", ".join(sorted(named)) or "none"
        raise MissingPrecondition(
            f"there is no context {wanted} in {paths}; it has {known}",
            hint="name one of them with --context, or set KUBECONFIG to the file that has it",
        )
    user = _named(merged.value, "users").get((named[wanted].get("context") or {}).get("user", ""), {}).get("user") or {}
    try:
        loader = KubeConfigLoader(merged, active_context=wanted)
        ended = _within(PLUGIN_SECONDS if _is_unattended(user) else None, lambda: loader.load_and_set(configuration))
    except Exception as error:  # likewise: providers raise KeyError, OSError, ConfigException, ...
        raise MissingPrecondition(
            f"the context {wanted} in {paths} can't be used: {error}",
            hint=f"try `kubectl --context {wanted} version`, and correct the kubeconfig",
        ) from error
    if not ended:
        command = user["exec"].get("command", "its command")
        raise MissingPrecondition(
            f"the login plugin of context {wanted} ({command}) gave no credentials within {PLUGIN_SECONDS:.0f} s: "
            "it may be waiting for somebody to log in",
            hint=f"try `kubectl --context {wanted} auth whoami`; in CI, take a login that asks nobody (a token)",
        )
    _require_login(wanted, user, configuration, complaints)
    return wanted


def _is_unattended(user: Any) -> bool:
    """Whether a login plugin runs that nobody at a terminal can answer, nor interrupt."""
    return "exec" in user and not (sys.stdin and sys.stdin.isatty())


def _within(seconds: float | None, act: Callable[[], None]) -> bool:
    """Whether `act` ended in time; without a limit it is waited for. Raises what it raises.

    The vendor waits for a plugin for ever; one that is given up ends with this process, or by itself.
    """
    if seconds is None:
        act()
        return True
    raised: list[Exception] = []

    def run() -> None:
        try:
            act()
        except Exception as error:  # raised again, where it is understood
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if raised:
        raise raised[0]
    return not thread.is_alive()


def _load_pod(configuration: Configuration, paths: str, contexts: list[str]) -> None:
    try:
        load_incluster_config(configuration)
    except ConfigException:
        if contexts:
            raise MissingPrecondition(
                f"{paths} has no current context; it has {', '.join(contexts)}", hint="name one of them with --context"
            ) from None
        raise MissingPrecondition(
            f"there is no kubeconfig at {paths}, and this isn't a pod with a service account",
            hint="set KUBECONFIG to your cluster's kubeconfig, then try `kubectl version`",
        ) from None


def _require_login(context: str, user: Any, configuration: Configuration, complaints: list[str]) -> None:
    """A login plugin that fails is only logged by the vendor, and requests would go out anonymous."""
    token = str((configuration.api_key or {}).get("authorization") or "").removeprefix("Bearer").strip()
    if "exec" not in user or token or configuration.cert_file:
        return
    command = user["exec"].get("command", "its command")
    said = "; ".join(complaints)
    hint = f"log in again, then try `kubectl --context {context} auth whoami`"
    if shutil.which(command) is None:
        said = "it isn't installed, or not on PATH"
        hint = f"install {command}, then try `kubectl --context {context} auth whoami`"
        if advice := str(user["exec"].get("installHint") or "").strip():
            hint = f"{advice} (the kubeconfig's own advice)"
    raise MissingPrecondition(
        f"the login plugin of context {context} ({command}) gave no credentials" + (f": {said}" if said else ""),
        hint=hint,
    )


def _named(config: Any, section: str) -> dict[str, Any]:
    """Entries of a kubeconfig's list by name; the merger wraps them in nodes that remember their file."""
    entries = (getattr(entry, "value", entry) for entry in config.get(section) or ())
    return {entry["name"]: entry for entry in entries if isinstance(entry, dict) and "name" in entry}


def _dynamic_client(configuration: Configuration) -> DynamicClient:
    doing = f"connecting to {configuration.host}"
    with ExitStack() as stack:
        stack.enter_context(_complaints())
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


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """What is logged meanwhile: the vendor logs failures through the root logger instead of raising them."""
    said: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    root = logging.getLogger()
    handler = Keep()
    root.addHandler(handler)
    try:
        yield said
    finally:
        root.removeHandler(handler)
