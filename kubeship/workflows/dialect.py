"""Which Dockerfile does an engine without BuildKit get?"""

from dataclasses import replace

from kubeship.model.image import BuildRequest
from kubeship.rendering.image_files import dockerfile
from kubeship.workflows.app import App


def without_mounts(app: App, request: BuildRequest) -> BuildRequest:
    """The request with the same stages in the classic dialect, where the file is still kubeship's own text.

    What people wrote or edited is sent as it is. Raises InvalidInput where secrets are wanted, which such an engine
    could only put into a layer.
    """
    image = app.plan.dockerfile
    path = request.context / request.dockerfile
    if image is None or not path.is_file() or path.read_text(encoding="utf-8") != dockerfile(image):
        return request
    return replace(request, dockerfile_text=dockerfile(image, dialect="classic"))
