"""What does a command start in the end, through shell scripts, supervisors, make and npm? Followed, never run."""

import posixpath
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from kubeship.inspection.commands.command_lines import PYTHON, read_command
from kubeship.inspection.commands.command_wrappers import unwrapped
from kubeship.inspection.commands.folders import joined
from kubeship.inspection.commands.servers import BY_PROGRAM
from kubeship.inspection.commands.shell import Ran, commands
from kubeship.inspection.commands.workers import NOT_PROCESSES, WORKERS
from kubeship.inspection.files.sources import Sources, folder_of
from kubeship.inspection.statements.image_files import file_in, folder_in
from kubeship.inspection.statements.indirections import FOLLOWED, SHELLS, shell_script, text_of_shell, through
from kubeship.inspection.statements.own_programs import names_own, own
from kubeship.inspection.statements.server_files import completed
from kubeship.inspection.statements.statement import DEVELOPMENT, PLATFORM, Image, Said, Statement

MAX_DEPTH = 6
WORKING = frozenset(program for program, _ in WORKERS)
OTHER = re.compile(r"^(?!web$).")
"""Names of a Procfile's lines that are kept though what they run can't be read."""
FOR_DEVELOPERS = re.compile(
    r"(^|[-_./ :])(dev|devel|develop|development|debug|devserver|tests?|testing|lint|docs?|mkdocs|ci|e2e|watch|local|"
    r"shell|devcontainer|jupyter|notebook|flower|playwright|selenium|pytest|tox)([-_./ :]|$)",
    re.IGNORECASE,
)
"""In the name of a process, script or file: not what is deployed."""


def followed(sources: Sources, said: Said, programs: Mapping[str, str]) -> list[Statement]:
    """Every process that a statement starts, in order; `programs` are those that the project installs."""
    return _Follower(sources, programs).said(said, 0)


class _Follower:
    def __init__(self, sources: Sources, programs: Mapping[str, str]) -> None:
        self.sources = sources
        self.programs = programs

    def said(self, said: Said, depth: int) -> list[Statement]:
        """Of a statement: its text read as the shell would, or its words as they are."""
        if depth > MAX_DEPTH:
            return []
        if said.words:
            return self.ran(said, Ran(said.words, 0, said.variables, said.folder), depth)
        home = folder_in(self.sources, said.folder, said.image)
        arguments = None if said.any_arguments else ()
        found = commands(said.command, dict(said.variables), arguments, home, self._reader(said))
        several = "\n" in said.command
        return self._sequence(said, found, depth, None if not several else (said.origin.line or 1) - 1)

    def _sequence(self, said: Said, found: Sequence[Ran], depth: int, lines: int | None) -> list[Statement]:
        """Commands one after another: of those that may end, only the last of each branch is a process."""
        groups: list[tuple[Ran, list[Statement]]] = []
        for ran in found:
            place = said
            if lines is not None:
                place = replace(said, origin=replace(said.origin, line=lines + ran.line))
            moved = replace(ran, folder=joined(said.folder, ran.folder))
            groups.append((ran, self.ran(place, moved, depth)))
        kept: list[Statement] = []
        for number, (ran, statements) in enumerate(groups):
            later = any(
                other.words
                and (other.label == ran.label or not other.label or not ran.label)
                and after
                and not other.piped
                for other, after in groups[number + 1 :]  # also in the background: the script came to them
            )
            kept += [s for s in statements if s.work or ran.background or not (later or ran.piped)]
        return [labelled(s, ran) for ran, statements in groups for s in statements if any(s is k for k in kept)]

    def ran(self, said: Said, ran: Ran, depth: int) -> list[Statement]:
        """Of a simple command."""
        wrapped = unwrapped(list(ran.words))
        words, folder = wrapped.words, joined(ran.folder, wrapped.folder) if wrapped.folder else ran.folder
        if not words or depth > MAX_DEPTH:
            return []
        name = posixpath.basename(words[0])
        variables = {**dict(said.variables), **dict(ran.variables), **dict(wrapped.variables)}
        here = replace(said, folder=folder, variables=tuple(variables.items()))
        inner = text_of_shell(name, words)
        if inner is not None:
            return self.said(replace(here, command=inner, words=()), depth + 1)
        script = shell_script(self.sources, here, name, words)
        if script is not None:
            found = self._script(here, script[0], script[1], depth)
            started = any(statement.started.console == "" for statement in found)
            return found if started or not script[1] else self._behind(here, ran, script[1], depth) or found
        found_ = [s for other in through(self.sources, here, name, words) for s in self.said(other, depth + 1)]
        if found_ or name in FOLLOWED or name in NOT_PROCESSES or name in SHELLS:
            return found_
        if name.endswith(".sh") or (name.endswith(".py") and not ran.words[0].endswith("manage.py")):
            behind = self._behind(here, ran, words[1:], depth)  # a script that isn't there, and runs what it is given
            if behind or name.endswith(".sh"):
                return behind
        return self._started(here, ran, words, folder, depth)

    def _behind(self, said: Said, ran: Ran, words: list[str], depth: int) -> list[Statement]:
        """What a wrapper of the project's own runs: the words that it is given."""
        head = posixpath.basename(words[0]) if words else ""
        known = head in BY_PROGRAM or head in SHELLS or head in FOLLOWED or PYTHON.fullmatch(head) or head in WORKING
        return self.ran(said, replace(ran, words=tuple(words), folder=said.folder), depth + 1) if known else []

    def _script(self, said: Said, path: str, arguments: list[str], depth: int) -> list[Statement]:
        if depth >= MAX_DEPTH:
            return []
        unknown = said.any_arguments and (not arguments or "$@" in arguments)
        variables = dict(said.variables)
        home = folder_of(path)
        found = commands(self.sources.text(path), variables, None if unknown else arguments, home, self._reader(said))
        return self._sequence(replace(said, origin=replace(said.origin, path=path)), found, depth + 1, 0)

    def _started(self, said: Said, ran: Ran, words: list[str], folder: str, depth: int) -> list[Statement]:
        started = read_command(words, folder, said.variables)
        if started is None:
            return []
        if started.console or started.script:
            at = next((n for n, word in enumerate(words[1:], 1) if posixpath.basename(word) in FOLLOWED), 0)
            at = at or (
                2 if started.script and len(words) > 2 and PYTHON.fullmatch(posixpath.basename(words[0])) else 0
            )
            behind = self._behind(said, ran, words[at:], depth) if at else []
            if behind:
                return behind
        own_console = started.console in self.programs or f"bin/{started.console}" in self.sources
        if started.console and not own_console and (said.strength or not said.name or depth):
            return []
        started = completed(self.sources, started, lambda path: file_in(self.sources, path, folder, said.image))
        start = folder_in(self.sources, started.folder, said.image)
        owned = own(self.sources, started, started.folder, start, said.image)
        if owned is None and not (said.strength == 0 and OTHER.search(said.name)):
            return []
        started, start = owned or (started, start)
        if said.foreign and not names_own(self.sources, started, words, start):
            return []
        named = f"{said.name} {started.console}"
        developers = started.development or bool(FOR_DEVELOPERS.search(named))
        whole = not depth and not said.words and said.strength == PLATFORM
        whole = whole and (said.work == "release" or started.work != "release")  # not what else the line does
        relative = self._relative(words, folder, start, said.image)
        set_for_it = "".join(f"{name}={shell_text([value])} " for name, value in ran.setting if started.work)
        return [
            Statement(
                name=said.name,
                started=started,
                command=said.command if whole else f"{set_for_it}{shell_text(relative)}",
                folder=start,
                origin=said.origin,
                strength=said.strength + (DEVELOPMENT if developers and said.strength < DEVELOPMENT else 0),
                port=started.port or said.port,
                schedule=said.schedule,
                work=said.work or started.work,
                main=ran.chosen,
                foreign=said.foreign,
                stays=said.stays,
                image=said.image.path,
                in_image="" if whole else self._in_image(words, folder, start, said.image),
            )
        ]

    def _in_image(self, words: Sequence[str], folder: str, start: str, image: Image) -> str:
        """The command as the image has it, if its processes start in another folder than that of its files."""
        given = [word for word in words if word != "$@"]
        moved = any(
            word.startswith("/")
            and file_in(self.sources, word, folder, image)
            and posixpath.normpath(posixpath.join(folder, seen)) != posixpath.normpath(word)
            for word, seen in zip(given, self._relative(words, folder, start, image), strict=True)
        )
        return shell_text(given) if moved and folder.startswith("/") else ""

    def _relative(self, words: Sequence[str], folder: str, start: str, image: Image) -> list[str]:
        """With programs by their names, and the project's files as seen from where the process starts."""
        found: list[str] = []
        for at, word in enumerate(words):
            inside = file_in(self.sources, word, folder, image) if word.startswith("/") else None
            inside = inside if inside and word.endswith(f"/{inside}") else None
            name = posixpath.basename(word) if not at and "bin/" in word else word
            relative = posixpath.relpath(inside, start) if inside else name
            found += [f"./{relative}" if inside and not at else relative] if word != "$@" else []
        return found

    def _reader(self, said: Said) -> Callable[[str], str | None]:
        def read(path: str) -> str | None:
            found = file_in(self.sources, path, said.folder, said.image)
            return self.sources.text(found) if found and not found.endswith("/activate") else None

        return read


def labelled(statement: Statement, ran: Ran) -> Statement:
    """Within a case branch, the branch names the process and says whether it is taken."""
    developers = bool(ran.label) and statement.strength < DEVELOPMENT and bool(FOR_DEVELOPERS.search(ran.label))
    return replace(
        statement,
        name=ran.label if ran.label and not ran.chosen else statement.name or ran.label,
        main=statement.main and ran.chosen,
        strength=statement.strength + (DEVELOPMENT if developers else 0),
    )


def shell_text(words: Sequence[str]) -> str:
    """The words as one line of a shell; variables stay what they are."""
    return " ".join(word if re.fullmatch(r"[\w@%+=:,./$~^{}\[\]*-]+", word) else shlex.quote(word) for word in words)
