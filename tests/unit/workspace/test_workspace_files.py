"""Do the project's files change together or not at all, and nothing outside them?"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from kubeship.config.lock import Lock, load_lock
from kubeship.errors import InvalidInput, MissingPrecondition
from kubeship.workspace.decisions import Action
from kubeship.workspace.files import Workspace, Writing
from kubeship.workspace.replacement import TEMPORARY, replace_all

SERVICE = "deploy/production/web-service.yaml"
WANTED = {"Dockerfile": "FROM python\n", SERVICE: "kind: Service\n"}


def tree(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text() for path in sorted(root.rglob("*")) if path.is_file()}


def writing(root: Path, wanted: Mapping[str, str] = WANTED, environment: str = "production") -> Writing:
    return Writing(environment, "version: 1\n", wanted, load_lock(root / "kubeship.lock"))


def actions(root: Path, wanted: Mapping[str, str], *, force: bool = False) -> dict[str, Action]:
    return {each.path: each.action for each in Workspace(root).write(writing(root, wanted), force=force)}


def test_first_write_creates_everything(tmp_path: Path) -> None:
    Workspace(tmp_path).write(writing(tmp_path))

    written = tree(tmp_path)
    assert set(written) == {".gitignore", "Dockerfile", SERVICE, "kubeship.lock", "kubeship.yaml"}
    assert written[".gitignore"] == ".kubeship/\n"
    assert written[SERVICE] == "kind: Service\n"
    assert not Workspace(tmp_path).stale("production", "version: 1\n", load_lock(tmp_path / "kubeship.lock"))
    assert Workspace(tmp_path).stale("production", "version: 2\n", load_lock(tmp_path / "kubeship.lock"))
    assert Workspace(tmp_path).stale("staging", "version: 1\n", load_lock(tmp_path / "kubeship.lock"))


def test_second_write_changes_nothing(tmp_path: Path) -> None:
    Workspace(tmp_path).write(writing(tmp_path))
    before = tree(tmp_path)

    decisions = Workspace(tmp_path).write(writing(tmp_path))

    assert tree(tmp_path) == before
    assert not any(each.changes for each in decisions)


def test_deciding_changes_nothing(tmp_path: Path) -> None:
    decisions = Workspace(tmp_path).decide(writing(tmp_path))

    assert tree(tmp_path) == {}
    assert all(each.action is Action.CREATE for each in decisions)


def test_conflict_puts_the_new_text_beside_the_edited_file(tmp_path: Path) -> None:
    actions(tmp_path, WANTED)
    (tmp_path / SERVICE).write_text("kind: Service # mine\n")

    made = actions(tmp_path, {**WANTED, SERVICE: "kind: Service\nnew: 1\n"})

    assert made[SERVICE] is Action.CONFLICT
    assert (tmp_path / SERVICE).read_text() == "kind: Service # mine\n"
    assert (tmp_path / f"{SERVICE}.new").read_text() == "kind: Service\nnew: 1\n"


def test_force_takes_the_new_text(tmp_path: Path) -> None:
    actions(tmp_path, WANTED)
    (tmp_path / SERVICE).write_text("kind: Service # mine\n")

    made = actions(tmp_path, {**WANTED, SERVICE: "kind: Service\nnew: 1\n"}, force=True)

    assert made[SERVICE] is Action.REPLACE
    assert (tmp_path / SERVICE).read_text() == "kind: Service\nnew: 1\n"


def test_file_that_is_no_longer_wanted_goes_unless_it_was_edited(tmp_path: Path) -> None:
    edited, unedited = "deploy/production/a.yaml", "deploy/production/b.yaml"
    actions(tmp_path, {**WANTED, edited: "a: 1\n", unedited: "b: 1\n"})
    (tmp_path / edited).write_text("a: mine\n")

    made = actions(tmp_path, WANTED)

    assert made[edited] is Action.KEEP
    assert made[unedited] is Action.DELETE
    assert (tmp_path / edited).exists()
    assert not (tmp_path / unedited).exists()


def test_files_of_other_environments_and_in_the_root_are_left_alone(tmp_path: Path) -> None:
    actions(tmp_path, WANTED)
    staging = {"deploy/staging/web-service.yaml": "kind: Service\n"}

    Workspace(tmp_path).write(writing(tmp_path, staging, "staging"))

    assert {"Dockerfile", SERVICE, "deploy/staging/web-service.yaml"} <= set(tree(tmp_path))
    lock = load_lock(tmp_path / "kubeship.lock")
    assert set(lock.files) == {"Dockerfile", SERVICE, "deploy/staging/web-service.yaml"}
    assert set(lock.rendered_from) == {"production", "staging"}


def test_gitignore_is_extended_once_and_keeps_its_lines(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.pyc")

    actions(tmp_path, WANTED)
    actions(tmp_path, WANTED)

    assert (tmp_path / ".gitignore").read_text() == "*.pyc\n.kubeship/\n"


def test_mode_of_a_file_stays(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("old")
    (tmp_path / "run").chmod(0o751)

    replace_all(tmp_path, {"run": "new"})

    assert stat.S_IMODE((tmp_path / "run").stat().st_mode) == 0o751


def test_line_ends_and_undecodable_bytes_stay(tmp_path: Path) -> None:
    content = b"a\r\nb\n\xff\xfe"
    (tmp_path / "a").write_bytes(content)

    replace_all(tmp_path, Workspace(tmp_path).read(["a"]))

    assert (tmp_path / "a").read_bytes() == content


def test_failure_in_the_middle_leaves_everything_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old a")
    (tmp_path / "d").write_text("old d")
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a directory is needed")
    before = tree(tmp_path)

    with pytest.raises(MissingPrecondition) as caught:
        replace_all(tmp_path, {"a": "new a", "new/deep/b": "b", "blocked/c": "c"}, ["d"])

    assert caught.value.message.startswith("blocked/c can't be written")
    assert tree(tmp_path) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "blocked", "d"]


def test_failure_while_renaming_restores_what_was_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("old a")
    (tmp_path / "a").chmod(0o640)
    rename = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if target.name == "c":
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(MissingPrecondition, match="No space left on device"):
        replace_all(tmp_path, {"a": "new a", "b": "new b", "c": "new c"})

    assert tree(tmp_path) == {"a": "old a"}
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_leftovers_of_a_killed_run_are_removed(tmp_path: Path) -> None:
    abandoned, running = tmp_path / f"{TEMPORARY}abc", tmp_path / f"{TEMPORARY}def"
    abandoned.write_text("half")
    os.utime(abandoned, (0, 0))
    running.write_text("half")

    replace_all(tmp_path, {"a": "a"})

    assert set(tree(tmp_path)) == {"a", running.name}


@pytest.mark.parametrize(
    "path", ["../outside", "/etc/outside", "a/../../outside", "link/file", "link", "", "directory"]
)
def test_nothing_outside_the_project_is_written(tmp_path: Path, path: str) -> None:
    root = tmp_path / "project"
    (root / "directory").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (root / "link").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(InvalidInput):
        replace_all(root, {"fine": "x", path: "x"})

    assert tree(tmp_path) == {}


def test_evidence_goes_where_git_ignores_it(tmp_path: Path) -> None:
    place = Workspace(tmp_path).save_evidence("production-3", {"events.txt": "e\n", "logs/web.txt": "l\n"})

    assert place == tmp_path / ".kubeship/runs/production-3"
    assert tree(place) == {"events.txt": "e\n", "logs/web.txt": "l\n"}


def test_lock_that_was_written_is_read(tmp_path: Path) -> None:
    actions(tmp_path, WANTED)

    lock = load_lock(tmp_path / "kubeship.lock")

    assert lock != Lock()
    assert set(lock.files) == set(WANTED)


@pytest.mark.parametrize(
    ("files", "others"),
    [([], False), ([SERVICE, f"{SERVICE}.new"], False), ([SERVICE, "deploy/nginx.conf"], True)],
)
def test_files_of_the_projects_own_in_deploy_are_seen(tmp_path: Path, files: list[str], others: bool) -> None:
    for file in files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("")

    assert Workspace(tmp_path).has_others_in_deploy() is others
