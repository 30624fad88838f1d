"""How do pinned base images, servers and build tools become newer?"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from kubeship.config.file import CONFIG_FILE, load
from kubeship.errors import MissingPrecondition
from kubeship.model.events import Emit, Note
from kubeship.planning.added import newest_servers
from kubeship.planning.image import bases
from kubeship.planning.tools import build_tools
from kubeship.workflows.app import assemble, load_app
from kubeship.workflows.render import Rendered, is_different, write
from kubeship.workspace.decisions import Decision

BaseDigest = Callable[[str], str | None]


def update(project: Path, base_digest: BaseDigest, emit: Emit) -> Rendered:
    """Pin what the registries and this kubeship have now, and render. Raises MissingPrecondition without an answer."""
    file = load(project / CONFIG_FILE)
    configuration = file.image_configuration()
    newest = {base: _newest(base, base_digest) for base in bases(configuration)}
    tools = build_tools(configuration, {})
    files: dict[str, Decision] = {}
    for environment in file.environments:
        lock = load_app(project, environment).lock
        servers = newest_servers(file.image_configuration(), lock)
        _tell({**lock.bases, **lock.servers, **lock.tools}, {**newest, **servers, **tools}, emit)
        app = assemble(file, replace(lock, bases=newest, servers=servers, tools=tools), environment, project)
        for decision in write(app, "plain", False, False, emit):
            files.setdefault(decision.path, decision)
    return Rendered(tuple(files.values()), is_different(files.values(), check=False))


def _tell(old: Mapping[str, str], new: Mapping[str, str], emit: Emit) -> None:
    for name, pin in new.items():
        if old.get(name) != pin:
            emit(Note(f"{name}: {old.get(name, 'not pinned')} → {pin}"))


def _newest(base: str, base_digest: BaseDigest) -> str:
    digest = base_digest(base)
    if digest is None:
        raise MissingPrecondition(
            f"the newest digest of {base} can't be learned",
            hint="see that its registry answers, name one that does in KUBESHIP_DOCKER_HUB_MIRROR, or start a Docker "
            "engine; then run kubeship update again",
        )
    return digest
