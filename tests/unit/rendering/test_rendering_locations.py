"""Are templates/ and charts/ found in a wheel and in a checkout?"""

from pathlib import Path

import pytest

from kubeship.errors import MissingPrecondition
from kubeship.rendering import locations


def test_a_wheel_carries_its_own(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "kubeship"
    (package / "_templates").mkdir(parents=True)
    (package.parent / "templates").mkdir()

    assert locations.templates(package) == package / "_templates"


def test_a_checkout_has_them_beside_the_package(tmp_path: Path) -> None:
    (tmp_path / "charts").mkdir()

    assert locations.charts(tmp_path / "kubeship") == tmp_path / "charts"


def test_an_incomplete_installation_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(MissingPrecondition) as missing:
        locations.templates(tmp_path / "kubeship")

    assert str(tmp_path / "kubeship" / "_templates") in missing.value.message
