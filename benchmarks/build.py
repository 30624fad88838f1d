"""How long until a change is in the registry: kubeship's builders beside a naive and a hand-tuned Dockerfile?

    python benchmarks/build.py [--runs 7] [--registry localhost:5000] [--engine unix:///var/run/docker.sock]

Without addresses the test stack's are taken (make stack). All take turns on copies of examples/flask-hello, so that
whatever else the machine does hits each alike. The Dockerfiles go through `docker build && docker push` where a docker
command on PATH has BuildKit, otherwise through the engine's API, whose time then has no start-up in it; kubeship's own
Dockerfile goes that way too, which is what its docker builder is to be compared with. kubeship's columns are apart:
until its work begins, and the work until the image is in the registry. Its docker builder also proves the image before
it pushes; that is the last column. The direct builder runs as on a machine without an engine.
"""

import argparse
import io
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

import docker

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.stack.addresses import load  # noqa: E402 - the checkout's own

EXAMPLE = ROOT / "examples" / "flask-hello"
NOWHERE = "unix:///nowhere/docker.sock"
NAIVE = """FROM {base}
WORKDIR /app
COPY . .
RUN pip install --no-cache-dir -r requirements.txt gunicorn
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]
"""
TUNED = """FROM {base} AS build
RUN --mount=type=cache,id=pip-{id},target=/root/.cache/pip pip install uv
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
RUN python -m venv --without-pip /opt/venv
WORKDIR /app
COPY requirements.txt ./
RUN --mount=type=cache,id=uv-{id},target=/root/.cache/uv uv pip install --python /opt/venv -r requirements.txt gunicorn
COPY . .
FROM {base}
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
USER 10001:10001
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]
"""
SCENARIOS = ("cold", "dependency change", "one-line change", "nothing changed")
BASELINE = "tuned Dockerfile"
ON = {"DOCKER_BUILDKIT": "1"}


@dataclass(frozen=True)
class Taken:
    """One run, in seconds."""

    whole: float
    start_up: float | None = None
    work: float | None = None
    """Until the image is in the registry; without proving it."""
    verify: float = 0.0


@dataclass
class Contestant:
    """A way to get the project's copy into the registry."""

    name: str
    project: Path
    ship: Callable[["Contestant"], Taken]
    taken: dict[str, list[Taken]] = field(default_factory=dict)

    def run(self, scenario: str) -> None:
        """Once more."""
        self.taken.setdefault(scenario, []).append(self.ship(self))


@dataclass(frozen=True)
class Place:
    """Where images are made and go."""

    engine: str
    registry: str
    cache: Path
    base: str
    id: str

    def repository(self, name: str) -> str:
        """A repository of this run's own."""
        return f"{self.registry}/benchmark/{self.id}-{name.replace(' ', '-').lower()}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7, help="of each scenario but `cold`")
    parser.add_argument("--registry", help="host:port; the engine's base images are read from there, too")
    parser.add_argument("--engine", help="as in DOCKER_HOST")
    options = parser.parse_args()
    stack = None if options.registry and options.engine else load()
    with tempfile.TemporaryDirectory() as folder:
        place = Place(
            options.engine or (stack.docker_host if stack else ""),
            options.registry or (stack.registry if stack else ""),
            Path(folder) / "cache",
            f"python:{(EXAMPLE / '.python-version').read_text().strip()}-slim",
            uuid.uuid4().hex[:8],
        )
        contestants = entered(place, Path(folder))
        try:
            compete(contestants, options.runs)
            print(table(contestants))
        finally:
            remove_images(place)


def entered(place: Place, folder: Path) -> list[Contestant]:
    """All contestants, each with a project of its own."""
    docker.APIClient(base_url=place.engine, timeout=600).pull(place.base)
    contestants = []
    for name, text in (("naive Dockerfile", NAIVE), (BASELINE, TUNED)):
        project = copied(folder / name.split()[0], place)
        (project / "Dockerfile").write_text(text.format(base=place.base, id=place.id))
        contestants.append(Contestant(name, project, partial(by_dockerfile, place=place)))
    for name, ship in (
        ("command", by_dockerfile),
        ("docker", partial(by_kubeship, builder="docker")),
        ("direct", partial(by_kubeship, builder="direct")),
    ):
        project = copied(folder / name, place)
        kubeship(project, place, "init", "--image", place.repository(name))
        if name != "direct":  # cache mounts of its own, so that `cold` is cold
            path = project / "Dockerfile"
            path.write_text(path.read_text().replace("type=cache,", f"type=cache,id={name}-{place.id},"))
        contestants.append(Contestant(f"kubeship {name}", project, partial(ship, place=place)))
    contestants[2].name = "kubeship's Dockerfile"
    return contestants


def copied(project: Path, place: Place) -> Path:
    """The example, with a line in its requirements that no other run had."""
    shutil.copytree(EXAMPLE, project)
    with (project / "requirements.txt").open("a") as file:
        file.write(f"# {place.id}\n")
    (project / ".dockerignore").write_text("Dockerfile\n.dockerignore\n")
    return project


def compete(contestants: Sequence[Contestant], runs: int) -> None:
    """All scenarios, the contestants taking turns."""
    for scenario in SCENARIOS:
        for number in range(1 if scenario == "cold" else runs):
            for contestant in contestants:
                change(contestant.project, scenario, number)
                contestant.run(scenario)


def change(project: Path, scenario: str, number: int) -> None:
    """What somebody did since the last run."""
    if scenario == "dependency change":
        path = project / "requirements.txt"
        lines = [line for line in path.read_text().splitlines() if not line.startswith("tabulate")]
        path.write_text("\n".join([*lines, f"tabulate==0.9.0 # {number}", ""]))
    elif scenario == "one-line change":
        with (project / "app.py").open("a") as file:
            file.write(f"# {number}\n")


def by_dockerfile(contestant: Contestant, place: Place) -> Taken:
    """`docker build && docker push`."""
    tag = f"{place.repository(contestant.project.name)}:1"
    begin = time.perf_counter()
    docker_command = with_buildkit()
    if docker_command:
        command(
            docker_command, "build", "--quiet", "--tag", tag, str(contestant.project), host=place.engine, variables=ON
        )
    else:
        build_over_api(contestant.project, tag, place.engine)
    if docker_command:
        command(docker_command, "push", "--quiet", tag, host=place.engine)
    else:
        for line in docker.APIClient(base_url=place.engine).push(tag, stream=True, decode=True):
            if "error" in line:
                raise SystemExit(line["error"])
    return Taken(time.perf_counter() - begin)


@cache
def with_buildkit() -> str | None:
    """A docker command on PATH that builds with BuildKit: by buildx, or by its own client, which 23 and newer lack."""
    for folder in os.environ["PATH"].split(os.pathsep):
        found = shutil.which("docker", path=folder)
        if not found:
            continue
        buildx = subprocess.run([found, "buildx", "version"], capture_output=True, check=False)
        said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
        number = re.search(r"version (\d+)", said)
        if buildx.returncode == 0 or (number and int(number[1]) < 23):
            return found
    return None


def build_over_api(project: Path, tag: str, engine: str) -> None:
    """`POST /build?version=2`, as the command does it."""
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w", format=tarfile.GNU_FORMAT) as archive:
        archive.add(project, ".", filter=_whole_seconds)
    client = docker.APIClient(base_url=engine, timeout=600)
    answer = client.post(
        f"{client.base_url}/build",
        params={"version": "2", "t": tag},
        data=context.getvalue(),
        headers={"Content-Type": "application/x-tar"},
        stream=True,
    )
    for line in answer.iter_lines():
        if "error" in (said := json.loads(line)):
            raise SystemExit(said["error"])


def _whole_seconds(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.mtime = int(member.mtime)
    return member


def by_kubeship(contestant: Contestant, place: Place, builder: str) -> Taken:
    """`kubeship build --push`."""
    begin = time.perf_counter()
    engine = place.engine if builder == "docker" else NOWHERE
    out = kubeship(contestant.project, place, "build", "--push", "--builder", builder, "--json", engine=engine)
    whole = time.perf_counter() - begin
    timings = json.loads(out.splitlines()[-1])["timings"]
    work = timings["build"] + timings.get("push", 0)
    return Taken(whole, timings["start_up"], work, whole - timings["start_up"] - work if builder == "docker" else 0)


def kubeship(project: Path, place: Place, *arguments: str, engine: str = "") -> str:
    """The command line, its modules compiled as they are when it is installed."""
    variables = {
        "KUBESHIP_CACHE_DIR": str(place.cache / "kubeship"),
        "KUBESHIP_DOCKER_HUB_MIRROR": place.registry,
        "PYTHONPYCACHEPREFIX": str(place.cache / "pyc"),
        "UV_CACHE_DIR": str(place.cache / "uv"),
    }
    return command(
        sys.executable, "-m", "kubeship", *arguments, host=engine or place.engine, folder=project, variables=variables
    )


def command(*words: str, host: str, folder: Path | None = None, variables: dict[str, str] | None = None) -> str:
    """A command's output. Ends the benchmark where it fails."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        words,
        cwd=folder,
        env={**kept, **(variables or {}), "DOCKER_HOST": host},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.stdout}{done.stderr}")
    return done.stdout


def remove_images(place: Place) -> None:
    """What this run left in the engine; the registry keeps its own."""
    engine = docker.DockerClient(base_url=place.engine)
    for image in engine.images.list():
        if any(f"/benchmark/{place.id}" in tag for tag in image.tags):
            engine.images.remove(str(image.id), force=True)


def table(contestants: Sequence[Contestant]) -> str:
    """Medians; ratios are to the tuned Dockerfile in the same scenario."""
    lines = [
        f"{'seconds until it is in the registry':38}{'whole':>8}{'ratio':>8}{'start-up':>10}{'work':>8}{'proof':>8}"
    ]
    for scenario in SCENARIOS:
        base = next(one for one in contestants if one.name == BASELINE)
        reference = statistics.median(taken.whole for taken in base.taken[scenario])
        for contestant in contestants:
            runs = contestant.taken[scenario]
            whole = statistics.median(taken.whole - taken.verify for taken in runs)
            words = f"{scenario + ', ' + contestant.name:38}{whole:8.3f}{whole / reference:8.2f}"
            if runs[0].work is not None:
                start_up = statistics.median(taken.start_up or 0 for taken in runs)
                work = statistics.median(taken.work or 0 for taken in runs)
                proof = statistics.median(taken.verify for taken in runs)
                words += f"{start_up:10.3f}{work:8.3f}" + (f"{proof:8.3f}" if proof else "")
            lines.append(words)
    return "\n".join(lines)


if __name__ == "__main__":
    main()
