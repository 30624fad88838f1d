"""How does the project say that it runs? Every statement, the strongest first, with what each starts."""

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from kubeship.inspection.code.console_scripts import console_scripts
from kubeship.inspection.commands.server_lines import Started, port_of
from kubeship.inspection.commands.workers import NOT_PROCESSES
from kubeship.inspection.files.dockerfiles import own_dockerfile
from kubeship.inspection.files.sources import Sources
from kubeship.inspection.statements.cloud_files import cloud_statements
from kubeship.inspection.statements.cluster_files import cluster_statements
from kubeship.inspection.statements.compose_files import built_for_others, compose_statements, published_port
from kubeship.inspection.statements.configured import configured
from kubeship.inspection.statements.image_commands import image_statements
from kubeship.inspection.statements.image_files import folder_in
from kubeship.inspection.statements.indirections import SHELLS
from kubeship.inspection.statements.launches import followed, shell_text
from kubeship.inspection.statements.platform_files import platform_statements
from kubeship.inspection.statements.prose import readme_statements, script_statements
from kubeship.inspection.statements.schedules import schedule_statements
from kubeship.inspection.statements.statement import DEVELOPMENT, IMAGE, SUPERVISED, Said, Statement
from kubeship.inspection.statements.supervisors import s6_services, supervised, supervisor_files, units
from kubeship.inspection.statements.targets import Form, Target
from kubeship.inspection.statements.task_files import task_statements
from kubeship.inspection.statements.uwsgi_programs import uwsgi_statements
from kubeship.model.origin import Found, Origin

OTHER_NAMES = re.compile(
    r"(?i)(.*[-_.:])?(worker|beat|celery|celerybeat|clock|scheduler|cron|queue|consumer|listener|bot|job|jobs|task|tasks|daemon|"
    r"release|migrate|migrations?|watcher|poller|indexer|processor|subscriber|huey|rq|dramatiq|arq|flower|cron\w*)s?([-_.:].*)?"
)


@dataclass(frozen=True)
class Statements:
    """Everything that the project says about how it runs."""

    all: tuple[Statement, ...] = ()
    """Strongest first."""
    targets: tuple[Target, ...] = ()
    """Entrypoints of what may be the web process (or the one process that there is), strongest first."""
    port: Found[int] | None = None
    folder: str = "."
    """Where the strongest web statement starts; that of the dependencies without one."""
    unread: tuple[Said, ...] = ()
    """Platform statements about the web process that nothing was found in."""
    published: Found[int] | None = None
    """The port that compose publishes of what the image starts."""

    @property
    def web(self) -> Statement | None:
        """The strongest statement about the web process."""
        return next((s for s in self.all if s.is_web and s.main and s.strength < DEVELOPMENT), None)

    def of(self, origin: Origin) -> Statement | None:
        """The statement at a place."""
        return next((s for s in self.all if (s.origin.path, s.origin.line) == (origin.path, origin.line)), None)


def read_statements(sources: Sources, folder: str) -> Statements:
    """What every file that kubeship can read says; `folder` holds the dependencies."""
    others = built_for_others(sources)
    said: list[Said] = [
        *platform_statements(sources, folder),
        *cloud_statements(sources),
        *cluster_statements(sources, folder),
        *(each for each in image_statements(sources, folder) if each.origin.path not in others),
        *compose_statements(sources),
        *(program for path in supervisor_files(sources) for program in _supervised(sources, path, folder)),
        *units(sources, SUPERVISED),
        *s6_services(sources, SUPERVISED),
        *uwsgi_statements(sources),
        *schedule_statements(sources),
        *script_statements(sources, folder),
        *task_statements(sources, folder),
        *readme_statements(sources, folder),
    ]
    programs = {name: script.target for name, script in console_scripts(sources).items()}
    found: list[Statement] = []
    unread: list[Said] = []
    for each in said:
        statements = followed(sources, each, programs) if each.work != "cron" else []
        if each.work == "release" and each.words and posixpath.basename(each.words[0]) in NOT_PROCESSES - SHELLS:
            continue  # `chown` before the app starts
        if each.work == "cron" and each.foreign and not followed(sources, each, programs):
            continue  # `kubectl delete ...`: beside the project, not of it
        if each.work == "release" and each.foreign and not followed(sources, replace(each, foreign=False), programs):
            continue  # `mkdir ...` for another image's volume
        if each.work in ("cron", "release"):
            statements = [_as_stated(sources, each, statements)]
        if not statements and each.name == "web" and each.strength == 0:
            unread.append(each)
        found += statements
    own = own_dockerfile(sources, folder)
    found = [replace(s, command=s.in_image) if own and s.in_image and s.image == own.value else s for s in found]
    ranked = tuple(sorted(dict.fromkeys(found), key=lambda s: (s.strength, not s.main)))
    web = next((s for s in ranked if s.is_web and s.main and s.strength < DEVELOPMENT), None)
    targets = sorted((*_targets(ranked, web), *configured(sources, folder)), key=lambda target: target.strength)
    port = Found(web.port, (web.origin,)) if web and web.port else None
    return Statements(
        ranked, tuple(targets), port, web.folder if web else folder, tuple(unread), published_port(sources)
    )


def _as_stated(sources: Sources, said: Said, inner: Iterable[Statement]) -> Statement:
    """A cron entry or a release step, whose command stays as it is; `inner` is what it runs."""
    migrates = ("migrate",) if any(statement.work == "release" for statement in inner) else ()
    started = Started(server="shell", interface="none", work=said.work, arguments=migrates)
    return Statement(
        said.name,
        started,
        said.command or shell_text(said.words),
        folder_in(sources, said.folder, said.image),
        said.origin,
        said.strength,
        schedule=said.schedule,
        work=said.work,
    )


def _supervised(sources: Sources, path: str, folder: str) -> Iterable[Said]:
    place = Said(Origin(path, 1), SUPERVISED, folder=folder)
    later = DEVELOPMENT if re.search(r"(?i)(^|[-_./])(dev|development|local|tests?)([-_./]|$)", path) else 0
    return (replace(said, strength=said.strength + later) for said in supervised(sources, path, place))


def _targets(statements: Iterable[Statement], web: Statement | None) -> list[Target]:
    """Without the programs of other images where a server's command leaves open what it serves: that is in the code."""
    open_ = web is not None and web.strength == IMAGE and _named(web.started) == ("", None)
    return [
        target
        for statement in statements
        if statement.main
        and not (open_ and statement.strength == IMAGE and statement.work is None)
        and (target := _target(statement))
    ]


def _target(statement: Statement) -> Target | None:
    """What a statement gives a server, or runs itself; None for workers, and for what other names belong to."""
    started = statement.started
    if statement.work not in (None, "web"):
        return None
    if statement.work is None and OTHER_NAMES.fullmatch(statement.name) and statement.strength < DEVELOPMENT:
        return None
    value, form = _named(started)
    if not form or (form == "console" and statement.strength > SUPERVISED):
        return None
    return Target(
        value,
        form,
        statement.folder,
        started.server,
        started.interface,
        (statement.origin,),
        statement.strength,
        statement,
    )


def _named(started: Started) -> tuple[str, Form | None]:  # noqa: PLR0911  # one return a form
    if started.paste:
        return started.paste, "paste"
    if started.discovers:
        return started.target, "discover"
    if started.target and not started.target.startswith(":"):
        return started.target, "object"
    if started.script:
        return started.script + started.target, "script"
    if started.module:
        return started.module, "package"
    if started.console:
        return " ".join([started.console, *started.arguments[:1]]), "console"
    return "", None


def stated_port(statement: Statement) -> int | None:
    """The port of a statement, also one that `PORT=8000` sets."""
    return statement.port or port_of(dict(statement.started.variables).get("PORT", ""))
