"""What does an exit code say by convention? A table."""

import re
import signal
from dataclasses import dataclass

LAST_WORDS = "correct what its last words name, then deploy again"


@dataclass(frozen=True)
class ExitCode:
    """What it says, to complete a sentence that begins `web crashes: `."""

    cause: str
    remedy: str


def exit_code(code: int, words: str) -> ExitCode | None:
    """What the code says by convention; 3 and 4 only where one of the servers with that convention has spoken."""
    if code in _SERVERS_CODES and not _SERVERS_WORDS.search(words):
        return None
    if code in EXIT_CODES or code <= SIGNALLED:
        return EXIT_CODES.get(code)
    name = next((each.name for each in signal.Signals if each == code - SIGNALLED), "")
    return ExitCode(f"a signal ended it (exit code {code}, {name})", LAST_WORDS) if name else None


NOT_EXECUTABLE = 126
SIGNALLED = 128
SIGKILLED = 128 + signal.SIGKILL
"""Exit code of what the kernel, the kubelet or somebody else has killed."""
_SERVERS_CODES = (3, 4)
_SERVERS_WORDS = re.compile(r"gunicorn|\[ERROR\] |Worker failed to boot|App failed to load|Application startup failed")

EXIT_CODES = {
    3: ExitCode(
        "its server couldn't start the application (exit code 3, gunicorn's and uvicorn's for that)",
        "run `kubeship verify`: it loads the entrypoint inside the image; its last words may tell more",
    ),
    4: ExitCode(
        "gunicorn can't load the application (exit code 4)",
        "check the process' `entrypoint:` in kubeship.yaml",
    ),
    NOT_EXECUTABLE: ExitCode(
        "its command can't be executed (exit code 126)", "make the command executable in the Dockerfile"
    ),
    127: ExitCode(
        "its command doesn't exist in the image (exit code 127)",
        "correct the process' `command:`, or add the distribution that brings it to the dependencies",
    ),
    132: ExitCode(
        "a compiled extension uses instructions that the node's processor doesn't have (exit code 132, SIGILL)",
        "install builds for an older processor, or choose other nodes",
    ),
    134: ExitCode("a library aborted it (exit code 134, SIGABRT)", "read its last words; often a C extension fails"),
    135: ExitCode(
        "it reached memory that isn't there (exit code 135, SIGBUS)",
        "look whether /dev/shm (64 MiB) or the volume of a mapped file is full; mount an emptyDir with `medium: "
        "Memory` at /dev/shm",
    ),
    SIGKILLED: ExitCode(
        "it was killed (exit code 137, SIGKILL), and nobody says that its own memory limit was why",
        "look at the node's memory (kubectl describe node), and whether a child process was killed at the limit; try a "
        "higher limit too: container runtimes don't always tell that it was reached",
    ),
    139: ExitCode(
        "a compiled extension crashed (exit code 139, SIGSEGV)",
        "pin the version of the extension that works on your machine; set PYTHONFAULTHANDLER=1 to see where",
    ),
    143: ExitCode("something asked it to end (exit code 143, SIGTERM)", "look at the pod's events for who did"),
}
"""Shell convention: 126 and 127, 128 + signal (POSIX, 2.8.2); 3 and 4: gunicorn/arbiter.py, uvicorn/main.py."""
