"""Which commands does a shell script run, in order, and with what? Read as a shell would; nothing is run."""

import fnmatch
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from kubeship.inspection.commands.folders import joined
from kubeship.inspection.commands.shell_expansion import ASSIGNMENT, Known, expanded
from kubeship.inspection.commands.shell_syntax import Case, Function, If, Loop, Node, Simple, parsed
from kubeship.inspection.commands.shell_tests import truth
from kubeship.inspection.commands.shell_words import Token, tokens

MAX_DEPTH = 12
MAX_COMMANDS = 2000
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Ran:
    """A simple command with its expansions made; a `$NAME` that nothing sets stays as it is."""

    words: tuple[str, ...]
    line: int
    variables: tuple[tuple[str, str], ...] = ()
    """Set for this command, and exported before it."""
    folder: str = "."
    label: str = ""
    """The case branch that it stands in: `web` of `web) exec gunicorn ...`."""
    chosen: bool = True
    """False in a branch that a known argument doesn't take."""
    background: bool = False
    """The script goes on beside it (`worker &`)."""
    piped: bool = False
    """It reads another command's output."""
    setting: tuple[tuple[str, str], ...] = ()
    """Of its variables, those that stand before it: `NAME=value command`."""


@dataclass
class _State:
    variables: dict[str, list[str]]
    arguments: list[str] | None
    folder: str = "."
    exported: dict[str, str] = field(default_factory=dict)
    functions: dict[str, Sequence[Node]] = field(default_factory=dict)
    label: str = ""
    chosen: bool = True


def commands(
    text: str,
    variables: dict[str, str] | None = None,
    arguments: Sequence[str] | None = (),
    home: str = ".",
    read: Callable[[str], str | None] | None = None,
) -> tuple[Ran, ...]:
    """The commands of a shell text.

    `arguments` are `$1` and so on, None when they aren't known; `home` is the script's own folder; `read` gives the
    text of a file that is sourced. Both branches of an `if` count unless its test is decided by what is known.
    """
    state = _State({k: [v] for k, v in (variables or {}).items()}, None if arguments is None else list(arguments))
    runner = _Runner(home, read or (lambda path: None))
    with suppress(RecursionError):  # nested beyond reason: what was read so far is all there is
        runner.run(parsed(tokens(text)), state, 0)
    return tuple(runner.ran)


class _Runner:
    def __init__(self, home: str, read: Callable[[str], str | None]) -> None:
        self.home = home
        self.read = read
        self.ran: list[Ran] = []

    def run(self, nodes: Sequence[Node], state: _State, depth: int) -> bool:
        """Whether the script certainly ends within the nodes (`exec`, `exit`)."""
        verdict: bool | None = None
        for node in nodes:
            if depth > MAX_DEPTH or len(self.ran) > MAX_COMMANDS:
                return True
            after = node.after
            if (after == "&&" and verdict is False) or (after == "||" and verdict is True):
                continue
            before = len(self.ran)
            ended, verdict = self._node(node, state, depth)
            if ended and after == "||" and len(self.ran) == before:  # `check || exit 1` goes on
                continue
            if ended and not (after in ("&&", "||") and len(self.ran) == before):
                return True
        return False

    def _node(self, node: Node, state: _State, depth: int) -> tuple[bool, bool | None]:
        match node:
            case Simple():
                return self._simple(node, state, depth)
            case If():
                return self._if(node, state, depth), None
            case Case():
                return self._case(node, state, depth), None
            case Loop(body=body):
                self.run(body, state, depth + 1)
                return False, None
            case Function(name=name, body=body):
                if name:
                    state.functions[name] = body
                    return False, None
                return self.run(body, state, depth + 1), None

    def _if(self, node: If, state: _State, depth: int) -> bool:
        ends: list[bool] = []
        for condition, body in node.branches:
            verdict = self._test(condition, state)
            if verdict is False:
                continue
            ends.append(self.run(body, state, depth + 1))
            if verdict is True:
                return all(ends)
        if node.otherwise:
            return self.run(node.otherwise, state, depth + 1) and all(ends)
        return False

    def _case(self, node: Case, state: _State, depth: int) -> bool:
        subject = " ".join(self._expanded(node.subject, state))
        known = "$" not in subject
        label, chosen = state.label, state.chosen
        taken, ends = False, list[bool]()
        for patterns, body in node.branches:
            texts = [" ".join(self._expanded(pattern, state)) for pattern in patterns]
            matches = known and not taken and any(fnmatch.fnmatchcase(subject, pattern) for pattern in texts)
            plain = next((p for p in texts if re.fullmatch(r"[\w-]+", p)), "")
            state.label, state.chosen = plain or label, chosen and (matches or not known)
            inner = replace(state, variables=dict(state.variables), exported=dict(state.exported))
            ended = self.run(body, inner, depth + 1)
            if matches or not known:
                ends.append(ended)
                state.folder = inner.folder
            if matches:  # `web) COMMAND="gunicorn ..." ;;`, and `eval $COMMAND` below
                state.variables, state.exported = inner.variables, inner.exported
                state.arguments = inner.arguments
            elif not ended and inner.arguments and inner.arguments != state.arguments and "$" not in inner.arguments[0]:
                line = next((each.line for each in body if isinstance(each, Simple)), 0)
                self._keep(inner.arguments, line, inner)  # `worker) set -- celery ... ;;`, and `exec "$@"` below
            taken = taken or matches
        state.label, state.chosen = label, chosen
        return taken and all(ends)

    def _simple(self, node: Simple, state: _State, depth: int) -> tuple[bool, bool | None]:
        words = [word for token in node.words for word in self._expanded(token, state)]
        setting: dict[str, str] = {}
        while words and (match := ASSIGNMENT.fullmatch(words[0])):
            setting[match[1]] = match[2]
            words = words[1:]
        if not words:
            self._assign(node.words, state)
            return False, None
        name, rest = words[0], words[1:]
        if name in ("exit", "return"):
            return True, None
        if name in ("[", "[[", "test", "true", "false", ":", "!"):
            return False, truth(words)
        if name in state.functions:
            inner = replace(state, arguments=rest)
            ended = self.run(state.functions[name], inner, depth + 1)
            state.folder, state.exported = inner.folder, inner.exported
            return ended, None
        if self._built_in(name, rest, state, depth):
            return False, None
        executed = name == "exec"
        if executed:
            words = rest
        if words and not words[0].startswith("-"):
            exported = {**state.exported, **setting}
            self._keep(
                words, node.line, replace(state, exported=exported), node.background, node.after == "|", setting=setting
            )
        return executed and bool(words), None

    def _keep(
        self,
        words: Sequence[str],
        line: int,
        state: _State,
        background: bool = False,
        piped: bool = False,
        *,
        setting: Mapping[str, str] = NOTHING,
    ) -> None:
        exported, own = tuple(state.exported.items()), tuple(setting.items())
        self.ran.append(
            Ran(tuple(words), line, exported, state.folder, state.label, state.chosen, background, piped, own)
        )

    def _built_in(self, name: str, rest: list[str], state: _State, depth: int) -> bool:
        if name == "cd":
            if rest and rest[-1] != "-":
                state.folder = joined(state.folder, rest[-1])
        elif name in ("export", "declare", "typeset", "readonly", "local"):
            for match in filter(None, (ASSIGNMENT.fullmatch(word) for word in rest)):
                state.variables[match[1]] = [match[2]]
                if name == "export":
                    state.exported[match[1]] = match[2]
        elif name == "set":
            if "--" in rest:
                state.arguments = rest[rest.index("--") + 1 :]
        elif name == "shift":
            count = int(rest[0]) if rest and rest[0].isdigit() else 1
            state.arguments = state.arguments[count:] if state.arguments is not None else None
        elif name in (".", "source"):
            text = self.read(joined(state.folder, rest[0])) if rest else None
            self.run(parsed(tokens(text)), state, depth + 1) if text else None
        elif name == "eval":
            self.run(parsed(tokens(" ".join(rest))), state, depth + 1)
        else:
            return name in ("unset", "trap", "alias", "ulimit", "umask", "wait", "read", "shopt", "echo", "printf")
        return True

    def _assign(self, words: Sequence[Token], state: _State) -> None:
        for token in words:
            head = token.pieces[0].value if token.pieces else ""
            if array := re.match(r"([A-Za-z_]\w*)(\+?)=\((.*)\)$", head, re.DOTALL):
                items = [w for t in tokens(array[3]) if not t.operator for w in self._expanded(t, state)]
                state.variables[array[1]] = (state.variables.get(array[1], []) if array[2] else []) + items
            elif match := ASSIGNMENT.fullmatch(" ".join(self._expanded(token, state))):
                state.variables[match[1]] = [match[2]]
                if match[1] in state.exported:
                    state.exported[match[1]] = match[2]

    def _expanded(self, token: Token, state: _State) -> list[str]:
        return expanded(token, Known(state.variables, state.arguments, self.home))

    def _test(self, condition: Sequence[Node], state: _State) -> bool | None:
        """What an `if` decides, when everything it looks at is known."""
        if len(condition) != 1 or not isinstance(condition[0], Simple):
            return None
        return truth([" ".join(self._expanded(token, state)) for token in condition[0].words])
