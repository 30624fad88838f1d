"""How many seconds is `1h30m`?"""

import re

UNITS = {"h": 3600, "m": 60, "s": 1}


def seconds(duration: str) -> int:
    """The schema has made sure that it is one."""
    return sum(int(count) * UNITS[unit] for count, unit in re.findall(r"(\d+)([hms])", duration))
