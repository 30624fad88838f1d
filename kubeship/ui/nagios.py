"""How does a status read for classic monitoring (Nagios, Icinga, Zabbix, Checkmk)? One line, and an exit code."""

from collections.abc import Iterable
from enum import IntEnum

from kubeship.model.status import ProcessStatus


class PluginCode(IntEnum):
    """What a plugin's exit code means (monitoring-plugins.org/doc/guidelines.html, "Plugin Return Codes")."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


def code(processes: Iterable[ProcessStatus], problems: Iterable[str]) -> PluginCode:
    """CRITICAL when a process serves nothing at all, WARNING when something is missing, else OK."""
    if any(each.wanted and not each.ready for each in processes):
        return PluginCode.CRITICAL
    return PluginCode.WARNING if any(problems) else PluginCode.OK


def line(service: str, processes: tuple[ProcessStatus, ...], problems: tuple[str, ...]) -> str:
    """`SHOP OK - web 2/2 | web_ready=2;;1:;0;2 web_restarts=0c`: text, then performance data, without line breaks."""
    state = code(processes, problems).name
    pods = ", ".join(f"{each.name} {each.ready}/{each.wanted}" for each in processes)
    data = " ".join(
        f"'{each.name}_ready'={each.ready};{each.wanted}:;1:;0;{each.wanted} '{each.name}_restarts'={each.restarts}c"
        for each in processes
    )
    return f"{_plain(service.upper())} {state} - {_plain('; '.join((pods, *problems)))} | {data}"


def unknown(service: str, reason: str) -> str:
    """The line when nothing can be found out."""
    return f"{_plain(service.upper())} UNKNOWN - {_plain(reason)}"


def _plain(text: str) -> str:
    """A bar begins the performance data, and a line break ends what is read."""
    return " ".join(text.split()).replace("|", "/")
