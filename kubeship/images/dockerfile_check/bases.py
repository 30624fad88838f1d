"""What does the image stand on?"""

import re
from collections.abc import Iterator

from kubeship.images.dockerfile_check.findings import Dockerfile, Hit, Rules
from kubeship.model.dockerfile import Stage, split_flags


def unpinned_base(dockerfile: Dockerfile) -> Iterator[Hit]:
    """Tags that move: none, `latest`, and as advice every one without a digest."""
    for stage in dockerfile.stages:
        if not _external(dockerfile, stage) or "$" in stage.base or "@sha256:" in stage.base:
            continue
        repository, _, tag = stage.base.rpartition(":")
        if not repository or "/" in tag:
            repository, tag = stage.base, ""
        if tag in ("", "latest"):
            said = f"{stage.base} names no version" if not tag else f"{stage.base} is another image every few weeks"
            remedy = f"name a version, for instance `{_example(repository)}`"
            yield Hit("unpinned-base", stage.line, "warning", f"{said}: the same source builds something else", remedy)
        elif stage in dockerfile.shipped:
            yield Hit(
                "no-digest",
                stage.line,
                "advice",
                f"{stage.base} isn't pinned by digest: it may be another image tomorrow",
                f"`docker buildx imagetools inspect {stage.base}` shows the digest: FROM {stage.base}@sha256:...",
            )


def copied_from_latest(dockerfile: Dockerfile) -> Iterator[Hit]:
    """`COPY --from=ghcr.io/astral-sh/uv:latest`."""
    for stage in dockerfile.stages:
        for instruction in stage.instructions:
            source = split_flags(instruction.text)[0].get("from", "") if instruction.name == "COPY" else ""
            if re.search(r"/[\w.-]+(?::latest)?$", source):
                yield Hit(
                    "unpinned-base",
                    instruction.line,
                    "warning",
                    f"{source} is copied from without a version: the same source builds something else",
                    "name a version",
                )


def fixed_platform(dockerfile: Dockerfile) -> Iterator[Hit]:
    """`FROM --platform=linux/amd64`, whatever the image is built for."""
    wanted = dockerfile.expected.platform
    for stage in dockerfile.shipped:
        if not stage.platform or "$" in stage.platform or not _external(dockerfile, stage):
            continue
        differs = bool(wanted) and stage.platform != wanted
        yield Hit(
            "fixed-platform",
            stage.line,
            "warning" if differs else "advice",
            f"the platform {stage.platform} is fixed" + (f", and kubeship.yaml says {wanted}" if differs else ""),
            "leave --platform out: `platform:` in kubeship.yaml says what is built",
        )


def _external(dockerfile: Dockerfile, stage: Stage) -> bool:
    """Whether the base is an image from a registry."""
    names = {each.name.lower() for each in dockerfile.stages if each.line < stage.line and each.name}
    base = stage.base.lower()
    return bool(base) and base != "scratch" and base not in names and not base.isdigit()


def _example(repository: str) -> str:
    return {"python": "python:3.13-slim", "node": "node:22-slim", "debian": "debian:trixie-slim"}.get(
        repository, f"{repository}:VERSION"
    )


BASES: Rules = (unpinned_base, copied_from_latest, fixed_platform)
