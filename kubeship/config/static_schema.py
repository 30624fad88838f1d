"""What may kubeship.yaml say of static files that a server beside the app serves?"""

from typing import Annotated, Literal

from pydantic import Field

from kubeship.config.kinds import Folder, Route
from kubeship.config.strict import Strict


class Media(Strict):
    """Files that users uploaded: never cached for long, and not in the image."""

    url: Route = "/media"
    root: Folder


class Static(Strict):
    """A server in the pod of the web process, which serves files and hands the rest to the app."""

    server: Literal["nginx", "apache", "lighttpd"]
    url: Route = "/static"
    root: Folder = "staticfiles"
    """Relative to kubeship.yaml, as it is in the image after `build.steps`."""
    media: Media | None = None
    body: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,5}[km]$")] = "10m"
    """The largest request that is accepted: `512k`, `10m`."""
