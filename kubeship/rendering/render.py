"""Which files does a Plan become?"""

from collections.abc import Callable
from typing import Literal

from kubeship import yaml_io
from kubeship.model.objects import Object
from kubeship.model.plan import Plan
from kubeship.rendering.chart import chart
from kubeship.rendering.compose import Build, compose
from kubeship.rendering.image_files import dockerfile, dockerignore
from kubeship.rendering.kustomize import kustomize
from kubeship.rendering.manifests import manifests
from kubeship.rendering.patches import patched

__all__ = ["Build", "Format", "folder", "render"]

Format = Literal["plain", "kustomize", "helm", "compose"]
BUILD = Build()
HEADER = "# Written by kubeship and yours to edit: `kubeship render` keeps what you change.\n"


def render(
    plan: Plan,
    *,
    format: Format = "plain",  # noqa: A002 - the option is called --format
    base: Plan | None = None,
    build: Build = BUILD,
    others_in_deploy: bool = False,
) -> dict[str, str]:
    """Text by path relative to the project; the same to the byte for the same Plans.

    `plain`: one object a file, and, unless the project keeps its own, the Dockerfile with its .dockerignore. Others are
    made of the same objects. `kustomize` puts what differs from `base` (kubeship.yaml without an overlay) into the
    environment's overlay. `compose` builds the image as `build` says. `others_in_deploy`: deploy/ holds files of the
    project's own, too.
    Raises InvalidInput for a value that the format can't hold, and for a patch that can't be applied.
    """
    objects = patched(manifests(plan), plan.patches)
    written: dict[Format, Callable[[], dict[str, str]]] = {
        "plain": lambda: _plain(objects),
        "kustomize": lambda: _kustomize(plan, base or plan, objects),
        "helm": lambda: chart(plan.name, objects, plan.reference, HEADER),
        "compose": lambda: compose(plan, objects, build, HEADER),
    }
    files = {f"{folder(format, plan.environment)}/{path}": text for path, text in written[format]().items()}
    return _image_files(plan, others_in_deploy) | files if format == "plain" else files


def folder(format: Format, environment: str) -> str:  # noqa: A002
    """Where a format's files are, relative to the project."""
    return {"plain": f"deploy/{environment}", "kustomize": "kustomize", "helm": "chart", "compose": "compose"}[format]


def _image_files(plan: Plan, others_in_deploy: bool) -> dict[str, str]:
    if plan.dockerfile is None:
        return {}
    ignored = dockerignore(plan.dockerfile, others_in_deploy=others_in_deploy)
    return {".dockerignore": ignored, "Dockerfile": dockerfile(plan.dockerfile)}


def _plain(objects: dict[str, Object]) -> dict[str, str]:
    return {name: HEADER + yaml_io.dump(item) for name, item in objects.items()}


def _kustomize(plan: Plan, base: Plan, objects: dict[str, Object]) -> dict[str, str]:
    # A patch may be for an object that only an environment has.
    shared = patched(manifests(base), base.patches, all_match=False)
    return kustomize(plan.environment, shared, objects, (base.reference, plan.reference), HEADER)
