"""Does the direct builder put together what the Dockerfile would, send only what is new, and name it last?"""

import io
import json
import re
import shutil
import sys
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kubeship.errors import BuildFailed, VerificationFailed
from kubeship.images.direct.builder import LayerBuilder
from kubeship.images.direct.store import Store
from kubeship.images.direct.uv import find_uv
from kubeship.images.sizes import shipped_instructions
from kubeship.model.direct import DirectImage, DirectRequest, NeedsEngine
from kubeship.model.events import Event, Note
from kubeship.model.image_plan import ImagePlan
from kubeship.rendering.image_files import dockerfile
from tests.unit.images.memory_registry import MemoryRegistry, digest_of

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
REPOSITORY, BASE = "registry.test/team/shop", "registry.test/library/python"
TAG = f"{REPOSITORY}:1"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An app, and a wheel with a module and a program that it needs."""
    folder = tmp_path / "shop"
    (folder / "pkg").mkdir(parents=True)
    wheel(folder / "wheels", "hello")
    files = {
        "requirements.txt": f"--no-index\n--find-links {folder / 'wheels'}\nhello==1.0\n",
        "app.py": "import hello\n",
        "pkg/broken.py": "def (",
        "run.sh": "#!/bin/sh\n",
        ".dockerignore": "wheels\nDockerfile\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    (folder / "run.sh").chmod(0o700)
    (folder / "link").symlink_to("app.py")
    return folder


def wheel(folder: Path, name: str) -> None:
    folder.mkdir(exist_ok=True)
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{name}/__init__.py", "def main():\n    print('hello')\n")
        archive.writestr(f"{name}-1.0.data/data/share/{name}.txt", "data")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/entry_points.txt", f"[console_scripts]\n{name} = {name}:main\n")
        archive.writestr(f"{info}/RECORD", "")


def plan(**changed: Any) -> ImagePlan:
    stated: dict[str, Any] = {
        "base": f"{BASE}:3",
        "platform": "linux/amd64",
        "manager": "pip",
        "dependency_files": ("requirements.txt",),
        "require_hashes": False,
        "server_requirement": None,
        "build_packages": (),
        "runtime_packages": (),
        "steps": (),
        "step_variables": {},
        "variables": {"DJANGO_SETTINGS_MODULE": "shop.settings"},
        "import_root": "src",
        "root": "pkg",
        "user": 10001,
        "port": 8000,
        "command": ("gunicorn", "app:app"),
        "labels": {"org.opencontainers.image.source": "https://example.com/shop"},
        "stop_signal": "SIGQUIT",
        "python": PYTHON,
        "healthcheck": ("python", "-c", "1"),
    }
    return ImagePlan(**{**stated, **changed})


def asked(project: Path, **changed: Any) -> DirectRequest:
    return DirectRequest(project, "Dockerfile", plan(**changed), PYTHON, REPOSITORY, ("1", "main"))


class World:
    """A registry with the base, and a cache folder."""

    def __init__(self, cache: Path) -> None:
        self.registry = MemoryRegistry()
        self.registry.with_base(BASE)
        self.events: list[Event] = []
        self.store = Store(cache)

    def build(self, request: DirectRequest, prove: Callable[[DirectImage], None] | None = None) -> DirectImage:
        self.registry.calls.clear()
        builder = LayerBuilder(self.store, lambda reference: self.registry, {}, find_uv, lambda repository: None)
        assert builder.obstacle(request) is None
        return builder.build(request, self.events.append, prove)

    def files(self, layer: int) -> dict[str, tarfile.TarInfo]:
        with tarfile.open(fileobj=io.BytesIO(self.registry.image(TAG)[2][layer])) as archive:
            return {member.name: member for member in archive.getmembers()}

    def content(self, layer: int, name: str) -> bytes:
        with tarfile.open(fileobj=io.BytesIO(self.registry.image(TAG)[2][layer])) as archive:
            opened = archive.extractfile(name)
            assert opened
            return opened.read()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "cache")


def test_image_has_the_base_then_the_dependencies_then_the_app(project: Path, world: World) -> None:
    image = world.build(asked(project))

    manifest, configuration, layers = world.registry.image(TAG)
    assert layers[0] == b"base layer"
    assert len(layers) == len(configuration["rootfs"]["diff_ids"]) == 3
    own = [entry for entry in configuration["history"] if entry["created_by"] != "base"]
    instructions = shipped_instructions(dockerfile(plan()))
    assert [entry["created_by"].split()[0] for entry in own] == [each.name for each in instructions]
    assert sum(not entry.get("empty_layer") for entry in own) == 2
    site, tag = f"opt/venv/lib/python{PYTHON}/site-packages", f"cpython-{PYTHON.replace('.', '')}"
    dependencies, app = world.files(1), world.files(2)
    assert dependencies["opt/venv/bin/python"].linkname == "/usr/local/bin/python"
    assert dependencies["opt/venv/bin/hello"].mode == 0o755
    assert {f"{site}/hello/__init__.py", f"{site}/hello/__pycache__/__init__.{tag}.pyc"} <= dependencies.keys()
    assert "opt/venv/share/hello.txt" in dependencies
    assert {"app", "app/app.py", "app/pkg", f"app/__pycache__/app.{tag}.pyc"} <= app.keys()
    assert not any(word in name for name in app for word in ("wheels", "broken.c", "Dockerfile"))
    assert (app["app/run.sh"].mode, app["app/app.py"].mode, app["app/link"].linkname) == (0o755, 0o644, "app.py")
    assert image.reference == f"{REPOSITORY}@{digest_of(world.registry.manifests[TAG])}"
    assert world.registry.manifests[f"{REPOSITORY}:main"] == world.registry.manifests[TAG]
    assert manifest["config"]["digest"] == image.id
    assert any("not pinned" in event.message for event in world.events if isinstance(event, Note))


def test_programs_start_with_the_images_python_and_their_record_says_so(project: Path, world: World) -> None:
    world.build(asked(project))

    script = world.content(1, "opt/venv/bin/hello")
    record = world.content(1, f"opt/venv/lib/python{PYTHON}/site-packages/hello-1.0.dist-info/RECORD").decode()
    assert script.startswith(b"#!/opt/venv/bin/python\n")
    assert re.search(rf"bin/hello,sha256=[\w-]+,{len(script)}\n", record)
    everything = b"".join(world.content(1, name) for name, member in world.files(1).items() if member.isreg())
    assert str(project.parent).encode() not in everything


def test_configuration_is_that_of_the_dockerfiles_last_stage(project: Path, world: World) -> None:
    world.build(asked(project))

    settings = world.registry.image(TAG)[1]["config"]
    assert settings == {
        **of_last_stage(dockerfile(plan()), {"PATH": "/usr/local/bin:/usr/bin", "LANG": "C.UTF-8"}),
        "Env": settings["Env"],
    }
    variables = dict(entry.split("=", 1) for entry in settings["Env"])
    assert variables == of_last_stage(dockerfile(plan()), {"PATH": "/usr/local/bin:/usr/bin", "LANG": "C.UTF-8"})["Env"]


def of_last_stage(text: str, variables: dict[str, str]) -> dict[str, Any]:
    """What the instructions after the last FROM make of a base with these variables."""
    stage = re.sub(r"\\\n\s*", "", text.rpartition("\nFROM ")[2])
    said = dict(re.findall(r"^(WORKDIR|USER|EXPOSE|STOPSIGNAL|CMD|LABEL|HEALTHCHECK CMD|ENV) (.*)$", stage, re.M))
    words = dict(word.split("=", 1) for word in said["ENV"].split())
    label, _, value = said["LABEL"].partition("=")
    return {
        "Env": {**variables, **words, "PATH": words["PATH"].replace("$PATH", variables["PATH"])},
        "WorkingDir": said["WORKDIR"],
        "User": said["USER"],
        "ExposedPorts": {f"{said['EXPOSE']}/tcp": {}},
        "StopSignal": said["STOPSIGNAL"],
        "Cmd": json.loads(said["CMD"]),
        "Healthcheck": {"Test": ["CMD", *json.loads(said["HEALTHCHECK CMD"])]},
        "Labels": {label: value.strip('"')},
    }


def test_same_source_elsewhere_with_an_empty_cache_is_the_same_image(project: Path, tmp_path: Path) -> None:
    first, second = World(tmp_path / "one"), World(tmp_path / "two")
    copied = Path(shutil.copytree(project, tmp_path / "elsewhere" / "checkout", symlinks=True))

    assert first.build(asked(project)).reference == second.build(asked(copied)).reference


def test_edited_line_sends_the_app_and_the_configuration_alone(project: Path, world: World) -> None:
    first = world.build(asked(project))
    (project / "app.py").write_text("import hello  # edited\n")

    second = world.build(asked(project))

    assert second.reference != first.reference
    kinds = [call.partition(" ")[0] for call in world.registry.calls]
    assert sorted(kinds) == ["digest", "manifest", "put", "put", "upload", "upload"]
    assert second.sent < 5000


def test_another_requirement_is_another_layer(project: Path, world: World) -> None:
    world.build(asked(project))
    before = world.registry.image(TAG)[0]["layers"]
    wheel(project / "wheels", "other")
    with (project / "requirements.txt").open("a") as file:
        file.write("other\n")

    world.build(asked(project))

    after = world.registry.image(TAG)[0]["layers"]
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, False]


def test_nothing_is_tagged_that_was_not_proved(project: Path, world: World) -> None:
    def refuse(image: DirectImage) -> None:
        assert image.reference in world.registry.manifests
        raise VerificationFailed("no", hint="no")

    with pytest.raises(VerificationFailed):
        world.build(asked(project), refuse)

    assert TAG not in world.registry.manifests


def test_base_elsewhere_is_copied(project: Path, world: World) -> None:
    world.registry.can_mount = False

    world.build(asked(project))

    assert f"download {BASE}" in world.registry.calls
    assert world.registry.image(TAG)[2][0] == b"base layer"


def test_lost_and_broken_cache_is_made_anew(project: Path, world: World) -> None:
    first = world.build(asked(project))
    for path in world.store.folder.rglob("*"):
        if path.is_file() and "blobs" in path.parts:
            path.write_bytes(b"broken")
    world.registry.blobs.pop(REPOSITORY)
    world.registry.manifests = {name: body for name, body in world.registry.manifests.items() if "shop" not in name}

    assert world.build(asked(project)).reference == first.reference


def test_registry_that_was_emptied_gets_everything_again(project: Path, world: World) -> None:
    first = world.build(asked(project))
    world.registry.blobs.pop(REPOSITORY)
    world.registry.manifests = {name: body for name, body in world.registry.manifests.items() if "shop" not in name}

    assert world.build(asked(project)).reference == first.reference


def test_model_files_are_a_layer_below_the_apps(project: Path, world: World) -> None:
    (project / "weights" / "small").mkdir(parents=True)
    (project / "weights" / "small" / "model.bin").write_bytes(b"1")
    (project / "one.bin").write_bytes(b"2")

    world.build(asked(project, models=("weights/small", "one.bin")))

    assert set(world.files(2)) == {
        "app",
        "app/weights",
        "app/weights/small",
        "app/weights/small/model.bin",
        "app/one.bin",
    }
    assert not any("small" in name or "one.bin" in name for name in world.files(3))


def test_distribution_without_a_wheel_needs_an_engine(project: Path, world: World) -> None:
    source = project / "wheels" / "compiled-1.0.tar.gz"
    with tarfile.open(source, "w:gz") as archive:
        for name, text in (("PKG-INFO", "Metadata-Version: 2.1\nName: compiled\nVersion: 1.0\n"), ("setup.py", "")):
            member = tarfile.TarInfo(f"compiled-1.0/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    with (project / "requirements.txt").open("a") as file:
        file.write("compiled==1.0\n")

    with pytest.raises(NeedsEngine, match="compiled"):
        world.build(asked(project))


def test_requirement_that_does_not_exist_is_a_failed_build(project: Path, world: World) -> None:
    (project / "requirements.txt").write_text("--no-index\nnowhere==1\n")

    with pytest.raises(BuildFailed, match="nowhere"):
        world.build(asked(project))

    assert TAG not in world.registry.manifests


def test_base_that_cannot_be_read_needs_an_engine(project: Path, world: World) -> None:
    with pytest.raises(NeedsEngine, match="base image"):
        world.build(replace(asked(project), image=plan(base="registry.test/library/missing:3")))


def test_base_for_another_machine_is_refused(project: Path, world: World) -> None:
    with pytest.raises(NeedsEngine, match=r"is for linux/amd64, not for linux/arm64"):
        world.build(asked(project, platform="linux/arm64"))


def test_platform_without_wheels_and_secret_files_are_obstacles(project: Path, world: World) -> None:
    builder = LayerBuilder(world.store, lambda reference: world.registry, {}, find_uv, lambda repository: None)

    assert "s390x" in (builder.obstacle(asked(project, platform="linux/s390x")) or "")
