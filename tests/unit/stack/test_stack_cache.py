"""Is something built once, and again exactly when what it is built from changes?"""

from pathlib import Path

import pytest

from tests.stack.cache import cache_key, cache_root, cached


def test_key_changes_with_content_name_and_words(tmp_path: Path) -> None:
    source = tmp_path / "main.go"
    source.write_text("package main")
    keys = [cache_key([source], ["-s"]), cache_key([source], ["-w"]), cache_key([source], ["-", "s"])]
    source.write_text("package other")
    keys.append(cache_key([source], ["-s"]))
    keys.append(cache_key([source.rename(tmp_path / "other.go")], ["-s"]))

    assert len(set(keys)) == len(keys)


def test_key_ignores_the_order_of_files_and_where_they_lie(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "elsewhere" / "b"
    second.parent.mkdir()
    first.write_text("1")
    second.write_text("2")
    before = cache_key([first, second], [])

    assert before == cache_key([second.rename(tmp_path / "b"), first], [])


def test_second_request_builds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBESHIP_STACK_CACHE", str(tmp_path))
    built: list[Path] = []

    folders = [cached("tool", "key", built.append) for _ in range(2)]

    assert folders == [tmp_path / "tool-key"] * 2
    assert len(built) == 1


def test_failed_build_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBESHIP_STACK_CACHE", str(tmp_path))

    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cached("tool", "key", fail)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"KUBESHIP_STACK_CACHE": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"}, "/a"),
        ({"XDG_CACHE_HOME": "/b", "HOME": "/c"}, "/b/kubeship-stack"),
        ({"HOME": "/c"}, "/c/.cache/kubeship-stack"),
    ],
)
def test_cache_lies_where_the_environment_says(environment: dict[str, str], expected: str) -> None:
    assert cache_root(environment) == Path(expected)
