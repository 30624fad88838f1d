"""How do results look on a terminal? Tables that a person checks in ten seconds."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from kubeship.config.variables import demanded_keys
from kubeship.model.changes import Changes
from kubeship.model.finding import Finding
from kubeship.model.origin import Origin
from kubeship.model.project import Project, Variable
from kubeship.model.revision import Revision
from kubeship.model.status import ProcessStatus
from kubeship.ui.documents import FileDocument
from kubeship.ui.revisions import age
from kubeship.ui.terminal import changes_lines


def show_project(project: Project, console: Console) -> None:
    """The facts and what to look at, each with its `file:line`, which terminals make clickable."""
    show_facts(project, console)
    for warning in project.warnings:
        place = f" [dim]{escape(str(warning.origin))}[/dim]" if str(warning.origin) else ""
        console.print(f"[yellow]![/yellow] {escape(warning.message)}{place}", highlight=False, soft_wrap=True)
    for question in project.questions:
        console.print(f"[bold]?[/bold] {escape(question.text)} [dim]--set {escape(question.key)}=[/dim]")
        for candidate in question.candidates:
            console.print(f"    {escape(str(candidate.value))} [dim]{escape(str(candidate.origin))}[/dim]")


def show_facts(project: Project, console: Console) -> None:
    """What was found, and where."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column()
    table.add_column(style="dim")
    for name, value, origin in _facts(project):
        table.add_row(escape(name), escape(value), escape(str(origin)))
    console.print(table)


class FileOutcome(Protocol):
    """What happened to a file; workspace.decisions has it."""

    @property
    def path(self) -> str: ...
    @property
    def action(self) -> StrEnum: ...


def show_init(project: Project, files: Iterable[FileOutcome], console: Console, *, written: bool = True) -> None:
    """The facts, the files, and what to do next; what to look at was said while they were made."""
    outcomes = tuple(files)
    show_facts(project, console)
    console.print()
    show_files(outcomes, console, written=written)
    if written and any(outcome.action != "unchanged" for outcome in outcomes):
        console.print("Review and commit these files, then: kubeship deploy", highlight=False)


def show_files(files: Iterable[FileOutcome], console: Console, *, written: bool = True) -> None:
    """One line a file that was not as it should be already; `written` says whether it now is (not with --check)."""
    outcomes = tuple(files)
    for outcome in outcomes:
        if outcome.action != "unchanged":
            words = f"{FILE_WORDS[outcome.action]:8}" if written else f"{CHECK_WORDS[outcome.action]:16}"
            console.print(f"{words} {escape(outcome.path)}", highlight=False, soft_wrap=True)
    if all(outcome.action == "unchanged" for outcome in outcomes):
        console.print(f"{len(outcomes)} files, all as they should be", highlight=False)


FILE_WORDS = {
    "create": "created",
    "replace": "updated",
    "delete": "deleted",
    "keep": "kept",
    "conflict": "conflict",
}
CHECK_WORDS = {
    "create": "would be created",
    "replace": "would be updated",
    "delete": "would be deleted",
    "keep": "would be kept",
    "conflict": "would conflict",
}


def file_actions(files: Iterable[FileOutcome]) -> list[FileDocument]:
    """For programs: each file and what happened to it."""
    return [FileDocument(path=outcome.path, action=outcome.action.value) for outcome in files]


def show_changes(changes: Changes, console: Console) -> None:
    """The diff, object by object and field by field."""
    for line in changes_lines(changes):
        console.print(line, highlight=False, soft_wrap=True)


def show_findings(findings: Iterable[Finding], console: Console) -> None:
    """What preflight found, the fatal first."""
    for finding in sorted(findings, key=lambda finding: not finding.fatal):
        mark = "[red]✗[/red]" if finding.fatal else "[yellow]![/yellow]"
        console.print(f"{mark} {escape(finding.problem)}", highlight=False, soft_wrap=True)
        if finding.remedy:
            console.print(f"  {escape(finding.remedy)}", highlight=False, soft_wrap=True)


class FoundStatus(Protocol):
    """How an app does; workflows.status has it."""

    @property
    def revision(self) -> Revision: ...
    @property
    def moment(self) -> datetime: ...
    @property
    def healthy(self) -> bool: ...
    @property
    def lines(self) -> tuple[str, ...]: ...
    @property
    def addresses(self) -> tuple[str, ...]: ...
    @property
    def processes(self) -> tuple[ProcessStatus, ...]: ...


def show_status(found: FoundStatus, console: Console) -> None:
    """What runs, since when, and what is wrong with it."""
    revision = found.revision
    mark, state = ("[green]✓[/green]", "is healthy") if found.healthy else ("[red]✗[/red]", "is not healthy")
    console.print(f"{mark} {revision.app} ({revision.environment}) {state}", highlight=False)
    since = age(revision.finished or revision.started, found.moment)
    console.print(f"  revision {revision.number}, {revision.outcome.value} {since}")
    console.print(f"  {escape(revision.image)}", highlight=False, soft_wrap=True)
    for process in found.processes:
        restarts = f", {process.restarts} restarts, the last: {process.last_end}" if process.restarts else ""
        line = f"  {process.name}: {process.ready} of {process.wanted} ready{restarts}"
        console.print(escape(line), highlight=False, soft_wrap=True)
        for image in process.other_images:
            other = f"    runs {image}, which isn't the revision's: it was changed after the deploy (kubeship diff)"
            console.print(escape(other), highlight=False, soft_wrap=True)
    for line in (*found.lines, *found.addresses):
        console.print(f"  {escape(line)}", highlight=False, soft_wrap=True)


def _facts(project: Project) -> Iterable[tuple[str, str, Origin]]:
    dependencies = project.dependencies.value
    yield "name", project.name.value, project.name.origin
    yield "python", project.python.value, project.python.origin
    yield "framework", project.framework.value, project.framework.origin
    files = ", ".join(dependencies.files)
    yield "dependencies", f"{dependencies.manager} {files}".strip(), project.dependencies.origin
    for process in project.processes:
        what = process.entrypoint or process.command or ""
        server = f" under {process.server}" if process.server else ""
        origin = process.origins[0] if process.origins else Origin()
        if not what:  # a question about it is open, and its port is all that is known
            what, server, origin = "not known yet", "", Origin(reason="see the question below")
        yield f"{process.name} ({process.kind})", f"{what}{server}", origin
        if process.port:
            yield "  port", str(process.port), Origin()
        if process.health:
            yield "  health", process.health.value, process.health.origin
    for command in project.release:
        yield "release", command.command, command.origins[0] if command.origins else Origin()
    for command in project.build_steps:
        yield "build step", command.command, command.origins[0] if command.origins else Origin()
    for folder in project.writable:
        yield "writable", folder.value, folder.origin
    for service in project.services:
        yield "needs", service.value, service.origin
    demanded = {variable.name for variable in demanded_keys(project)}
    for variable in project.variables:
        kind = "secret" if variable.secret else "variable"
        need = _need(variable, variable.name in demanded)
        yield kind, f"{variable.name} ({need})", variable.origins[0] if variable.origins else Origin()
    for package in project.system_packages.build:
        yield "builds with", package.value, package.origin
    for package in project.system_packages.runtime:
        yield "runs with", package.value, package.origin
    if project.dockerfile:
        yield "Dockerfile", f"{project.dockerfile.value} (kept and used)", project.dockerfile.origin


def _need(variable: Variable, demanded: bool) -> str:
    """Whether a deploy wants a value: code often has one for a laptop in a key's or an address' place."""
    default = f"default {variable.default!r}" if variable.default else ""
    if variable.required or demanded:
        return f"required; {default}" if default else "required"
    return default or "optional"
