"""Is an image's weight blamed on the right lines?"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kubeship.images.distributions import read_weights
from kubeship.images.sizes import Part, kind_of, parts
from kubeship.model.dockerfile import Instruction
from kubeship.model.image import DistributionSize, Layer

DOCKERFILE = """\
FROM python:3.13-slim AS build
RUN pip install --target /opt/venv flask
FROM python:3.13-slim
RUN apt-get update && apt-get install -y libpq5
ENV A=1
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
USER 10001
"""
BASE = (Layer(100, "ADD rootfs"), Layer(0, "CMD python3"))
OWN = (Layer(7, "RUN apt"), Layer(0, "ENV"), Layer(50, "COPY venv"), Layer(1, "COPY app"), Layer(0, "USER"))


def test_layers_are_sorted_by_purpose_with_their_lines() -> None:
    assert parts((*BASE, *OWN), DOCKERFILE) == (
        Part("base", 100),
        Part("system packages", 7, (4,)),
        Part("dependencies", 50, (6,)),
        Part("source", 1, (7,)),
    )


def test_history_shorter_than_the_dockerfile_is_blamed_on_nobody() -> None:
    assert parts(BASE, DOCKERFILE) == (Part("base", 100),)


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("RUN", "pip install -r requirements.txt", "dependencies"),
        ("RUN", "--mount=type=cache,target=/c uv sync --locked", "dependencies"),
        ("RUN", "npm ci", "dependencies"),
        ("RUN", "apk add --no-cache libpq", "system packages"),
        ("RUN", "python manage.py collectstatic", "other"),
        ("COPY", "--from=build /usr/local/lib/python3.13/site-packages /x", "dependencies"),
        ("COPY", "--from=web /web/dist /app/static", "source"),
        ("COPY", ". .", "source"),
        ("ADD", "model.tar /models", "source"),
        ("WORKDIR", "/app", "other"),
    ],
)
def test_instruction_tells_what_its_layer_is_for(name: str, text: str, kind: str) -> None:
    assert kind_of(Instruction(name, text, 1)) == kind


def test_program_that_weighs_distributions_runs_anywhere() -> None:
    program = Path("kubeship/images/weights.py").resolve().read_text()

    done = subprocess.run([sys.executable, "-c", program, json.dumps({})], capture_output=True, text=True, check=True)
    found = {each.name: each.size for each in read_weights(f"noise\n{done.stdout}")}

    assert found["pytest"] > 100_000


def test_largest_comes_first_and_silence_is_no_answer() -> None:
    assert read_weights('kubeship-weights:{"a": 1, "b": 3}') == (DistributionSize("b", 3), DistributionSize("a", 1))
    assert read_weights("Segmentation fault") == ()
