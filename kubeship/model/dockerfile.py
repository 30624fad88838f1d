"""How is a Dockerfile written? Its instructions and stages, cut as BuildKit's parser cuts them.

Source: moby/buildkit, frontend/dockerfile/parser and docs.docker.com/reference/dockerfile.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

DIRECTIVE = re.compile(r"#\s*([A-Za-z][\w.-]*)\s*=\s*(\S.*?)\s*$")
INSTRUCTION = re.compile(r"\s*([A-Za-z]+)(?:\s+(.*))?$", re.DOTALL)
HEREDOC = re.compile(r"(?<!<)\d*<<(-?)\s*([\"']?)([A-Za-z_][\w.]*)\2")
TAKES_HEREDOC = frozenset({"ADD", "COPY", "RUN"})
VARIABLE = re.compile(r"(?<!\\)\$(?:(\w+)|\{(\w+)(?::?([-+?])([^{}]*))?\})")


@dataclass(frozen=True)
class Instruction:
    """One instruction; lines that a backslash continues are joined, comments between them dropped."""

    name: str
    """Upper case."""
    text: str
    """What follows the name, the bodies of heredocs included."""
    line: int
    """Of its first line, from 1."""
    comments: tuple[str, ...] = ()
    """The comment lines right above it."""


@dataclass(frozen=True)
class Stage:
    """What stands between one FROM and the next."""

    name: str
    """Empty without `AS`."""
    base: str
    """An image, or the name of an earlier stage; variables of ARG are put in where they have a default."""
    line: int
    platform: str = ""
    """`--platform`, as it stands there."""
    comments: tuple[str, ...] = ()
    instructions: tuple[Instruction, ...] = ()


def instructions(text: str) -> tuple[Instruction, ...]:
    """All instructions, in order; lines that are none are left out."""
    found: list[Instruction] = []
    for line, comments, words in _logical_lines(text):
        if match := INSTRUCTION.match(words):
            found.append(Instruction(match[1].upper(), (match[2] or "").strip(), line, comments))
    return tuple(found)


def stages(parsed: Sequence[Instruction]) -> tuple[Stage, ...]:
    """The stages, in order, with ARGs from before the first FROM put into each FROM."""
    known: dict[str, str] = {}
    found: list[Stage] = []
    body: list[Instruction] = []
    for instruction in (*parsed, Instruction("FROM", "", 0)):
        if instruction.name != "FROM":
            body.append(instruction)
            if not found and instruction.name == "ARG":
                known.update((name, value) for name, value in settings(expand(instruction.text, known)) if value)
            continue
        if found:
            last = found.pop()
            found.append(Stage(last.name, last.base, last.line, last.platform, last.comments, tuple(body)))
        body = []
        if instruction.line:
            flags, words = split_flags(expand(instruction.text, known))
            named = len(words) > 2 and words[1].lower() == "as"
            base, name = words[0] if words else "", words[2] if named else ""
            found.append(Stage(name, base, instruction.line, flags.get("platform", ""), instruction.comments))
    return tuple(found)


def lineage(all_stages: Sequence[Stage], last: Stage) -> tuple[Stage, ...]:
    """A stage, then the earlier ones that it is built FROM, up to an image."""
    found = [last]
    while True:
        earlier = [
            stage
            for number, stage in enumerate(all_stages)
            if stage.line < found[-1].line and found[-1].base.lower() in (stage.name.lower() or None, str(number))
        ]
        if not earlier:
            return tuple(found)
        found.append(earlier[-1])


def expand(text: str, known: Mapping[str, str]) -> str:
    """With `$name`, `${name}` and `${name:-default}` replaced where the value is known."""

    def value(match: re.Match[str]) -> str:
        name, operator, other = match[1] or match[2], match[3], match[4] or ""
        if operator == "+":
            return other if name in known else ""
        return known.get(name) or (other if operator == "-" else match[0])

    return VARIABLE.sub(value, text)


def settings(text: str) -> list[tuple[str, str]]:
    """Names and values of ARG, ENV or LABEL, without quotes; `ENV NAME value` too. A bare `ARG NAME` has none."""
    found = [
        (match[1], _unquoted(match[2]))
        for match in re.finditer(r"([\w.-]+)=(\"(?:\\.|[^\"\\])*\"|'[^']*'|(?:\\.|\S)*)", text)
    ]
    first, _, rest = text.partition(" ")
    if not re.match(r"[\w.-]+=", text):
        return [(first, rest.strip())] if first else []
    return found


def split_flags(text: str) -> tuple[dict[str, str], list[str]]:
    """`--from=build --chown=1 a b` as its flags and its words; a flag given twice keeps all, separated by blanks."""
    flags: dict[str, str] = {}
    words = text.split()
    while words and words[0].startswith("--"):
        name, _, value = words.pop(0)[2:].partition("=")
        flags[name] = f"{flags[name]} {value}" if name in flags else value
    return flags, words


def exec_form(text: str) -> tuple[str, ...] | None:
    """`["program", "argument"]`; None for anything that Docker would hand to a shell."""
    if not text.lstrip().startswith("["):
        return None
    try:
        words = json.loads(text)
    except ValueError:
        return None
    return tuple(words) if isinstance(words, list) and all(isinstance(word, str) for word in words) else None


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] in "\"'" and value[-1] == value[0]
    return value[1:-1] if quoted else value


def _escape(lines: Sequence[str]) -> str:
    """The character that continues lines: a directive at the very top may change it."""
    for line in lines:
        directive = DIRECTIVE.fullmatch(line.strip())
        if not directive:
            break
        if directive[1].lower() == "escape" and directive[2] in ("\\", "`"):
            return directive[2]
    return "\\"


def _logical_lines(text: str) -> Iterator[tuple[int, tuple[str, ...], str]]:
    """First line, comments above, and text of each instruction."""
    lines = [line.removesuffix("\r") for line in text.removeprefix("\ufeff").split("\n")]
    escape = re.escape(_escape(lines))
    continued = re.compile(rf"(?:^|(?<!{escape})){escape}[ \t]*$")
    comments: list[str] = []
    position = 0
    while position < len(lines):
        raw, number = lines[position], position + 1
        position += 1
        if raw.lstrip().startswith("#"):
            comments.append(raw.strip())
        elif not raw.strip():
            comments = []
        else:
            joined, open_ended = continued.sub("", raw), bool(continued.search(raw))
            while open_ended and position < len(lines):
                line, position = lines[position], position + 1
                if line.strip() and not line.lstrip().startswith("#"):
                    joined, open_ended = joined + continued.sub("", line), bool(continued.search(line))
            end = _after_heredocs(joined, lines, position)
            yield number, tuple(comments), "\n".join([joined.strip(), *lines[position:end]])
            comments, position = [], end


def _after_heredocs(line: str, lines: Sequence[str], position: int) -> int:
    """Where the heredocs that an instruction opens have ended; one without its terminator is none."""
    words = line.split(None, 2)
    onbuild = len(words) > 1 and words[0].upper() == "ONBUILD"
    if not words or words[onbuild].upper() not in TAKES_HEREDOC:
        return position
    for dash, _, terminator in HEREDOC.findall(line):
        ends = (
            number
            for number, raw in enumerate(lines[position:], position + 1)
            if (raw.lstrip("\t") if dash else raw) == terminator
        )
        position = next(ends, position)
    return position
