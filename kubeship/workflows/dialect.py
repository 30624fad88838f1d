"""Which Dockerfile does an engine without BuildKit get?"""

from dataclasses import replace

from kubeship.model.image import BuildRequest
from kubeship.rendering.image_files import dockerfile
from kubeship.workflows.app import App
from kubeship.workflows.ports import Engine


def spoken(app: App, request: BuildRequest, engine: Engine) -> BuildRequest:
    """The request; for an engine without BuildKit with the same stages in the classic dialect.

    What people wrote or edited is sent as it is. Raises InvalidInput where secrets are wanted, which such an engine
    could only put into a layer.
    """
    image = app.plan.dockerfile
    path = request.context / request.dockerfile
    if image is None or not path.is_file() or engine.builder() == "buildkit":
        return request
    if path.read_text(encoding="utf-8") != dockerfile(image):
        return request
    return replace(request, dockerfile_text=dockerfile(image, dialect="classic"))
