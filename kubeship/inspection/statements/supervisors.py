"""Which programs does a process supervisor start? Procfiles, supervisord, circus, systemd units and s6 services."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from kubeship.inspection.files.sources import Sources, is_aside
from kubeship.inspection.statements.statement import Said
from kubeship.model.origin import Origin

SECTION = re.compile(r"\[([^\]]+)\]\s*(?:[;#].*)?$")
PROCFILE_LINE = re.compile(r"([A-Za-z0-9_-]+):\s*(.+)")
WORKING = re.compile(r"(?i)(^|[-_])(worker|celery|beat|scheduler|queue|tasks?|consumer|bot|cron|huey|rq)s?([-_]|$)")
"""Units whose names say that they don't serve; the others may be the app itself, whatever it is called."""
UNIT_RUN = re.compile(
    r"(.*/)?(etc/)?(s6-overlay/s6-rc\.d|services\.d|s6/services?|cont-init\.d|service|runit)/([\w.-]+)/run"
)


def supervised(sources: Sources, path: str, said: Said) -> Iterator[Said]:
    """The programs that a supervisor's file starts, in the place of the statement that starts the supervisor."""
    if posixpath.basename(path).lower().startswith("procfile"):
        for name, command, line in procfile_lines(sources, path):
            yield replace(
                said, name=name, command=command, words=(), origin=Origin(path, line, f"{name} of the Procfile")
            )
        return
    for kind, name, options, line in programs(sources.text(path)):
        if kind not in ("program", "fcgi-program", "watcher") or not options.keys() & {"command", "cmd"}:
            continue
        command, at = options.get("command") or options["cmd"]
        arguments = options.get("args", ("", 0))[0]
        folder = options.get("directory", options.get("working_dir", ("", 0)))[0]
        environment = _environment(options.get("environment", ("", 0))[0])
        yield replace(
            said,
            name=name,
            command=_interpolated(f"{command} {arguments}".strip()),
            words=(),
            origin=Origin(path, at or line, f"the program {name}"),
            folder=folder if folder and not re.search(r"[%${]", folder) else said.folder,
            variables=(*said.variables, *environment),
        )


def procfile_lines(sources: Sources, path: str) -> list[tuple[str, str, int]]:
    """(name, command, line) of a Procfile."""
    matches = ((n, PROCFILE_LINE.fullmatch(line.strip())) for n, line in enumerate(sources.text(path).splitlines(), 1))
    return [(match[1], match[2].strip(), number) for number, match in matches if match]


def programs(text: str) -> Iterator[tuple[str, str, dict[str, tuple[str, int]], int]]:
    """(kind, name, options with lines, line) of the sections of an ini file such as `[program:web]`."""
    kind, name, start = "", "", 0
    options: dict[str, tuple[str, int]] = {}
    last = ""
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line[0] in "#;":
            continue
        if match := SECTION.fullmatch(line):
            if kind:
                yield kind, name, options, start
            kind, _, name = match[1].strip().partition(":")
            options, start, last = {}, number, ""
        elif raw[0] in " \t" and last and "=" not in line.partition(" ")[0]:
            options[last] = (f"{options[last][0]} {line}".strip(), options[last][1])
        elif (pair := re.match(r"([\w.-]+)\s*[=:]\s*(.*)", line)) and kind:
            last = pair[1].lower()
            options[last] = (re.split(r"\s;", pair[2])[0].strip(), number)
    if kind:
        yield kind, name, options, start


def supervisor_files(sources: Sources) -> list[str]:
    """supervisord's and circus' files, wherever they lie."""
    pattern = re.compile(
        r"(?i)(.*/)?([\w.-]*(supervisor|circus)[\w.-]*\.(conf|ini)(\.j2|\.tmpl|\.template)?|supervisor(d)?(\.d|/conf\.d|/)?/[\w.-]+\.(conf|ini))"
    )
    return [path for path in sources.other_files if pattern.fullmatch(path) and not is_aside(path)]


def units(sources: Sources, strength: int) -> Iterator[Said]:
    """What systemd's service units start (systemd.service(5), systemd.exec(5))."""
    for path in sources.other_files:
        if not re.search(r"\.service(\.j2|\.tmpl|\.template|\.example|\.in)?$", path) or is_aside(path):
            continue
        name = re.sub(r"@?\.service.*$", "", posixpath.basename(path))
        for kind, _, options, _ in programs(sources.text(path)):
            if kind != "Service" or "execstart" not in options:
                continue
            command, line = options["execstart"]
            folder = options.get("workingdirectory", ("", 0))[0]
            command = re.sub(r"^[@\-:+!|]+", "", re.sub(r"\\\s+", " ", command))
            yield Said(
                Origin(path, line, "ExecStart of a systemd unit"),
                strength,
                _interpolated(command),
                name=name if WORKING.search(name) else "",
                folder=folder if folder.startswith("/") and not re.search(r"[%{<]", folder) else f"/srv/{name}",
                schedule=_timer(sources, path),
            )


def s6_services(sources: Sources, strength: int) -> Iterator[Said]:
    """The `run` scripts of s6-overlay and runit services; an s6-rc `oneshot` ends before those begin."""
    for path in sources.other_files:
        match = UNIT_RUN.fullmatch(path)
        kind = f"{path.removesuffix('/run')}/type"
        if match and not is_aside(path) and (kind not in sources or sources.text(kind).strip() != "oneshot"):
            yield Said(
                Origin(path, 1, f"the s6 service {match[4]}"),
                strength,
                sources.text(path),
                name=re.sub(r"^(svc|service)-", "", match[4]),
                folder="/app",
            )


def _timer(sources: Sources, path: str) -> str | None:
    """The OnCalendar of the timer beside a unit; that makes it a cron process."""
    timer = re.sub(r"\.service", ".timer", path)
    if timer == path or timer not in sources:
        return None
    for kind, _, options, _ in programs(sources.text(timer)):
        if kind == "Timer" and (stated := options.get("oncalendar") or options.get("onunitactivesec")):
            return stated[0]
    return None


def _interpolated(command: str) -> str:
    """supervisord's %(ENV_X)s and templates' {{ x }} as shell variables."""
    command = re.sub(r"%\(ENV_(\w+)\)s", r"$\1", command)
    command = re.sub(r"%\((\w+)\)s", r"$\1", command)
    command = re.sub(r"\$\(circus\.(?:env\.)?(\w+)\)", r"$\1", command)
    command = re.sub(r"(\{\{[^}]*\}\}|<[A-Za-z_ -]+>)/", "/app/", command)
    return command.replace("%%", "%")


def _environment(text: str) -> list[tuple[str, str]]:
    return [(match[1], match[2].strip("\"'")) for match in re.finditer(r"(\w+)=(\"[^\"]*\"|'[^']*'|[^,\s]*)", text)]
