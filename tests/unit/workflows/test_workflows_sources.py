"""Do files of the project that kubeship.yaml names reach the manifests, and are they missed and noticed?"""

from pathlib import Path

import pytest

from kubeship.config.file import CONFIG_FILE
from kubeship.errors import InvalidInput
from kubeship.workflows.app import load_app
from kubeship.workflows.render import RenderRequest, render

FILES = "files: {/etc/shop/app.ini: {source: app.ini}}\n"


@pytest.fixture
def with_source(project: Path) -> Path:
    place = project / CONFIG_FILE
    place.write_text(place.read_text() + FILES)
    (project / "app.ini").write_text("[shop]\nsize = 1\n")
    return project


def rendered(project: Path) -> str:
    render(RenderRequest(project), lambda event: None)
    return "".join(sorted(path.read_text() for path in (project / "deploy").glob("*/*configmap.yaml")))


def test_a_file_of_the_project_stands_in_the_config_map(with_source: Path) -> None:
    before = (with_source / CONFIG_FILE).read_text()

    assert "size = 1" in rendered(with_source)
    assert (with_source / CONFIG_FILE).read_text() == before


def test_a_changed_file_makes_the_manifests_stale(with_source: Path) -> None:
    rendered(with_source)
    assert not load_app(with_source, None).stale

    (with_source / "app.ini").write_text("[shop]\nsize = 2\n")

    assert load_app(with_source, None).stale


def test_a_missing_file_is_named(with_source: Path) -> None:
    (with_source / "app.ini").unlink()

    with pytest.raises(InvalidInput, match=r"files\./etc/shop/app\.ini\.source: there is no app\.ini"):
        load_app(with_source, None)
