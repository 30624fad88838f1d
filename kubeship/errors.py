"""What can go wrong, in families: each says what happened, what to do next, and which exit code it ends in."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes that docs/commands.md promises."""

    DONE = 0
    FAILED = 1
    """Build, verification, push or release failed; no workload was changed."""
    DIFFERENT = 2
    """`diff`, `render`, `init --check`: there are differences."""
    USAGE = 3
    """Bad usage, input or configuration."""
    PRECONDITION = 4
    """An engine, a registry, a cluster or a permission is missing."""
    ROLLED_BACK = 5
    """The rollout failed or timed out, and the last good revision serves again."""
    BROKEN = 6
    """The rollout failed or timed out, and was not rolled back."""
    LOCKED = 8
    """Another deploy of the same app holds the lease."""
    INTERRUPTED = 130
    TERMINATED = 143


class KubeshipError(Exception):
    """The one base of all errors that a user sees: a sentence of what and where, and a hint of what to do next."""

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, *, hint: str, details: str = "") -> None:
        """`details` are the last words of something else (a traceback's end, a log's tail), shown as they are."""
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details


class InvalidInput(KubeshipError):
    """The command line, the project, kubeship.yaml or a manifest is not what it should be."""

    exit_code = ExitCode.USAGE


class MissingPrecondition(KubeshipError):
    """The engine, registry, cluster, a permission, or something that must exist there, is missing."""

    exit_code = ExitCode.PRECONDITION


class BuildFailed(KubeshipError):
    """The image could not be built."""


class VerificationFailed(KubeshipError):
    """The image was built, but its entrypoint doesn't load or isn't what was promised."""


class PushFailed(KubeshipError):
    """The registry did not take the image."""


class ReleaseFailed(KubeshipError):
    """A release step failed; no workload has changed."""


class ApplyFailed(KubeshipError):
    """The API server refused an object; what was already applied stays and `deploy` again converges."""


class RolloutRolledBack(KubeshipError):
    """The new version failed and the last good revision serves again."""

    exit_code = ExitCode.ROLLED_BACK


class RolloutBroken(KubeshipError):
    """The new version failed, and nothing good could be or was to be restored."""

    exit_code = ExitCode.BROKEN


class LeaseHeld(KubeshipError):
    """Another deploy of the same app is running, or took over."""

    exit_code = ExitCode.LOCKED

    def __init__(self, message: str, *, hint: str, holder: str = "", since: str = "") -> None:
        """`holder` is who has it, since RFC 3339 `since`; empty where that isn't known."""
        super().__init__(message, hint=hint)
        self.holder = holder
        self.since = since


class Interrupted(KubeshipError):
    """Ctrl-C."""

    exit_code = ExitCode.INTERRUPTED


class Terminated(KubeshipError):
    """SIGTERM."""

    exit_code = ExitCode.TERMINATED
