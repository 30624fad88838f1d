"""What does an exception mean that lies in what the image lacks, or in what its container forbids?"""

import re

from kubeship.model.meaning import HIGHER_PORT, WRITE_ELSEWHERE, Meaning, at
from kubeship.model.python_names import LIBRARY_PACKAGES
from kubeship.model.python_traceback import PythonError
from kubeship.model.resource_errors import ALREADY_ORDINARY, FEWER_PROCESSES, ONE_HOLDER

_RUNTIME = "`system_packages: {runtime: [...]}` in kubeship.yaml"


def missing_library(error: PythonError) -> Meaning | None:
    """glibc's dlopen: `libpq.so.5: cannot open shared object file: No such file or directory`."""
    if "no pq wrapper available" in error.message:
        return Meaning(
            "can't use psycopg, because the library libpq.so.5 is not in the image",
            f"declare psycopg[binary], or add libpq5 to {_RUNTIME}",
        )
    missing = re.search(r"(?P<library>lib[\w.+-]+\.so[\w.]*): cannot open shared object file", error.message)
    missing = missing or re.search(r"(?:cannot load library|Can't open lib) '(?P<library>[\w.+ -]+)'", error.message)
    if not missing:
        return None
    library = missing["library"]
    package = LIBRARY_PACKAGES.get(library) or LIBRARY_PACKAGES.get(f"lib{library.removeprefix('lib')}.so.0")
    named = package or f"the Debian package that has {library} (packages.debian.org finds it)"
    return Meaning(f"needs the system library {library}, which is not in the image", f"add {named} to {_RUNTIME}")


FOREIGN_BUILDS = (
    (
        r"version [`'](?P<what>(?:GLIBC|GLIBCXX|CXXABI)_[\d.]+)' not found",
        "was built for a newer system: it needs {what}",
    ),
    (r"undefined symbol: (?P<what>\w+)", "was built for another version of what it uses: it lacks {what}"),
    (
        r"wrong ELF class|invalid ELF header|Exec format error|cannot enable executable stack",
        "is no build for this image",
    ),
    (
        r"Error loading shared library (?P<what>ld-linux[\w.-]*|libc\.so\.6)",
        "was built for glibc, and the image has musl",
    ),
)
"""glibc's and musl's dynamic loaders (dl-version.c, dl-lookup.c, dl-load.c; ldso/dynlink.c)."""


def foreign_build(error: PythonError) -> Meaning | None:
    """A compiled extension that the image's loader refuses."""
    if error.name not in ("ImportError", "OSError"):
        return None
    for pattern, words in FOREIGN_BUILDS:
        if found := re.search(pattern, error.message):
            file = re.search(
                r"(?:required by |^)\(?([\w./-]+\.so[\w.]*)", error.message.partition("not found")[2] or ""
            )
            file = file or re.search(r"([\w.+-]+\.so[\w.]*)", error.message)
            name = file[1].rpartition("/")[2] if file else "a compiled extension"
            return Meaning(
                f"can't load {name}{at(error)}, which {words.format(**found.groupdict())}",
                "install it inside the image that runs it (no copied virtual environment or .so), on the same base "
                "image in both stages; or choose a version that has a wheel for it",
            )
    return None


def missing_program(error: PythonError) -> Meaning | None:
    """`subprocess` names the program as it was called (CPython, Lib/subprocess.py, _execute_child)."""
    missing = error.name == "FileNotFoundError" and re.search(r"\[Errno 2\] [^:]+: '(?P<what>[^']+)'", error.message)
    if not missing or not re.search(r"/subprocess\.py$|/asyncio/|<frozen posix", error.raised_in):
        return None
    return Meaning(
        f"calls the program {missing['what']}, which is not in the image{at(error)}",
        f"add the Debian package that brings {missing['what']} to {_RUNTIME}",
    )


def not_writable(error: PythonError) -> Meaning | None:
    """Errno 1, 13 and 30 with a path; SQLite's and tempfile's own words for the same."""
    if error.name == "FileNotFoundError" and "No usable temporary directory" in error.message:
        return Meaning(
            f"finds no directory for temporary files that it may write{at(error)}",
            "mount an emptyDir at /tmp, which kubeship's own manifests have",
        )
    if re.search(r"unable to open database file|attempt to write a readonly database", error.message):
        return Meaning(
            f"can't open its SQLite database for writing{at(error)}: {error!s}",
            "keep the file on a volume (`volumes:` in kubeship.yaml) that the container's user may write, its "
            "directory too; or use a database server",
        )
    denied = re.search(r"\[Errno (?P<number>1|13|30)\] [\w -]+: '(?P<path>[^']+)'", error.message)
    if not denied:
        return None
    if denied["number"] == "1":
        return Meaning(
            f"may not change the owner or the mode of {denied['path']}{at(error)}: {error!s}",
            f"{ALREADY_ORDINARY}; what the image needs is set in the Dockerfile, and a volume by `fsGroup`",
        )
    reason = "that is read-only in the container" if "[Errno 30]" in error.message else "without the permission to"
    return Meaning(f"opens or writes {denied['path']}, {reason}{at(error)}", WRITE_ELSEWHERE)


def missing_file(error: PythonError) -> Meaning | None:
    """Errno 2 with a path."""
    missing = re.search(r"\[Errno 2\] [^:]+: '(?P<path>[^']+)'", error.message)
    if not missing:
        return None
    if (
        re.search(r"/logging/\w+\.py$", error.raised_in)
        or re.search(r"\bopen\(.*['\"][awx]b?\+?['\"]", error.source)
        or re.search(r"\.(?:lock|log|pid|sock)$", missing["path"])
    ):
        return Meaning(
            f"writes {missing['path']}, whose folder is not there{at(error)}",
            f"{WRITE_ELSEWHERE}; a folder that is needed is made in the Dockerfile, or by the program itself",
        )
    cause = f"reads {missing['path']}, which is not there{at(error)}"
    if re.match(r"/(?:etc|mnt|run|secrets?|vault|var|config)/", missing["path"]):
        return Meaning(cause, "mount the Secret, ConfigMap or volume that it comes from there, or correct the path")
    return Meaning(
        cause,
        "check that .dockerignore doesn't exclude it, and name it relative to __file__, not to the working directory",
    )


def no_file(error: PythonError) -> Meaning | None:
    """Errno 20 and 21: a directory where a file should be, or a file where a directory should be."""
    found = re.search(r"\[Errno (?P<number>20|21)\] [^:]+: '(?P<path>[^']+)'", error.message)
    if not found:
        return None
    kind = "a directory" if found["number"] == "21" else "no directory"
    return Meaning(
        f"opens {found['path']}, which is {kind}{at(error)}",
        "correct the path; where a volume is mounted there by `subPath`, name something that the volume has: "
        "for what it lacks Kubernetes makes a directory",
    )


def not_locked(error: PythonError) -> Meaning | None:
    """Errno 11 of flock(2), lockf(3) and fork(2)."""
    if error.name != "BlockingIOError" or "[Errno 11]" not in error.message:
        return None
    forks = r"/(?:subprocess|popen_fork|process|threading)\.py$"
    if re.search(forks, error.raised_in) or re.search(r"\bfork\w*\(", error.text):
        return Meaning(f"may not start any more processes or threads{at(error)}", FEWER_PROCESSES)
    return Meaning(f"doesn't get a lock that somebody else holds{at(error)}: {error!s}", ONE_HOLDER, heals=True)


def other_user(error: PythonError) -> Meaning | None:
    """Errno 1 without a path: setuid(2), setgid(2), initgroups(3), and whatever else takes a capability."""
    if error.name not in ("OSError", "PermissionError") or "[Errno 1]" not in error.message or "'" in error.message:
        return None
    if not re.search(r"\b(?:set(?:re|res|e)?[ug]id|setgroups|initgroups)\(", error.text):
        return Meaning(
            f"asks the kernel for what its container may not do{at(error)}: {error!s}",
            "do without it (raw sockets, mounts, changing clocks or priorities), or add the capability to the "
            "container's securityContext, where the cluster allows that",
        )
    return Meaning(f"may not become another user{at(error)}: {error!s}", ALREADY_ORDINARY)


def disk_full(error: PythonError) -> Meaning | None:
    """Errno 28, also of /dev/shm and of a volume."""
    if not re.search(r"No space left on device|Disk quota exceeded", error.message):
        return None
    return Meaning(
        f"finds no space left where it writes{at(error)}: {error!s}",
        "enlarge the volume or the emptyDir (its sizeLimit; /dev/shm has 64 MiB), or write less",
    )


def lost_child(error: PythonError) -> Meaning | None:
    """concurrent.futures and billiard tell that a child is gone; the kernel takes children at the memory limit."""
    if error.name != "BrokenProcessPool" and not re.search(r"signal 9\b|SIGKILL", error.message):
        return None
    return Meaning(
        f"lost a child process, as when it needs more than the memory limit{at(error)}: {error!s}",
        "raise `resources: {memory: ...}` of the process in kubeship.yaml, or start fewer children",
    )


def cannot_listen(error: PythonError) -> Meaning | None:
    """bind(2): a port that is taken, or one below 1024."""
    message = error.message.lower()
    binding = re.search(r"\bbind\b|no socket could be created", message) or re.search(r"\.bind\(", error.source)
    if error.name not in ("OSError", "PermissionError") and not binding:
        return None
    if "address already in use" in message:
        return Meaning(
            f"listens on a port that is taken in its container{at(error)}",
            "start the server once: a module must not call app.run() while it is imported, and no other program or "
            "container of the pod may take its port",
        )
    binding = binding or re.search(r"/(?:socketserver|socket|asyncio/\w+)\.py$", error.raised_in)
    if binding and re.search(r"cannot assign requested address|\[errno -|^failed to bind to address", message):
        return Meaning(
            f"listens on an address that isn't its pod's{at(error)}: {error!s}",
            "let it listen on 0.0.0.0",
        )
    if "[errno 13]" in message and binding and "'/" not in message:
        return Meaning(
            f"isn't allowed to listen on its port{at(error)}: {error!s}",
            HIGHER_PORT,
        )
    return None
