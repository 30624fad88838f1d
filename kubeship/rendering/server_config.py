"""What is the configuration of the server in front of a process, and what is the ConfigMap called that holds it?"""

import hashlib
import posixpath
from dataclasses import dataclass

from kubeship.model.plan import ProcessPlan
from kubeship.rendering.templates import image_templates


@dataclass(frozen=True)
class ServerConfig:
    """A file for a ConfigMap, which is immutable: another text is another name, and rolls the pods."""

    name: str
    """Of the ConfigMap."""
    file: str
    text: str


def server_config(process: ProcessPlan | None) -> ServerConfig | None:
    """None for a process that nothing stands in front of."""
    if process is None or process.static is None:
        return None
    static = process.static
    text = image_templates().get_template(f"static/{static.server}.conf.j2").render(static=static)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return ServerConfig(f"{process.full_name}-{static.server}-{digest}", posixpath.basename(static.file), text)
