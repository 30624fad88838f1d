"""Does a program's last line say that it waits for somebody, or that something isn't there yet?"""

import re

from kubeship.model.server_errors import NOT_YET

_SERVER = r"(?:database|db|postgres\w*|mysql|mariadb|redis|rabbitmq|kafka|mongo\w*|elasticsearch|opensearch|broker)"
_WAITS = re.compile(
    rf"(?i)\bwaiting (?:for|on) (?:the )?(?P<what>[\w.-]{{1,99}}:\d+|(?:\w{{1,30}} )?{_SERVER}|migrations?)\b|"
    r"\b(?P<other>[\w.:-]{1,99}) (?:is|are|was) (?:unavailable|not (?:yet )?(?:up|ready|reachable|available))\b"
)
"""Words of start scripts: wait-for-it, the examples of Docker's and many projects' documentation."""


LATE = "look whether that comes up and can be reached; let the program wait for it, or try again, instead of ending"


def awaited(line: str) -> str:
    """`waits for db:5432`, to complete a sentence that begins with the program's name; empty when it says no such."""
    if found := _WAITS.search(line):
        return f"waits for {found['what']}" if found["what"] else f"says that {found['other']} isn't there"
    return "needs something that isn't there yet" if NOT_YET.search(line) else ""
