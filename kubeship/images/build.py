"""How is an image built? BuildKit over the engine's API, without the docker CLI."""

from kubeship.errors import BuildFailed, InvalidInput, MissingPrecondition
from kubeship.images.build_failures import build_failed
from kubeship.images.connection import engine_errors
from kubeship.images.context import tar_stream
from kubeship.images.ports import EngineApi
from kubeship.images.progress import BuildProgress
from kubeship.images.trace import decode_trace
from kubeship.model.events import Emit
from kubeship.model.image import BuildRequest, BuiltImage


def build(api: EngineApi, request: BuildRequest, emit: Emit) -> BuiltImage:
    """Build and tag the image; leaving early, by Ctrl-C too, ends the build in the engine.

    Raises BuildFailed with the failing step's last lines, InvalidInput when the context can't be read, and
    MissingPrecondition when the engine has no BuildKit.
    """
    if not (request.context / request.dockerfile).is_file():
        raise InvalidInput(
            f"There is no {request.dockerfile} in {request.context}.",
            hint="Run `kubeship render`, or correct `build.dockerfile` in kubeship.yaml.",
        )
    progress = BuildProgress()
    image_id = ""
    with engine_errors(f"Building {request.tag}", BuildFailed):
        _require_buildkit(api)
        context = tar_stream(request.context, request.dockerfile)
        with api.build(build_parameters(request), context) as messages:
            for message in messages:
                if message.get("id") == "moby.buildkit.trace":
                    for event in progress.follow(decode_trace(message["aux"])):
                        emit(event)
                elif message.get("id") == "moby.image.id":
                    image_id = message["aux"]["ID"]
                elif "error" in message:
                    raise build_failed(request.tag, progress.failed, message["error"])
        if not image_id:
            raise build_failed(request.tag, progress.failed, "the engine ended the build without an image")
        return BuiltImage(image_id, request.tag, api.inspect_image(image_id)["Size"])


def build_parameters(request: BuildRequest) -> dict[str, str]:
    """What `POST /build` is asked for (Docker Engine API, ImageBuild)."""
    return {
        "version": "2",  # BuildKit; docker-py's own build() knows only the classic builder
        "t": request.tag,
        "dockerfile": request.dockerfile,
        "platform": request.platform,
    }


def _require_buildkit(api: EngineApi) -> None:
    """`_ping` says `Builder-Version: 1` where BuildKit is switched off; 20.10 may leave it out."""
    headers = api.ping()
    podman = "Libpod-Api-Version" in headers
    if podman or headers.get("Builder-Version") == "1":
        raise MissingPrecondition(
            f"The engine at {api.address}, {'Podman' if podman else 'Docker with BuildKit switched off'}, can't build "
            "with BuildKit.",
            hint="Set DOCKER_HOST to a Docker engine of 20.10 or newer"
            + ("." if podman else ', or remove "buildkit": false from its daemon.json.'),
        )
