"""What does an image start whose Dockerfile says nothing, because its base image does?"""

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass

from kubeship.inspection.files.sources import Sources
from kubeship.inspection.statements.image_files import file_in
from kubeship.inspection.statements.statement import Image

Variables = dict[str, str]
Exists = Callable[[str], bool]


@dataclass(frozen=True)
class BaseCommand:
    """The base image's own start script, by what it comes to."""

    words: tuple[str, ...]
    folder: str
    port: int


@dataclass(frozen=True)
class Base:
    """A base image that starts what it finds."""

    image: re.Pattern[str]
    folder: str
    port: int
    command: Callable[[Variables, Exists], tuple[str, ...]]


def base_command(sources: Sources, name: str, image: Image, variables: Variables) -> BaseCommand | None:
    """What the base image `name` starts with these files and variables; None for one that starts nothing known."""
    base = next((each for each in BASES if each.image.search(name)), None)
    if base is None:
        return None

    def exists(path: str) -> bool:
        return file_in(sources, posixpath.join(base.folder, path), base.folder, image) is not None

    words = base.command(variables, exists)
    port = variables.get("PORT", "")
    return BaseCommand(words, base.folder, int(port) if port.isdigit() else base.port) if words else None


def _tiangolo(worker: str) -> Callable[[Variables, Exists], tuple[str, ...]]:
    def command(variables: Variables, exists: Exists) -> tuple[str, ...]:
        module = variables.get("MODULE_NAME") or ("app.main" if exists("app/main.py") else "main")
        target = variables.get("APP_MODULE") or f"{module}:{variables.get('VARIABLE_NAME', 'app')}"
        return ("gunicorn", "-k", worker, "-b", f"0.0.0.0:{variables.get('PORT', '80')}", target)

    return command


def _uwsgi_nginx(variables: Variables, exists: Exists) -> tuple[str, ...]:
    if exists("uwsgi.ini"):
        return ("uwsgi", "--ini", "uwsgi.ini")
    return ("uwsgi", "--module", "main", "--callable", "app")


def _s2i(variables: Variables, exists: Exists) -> tuple[str, ...]:
    script, file = variables.get("APP_SCRIPT", "app.sh"), variables.get("APP_FILE", "app.py")
    if exists(script):
        return ("sh", script)
    if exists(file):
        return ("python", file)
    module = variables.get("APP_MODULE") or ("wsgi" if exists("wsgi.py") else "")
    return ("gunicorn", module, "--bind=0.0.0.0:8080") if module else ()


# Sources: the start.sh and README of each of tiangolo's images; `run` of sclorg/s2i-python-container.
BASES = (
    Base(re.compile(r"(^|/)tiangolo/uvicorn-gunicorn"), "/app", 80, _tiangolo("uvicorn.workers.UvicornWorker")),
    Base(re.compile(r"(^|/)tiangolo/meinheld-gunicorn"), "/app", 80, _tiangolo("egg:meinheld#gunicorn_worker")),
    Base(re.compile(r"(^|/)tiangolo/uwsgi-nginx"), "/app", 80, _uwsgi_nginx),
    Base(re.compile(r"(^|/)(ubi\d+|centos\d*|rhscl|sclorg|fedora)/python-\d"), "/opt/app-root/src", 8080, _s2i),
)
