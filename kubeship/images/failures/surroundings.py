"""Which words mean that the step itself is innocent: disk, memory, network, credentials?

They go first: what stops every download is the cause, and what one download says of it a consequence.
"""

from kubeship.images.failures.rows import Row

CREDENTIAL = (
    "give the build a credential: `build: {secrets: {NAME: {variable: VARIABLE}}}` in kubeship.yaml; it never becomes "
    "part of the image (docs/images.md, private indexes)"
)

SERVICES = Row(
    r"OperationalError|could not connect to server|Can't connect to (?:local )?(?:MySQL )?server|"
    r"ServerSelectionTimeoutError|redis\.exceptions\.ConnectionError|could not translate host name",
    "the step wants a database or another service, and a build has none: take it out of `build: {steps: [...]}`. "
    "Migrations belong to `release:` in kubeship.yaml, which runs in the cluster; code that asks the database while "
    "it is imported should ask later",
)
"""Before the network's rows: a database that a build can't reach is no fault of the network."""

SURROUNDINGS = (
    SERVICES,
    Row(
        r"[Nn]o space left on device|Errno 28\]|ENOSPC|[Dd]isk quota exceeded|not enough free space",
        "the disk is full: `docker system df` shows what of, `docker system prune` frees some (the engine's disk is "
        "meant, not this machine's, where they differ). /dev/shm and /tmp may be small disks of their own",
    ),
    Row(
        r"JavaScript heap out of memory|Reached heap limit",
        "node reached the limit of its own memory: raise it in the step (`NODE_OPTIONS=--max-old-space-size=4096`), "
        "and "
        "give the engine as much",
    ),
    Row(
        r"exit code: 137|signal: killed|Killed signal terminated program|^Killed$|^MemoryError$|Cannot allocate memory|"
        r"virtual memory exhausted|std::bad_alloc|\(os error 12\)|OutOfMemoryError",
        "the step ran out of memory, or was killed for it: give the engine more, or let it do less at once (`MAKEFLAGS="
        "-j1`, `CMAKE_BUILD_PARALLEL_LEVEL=1`); a version that has a wheel needs no compiler at all",
    ),
    Row(
        r"CERTIFICATE_VERIFY_FAILED|certificate verify failed|invalid peer certificate|UnknownIssuer|"
        r"SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(?:GET|VERIFY)_\w+|x509: certificate|server certificate verification "
        r"failed|"
        r"SSL certificate problem",
        "a server shows a certificate that the image doesn't trust, most often a company's proxy: put its authority "
        "into "
        "the base image (/usr/local/share/ca-certificates, `update-ca-certificates`) and use that as base",
    ),
    Row(
        r"(?:401|403)[^\n]{0,40}(?:Unauthorized|Forbidden)[^\n]*\b(?:https?://[^\s\"']*)?|"
        r"(?:40[13] (?:Client )?Error|HTTP error 40[13]|ERR! code E40[13]|User for [^\n]+:$)|"
        r"lack of valid authentication credentials",
        f"the package index refuses these credentials, or wants some (401, 403): {CREDENTIAL}",
    ),
    Row(
        r"could not read Username for|Authentication failed for '|terminal prompts disabled",
        f"the repository of a requirement is private, and git has no login for it: {CREDENTIAL}; or publish the "
        "package to a private index",
    ),
    Row(
        r"Host key verification failed",
        "ssh doesn't know the git server: take the requirement by https with a token, from `build.secrets` in "
        "kubeship.yaml, or add the server to known_hosts in your own Dockerfile",
    ),
    Row(
        r"Permission denied \((?:publickey|password)|git@[^\n]*Permission denied",
        f"the git server wants a key, and a build has none: take the requirement by https with a token; {CREDENTIAL}",
    ),
    Row(
        r"(?:error: cannot run ssh|ssh: not found|Could not run ssh)",
        "a requirement comes by git+ssh, and the image has neither ssh nor a key: write git+https://, with a token "
        "from `build.secrets` in kubeship.yaml when the repository is private",
    ),
    Row(
        r"\b(?:429 Too Many Requests|toomanyrequests|error: 429)",
        "the server says that it was asked too often (429): wait, or log in to have a higher limit",
    ),
    Row(
        r"\b(?:50[0234])\b[^\n]{0,20}(?:Server Error|Service Unavailable|Bad Gateway|Gateway Time-?out|Internal "
        r"Server)|"
        r"too many 50[0234] error|ResponseError\('too many|server error \(50\d",
        "the package index answers with an error of its own (5xx): try again, or set another index",
    ),
    Row(
        r"Temporary failure in name resolution|Temporary failure resolving|Could not resolve (?:host|proxy|')|Name or "
        r"service not known"
        r"(?!\s*$\s*Is the server)|nodename nor servname|no such host|ENOTFOUND|EAI_AGAIN|NameResolutionError|dns "
        r"error|"
        r"bad address '|Network is unreachable|NewConnectionError|Failed to establish a new connection|"
        r"ConnectTimeoutError|ReadTimeoutError|Read timed out|ETIMEDOUT|ECONNREFUSED|ECONNRESET|operation timed out|"
        r"Connection timed out|ProxyError|tcp connect error|Unable to connect to [\w.-]+:|Cannot initiate the "
        r"connection",
        "the build can't reach a server that it needs: check the engine's DNS and proxy (they are the engine's, not "
        "this "
        "shell's), and that the index's address is right",
    ),
)
"""Words of BuildKit, curl, apt, git, npm, pip, uv and OpenSSL. No database: that is the project's own affair."""
