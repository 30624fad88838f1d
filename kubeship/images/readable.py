"""Can somebody in particular read an image, and which platforms is it for?"""

import json
from collections.abc import Mapping
from typing import Any

from kubeship.errors import InvalidInput, KubeshipError
from kubeship.images.distribution.client import RegistryClient, open_as
from kubeship.images.distribution.credentials import Login
from kubeship.images.distribution.failures import RegistryFailure
from kubeship.images.distribution.manifests import INDEXES, platforms_of
from kubeship.images.distribution.patience import Patience
from kubeship.images.ports import Manifest
from kubeship.model.pulling import Outcome, PullLogin, Reading

QUICK = Patience(attempts=2, first_pause=0.3, longest_asked=2.0, connect=3.0, answer=8.0)
"""Nothing depends on the answer: a registry that is slow, or isn't reached from here, is left alone."""


def read(image: str, login: PullLogin | None) -> Reading:
    """The registry's answer to exactly these credentials, or to nobody's. Raises nothing."""
    try:
        who = Login(login.username, login.password, origin=login.origin) if login else None
        client = open_as(image, who, patience=QUICK)
    except InvalidInput as error:
        # kubelet knows other digests than sha256, too.
        return Reading("unknown" if "@" in image and "@sha256:" not in image else "invalid", error.message.rstrip("."))
    try:
        manifest = client.whole_manifest(image)
    except KubeshipError as error:
        cause = error.__cause__
        if not isinstance(cause, RegistryFailure):
            return Reading("unknown", error.message)
        return Reading(_outcome(cause, login), cause.reason, needs_login=client.needs_login)
    is_index = manifest.media_type in INDEXES
    return Reading("readable", "", _platforms(client, image, manifest), is_index, client.needs_login)


def _outcome(failure: RegistryFailure, login: PullLogin | None) -> Outcome:
    if failure.kind == "missing":
        return "missing"
    if failure.kind != "denied":
        return "unknown"
    # 401 after a login was sent; one that is right, and has no right to this, is told by 403 or by the token's scope.
    return "login refused" if login and failure.status == 401 and "doesn't accept" in failure.reason else "denied"


def _platforms(client: RegistryClient, image: str, manifest: Manifest) -> tuple[str, ...]:
    if manifest.media_type in INDEXES:
        return platforms_of(manifest.content)
    try:
        configuration: Mapping[str, Any] = json.loads(client.blob(image, manifest.content["config"]["digest"]))
        return (f"{configuration['os']}/{configuration['architecture']}",)
    except (KubeshipError, ValueError, KeyError, TypeError):
        return ()  # an artifact, or an image that hides what it is for
