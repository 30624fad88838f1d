"""Which registries is a build's user asked to log in at?"""

import pytest

from kubeship.images.bases import registries, registry


@pytest.mark.parametrize(
    ("dockerfile", "found"),
    [
        ("FROM python:3.12-slim\n", ("docker.io",)),
        ("FROM scratch\nCOPY a b\n", ()),
        ("from --platform=linux/amd64 Reg.example.com/base:1@sha256:0 as build\nFROM build\n", ("Reg.example.com",)),
        ("ARG BASE=localhost:5000/base\nFROM ${BASE}:1\n", ("localhost:5000",)),
        ("ARG TAG\nFROM ghcr.io/team/base:${TAG:-1}\n", ("ghcr.io",)),
        ("FROM python AS build\nFROM python\nCOPY --from=build /a /a\nCOPY --from=0 /b /b\n", ("docker.io",)),
        ("FROM scratch\nCOPY --chown=1:1 --from=ghcr.io/astral-sh/uv:0.9 /uv /uv\n", ("ghcr.io",)),
        ("FROM a.io/x\nRUN --mount=type=bind,from=b.io/y,target=/y \\\n  make\n", ("a.io", "b.io")),
    ],
)
def test_registries_of_every_image_that_is_named(dockerfile: str, found: tuple[str, ...]) -> None:
    assert registries(dockerfile, {}) == found


def test_argument_of_the_build_wins_over_the_dockerfiles_own() -> None:
    dockerfile = 'ARG BASE="python"\nFROM $BASE\n'

    assert registries(dockerfile, {"BASE": "private.example.com/python"}) == ("private.example.com",)


def test_registry_of_what_cannot_be_read_is_docker_hub() -> None:
    assert [registry(text) for text in ("shop:1", "", "-bad/x", "localhost/x")] == ["docker.io"] * 3 + ["localhost"]
