"""What are the words of a shell text? Quotes, expansions and operators, as far as a reader needs them (POSIX 2.2)."""

import re
from dataclasses import dataclass
from typing import Literal

OPERATORS = ("&&", "||", ";;&", ";;", ";&", ";", "|&", "|", "&", "(", ")", "\n")
REDIRECTION = re.compile(r"\d*(>>|>\||>&|<&|<>|&>>|&>|>|<)")
NAME = re.compile(r"[A-Za-z_]\w*")
SPECIAL = frozenset("@*#?$!-0123456789")


@dataclass(frozen=True)
class Piece:
    """A part of a word: text, or an expansion that is not made yet."""

    kind: Literal["text", "variable", "command"]
    value: str
    """The text, the variable's name, or the command's own text."""
    quoted: bool = False
    default: str | None = None
    """Of `${NAME:-default}`."""
    alternative: str | None = None
    """Of `${NAME:+alternative}`."""
    first: int = 1
    """Of `${@:2}`: the first argument that it holds."""


@dataclass(frozen=True)
class Token:
    """A word (its pieces) or an operator."""

    line: int
    operator: str = ""
    pieces: tuple[Piece, ...] = ()

    @property
    def plain(self) -> str:
        """The word as written, when nothing in it is quoted or expanded; else empty."""
        if len(self.pieces) == 1 and self.pieces[0].kind == "text" and not self.pieces[0].quoted:
            return self.pieces[0].value
        return ""


def tokens(text: str) -> list[Token]:
    """The words and operators of a text; whatever it holds, something is read. Redirections are left out."""
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.found: list[Token] = []
        self.here: list[str] = []
        """Delimiters of here-documents that begin at the next line."""

    def read(self) -> list[Token]:
        while self.at < len(self.text):
            char = self.text[self.at]
            if char in " \t\r":
                self.at += 1
            elif self.text.startswith("\\\n", self.at):
                self._skip(2)
            elif char == "#":
                self.at = self._end_of_line()
            elif not self._redirection() and not self._operator():
                self._word()
        return self.found

    def _operator(self) -> bool:
        operator = next((o for o in OPERATORS if self.text.startswith(o, self.at)), None)
        if operator is None:
            return False
        self.found.append(Token(self.line, operator))
        self._skip(len(operator))
        if operator == "\n" and self.here:
            self._skip_here_documents()
        return True

    def _redirection(self) -> bool:
        if here := re.compile(r"\d*<<(-?)[ \t]*(\\?['\"]?)([\w.!-]+)['\"]?").match(self.text, self.at):
            self.here.append(here[3])
            self.at = here.end()
            return True
        if self.text.startswith("<<<", self.at):
            self.at += 3
        elif match := REDIRECTION.match(self.text, self.at):
            self.at = match.end()
        else:
            return False
        while self.at < len(self.text) and self.text[self.at] in " \t":
            self.at += 1
        if self.at < len(self.text) and self.text[self.at] not in "\n;&|()":
            self._word()
            self.found.pop()
        return True

    def _skip_here_documents(self) -> None:
        for delimiter in self.here:
            while self.at < len(self.text):
                end = self._end_of_line()
                line = self.text[self.at : end]
                self._skip(end - self.at + 1)
                if line.strip() == delimiter:
                    break
        self.here.clear()

    def _word(self) -> None:
        """Reads at least one character."""
        line, pieces, literal = self.line, list[Piece](), ""
        start = self.at
        while self.at < len(self.text):
            char = self.text[self.at]
            if char in " \t\r\n;&|()<>" and not (char in "()" and literal.endswith("=") and self.at > start):
                break
            if char in {"(", ")"}:
                literal += self._array()
            elif char == "'":
                end = self.text.find("'", self.at + 1)
                end = end if end >= 0 else len(self.text)
                pieces += [*_text(literal), Piece("text", self.text[self.at + 1 : end], quoted=True)]
                literal = ""
                self._skip(end + 1 - self.at)
            elif char == '"':
                pieces += _text(literal) + self._quoted()
                literal = ""
            elif char == "\\":
                literal += self.text[self.at + 1 : self.at + 2].replace("\n", "")
                self._skip(2)
            elif char in "$`" and (piece := self._expansion(quoted=False)):
                pieces += [*_text(literal), piece]
                literal = ""
            else:
                literal += char
                self._skip(1)
        if self.at == start:  # a lone `<`, `>` or parenthesis
            self._skip(1)
        self.found.append(Token(line, "", tuple(pieces + _text(literal))))

    def _array(self) -> str:
        """`NAME=(a b)`: kept as text within parentheses."""
        end = self.text.find(")", self.at)
        end = end if end >= 0 else len(self.text) - 1
        found = self.text[self.at : end + 1]
        self._skip(len(found))
        return found

    def _quoted(self) -> list[Piece]:
        self._skip(1)
        pieces: list[Piece] = []
        literal = ""
        while self.at < len(self.text) and self.text[self.at] != '"':
            char = self.text[self.at]
            if char == "\\" and self.text[self.at + 1 : self.at + 2] in ('"', "\\", "$", "`", "\n"):
                literal += self.text[self.at + 1].replace("\n", "")
                self._skip(2)
            elif char in "$`" and (piece := self._expansion(quoted=True)):
                pieces += [*([Piece("text", literal, quoted=True)] if literal else []), piece]
                literal = ""
            else:
                literal += char
                self._skip(1)
        self._skip(1)
        return [*pieces, Piece("text", literal, quoted=True)] if literal or not pieces else pieces

    def _expansion(self, quoted: bool) -> Piece | None:
        rest = self.text[self.at : self.at + 2]
        if rest[0] == "`":
            end = self.text.find("`", self.at + 1)
            end = end if end >= 0 else len(self.text)
            return self._taken(end + 1, Piece("command", self.text[self.at + 1 : end], quoted))
        if rest == "$(":
            end = _closing(self.text, self.at + 1, "(", ")")
            return self._taken(end + 1, Piece("command", self.text[self.at + 2 : end], quoted))
        if rest == "${":
            end = _closing(self.text, self.at + 1, "{", "}")
            return self._taken(end + 1, _parameter(self.text[self.at + 2 : end], quoted))
        if rest[1:] in SPECIAL and rest[1:]:
            return self._taken(self.at + 2, Piece("variable", rest[1], quoted))
        if name := NAME.match(self.text, self.at + 1):
            return self._taken(name.end(), Piece("variable", name[0], quoted))
        return None

    def _taken(self, end: int, piece: Piece) -> Piece:
        self._skip(end - self.at)
        return piece

    def _skip(self, length: int) -> None:
        self.line += self.text.count("\n", self.at, self.at + length)
        self.at += length

    def _end_of_line(self) -> int:
        end = self.text.find("\n", self.at)
        return end if end >= 0 else len(self.text)


def _parameter(inside: str, quoted: bool) -> Piece:
    """`${NAME}`, `${NAME:-default}`, `${NAME:+alternative}`; other operators keep the variable alone."""
    match = re.match(r"#?([A-Za-z_]\w*|[@*#?0-9])(\[[@*]\])?(:?[-=+])?", inside)
    if not match:
        return Piece("command", inside, quoted)
    rest = inside[match.end() :]
    operator = (match[3] or "").removeprefix(":")
    if operator in ("-", "="):
        return Piece("variable", match[1], quoted, default=rest)
    if operator == "+":
        return Piece("variable", match[1], quoted, alternative=rest)
    if match[1] in "@*" and (slice_ := re.fullmatch(r":\s*([1-9])", rest)):
        return Piece("variable", match[1], quoted, first=int(slice_[1]))
    return Piece("variable", match[1], quoted)


def _closing(text: str, start: int, opening: str, closing: str) -> int:
    """The index of the bracket that closes the one at `start`; the text's end without one."""
    depth, at, quote = 0, start, ""
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 1
        elif quote:
            quote = "" if char == quote else quote
        elif char in "'\"" and opening == "(":
            quote = char
        elif char == opening:
            depth += 1
        elif char == closing:
            depth -= 1
            if depth == 0:
                return at
        at += 1
    return len(text)


def _text(literal: str) -> list[Piece]:
    return [Piece("text", literal)] if literal else []
