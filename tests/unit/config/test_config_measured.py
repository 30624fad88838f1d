"""What of a measured start is written into kubeship.yaml, and what is left alone?"""

import pytest

from kubeship.config.file import parsed
from kubeship.config.measured import measured, with_measured
from kubeship.config.schema import Configuration
from kubeship.model.image import Answer

MEGABYTE = 1_000_000
TEXT = """\
version: 1
name: shop
image: registry.example.com/shop
python: "3.12"
dependencies: {manager: pip, files: [requirements.txt]}
processes:
  web:  # found by hand
    kind: web
    command: python -m shop
    interface: own-server
    server: own-server
    port: 8000
    resources: {cpu: 250m, memory: 256Mi}  # enough
  worker: {kind: worker, command: python -m work}
environments:
  production: {namespace: shop}
"""


def answer(seconds: float | None = 2.3, memory: int | None = 100 * MEGABYTE, healthy: bool = True) -> Answer:
    return Answer("web", healthy, "GET / answers 200", seconds, memory)


def test_start_and_too_small_memory_are_written_with_what_was_measured() -> None:
    values = measured(configuration(TEXT), [answer(2.3, 300 * MEGABYTE)])

    text = with_measured(TEXT, values)

    assert changed(TEXT, text) == {
        "    start_seconds: 3  # measured: 2.3 s",
        "    resources: {cpu: 250m, memory: 384Mi}  # enough",
    }
    web = configuration(text).processes["web"]
    assert (web.start_seconds, web.resources.memory) == (3, "384Mi")


@pytest.mark.parametrize(
    "told",
    [
        answer(healthy=False),
        Answer("gone", True, "", 1.0, 10**10),
        answer(seconds=None, memory=None),
    ],
)
def test_start_that_says_nothing_changes_nothing(told: Answer) -> None:
    assert measured(configuration(TEXT), [told]) == ()


def test_value_that_a_measurement_confirms_is_left_alone() -> None:
    text = with_measured(TEXT, measured(configuration(TEXT), [answer(4.0)]))

    again = [measured(configuration(text), [answer(seconds)]) for seconds in (2.1, 4.0, 7.9)]
    slower = measured(configuration(text), [answer(20.0)])

    assert again == [(), (), ()]
    assert [each.value for each in slower] == [20]


@pytest.mark.parametrize(
    ("asked", "held", "written"), [("1Gi", 900, []), ("100M", 101, ["128Mi"]), ("0.5Gi", 537, ["704Mi"])]
)
def test_memory_is_raised_only_above_what_is_asked_for(asked: str, held: int, written: list[str]) -> None:
    text = TEXT.replace("256Mi", asked)

    values = measured(configuration(text), [answer(None, held * MEGABYTE)])

    assert [each.value for each in values] == written


def configuration(text: str) -> Configuration:
    return parsed(text).configuration(None)[0]


def changed(before: str, after: str) -> set[str]:
    return set(after.splitlines()) - set(before.splitlines())
