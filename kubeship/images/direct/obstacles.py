"""What of an image can only an engine make? Whatever runs inside of it while it is built."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from kubeship.model.image_plan import ImagePlan

MADE = frozenset(
    {
        "base",
        "command",
        "dependency_files",
        "extras",
        "groups",
        "healthcheck",
        "import_root",
        "indexes",
        "labels",
        "manager",
        "models",
        "package_variables",
        "platform",
        "port",
        "python",
        "require_hashes",
        "root",
        "secret_files",
        "secrets",
        "server_requirement",
        "step_variables",
        "stop_signal",
        "tool",
        "user",
        "variables",
    }
)
"""Fields of the plan that the direct builder heeds, or that only concern what it never does."""

OBSTACLES: Mapping[str, Callable[[Any], str]] = {
    "accelerator": lambda name: f"wheels for the accelerator {name} are chosen by the Dockerfile",
    "build_packages": lambda names: f"something must be compiled (system_packages.build: {', '.join(names)})",
    "bundle": lambda _: "PyInstaller runs inside the image (build.bundle)",
    "front_end": lambda plan: f"the front end in {plan.path} is built with {plan.manager}",
    "package": lambda _: "the project itself is installed, which runs its build backend",
    "paths": lambda paths: f"{', '.join(paths)} must be built before it can be installed",
    "runtime_base": lambda base: f"the image that runs starts from {base}",
    "runtime_packages": lambda names: f"Debian packages are installed (system_packages.runtime: {', '.join(names)})",
    "steps": lambda steps: f"build steps run inside the image (build.steps: {steps[0]})",
    "tests": lambda _: "tests run inside the image (build.tests)",
}


def obstacle(image: ImagePlan) -> str | None:
    """Why only an engine can build it; None when nothing but installing wheels and copying files is asked for."""
    for field in fields(image):
        value = getattr(image, field.name)
        if field.name in MADE or not value:
            continue
        because = OBSTACLES.get(field.name)
        return because(value) if because else f"it knows nothing of {field.name} in the plan"
    return None
