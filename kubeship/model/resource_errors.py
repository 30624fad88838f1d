"""What does a program ask for that neither its code nor a server would give: of its image, its pod or its node?"""

from kubeship.model.meaning import words

_WHILE_BUILDING = "have it downloaded while the image is built (`build: {steps: [...]}` in kubeship.yaml)"

ALREADY_ORDINARY = "start the program as it is, without gosu, su-exec, sudo or a user of its own in its configuration"
FEWER_PROCESSES = "start fewer workers and threads (OPENBLAS_NUM_THREADS, OMP_NUM_THREADS), or raise the limit of pids"
ONE_HOLDER = (
    "where only one may hold it, let the older pod end first (`kind: singleton`, or strategy Recreate), and give each "
    "replica a volume of its own"
)

RESOURCES = (
    words(
        r"Found no NVIDIA driver|No CUDA GPUs are available|\blibcuda\.so\.1|CUDA driver version is insufficient|"
        r"no CUDA-capable device|Torch not compiled with CUDA enabled",
        "needs a GPU, which its container doesn't have",
        "ask for one (limits `nvidia.com/gpu: 1`, by `patches:`) where nodes have them, or let it run on the CPU",
    ),
    words(
        r"Resource '?(?P<what>[\w/.-]+)'? not found\.?\s[\s\S]*NLTK Downloader|"
        r"\[E050\] Can't find model '(?P<other>[^']+)'|Executable doesn't exist at (?P<more>\S+)",
        "needs {what}, which is no part of its distribution and not in the image",
        f"{_WHILE_BUILDING}: nltk.download, spacy download, playwright install",
    ),
    words(
        r"LocalEntryNotFoundError|OfflineModeIsEnabled|couldn't connect to 'https://huggingface\.co'|"
        r"is not a local folder and is not a valid model identifier",
        "needs a model that isn't in the image and can't be downloaded where it runs",
        f"{_WHILE_BUILDING} or onto a volume (HF_HOME names where), or allow it the way to the internet",
        heals=True,
    ),
    words(  # django/contrib/staticfiles/storage.py
        r"Missing staticfiles manifest entry for '(?P<what>[^']+)'",
        "needs the static file {what}, which is not among those that collectstatic has gathered",
        "have collectstatic run while the image is built (`build: {steps: [...]}` in kubeship.yaml), with the settings "
        "that it runs with",
    ),
    words(  # EIO, ESTALE
        r"Input/output error|Stale (?:NFS )?file handle",
        "is failed by the storage that it reads or writes",
        "look at the volume's own storage, at the node (kubectl describe node) and at the driver's log",
        heals=True,
    ),
    words(  # pip, uv
        r"No matching distribution found for (?P<what>\S+)|Could not install packages|"
        r"Failed to fetch: `https?://(?P<other>[\w.-]*pypi[\w.-]*)",
        "installs distributions when it starts, which fails where it runs",
        "install them while the image is built; at run time call what is installed (uv run --no-sync, no pip install)",
    ),
    words(
        r"No time zone found with key (?P<what>[\w/+-]+)",
        "doesn't know the time zone {what}",
        "check its spelling, or add tzdata to the project's dependencies",
    ),
    words(
        r"unsupported locale setting|'ascii' codec can't|Python was configured to use ASCII",
        "needs a locale that the image doesn't have",
        "set LANG=C.UTF-8 under `variables:`, or have the locale generated while the image is built",
    ),
    words(
        r"uid not found: (?P<what>\d+)|no matching entries in passwd|Could not determine home directory|"
        r"cannot find name for user ID (?P<other>\d+)",
        "looks up its own user {what}, whom the image's /etc/passwd doesn't have",
        "set HOME, USER and LOGNAME under `variables:`, or let it run as a user that the image has",
    ),
    words(
        r"insufficient shared memory|killed by signal: Bus error|unable to (?:open|mmap) shared memory",
        "needs more shared memory than the 64 MiB of /dev/shm",
        "mount an emptyDir with `medium: Memory` at /dev/shm",
    ),
    words(
        r"OS file watch limit reached|inotify (?:watch|instance) limit reached|too many open files.*inotify",
        "watches its files for changes, and its node allows no more of that",
        "don't reload where it is deployed: take --reload (or debug mode) out of the command",
    ),
    words(
        r"\[Errno 24\]|[Tt]oo many open files",
        "has more files and connections open than it may",
        "let it close what it doesn't need any more, or use fewer workers; the limit is the container runtime's "
        "(LimitNOFILE)",
    ),
    words(
        r"(?i)can't start new thread|pthread_create.*(?:resource temporarily unavailable|failed)|"
        r"fork: (?:retry: )?resource temporarily unavailable|cannot fork",
        "may not start any more processes or threads",
        FEWER_PROCESSES,
    ),
    words(
        r"^(?:[\w.]+\.)?_?(?:Array)?MemoryError\b|\[Errno 12\]|Cannot allocate memory|std::bad_alloc|"
        r"java\.lang\.OutOfMemoryError|JavaScript heap out of memory",
        "gets no more memory",
        "raise `resources: {memory: ...}` of the process in kubeship.yaml, load less at a time, or start fewer workers",
    ),
    words(
        r"Address family not supported by protocol",
        "asks for IPv6, which its pod doesn't have",
        "let it listen on 0.0.0.0 instead of [::], and reach servers by IPv4",
    ),
    words(  # gosu, su-exec, setpriv, sudo, uWSGI, nginx, PostgreSQL's and Redis' entrypoints
        r"(?:\b(?:gosu|su-exec|setpriv|sudo|setuid|setgid|setgroups|initgroups|set_owner_process)\b|"
        r"failed switching to).{0,200}(?:[Oo]peration not permitted|no new privileges|must be setuid|setuid bit|"
        r"effective uid)|drop privileges? as non-?root",
        "may not become another user: the container runs as an ordinary one already",
        ALREADY_ORDINARY,
    ),
    words(  # RocksDB and LevelDB, PostgreSQL, Tantivy, LMDB
        r"\b[Ll]ock(?: ?file)?\b.{0,200}(?:already (?:exists|held|locked)|[Rr]esource temporarily)|"
        r"LockBusy|[Aa]nother (?:process|instance) .*(?:running|lock|using)",
        "doesn't get a lock that somebody else holds",
        ONE_HOLDER,
        heals=True,
    ),
    words(  # initdb, mysqld
        r"directory \"(?P<what>[^\"]+)\" exists but is not empty|(?P<other>data directory) has files in it",
        "finds files in {what} where it wants to begin with an empty directory, as lost+found of a new volume is",
        "let it use a directory below the volume's (PGDATA), or mount the volume with a subPath",
    ),
    words(
        r"was initialized by PostgreSQL version (?P<what>[\d.]+), which is not compatible|"
        r"incompatible with this version.*(?P<other>database files)",
        "finds data of another version ({what})",
        "run the older version again, or bring the data over (pg_upgrade, or dump and restore)",
    ),
    words(
        r"vm\.max_map_count \[?\d+\]? is too low",
        "needs a higher vm.max_map_count on its node",
        "have the node's administrator set it (sysctl vm.max_map_count=262144)",
    ),
)
"""The first that matches counts. Sources: each program's own words; glibc's strerror."""
