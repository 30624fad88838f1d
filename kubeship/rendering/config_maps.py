"""What do immutable ConfigMaps hold, and what are they called? Another text is another name, and rolls the pods."""

import hashlib
import json
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from kubeship.model.plan import Plan, ProcessPlan
from kubeship.rendering import locations
from kubeship.rendering.templates import image_templates


@dataclass(frozen=True)
class ServerConfig:
    """The configuration of the server in front of a process."""

    name: str
    """Of the ConfigMap."""
    file: str
    text: str


@dataclass(frozen=True)
class FilesConfig:
    """The files of all processes."""

    name: str
    data: Mapping[str, str]


def server_config(process: ProcessPlan | None) -> ServerConfig | None:
    """None for a process that nothing stands in front of."""
    if process is None or process.static is None:
        return None
    static = process.static
    text = image_templates().get_template(f"static/{static.server}.conf.j2").render(static=static)
    return ServerConfig(f"{process.full_name}-{static.server}-{_digest(text)}", posixpath.basename(static.file), text)


def files_config(plan: Plan) -> FilesConfig | None:
    """None where there are no files."""
    if not plan.files:
        return None
    data = {file.key: _shipped(file.template) if file.template else file.text for file in plan.files}
    return FilesConfig(f"{plan.name}-files-{_digest(json.dumps(data, sort_keys=True))}", data)


def _shipped(template: str) -> str:
    return (locations.templates() / PurePosixPath(template)).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
