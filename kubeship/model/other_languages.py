"""What does the trace of a program in another language say? Sidecars and tools are seldom written in Python."""

import re
from collections.abc import Sequence

_GO = re.compile(r"(?:panic|fatal error): (?!.*\[recovered\]$)")
_RUST = re.compile(r"thread '[^']*'(?: \(\d+\))? panicked at ")
_NODE = re.compile(r"(?:Uncaught )?(?:\[?\w*(?:Error|Exception))(?: \[\w+\])?: ")
_JAVA = re.compile(r"(?:Caused by: |Exception in thread \"[^\"]*\" )(?=[\w.$]+)")
_DOTNET = re.compile(r"Unhandled exception\. ")
_RUBY = re.compile(r"\S+\.rb:\d+:in [`'].*': .+ \(\w+\)$")
_NODE_FRAME = re.compile(r"\s+at .*(?::\d+:\d+\)?|node:internal)")
_JAVA_FRAME = re.compile(r"\s+at [\w.$/<>]+\(")
NEAR = 20
"""Lines below the error in which its trace begins."""


def foreign_error(lines: Sequence[str]) -> str:
    """The line that tells the error of the last such trace; empty when there is none.

    Go (runtime/panic.go), Rust (library/std/src/panicking.rs), Node.js, Java (Throwable.printStackTrace: the innermost
    `Caused by`), .NET, Ruby.
    """
    for number in range(len(lines) - 1, -1, -1):
        line, following = lines[number].strip(), lines[number + 1 : number + 1 + NEAR]
        if _GO.match(line) and any(each.startswith("goroutine ") for each in following):
            return line
        if _RUST.match(line):
            below = following[0].strip() if line.endswith(":") and following else ""
            return f"{line} {below}".strip()
        if _NODE.match(line) and following and _NODE_FRAME.match(following[0]):
            return line
        if _JAVA.match(line) and following and _JAVA_FRAME.match(following[0]):
            return line
        if _DOTNET.match(line) or _RUBY.match(line):
            return line
    return ""
