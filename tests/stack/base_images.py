"""What is behind `FROM python:3.11-slim` on a machine without Docker Hub? A Debian root made here.

The layout follows the official images where a Dockerfile can tell: python, python3 and pip in /usr/local/bin and
first on PATH, C headers present, no package lists, `pip install` allowed, Debian's own package sources.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.stack.cache import cache_key, cached
from tests.stack.run import run
from tests.stack.versions import BaseImage

CERTIFICATES = Path("/usr/local/share/ca-certificates")
PYENV = Path("~/.pyenv/versions").expanduser()
OFFICIAL_PATH = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
DEBIAN_PYTHON = ("python3", "python3-dev", "python3-pip", "python3-venv")
# What a CPython that was built from source loads at run time.
PYENV_LIBRARIES = (
    "libbz2-1.0",
    "libexpat1",
    "libffi8",
    "libgdbm6",
    "liblzma5",
    "libncursesw6",
    "libreadline8",
    "libsqlite3-0",
    "libssl3",
    "libuuid1",
    "zlib1g",
)
COMMON = ("ca-certificates", "netbase", "tzdata")
LEFT_OUT = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*", "*/libpython3*.a")
LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
CREATED = "2026-01-01T00:00:00Z"  # some time, the same for everyone; part of every image's key
CONFIG = "application/vnd.docker.container.image.v1+json"
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


@dataclass(frozen=True)
class StoredImage:
    """An image as three files: layer.tar.gz, config.json and manifest.json."""

    folder: Path

    @property
    def manifest(self) -> bytes:
        return (self.folder / "manifest.json").read_bytes()

    @property
    def digest(self) -> str:
        return _digest(self.folder / "manifest.json")


def base_image(image: BaseImage) -> StoredImage | None:
    """The image from the cache or made now; None when it needs an interpreter that the machine doesn't have."""
    interpreter = _pyenv_interpreter(image.python) if image.pyenv else None
    if image.pyenv and interpreter is None:
        return None
    certificates = sorted(CERTIFICATES.rglob("*.crt")) if CERTIFICATES.is_dir() else []
    command = mmdebstrap(image, interpreter, certificates, _apt_options())

    def build(folder: Path) -> None:
        root = folder / "root.tar"
        run([*command, str(root)])
        write_image(folder, root, _environment(certificates), ["python3"])

    return StoredImage(cached(f"python-{image.python}-slim", cache_key(certificates, [*command, CREATED]), build))


def pause_image(program: Path) -> StoredImage:
    """The sandbox image: one static program."""

    def build(folder: Path) -> None:
        root = folder / "root.tar"
        with tarfile.open(root, "w", format=tarfile.GNU_FORMAT) as archive:
            archive.add(program.resolve(), "pause")
        write_image(folder, root, {}, ["/pause"])

    return StoredImage(cached("pause-image", cache_key([program.resolve()], [CREATED]), build))


def write_image(folder: Path, root: Path, environment: Mapping[str, str], command: list[str]) -> None:
    """Turn a root file system into the files of an image, and remove it."""
    layer = folder / "layer.tar.gz"
    with root.open("rb") as plain, gzip.GzipFile(layer, "wb", compresslevel=6, mtime=0) as packed:
        shutil.copyfileobj(plain, packed, 1 << 20)
    config = json.dumps(
        {
            "created": CREATED,
            "architecture": _architecture(),
            "os": "linux",
            "config": {"Env": [f"{name}={value}" for name, value in environment.items()], "Cmd": command},
            "rootfs": {"type": "layers", "diff_ids": [_digest(root)]},
            "history": [{"created_by": "kubeship's test stack"}],
        }
    ).encode()
    (folder / "config.json").write_bytes(config)
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {"mediaType": CONFIG, "size": len(config), "digest": _digest(folder / "config.json")},
        "layers": [{"mediaType": LAYER, "size": layer.stat().st_size, "digest": _digest(layer)}],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    root.unlink()


def mmdebstrap(
    image: BaseImage, interpreter: Path | None, certificates: list[Path], apt_options: list[str]
) -> list[str]:
    """The command that writes the root file system to the tar that is still to be named."""
    packages = (*COMMON, *(PYENV_LIBRARIES if interpreter else DEBIAN_PYTHON))
    command = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(packages)}"]
    command += [f"--dpkgopt=path-exclude={pattern}" for pattern in LEFT_OUT]
    command += [f"--aptopt={option}" for option in apt_options]
    # An interpreter from source goes in before links to it are made.
    hooks = (
        [f'tar -C {interpreter} --exclude=__pycache__ --exclude=test -c . | tar -C "$1/usr/local" -x']
        if interpreter
        else []
    )
    hooks += [_links(image.python, of_debian=interpreter is None)]
    if certificates:  # this machine intercepts TLS: its certificates belong to the base, never to a Dockerfile
        hooks += [f'cp {path} "$1/usr/local/share/ca-certificates/"' for path in certificates]
        hooks += ['chroot "$1" update-ca-certificates']
        hooks += [f'printf "[global]\\ncert = {BUNDLE}\\n" > "$1/etc/pip.conf"']
    if apt_options:
        lines = "\\n".join(option + ";" for option in apt_options)
        hooks += [f"printf '{lines}\\n' > \"$1/etc/apt/apt.conf.d/99machine\""]
    hooks += ['rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin "$1"/var/log/*.log "$1"/var/log/apt']
    command += [f"--customize-hook={hook}" for hook in hooks]
    return [*command, image.suite]


def _links(version: str, *, of_debian: bool) -> str:
    binaries = '"$1/usr/local/bin"'
    if not of_debian:
        # The copied pip scripts name the path they were installed at.
        pip = f'printf "#!/bin/sh\\nexec /usr/local/bin/python{version} -m pip \\"\\$@\\"\\n" > "$1/usr/local/bin/pip"'
        return (
            f'{pip} && chroot "$1" ldconfig && cd {binaries} && chmod 755 pip && cp pip pip3'
            f" && ln -sf python{version} python3 && ln -sf python3 python"
        )
    # Debian forbids pip outside of virtual environments, the official images don't.
    return (
        f'rm -f "$1"/usr/lib/python3*/EXTERNALLY-MANAGED && cd {binaries}'
        f" && ln -s /usr/bin/python{version} python{version} && ln -s python{version} python3 && ln -s python3 python"
        " && ln -s /usr/bin/pip3 pip3 && ln -s pip3 pip"
    )


def _environment(certificates: list[Path]) -> dict[str, str]:
    environment = {"PATH": OFFICIAL_PATH, "LANG": "C.UTF-8"}
    if certificates:  # pip inside a virtual environment and uv bring their own authorities otherwise
        environment |= {"SSL_CERT_FILE": BUNDLE, "PIP_CERT": BUNDLE, "REQUESTS_CA_BUNDLE": BUNDLE}
    return environment


def _apt_options() -> list[str]:
    """What apt is told on this machine about proxies and the age of package lists."""
    wanted = ("Acquire::http", "Acquire::https", "Acquire::Check-")
    lines = run(["apt-config", "dump"]).splitlines()
    return [line.rstrip(";") for line in lines if line.startswith(wanted) and not line.endswith('"";')]


def _pyenv_interpreter(version: str) -> Path | None:
    found = sorted(PYENV.glob(f"{version}.*/bin/python{version}"))
    return found[-1].parent.parent if found else None


def _architecture() -> str:
    return run(["dpkg", "--print-architecture"]).strip()


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return "sha256:" + hashlib.file_digest(content, "sha256").hexdigest()
