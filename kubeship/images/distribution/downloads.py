"""How does a blob of any size come out of a registry over a line that breaks, and only if it is the right one?"""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from kubeship.errors import KubeshipError
from kubeship.images.distribution.authorization import Scopes
from kubeship.images.distribution.conversation import Conversation
from kubeship.images.distribution.failures import RegistryFailure

PART = 128 * 1024
PROGRESS = 1024 * 1024
"""Bytes after whose arrival a download has not failed in a row."""


def download(conversation: Conversation, path: str, digest: str, scopes: Scopes, to: Path) -> None:
    """Stream a blob to a file, which appears when it is whole. Raises RegistryFailure, KubeshipError for the disk."""
    try:
        descriptor, name = tempfile.mkstemp(dir=to.parent, prefix=f".{to.name}.")
        unfinished = Path(name)
        try:
            with os.fdopen(descriptor, "w+b") as file:
                _receive(conversation, path, digest, scopes, file)
            unfinished.replace(to)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise KubeshipError(
            f"{to} can't be written: {error.strerror or error}.",
            hint="make room there, or correct its permissions, then run the same command again",
        ) from error


def _receive(conversation: Conversation, path: str, digest: str, scopes: Scopes, file: BinaryIO) -> None:
    """Ask for what is missing until it is all there and right."""
    hasher = hashlib.sha256()
    failures, progress = 0, 0
    while True:
        try:
            hasher = _receive_rest(conversation, f"/v2/{path}/blobs/{digest}", scopes, file, hasher)
            if f"sha256:{hasher.hexdigest()}" == digest:
                return
            file.seek(0)
            file.truncate()
            hasher = hashlib.sha256()
            raise _damaged(conversation.registry, path, digest)
        except RegistryFailure as failure:
            failures = 1 if file.tell() >= progress + PROGRESS else failures + 1
            progress = max(progress, file.tell())
            conversation.wait_or_raise(failure, failures)


def _receive_rest(
    conversation: Conversation, address: str, scopes: Scopes, file: BinaryIO, hasher: "hashlib._Hash"
) -> "hashlib._Hash":
    """The hash of all bytes, after those that were missing arrived; a registry may send all of them anew."""
    start = file.tell()
    headers = {"Range": f"bytes={start}-"} if start else {}
    subject = conversation.registry + address.removeprefix("/v2").partition("/blobs/")[0]
    with conversation.once("GET", address, subject, scopes, {200, 206, 416}, headers=headers) as answer:
        goes_on = answer.status_code == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {start}-")
        if start and not goes_on:
            file.seek(0)
            file.truncate()
            hasher = hashlib.sha256()
        if answer.status_code == 200 or goes_on:
            parts = answer.raw.stream(PART, decode_content=False)
            while True:
                with conversation.breaks():
                    part = next(parts, b"")
                if not part:
                    break
                file.write(part)
                hasher.update(part)
    return hasher


def _damaged(registry: str, path: str, digest: str) -> RegistryFailure:
    return RegistryFailure(
        "passing",
        f"{registry} sent other bytes than those of {path} (blob {digest[:19]})",
        "run the same command again; if it says so again, a proxy in between changes what passes through it",
    )
