"""How are a shell script's commands put together? Conditions, cases, loops and functions, tolerant of what is odd."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kubeship.inspection.commands.shell_words import Piece, Token

ENDS = frozenset({"then", "elif", "else", "fi", "do", "done", "esac", "}", ")", ";;", ";&", ";;&"})
MAX_DEPTH = 60


@dataclass(frozen=True)
class Simple:
    """A command and its words."""

    words: tuple[Token, ...]
    line: int
    after: str = ""
    """The operator before it: `&&`, `||`, `|` or empty."""
    background: bool = False
    """Started with `&`."""


@dataclass(frozen=True)
class If:
    """`if ...; then ...; elif ...; then ...; else ...; fi`."""

    branches: tuple[tuple[tuple["Node", ...], tuple["Node", ...]], ...]
    otherwise: tuple["Node", ...] = ()
    after: str = ""


@dataclass(frozen=True)
class Case:
    """`case subject in pattern) ...;; esac`."""

    subject: Token
    branches: tuple[tuple[tuple[Token, ...], tuple["Node", ...]], ...]
    after: str = ""


@dataclass(frozen=True)
class Loop:
    """`for`, `while` and `until`: the body, which is taken to run once."""

    body: tuple["Node", ...]
    after: str = ""


@dataclass(frozen=True)
class Function:
    """`name() { ...; }`; without a name a group or subshell, which runs where it stands."""

    name: str
    body: tuple["Node", ...]
    after: str = ""


Node = Simple | If | Case | Loop | Function


def parsed(tokens: Sequence[Token]) -> tuple[Node, ...]:
    """The nodes of a script; what doesn't parse is read as simple commands."""
    parser = _Parser(tokens)
    found: list[Node] = []
    while parser.at < len(tokens):
        found += parser.body(())
        parser.at += 1  # a stray `fi` or `)`
    return tuple(found)


class _Parser:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    def body(self, ends: tuple[str, ...]) -> tuple[Node, ...]:
        """The commands up to a word that ends a body."""
        found: list[Node] = []
        after = ""
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            said = token.operator or token.plain
            if said in ENDS and (token.operator or said in ends or not ends):
                break
            if token.operator in ("&&", "||", "|", "|&"):
                after = token.operator[:2].removesuffix("&") if token.operator == "|&" else token.operator
                self.at += 1
            elif token.operator == "(":
                self.at += 1
                found.append(self._group(after, ")"))
                after = ""
            elif token.operator:
                if token.operator == "&" and found and isinstance(found[-1], Simple):
                    found[-1] = replace(found[-1], background=True)
                after = after if token.operator == "\n" and after else ""
                self.at += 1
            else:
                found.append(self._command(after))
                after = ""
        return tuple(found)

    def _command(self, after: str) -> Node:  # noqa: PLR0911  # one return a form
        self.depth += 1
        try:
            match self.tokens[self.at].plain if self.depth < MAX_DEPTH else "":
                case "if":
                    return self._if(after)
                case "case":
                    return self._case(after)
                case "for" | "while" | "until" | "select":
                    return self._loop(after)
                case "{":
                    self.at += 1
                    return self._group(after, "}")
                case "function":
                    return self._function(self.at + 1, after)
                case _ if self._operator(1) == "(" and self._operator(2) == ")":
                    return self._function(self.at, after)
                case _:
                    return self._simple(after)
        finally:
            self.depth -= 1

    def _operator(self, ahead: int) -> str:
        return self.tokens[self.at + ahead].operator if self.at + ahead < len(self.tokens) else ""

    def _simple(self, after: str) -> Simple:
        start = self.tokens[self.at]
        words: list[Token] = []
        test = start.plain == "[["
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.operator and not test:
                break
            if token.operator == "\n":
                break
            self.at += 1
            words.append(Token(token.line, "", (Piece("text", token.operator),)) if token.operator else token)
            if test and token.plain == "]]":
                test = False
        return Simple(tuple(words), start.line, after)

    def _if(self, after: str) -> If:
        branches: list[tuple[tuple[Node, ...], tuple[Node, ...]]] = []
        otherwise: tuple[Node, ...] = ()
        while self._take("if", "elif"):
            condition = self.body(("then",))
            self._take("then")
            branches.append((condition, self.body(("elif", "else", "fi"))))
        if self._take("else"):
            otherwise = self.body(("fi",))
        self._take("fi")
        return If(tuple(branches), otherwise, after)

    def _case(self, after: str) -> Node:
        self.at += 1
        if self.at >= len(self.tokens):
            return Loop((), after)
        subject = self.tokens[self.at]
        self.at += 1
        self._newlines()
        self._take("in")
        branches: list[tuple[tuple[Token, ...], tuple[Node, ...]]] = []
        while self.at < len(self.tokens):
            self._newlines()
            if self._take("esac"):
                break
            patterns: list[Token] = []
            while self.at < len(self.tokens) and self.tokens[self.at].operator != ")":
                if not self.tokens[self.at].operator:
                    patterns.append(self.tokens[self.at])
                self.at += 1
            self.at += 1
            branches.append((tuple(patterns), self.body(("esac",))))
        return Case(subject, tuple(branches), after)

    def _loop(self, after: str) -> Loop:
        while self.at < len(self.tokens) and self.tokens[self.at].plain != "do":
            self.at += 1
        self._take("do")
        found = self.body(("done",))
        self._take("done")
        return Loop(found, after)

    def _function(self, start: int, after: str) -> Function:
        name = self.tokens[start].plain if start < len(self.tokens) else ""
        self.at = start + 1
        while self.at < len(self.tokens) and self.tokens[self.at].operator in ("(", ")", "\n"):
            self.at += 1
        self._take("{")
        body = self.body(("}",))
        self._take("}")
        return Function(name, body, after)

    def _group(self, after: str, end: str) -> Function:
        self.depth += 1
        body = self.body((end,)) if self.depth < MAX_DEPTH else ()
        self.depth -= 1
        if self.at < len(self.tokens) and (self.tokens[self.at].operator or self.tokens[self.at].plain) == end:
            self.at += 1
        return Function("", body, after)

    def _take(self, *words: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at].plain in words:
            self.at += 1
            return True
        return False

    def _newlines(self) -> None:
        while self.at < len(self.tokens) and self.tokens[self.at].operator in ("\n", ";;", ";", ";&", ";;&"):
            self.at += 1
