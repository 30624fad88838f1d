"""Why did an image not build, and what is there to do? The words of pip, compilers, Debian and BuildKit in a table."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from kubeship.errors import BuildFailed
from kubeship.images.progress import FailedStage
from kubeship.model.python_errors import meaning, read_traceback

SHOWN_LINES = 20


def build_failed(tag: str, stage: FailedStage | None, message: str) -> BuildFailed:
    """The error of a build: the step that failed, the end of its log, and the hint for its most likely cause.

    `message` is the engine's own word, all there is when no step had begun.
    """
    if stage is None:
        return BuildFailed(f"Building {tag} failed: {message}", hint=hint((), message))
    said = stage.error if not stage.log else _exit_code(stage.error)
    return BuildFailed(
        f"Building {tag} failed in {stage.title}: {said}",
        hint=hint(stage.log, f"{stage.error}\n{message}"),
        details="\n".join(stage.log[-SHOWN_LINES:]),
    )


def hint(log: Sequence[str], message: str) -> str:
    """What to do next, by the first row of CAUSES that a log or the engine's message shows."""
    text = "\n".join((*log, message))
    for pattern, advice in CAUSES:
        if found := re.search(pattern, text):
            return found.expand(advice)
    if header := re.search(r"fatal error: ([\w./+-]+\.h): No such file", text):
        package = HEADERS.get(header[1])
        named = package or f"the Debian package that has {header[1]} (packages.debian.org finds it)"
        return f"Add {named} to `system_packages: {{build: [...]}}` in kubeship.yaml."
    if (error := read_traceback("\n".join(log))) and (known := meaning(error)):
        return f"The step {known.cause}: {known.remedy}."
    if missing := re.search(r"(?:sh|bash): (?:\d+: |line \d+: )?([\w./+-]+): (?:command )?not found", text):
        return f"The step calls {missing[1]}, which the image doesn't have: install it, or correct the step."
    return "Correct the step that failed; its last lines are above. Then run the same command again."


CAUSES: tuple[tuple[str, str], ...] = (
    (
        r"No space left on device|no space left on device",
        "The engine's disk is full: free some with `docker system prune`, then build again.",
    ),
    (
        r"Temporary failure in name resolution|Temporary failure resolving|Could not resolve host|"
        r"Network is unreachable|NewConnectionError|Failed to establish a new connection|ConnectTimeoutError",
        "The build has no network: check the engine's DNS and proxy, and that it can reach the package index.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|certificate verify failed",
        "The package index shows a certificate that the image doesn't trust: add its authority to the base image.",
    ),
    (
        r"DO NOT MATCH THE HASHES",
        "A downloaded file is not the one that was locked: lock the requirements again, and distrust the index until "
        "you know why.",
    ),
    (
        r"Hashes are required in --require-hashes mode|all requirements must have their versions pinned",
        "Some requirements have a hash and others don't: write the file again with `pip-compile --generate-hashes`.",
    ),
    (
        r"pg_config executable not found|libpq-fe\.h: No such file",
        "Add libpq-dev to `system_packages: {build: [...]}` in kubeship.yaml (and libpq5 to runtime), or depend on "
        "psycopg2-binary.",
    ),
    (
        r"mysql_config(?:: | )not found|Can not find valid pkg-config name|mysql\.h: No such file",
        "Add default-libmysqlclient-dev and pkg-config to `system_packages: {build: [...]}` in kubeship.yaml (and "
        "libmariadb3 to runtime).",
    ),
    (
        r"(?:command|execute) '[\w-]*(?:gcc|cc|g\+\+|clang)'(?: failed: No such file| ?: No such file)|"
        r"gcc: not found|No working compiler found|unable to find a compiler|Unknown compiler\(s\)",
        "Add build-essential to `system_packages: {build: [...]}` in kubeship.yaml: something without a wheel must be "
        "compiled.",
    ),
    (
        r"can't find Rust compiler|Cargo, the Rust package manager, is not installed|cargo: not found",
        "Add cargo to `system_packages: {build: [...]}` in kubeship.yaml, or take a version that has a wheel for this "
        "Python.",
    ),
    (
        r"Cannot find command 'git'|git: not found|unable to find git",
        "Add git to `system_packages: {build: [...]}` in kubeship.yaml: a requirement comes from a repository.",
    ),
    (
        r"curl-config: |Could not run curl-config",
        "Add libcurl4-openssl-dev and libssl-dev to `system_packages: {build: [...]}` in kubeship.yaml.",
    ),
    (
        r"Could not find (?:a version that satisfies the requirement|gdal-config)[^\n]*gdal-config",
        "Add libgdal-dev to `system_packages: {build: [...]}` in kubeship.yaml.",
    ),
    (
        r"Ignored the following versions that require a different python version[^\n]*\n(?:.*\n)*?.*"
        r"No matching distribution found for (\S+)",
        r"\1 exists for other Python versions only: choose another `python:` in kubeship.yaml, or another version.",
    ),
    (
        r"No matching distribution found for (\S+)",
        r"Check the name and version of \1, that the index has it, and that it has a release for the `python:` in "
        "kubeship.yaml.",
    ),
    (
        r"ResolutionImpossible|because these package versions have conflicting dependencies",
        "Two requirements exclude each other (named above): loosen or pin one of them.",
    ),
    (
        r"E: Unable to locate package (\S+)",
        r"Debian has no package \1 in the base image's release: correct `system_packages:` in kubeship.yaml.",
    ),
    (
        r"Could not open requirements file: [^']*'([^']+)'",
        r"\1 isn't in the image at that step: check that it exists, and that .dockerignore doesn't exclude it.",
    ),
    (
        r"\"/?([^\"\n]+)\" not found|COPY failed: file not found[^:]*: stat ([^\n:]+)",
        r"\1 isn't in the build context: check that it exists, and that .dockerignore doesn't exclude it.",
    ),
    (
        r"pull access denied|manifest unknown|failed to resolve source metadata|/manifests/|manifest for \S+ not found",
        "The base image in FROM can't be had: check its name and tag, that its registry can be reached, and "
        "run `docker login` if it is private.",
    ),
    (
        r"unknown (?:flag|instruction)|dockerfile parse error|parse error on line",
        "This engine's BuildKit doesn't understand the Dockerfile: correct that line, or use a newer engine.",
    ),
    (
        r"exec format error",
        "The image is for another processor than the engine's: set `platform:` in kubeship.yaml to the engine's, or "
        "install emulation (binfmt-support, qemu-user-static) on its host.",
    ),
    (
        r"exit code: 137|did not complete successfully: exit code: 137",
        "The step was killed, most likely for want of memory: give the engine more.",
    ),
)
"""Pattern, what to do; in order of precedence: what stops every download comes before what one download says."""

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Python.h": "python3-dev",
        "cairo.h": "libcairo2-dev and pkg-config",
        "ffi.h": "libffi-dev",
        "gssapi/gssapi.h": "libkrb5-dev",
        "jpeglib.h": "libjpeg62-turbo-dev",
        "lber.h": "libldap2-dev and libsasl2-dev",
        "libmemcached/memcached.h": "libmemcached-dev",
        "librdkafka/rdkafka.h": "librdkafka-dev",
        "libxml/xpath.h": "libxml2-dev and libxslt1-dev",
        "libxml/xmlversion.h": "libxml2-dev and libxslt1-dev",
        "openssl/opensslv.h": "libssl-dev",
        "openssl/ssl.h": "libssl-dev",
        "portaudio.h": "portaudio19-dev",
        "sasl/sasl.h": "libsasl2-dev",
        "snappy-c.h": "libsnappy-dev",
        "sql.h": "unixodbc-dev",
        "yaml.h": "libyaml-dev",
        "zlib.h": "zlib1g-dev",
    }
)
"""C header -> Debian package. Source: packages.debian.org, contents of bookworm."""


def _exit_code(error: str) -> str:
    code = re.search(r"exit code: (\d+)", error)
    return f"exit code {code[1]}" if code else error
