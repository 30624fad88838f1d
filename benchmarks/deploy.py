"""How long do deploys take: kubeship beside kubectl, helm and kapp?

    python benchmarks/deploy.py [--image REF] [--runs 7] [--only 8,200,failures,memory]

On the test stack (make stack), each tool in a namespace of its own, taking turns, so that whatever else the machine
does hits each alike. The same objects for all: a Deployment of two replicas, its Service, Ingress, ServiceAccount and
PodDisruptionBudget, and ConfigMaps up to the number. No build is timed: all run one image, by digest; without --image
that of examples/flask-hello is built first. kubeship is the checkout's, installed as users install it. kubectl is
`apply --server-side` and then `rollout status`. helm is taken from the stack, kapp from PATH; what isn't there is left
out. `beyond imports` is kubeship's time without that of importing what it needs, `CPU` the processor's share in it,
which holds on a busy machine too. Each failure is one run with a limit of 60 s: seconds to the verdict, and whether the
output names the cause.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.stack.addresses import Stack, load  # noqa: E402 - the checkout's own

IMPORTS = (
    "import gc, kubeship.__main__ as start; gc.set_threshold(start.OBJECTS);"
    "import kubeship.cli.app, kubeship.cli.screen, kubeship.cli.adapters, kubeship.ui.terminal;"
    "import kubeship.workflows.deploy, kubeship.cluster.connect; gc.freeze()"
)
"""What a deploy imports that changes nothing, and how it starts and ends."""
BASELINE = "kubectl"
LIMIT = 60
"""Seconds that a rollout may take."""
UNSET = ("CI", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONPYCACHEPREFIX")
TARGET_RATIO, TARGET_MEMORY = 1.2, 250
"""Issue 7: times kubectl with 200 objects that are as they should be, and MB with 1,000 objects."""
FAILURES: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "missing image": (lambda c: c.update(image=re.sub("@.*", "-nosuch:1", c["image"])), r"nosuch.*(not found|no such)"),
    "crash at start": (lambda c: c.update(command=["python", "-c", "import nosuch"]), "No module named 'nosuch'"),
    "probe never passes": (lambda c: c["readinessProbe"]["httpGet"].update(path="/nosuch"), "404"),
    "missing Secret": (lambda c: c.update(envFrom=[{"secretRef": {"name": "nosuch"}}]), r'[Ss]ecret.*"?nosuch'),
}
"""What is done to the container, and what an output that names the cause holds."""


@dataclass(frozen=True)
class Ended:
    """A command's run."""

    seconds: float
    code: int
    output: str
    megabytes: float
    cpu: float
    """Seconds of the processor, of all processes that it waited for."""


@dataclass
class Tool:
    """A way to deploy the folder's objects into the namespace."""

    name: str
    namespace: str
    folder: Path
    environment: dict[str, str]
    commands: tuple[Sequence[str], ...]
    wrap: Callable[[str], str] = str
    """What a manifest's text becomes in its file."""
    suffix: str = "yaml"
    taken: dict[str, list[Ended]] = field(default_factory=dict)

    def write(self, objects: Sequence[dict[str, Any]]) -> None:
        """Make the folder hold these objects and no others."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        for item in objects:
            name = f"{item['metadata']['name']}-{item['kind'].lower()}.yaml"
            (self.folder / name).write_text(self.wrap(json.dumps(item)))

    def deploy(self) -> Ended:
        """Run the commands, until one fails."""
        begin = time.perf_counter()
        output, memory, cpu = "", 0.0, 0.0
        for command in self.commands:
            ended = run(command, self.environment, self.folder.parents[1])
            output, memory, cpu = output + ended.output, max(memory, ended.megabytes), cpu + ended.cpu
            if ended.code:
                break
        return Ended(time.perf_counter() - begin, ended.code, output, memory, cpu)

    def timed(self, scenario: str) -> None:
        """Deploy once more."""
        ended = self.deploy()
        runs = self.taken.setdefault(scenario, [])
        if ended.code:
            print(f"not counted: {self.name}, {scenario}: exit code {ended.code}\n{ended.output}", file=sys.stderr)
        else:
            runs.append(ended)

    def median(self, scenario: str, of: Callable[[Ended], float] = lambda ended: ended.seconds) -> float:
        """Seconds; not a number where no run has succeeded."""
        runs = self.taken[scenario]
        return statistics.median(map(of, runs)) if runs else float("nan")


def run(command: Sequence[str], environment: dict[str, str], folder: Path) -> Ended:
    """Run a command to its end."""
    with tempfile.TemporaryFile() as said:
        begin = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        output = said.read().decode(errors="replace")
        return Ended(seconds, process.returncode, output, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--image", help="repository@sha256:..., a web server on port 8000 with /healthz, and Python")
    parser.add_argument("--runs", type=int, default=7, help="of each scenario but the failures")
    parser.add_argument("--only", default="8,200,failures,memory", help="some of: 8, 200, failures, memory")
    options = parser.parse_args()
    wanted = options.only.split(",")
    stack = load()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PATH"] = f"{installed(Path(folder, 'installed'))}{os.pathsep}{os.environ['PATH']}"
        image = options.image or built(stack, Path(folder))
        for size in (size for size in (8, 200) if str(size) in wanted):
            with tools(stack, Path(folder), image) as contestants:
                print(timings(contestants, image, size, options.runs), flush=True)
        if "failures" in wanted:
            with tools(stack, Path(folder), image) as contestants:
                print(failures(contestants, image), flush=True)
        if "memory" in wanted:
            with tools(stack, Path(folder), image) as contestants:
                print(memory(contestants, image), flush=True)


def timings(contestants: Sequence[Tool], image: str, size: int, runs: int) -> str:
    """Of a first deploy, of one that changes nothing, and of one that changes one value."""
    imports: list[float] = []
    each(contestants, objects(image, size, "0"), "first deploy")
    for _ in range(runs):
        each(contestants, None, "nothing changed")
        imports.append(run(("python", "-c", IMPORTS), contestants[0].environment, Path("/")).seconds)
    for number in range(1, runs + 1):
        each(contestants, objects(image, size, str(number)), "one ConfigMap changed")
    for number in range(1, runs + 1):
        each(contestants, objects(image, size, str(runs), variable=str(number)), "one variable changed")
    return table(contestants, size, statistics.median(imports))


def each(contestants: Sequence[Tool], items: Sequence[dict[str, Any]] | None, scenario: str) -> None:
    """All take their turn; `items` are what the files shall hold, None for what they hold already."""
    for tool in contestants:
        if items is not None:
            tool.write(items)
        tool.timed(scenario)


def table(contestants: Sequence[Tool], size: int, imports: float) -> str:
    """Medians in seconds, and times kubectl's."""
    names = [tool.name for tool in contestants]
    lines = [f"{size} objects".ljust(26) + "".join(name.rjust(18) for name in [*names, "beyond imports", "CPU"])]
    kubectl = next(tool for tool in contestants if tool.name == BASELINE)
    ship = next(tool for tool in contestants if tool.name == "kubeship")
    for scenario in kubectl.taken:
        base = kubectl.median(scenario)
        medians = [tool.median(scenario) for tool in contestants]
        cells = "".join(f"{median:.2f} s ({median / base:.1f})".rjust(18) for median in medians)
        beyond = f"{ship.median(scenario) - imports:.2f} s"
        cpu = f"{ship.median(scenario, lambda ended: ended.cpu):.2f} s"
        lines.append(scenario.ljust(26) + cells + beyond.rjust(18) + cpu.rjust(18))
    if size == 8:
        edit = "one variable changed"
        ratio = ship.median(edit) / kubectl.median(edit)
        lines.append(
            f"target: a new version no slower than kubectl's: {'met' if ratio <= 1 else 'missed'} ({ratio:.2f})"
        )
    if size == 200:
        unchanged = "nothing changed"
        ratio = ship.median(unchanged) / kubectl.median(unchanged)
        verdict = "met" if ratio <= TARGET_RATIO else "missed"
        lines.append(f"target: at most {TARGET_RATIO} times kubectl where nothing changed: {verdict} ({ratio:.2f})")
    return "\n".join(lines) + "\n"


def failures(contestants: Sequence[Tool], image: str) -> str:
    """Each tool's time to a verdict, from a version that serves to one that can't."""
    lines = ["failures".ljust(26) + "".join(tool.name.rjust(18) for tool in contestants)]
    for name, (spoil, cause) in FAILURES.items():
        cells = ""
        for tool in contestants:
            tool.write(objects(image, 8, "0"))
            tool.timed("before a failure")
            broken = objects(image, 8, "0")
            spoil(container(broken))
            tool.write(broken)
            ended = tool.deploy()
            named = "cause" if re.search(cause, ended.output) else "no cause"
            cells += f"{ended.seconds:.1f} s, {named if ended.code else 'exit 0'}".rjust(18)
        lines.append(name.ljust(26) + cells)
    return "\n".join(lines) + "\n"


def memory(contestants: Sequence[Tool], image: str) -> str:
    """What a deploy of 1,000 objects takes at most, the first and one that changes nothing."""
    lines = []
    for tool in contestants:
        tool.write(objects(image, 1000, "0"))
        first, again = tool.deploy(), tool.deploy()
        peak = max(first.megabytes, again.megabytes)
        verdict = f" (target {TARGET_MEMORY} MB: {'met' if peak < TARGET_MEMORY else 'missed'})"
        said = f"first {first.seconds:.1f} s, nothing changed {again.seconds:.1f} s, {peak:.0f} MB"
        failed = f" exit codes {first.code}, {again.code}" if first.code or again.code else ""
        lines.append(f"1,000 objects, {tool.name}: {said}{verdict if tool.name == 'kubeship' else ''}{failed}")
    return "\n".join(lines)


def objects(image: str, count: int, value: str, variable: str = "0") -> list[dict[str, Any]]:
    """The app; its image is `image:set-by-deploy` for kubeship, which puts the digest in."""
    labels = {"app.kubernetes.io/name": "bench"}
    probe = {"httpGet": {"path": "/healthz", "port": 8000}, "periodSeconds": 1}
    web = {
        "name": "web",
        "image": image,
        "env": [{"name": "VALUE", "value": variable}],
        "ports": [{"containerPort": 8000}],
        "readinessProbe": probe,
        "lifecycle": {"preStop": {"sleep": {"seconds": 1}}},
    }
    template = {"metadata": {"labels": labels}, "spec": {"serviceAccountName": "bench", "containers": [web]}}
    strategy = {"rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    backend = {"service": {"name": "bench", "port": {"number": 80}}}
    paths = [{"path": "/", "pathType": "Prefix", "backend": backend}]
    specs: dict[tuple[str, str], dict[str, Any]] = {
        ("v1", "ServiceAccount"): {},
        ("v1", "Service"): {"spec": {"selector": labels, "ports": [{"port": 80, "targetPort": 8000}]}},
        ("apps/v1", "Deployment"): {
            "spec": {"replicas": 2, "selector": {"matchLabels": labels}, "strategy": strategy, "template": template}
        },
        ("policy/v1", "PodDisruptionBudget"): {"spec": {"maxUnavailable": 1, "selector": {"matchLabels": labels}}},
        ("networking.k8s.io/v1", "Ingress"): {"spec": {"rules": [{"host": "bench.test", "http": {"paths": paths}}]}},
    }
    items = [
        {"apiVersion": version, "kind": kind, "metadata": {"name": "bench", "labels": labels}, **rest}
        for (version, kind), rest in specs.items()
    ]
    # One value changes; the others are as long as a setting usually is.
    for number in range(count - len(items)):
        data = {"value": value if number == 0 else f"setting {number}\n" * 8}
        name = f"bench-{number:03}"
        items.append(
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "labels": labels}, "data": data}
        )
    return items


def container(items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Of the Deployment."""
    deployment = next(item for item in items if item["kind"] == "Deployment")
    found: dict[str, Any] = deployment["spec"]["template"]["spec"]["containers"][0]
    return found


@contextmanager
def tools(stack: Stack, folder: Path, image: str) -> Iterator[list[Tool]]:
    """All that are there, each with an empty namespace."""
    kubectl = f"{stack.bin}/kubectl" if stack.bin else "kubectl"
    made = [make(stack, folder, image, kubectl) for make in (of_kubeship, of_kubectl, of_helm, of_kapp)]
    contestants = [tool for tool in made if tool and shutil.which(tool.commands[0][0])]
    for tool in contestants:
        subprocess.run([kubectl, "create", "namespace", tool.namespace], env=tool.environment, check=True, stdout=-3)
    try:
        yield contestants
    finally:
        names = [tool.namespace for tool in contestants]
        command = [kubectl, "delete", "namespace", "--wait=false", *names]
        subprocess.run(command, env=contestants[0].environment, check=False, stdout=subprocess.DEVNULL)


def of_kubeship(stack: Stack, folder: Path, image: str, _: str) -> Tool:
    """On a copy of examples/flask-hello whose manifests are replaced."""
    namespace, environment = place(stack, "kubeship")
    project = folder / namespace / "flask-hello"
    shutil.copytree(ROOT / "examples" / "flask-hello", project)
    repository = image.partition("@")[0]
    command = ("kubeship", "init", "--image", repository, "--namespace", namespace)
    subprocess.run(command, cwd=project, env=environment, check=True, stdout=-3, stderr=-3)
    config = project / "kubeship.yaml"
    config.write_text(config.read_text().replace("timeout: 10m", f"timeout: {LIMIT}s"))
    subprocess.run(("kubeship", "render"), cwd=project, env=environment, check=True, stdout=-3, stderr=-3)
    deploy = ("kubeship", "deploy", "--image", image)

    def wrap(text: str) -> str:
        return text.replace(image, f"{repository}:set-by-deploy")

    return Tool("kubeship", namespace, project / "deploy" / "production", environment, (deploy,), wrap)


def of_kubectl(stack: Stack, folder: Path, _: str, kubectl: str) -> Tool:
    """Server-side apply, which is its fastest."""
    namespace, environment = place(stack, "kubectl")
    manifests = folder / namespace / "app" / "manifests"
    apply = (kubectl, "-n", namespace, "apply", "--server-side", "-f", str(manifests))
    status = (kubectl, "-n", namespace, "rollout", "status", "deployment/bench", f"--timeout={LIMIT}s")
    return Tool("kubectl", namespace, manifests, environment, (apply, status))


def of_helm(stack: Stack, folder: Path, _: str, kubectl: str) -> Tool | None:
    """A chart without values."""
    namespace, environment = place(stack, "helm")
    chart = folder / namespace / "bench"
    chart.mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: bench\nversion: 0.1.0\n")
    helm = str(Path(kubectl).with_name("helm")) if stack.bin else "helm"
    upgrade = (helm, "-n", namespace, "upgrade", "--install", "bench", str(chart), "--wait", f"--timeout={LIMIT}s")
    return Tool("helm", namespace, chart / "templates", environment, (upgrade,))


def of_kapp(stack: Stack, folder: Path, _: str, __: str) -> Tool | None:
    """As its documentation deploys."""
    namespace, environment = place(stack, "kapp")
    manifests = folder / namespace / "app" / "manifests"
    deploy = ("kapp", "deploy", "-n", namespace, "-a", "bench", "-f", str(manifests), "-y", f"--wait-timeout={LIMIT}s")
    return Tool("kapp", namespace, manifests, environment, (deploy,))


def place(stack: Stack, name: str) -> tuple[str, dict[str, str]]:
    """A namespace, and the environment that leads to its cluster."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("KUBESHIP_") and key not in UNSET}
    environment = {
        **own,
        "KUBECONFIG": stack.kubeconfig,
        "KUBESHIP_CONTEXT": stack.context,
        "DOCKER_HOST": stack.docker_host,
        "NO_COLOR": "1",
    }
    return f"bench-{name}-{uuid.uuid4().hex[:6]}", environment


def installed(folder: Path) -> Path:
    """Where its programs are: kubeship from a wheel, with bytecode and without what only the checkout's tests need.

    The kubernetes package imports kubernetes-validate wherever that is, which alone takes a tenth of a deploy's time.
    """
    uv = (sys.executable, "-m", "uv")
    subprocess.run((*uv, "venv", "--quiet", "--python", sys.executable, str(folder)), check=True)
    install = (*uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(folder), str(ROOT))
    subprocess.run(install, check=True)
    return folder / "bin"


def built(stack: Stack, folder: Path) -> str:
    """The image of examples/flask-hello, by digest."""
    project = folder / "flask-hello"
    shutil.copytree(ROOT / "examples" / "flask-hello", project)
    environment = place(stack, "build")[1]
    for arguments in (("init", "--image", f"{stack.registry}/benchmark/hello"), ("build", "--push", "--json")):
        done = subprocess.run(
            ("kubeship", *arguments), cwd=project, env=environment, capture_output=True, text=True, check=True
        )
    reference: str = json.loads(done.stdout.splitlines()[-1])["reference"]
    return reference


if __name__ == "__main__":
    main()
