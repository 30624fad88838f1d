"""Can this machine carry the stack, and which of Debian's packages are missing on it?"""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.stack.errors import MissingPrecondition, StackError
from tests.stack.progress import step
from tests.stack.run import run
from tests.stack.versions import Versions

INSTEAD = (
    "Run it on Linux as root with Debian's apt, or name servers that exist already: DOCKER_HOST, "
    "KUBESHIP_TEST_CONTEXT, KUBESHIP_TEST_REGISTRY, KUBESHIP_TEST_INGRESS and KUBESHIP_TEST_DATABASE."
)


def require_machine(versions: Versions) -> None:
    """Raise MissingPrecondition with one list of everything that the stack can't get for itself."""
    problems = lacking(platform.system(), os.geteuid(), shutil.which, missing_packages(versions.debian))
    if problems:
        listed = "".join(f"\n  - {problem}" for problem in problems)
        raise MissingPrecondition(f"The test stack can't run on this machine:{listed}\n{INSTEAD}")


def lacking(system: str, user: int, which: Callable[[str], str | None], packages: Mapping[str, str]) -> list[str]:
    """What is missing and can't be installed, one sentence each."""
    problems = []
    if system != "Linux":
        problems.append(f"Linux (this is {system})")
    if user != 0:
        problems.append("root (network namespaces, mounts and cgroups need it)")
    if packages and not which("apt-get"):
        problems.append(f"apt-get, to install {', '.join(sorted(packages.values()))}")
    problems += [f"the command {command}" for command in ("unshare", "nsenter", "setpriv") if not which(command)]
    return problems


def missing_packages(debian: Mapping[str, str]) -> dict[str, str]:
    """Package by the command, or the pattern of a path, that shows that it isn't there."""
    found = {
        command: list(Path("/").glob(command[1:])) if "/" in command else shutil.which(command) for command in debian
    }
    return {command: package for command, package in debian.items() if not found[command]}


def install_packages(versions: Versions) -> None:
    """Install what is missing, without starting any service of it."""
    missing = sorted(missing_packages(versions.debian).values())
    if not missing:
        return
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with step(f"installing Debian's {', '.join(missing)}"), _no_services():
        run(["apt-get", "update", "-q"], environment=quiet)
        run(["apt-get", "install", "-q", "-y", "--no-install-recommends", *missing], environment=quiet)
    if left := missing_packages(versions.debian):
        raise StackError(f"apt installed {', '.join(left.values())}, and {', '.join(left)} is still missing")


class _no_services:  # noqa: N801 - reads as a word of the with statement
    """Debian starts a daemon when its package is installed, unless this script forbids it (exit 101)."""

    path = Path("/usr/sbin/policy-rc.d")

    def __enter__(self) -> None:
        self.ours = not self.path.exists()
        if self.ours:
            self.path.write_text("#!/bin/sh\nexit 101\n")
            self.path.chmod(0o755)

    def __exit__(self, *_: object) -> None:
        if self.ours:
            self.path.unlink(missing_ok=True)


def resolver() -> str:
    """A resolv.conf whose servers can be reached from another network namespace."""
    behind_systemd = Path("/run/systemd/resolve/resolv.conf")
    if "127.0.0.53" in Path("/etc/resolv.conf").read_text() and behind_systemd.exists():
        return str(behind_systemd)
    return "/etc/resolv.conf"
