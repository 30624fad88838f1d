"""Do the rooms keep to the layers that pyproject.toml draws?"""

import tomllib
from pathlib import Path

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = ROOT / "pyproject.toml"
OUTSIDE_THE_LAYERS = {"__init__", "__main__"}
OWNERS = {
    "docker": {"images"},
    "jinja2": {"rendering"},
    "kubernetes": {"cluster"},
    "rich": {"cli", "ui"},
    "ruamel": {"yaml_io"},
    "typer": {"cli", "ui"},
    "yaml": {"yaml_io"},
}


def test_no_import_crosses_a_wall() -> None:
    result = lint_imports(config_filename=str(PYPROJECT), no_cache=True)

    assert result == EXIT_STATUS_SUCCESS


def test_every_room_has_its_layer() -> None:
    contracts = tomllib.loads(PYPROJECT.read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")

    placed = {room.strip() for layer in layers for room in layer.split("|")}

    assert placed == {f"kubeship.{name}" for name in rooms()}


def test_a_vendor_is_forbidden_to_every_room_but_its_own() -> None:
    contracts = tomllib.loads(PYPROJECT.read_text())["tool"]["importlinter"]["contracts"]
    vendors = [contract for contract in contracts if contract["type"] == "forbidden"]

    allowed = {
        vendor: {f"kubeship.{name}" for name in rooms()} - set(contract["source_modules"])
        for contract in vendors
        for vendor in contract["forbidden_modules"]
    }

    assert allowed == {vendor: {f"kubeship.{name}" for name in owners} for vendor, owners in OWNERS.items()}


def rooms() -> set[str]:
    """What lies directly in the package: folders with modules in them, and modules."""
    package = ROOT / "kubeship"
    folders = {path.name for path in package.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    modules = {path.stem for path in package.glob("*.py")}
    return (folders | modules) - OUTSIDE_THE_LAYERS
