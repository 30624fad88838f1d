"""Two inspected projects, and what init makes of one: the first time and again."""

from dataclasses import replace
from typing import Any

from kubeship.config.draft import Draft, DraftOptions, draft
from kubeship.config.file import parsed
from kubeship.config.lock import Lock
from kubeship.config.server import Numbers, Pin, Server
from kubeship.model.origin import Found, Origin
from kubeship.model.project import Command, Dependencies, ProcessFound, Project, SystemPackages, Variable

SERVERS = {
    "gunicorn": Server(
        "gunicorn",
        {"wsgi": Numbers(2, 4, "2 workers x 4 threads: I/O-bound")},
        command=lambda launch: ("gunicorn", launch.entrypoint),
        pins=(Pin("gunicorn", {"3.10": "27.0.1"}),),
    )
}
NO_OPTIONS = DraftOptions()
WEB = ProcessFound(
    "web",
    "web",
    "wsgi",
    "shop.wsgi:application",
    "gunicorn",
    port=8000,
    health=Found("/healthz", (Origin("shop/urls.py", 7),)),
    origins=(Origin("shop/wsgi.py", 16, "a django WSGIHandler"),),
)
WORKER = ProcessFound(
    "worker", "worker", "none", None, None, command="celery -A shop worker", origins=(Origin("Procfile", 2),)
)
FLASK = Project(
    name=Found("hello", (Origin(reason="the folder's name"),)),
    python=Found("3.13", (Origin("runtime.txt", 1),)),
    python_constraint="",
    dependencies=Found(Dependencies("pip", ("requirements.txt",)), (Origin("requirements.txt"),)),
    framework=Found("flask"),
    processes=(replace(WEB, entrypoint="app:app", health=None, origins=(Origin("app.py", 5, "a Flask"),)),),
    distributions=("flask",),
)
DJANGO = Project(
    name=Found("shop", (Origin("pyproject.toml", 2),)),
    python=Found("3.12", (Origin(".python-version", 1),)),
    python_constraint="",
    dependencies=Found(Dependencies("pip", ("requirements.txt",), hashes=True), (Origin("requirements.txt"),)),
    framework=Found("django"),
    processes=(WEB, WORKER),
    release=(Command("python manage.py migrate --noinput", (Origin("shop/models.py", 3, "has models"),)),),
    build_steps=(
        Command("python manage.py collectstatic --noinput", (Origin("shop/settings.py", 50, "STATIC_ROOT"),)),
    ),
    services=(Found("postgres", (Origin("requirements.txt", 3, "psycopg2"),)),),
    variables=(
        Variable("SECRET_KEY", True, None, True, (Origin("shop/settings.py", 10),)),
        Variable("DATABASE_URL", True, None, True, (Origin("shop/settings.py", 40),)),
        Variable("EMAIL_PASSWORD", False, "", True, (Origin("shop/settings.py", 44),)),
        Variable("REGION", True, None, False, (Origin("shop/settings.py", 41),)),
        Variable("ALLOWED_HOSTS", False, "localhost", False, (Origin("shop/settings.py", 12),)),
    ),
    settings=(Found(("DJANGO_SETTINGS_MODULE", "shop.settings"), (Origin("manage.py", 9),)),),
    system_packages=SystemPackages(
        (Found("libpq-dev", (Origin("requirements.txt", 3, "psycopg2 has no wheel"),)),),
        (Found("libpq5", (Origin("requirements.txt", 3, "psycopg2 has no wheel"),)),),
    ),
    distributions=("django", "gunicorn", "psycopg2"),
)


def first(project: Project, options: DraftOptions = NO_OPTIONS, **answers: Any) -> Draft:
    return draft(project, answers, None, Lock(), options, servers=SERVERS)


def again(project: Project, text: str, lock: Lock, options: DraftOptions = NO_OPTIONS, **answers: Any) -> Draft:
    return draft(project, answers, parsed(text), lock, options, servers=SERVERS)
