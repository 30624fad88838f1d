"""What must be true after a command was disturbed, and was run again?"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.runs import Ran
from tests.faults.world import DEPLOY, IMAGE, App, well_ended

NOTHING_THERE = 3
"""What `delete` exits with where the app isn't deployed."""


@dataclass(frozen=True)
class Command:
    """A command of kubeship's."""

    arguments: tuple[str, ...]
    prepare: Callable[[App, bool], None]
    """Brings the app to where the command has something to do; whether what is deployed is to fail."""
    converges: Callable[[App, Ran, str], None]
    """Runs it again, undisturbed, and looks at everything."""


def other_files(app: App, fails: bool) -> None:
    """Those of the next version."""
    app.next_version(fails=fails)


def one_to_go_back_to(app: App, fails: bool) -> None:
    """Another version is deployed on top of the one that runs."""
    app.next_version()
    app.earlier = max(number for number, record in app.records().items() if record["outcome"] == "succeeded")
    again(app, DEPLOY, "before it")
    (app.step,) = app.jobs()


def rolled_back(app: App, before: Ran, what: str) -> None:
    """The version before runs, and the release step of the newer one was undone once."""
    told = well_ended(before, what)
    again(app, ("rollback", str(app.earlier)), told)

    app.version -= 1
    assert app.state(jobs=False) == {key: value for key, value in app.reference.items() if "Job/" not in key}, told
    app.version += 1
    assert app.holder() == "", told
    assert app.jobs() == [], told
    assert app.ran(f"{app.step}-undo") == 1, f"{told}\nran: {app.node.ran}"
    app.next_version()
    app.converges(before, what)


def deleted(app: App, before: Ran, what: str) -> None:
    """Nothing of the app is there, and everything of others."""
    told = well_ended(before, what)
    ran, _ = app.kubeship("delete", "--yes")
    assert ran.code in {0, NOTHING_THERE}, f"{told}\nand again: {ran.code}\n{ran.err}"
    assert app.state() == app.empty, told
    assert app.records() == {}, told
    assert app.leases() == [], told
    app.next_version()
    app.converges(ran, told)


def ran_once_more(app: App, before: Ran, what: str) -> None:
    """A Job that somebody's end has left behind goes by itself; nothing else has changed."""
    told = well_ended(before, what)
    again(app, ("run", "--", "true"), told)
    assert app.state() == app.reference, told
    for job in app.one_offs():
        assert job["spec"]["ttlSecondsAfterFinished"], told
        app.plane.request("DELETE", f"{app.jobs_path}/{job['metadata']['name']}?propagationPolicy=Background")


def nothing_changed(*arguments: str, code: int = 0) -> Callable[[App, Ran, str], None]:
    """Nothing was changed, and the same command answers."""

    def check(app: App, before: Ran, what: str) -> None:
        told = well_ended(before, what)
        again(app, arguments, told, code)
        app.version -= 1  # the files are those of the next version, which isn't deployed
        assert app.state() == app.reference, told
        assert app.holder() == "", told

    return check


def again(app: App, arguments: tuple[str, ...], told: str, code: int = 0) -> None:
    """Undisturbed, and well."""
    ran, _ = app.kubeship(*arguments)
    assert ran.code == code, f"{told}\nand {' '.join(arguments)}: {ran.code}\n{ran.err}"


DIFF = ("diff", "--image", IMAGE)
COMMANDS = {
    "check": Command(("check",), other_files, nothing_changed("check", code=4)),
    "delete": Command(("delete", "--yes"), lambda app, fails: None, deleted),
    "deploy": Command(DEPLOY, other_files, App.converges),
    "diff": Command(DIFF, other_files, nothing_changed(*DIFF, code=2)),
    "history": Command(("history",), other_files, nothing_changed("history")),
    "logs": Command(("logs",), other_files, nothing_changed("logs")),
    "rollback": Command(("rollback",), one_to_go_back_to, rolled_back),
    "run": Command(("run", "--", "true"), lambda app, fails: None, ran_once_more),
    "status": Command(("status",), other_files, nothing_changed("status")),
}
"""`check` finds that nobody can push to the registry, which doesn't exist."""
REQUESTS = {
    "check": 60,
    "delete": 60,
    "deploy": 110,
    "diff": 60,
    "history": 20,
    "logs": 20,
    "rollback": 90,
    "run": 40,
    "status": 30,
}
"""How many requests of a command may be spoilt: all of them, and some more."""
