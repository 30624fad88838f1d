"""Are Kubernetes manifests and Helm charts of the repository read as statements, and health checks of any kind?"""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kubeship.inspection.commands.shell import commands
from kubeship.inspection.project import inspect
from kubeship.model.project import Project

Written = Callable[[Mapping[str, str]], Path]
APP = {
    "requirements.txt": "flask\ncelery\n",
    "Dockerfile": 'FROM python:3.12\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["python", "-m"]\nCMD ["flask", "run"]\n',
    "shop/__init__.py": "",
    "shop/web.py": "from flask import Flask\n\napp = Flask(__name__)\n",
    "shop/jobs.py": "from celery import Celery\n\ncelery = Celery('x')\n\n\n@celery.task\ndef add(): ...\n",
}
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: shop-web}
spec:
  template:
    spec:
      initContainers:
        - {name: wait, image: busybox, command: [sh, -c, "until nc -z db 5432; do sleep 1; done"]}
      containers:
        - name: web
          image: registry/shop
          command: ["gunicorn", "shop.web:app", "--bind", "0.0.0.0:$(PORT)"]
          env: [{name: PORT, value: "9000"}]
          ports: [{containerPort: 9000}]
          livenessProbe: {httpGet: {path: /alive, port: 9000}}
"""
WORKER = """---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop-worker}
spec: {template: {spec: {containers: [{name: w, image: registry/shop, args: [celery, -A, shop.jobs, worker]}]}}}
---
kind: Deployment
metadata: {name: shop-redis}
spec: {template: {spec: {containers: [{name: r, image: redis, command: [redis-server, --appendonly, "yes"]}]}}}
"""
NIGHTLY = """apiVersion: batch/v1
kind: CronJob
metadata: {name: shop-nightly}
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec: {template: {spec: {containers: [{name: n, image: registry/shop, command: [python, -m, shop.jobs]}]}}}
"""
MIGRATION = """kind: Job
metadata: {name: shop-migrate}
spec: {template: {spec: {containers: [{name: m, image: registry/shop, command: [flask, db, upgrade]}]}}}
"""


def shown(project: Project) -> list[tuple[str, str, str | None, int | None, str | None]]:
    return [(p.name, p.kind, p.command, p.port, p.schedule) for p in project.processes]


def test_manifests_state_processes_ports_schedules_and_health(written: Written) -> None:
    manifests = {
        "k8s/web.yaml": DEPLOYMENT,
        "k8s/worker.yaml": WORKER,
        "k8s/cron.yaml": NIGHTLY,
        "k8s/job.yml": MIGRATION,
    }

    project = inspect(written(APP | manifests), {})

    assert shown(project) == [
        ("web", "web", "gunicorn shop.web:app --bind 0.0.0.0:$PORT", 9000, None),
        ("nightly", "cron", "python -m shop.jobs", None, "0 3 * * *"),
        ("worker", "worker", "python -m celery -A shop.jobs worker", None, None),
    ]
    assert [step.command for step in project.release] == ["flask db upgrade"]
    assert project.processes[0].health and project.processes[0].health.value == "/alive"
    assert [(o.path, o.line) for o in project.processes[2].origins] == [("k8s/worker.yaml", 5)]


def test_a_chart_is_read_with_its_own_values(written: Written) -> None:
    template = """kind: Deployment
metadata:
  name: {{ include "shop.fullname" . }}-queue
spec:
  {{- if .Values.replicas }}
  replicas: {{ .Values.replicas }}
  {{- end }}
  template:
    spec:
      containers:
        - name: {{ .Chart.Name }}
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          {{- with .Values.queue.args }}
          command:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- if .Values.unset }}
          workingDir: /nowhere
          {{- else }}
          workingDir: /app
          {{- end }}
"""
    chart = {
        "charts/shop/Chart.yaml": "name: shop\n",
        "charts/shop/values.yaml": "image: {repository: x}\nqueue: {args: [celery, -A, shop.jobs, worker]}\n",
        "charts/shop/templates/queue.yaml": template,
    }

    project = inspect(written(APP | chart), {})

    assert shown(project)[1:] == [("queue", "worker", "celery -A shop.jobs worker", None, None)]


def test_what_kubeship_rendered_states_nothing(written: Written) -> None:
    own = WORKER.replace(
        "metadata: {name: shop-worker}", "metadata: {labels: {app.kubernetes.io/managed-by: kubeship}}"
    )
    own = own.replace("{labels: {app.kubernetes.io/managed-by: kubeship}}", "{labels: {x: y}} # managed-by: kubeship")

    assert len(inspect(written(APP | {"deploy/production/worker.yaml": own}), {}).processes) == 1


@pytest.mark.parametrize(
    "text", ["kind: Deployment\nspec: [", "kind: Deployment\n---\nkind: Pod\nspec: 3\n", "{{ kind: Job }}"]
)
def test_a_manifest_that_cannot_be_read_says_nothing(written: Written, text: str) -> None:
    assert len(inspect(written(APP | {"k8s/x.yaml": text}), {}).processes) == 1


@pytest.mark.parametrize(
    "stated",
    [
        {
            "Dockerfile": "FROM python:3.12\nHEALTHCHECK CMD curl -f http://localhost:8000/up\n"
            "CMD gunicorn shop.web:app\n"
        },
        {"render.yaml": "services:\n  - type: web\n    healthCheckPath: /up\n"},
        {"fly.toml": "[[http_service.checks]]\n  path = '/up'\n"},
        {"railway.toml": "[deploy]\nhealthcheckPath = '/up'\n"},
        {"compose.yaml": "services:\n  web:\n    build: .\n    healthcheck: {test: curl http://127.0.0.1:8000/up}\n"},
    ],
)
def test_a_health_check_that_people_wrote_is_asked_where_the_code_shows_none(
    written: Written, stated: dict[str, str]
) -> None:
    health = inspect(written(APP | stated), {}).processes[0].health

    assert health and health.value == "/up"


def test_a_script_that_puts_its_command_together_is_followed() -> None:
    script = """OPTIONS="${@:2}"
case "$1" in
    web) COMMAND="gunicorn a:b" ;;
    jobs) COMMAND="celery worker" ;;
esac
eval "$COMMAND $OPTIONS"
"""

    found = commands(script, {}, ["web", "--workers", "2"])

    assert [ran.words for ran in found] == [("gunicorn", "a:b", "--workers", "2")]
