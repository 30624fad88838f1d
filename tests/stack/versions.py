"""Which versions is the stack made of?"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class BaseImage:
    """A Python base image, and the tags of library/python under which it is served."""

    python: str
    suite: str
    tags: tuple[str, ...]
    pyenv: bool = False


@dataclass(frozen=True)
class Versions:
    """versions.toml as values."""

    go: str
    kubernetes: str
    traefik: str
    coredns: str
    helm: str
    docker_compose: str
    kube_score: str
    kubesec: str
    pause: str
    images: tuple[BaseImage, ...]
    debian: dict[str, str]


def load_versions(path: Path = HERE / "versions.toml") -> Versions:
    """Read versions.toml."""
    document = tomllib.loads(path.read_text())
    return Versions(
        go=document["go"]["version"],
        kubernetes=document["kubernetes"]["version"],
        traefik=document["traefik"]["version"],
        coredns=document["coredns"]["version"],
        helm=document["helm"]["version"],
        docker_compose=document["docker-compose"]["version"],
        kube_score=document["kube-score"]["version"],
        kubesec=document["kubesec"]["version"],
        pause=document["pause"]["version"],
        images=tuple(BaseImage(**{**image, "tags": tuple(image["tags"])}) for image in document["image"]),
        debian=document["debian"],
    )
