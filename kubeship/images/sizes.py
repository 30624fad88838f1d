"""Which instruction gave an image its weight? Layers, sorted by what they are for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kubeship.model.dockerfile import Instruction, instructions, lineage, split_flags, stages
from kubeship.model.image import Layer

Kind = Literal["base", "system packages", "dependencies", "source", "other"]
KINDS: tuple[Kind, ...] = ("base", "system packages", "dependencies", "source", "other")
SYSTEM = re.compile(r"\b(?:apt-get|apt|apk|dnf|microdnf|yum|zypper)\b[^;&|]*\b(?:install|add)\b")
INSTALLS = re.compile(
    r"\bpip3?\b[^;&|]*\binstall\b|\buv\s+(?:sync|pip)\b|\bpoetry\b[^;&|]*\b(?:install|sync)\b|\bpdm\s+(?:install|sync)\b|"
    r"\bpipenv\s+(?:install|sync)\b|\b(?:micro)?(?:conda|mamba)\b[^;&|]*\b(?:install|create|update)\b|"
    r"\b(?:npm|yarn|pnpm)\s+(?:ci|install|i)\b"
)
INSTALLED = re.compile(
    r"(?:^|/)(?:\.?venv|env|site-packages|dist-packages|node_modules|conda|micromamba|envs|packages)(?:/|$)"
)
"""Folders that hold installed distributions, where COPY --from takes them out of another stage."""


@dataclass(frozen=True)
class Part:
    """What of an image is for one purpose."""

    kind: Kind
    size: int
    """Bytes, unpacked."""
    lines: tuple[int, ...] = ()
    """Of the Dockerfile; none for the base image."""


def parts(layers: Sequence[Layer], dockerfile: str) -> tuple[Part, ...]:
    """The image's parts, without empty ones.

    Each instruction of the stages that are shipped is one entry in the image's history, whatever its size (OCI image
    specification, `history`); what stands before them is the base's.
    """
    shipped = shipped_instructions(dockerfile)
    own = layers[len(layers) - len(shipped) :] if len(shipped) <= len(layers) else ()
    sizes: dict[Kind, int] = {"base": sum(layer.size for layer in layers[: len(layers) - len(own)])}
    lines: dict[Kind, list[int]] = {}
    for layer, instruction in zip(own, shipped, strict=False):
        if layer.size:
            kind = kind_of(instruction)
            sizes[kind] = sizes.get(kind, 0) + layer.size
            lines.setdefault(kind, []).append(instruction.line)
    return tuple(Part(kind, sizes[kind], tuple(lines.get(kind, ()))) for kind in KINDS if sizes.get(kind))


def shipped_instructions(dockerfile: str) -> tuple[Instruction, ...]:
    """The instructions whose layers are in the image, in order."""
    found = stages(instructions(dockerfile))
    shipped = reversed(lineage(found, found[-1])) if found else ()
    return tuple(each for stage in shipped for each in stage.instructions)


def kind_of(instruction: Instruction) -> Kind:
    """What an instruction's layer is for."""
    if instruction.name == "RUN":
        if INSTALLS.search(instruction.text):
            return "dependencies"
        return "system packages" if SYSTEM.search(instruction.text) else "other"
    if instruction.name not in ("COPY", "ADD"):
        return "other"
    flags, words = split_flags(instruction.text)
    installed = any(INSTALLED.search(word.strip("[],\"'")) for word in words)
    return "dependencies" if "from" in flags and installed else "source"
