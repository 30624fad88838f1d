"""Where do a build's secrets come from, and what is said when they aren't there?"""

from pathlib import Path

import pytest

from kubeship.errors import InvalidInput
from kubeship.images.secrets import LARGEST, hiding, secret_values
from kubeship.model.image import BuildSecret


def test_values_come_from_variables_and_files(tmp_path: Path) -> None:
    (tmp_path / "netrc").write_bytes(b"machine x\n\xff")
    secrets = [BuildSecret("token", variable="TOKEN"), BuildSecret("netrc", file=tmp_path / "netrc")]

    values = secret_values(secrets, {"TOKEN": "t\udcff"})

    assert values == {"token": b"t\xff", "netrc": b"machine x\n\xff"}


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        (BuildSecret("token", variable="TOKEN"), r"build\.secrets\.token .* variable TOKEN, which is not set"),
        (BuildSecret("netrc", file=Path("/nowhere/netrc")), r"build\.secrets\.netrc .*/nowhere/netrc.* No such file"),
        (BuildSecret("dir", file=Path("/")), "Is a directory"),
        (BuildSecret("none"), "neither a variable nor a file"),
    ],
)
def test_secret_that_is_not_there_is_named_with_its_key(secret: BuildSecret, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        secret_values([secret], {})


def test_secret_beyond_buildkits_limit_is_refused_without_showing_it(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"s" * (LARGEST + 1))

    with pytest.raises(InvalidInput, match="more than 500 KB") as caught:
        secret_values([BuildSecret("big", file=tmp_path / "big")], {})

    assert "sss" not in caught.value.message


def test_values_and_their_lines_are_hidden_in_what_a_step_prints() -> None:
    hide = hiding([b"s3cret-token\n", b"machine pypi.test\npassword hunter2\n", b"ab"])

    assert hide("fetching https://u:s3cret-token@pypi.test/ with password hunter2") == (
        "fetching https://u:***@pypi.test/ with ***"
    )
    assert hide("ab is no secret that could be told from a word") == "ab is no secret that could be told from a word"
    assert hiding([])("nothing to hide") == "nothing to hide"
