"""Does any content of any file that inspection reads make it fail with anything but an InvalidInput?"""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kubeship.errors import InvalidInput
from kubeship.inspection.document import document
from kubeship.inspection.project import inspect

APP = "from flask import Flask\n\napp = Flask(__name__)\n"
FRAGMENTS: dict[str, tuple[str, ...]] = {
    "Procfile": (
        "web: ",
        "worker: ",
        "release: ",
        "gunicorn app:app",
        "celery -A app worker",
        "$PORT",
        "'",
        "&&",
        "$(",
    ),
    "Dockerfile": (
        "FROM python:3.12\n",
        "CMD ",
        "ENTRYPOINT ",
        "RUN pip install -r ",
        '["python", "app.py"]',
        "ARG X=",
        "ENV A=${X:-",
        "COPY . /app\n",
        "WORKDIR /app\n",
        "HEALTHCHECK CMD curl ",
        "\\\n",
        "<<EOF\n",
        "USER ",
    ),
    "start.sh": (
        "#!/bin/sh\n",
        "exec ",
        "gunicorn app:app ",
        "if [ ",
        "; then\n",
        "fi\n",
        "$(",
        "`",
        "${A:-",
        "'",
        '"',
        "case $1 in\n",
        "esac\n",
        "<<EOF\n",
        "function f() {\n",
        "}\n",
        "| ",
        "&& ",
        "python app.py\n",
        "\\\n",
    ),
    "docker-compose.yml": (
        "services:\n",
        "  web:\n",
        "    command: ",
        "    build: .\n",
        "    ports: [",
        "&a ",
        "*a",
        "- ",
        "gunicorn app:app\n",
        "    environment:\n",
        "      A: ",
        "{",
        "!!python/object",
        "\t",
    ),
    "requirements.txt": ("flask==3.0\n", "-r ", "-e ", "--hash=", "; python_version", "git+https://", "[", "@ file://"),
    "pyproject.toml": (
        "[project]\n",
        "dependencies = [",
        '"flask"',
        "]\n",
        "[tool.poetry]\n",
        "requires-python = ",
        "3",
        "[tool.poetry.dependencies]\n",
        "python = ",
        "[tool.uv]\n",
        "[dependency-groups]\n",
        "scripts = {",
    ),
    "setup.cfg": (
        "[options]\n",
        "install_requires =\n",
        "  flask\n",
        "[uwsgi]\n",
        "module = ",
        "%(x)s",
        "python_requires = ",
    ),
    "Pipfile": ("[packages]\n", 'flask = "*"\n', "[requires]\n", 'python_version = "', "[scripts]\n", "web = "),
    "Pipfile.lock": ('{"default": {', '"flask": {"version": "==', '"}', "}", "[", "null", '"_meta": {'),
    "uv.lock": ("version = 1\n", "[[package]]\n", 'name = "flask"\n', "version = ", "wheels = [", "{ url = ", "]\n"),
    "poetry.lock": ("[[package]]\n", 'name = "flask"\n', "version = ", "[metadata]\n", "files = [", "]\n"),
    "environment.yml": ("dependencies:\n", "  - python=3.12\n", "  - pip:\n", "    - flask\n", "name: ", "channels: ["),
    "uwsgi.ini": ("[uwsgi]\n", "module = app:app\n", "http = :", "%(a)", "$(A)", "for-range = ", "chdir = "),
    "supervisord.conf": ("[program:web]\n", "command=", "gunicorn app:app\n", "%(ENV_A)s", "[", "directory="),
    "production.ini": (
        "[app:main]\n",
        "use = egg:",
        "[server:main]\n",
        "[composite:x]\n",
        "paste.app_factory = app:app\n",
    ),
    "package.json": ("{", '"scripts": {', '"start": "', "python app.py", '"build": "', '"}', "}", "["),
    "Makefile": ("run:\n", "\tgunicorn app:app\n", "$(A)", "A := ", "include ", ".PHONY: ", "\t@"),
    "app.yaml": ("runtime: python312\n", "entrypoint: ", "gunicorn -b :$PORT app:app\n", "env_variables:\n", "  A: "),
    "heroku.yml": ("run:\n", "  web: ", "build:\n", "  docker:\n", "gunicorn app:app\n", "release:\n"),
    "fly.toml": ("[processes]\n", "web = ", '"gunicorn app:app"\n', "[http_service]\n", "internal_port = "),
    "tox.ini": ("[testenv]\n", "envlist = py3", "commands = ", "basepython = ", "{posargs", "deps = "),
    "gunicorn.conf.py": (
        "wsgi_app = ",
        "'app:app'\n",
        "bind = ",
        "f'{",
        "import os\n",
        "workers = ",
        "chdir = ",
        "print x\n",
    ),
    "alembic.ini": ("[alembic]\n", "script_location = ", "%(here)s", "sqlalchemy.url = "),
    "README.md": ("```\n", "```bash\n", "$ ", "gunicorn app:app\n", "`", "python app.py\n", "    "),
    ".python-version": ("3.12\n", "pypy", "3.", "-", "#"),
    "runtime.txt": ("python-3.12.1\n", "python-", "3"),
    ".github/workflows/ci.yml": (
        "on:\n",
        "  schedule:\n",
        "    - cron: ",
        "jobs:\n",
        "  a:\n",
        "    steps:\n",
        "- run: ",
        "&",
    ),
    "crontab": ("0 1 * * * ", "@daily ", "python app.py\n", "A=b\n", "* * "),
    "extra.py": (
        "import os\n",
        "class S(BaseSettings):\n",
        "    a: int = ",
        "from flask import *\n",
        "app = ",
        "(",
        "print 'x'\n",
        "async def ",
        "os.environ[",
        "def f(",
        "lambda: ",
        "match x:\n",
        "\0",
        "if __name__ == '__main__':\n",
    ),
}
"""Words that each parser looks for, so that hypothesis gets past the first line of it."""


def content_of(name: str) -> st.SearchStrategy[str]:
    """Text made of the file's own words, of nearly them, and of anything."""
    return st.lists(st.one_of(st.sampled_from(FRAGMENTS[name]), st.text(max_size=6)), max_size=14).map("".join)


def read(root: Path, name: str, content: bytes) -> None:
    """Inspect a small app with the file beside it; findings or InvalidInput, and a document either way."""
    (root / "app.py").write_text(APP)
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_bytes(content)
    try:
        document(inspect(root, {}))
    except InvalidInput as refused:
        assert refused.hint


@pytest.mark.parametrize("name", sorted(FRAGMENTS))
def test_no_content_of_a_file_ends_in_a_traceback(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("project")

    @settings(
        max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
    )
    @given(content=content_of(name))
    @example(content="")
    @example(content="\ufeff\r\n")
    def check(content: str) -> None:
        read(root, name, content.encode("utf-8", "surrogatepass"))

    check()


@pytest.mark.parametrize("name", sorted(FRAGMENTS))
@pytest.mark.parametrize(
    "content", [b"\xff\xfe\0", b"\x80\x81[", b"[" * 3000, b"{" * 3000, b"a: &a [*a]\n", b"x" * 100_000]
)
def test_bytes_of_no_kind_end_in_no_traceback(name: str, content: bytes, tmp_path: Path) -> None:
    read(tmp_path, name, content)
