"""Are wheels judged as pip judges them, and is the index asked only where the lock file is silent?"""

import pytest

from kubeship.inspection.distributions.requirement_lines import Required
from kubeship.inspection.distributions.wheels import fits, is_compiled
from kubeship.inspection.needs.system_packages import needed_by
from kubeship.model.origin import Origin

LXML_FOR_311 = "lxml-4.9.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"


class KnownIndex:
    """An index in memory, which remembers what it was asked."""

    def __init__(self, known: dict[str, tuple[str, ...]]) -> None:
        self.known = known
        self.asked: list[tuple[str, str]] = []

    def wheels(self, distribution: str, version: str) -> tuple[str, ...] | None:
        self.asked.append((distribution, version))
        return self.known.get(distribution)


def requirement(name: str, version: str = "1.0", wheels: tuple[str, ...] | None = None) -> Required:
    return Required(name, frozenset(), "", False, "", Origin("requirements.txt", 1), version, wheels)


@pytest.mark.parametrize(
    ("wheel", "fitting"),
    [
        ("a-1-py3-none-any.whl", True),
        ("a-1-py2.py3-none-any.whl", True),
        ("a-1-py2-none-any.whl", False),
        ("a-1-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", True),
        ("a-1-cp312-cp312-manylinux_2_39_x86_64.whl", False),
        ("a-1-cp311-cp311-manylinux_2_17_x86_64.whl", False),
        ("a-1-cp38-abi3-manylinux2014_x86_64.whl", True),
        ("a-1-cp313-abi3-manylinux2014_x86_64.whl", False),
        ("a-1-cp312-cp312-musllinux_1_2_x86_64.whl", False),
        ("a-1-cp312-cp312-manylinux_2_17_aarch64.whl", False),
        ("a-1-cp312-cp312-macosx_11_0_arm64.whl", False),
        ("a-1-cp312-cp312t-manylinux_2_28_x86_64.whl", False),
        ("a-1-1build-cp312-cp312-manylinux_2_28_x86_64.whl", True),
        ("nonsense.whl", False),
    ],
)
def test_a_wheel_fits_by_its_tags(wheel: str, fitting: bool) -> None:
    assert fits(wheel, "3.12") is fitting


def test_wheels_for_one_platform_mean_that_there_is_something_to_compile() -> None:
    assert is_compiled(("a-1-cp312-cp312-win_amd64.whl",))
    assert not is_compiled(("a-1-py3-none-any.whl",))


def test_without_a_lock_and_an_index_a_distribution_that_has_wheels_needs_nothing() -> None:
    found = needed_by([requirement("lxml")], "3.13")

    assert (found.build, found.runtime) == ({}, {})


def test_a_release_without_a_fitting_wheel_in_the_index_is_built() -> None:
    index = KnownIndex({"lxml": (LXML_FOR_311,)})

    found = needed_by([requirement("lxml", "4.9.0")], "3.13", index)

    assert sorted(found.build) == ["gcc", "libc6-dev", "libxml2-dev", "libxslt1-dev"]
    assert index.asked == [("lxml", "4.9.0")]


def test_a_fitting_wheel_in_the_index_spares_the_compiler() -> None:
    index = KnownIndex({"psycopg2": ("psycopg2-3.0-cp313-cp313-manylinux_2_28_x86_64.whl",)})

    found = needed_by([requirement("psycopg2", "3.0")], "3.13", index)

    assert (found.build, found.runtime) == ({}, {})


def test_the_index_is_not_asked_about_what_the_lock_lists_or_what_needs_nothing() -> None:
    index = KnownIndex({})

    needed_by([requirement("lxml", wheels=(LXML_FOR_311,)), requirement("flask")], "3.11", index)

    assert index.asked == []


def test_an_index_that_does_not_answer_changes_nothing() -> None:
    required = [requirement("lxml"), requirement("psycopg2")]

    assert needed_by(required, "3.13", KnownIndex({})) == needed_by(required, "3.13")


def test_a_wheel_for_any_platform_brings_no_library() -> None:
    index = KnownIndex({"django-auth-ldap": ("django_auth_ldap-5.0-py3-none-any.whl",)})

    found = needed_by([requirement("django-auth-ldap", "5.0")], "3.13", index)

    assert sorted(found.runtime) == ["libldap2", "libsasl2-2"]
