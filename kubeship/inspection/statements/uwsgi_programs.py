"""What does a uWSGI configuration start beside the app: attached daemons, and commands at set times?"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from kubeship.inspection.commands.workers import MANAGEMENT, WORKERS
from kubeship.inspection.files.sources import Sources, folder_of, is_aside
from kubeship.inspection.statements.statement import SUPERVISED, Said
from kubeship.model.origin import Origin

FILE = re.compile(r"(.*/)?[\w.-]*uwsgi[\w.-]*\.(ini|cfg|conf)")
OPTION = re.compile(r"\s*([\w-]+)\s*=\s*(.*?)\s*$")
DAEMONS = re.compile(r"(?:legion-|smart-)?(?:legion-)?attach-daemon2?")
CRONS = re.compile(r"(?:unique-|legion-)?cron2?")
NAMED_FIELDS = ("minute", "hour", "day", "month", "week")


def uwsgi_statements(sources: Sources) -> Iterator[Said]:
    """Every daemon and cron entry (uWSGI's "Managing external daemons" and "The uWSGI cron-like interface").

    kubeship gives the app's own process no daemons: each becomes a process of its own.
    """
    for path in sources.other_files:
        if not FILE.fullmatch(path) or is_aside(path):
            continue
        wanted = True
        for number, line in enumerate(sources.text(path).splitlines(), 1):
            match = OPTION.match(line)
            if match and match[1] in ("if-env", "endif"):
                wanted = match[1] == "endif"  # what only a variable asks for is nothing that always runs
            if not wanted:
                continue
            origin = Origin(path, number, f"uWSGI's {match[1]}") if match else Origin(path, number)
            if match and DAEMONS.fullmatch(match[1]):
                command = _daemon(match[1], match[2])
                yield _beside(Said(origin, SUPERVISED, command, folder=_folder(sources, path, command)))
            elif match and CRONS.fullmatch(match[1]):
                schedule, command = _cron(match[1], match[2])
                if command:
                    place = _folder(sources, path, command)
                    yield Said(origin, SUPERVISED, command, folder=place, schedule=schedule, work="cron")


def _beside(said: Said) -> Said:
    """uWSGI runs one of a daemon that kubeship doesn't know; a management command gives it its name."""
    words = said.command.split()
    managed = next((next_ for word, next_ in pairwise(words) if word.endswith("manage.py")), "")
    known = managed in MANAGEMENT or any(program in words for program, _ in WORKERS)
    return said if known else replace(said, name=managed, work="singleton")


def _folder(sources: Sources, path: str, command: str) -> str:
    """Where uWSGI is started: beside its file, unless only the project's top has the script that the command runs."""
    scripts = [posixpath.normpath(word) for word in command.split() if word.endswith((".py", ".sh"))]
    beside = any(posixpath.normpath(posixpath.join(folder_of(path), script)) in sources for script in scripts)
    return "." if not beside and any(script in sources for script in scripts) else folder_of(path)


def _daemon(option: str, value: str) -> str:
    if option.endswith("2"):  # cmd=celery -A shop worker,pidfile=/tmp/celery.pid
        match = re.search(r"(?:^|,)cmd=(.+?)(?:,\w+=|$)", value)
        return match[1] if match else ""
    return value.partition(" ")[2] if option.startswith("smart") else value  # the pid file comes first


def _cron(option: str, value: str) -> tuple[str, str]:
    """(schedule, command): `-1` is every, `-5` every fifth."""
    if option.endswith("2"):
        head, _, command = value.partition(" ")
        stated = dict(pair.split("=", 1) for pair in head.split(",") if "=" in pair)
        fields = [stated.get(name, "-1") for name in NAMED_FIELDS]
    else:
        *fields, command = [*value.split(None, 5), "", "", "", "", "", ""][:6]
    return " ".join(_field(field) for field in fields), command.strip("\"'")


def _field(stated: str) -> str:
    if not re.fullmatch(r"-\d+", stated):
        return stated
    return "*" if stated == "-1" else f"*/{stated[1:]}"
