"""Which commands stand behind task names? Makefile, justfile, package.json, tox, pyproject.toml's tables."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from kubeship.inspection.distributions.managers.setuptools import setup_cfg
from kubeship.inspection.files.documents import read_json, read_toml, table
from kubeship.inspection.files.sources import Sources, is_aside
from kubeship.inspection.statements.statement import CONFIGURED, TASK, Said
from kubeship.model.origin import Origin

SERVING = re.compile(
    r"(run|start|serve|server|web|api|app|up|prod|production|launch|runserver)([-_:.]?(prod|production|server|web|api|app|worker|beat|bot|gunicorn|uvicorn|celery))?"
    r"|(worker|beat|scheduler|celery|bot|consumer|queue)s?([-_:.]?\w+)?|(start|run|serve)[-_:.](worker|beat|scheduler|celery|bot|consumer)s?"
    r"|serve[-_:.]\w+|run[-_:.]dev|worker[-_:.]dev|dev"
)
"""Names of tasks that start something which goes on running."""
RULE = re.compile(r"^([A-Za-z0-9_./%-]+(?:\s+[A-Za-z0-9_./%-]+)*)\s*:(?!=)\s*([^=].*|)$")
VARIABLE = re.compile(r"^\s*(?:export\s+)?([A-Za-z_]\w*)\s*[:?+]?=\s*(.*)$")


def make_recipe(sources: Sources, folder: str, target: str, said: Said) -> Iterator[Said]:
    """The recipe of a make target, as shell text."""
    for base in dict.fromkeys((folder, ".")):
        path = posixpath.normpath(posixpath.join(base, "Makefile"))
        if path not in sources:
            continue
        recipes = makefile(sources.text(path))
        name = target or next(iter(recipes), "")
        if name in recipes:
            text, line, needed = recipes[name]
            for other in needed:
                if other in recipes and SERVING.fullmatch(other):
                    yield replace(
                        said,
                        command=recipes[other][0],
                        words=(),
                        folder=base,
                        origin=Origin(path, recipes[other][1], f"make {other}"),
                    )
            yield replace(said, command=text, words=(), folder=base, origin=Origin(path, line, f"make {name}"))
            return


def makefile(text: str) -> dict[str, tuple[str, int, tuple[str, ...]]]:
    """By target: the recipe with variables put in, its line, and the prerequisites. Also reads a justfile."""
    variables: dict[str, str] = {}
    found: dict[str, tuple[str, int, tuple[str, ...]]] = {}
    current: tuple[str, ...] = ()
    for number, raw in enumerate(text.replace("\\\n", "\\\0").splitlines(), 1):
        line = raw.replace("\\\0", " ")
        if raw[:1] in ("\t", " ") and current and raw.strip():
            step = re.sub(r"^[@\-+\s]+", "", line.rstrip())
            for name in current:
                before, at, needed = found[name]
                found[name] = (f"{before}\n{_substituted(step, variables)}".lstrip("\n"), at or number, needed)
        elif raw.strip() and not raw.startswith("#"):
            current = ()
            if match := VARIABLE.match(line):
                variables[match[1]] = match[2].strip()
            elif match := RULE.match(re.sub(r"\s#.*$", "", line)):
                current = tuple(match[1].split())
                for name in current:
                    found.setdefault(name, ("", number, tuple(match[2].split())))
    return found


def package_script(sources: Sources, folder: str, words: list[str], said: Said) -> Iterator[Said]:
    """The script of package.json that `npm run NAME` runs."""
    name = next((word for word in words if word not in ("run", "run-script", "exec")), "")
    for base in dict.fromkeys((folder, ".")):
        path = posixpath.normpath(posixpath.join(base, "package.json"))
        if path in sources:
            command = package_scripts(sources, path).get(name)
            if command:
                origin = Origin(path, sources.line_of(path, rf'"{re.escape(name)}"\s*:'), f"the script {name}")
                yield replace(said, command=command, words=(), folder=base, origin=origin)
            return


def package_scripts(sources: Sources, path: str) -> dict[str, str]:
    """The scripts of a package.json; empty when it can't be read."""
    scripts = table(read_json(sources, path), "scripts")
    return {name: command for name, command in scripts.items() if isinstance(command, str)}


def task_command(sources: Sources, folder: str, name: str, said: Said) -> Iterator[Said]:
    """What the task tables of pyproject.toml run under a name."""
    for base in dict.fromkeys((folder, ".")):
        path = posixpath.normpath(posixpath.join(base, "pyproject.toml"))
        if path in sources:
            for command in tasks(sources, path).get(name, ()):
                yield replace(said, command=command, words=(), folder=base, origin=_place(sources, path, name))
            return


def tasks(sources: Sources, path: str) -> dict[str, tuple[str, ...]]:
    """The commands of poe, taskipy, PDM, Rye and Hatch tasks, by name."""
    tool = table(read_toml(sources, path), "tool")
    tables = [
        table(tool, "poe", "tasks"),
        table(tool, "taskipy", "tasks"),
        table(tool, "pdm", "scripts"),
        table(tool, "rye", "scripts"),
    ]
    environments = table(tool, "hatch", "envs").values()
    tables += [table(environment, "scripts") for environment in environments]
    return {str(name): found for each in tables for name, value in each.items() if (found := _commands(value))}


def task_statements(sources: Sources, folder: str) -> Iterator[Said]:
    """The serving targets of Makefiles and justfiles, package.json scripts and task tables near the project's root."""
    for base in dict.fromkeys((folder, ".")):
        for name in ("Makefile", "justfile", "Justfile", ".justfile"):
            path = posixpath.normpath(posixpath.join(base, name))
            for target, (text, line, _) in makefile(sources.text(path)).items() if path in sources else ():
                if SERVING.fullmatch(target.lower()):
                    yield Said(Origin(path, line, f"make {target}"), TASK, text, name=target, folder=base)
        path = posixpath.normpath(posixpath.join(base, "package.json"))
        for target, command in package_scripts(sources, path).items() if path in sources else ():
            if SERVING.fullmatch(target.lower()):
                line_ = sources.line_of(path, rf'"{re.escape(target)}"\s*:')
                yield Said(Origin(path, line_, f"the script {target}"), TASK, command, name=target, folder=base)
        path = posixpath.normpath(posixpath.join(base, "pyproject.toml"))
        yield from _fastapi(sources, path, base)
        yield from _tox(sources, posixpath.normpath(posixpath.join(base, "tox.ini")), base)
        for target, commands in tasks(sources, path).items() if path in sources and not is_aside(path) else ():
            if SERVING.fullmatch(target.lower()):
                for command in commands:
                    yield Said(_place(sources, path, target), TASK, command, name=target, folder=base)


def _tox(sources: Sources, path: str, base: str) -> Iterator[Said]:
    """The commands of environments that serve: `[testenv:serve]`."""
    parser = setup_cfg(sources, path) if path in sources else None
    for section in parser.sections() if parser else ():
        name = section.removeprefix("testenv:")
        commands = parser.get(section, "commands", fallback="") if parser and name != section else ""
        if commands and SERVING.fullmatch(name):
            text = re.sub(r"\{posargs(:[^}]*)?\}|\{toxinidir\}/?|\{\[[^]]*\]\w+\}", "", commands).strip()
            origin = Origin(path, sources.line_of(path, rf"^\[{re.escape(section)}\]"), f"tox -e {name}")
            yield Said(origin, TASK, text, name=name, folder=base)


def _fastapi(sources: Sources, path: str, base: str) -> Iterator[Said]:
    """What `fastapi run` serves without being told (FastAPI's documentation, "FastAPI CLI", `[tool.fastapi]`)."""
    stated = table(read_toml(sources, path), "tool", "fastapi").get("entrypoint")
    if isinstance(stated, str):
        origin = Origin(path, sources.line_of(path, r"^\s*entrypoint\s*="), "entrypoint of [tool.fastapi]")
        yield Said(origin, CONFIGURED, words=("fastapi", "run", "--entrypoint", stated), name="web", folder=base)


def _commands(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, dict):
        value = next((value[key] for key in ("cmd", "shell", "composite", "sequence", "chain") if key in value), None)
        return _commands(value)
    if isinstance(value, list):
        return tuple(item for item in value if isinstance(item, str))
    return ()


def _place(sources: Sources, path: str, name: str) -> Origin:
    return Origin(path, sources.line_of(path, rf'^\s*"?{re.escape(name)}"?\s*='), f"the task {name}")


def _substituted(text: str, variables: dict[str, str]) -> str:
    for _ in range(5):
        replaced = re.sub(r"\$[({](\w+)[)}]", lambda match: variables.get(match[1], f"${match[1]}"), text)
        if replaced == text or len(replaced) > 4000:
            break
        text = replaced
    text = re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda match: variables.get(match[1], f"${match[1]}"), text)
    return text.replace("$$", "$")
