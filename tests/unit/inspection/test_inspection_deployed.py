"""Are the numbers and names of manifests that a project has already kept?"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from kubeship.config.draft import DraftOptions, draft
from kubeship.config.file import ConfigFile, parsed
from kubeship.config.lock import Lock
from kubeship.inspection.project import inspect
from kubeship.planning.servers import SERVERS

Written = Callable[[Mapping[str, str]], Path]
APP = {
    "requirements.txt": "flask\ngunicorn\ncelery\n",
    "shop/__init__.py": "",
    "shop/web.py": "import os\nfrom flask import Flask\n\napp = Flask(__name__)\n"
    "app.secret_key = os.environ['SECRET_KEY']\n\n\n@app.get('/healthz')\ndef healthz():\n    return 'ok'\n",
    "shop/jobs.py": "from celery import Celery\n\ncelery = Celery('x')\n\n\n@celery.task\ndef add(): ...\n",
    "Procfile": "web: gunicorn shop.web:app\nworker: celery -A shop.jobs worker\n",
}
WEB = """apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  replicas: 5
  template:
    spec:
      containers:
        - name: shop
          image: registry.example.com/team/shop:1.2
          ports: [{containerPort: 8000}]
          env:
            - {name: FEATURE, value: "no"}
            - {name: SECRET_KEY, valueFrom: {secretKeyRef: {name: shop-secrets, key: SECRET_KEY}}}
          resources: {requests: {cpu: 300m, memory: 700Mi}, limits: {memory: 1Gi}}
          volumeMounts: [{name: media, mountPath: /data/media}]
      volumes: [{name: media, persistentVolumeClaim: {claimName: shop-media}}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: shop-media}
spec: {accessModes: [ReadWriteMany]}
"""
INGRESS = """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop-cert}]
  rules: [{host: shop.example.com}, {host: www.example.com}]
"""
REDIS = """kind: Deployment
metadata: {name: redis}
spec:
  replicas: 1
  template: {spec: {containers: [{name: redis, image: "redis:7", ports: [{containerPort: 6379}]}]}}
"""
SCALER = """kind: HorizontalPodAutoscaler
metadata: {name: shop}
spec: {scaleTargetRef: {kind: Deployment, name: shop}, minReplicas: 3, maxReplicas: 9}
"""


def initialised(folder: Path, **answers: Any) -> ConfigFile:
    project = inspect(folder, answers)
    return parsed(draft(project, answers, None, Lock(), DraftOptions(), servers=SERVERS).text)


def test_what_manifests_say_stands_before_the_defaults(written: Written) -> None:
    file = initialised(written(APP | {"k8s/web.yaml": WEB, "k8s/ingress.yaml": INGRESS, "k8s/redis.yaml": REDIS}))

    configuration, _, _ = file.configuration(None)
    web = configuration.processes["web"]
    assert (configuration.image, web.replicas.min) == ("registry.example.com/team/shop", 5)
    assert (web.resources.cpu, web.resources.memory) == ("300m", "700Mi")
    assert web.hosts == ["shop.example.com", "www.example.com"]
    assert (configuration.ingress.class_, configuration.ingress.tls) == ("nginx", "shop-cert")
    assert configuration.variables["FEATURE"] == "no"
    assert configuration.secrets and configuration.secrets.source == "shop-secrets"
    assert configuration.volumes["media"].claim == "shop-media"
    assert "replicas: 5  # k8s/web.yaml, the Deployment shop" in file.text


def test_an_autoscaler_is_stronger_than_a_number(written: Written) -> None:
    file = initialised(written(APP | {"k8s/web.yaml": WEB, "k8s/hpa.yaml": SCALER}))

    replicas = file.configuration(None)[0].processes["web"].replicas
    assert (replicas.min, replicas.max) == (3, 9)


def test_manifests_that_disagree_say_nothing(written: Written) -> None:
    other = INGRESS.replace("www.example.com", "other.example.com").replace("nginx", "traefik")

    file = initialised(written(APP | {"k8s/web.yaml": WEB, "k8s/a.yaml": INGRESS, "k8s/b.yaml": other}))

    assert file.value("processes.web.hosts") is None
    assert file.value("ingress") == {"tls": "shop-cert"}


def test_what_is_said_on_the_command_line_wins(written: Written) -> None:
    file = initialised(written(APP | {"k8s/web.yaml": WEB}), **{"processes.web.replicas": 2})

    assert file.value("processes.web.replicas") == 2


def test_manifests_for_developers_and_kubeships_own_say_nothing(written: Written) -> None:
    own = WEB.replace(
        "metadata: {name: shop}", "metadata: {name: shop, labels: {app.kubernetes.io/managed-by: kubeship}}"
    )

    file = initialised(
        written(
            APP
            | {
                "k8s/dev/web.yaml": WEB,
                "deploy/production/web.yaml": own.replace(": kubeship}}", ": kubeship}} # managed-by: kubeship"),
            }
        )
    )

    assert file.value("image") != "registry.example.com/team/shop"


def test_a_chart_is_read_with_its_values(written: Written) -> None:
    chart = {
        "charts/shop/Chart.yaml": "name: shop\n",
        "charts/shop/values.yaml": "replicas: 4\nimage: registry.example.com/team/shop\n",
        "charts/shop/templates/web.yaml": WEB.replace("replicas: 5", "replicas: {{ .Values.replicas }}").replace(
            "registry.example.com/team/shop:1.2", '"{{ .Values.image }}:{{ .Chart.AppVersion }}"'
        ),
    }

    file = initialised(written(APP | chart))

    assert (file.value("processes.web.replicas"), file.value("image")) == (4, "registry.example.com/team/shop")


@pytest.mark.parametrize(
    "spec",
    [
        "{replicas: [1], template: {spec: {containers: [{ports: [3], resources: 3, env: [{name: []}, 4]}]}}}",
        "{template: {spec: {containers: [{ports: [{}], volumeMounts: [{name: {}}]}], volumes: [{name: [], "
        "persistentVolumeClaim: {claimName: x}}, 3]}}}",
        "{template: {spec: {containers: [{ports: [{}], envFrom: [{secretRef: {name: {a: b}}}]}]}}}",
        "[]",
    ],
)
def test_values_of_wrong_types_say_nothing(written: Written, spec: str) -> None:
    odd = f"kind: Deployment\nmetadata: {{name: shop}}\nspec: {spec}\n"
    route = "kind: Ingress\nspec: {tls: [{secretName: {}}], rules: [{host: []}, 4], ingressClassName: 3}\n"

    project = inspect(written(APP | {"k8s/web.yaml": odd, "k8s/ingress.yaml": route}), {})

    assert project.deployed == ()
