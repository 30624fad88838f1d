"""How does a project get its files? Inspect, ask only what is ambiguous, write everything or nothing."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kubeship.config.deployable import require_deployable
from kubeship.config.draft import Draft, DraftOptions, draft
from kubeship.config.file import CONFIG_FILE, ConfigFile, load, parsed
from kubeship.config.lock import LOCK_FILE, load_lock
from kubeship.errors import InvalidInput
from kubeship.inspection.ports import WheelIndex
from kubeship.inspection.project import inspect
from kubeship.inspection.served.commanded import COMMAND, KEY, is_command
from kubeship.model.events import Caution, Emit, Note, Step
from kubeship.model.origin import Candidate, Question
from kubeship.model.project import Answers, Project
from kubeship.planning.image import bases
from kubeship.planning.servers import SERVERS
from kubeship.planning.tools import build_tools
from kubeship.workflows.app import assemble
from kubeship.workflows.ci import ci_files, require_known
from kubeship.workflows.dockerfile import reviewed
from kubeship.workflows.render import is_different, write
from kubeship.workflows.wheels import RecordedIndex
from kubeship.workspace.decisions import Decision
from kubeship.yaml_io import load as load_yaml

Ask = Callable[[Sequence[Question]], Candidate]
"""Puts the first of the open questions to a person; raises InvalidInput with all of them where nobody can be asked."""
BaseDigest = Callable[[str], str | None]

VARIABLE = re.compile(r"(build\.|environments\.[^.]+\.)?variables\.[^.]+")
"""Keys whose values are environment variables': text."""
ROUNDS = 20
"""More questions than any project has: an answer that leaves its question open must not ask for ever."""


@dataclass(frozen=True)
class InitRequest:
    """What `kubeship init` was asked to do."""

    project: Path
    options: DraftOptions
    answers: Answers
    check: bool = False
    force: bool = False
    ci: str | None = None
    """github or gitlab: its file is written too."""
    ci_login: str = "kubeconfig"


@dataclass(frozen=True)
class Initialised:
    """What was found, and what happened to each file."""

    project: Project
    files: tuple[Decision, ...]
    different: bool
    """Exit code 2: with `check`, a file would change; otherwise an edited file has something new beside it."""


def init(
    request: InitRequest, ask: Ask, base_digest: BaseDigest, emit: Emit, index: WheelIndex | None = None
) -> Initialised:
    """Write kubeship.yaml, kubeship.lock, Dockerfile and manifests. Raises InvalidInput; then nothing is written."""
    require_known(request.ci, request.ci_login)
    emit(Step(f"Inspecting {request.project.resolve().name}"))
    existing = _existing(request.project)
    lock = load_lock(request.project / LOCK_FILE)
    wheels = RecordedIndex(lock.wheels, index)
    project = answered(request.project, request.answers, existing, ask, wheels)
    drafted = draft(project, request.answers, existing, lock, request.options, servers=SERVERS)
    file = parsed(drafted.text, CONFIG_FILE)
    pinned = _bases(file, drafted, base_digest, emit)
    tools = build_tools(file.image_configuration(), drafted.lock.tools)
    drafted = replace(drafted, lock=replace(drafted.lock, bases=pinned, tools=tools, wheels=wheels.answers))
    for warning in project.warnings:
        place = f" ({warning.origin})" if str(warning.origin) else ""
        emit(Caution(f"{warning.message}{place}"))
    for caution in drafted.cautions:
        emit(caution)
    if added := [f"{name} {version}" for name, version in drafted.lock.servers.items()]:
        verb = "is" if len(added) == 1 else "are"
        words = f"{', '.join(added)} {verb} added to the image, since the project's dependencies don't bring"
        emit(Note(f"{words} {'it' if len(added) == 1 else 'them'}"))
    beside: dict[str, str] = {}
    if request.ci:
        beside = ci_files(
            request.project, file, drafted.lock, project, emit, service=request.ci, login=request.ci_login
        )
    files = _write(request, file, drafted, beside, emit)
    for event in reviewed(assemble(file, drafted.lock, file.environments[0], request.project)):
        emit(event)
    return Initialised(project, files, is_different(files, request.check))


def answered(
    path: Path, answers: Answers, existing: ConfigFile | None, ask: Ask, index: WheelIndex | None = None
) -> Project:
    """The project with every question answered, by `answers`, by what kubeship.yaml says already, or by a person.

    Raises InvalidInput where nobody can be asked.
    """
    answers = dict(answers)
    for _ in range(ROUNDS):
        project = inspect(path, answers, index)
        stated = {
            key: value
            for question in project.questions
            for key, value in _stated(existing, question.key).items()
            if key not in answers
        }
        if not project.questions:
            return project
        require_deployable(project)
        answers |= stated or {project.questions[0].key: ask(project.questions).value}
    raise InvalidInput(
        f"the answers to {project.questions[0].key} leave it open",
        hint="answer it with --set, with one of the candidates",
    )


def _stated(existing: ConfigFile | None, key: str) -> Answers:
    """What kubeship.yaml answers a question with; for what is served, also a command that needs no app."""
    if existing is None:
        return {}
    if (value := existing.value(key)) is not None or key != KEY:
        return {} if value is None else {key: value}
    processes = existing.value("processes") or {}
    commands = ((f"processes.{name}.command", process.get("command")) for name, process in processes.items())
    return {key: command for key, command in commands if command}


def read_settings(settings: Sequence[str]) -> Answers:
    """`KEY=VALUE` options, VALUE read as YAML; a variable's is text, whatever YAML takes it for.

    Raises InvalidInput.
    """
    answers: Answers = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not (key and equals):
            raise InvalidInput(f"--set {setting}: expected KEY=VALUE", hint="for example --set processes.web.port=8080")
        read = load_yaml(value, f"--set {key}")
        key = COMMAND if key == KEY and is_command(read) else key
        is_text = VARIABLE.fullmatch(key) is not None and read is not None and not isinstance(read, str)
        answers[key] = value if is_text else read
    return answers


def _existing(project: Path) -> ConfigFile | None:
    return load(project / CONFIG_FILE) if (project / CONFIG_FILE).exists() else None


def _bases(file: ConfigFile, drafted: Draft, base_digest: BaseDigest, emit: Emit) -> dict[str, str]:
    found: dict[str, str] = {}
    for base in bases(file.image_configuration()):
        digest = drafted.lock.bases.get(base) or base_digest(base)
        if digest is None:
            unknown = "neither an engine nor its registry said which it is"
            emit(Caution(f"{base} is not pinned by digest: {unknown}", "kubeship update pins it"))
        else:
            found[base] = digest
    return found


def _write(
    request: InitRequest, file: ConfigFile, drafted: Draft, beside: Mapping[str, str], emit: Emit
) -> tuple[Decision, ...]:
    files: dict[str, Decision] = {}
    lock = drafted.lock
    for environment in file.environments:
        app = assemble(file, lock, environment, request.project)
        for decision in write(app, "plain", request.check, request.force, emit, beside=beside):
            files.setdefault(decision.path, decision)
        if not request.check:
            written = load_lock(request.project / LOCK_FILE)
            lock = replace(lock, files=written.files, rendered_from=written.rendered_from)
    return tuple(files.values())
