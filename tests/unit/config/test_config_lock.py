"""Is kubeship.lock the same text for the same value, and refused when it can't be trusted?"""

from pathlib import Path

import pytest

from kubeship.config.lock import Lock, LockedFinding, dump_lock, load_lock, parse_lock
from kubeship.errors import InvalidInput

FULL = Lock(
    found={"python": LockedFinding("3.12", ".python-version:1"), "build.steps": LockedFinding(["a", "b"], "x.py:3")},
    bases={"python:3.12-slim": "sha256:" + "0" * 64},
    servers={"gunicorn": "27.0.1"},
    images={"production": "registry.example.com/shop@sha256:1"},
    files={"Dockerfile": "a" * 64, ".dockerignore": "b" * 64},
    rendered_from={"production": "c" * 64},
    wheels={"lxml==5.1": "lxml-5.1-cp312-cp312-manylinux_2_28_x86_64.whl", "psycopg2": "none"},
    candidates=("shop.site:app (shop/site.py:3, a Flask)",),
)


def test_lock_reads_back_the_same() -> None:
    text = dump_lock(FULL)

    assert parse_lock(text) == FULL
    assert text.startswith("# Written by kubeship")


def test_order_of_a_value_does_not_show_in_the_text() -> None:
    other = Lock(**{**FULL.__dict__, "files": dict(sorted(FULL.files.items(), reverse=True))})

    assert dump_lock(other) == dump_lock(FULL)


def test_empty_lock_reads_back_the_same() -> None:
    assert parse_lock(dump_lock(Lock())) == Lock()


def test_missing_lock_is_an_empty_one(tmp_path: Path) -> None:
    assert load_lock(tmp_path / "kubeship.lock") == Lock()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("version: 2\n", "has format 2; this kubeship knows formats up to 1"),
        ("", "expected a mapping"),
        ("found: {}\n", "version: expected 1, got None"),
        ("version: 1\nfiles: [a]\n", "files: expected strings by name"),
        ("version: 1\nfiles: {a: 1}\n", "files: expected strings by name"),
        ("version: 1\nfound: {a: 1}\n", "found.a: expected a value and an origin"),
        ("version: 1\nfound: []\n", "found: expected a mapping"),
        ("version: 1\nother: {}\n", "other: unknown key"),
        ("version: 1\n<<<<<<< HEAD\n", "kubeship.lock:2: not valid YAML"),
    ],
)
def test_broken_lock_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_lock(text)

    assert message in caught.value.message
