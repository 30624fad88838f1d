"""What do the Dockerfile and .dockerignore say?"""

import posixpath
import shlex
from itertools import groupby
from typing import Any, Literal

from kubeship.model.image_plan import FrontEndPlan, ImagePlan
from kubeship.rendering.image_paths import inside
from kubeship.rendering.runs import Dialect, Runs
from kubeship.rendering.templates import image_templates

PIP = "pip --python /opt/venv/bin/python install"
PYTORCH_CPU = "https://download.pytorch.org/whl/cpu"
"""PyTorch's wheels without CUDA (pytorch.org/get-started/locally). `+cpu` sorts above the same version of PyPI."""
FRONT_END_INSTALLS = {
    "npm": ("npm ci", "/root/.npm"),
    "pnpm": ("pnpm install --frozen-lockfile", "/root/.local/share/pnpm/store"),
    "yarn": ("yarn install --frozen-lockfile", "/usr/local/share/.cache/yarn"),
}
"""How each installs what its lock file says, and where it keeps downloads. Sources: their own command references."""
Installer = Literal["pip", "uv", "poetry", "pdm", "pipenv", "pep621", "setuptools", "conda"]


def dockerfile(image: ImagePlan, dialect: Dialect = "buildkit") -> str:
    """The stages of one image. `classic` has no mounts, for an engine without BuildKit; it is never written to disk.

    Raises InvalidInput for a value that no Dockerfile can hold, and for secrets in the classic dialect.
    """
    runs = Runs(dialect, image.secrets)
    return image_templates().get_template("Dockerfile.j2").render(_words(image), run=runs.run, dialect=dialect)


def dockerignore(image: ImagePlan, *, others_in_deploy: bool = False) -> str:
    """What the builder isn't sent; what a front end made on somebody's machine is made again.

    The folder deploy/ itself stays out, unless the project has files of its own in it: setuptools takes a second folder
    beside a package, even an empty one, for another package, and refuses both ("flat-layout").
    """
    front = image.front_end
    made = (front.output,) if front and front.output.startswith(f"{front.path}/") else ()
    template = image_templates().get_template("dockerignore.j2")
    return template.render(made=made, secret=image.secret_files, others_in_deploy=others_in_deploy)


def _words(image: ImagePlan) -> dict[str, Any]:
    """What the templates put together from the plan."""
    installer = _installer(image)
    requirements = _requirements(image, installer)
    server = [f"{PIP} {image.server_requirement}"] if image.server_requirement else []
    late = installer == "pip" and "." in image.paths
    test_files = tuple(image.tests.files) if image.tests else ()
    return {
        "image": image,
        "installer": installer,
        "locked": _is_locked(image),
        "later": image.package or (bool(image.paths) and installer in {"uv", "poetry"}),
        "copied": () if late else _copies(image.dependency_files),
        # uv and Poetry install from these folders once the source is there.
        "copied_folders": () if late or installer in {"uv", "poetry"} else tuple(p for p in image.paths if p != "."),
        "project_folder": _project_folder(image, installer),
        "environment": _environment(image),
        "start_folder": inside(image.root),
        "built": "packed" if image.tests else "build",
        "pip_install": PIP,
        "installs": () if late else requirements,
        "late_installs": requirements if late else (),
        "server_with_pip": server,
        "server_with_uv": [f"uv pip install --python /opt/venv {image.server_requirement}"]
        if image.server_requirement
        else [],
        "server_with_conda": [f"/opt/venv/bin/python -m pip install {image.server_requirement}"]
        if image.server_requirement
        else [],
        "server_words": f" \\\n        {image.server_requirement}" if image.server_requirement else "",
        "test_files_with_pip": [f"{PIP} {_r(test_files)}"] if test_files else [],
        "test_files_with_uv": [f"uv pip install --python /opt/venv {_r(test_files)}"] if test_files else [],
        "bundle_words": _bundle_words(image),
        **(_front_end(image.front_end) if image.front_end else {}),
    }


def _installer(image: ImagePlan) -> Installer:
    """Which file of templates/dockerfile says how dependencies are installed."""
    match image.manager:
        case "uv" if image.dependency_files and image.dependency_files[0].endswith(".py"):
            return "pep621"  # a script with its own block (PEP 723)
        case "uv" if not _is_locked(image) and not image.paths:
            # `uv sync` would make a lock, for which it builds the project, whose source isn't there yet.
            return "pep621"
        case "uv" | "poetry" | "pdm" | "pipenv" | "pep621" | "setuptools" | "conda" as manager:
            return manager
        case _:
            return "pip"


def _is_locked(image: ImagePlan) -> bool:
    return any(file.endswith((".lock", ".lockb")) for file in image.dependency_files)


def _project_folder(image: ImagePlan, installer: Installer) -> str:
    """Where the installing program runs: beside the file that declares; pip reads paths from the project's folder."""
    if installer == "pip" or not image.dependency_files:
        return "/app"
    return inside(posixpath.dirname(image.dependency_files[0]))


def _requirements(image: ImagePlan, installer: Installer) -> tuple[str, ...]:
    """The `pip install` commands for requirements files and the server."""
    files = [file for file in image.dependency_files if file.endswith((".txt", ".in"))]
    if installer == "pip":
        files = list(image.dependency_files[:1])
    accelerated = ["--extra-index-url", PYTORCH_CPU] if image.accelerator == "cpu" else []
    requirements = [*accelerated, *(f"-r {shlex.quote(_below(file, image, installer))}" for file in files[:1])]
    requirements = requirements if files else []
    server = [image.server_requirement] if image.server_requirement else []
    # With --require-hashes pip would want a hash of the server too: it is installed by itself.
    runs = [["--require-hashes", *requirements], server] if image.require_hashes else [requirements + server]
    return tuple(" ".join([PIP, *arguments]) for arguments in runs if arguments)


def _below(file: str, image: ImagePlan, installer: Installer) -> str:
    """The file's path from where the installing program runs."""
    return posixpath.relpath(inside(file), _project_folder(image, installer))


def _copies(files: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    """Files by folder, in order: one COPY each, since COPY flattens what it is given."""
    grouped = groupby(sorted(files, key=posixpath.dirname), key=posixpath.dirname)
    return tuple((tuple(members), posixpath.join(".", folder)) for folder, members in grouped)


def _front_end(front_end: FrontEndPlan) -> dict[str, Any]:
    install, cache = FRONT_END_INSTALLS[front_end.manager]
    if front_end.manager == "npm" and len(front_end.files) == 1:
        install = "npm install"  # without a lock file `npm ci` refuses
    copies = tuple((files, inside(folder)) for files, folder in _copies(front_end.files))
    return {"front_end_copies": copies, "front_end_install": install, "front_end_cache": cache}


def _bundle_words(image: ImagePlan) -> tuple[str, ...]:
    """The arguments of pyinstaller: a .spec file says all but the folders itself."""
    if image.bundle is None:
        return ()
    source = posixpath.relpath(inside(image.bundle.source), inside(image.root))
    named = () if source.endswith(".spec") else ("--onedir", "--name", image.bundle.name)
    return (
        "--noconfirm",
        "--distpath",
        "/opt",
        "--workpath",
        "/tmp/pyinstaller",  # noqa: S108 - a folder of the build stage
        *named,
        *image.bundle.options,
        source,
    )


def _environment(image: ImagePlan) -> dict[str, str]:
    python_path = {} if inside(image.import_root) == "/app" else {"PYTHONPATH": inside(image.import_root)}
    return {**python_path, **image.variables}


def _r(files: tuple[str, ...]) -> str:
    return " ".join(f"-r {shlex.quote(inside(file))}" for file in files)
