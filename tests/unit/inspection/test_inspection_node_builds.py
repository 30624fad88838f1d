"""Which Node front end is built into the image, and what does its build make?"""

import json
from pathlib import Path

import pytest

from kubeship.inspection.project import inspect
from kubeship.model.project import Project

SERVES = "from flask import Flask\napp = Flask(__name__, static_folder='web/dist')\n"


def project(folder: Path, script: str, files: dict[str, str]) -> Project:
    manifest = json.dumps({"scripts": {"build": script}, "engines": {"node": "^20"}})
    written = {"app.py": SERVES, "requirements.txt": "flask\n", "web/package.json": manifest, "web/yarn.lock": ""}
    for path, text in {**written, **files}.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return inspect(folder, {})


@pytest.mark.parametrize(
    ("script", "files", "output"),
    [
        ("tsc && vite build", {}, "web/dist"),
        ("vite build --outDir ../static/app", {}, "static/app"),
        ("vite build", {"web/vite.config.ts": "export default { build: { outDir: '../static/own' } }"}, "static/own"),
        ("webpack", {"web/webpack.config.js": "output: { path: path.resolve(__dirname, '../static/w') }"}, "static/w"),
        ("esbuild src/a.js --outdir=../static", {}, "static"),
        ("tailwindcss -i a.css -o ../static/css/site.css", {}, "static/css"),
    ],
)
def test_what_the_build_makes_is_read(tmp_path: Path, script: str, files: dict[str, str], output: str) -> None:
    found = project(tmp_path, script, files).front_end

    assert found is not None
    assert (found.path, found.manager, found.output, found.node) == ("web", "yarn", output, "20")


@pytest.mark.parametrize(
    ("script", "files"),
    [
        ("next build", {}),
        ("vite build", {"app.py": "from flask import Flask\napp = Flask(__name__)\n"}),
        ("vite build", {"web/bun.lock": ""}),
    ],
    ids=["unknown", "not served", "bun"],
)
def test_what_cannot_be_known_is_a_warning_with_the_key(tmp_path: Path, script: str, files: dict[str, str]) -> None:
    found = project(tmp_path, script, files)

    assert found.front_end is None
    assert any("build: {front_end: {path: web, output: FOLDER}}" in each.message for each in found.warnings)


def test_a_build_without_a_lock_file_is_a_warning(tmp_path: Path) -> None:
    project(tmp_path, "vite build", {})
    (tmp_path / "web/yarn.lock").unlink()

    assert inspect(tmp_path, {}).front_end is None
