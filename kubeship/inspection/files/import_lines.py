"""Which modules does a file import, as far as its bytes tell? Cheap, to parse only the files that matter."""

import re

WORD = b"import"
STATEMENT = re.compile(rb"(?:^|[;:])[ \t]*(?:from[ \t]*([.\w]+)|import[ \t]+([^\n;#]+))", re.MULTILINE)


def import_lines(content: bytes) -> bytes:
    """Every line with the word `import`, with what follows it in parentheses or after a backslash."""
    lines: list[bytes] = []
    at = content.find(WORD)
    while at >= 0:
        begin, end = content.rfind(b"\n", 0, at) + 1, _end(content, at)
        lines.append(content[begin:end])
        at = content.find(WORD, end)
    return b"\n".join(lines)


def imported_modules(lines: bytes) -> frozenset[str]:
    """The top-level names of what is imported anywhere in the file; `.` stands for relative imports.

    May hold words of comments and strings, never lacks a module that an import statement names.
    """
    names: set[bytes] = set()
    for module, modules in STATEMENT.findall(lines):
        for word in (module,) if module else modules.split(b","):
            name = word.strip().partition(b".")[0].split(b" ")[0]
            names.add(name or b".")
    return frozenset(name.decode("ascii", "replace") for name in names)


def _end(content: bytes, at: int) -> int:
    """Where the statement at an offset ends."""
    end = content.find(b"\n", at)
    if end < 0:
        return len(content)
    line = content[at:end]
    if b"(" in line and b")" not in line:
        closed = content.find(b")", end)
        return end if closed < 0 else closed + 1
    while line.rstrip().endswith(b"\\"):
        following = content.find(b"\n", end + 1)
        following = len(content) if following < 0 else following
        line, end = content[end + 1 : following], following
    return end
