"""Does a value of another type than its file's reference says, anywhere in the file, leave inspection unharmed?"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from kubeship.inspection.project import inspect

Written = Callable[[Mapping[str, str]], Path]
APP = {"requirements.txt": "flask\n", "app.py": "from flask import Flask\n\napp = Flask(__name__)\n"}
WEB = "gunicorn app:app"
CONTAINER = {"name": "a", "command": ["gunicorn", "app:app"], "args": ["-w", "2"], "ports": [{"containerPort": 1}]}
PROBED = CONTAINER | {"env": [{"name": "A", "value": "b"}], "livenessProbe": {"httpGet": {"path": "/up", "port": 1}}}
POD = {"spec": {"containers": [PROBED], "initContainers": [CONTAINER]}}
FILES: dict[str, Any] = {
    ".do/app.yaml": {
        "services": [{"name": "a", "run_command": WEB, "source_dir": "."}],
        "jobs": [{"run_command": WEB}],
    },
    ".platform.app.yaml": {"web": {"commands": {"start": WEB}}, "workers": {"a": {"commands": {"start": WEB}}}},
    "app.json": {"cron": [{"command": WEB, "schedule": "* * * * *"}], "scripts": {"dokku": {"predeploy": WEB}}},
    "app.yaml": {"runtime": "python312", "entrypoint": WEB},
    "apprunner.yaml": {"run": {"command": WEB, "network": {"port": 80}}},
    "charts/a/values.yaml": {"image": {"tag": "1"}, "args": ["a"]},
    "compose.yaml": {
        "services": {
            "a": {
                "build": {"context": ".", "dockerfile": "Dockerfile"},
                "command": ["gunicorn", "app:app"],
                "ports": ["80:80"],
                "volumes": ["a:/data", {"source": "b", "target": "/c"}],
                "healthcheck": {"test": ["CMD", "curl", "http://localhost/up"]},
                "depends_on": {"b": {"condition": "service_completed_successfully"}},
                "environment": {"A": "b"},
                "profiles": ["a"],
            }
        }
    },
    "config/deploy.yml": {"servers": {"web": {"cmd": WEB}}},
    "copilot/a/manifest.yml": {
        "type": "Backend Service",
        "command": WEB,
        "image": {"port": 80},
        "on": {"schedule": "a"},
    },
    "heroku.yml": {"run": {"web": WEB, "worker": {"command": [WEB]}}, "release": {"command": [WEB]}},
    "k8s/cron.yaml": {"kind": "CronJob", "spec": {"schedule": "* * * * *", "jobTemplate": {"spec": {"template": POD}}}},
    "k8s/web.yaml": {"kind": "Deployment", "metadata": {"name": "a", "annotations": {}}, "spec": {"template": POD}},
    "manifest.yml": {"applications": [{"path": ".", "command": WEB, "processes": [{"type": "web", "command": WEB}]}]},
    "railway.json": {"deploy": {"startCommand": WEB, "preDeployCommand": [WEB], "cronSchedule": "* * * * *"}},
    "render.yaml": {"services": [{"type": "web", "startCommand": WEB, "rootDir": "."}]},
    "serverless.yml": {"custom": {"wsgi": {"app": "app.app"}}},
    "task-definition.json": {"containerDefinitions": [{"name": "a", "command": ["gunicorn"], "entryPoint": ["sh"]}]},
    "zappa_settings.json": {"dev": {"app_function": "app.app"}},
}
WRONG: tuple[Any, ...] = (None, 7, "x", [1], {"a": 1})


@pytest.mark.parametrize("path", FILES)
def test_a_value_of_another_type_says_nothing(written: Written, path: str) -> None:
    extra = {"Dockerfile": "FROM python:3.12\nCOPY . /app\n", "charts/a/Chart.yaml": "name: a\n"}
    extra["charts/a/templates/a.yaml"] = "kind: Job\nspec: {{ toYaml .Values.args }}\nx: {{ .Values.image.tag }}\n"

    for changed in _changed(FILES[path]):
        folder = written(APP | extra | {path: json.dumps(changed)})

        assert inspect(folder, {}).processes


def _changed(value: Any) -> Iterator[Any]:
    """The value with each of its parts, itself among them, replaced by every wrong one."""
    yield from WRONG
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from ({**value, key: other} for other in _changed(inner))
    if isinstance(value, list):
        for at, inner in enumerate(value):
            yield from ([*value[:at], other, *value[at + 1 :]] for other in _changed(inner))
