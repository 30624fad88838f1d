"""Which files does a Plan become?"""

from typing import Literal

from kubeship import yaml_io
from kubeship.model.objects import Object
from kubeship.model.plan import Plan
from kubeship.rendering.chart import chart
from kubeship.rendering.image_files import dockerfile, dockerignore
from kubeship.rendering.manifests import manifests
from kubeship.rendering.patches import patched

Format = Literal["plain", "helm"]
HEADER = "# Written by kubeship and yours to edit: `kubeship render` keeps what you change.\n"


def render(plan: Plan, *, format: Format = "plain") -> dict[str, str]:  # noqa: A002 - the option is called --format
    """Text by path relative to the project; the same to the byte for the same Plan.

    `plain`: deploy/<environment>/*.yaml, one object a file, and, unless the project keeps its own, the Dockerfile
    with its .dockerignore. `helm`: a chart of the same objects under chart/.
    Raises InvalidInput for a value that no Dockerfile can hold.
    """
    objects = patched(manifests(plan), plan.patches)
    if format == "helm":
        return {f"chart/{path}": text for path, text in chart(plan.name, objects, HEADER).items()}
    return _image_files(plan) | _plain(plan.environment, objects)


def _image_files(plan: Plan) -> dict[str, str]:
    if plan.dockerfile is None:
        return {}
    return {".dockerignore": dockerignore(plan.dockerfile), "Dockerfile": dockerfile(plan.dockerfile)}


def _plain(environment: str, objects: dict[str, Object]) -> dict[str, str]:
    return {f"deploy/{environment}/{name}": HEADER + yaml_io.dump(item) for name, item in objects.items()}
