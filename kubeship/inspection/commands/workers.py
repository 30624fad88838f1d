"""Which programs work without listening, and which never are processes of a project? By name and subcommand."""

from typing import Literal

Work = Literal["web", "worker", "singleton", "cron", "release", "task"]
"""What a command does; `task` runs to its end and is no process of its own."""

# Programs that work without listening: (program, first word that is no option) -> what they do. `*`: any word.
# Sources: each one's command-line reference.
WORKERS: dict[tuple[str, str], Work] = {
    ("aerich", "upgrade"): "release",
    ("airflow", "scheduler"): "singleton",
    ("airflow", "worker"): "worker",
    ("alembic", "upgrade"): "release",
    ("arq", "*"): "worker",
    ("celery", "beat"): "singleton",
    ("celery", "worker"): "worker",
    ("celerybeat", "*"): "singleton",
    ("celeryd", "*"): "worker",
    ("dagster-daemon", "run"): "singleton",
    ("dramatiq", "*"): "worker",
    ("dramatiq-gevent", "*"): "worker",
    ("faststream", "run"): "worker",
    ("faust", "worker"): "worker",
    ("flask", "db"): "release",
    ("huey_consumer", "*"): "worker",
    ("huey_consumer.py", "*"): "worker",
    ("litestar", "database"): "release",
    ("litestar", "workers"): "worker",
    ("nameko", "run"): "worker",
    ("periodiq", "*"): "singleton",
    ("piccolo", "migrations"): "release",
    ("prefect", "worker"): "worker",
    ("procrastinate", "worker"): "worker",
    ("rq", "worker"): "worker",
    ("rq", "worker-pool"): "worker",
    ("rqscheduler", "*"): "singleton",
    ("rqworker", "*"): "worker",
    ("saq", "*"): "worker",
    ("scrapy", "*"): "task",
    ("streaq", "*"): "worker",
    ("taskiq", "scheduler"): "singleton",
    ("taskiq", "worker"): "worker",
}
# Django's management commands: Django's own, and those of the libraries that work in the background.
MANAGEMENT: dict[str, Work] = {
    "backgroundworker": "worker",
    "celery": "worker",
    "check": "task",
    "clearsessions": "task",
    "collectstatic": "task",
    "compilemessages": "task",
    "compress": "task",
    "createcachetable": "task",
    "createsuperuser": "task",
    "crontab": "task",
    "db_worker": "worker",
    "dbshell": "task",
    "djangohuey": "worker",
    "dumpdata": "task",
    "flush": "task",
    "loaddata": "task",
    "makemessages": "task",
    "makemigrations": "task",
    "migrate": "release",
    "process_tasks": "worker",
    "procrastinate": "worker",
    "qcluster": "worker",
    "rqscheduler": "singleton",
    "rqworker": "worker",
    "rqworker-pool": "worker",
    "run_huey": "worker",
    "rundramatiq": "worker",
    "runapscheduler": "singleton",
    "runworker": "worker",
    "shell": "task",
    "shell_plus": "task",
    "showmigrations": "task",
    "test": "task",
    "wait_for_database": "task",
    "wait_for_db": "task",
}
SERVING = frozenset({"runserver", "runserver_plus", "testserver", "devserver"})
"""Management commands that start Django's development server."""
# fmt: off
NOT_PROCESSES = frozenset((
    "apk", "apt", "apt-get", "awk", "black", "bundle", "cat", "chmod", "chown", "clear", "coverage", "cp",
    "createdb", "curl", "cut", "date", "dd", "djlint", "docker", "docker-compose", "dotenv", "echo", "env",
    "false", "find", "flake8", "git", "grep", "groupmod", "head", "install", "isort", "java", "kill", "ln",
    "ls", "mc", "mkdir", "mongosh", "mv", "mypy", "mysql", "mysqladmin", "nc", "nginx", "node", "npx",
    "nslookup", "open", "openssl", "pdm", "pg_isready", "php", "pip", "pip3", "pipenv", "playwright", "poetry",
    "pre-commit", "psql", "pybabel", "pylint", "pytest", "redis-cli", "rm", "rsync", "ruff", "sass", "sed",
    "sh", "sleep", "sort", "sudo", "tail", "tar", "tee", "test", "touch", "tox", "tr", "true", "twine", "unzip",
    "useradd", "usermod", "uv", "vim", "watchfiles", "watchmedo", "webpack", "wget", "which", "xargs", "yq",
))
# fmt: on
"""Programs of the system and of development: never a process of the project."""
