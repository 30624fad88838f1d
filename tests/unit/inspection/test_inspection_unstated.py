"""Is work that the code prepares named with its command, when no statement of the project starts it?"""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kubeship.inspection.project import inspect
from kubeship.model.project import Project

Written = Callable[[Mapping[str, str]], Path]

WEB = {
    "requirements.txt": "flask\n",
    "app.py": "from flask import Flask\n\napp = Flask(__name__)\n",
}
DJANGO = {
    "requirements.txt": "django\n",
    "manage.py": "import os\nfrom django.core.management import execute_from_command_line\n"
    "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\nexecute_from_command_line()\n",
    "shop/__init__.py": "",
    "shop/wsgi.py": "from django.core.wsgi import get_wsgi_application\n\napplication = get_wsgi_application()\n",
}


def added(project: Project) -> list[str]:
    """The lines for kubeship.yaml that the warnings name."""
    words = "processes in kubeship.yaml: "
    return [w.message.partition(words)[2] for w in project.warnings if words in w.message]


@pytest.mark.parametrize(
    ("files", "lines"),
    [
        pytest.param(
            {"jobs.py": "from celery import Celery\ncelery = Celery('x')\n@celery.task\ndef add(): ...\n"},
            ["worker: {kind: worker, command: celery -A jobs:celery worker --loglevel=INFO}"],
            id="celery",
        ),
        pytest.param(
            {
                "jobs.py": "from celery import Celery\ncelery = Celery('x')\n@celery.task\ndef add(): ...\n"
                "celery.conf.beat_schedule = {'a': {'task': 'jobs.add', 'schedule': 30.0}}\n"
            },
            [
                "worker: {kind: worker, command: celery -A jobs:celery worker --loglevel=INFO}",
                "scheduler: {kind: singleton, command: celery -A jobs:celery beat --loglevel=INFO}",
            ],
            id="celery-with-a-schedule",
        ),
        pytest.param(
            {"jobs.py": "from celery import Celery\ncelery = Celery('x')\ncelery.send_task('other.add')\n"},
            [],
            id="celery-that-only-sends",
        ),
        pytest.param(
            {
                "jobs.py": "from celery import Celery\nfrom app import app\n\ndef make_celery(app):\n"
                "    celery = Celery(app.name)\n    return celery\n\n"
                "celery = make_celery(app)\n@celery.task\ndef add(): ...\n"
            },
            ["worker: {kind: worker, command: celery -A jobs:celery worker --loglevel=INFO}"],
            id="celery-made-by-a-function",
        ),
        pytest.param(
            {
                "make_celery.py": "from app import app\ncelery_app = app.extensions['celery']\n",
                "tasks.py": "from celery import shared_task\n@shared_task\ndef add(): ...\n",
            },
            ["worker: {kind: worker, command: celery -A make_celery:celery_app worker --loglevel=INFO}"],
            id="celery-as-an-extension-of-flask",
        ),
        pytest.param(
            {"worker.py": "import arq\nasync def add(ctx): ...\nclass WorkerSettings:\n    functions = [add]\n"},
            ["worker: {kind: worker, command: arq worker.WorkerSettings}"],
            id="arq",
        ),
        pytest.param(
            {"jobs.py": "from saq import Queue\nqueue = Queue('x')\nsettings = {'queue': queue, 'functions': []}\n"},
            ["worker: {kind: worker, command: saq jobs.settings}"],
            id="saq",
        ),
        pytest.param(
            {
                "mail/__init__.py": "",
                "mail/tasks.py": "import dramatiq\n@dramatiq.actor\ndef send(): ...\n",
                "shop/__init__.py": "",
                "shop/tasks.py": "from dramatiq import actor\n@actor(max_retries=3)\ndef bill(): ...\n",
            },
            ["worker: {kind: worker, command: dramatiq mail.tasks shop.tasks}"],
            id="dramatiq",
        ),
        pytest.param(
            {"jobs.py": "from rq import Queue\nmail = Queue('mail')\nother = Queue(connection=None)\n"},
            ["worker: {kind: worker, command: rq worker mail default}"],
            id="rq",
        ),
        pytest.param(
            {
                "jobs.py": "from rq import Queue\nmail = Queue('mail')\n",
                "work.py": "from rq import Worker\nif __name__ == '__main__':\n    Worker(['mail']).work()\n",
            },
            ["worker: {kind: worker, command: python work.py}"],
            id="rq-with-a-program-of-its-own",
        ),
        pytest.param(
            {"jobs.py": "from huey import RedisHuey\nhuey = RedisHuey()\n"},
            ["worker: {kind: worker, command: huey_consumer jobs.huey}"],
            id="huey",
        ),
        pytest.param(
            {
                "jobs.py": "from taskiq import TaskiqScheduler\nfrom taskiq_redis import ListQueueBroker\n"
                "broker = ListQueueBroker('x')\nscheduler = TaskiqScheduler(broker, [])\n"
            },
            [
                "worker: {kind: worker, command: taskiq worker jobs:broker}",
                "scheduler: {kind: singleton, command: taskiq scheduler jobs:scheduler}",
            ],
            id="taskiq",
        ),
        pytest.param(
            {"listen.py": "from kafka import KafkaConsumer\nif __name__ == '__main__':\n    KafkaConsumer('a')\n"},
            ["worker: {kind: worker, command: python listen.py}"],
            id="kafka-consumer",
        ),
        pytest.param(
            {
                "clock.py": "from apscheduler.schedulers.blocking import BlockingScheduler\n"
                "if __name__ == '__main__':\n    BlockingScheduler().start()\n"
            },
            ["scheduler: {kind: singleton, command: python clock.py}"],
            id="scheduler",
        ),
    ],
)
def test_work_that_nothing_starts_is_named_with_its_command(
    written: Written, files: dict[str, str], lines: list[str]
) -> None:
    project = inspect(written(WEB | files), {})

    assert added(project) == lines
    assert [process.name for process in project.processes] == ["web"]


@pytest.mark.parametrize(
    ("installed", "command"),
    [
        ("huey.contrib.djhuey", "python manage.py run_huey"),
        ("django_q", "python manage.py qcluster"),
        ("django_rq", "python manage.py rqworker default high"),
        ("django_dramatiq", "python manage.py rundramatiq"),
        ("background_task", "python manage.py process_tasks"),
        ("procrastinate.contrib.django", "python manage.py procrastinate worker"),
    ],
)
def test_an_installed_django_app_that_works_in_the_background_is_named(
    written: Written, installed: str, command: str
) -> None:
    settings = f"INSTALLED_APPS = ['shop', '{installed}']\nRQ_QUEUES = {{'default': {{}}, 'high': {{}}}}\n"

    project = inspect(written(DJANGO | {"shop/settings.py": settings}), {})

    assert added(project) == [f"worker: {{kind: worker, command: {command}}}"]


@pytest.mark.parametrize(
    "procfile",
    [
        "web: gunicorn app:app\nqueue: celery -A jobs worker -B\n",
        "web: gunicorn app:app\nqueue: celery -A jobs worker\nbeat: celery -A jobs beat\n",
    ],
)
def test_stated_workers_are_not_named_again(written: Written, procfile: str) -> None:
    jobs = "from celery import Celery\ncelery = Celery('x')\n@celery.task\ndef add(): ...\nbeat_schedule = {}\n"

    project = inspect(written(WEB | {"jobs.py": jobs, "Procfile": procfile}), {})

    assert added(project) == []


def test_a_bot_that_the_web_process_starts_is_no_process_of_its_own(written: Written) -> None:
    bot = "import discord\nclient = discord.Client()\nif __name__ == '__main__':\n    client.run('x')\n"
    app = "from flask import Flask\nimport bot\n\napp = Flask(__name__)\n"

    assert added(inspect(written(WEB | {"bot.py": bot, "app.py": app}), {})) == []


@pytest.mark.parametrize(
    ("files", "entrypoint", "command"),
    [
        (
            {"worker.py": "import arq\nasync def add(ctx): ...\nclass WorkerSettings:\n    functions = [add]\n"},
            "worker:WorkerSettings",
            "arq worker.WorkerSettings",
        ),
        ({"tasks.py": "import dramatiq\n@dramatiq.actor\ndef send(): ...\n"}, "tasks:send", "dramatiq tasks"),
    ],
)
def test_a_project_of_nothing_but_tasks_is_a_worker(
    written: Written, files: dict[str, str], entrypoint: str, command: str
) -> None:
    project = inspect(written({"requirements.txt": "arq\ndramatiq\n"} | files), {})

    assert [(p.kind, p.entrypoint, p.command) for p in project.processes] == [("worker", entrypoint, command)]
    assert not project.questions
