"""Which words does a call that starts a command show?"""

import ast
from pathlib import Path

import pytest

from kubeship.inspection.code.modules import Modules
from kubeship.inspection.code.spawned import may_spawn, spawned_words
from kubeship.inspection.files.sources import Sources


@pytest.mark.parametrize(
    ("call", "called", "words"),
    [
        ("run('gunicorn -b :80 shop:app')", "subprocess.run", ["gunicorn", "-b", ":80", "shop:app"]),
        ("run(['/usr/bin/uwsgi', '--module', 'shop:app'])", "subprocess.run", ["uwsgi", "--module", "shop:app"]),
        ("run([sys.executable, '-m', 'uvicorn', TARGET])", "subprocess.run", ["uvicorn", "shop:app"]),
        ("execvp('uvicorn', ['uvicorn', f'shop:{name}'])", "os.execvp", ["uvicorn", "shop:$unknown"]),
        ("run(FIRST)", "subprocess.run", []),
        ("run(['ls', '-l'])", "subprocess.run", []),
        ("print('gunicorn shop:app')", "print", []),
    ],
)
def test_words_of_a_servers_command(call: str, called: str, words: list[str], tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("import sys\n\nTARGET = 'shop:app'\nFIRST = SECOND\nSECOND = FIRST\n")
    node = ast.parse(call, mode="eval").body
    assert isinstance(node, ast.Call)

    assert spawned_words(Modules(Sources(tmp_path)), "main.py", node, called, {}) == words


@pytest.mark.parametrize(
    ("content", "may"),
    [
        (b"import subprocess\nsubprocess.run(['gunicorn', 'shop:app'])\n", True),
        (b"os.system('/venv/bin/uvicorn shop:app')\n", True),
        (b"NAME = 'gunicorn'\nimport os\n", False),
        (b"path = os.path.join(path, 'x')\n" * 30_000, False),
    ],
)
def test_only_files_that_name_a_starter_and_then_a_server_are_parsed(content: bytes, may: bool) -> None:
    assert may_spawn(content) is may
