"""Where are templates/ and charts/? In a wheel inside the package, in a checkout beside it."""

from pathlib import Path

from kubeship.errors import MissingPrecondition

PACKAGE = Path(__file__).resolve().parents[1]


def templates(package: Path = PACKAGE) -> Path:
    """The Jinja2 files. Raises MissingPrecondition when the installation is incomplete."""
    return _existing(package / "_templates", package.parent / "templates")


def charts(package: Path = PACKAGE) -> Path:
    """The Helm chart's skeletons. Raises MissingPrecondition when the installation is incomplete."""
    return _existing(package / "_charts", package.parent / "charts")


def _existing(in_wheel: Path, in_checkout: Path) -> Path:
    """pyproject.toml (force-include) says what goes where in a wheel."""
    for folder in (in_wheel, in_checkout):
        if folder.is_dir():
            return folder
    raise MissingPrecondition(
        f"This installation of kubeship is incomplete: neither {in_wheel} nor {in_checkout} is there",
        hint="pip install --force-reinstall kubeship",
    )
