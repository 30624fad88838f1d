"""What of other programs' words may stand on a terminal or in a CI service's log?"""

import re

ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|[ -/]*[0-~])")
"""Source: ECMA-48: control sequences, operating system commands, strings, single escapes."""
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
COMMAND = re.compile(r"##(?=vso\[|teamcity\[|\[)")
"""How commands to Azure Pipelines' agent (`##vso[`, `##[`) and to TeamCity's begin, anywhere in a line."""


def printable(text: str) -> str:
    """The text as a person reads it: nothing moves the cursor, colours the rest of the log, or gives a CI service
    commands."""
    # What a progress bar wrote before it went back to the line's beginning isn't seen any more.
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in ESCAPE.sub("", text).split("\n"))
    return COMMAND.sub("## ", CONTROL.sub("", "\n".join(lines)))
