"""Which wheels of machine learning libraries are installed, where do models lie, and which folders outlive a pod?"""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kubeship.inspection.project import inspect
from kubeship.model.project import Project

Written = Callable[[Mapping[str, str]], Path]
APP = {"app.py": "from flask import Flask\n\napp = Flask(__name__)\n"}
CPU = "https://download.pytorch.org/whl/cpu"
UV = f"""[project]
name = "x"
version = "1"
dependencies = ["flask", "torch"]
[tool.uv.sources]
torch = [{{ index = "cpu", marker = "sys_platform == 'linux'" }}]
[[tool.uv.index]]
name = "cpu"
url = "{CPU}"
"""
POETRY = f"""[tool.poetry.dependencies]
python = "^3.12"
flask = "*"
torch = {{version = "2.5", source = "cu"}}
[[tool.poetry.source]]
name = "cu"
url = "{CPU.replace("cpu", "cu121")}"
"""


def traits(project: Project) -> list[str]:
    return [trait.value for trait in project.traits]


def warned(project: Project, word: str) -> bool:
    return any(word in warning.message for warning in project.warnings)


@pytest.mark.parametrize(
    ("files", "found", "asked"),
    [
        ({"requirements.txt": "flask\ntorch\n"}, ["gpu-wheels"], False),
        ({"requirements.txt": "flask\nsentence-transformers\n"}, ["gpu-wheels"], False),
        ({"requirements.txt": f"--extra-index-url {CPU}\nflask\ntorch==2.5.1\n"}, ["cpu-wheels"], True),
        ({"requirements.txt": "flask\ntorch==2.5.1+cpu\n"}, ["cpu-wheels"], True),
        ({"requirements.txt": "flask\ntorch==2.5.1+cu121\n"}, ["gpu-wheels"], True),
        (
            {
                "requirements.txt": "flask\ntorch\n",
                "Dockerfile": f"FROM python:3.12\nRUN pip install torch --index-url {CPU}\nCMD gunicorn app:app\n",
            },
            ["cpu-wheels"],
            True,
        ),
        (
            {
                "requirements.txt": "flask\ntorch\n",
                "Dockerfile": "FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\nRUN pip install -r requirements.txt\n",
            },
            ["gpu-wheels"],
            True,
        ),
        ({"pyproject.toml": UV}, ["cpu-wheels"], True),
        ({"pyproject.toml": POETRY}, ["gpu-wheels"], True),
        ({"requirements.txt": "flask\nonnxruntime-gpu\n"}, ["gpu-wheels"], True),
        ({"requirements.txt": "flask\ntensorflow\n"}, ["cpu-wheels"], True),
        ({"requirements.txt": "flask\ntensorflow[and-cuda]\n"}, ["gpu-wheels"], True),
        ({"requirements.txt": "flask\n"}, [], True),
    ],
)
def test_wheels_say_what_they_compute_on(
    written: Written, files: dict[str, str], found: list[str], asked: bool
) -> None:
    project = inspect(written(APP | files), {})

    assert traits(project) == found
    assert warned(project, "CUDA") is not asked


@pytest.mark.parametrize(
    ("code", "volumes", "found"),
    [
        ("import torch\nnet = torch.load('models/best.pt')\n", ["models"], []),
        ("import joblib\nPATH = 'weights/m.joblib'\nnet = joblib.load(PATH)\n", ["weights"], []),
        ("import pickle\nnet = pickle.load(open('artifacts/m.pkl', 'rb'))\n", ["artifacts"], []),
        ("import joblib\nnet = joblib.load('kept/m.joblib')\n", [], ["model-files"]),
        ("from transformers import AutoModel\nnet = AutoModel.from_pretrained('org/net')\n", [], ["downloads-models"]),
        ("from transformers import AutoModel\nnet = AutoModel.from_pretrained('/models/net')\n", ["/models/net"], []),
        ("import os\nWHERE = os.environ.get('MODEL_PATH', '/models')\n", ["/models"], []),
        ("import pickle\ncache = pickle.load(open(name))\n", [], []),
    ],
)
def test_models_are_files_of_the_project_or_in_a_folder_or_downloaded(
    written: Written, code: str, volumes: list[str], found: list[str]
) -> None:
    files = APP | {"requirements.txt": "flask\n", "model.py": code, "kept/m.joblib": "x"}

    project = inspect(written(files), {})

    assert [volume.value for volume in project.volumes] == volumes
    assert traits(project) == found
    assert warned(project, "downloaded at run time") is ("downloads-models" in found)


def test_a_model_that_git_lfs_did_not_fetch_is_named(written: Written) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"

    project = inspect(written(APP | {"requirements.txt": "flask\n", "net.onnx": pointer}), {})

    assert traits(project) == ["model-files"]
    assert warned(project, "Git LFS pointer")


def test_templates_that_end_like_models_are_none(written: Written) -> None:
    files = APP | {"requirements.txt": "flask\n", "templates/page.pt": "<html/>\n"}

    assert traits(inspect(written(files), {})) == []


def test_what_the_image_and_compose_mount_outlives_the_pod(written: Written) -> None:
    compose = """services:
  web:
    build: .
    volumes:
      - .:/app
      - ./settings.cfg:/app/settings.cfg:ro
      - media:/app/media
      - ./inbox:/inbox
  db:
    image: postgres
    volumes: [data:/var/lib/postgresql/data]
"""
    dockerfile = 'FROM python:3.12\nWORKDIR /app\nVOLUME ["/app/data", "/logs"]\nCMD ["gunicorn", "app:app"]\n'
    files = APP | {"requirements.txt": "flask\n", "compose.yaml": compose, "Dockerfile": dockerfile}

    project = inspect(written(files), {})

    assert [volume.value for volume in project.volumes] == ["/inbox", "/logs", "data", "media"]


@pytest.mark.parametrize(
    ("line", "volume"),
    [
        ("UPLOAD_FOLDER = 'uploads'", "uploads"),
        ("UPLOAD_FOLDER = os.path.join(BASE, 'data', 'uploads')", "data/uploads"),
        ("UPLOAD_FOLDER = os.environ.get('UPLOADS', '/srv/uploads')", "/srv/uploads"),
        ("UPLOAD_FOLDER = read(config['files']['UPLOAD_FOLDER']) or os.path.join(BASE, 'uploads')", "uploads"),
        ("UPLOAD_FOLDER = os.path.join(BASE, name('x'))", None),
    ],
)
def test_the_folder_of_uploads_is_what_is_written_out(written: Written, line: str, volume: str | None) -> None:
    code = f"import os\nfrom flask import Flask\n{line}\napp = Flask(__name__)\n"

    project = inspect(written({"requirements.txt": "flask\n", "app.py": code}), {})

    assert [each.value for each in project.volumes] == ([volume] if volume else [])


@pytest.mark.parametrize(("requirements", "found"), [("flask\n", ["sqlite"]), ("flask\npsycopg2-binary\n", [])])
def test_a_database_in_a_file_is_named_where_no_server_is_used(
    written: Written, requirements: str, found: list[str]
) -> None:
    code = (
        "from flask import Flask\napp = Flask(__name__)\napp.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite:///shop.db'\n"
    )

    project = inspect(written({"requirements.txt": requirements, "app.py": code}), {})

    assert traits(project) == found
    assert warned(project, "SQLite") is bool(found)
