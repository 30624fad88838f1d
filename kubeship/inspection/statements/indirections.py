"""What stands behind a shell, a script, a supervisor or a task runner? One step further, as said there."""

import posixpath
import re
from collections.abc import Iterator
from itertools import pairwise

from kubeship.inspection.files.sources import Sources
from kubeship.inspection.statements.image_files import file_in, folder_in
from kubeship.inspection.statements.statement import Said
from kubeship.inspection.statements.supervisors import supervised
from kubeship.inspection.statements.task_files import make_recipe, package_script, task_command

SHELLS = frozenset({"ash", "bash", "dash", "ksh", "sh", "zsh"})
FOLLOWED = frozenset(
    {
        "circusd",
        "foreman",
        "hivemind",
        "honcho",
        "make",
        "npm",
        "overmind",
        "pnpm",
        "poe",
        "supervisord",
        "task",
        "yarn",
    }
)


def text_of_shell(name: str, words: list[str]) -> str | None:
    """The text of `sh -c TEXT` and `su USER -c TEXT`."""
    if name in SHELLS or name in ("su", "runuser"):
        for at, word in enumerate(words[1:-1], 1):
            if word == "-c" or (name in SHELLS and re.fullmatch(r"-[a-z]*c", word)):
                return words[at + 1]
    return None


def shell_script(sources: Sources, said: Said, name: str, words: list[str]) -> tuple[str, list[str]] | None:
    """The project's shell script that is run, and its arguments."""
    rest = words
    if name in SHELLS:
        rest = words[1:]
        while rest and rest[0].startswith(("-", "+")):
            rest = rest[2:] if rest[0] in ("-o", "+o") else rest[1:]
    if not rest or rest[0].endswith(".py") or "$" in rest[0]:
        return None
    path = file_in(sources, rest[0], said.folder, said.image)
    if path is None and "/" not in rest[0] and name not in SHELLS:
        path = _installed(sources, said, rest[0])
    if path is None:
        return None
    is_shell = path.endswith((".sh", ".bash")) or re.match(
        rb"#!.*\b(ba|da|a|k|z)?sh\b|#!/command/with-contenv", sources.content(path)
    )
    return (path, rest[1:]) if is_shell or (name in SHELLS and not path.endswith(".py")) else None


def _installed(sources: Sources, said: Said, name: str) -> str | None:
    """A program that was copied from the project into a folder on PATH."""
    for place, inside in said.image.copied:
        if posixpath.basename(place) == name and inside in sources:
            return inside
        if place.endswith("/bin") and f"{inside}/{name}" in sources:
            return f"{inside}/{name}"
    return next((path for path in (f"bin/{name}",) if path in sources), None)


def through(sources: Sources, said: Said, name: str, words: list[str]) -> Iterator[Said]:
    """The commands behind a supervisor or a task runner."""
    arguments = words[1:]
    plain = [word for word in arguments if not word.startswith("-")]
    folder = folder_in(sources, said.folder, said.image)
    if name in ("supervisord", "circusd", "honcho", "foreman", "overmind", "hivemind"):
        stated = next(
            (a for flag, a in pairwise(arguments) if flag in ("-c", "-f", "--configuration", "--procfile")),
            "",
        )
        if name == "circusd":
            stated = next((word for word in plain if word.endswith(".ini")), "")
        default = "supervisord.conf" if name == "supervisord" else "Procfile"
        path = file_in(sources, stated or default, said.folder, said.image)
        wanted = plain[plain.index("start") + 1 :] if "start" in plain and name != "supervisord" else []
        for program in supervised(sources, path, said) if path else ():
            if not wanted or program.name in wanted:
                yield program
    elif name == "make":
        target = next((word for word in plain if "=" not in word), "")
        yield from make_recipe(sources, folder, target, said)
    elif name in ("npm", "yarn", "pnpm"):
        yield from package_script(sources, folder, plain, said)
    elif name in ("poe", "task"):
        yield from task_command(sources, folder, plain[0] if plain else "", said)
    elif "/" not in name and len(plain) == len(arguments):
        yield from task_command(sources, folder, name, said)
