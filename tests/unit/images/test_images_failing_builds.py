"""Is every log of a really failing build explained? The logs are made by `python -m tests.failing_builds`."""

import json
import re
from pathlib import Path

import pytest

from kubeship.images.build_failures import build_failed
from kubeship.images.failures.explain import NOBODY_KNOWS
from kubeship.images.progress import FailedStage

LOGS = Path(__file__).parent / "logs"
CASES = Path(__file__).parents[2] / "failing_builds" / "cases"
ADVICE = {
    "alsa": "libasound2-dev",
    "base-missing": "base image in FROM",
    "base-unreachable": "base image in FROM",
    "bdist-wheel": "distribution wheel is missing",
    "bluetooth": "use_2to3",
    "cairo": "libcairo2-dev",
    "cairo-pkg-config": "libcairo2-dev",
    "carriage-returns": "Windows line ends",
    "cc1plus": "build: [g++",
    "cmake": "cmake, g++, make",
    "compileall": "syntax error (app.py:1)",
    "conflict-pip": "exclude each other",
    "conflict-uv": "exclude each other",
    "copy-from-stage-missing": "out isn't in the build context (or in the stage",
    "copy-from-unknown-stage": "COPY --from",
    "copy-ignored": "static isn't in the build context",
    "copy-link": "doesn't know --link",
    "copy-missing": "nope.txt isn't in the build context",
    "cups": "libcups2-dev",
    "curl-config": "libcurl4-openssl-dev",
    "cython-missing": "imports Cython without naming it",
    "dbus": "libdbus-1-dev",
    "debian-archived": "left the mirrors",
    "debian-no-candidate": "no package python3-distutils",
    "debian-no-update": "lacks `apt-get update`",
    "debian-unknown-package": "doesn't find libpq9",
    "debian-version": "no longer has curl in version 7.1-1",
    "disk-full": "disk is full",
    "disk-full-apt": "disk is full",
    "distutils": "Python 3.12 removed it",
    "django-database": "belong to `release:`",
    "django-database-host": "belong to `release:`",
    "django-empty-secret-key": "build: {variables",
    "django-missing-module": "djangorestframework",
    "django-no-static-root": "STATIC_ROOT",
    "django-settings-missing": "can't import shop",
    "django-shared-library": "{build: [libpq5], runtime: [libpq5]}",
    "django-static-dir-missing": "/app/frontend/dist",
    "django-static-manifest": "refers to missing.png",
    "django-unknown-command": "no command compress",
    "django-variable": "build: {variables",
    "empty-folder": "submodule",
    "externally-managed": "PEP 668",
    "ffi-header": "libffi-dev",
    "ffmpeg-av": "libavformat-dev",
    "flat-layout": "[tool.setuptools] packages",
    "gcc": "build: [gcc, libc6-dev]",
    "gdal": "libgdal-dev",
    "geos": "libgeos-dev",
    "gettext-missing": "gettext",
    "gfortran": "gfortran",
    "girepository": "libgirepository-2.0-dev",
    "git-https-login": "repository of a requirement is private",
    "git-missing": "build: [git]",
    "git-ssh-host-key": "doesn't know the git server",
    "git-ssh-missing": "git+ssh",
    "git-ssh-no-key": "wants a key",
    "git-unreachable": "can't reach a server",
    "graphviz": "libgraphviz-dev",
    "grpc-old": "pkg_resources",
    "hash-mismatch": "distrust the index",
    "hash-missing": "--generate-hashes",
    "hash-unpinned": "--generate-hashes",
    "hatch-no-package": "tool.hatch.build",
    "hdf5": "libhdf5-dev",
    "heredoc": "too old for heredocs",
    "icu": "libicu-dev",
    "index-401": "refuses its login",
    "index-401-uv": "refuses these credentials",
    "index-403": "refuses its login",
    "index-403-uv": "refuses these credentials",
    "index-503": "gives nothing for shop-core",
    "index-503-uv": "error of its own (5xx)",
    "invalid-requirement": "`flask=>3.0`",
    "jpeg-zlib": "libjpeg-dev, zlib1g-dev",
    "kerberos": "libkrb5-dev",
    "killed": "out of memory",
    "krb5": "libkrb5-dev",
    "ldap": "libldap2-dev, libsasl2-dev",
    "leveldb": "libleveldb-dev",
    "libvirt": "pkg-config",
    "libxml2": "libxml2-dev, libxslt1-dev",
    "linker": "liblz4-dev",
    "llvm": "llvmlite has no wheel",
    "mariadb": "libmariadb-dev",
    "memcached": "libmemcached-dev",
    "memory": "out of memory",
    "mysql-config": "default-libmysqlclient-dev",
    "netcdf": "libnetcdf-dev",
    "network-apt": "can't reach a server",
    "network-pip": "can't reach a server",
    "network-proxy": "can't reach a server",
    "network-refused": "can't reach a server",
    "network-uv": "can't reach a server",
    "no-such-distribution": "check its spelling",
    "no-such-version": "no flask==99.0",
    "node-memory": "max-old-space-size",
    "node-module-missing": "can't find express",
    "not-executable": "chmod=+x",
    "npm-dev-dependency": "vite isn't installed",
    "npm-engine": "another Node (99)",
    "npm-lock-mismatch": "run `npm install`",
    "npm-missing-script": "no script build",
    "npm-network": "can't reach a server",
    "npm-no-lock": "run `npm install`",
    "npm-not-found": "no package a-package-of-nobody-at-all",
    "npm-package-json-missing": "package.json isn't in the image",
    "npm-peer-conflict": "exclude each other",
    "numpy-distutils": "setuptools that is too old",
    "numpy-missing": "imports numpy without naming it",
    "odbc": "unixodbc-dev",
    "openblas": "libopenblas-dev",
    "openssl-header": "m2crypto has no wheel",
    "pcsc": "libpcsclite-dev",
    "pdm-lock-outdated": "run `pdm lock`",
    "pdm-no-lock": "run `pdm lock`",
    "permission-apt": "apt needs root",
    "permission-pip": "as a user that may not",
    "pg-config": "build: [gcc, libc6-dev, libpq-dev], runtime: [libpq5]",
    "pipenv-lock-outdated": "run `pipenv lock`",
    "pipenv-python": "wants Python 3.9",
    "pkg-resources": "pkg_resources",
    "poetry-check": "run `poetry lock`",
    "poetry-conflict": "exclude each other",
    "poetry-lock-outdated": "run `poetry lock`",
    "poetry-no-readme": "remove `readme`",
    "poetry-python": "wants Python >=3.14",
    "portaudio": "portaudio19-dev",
    "program-missing": "build: [make]",
    "protoc": "protobuf-compiler",
    "psycopg-c": "libpq-dev",
    "pyinstaller-no-binutils": "binutils",
    "pyinstaller-script-missing": "bundle main.py",
    "pyproject-backend-missing": "backend hatchling.build",
    "pyproject-license": "`project.license`",
    "pytest-missing": "pytest isn't installed",
    "python-header": "python3-dev",
    "python-refused-by-setup": "supports Python >=3.9,<3.13 only",
    "python-too-new-for-release": "numpy==1.21.3 isn't there for this Python",
    "python-too-new-for-wheels": "no torch==2.1.0 for this Python",
    "rdkafka": "librdkafka-dev",
    "requirements-ignored": ".dockerignore",
    "requirements-nested-missing": "/base.txt isn't in the image",
    "requires-python": "wants Python >=3.14",
    "rust-setuptools": "cargo",
    "sasl": "libsasl2-dev",
    "setup-imports-own-dependency": "imports yaml without naming it",
    "setup-readme-missing": "reads README.rst",
    "setuptools-missing": "setuptools",
    "setuptools-scm": "SETUPTOOLS_SCM_PRETEND_VERSION",
    "snappy": "libsnappy-dev",
    "swig": "m2crypto has no wheel",
    "syntax-error": "syntax error (app.py:2)",
    "systemd": "libsystemd-dev",
    "tests-fail": "tests failed",
    "tests-import-error": "can't import requests",
    "tests-none": "found no tests",
    "tls-pip": "certificate that the image doesn't trust",
    "tls-uv": "certificate that the image doesn't trust",
    "unknown-instruction": "line 2 of the Dockerfile begins with INSTAL",
    "use-2to3": "use_2to3",
    "uv-gcc": "build: [gcc, libc6-dev]",
    "uv-hash-mismatch": "distrust the index",
    "uv-invalid-pyproject": "can't be read (line 3)",
    "uv-lock-outdated": "run `uv lock`",
    "uv-no-lock": "there is no uv.lock",
    "uv-no-such-distribution": "check its spelling",
    "uv-no-such-version": "no flask==99.0",
    "uv-no-wheel-for-python": "torch 2.1.0 has wheels for other Python versions only",
    "uv-pg-config": "build: [gcc, libc6-dev, libpq-dev], runtime: [libpq5]",
    "uv-python": "wants Python >=3.14",
    "uv-python-version-file": "wants Python 3.11",
    "uv-windows-only": "sys_platform == 'win32'",
    "uwsgi": "uwsgi has no wheel",
    "wheel-other-platform": "is for another Python or platform",
    "windows-only": "pywin32 is not for Linux",
    "windows-path-in-requirements": "a folder of another machine",
    "wrong-architecture": "for another processor",
    "xmlsec": "libxmlsec1-dev",
    "yaml-old": "too old for Cython 3",
}
"""Log -> what its advice must say."""


def hint(name: str) -> str:
    """The advice of a log."""
    told = json.loads((LOGS / f"{name}.json").read_text())
    stage = FailedStage(told["step"], told["error"], tuple(told["log"])) if told["step"] else None
    return build_failed("shop:1", stage, told["error"]).hint


@pytest.mark.parametrize("name", ADVICE)
def test_really_failing_build_is_explained(name: str) -> None:
    assert ADVICE[name] in hint(name)
    assert NOBODY_KNOWS not in hint(name)


def test_each_failing_build_has_its_log_and_its_advice() -> None:
    logs = {path.stem for path in LOGS.glob("*.json")}

    assert logs == set(ADVICE)
    assert logs == {path.name for path in CASES.iterdir()}


def test_no_log_names_a_machine() -> None:
    for path in LOGS.glob("*.json"):
        text = path.read_text()

        assert not re.search(r"localhost:\d", text.replace("localhost:5432", ""))
        assert not re.search(r"\.stack/|\b10(?:\.\d+){3}\b", text)
