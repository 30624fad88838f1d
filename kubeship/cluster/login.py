"""Which cluster do the kubeconfig files mean, and who are we there?"""

import logging
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kubernetes.client import Configuration
from kubernetes.config import ConfigException, load_incluster_config
from kubernetes.config.kube_config import KubeConfigLoader, KubeConfigMerger

from kubeship.cluster.proxies import as_kubectl_does
from kubeship.errors import MissingPrecondition

PLUGIN_SECONDS = 60.0
"""For a login plugin where there is no terminal."""


def log_in(context: str | None, configuration: Configuration) -> str | None:
    """Fill in address, login and proxy; returns the context's name, None for this pod's own cluster.

    Raises MissingPrecondition: no kubeconfig, an unknown context, a login plugin that gave nothing.
    """
    with complaints() as said:
        return _load(context, configuration, said)


def kubeconfig_paths() -> str:
    """KUBECONFIG, or kubectl's default; several are joined by the system's path separator."""
    return os.environ.get("KUBECONFIG") or str(Path("~/.kube/config").expanduser())


def _load(context: str | None, configuration: Configuration, said: list[str]) -> str | None:
    paths = kubeconfig_paths()
    try:
        merged = _merged(paths)
    except Exception as error:  # the vendor lets through whatever YAML and the file system raise
        raise MissingPrecondition(
            f"can't read the kubeconfig {paths}: {error}", hint="correct the file, or set KUBECONFIG to another one"
        ) from error
    named = _named(merged.value, "contexts") if merged else {}
    wanted = context or (merged.value.get("current-context") if merged else None)
    if not wanted:
        _load_pod(configuration, paths, sorted(named))
        as_kubectl_does(configuration, stated=None)
        return None
    if wanted not in named:
        known = ", ".join(sorted(named)) or "none"
        raise MissingPrecondition(
            f"there is no context {wanted} in {paths}; it has {known}",
            hint="name one of them with --context, or set KUBECONFIG to the file that has it",
        )
    parts = named[wanted].get("context") or {}
    user = _named(merged.value, "users").get(parts.get("user", ""), {}).get("user") or {}
    cluster = _named(merged.value, "clusters").get(parts.get("cluster", ""), {}).get("cluster") or {}
    try:
        loader = KubeConfigLoader(merged, active_context=wanted)
        ended = _within(PLUGIN_SECONDS if _is_unattended(user) else None, lambda: loader.load_and_set(configuration))
        as_kubectl_does(configuration, stated=cluster.get("proxy-url"))
    except MissingPrecondition:
        raise
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
    _take_off_line_ends(loader, configuration)
    _require_login(wanted, user, configuration, said)
    return wanted


def _merged(paths: str) -> Any:
    """All files in one, as the vendor merges them: the first that has a name gives what it means.

    Its `current-context` is that of the last file, kubectl's that of the first, and kubectl passes over empty files
    (https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files).
    """
    files = [path for path in paths.split(os.pathsep) if path and not _is_empty(Path(path).expanduser())]
    merger = KubeConfigMerger(os.pathsep.join(files))
    if merger.config is not None:
        chosen = (each.get("current-context") for each in merger.config_files.values())
        merger.config.value["current-context"] = next(filter(None, chosen), None)
    return merger.config


def _is_empty(path: Path) -> bool:
    """Whether there is nothing in it but comments."""
    if not path.is_file():
        return False
    lines = (line.partition("#")[0].strip() for line in path.read_text().splitlines())
    return not any(line and line != "---" for line in lines)


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


def _require_login(context: str, user: Any, configuration: Configuration, said: list[str]) -> None:
    """A login plugin that fails is only logged by the vendor, and requests would go out anonymous."""
    if "exec" not in user or _has_token(configuration) or configuration.cert_file:
        return
    command = user["exec"].get("command", "its command")
    words = "; ".join(said)
    hint = f"log in again, then try `kubectl --context {context} auth whoami`"
    if shutil.which(command) is None:
        words = "it isn't installed, or not on PATH"
        hint = f"install {command}, then try `kubectl --context {context} auth whoami`"
        if advice := str(user["exec"].get("installHint") or "").strip():
            hint = f"{advice} (the kubeconfig's own advice)"
    raise MissingPrecondition(
        f"the login plugin of context {context} ({command}) gave no credentials" + (f": {words}" if words else ""),
        hint=hint,
    )


def _take_off_line_ends(loader: KubeConfigLoader, configuration: Configuration) -> None:
    """Most files of a token end in one, which the vendor would send in a header, again with each request.

    client-go takes them off: https://pkg.go.dev/k8s.io/client-go/transport#NewCachedFileTokenSource
    """
    if token := getattr(loader, "token", None):
        loader.token = token.strip()
        configuration.refresh_api_key_hook(configuration)  # type: ignore[misc]  # declared as None


def _has_token(configuration: Configuration) -> bool:
    """The name that the vendor keeps it under has changed between its versions (authorization, BearerToken)."""
    tokens = (configuration.api_key or {}).values()
    return any(str(token or "").removeprefix("Bearer").strip() for token in tokens)


def _named(config: Any, section: str) -> dict[str, Any]:
    """Entries of a kubeconfig's list by name; the merger wraps them in nodes that remember their file."""
    entries = (getattr(entry, "value", entry) for entry in config.get(section) or ())
    return {entry["name"]: entry for entry in entries if isinstance(entry, dict) and "name" in entry}


@contextmanager
def complaints() -> Iterator[list[str]]:
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
