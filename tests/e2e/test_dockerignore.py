"""Is the context that kubeship chooses the one that the docker command with BuildKit chooses?"""

import os
import random
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from kubeship.images.context import entries
from tests.stack.addresses import load

pytestmark = [pytest.mark.e2e, pytest.mark.soak]

FILES = (
    "Dockerfile",
    "a",
    "a.log",
    "README.md",
    ".env",
    "docs/a",
    "docs/README.md",
    "docs/in/a.log",
    "docs/in/deep/README.md",
    "src/a.py",
    "src/a.pyc",
    "src/pkg/b.py",
    "src/pkg/data/c.csv",
    "node_modules/m/README.md",
    "node_modules/m/index.js",
    "x y/z",
    "[odd]/a",
)
WORDS = (
    "a",
    "docs",
    "src",
    "in",
    "pkg",
    "README.md",
    "*.log",
    "*.py",
    "*.py?",
    "?",
    "*",
    "**",
    "[a-d]*",
    "node_modules",
)
PATTERNS_PER_SEED = 4
OLD_COMMAND = "/usr/bin/docker"
"""Debian's, which has BuildKit's client built in; newer ones need a plugin."""


@pytest.mark.parametrize("seed", range(120))
def test_context_is_the_docker_commands_own(tmp_path: Path, seed: int) -> None:
    program = OLD_COMMAND if Path(OLD_COMMAND).exists() else shutil.which("docker")
    if program is None:
        pytest.skip("there is no docker command to compare with")
    context = tmp_path / "context"
    for name in FILES:
        (context / name).parent.mkdir(parents=True, exist_ok=True)
        (context / name).write_text(name)
    (context / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    (context / ".dockerignore").write_text("\n".join(patterns(random.Random(seed))) + "\n")

    ours = {entry.name for entry in entries(context, "Dockerfile") if stat.S_ISREG(entry.status.st_mode)}

    theirs = chosen_by(program, context, tmp_path / "out")
    always = {"Dockerfile", ".dockerignore"}  # the command sends them apart from the rest
    assert ours - always == theirs - always, (context / ".dockerignore").read_text()


def patterns(chance: random.Random) -> list[str]:
    def pattern() -> str:
        path = "/".join(chance.choice(WORDS) for _ in range(chance.randint(1, 3)))
        return chance.choice(("", "", "", "/", "./")) + path + chance.choice(("", "", "/"))

    return [chance.choice(("", "", "!")) + pattern() for _ in range(chance.randint(1, PATTERNS_PER_SEED))]


def chosen_by(program: str, context: Path, out: Path) -> set[str]:
    done = subprocess.run(
        [program, "build", "--quiet", "--output", f"type=local,dest={out}", str(context)],
        env={**os.environ, "DOCKER_HOST": load().docker_host, "DOCKER_BUILDKIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if "buildx" in done.stderr:
        pytest.skip("the docker command lacks its plugin buildx")
    assert done.returncode == 0, done.stderr
    # Not folders: older ones send some that an exception might have reached into, and nothing in them.
    return {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
