"""Which ImagePlans are the golden Dockerfiles made of? One for each manager, and one for each kind of image."""

from dataclasses import replace

from kubeship.model.image_plan import BundlePlan, FrontEndPlan, ImagePlan, TestPlan
from kubeship.planning.tools import tool_requirement
from tests.unit.rendering.rendering_plans import DIGEST

PLAIN = ImagePlan(
    base=f"python:3.12-slim@{DIGEST}",
    platform="linux/amd64",
    manager="pip",
    dependency_files=("requirements.txt",),
    require_hashes=False,
    server_requirement=None,
    build_packages=(),
    runtime_packages=(),
    steps=(),
    step_variables={},
    variables={},
    import_root=".",
    root=".",
    user=10001,
    port=8000,
    command=("gunicorn", "--bind", "0.0.0.0:8000", "app:app"),
    python="3.12",
)


def managed(manager: str, *files: str, plan: ImagePlan = PLAIN) -> ImagePlan:
    return replace(plan, manager=manager, dependency_files=files, tool=tool_requirement(manager, "3.12", {}))


UV = managed("uv", "pyproject.toml", "uv.lock")

IMAGES = {
    "bundle": replace(
        managed("uv", "pyproject.toml", "uv.lock"),
        bundle=BundlePlan("pyinstaller==6.22.3", "hello.py", "hello", ("--hidden-import", "shop.tasks")),
        runtime_base="debian:trixie-slim",
        build_packages=("binutils",),
        port=None,
        command=("/app/hello",),
    ),
    "conda": replace(
        managed("conda", "environment.yml"),
        base="mambaorg/micromamba:2.3.3-debian13-slim",
        runtime_base="debian:trixie-slim",
        server_requirement="gunicorn==27.0.1",
    ),
    "front-end": replace(
        UV,
        front_end=FrontEndPlan(
            base="node:22-slim",
            path="frontend",
            manager="npm",
            files=("frontend/package.json", "frontend/package-lock.json"),
            reads=("shop/templates",),
            command="npm run build",
            output="frontend/dist",
        ),
        steps=("python manage.py collectstatic --noinput",),
    ),
    "machine-learning": replace(
        PLAIN, accelerator="cpu", models=("models", "data/labels.txt"), import_root="src", healthcheck=("python3", "-V")
    ),
    "pdm": replace(managed("pdm", "pyproject.toml", "pdm.lock"), package=True, groups=("live",)),
    "pep621": replace(managed("pep621", "pyproject.toml"), package=True, extras=("live",)),
    "pip-editable": replace(PLAIN, paths=(".", "libs/core"), package_variables={"SETUPTOOLS_SCM_PRETEND_VERSION": "0"}),
    "pip-hashes": replace(PLAIN, require_hashes=True, server_requirement="gunicorn==27.0.1", paths=("libs/core",)),
    "pip-private": replace(
        PLAIN,
        secrets=("pip.conf", "INDEX_TOKEN"),
        labels={"org.opencontainers.image.source": "https://git.example.com/team/shop"},
    ),
    "pipenv": replace(managed("pipenv", "Pipfile", "Pipfile.lock"), groups=("live",)),
    "poetry": replace(managed("poetry", "backend/pyproject.toml", "backend/poetry.lock"), root="backend", package=True),
    "setuptools": replace(managed("setuptools", "setup.py", "requirements.txt"), extras=("live",)),
    "tests": replace(UV, tests=TestPlan("pytest -q", groups=("dev",)), step_variables={"SECRET_KEY": "build-only"}),
    "uv": replace(UV, groups=("live",), extras=("s3",), server_requirement="gunicorn==27.0.1"),
    "uv-workspace": replace(
        managed("uv", "services/api/pyproject.toml", "uv.lock", "pyproject.toml"),
        package=True,
        paths=("libs/core",),
        root="services/api",
        server_requirement="gunicorn==27.0.1",
    ),
}
