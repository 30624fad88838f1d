"""Does the user have a Docker configuration? Its file, as docker-py looks for it, without importing docker-py."""

import os
from pathlib import Path


def configuration_file() -> Path | None:
    """config.json in DOCKER_CONFIG or ~/.docker, or the old ~/.dockercfg (docker/utils/config.py)."""
    named = os.environ.get("DOCKER_CONFIG")
    home = Path("~").expanduser()
    places = (*([Path(named) / "config.json"] if named else []), home / ".docker" / "config.json", home / ".dockercfg")
    return next((place for place in places if place.exists()), None)
