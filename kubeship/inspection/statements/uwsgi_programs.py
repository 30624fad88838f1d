"""What does a uWSGI configuration start beside the app: attached daemons, and commands at set times?"""

import re
from collections.abc import Iterator

from kubeship.inspection.files.sources import Sources, folder_of, is_aside
from kubeship.inspection.statements.statement import SUPERVISED, Said
from kubeship.model.origin import Origin

FILE = re.compile(r"(.*/)?[\w.-]*uwsgi[\w.-]*\.(ini|cfg|conf)")
OPTION = re.compile(r"\s*([\w-]+)\s*=\s*(.+?)\s*$")
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
        for number, line in enumerate(sources.text(path).splitlines(), 1):
            match = OPTION.match(line)
            origin = Origin(path, number, f"uWSGI's {match[1]}") if match else Origin(path, number)
            if match and DAEMONS.fullmatch(match[1]):
                yield Said(origin, SUPERVISED, _daemon(match[1], match[2]), folder=folder_of(path))
            elif match and CRONS.fullmatch(match[1]):
                schedule, command = _cron(match[1], match[2])
                if command:
                    place = folder_of(path)
                    yield Said(origin, SUPERVISED, command, folder=place, schedule=schedule, work="cron")


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
