"""Does the proof, run as in an image, tell what an entrypoint is?"""

import json
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from kubeship.images.proof import MARKER

OLDER = [name for name in ("python3.8", "python3.9", "python3.13") if shutil.which(name)]
MODULE = """
import functools
print("noise", end="")
def wsgi(environ, start_response): ...
async def asgi(scope, receive, send): ...
def factory(name="shop"): return wsgi
def any_arguments(*args): ...
class Wsgi:
    def __call__(self, environ, start_response): ...
class Asgi:
    async def __call__(self, scope, receive, send): ...
class AsgiBySignature:
    def __call__(self, scope, receive, send): ...
class Box:
    inner = Wsgi()
object_, asgi_object, by_signature, box, number = Wsgi(), Asgi(), AsgiBySignature(), Box(), 1
partial = functools.partial(asgi)
"""


@pytest.mark.parametrize(
    ("expression", "interface"),
    [
        ("wsgi", "wsgi"),
        ("asgi", "asgi"),
        ("object_", "wsgi"),
        ("asgi_object", "asgi"),
        ("by_signature", "asgi"),
        ("partial", "asgi"),
        ("any_arguments", "wsgi"),
        ("box.inner", "wsgi"),
        ("factory()", "wsgi"),
        ("factory('shop')", "wsgi"),
        ("factory", ""),
        ("Wsgi", ""),
        ("number", ""),
    ],
)
def test_interface_is_what_can_be_called(tmp_path: Path, expression: str, interface: str) -> None:
    (tmp_path / "app.py").write_text(MODULE)

    facts = ask(tmp_path, f"app:{expression}")

    assert facts["step"] == "done"
    assert facts["interface"] == interface
    assert facts["seconds"] > 0


def test_factory_is_recognised_and_types_have_their_full_name(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(MODULE)

    assert ask(tmp_path, "app:factory")["factory"] is True
    assert ask(tmp_path, "app:object_")["found"] == "app.Wsgi"


def test_missing_name_comes_with_candidates(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(MODULE + "def create_app(): return object_\n")

    facts = ask(tmp_path, "app:application")

    assert facts["step"] == "attribute"
    assert "object_ (app.Wsgi)" in facts["candidates"]
    assert "create_app() (a function)" in facts["candidates"]


@pytest.mark.parametrize(("entrypoint", "missing"), [("shop.wsgi:app", True), ("shop:app", True), ("app:app", False)])
def test_promised_module_that_is_missing_is_told_from_one_that_it_imports(
    tmp_path: Path, entrypoint: str, missing: bool
) -> None:
    (tmp_path / "app.py").write_text("import not_there\n")

    facts = ask(tmp_path, entrypoint)

    assert facts["module_missing"] is missing
    assert facts["files"] == ["app.py"]


def test_traceback_begins_in_the_project_and_a_factory_without_its_arguments_has_none(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import broken\n")
    (tmp_path / "broken.py").write_text("1/0\n")
    (tmp_path / "made.py").write_text("def create_app(config): ...\n")

    raised, called = ask(tmp_path, "app:app"), ask(tmp_path, "made:create_app()")

    assert raised["traceback"].splitlines()[1].endswith('app.py", line 1, in <module>')
    assert "<frozen" not in raised["traceback"]
    assert called["traceback"].startswith("TypeError: create_app() missing 1 required")


def test_exit_thread_and_replaced_output_do_not_hide_the_answer(tmp_path: Path) -> None:
    lines = "import sys, threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\nsys.stdout = None\n"
    (tmp_path / "app.py").write_text(f"{lines}sys.exit(4)\n")

    facts = ask(tmp_path, "app:app")

    assert "SystemExit: 4" in facts["traceback"]


@pytest.mark.skipif(not OLDER, reason="no other Python on this machine")
@pytest.mark.parametrize("interpreter", OLDER)
def test_other_pythons_run_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interpreter: str) -> None:
    (tmp_path / "app.py").write_text(MODULE)
    monkeypatch.setenv("PYENV_VERSION", interpreter.removeprefix("python"))  # a pyenv shim runs only what is chosen
    if subprocess.run([interpreter, "-c", ""], check=False, capture_output=True).returncode:
        pytest.skip(f"{interpreter} is a shim of a Python that isn't there")

    facts = ask(tmp_path, "app:factory()", interpreter)

    assert facts["interface"] == "wsgi"


def ask(directory: Path, entrypoint: str, interpreter: str = sys.executable) -> dict[str, Any]:
    program = resources.files("kubeship.images").joinpath("proof.py").read_text()
    question = json.dumps({"entrypoint": entrypoint, "seconds": 20})
    done = subprocess.run(
        [interpreter, "-c", program, question], cwd=directory, capture_output=True, text=True, timeout=30, check=True
    )
    answers = [line for line in done.stdout.splitlines() if line.startswith(MARKER)]
    facts: dict[str, Any] = json.loads(answers[-1].removeprefix(MARKER))
    return facts
