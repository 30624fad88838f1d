"""What do the Dockerfile and .dockerignore say?"""

import posixpath
import shlex
from itertools import groupby

from kubeship.model.plan import ImagePlan
from kubeship.rendering.templates import image_templates


def dockerfile(image: ImagePlan) -> str:
    """Two stages, for BuildKit from Docker 20.10 on. Raises InvalidInput for a value that no Dockerfile can hold."""
    return (
        image_templates()
        .get_template("Dockerfile.j2")
        .render(
            image=image,
            copies=_copies(image.dependency_files),
            installs=_installs(image),
            environment=_environment(image),
            start_folder=_inside(image.root),
        )
    )


def dockerignore() -> str:
    """What the builder isn't sent."""
    return image_templates().get_template("dockerignore.j2").render()


def _copies(files: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    """Files by folder, in order: one COPY each, since COPY flattens what it is given."""
    grouped = groupby(sorted(files, key=posixpath.dirname), key=posixpath.dirname)
    return tuple((tuple(members), posixpath.join(".", folder)) for folder, members in grouped)


def _installs(image: ImagePlan) -> tuple[str, ...]:
    """The arguments of each `pip install`."""
    requirements = [f"-r {shlex.quote(image.dependency_files[0])}"] if image.dependency_files else []
    server = [shlex.quote(image.server_requirement)] if image.server_requirement else []
    # With --require-hashes pip would want a hash of the server too: it is installed by itself.
    runs = [["--require-hashes", *requirements], server] if image.require_hashes else [requirements + server]
    return tuple(" ".join(arguments) for arguments in runs if arguments)


def _environment(image: ImagePlan) -> dict[str, str]:
    python_path = {} if _inside(image.import_root) == "/app" else {"PYTHONPATH": _inside(image.import_root)}
    return {**python_path, **image.variables}


def _inside(path: str) -> str:
    return posixpath.normpath(posixpath.join("/app", path))
