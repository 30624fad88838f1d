"""What does init write into kubeship.yaml? Findings into a new file, or into what people made of the last one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from kubeship.config.cautions import cautions
from kubeship.config.complaints import unknown_key
from kubeship.config.deployable import require_deployable
from kubeship.config.deployed import with_deployed
from kubeship.config.editing import GONE, KeyPath
from kubeship.config.file import ConfigFile, parsed
from kubeship.config.findings import Finding, findings
from kubeship.config.layout import commented, laid_out
from kubeship.config.lock import Lock, LockedFinding
from kubeship.config.pins import missing_pins
from kubeship.config.process_schema import Process
from kubeship.config.schema import Configuration
from kubeship.config.server import Server
from kubeship.config.serving import needs_websockets
from kubeship.config.updating import ORDER, listed_once, put, updated
from kubeship.errors import InvalidInput
from kubeship.model.events import Caution
from kubeship.model.project import Answers, Project

DEFAULT_ENVIRONMENT = "production"
MAX_CANDIDATES = 5


@dataclass(frozen=True)
class DraftOptions:
    """What the command line of init says; None where it says nothing."""

    image: str | None = None
    host: str | None = None
    namespace: str | None = None
    environment: str | None = None


@dataclass(frozen=True)
class Draft:
    """What init is to write."""

    text: str
    """kubeship.yaml."""
    lock: Lock
    """With what was found this time; files and hashes as before."""
    cautions: tuple[Caution, ...] = ()


def draft(
    project: Project,
    answers: Answers,
    existing: ConfigFile | None,
    lock: Lock,
    options: DraftOptions,
    *,
    servers: Mapping[str, Server],
) -> Draft:
    """kubeship.yaml and kubeship.lock after init.

    Without `existing` a new file. With it: what nobody edited since the last init gets the new finding, what somebody
    edited or removed stays, and so do comments and formatting. `answers` are values by key in kubeship.yaml, and win
    over everything. Raises InvalidInput for a key that kubeship.yaml doesn't have, and for what isn't deployed yet.
    """
    require_deployable(project)
    name = _name(project, answers, existing, lock)
    environment = options.environment or DEFAULT_ENVIRONMENT
    found = with_deployed(findings(project, name, environment, servers), project)
    # Never noted as found, so that the next init, without these words, takes it for an edit and keeps it.
    stated = {**_answered(answers, found), **_optional(project, options, existing, name)}
    found = listed_once(found, stated, existing, lock)
    if existing is None:
        text, kept = _new(found, stated), found
    else:
        kept = _of_environment(found, existing, options)
        text = updated(existing, kept, lock, stated)
    noted = {
        each.key: LockedFinding(each.value, each.origin)
        for each in kept
        if not _is_a_persons(each, existing, lock, stated)
    }
    carried = {key: each for key, each in lock.found.items() if key.startswith("environments.")}
    return Draft(
        text,
        replace(
            lock,
            found={**carried, **noted},
            servers=_servers(project, parsed(text), lock, servers),
            brought=_brought(project, servers),
            candidates=_candidates(project),
        ),
        cautions(project, options.host, existing, stated, servers),
    )


def _is_a_persons(finding: Finding, existing: ConfigFile | None, lock: Lock, stated: Mapping[KeyPath, Any]) -> bool:
    """Whether the value is an answer, or was one before: noted as found, the next finding would replace it."""
    if finding.path in stated and stated[finding.path] == finding.value:
        return True
    unnoted = bool(lock.found) and finding.key not in lock.found
    return unnoted and existing is not None and existing.value(finding.key) is not None


def _name(project: Project, answers: Answers, existing: ConfigFile | None, lock: Lock) -> str:
    """The app's name after this init: stated, edited, or found."""
    present = existing.value("name") if existing else None
    noted = lock.found.get("name")
    edited = present if noted is None or noted.value != present else None
    return str(answers.get("name") or edited or project.name.value)


def _answered(answers: Answers, found: tuple[Finding, ...]) -> dict[KeyPath, Any]:
    """What --set says, by path; as a string where inspection read `3.12` as a version and YAML as a number."""
    known = {each.key: each.value for each in found}
    values: dict[KeyPath, Any] = {}
    for key, value in answers.items():
        path = tuple(key.split("."))
        if path[0] not in Configuration.model_fields:
            raise InvalidInput(
                f"--set {key}: {unknown_key(path[0], Configuration.model_fields)}",
                hint="use a key as it stands in kubeship.yaml",
            )
        same = key in known and str(known[key]) == str(value)
        values[path] = GONE if value is None else known[key] if same else value
    return values


def _optional(project: Project, options: DraftOptions, existing: ConfigFile | None, name: str) -> dict[KeyPath, Any]:
    """What the options say, by path."""
    values: dict[KeyPath, Any] = {}
    known = existing.environments if existing else ()
    environment = options.environment or (known[0] if len(known) == 1 else DEFAULT_ENVIRONMENT)
    if options.image:
        values["image",] = options.image
    if options.host:
        web = next((process.name for process in project.processes if process.kind == "web"), None)
        if web is None:
            raise InvalidInput(f"--host {options.host}: no web process was found", hint="leave out --host")
        values["processes", web, "hosts"] = [options.host]
    if options.namespace:
        values["environments", environment, "namespace"] = options.namespace
    elif known and environment not in known:
        # A second environment beside the first needs another namespace.
        values["environments", environment, "namespace"] = f"{name}-{environment}"
    return values


def _new(found: tuple[Finding, ...], stated: Mapping[KeyPath, Any]) -> str:
    content: dict[str, Any] = {}
    for each in found:
        put(content, each.path, each.value)
    for path, value in stated.items():
        put(content, path, value)
    return laid_out(_sorted(content), _comments(content, found))


def _sorted(content: dict[str, Any]) -> dict[str, Any]:
    """In the order of the schema: an option may have added a key that nothing was found for."""
    top = {key: content[key] for key in sorted(content, key=ORDER.index)}
    fields = list(Process.model_fields)
    top["processes"] = {
        name: dict(
            sorted(process.items(), key=lambda item: fields.index(item[0]) if item[0] in fields else len(fields))
        )
        for name, process in content.get("processes", {}).items()
    }
    return top


def _comments(content: Mapping[str, Any], found: tuple[Finding, ...]) -> dict[KeyPath, str]:
    """One comment a line: what its values rest on, each place once."""
    comments: dict[KeyPath, list[str]] = {}
    for each in found:
        line = comments.setdefault(commented(content, each.path), [])
        if each.comment and each.comment not in line:
            line.append(each.comment)
    return {path: "; ".join(line) for path, line in comments.items()}


def _of_environment(found: tuple[Finding, ...], existing: ConfigFile, options: DraftOptions) -> tuple[Finding, ...]:
    """Without the default environment, which a file that has environments needs no more."""
    if options.environment is None or options.environment not in existing.environments:
        return tuple(each for each in found if each.path[0] != "environments")
    return found


def _candidates(project: Project) -> tuple[str, ...]:
    """The best entrypoints beside those that processes have."""
    taken = {process.entrypoint for process in project.processes}
    others = [each for each in project.candidates if each.value not in taken]
    return tuple(f"{each.value} ({each.origin})" for each in others[:MAX_CANDIDATES])


def _servers(project: Project, file: ConfigFile, lock: Lock, servers: Mapping[str, Server]) -> dict[str, str]:
    """The pinned servers that the project's own distributions don't bring; a pin stays until `update`.

    None where the project keeps its own Dockerfile: nothing is added to that.
    """
    configuration = file.image_configuration()
    if configuration.build.dockerfile is not None:
        return {}
    needed = missing_pins(configuration, servers, project.distributions, websockets=needs_websockets(project))
    return {distribution: lock.servers.get(distribution, version) for distribution, version in needed.items()}


def _brought(project: Project, servers: Mapping[str, Server]) -> dict[str, str]:
    """The versions of servers that the project pins itself: an older one doesn't know every option."""
    names = sorted({server.distribution for server in servers.values()} & project.releases.keys())
    return {name: project.releases[name] for name in names}
