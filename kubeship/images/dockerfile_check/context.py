"""What gets into the image that nobody meant to put there, and when?"""

import re
from collections.abc import Iterator

from kubeship.images.dockerfile_check.findings import Dockerfile, Hit, Rules
from kubeship.model.dockerfile import Instruction, split_flags

UNWANTED = {
    ".git": "the history of the source, with whatever was once in it",
    ".env": "variables of a developer's machine, most often with secrets",
    ".venv": "a virtual environment of another machine, which doesn't run here",
    "venv": "a virtual environment of another machine, which doesn't run here",
    "env": "a virtual environment of another machine, which doesn't run here",
    "node_modules": "modules of another machine, some of which don't run here",
    "__pycache__": "bytecode that changes with every run and so empties the build cache",
}
INSTALL = re.compile(
    r"\bpip3?\b[^;&|\n]*\binstall\b[^;&|]*\s(?:-r|--requirement)|\buv\s+sync\b|\bpoetry\b[^;&|]*\binstall\b|"
    r"\bpdm\s+(?:install|sync)\b|\bpipenv\s+(?:install|sync)\b|\bnpm\s+(?:ci|install|i)\b|\byarn\s+install\b|"
    r"\bpnpm\s+i(?:nstall)?\b"
)


def copy_before_install(dockerfile: Dockerfile) -> Iterator[Hit]:
    """The whole source before the dependencies: every edit installs them all again."""
    if dockerfile.surroundings.installs_itself:
        return
    for stage in dockerfile.stages:
        copied: Instruction | None = None
        for instruction in stage.instructions:
            if instruction.name == "RUN" and INSTALL.search(instruction.text):
                if copied:
                    yield Hit(
                        "copy-before-install",
                        copied.line,
                        "warning",
                        f"the whole source is copied before dependencies are installed (line {instruction.line}), so "
                        "that every edit installs them all again",
                        "COPY only the files that name the dependencies, install them, then `COPY . .`",
                    )
                break
            if _whole(instruction):
                copied = copied or instruction


def dockerignore(dockerfile: Dockerfile) -> Iterator[Hit]:
    """No .dockerignore, or one that lets in what doesn't belong there."""
    copied = next((each for stage in dockerfile.stages for each in stage.instructions if _whole(each)), None)
    around = dockerfile.surroundings
    if copied is None:
        return
    inside = [name for name in around.names if name in UNWANTED and name != "env"]
    inside += ["env"] if "env" in around.names and _is_environment(around.names) else []
    if around.ignored is None:
        named = f", {' and '.join(inside)} among it" if inside else ""
        yield Hit(
            "no-dockerignore",
            copied.line,
            "warning",
            f"there is no .dockerignore: everything in the folder goes into the image{named}",
            "write one with .git, .env, .venv, __pycache__, node_modules and what else the app doesn't need",
        )
        return
    for name in inside:
        if not around.ignored(name):
            yield Hit(
                "dockerignore-lets-in",
                copied.line,
                "warning",
                f".dockerignore lets in {name}, {UNWANTED[name]}",
                f"add {name} to .dockerignore",
            )


def added(dockerfile: Dockerfile) -> Iterator[Hit]:
    """ADD downloads what nobody checks, and unpacks what nobody expects it to."""
    for stage in dockerfile.stages:
        for instruction in stage.instructions:
            flags, words = split_flags(instruction.text)
            if instruction.name != "ADD" or "checksum" in flags or "<<" in instruction.text:
                continue
            source = words[0].strip("[],\"'") if words else ""
            if source.startswith(("http://", "https://")):
                problem = f"ADD {source} takes whatever the server sends today"
                remedy = "use `ADD --checksum=sha256:...`, or curl and `sha256sum --check` in one RUN"
                yield Hit("add-url", instruction.line, "advice", problem, remedy)
            elif not re.search(r"\.(?:tar(?:\.\w+)?|tgz|tbz2?|txz)$|^git@|\.git(?:#|$)|\$|\*", source):
                problem = "ADD where COPY would do: ADD also unpacks archives and follows addresses"
                yield Hit("add-instead-of-copy", instruction.line, "advice", problem, "write COPY")


def _whole(instruction: Instruction) -> bool:
    """COPY or ADD of the context's root."""
    flags, words = split_flags(instruction.text)
    sources = {word.strip("[],\"'").rstrip("/") or "/" for word in words[:-1]}
    return instruction.name in ("COPY", "ADD") and "from" not in flags and bool(sources & {".", "./.", "/", "*"})


def _is_environment(names: tuple[str, ...]) -> bool:
    """A folder `env` is as often the project's own."""
    return "pyvenv.cfg" in names


CONTEXT: Rules = (copy_before_install, dockerignore, added)
