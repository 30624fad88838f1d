"""What does `inspect --json` print? One document of the schema kubeship.inspection/1, the same for the same project."""

from collections.abc import Iterable
from typing import Any

from kubeship.model.origin import Candidate, Found, Origin
from kubeship.model.project import Command, ProcessFound, Project

SCHEMA = "kubeship.inspection/1"


def document(project: Project) -> dict[str, Any]:
    """The project as JSON takes it; every origin is `{path, line, reason}`."""
    dependencies = project.dependencies
    return {
        "schema": SCHEMA,
        "name": project.name.value,
        "root": project.root,
        "import_root": project.import_root,
        "python": {
            "version": project.python.value,
            "constraint": project.python_constraint,
            "origin": _origins(project.python.origins),
        },
        "dependencies": {
            "manager": dependencies.value.manager,
            "files": list(dependencies.value.files),
            "groups": list(dependencies.value.groups),
            "extras": list(dependencies.value.extras),
            "indexes": list(dependencies.value.indexes),
            "hashes": dependencies.value.hashes,
            "origin": _origins(dependencies.origins),
        },
        "framework": {"name": project.framework.value, "origin": _origins(project.framework.origins)},
        "processes": [_process(process) for process in project.processes],
        "candidates": [_candidate(candidate) for candidate in project.candidates],
        "release": [_command(command) for command in project.release],
        "build_steps": [_command(command) for command in project.build_steps],
        "services": [_found(service) for service in project.services],
        "variables": [
            {
                "name": variable.name,
                "required": variable.required,
                "default": variable.default,
                "secret": variable.secret,
                "origin": _origins(variable.origins),
            }
            for variable in project.variables
        ],
        "settings": [
            {"name": setting.value[0], "value": setting.value[1], "origin": _origins(setting.origins)}
            for setting in project.settings
        ],
        "volumes": [_found(volume) for volume in project.volumes],
        "writable": [_found(folder) for folder in project.writable],
        "traits": [_found(trait) for trait in project.traits],
        "system_packages": {
            "build": [_found(package) for package in project.system_packages.build],
            "runtime": [_found(package) for package in project.system_packages.runtime],
        },
        "dockerfile": _found(project.dockerfile) if project.dockerfile else None,
        "distributions": list(project.distributions),
        "warnings": [{"message": w.message, "origin": _origin(w.origin)} for w in project.warnings],
        "questions": [
            {"key": q.key, "text": q.text, "candidates": [_candidate(c) for c in q.candidates]}
            for q in project.questions
        ],
    }


def _process(process: ProcessFound) -> dict[str, Any]:
    return {
        "name": process.name,
        "kind": process.kind,
        "interface": process.interface,
        "entrypoint": process.entrypoint,
        "server": process.server,
        "command": process.command,
        "port": process.port,
        "health": _found(process.health) if process.health else None,
        "schedule": process.schedule,
        "cwd": process.cwd,
        "origin": _origins(process.origins),
    }


def _found(found: Found[str]) -> dict[str, Any]:
    return {"value": found.value, "origin": _origins(found.origins)}


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {"value": candidate.value, "origin": _origin(candidate.origin)}


def _command(command: Command) -> dict[str, Any]:
    return {"command": command.command, "origin": _origins(command.origins)}


def _origins(origins: Iterable[Origin]) -> list[dict[str, Any]]:
    return [_origin(origin) for origin in origins]


def _origin(origin: Origin) -> dict[str, Any]:
    return {"path": origin.path, "line": origin.line, "reason": origin.reason}
