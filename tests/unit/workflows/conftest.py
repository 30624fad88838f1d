"""What do tests of workflows share? A small initialised project, and a world in memory."""

from pathlib import Path
from typing import NoReturn

import pytest

from kubeship.config.draft import DraftOptions
from kubeship.model.objects import Object
from kubeship.rollout.ownership import REVISION
from kubeship.workflows.init import InitRequest, init
from tests.unit.rollout.builders import crash_looping, pod

FLASK = 'from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get("/healthz")\ndef healthz():\n    return "ok"\n'


def never(*_: object) -> None:
    """Says nothing, knows nothing."""


def refuse(questions: object) -> NoReturn:
    raise AssertionError(f"nothing is ambiguous here: {questions}")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A Flask project with its files, and a release step."""
    root = tmp_path / "shop"
    root.mkdir()
    (root / "app.py").write_text(FLASK)
    (root / "requirements.txt").write_text("flask==3.1.2\n")
    answers = {"release": [{"command": "flask db upgrade"}]}
    options = DraftOptions(image="registry.test/shop", host="shop.test")
    init(InitRequest(root, options, answers), refuse, never, never)
    return root


def healthy(item: Object) -> Object:
    """A workload as it looks when it has settled well."""
    if item["kind"] == "Job":
        return {**_known(item), "status": {"conditions": [{"type": "Complete", "status": "True"}], "succeeded": 1}}
    if item["kind"] != "Deployment":
        return item
    count = item["spec"]["replicas"]
    status = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), count)
    return {**_known(item), "status": {**status, "observedGeneration": 1}}


def broken(item: Object) -> Object:
    """A Deployment without an available pod, or a Job that failed."""
    if item["kind"] == "Job":
        condition = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "it failed"}
        return {**_known(item), "status": {"conditions": [condition], "failed": 1}}
    if item["kind"] != "Deployment":
        return item
    return {**_known(item), "status": {"observedGeneration": 1, "updatedReplicas": 1}}


def running(item: Object) -> Object:
    """A Job that has not ended."""
    return {**_known(item), "status": {"active": 1}} if item["kind"] == "Job" else healthy(item)


def crashing(item: Object) -> tuple[Object, ...]:
    """The pods of a Deployment that `broken` made."""
    ready = item.get("status", {}).get("availableReplicas")
    return () if ready or item["kind"] != "Deployment" else (pod(crash_looping(1)),)


def _known(item: Object) -> Object:
    metadata = {**item["metadata"], "generation": 1, "uid": "deployment", "annotations": {REVISION: "2"}}
    return {**item, "metadata": metadata}
