"""How is an image built? By BuildKit, or the builder before it, over the engine's API and without the docker CLI."""

import base64
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Literal

from docker.errors import DockerException

from kubeship.errors import BuildFailed, InvalidInput, MissingPrecondition
from kubeship.images.bases import INDEX, registries, registry
from kubeship.images.build_failures import build_failed
from kubeship.images.classic import ClassicProgress
from kubeship.images.connection import engine_errors
from kubeship.images.context import Replacement, read, tar_stream
from kubeship.images.ports import Credentials, EngineApi, Messages
from kubeship.images.progress import BuildProgress
from kubeship.images.secrets import hiding, secret_values
from kubeship.images.trace import decode_trace
from kubeship.model.events import Caution, Emit
from kubeship.model.image import BuildRequest, BuiltImage, Layer

Builder = Literal["buildkit", "classic"]
EPOCH = "SOURCE_DATE_EPOCH"
"""Source: reproducible-builds.org/specs/source-date-epoch."""
INLINE_CACHE = "BUILDKIT_INLINE_CACHE"
"""The build argument by which an image carries what makes it a cache (moby, builder/builder-next)."""
BEYOND_CLASSIC = re.compile(
    r"^\s*(?:RUN\s.*?(--mount=)|(?:COPY|ADD)\s.*?(--link|--chmod)|(?:RUN|COPY|ADD)\s.*?(<<-?['\"]?[A-Za-z_]\w*))",
    re.IGNORECASE | re.MULTILINE,
)
"""What the classic builder of 20.10 fails on."""
HUB_KEY = "https://index.docker.io/v1/"
"""How the classic builder wants Docker Hub's login to be named."""


def build(api: EngineApi, request: BuildRequest, emit: Emit) -> BuiltImage:
    """Build and tag the image; leaving early, by Ctrl-C too, ends the build in the engine.

    Raises BuildFailed with the failing step's last lines, InvalidInput when the context or a secret can't be read, and
    MissingPrecondition when the engine can't build such a Dockerfile.
    """
    text = dockerfile_text(request)
    secrets = secret_values(request.secrets, os.environ)
    with engine_errors(f"Building {request.tag}", BuildFailed):
        classic = builder(api) == "classic"
        if classic:
            require_no_buildkit(api, request, text)
        logins = _logins(api, request, text, emit)
        content = context(request)
        if classic:
            header = {"X-Registry-Config": registry_config(logins)}
            with api.build(build_parameters(request, "classic"), content, header) as messages:
                image_id = _follow_classic(request, messages, emit)
        else:
            with _session(api, secrets, logins) as session:
                parameters = build_parameters(request, "buildkit") | session
                with api.build(parameters, content, {}) as messages:
                    image_id = _follow(request, messages, emit, hiding(secrets.values()))
        return BuiltImage(image_id, request.tag, api.inspect_image(image_id)["Size"])


def builder(api: EngineApi) -> Builder:
    """What the engine builds with: `_ping` says `Builder-Version: 1` where BuildKit is off; 20.10 may leave it out.

    DOCKER_BUILDKIT=0 asks for the classic builder, as it does of the docker command. Raises MissingPrecondition for an
    engine that builds for Windows.
    """
    headers = api.ping()
    if headers.get("OSType", "linux") == "windows":
        raise MissingPrecondition(
            f"The engine at {api.address} builds Windows containers.",
            hint="switch Docker Desktop to Linux containers, or set DOCKER_HOST to an engine on Linux",
        )
    off = "Libpod-Api-Version" in headers or headers.get("Builder-Version") == "1"
    return "classic" if off or os.environ.get("DOCKER_BUILDKIT") == "0" else "buildkit"


def require_no_buildkit(api: EngineApi, request: BuildRequest, text: str) -> None:
    """Raise MissingPrecondition when the Dockerfile, or the request, can't do without BuildKit."""
    needs = "build.secrets in kubeship.yaml" if request.secrets else ""
    if found := BEYOND_CLASSIC.search(text):
        needs = f"{request.dockerfile} ({next(filter(None, found.groups()))})"
    if needs:
        raise MissingPrecondition(
            f"The engine at {api.address} builds without BuildKit, which {needs} needs.",
            hint="set DOCKER_HOST to a Docker engine of 20.10 or newer with BuildKit: DOCKER_BUILDKIT=0 and "
            '"features": {"buildkit": false} in daemon.json switch it off, and Podman has none',
        )


def build_parameters(request: BuildRequest, by: Builder) -> dict[str, str]:
    """What `POST /build` is asked for (Docker Engine API, ImageBuild)."""
    arguments = dict(request.arguments)
    parameters = {"t": request.tag, "dockerfile": request.dockerfile, "platform": request.platform}
    if by == "buildkit":
        parameters["version"] = "2"  # docker-py's own build() knows only the classic builder
    else:
        parameters |= {"rm": "1", "forcerm": "1"}
    if request.cache:
        parameters["cachefrom"] = json.dumps([request.cache])
        arguments[INLINE_CACHE] = "1"
    if arguments:
        parameters["buildargs"] = json.dumps(arguments)
    return parameters


def dockerfile_text(request: BuildRequest) -> str:
    """What is built. Raises InvalidInput when there is no such file."""
    path = request.context / request.dockerfile
    if not path.is_file():
        raise InvalidInput(
            f"There is no {request.dockerfile} in {request.context}.",
            hint="run `kubeship render`, or correct `build.dockerfile` in kubeship.yaml",
        )
    return request.dockerfile_text or read(path).decode(errors="replace")


def context(request: BuildRequest) -> Iterator[bytes]:
    """The context's tar. SOURCE_DATE_EPOCH is the latest time that a file in it may have."""
    epoch = request.arguments.get(EPOCH)
    if epoch is not None and not epoch.isdecimal():
        raise InvalidInput(f"{EPOCH} is {epoch!r}.", hint=f"set {EPOCH} to whole seconds since 1970, or unset it")
    replaced = Replacement(request.dockerfile, request.dockerfile_text.encode()) if request.dockerfile_text else None
    return tar_stream(request.context, request.dockerfile, replaced, latest=int(epoch) if epoch else None)


def layers(api: EngineApi, image: str) -> tuple[Layer, ...]:
    """The image's layers, from the base up; instructions that only set something have size 0."""
    with engine_errors(f"Asking the engine for the layers of {image}"):
        return tuple(Layer(entry["Size"], entry["CreatedBy"]) for entry in reversed(api.history(image)))


def registry_config(logins: Mapping[str, Credentials]) -> str:
    """Logins as the header X-Registry-Config has them (Docker Engine API, ImageBuild)."""
    entries = {
        HUB_KEY if host == INDEX else host: {"username": login.username, "password": login.secret}
        if login.username
        else {"identitytoken": login.secret}
        for host, login in logins.items()
    }
    return base64.urlsafe_b64encode(json.dumps(entries).encode()).decode()


def _logins(api: EngineApi, request: BuildRequest, text: str, emit: Emit) -> dict[str, Credentials]:
    """The user's logins at the registries that this build reads from, and at no other."""
    hosts = [*registries(text, dict(request.arguments)), *([registry(request.cache)] if request.cache else [])]
    found: dict[str, Credentials] = {}
    for host in dict.fromkeys(hosts):
        try:
            login = api.credentials(host)
        except DockerException as error:
            # A helper that some other machine's Docker Desktop had is no reason not to read what is public.
            emit(Caution(f"No login for {host}: {error}", "correct credsStore or credHelpers in Docker's config.json"))
            continue
        if login is not None:
            found[host] = login
    return found


@contextmanager
def _session(
    api: EngineApi, secrets: Mapping[str, bytes], logins: Mapping[str, Credentials]
) -> Iterator[dict[str, str]]:
    """The parameter that names the session; none where BuildKit has nothing to ask."""
    if not secrets and not logins:
        yield {}
        return
    from kubeship.images.session import Session, open_session  # noqa: PLC0415  # h2 takes 40 ms, and few builds need it

    with open_session(api, Session(secrets, logins.get)) as identity:
        yield {"session": identity}


def _follow(request: BuildRequest, messages: Messages, emit: Emit, hide: Callable[[str], str]) -> str:
    """The id of the image that BuildKit made."""
    progress = BuildProgress(hide)
    image_id = ""
    for message in messages:
        if message.get("id") == "moby.buildkit.trace":
            for event in progress.follow(decode_trace(message["aux"])):
                emit(event)
        elif message.get("id") == "moby.image.id":
            image_id = message["aux"]["ID"]
        elif "error" in message:
            raise build_failed(request.tag, progress.failed, message["error"])
    if not image_id:
        raise build_failed(request.tag, progress.failed, ENDED)
    return image_id


def _follow_classic(request: BuildRequest, messages: Messages, emit: Emit) -> str:
    """The id of the image that the classic builder made."""
    progress = ClassicProgress()
    for message in messages:
        for event in progress.follow(message):
            emit(event)
        if "error" in message:
            raise build_failed(request.tag, progress.failure(message["error"]), message["error"])
    for event in progress.ended():
        emit(event)
    if not progress.image_id:
        raise build_failed(request.tag, None, ENDED)
    return progress.image_id


ENDED = "the engine ended the build without an image"
