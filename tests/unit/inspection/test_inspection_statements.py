"""Is each kind of file that says how a project runs read: platforms, clouds, supervisors, tasks, base images?"""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kubeship.inspection.project import inspect
from kubeship.model.project import Project

Written = Callable[[Mapping[str, str]], Path]
APP = {
    "requirements.txt": "flask\ncelery\n",
    "shop/__init__.py": "",
    "shop/site.py": "from flask import Flask\n\npublic = Flask(__name__)\nadmin = Flask(__name__)\n",
    "shop/jobs.py": "from celery import Celery\n\ncelery = Celery('x')\n",
}
RENDER = """services:
  - {type: web, name: site, runtime: python, startCommand: gunicorn shop.site:admin}
  - {type: worker, name: jobs, runtime: python, startCommand: celery -A shop.jobs worker}
  - {type: cron, name: nightly, runtime: python, schedule: "0 3 * * *", startCommand: python -m shop.jobs}
"""
PLATFORM_SH = """web: {commands: {start: gunicorn shop.site:admin}}
workers: {jobs: {commands: {start: celery -A shop.jobs worker}}}
"""
CLOUD_FOUNDRY = """applications:
  - name: shop
    processes:
      - {type: web, command: gunicorn shop.site:admin}
      - {type: worker, command: celery -A shop.jobs worker}
"""
DIGITAL_OCEAN = """services: [{name: site, run_command: gunicorn shop.site:admin}]
workers: [{name: jobs, run_command: celery -A shop.jobs worker}]
"""
COPILOT = "name: site\ntype: Load Balanced Web Service\nimage: {port: 9000}\ncommand: gunicorn shop.site:admin\n"
TASK = '{"containerDefinitions": [{"name": "site", "command": ["gunicorn", "shop.site:admin"]}]}'
SUPERVISORD = "[program:site]\ncommand=gunicorn shop.site:admin\n[program:jobs]\ncommand=celery -A shop.jobs worker\n"
CIRCUS = "[watcher:site]\ncmd = gunicorn\nargs = shop.site:admin\n[watcher:jobs]\ncmd = celery -A shop.jobs worker\n"
UNIT = "[Service]\nWorkingDirectory=/srv/shop\nExecStart=/srv/shop/venv/bin/gunicorn shop.site:admin\n"
TIANGOLO = (
    "FROM tiangolo/uvicorn-gunicorn-fastapi:python3.11\nENV MODULE_NAME=shop.site VARIABLE_NAME=admin\nCOPY . /app\n"
)


@pytest.mark.parametrize(
    "stated",
    [
        {"Procfile": "web: gunicorn shop.site:admin\n"},
        {"heroku.yml": "run:\n  web: gunicorn shop.site:admin\n"},
        {"app.yaml": "runtime: python312\nentrypoint: gunicorn shop.site:admin\n"},
        {"render.yaml": RENDER},
        {".do/app.yaml": DIGITAL_OCEAN},
        {"fly.toml": "[processes]\napp = 'gunicorn shop.site:admin'\n"},
        {"railway.json": '{"deploy": {"startCommand": "gunicorn shop.site:admin"}}'},
        {"railway.toml": "[deploy]\nstartCommand = 'gunicorn shop.site:admin'\n"},
        {"nixpacks.toml": "[start]\ncmd = 'gunicorn shop.site:admin'\n"},
        {".platform.app.yaml": PLATFORM_SH},
        {"manifest.yml": CLOUD_FOUNDRY},
        {"apprunner.yaml": "run: {command: gunicorn shop.site:admin}\n"},
        {"copilot/site/manifest.yml": COPILOT},
        {"ecs/task-definition.json": TASK},
        {".ebextensions/python.config": "option_settings:\n  a:\n    WSGIPath: shop.site:admin\n"},
        {"zappa_settings.json": '{"production": {"app_function": "shop.site.admin"}}'},
        {"serverless.yml": "custom: {wsgi: {app: shop/site.admin}}\n"},
        {"config/deploy.yml": "servers: {web: {cmd: gunicorn shop.site:admin}}\n"},
        {"compose.yaml": "services: {web: {build: ., command: gunicorn shop.site:admin}}\n"},
        {"Dockerfile": "FROM python:3.12\nCOPY . /app\nWORKDIR /app\nCMD gunicorn shop.site:admin\n"},
        {"Dockerfile": TIANGOLO},
        {"deploy/supervisord.conf": SUPERVISORD},
        {"circus.ini": CIRCUS},
        {"deploy/shop.service": UNIT},
        {"services.d/site/run": "#!/bin/sh\nexec gunicorn shop.site:admin\n"},
        {"run.sh": "#!/bin/sh\nexec gunicorn shop.site:admin\n"},
        {"gunicorn.conf.py": "wsgi_app = 'shop.site:admin'\n"},
        {"etc/uwsgi.ini": "[uwsgi]\nmodule = shop.site:admin\n"},
        {"etc/uwsgi.yaml": "uwsgi:\n  module: shop.site:admin\n"},
        {".flaskenv": "FLASK_APP=shop.site:admin\n"},
        {"Makefile": "run:\n\tgunicorn shop.site:admin\n"},
        {"justfile": "run:\n    gunicorn shop.site:admin\n"},
        {"package.json": '{"scripts": {"start": "gunicorn shop.site:admin"}}'},
        {"pyproject.toml": "[tool.poe.tasks]\nserve = 'gunicorn shop.site:admin'\n"},
        {"pyproject.toml": "[tool.taskipy.tasks]\nserve = 'gunicorn shop.site:admin'\n"},
        {"pyproject.toml": "[tool.pdm.scripts]\nserve = {cmd = 'gunicorn shop.site:admin'}\n"},
        {"pyproject.toml": "[tool.hatch.envs.default.scripts]\nserve = 'gunicorn shop.site:admin'\n"},
        {"tox.ini": "[testenv:serve]\ncommands =\n    gunicorn shop.site:admin {posargs}\n"},
        {"README.md": "Start it:\n\n    $ gunicorn shop.site:admin\n"},
    ],
    ids=lambda stated: next(iter(stated)),
)
def test_each_place_that_names_the_app_settles_which_one_is_served(written: Written, stated: dict[str, str]) -> None:
    project = inspect(written(APP | stated), {})

    assert project.processes[0].entrypoint == "shop.site:admin"
    assert project.question("processes.web.entrypoint") is None


@pytest.mark.parametrize(
    "stated",
    [
        {"Procfile": "web: gunicorn shop.site:admin\njobs: celery -A shop.jobs worker\n"},
        {"render.yaml": RENDER},
        {".do/app.yaml": DIGITAL_OCEAN},
        {".platform.app.yaml": PLATFORM_SH},
        {"manifest.yml": CLOUD_FOUNDRY},
        {"deploy/supervisord.conf": SUPERVISORD},
        {"circus.ini": CIRCUS},
        {"deploy/jobs-worker.service": "[Service]\nExecStart=/srv/venv/bin/celery -A shop.jobs worker\n"},
        {"uwsgi.ini": "[uwsgi]\nmodule = shop.site:admin\nattach-daemon = celery -A shop.jobs worker\n"},
        {"uwsgi.ini": "[uwsgi]\nsmart-attach-daemon = /tmp/c.pid celery -A shop.jobs worker\n"},
        {"uwsgi.ini": "[uwsgi]\nattach-daemon2 = cmd=celery -A shop.jobs worker,pidfile=/tmp/c.pid\n"},
        {"config/deploy.yml": "servers: {jobs: {cmd: celery -A shop.jobs worker}}\n"},
    ],
    ids=lambda stated: next(iter(stated)),
)
def test_each_place_that_names_a_worker_makes_a_process(written: Written, stated: dict[str, str]) -> None:
    assert workers(inspect(written(APP | stated), {})) == ["celery -A shop.jobs worker"]


def workers(project: Project) -> list[str | None]:
    return [process.command for process in project.processes if process.kind == "worker"]


@pytest.mark.parametrize(
    ("stated", "schedule"),
    [
        ({"render.yaml": RENDER}, "0 3 * * *"),
        ({"app.json": '{"cron": [{"command": "python -m shop.jobs", "schedule": "0 3 * * *"}]}'}, "0 3 * * *"),
        ({"crontab": "0 3 * * * python -m shop.jobs\n"}, "0 3 * * *"),
        ({"uwsgi.ini": "[uwsgi]\ncron = 0 3 -1 -1 -1 python -m shop.jobs\n"}, "0 3 * * *"),
        ({"uwsgi.ini": "[uwsgi]\ncron2 = minute=-5,unique=1 python -m shop.jobs\n"}, "*/5 * * * *"),
        (
            {
                "deploy/nightly.service": "[Service]\nExecStart=python -m shop.jobs\n",
                "deploy/nightly.timer": "[Timer]\nOnCalendar=daily\n",
            },
            "daily",
        ),
    ],
    ids=lambda stated: next(iter(stated)) if isinstance(stated, dict) else None,
)
def test_each_place_that_names_a_time_makes_a_cron_process(
    written: Written, stated: dict[str, str], schedule: str
) -> None:
    processes = inspect(written(APP | stated), {}).processes

    crons = [(p.command, p.schedule) for p in processes if p.kind == "cron"]
    assert crons == [("python -m shop.jobs", schedule)]


@pytest.mark.parametrize(
    ("stated", "release"),
    [
        ({"Procfile": "release: flask db upgrade\nweb: gunicorn shop.site:admin\n"}, "flask db upgrade"),
        ({"Procfile": "web: flask db upgrade; gunicorn shop.site:admin\n"}, "flask db upgrade"),
        ({"heroku.yml": "release:\n  command: [flask db upgrade]\n"}, "flask db upgrade"),
        ({"fly.toml": "[deploy]\nrelease_command = 'flask db upgrade'\n"}, "flask db upgrade"),
        ({"railway.toml": "[deploy]\npreDeployCommand = ['flask db upgrade']\n"}, "flask db upgrade"),
        ({"app.json": '{"scripts": {"dokku": {"predeploy": "flask db upgrade"}}}'}, "flask db upgrade"),
    ],
    ids=lambda stated: next(iter(stated)) if isinstance(stated, dict) else None,
)
def test_each_place_that_names_a_release_step_makes_one(written: Written, stated: dict[str, str], release: str) -> None:
    assert [step.command for step in inspect(written(APP | stated), {}).release] == [release]


@pytest.mark.parametrize(
    ("files", "command"),
    [
        ({"alembic.ini": "[alembic]\nscript_location = migrations\n"}, "alembic upgrade head"),
        ({"pyproject.toml": "[tool.aerich]\ntortoise_orm = 'shop.TORTOISE'\n"}, "aerich upgrade"),
        (
            {
                "pyproject.toml": "[tool.tortoise]\ntortoise_orm = 'shop.TORTOISE'\n",
                "shop/migrations/0001.py": "from tortoise.migrations import Migration\n",
            },
            "tortoise migrate",
        ),
        (
            {"piccolo_conf.py": "from piccolo.conf.apps import AppRegistry\nAPP_REGISTRY = AppRegistry(apps=[])\n"},
            "piccolo migrations forwards all",
        ),
    ],
    ids=["alembic", "aerich", "tortoise", "piccolo"],
)
def test_each_migration_tool_is_run_at_release(written: Written, files: dict[str, str], command: str) -> None:
    assert [step.command for step in inspect(written(APP | files), {}).release] == [command]


def test_translations_are_compiled_in_the_build(written: Written) -> None:
    files = {"requirements.txt": "flask\nflask-babel\n", "shop/translations/de/LC_MESSAGES/messages.po": 'msgid ""\n'}

    steps = [step.command for step in inspect(written(APP | files), {}).build_steps]

    assert steps == ["pybabel compile -d shop/translations"]


@pytest.mark.parametrize(
    ("base", "files", "entrypoint"),
    [
        ("tiangolo/uvicorn-gunicorn:python3.11", {"app/main.py": "main"}, "app.main:app"),
        ("tiangolo/uwsgi-nginx-flask:python3.11", {"app/main.py": "main"}, "main:app"),
        ("registry.access.redhat.com/ubi9/python-312", {"wsgi.py": "wsgi"}, "wsgi:application"),
    ],
)
def test_a_base_image_starts_what_its_own_script_looks_for(
    written: Written, base: str, files: dict[str, str], entrypoint: str
) -> None:
    name = "application" if "wsgi" in files["wsgi.py" if "wsgi.py" in files else "app/main.py"] else "app"
    code = f"from flask import Flask\n\n{name} = Flask(__name__)\nother = Flask(__name__)\n"
    copied = "COPY ./app /app\n" if "uwsgi-nginx" in base else "COPY . /app/\n"
    tree = {"requirements.txt": "flask\n", "Dockerfile": f"FROM {base}\n{copied}RUN pip install flask\n"}

    project = inspect(written(tree | dict.fromkeys(files, code)), {})

    assert project.processes[0].entrypoint == entrypoint


def test_a_package_whose_name_debian_has_given_up_is_installed_by_its_new_one(written: Written) -> None:
    files = {"app.py": "from flask import Flask\n\napp = Flask(__name__)\n", "requirements.txt": "flask\n"}

    project = inspect(written({**files, "Aptfile": "netcat\nffmpeg\n"}), {})

    assert [each.value for each in project.system_packages.runtime] == ["ffmpeg", "netcat-openbsd"]
