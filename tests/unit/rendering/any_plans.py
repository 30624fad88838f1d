"""Which Plans can there be? hypothesis makes them: names that the API takes, and values that hold anything."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from kubeship.model.plan import IngressPlan, Plan, ProbePlan, ProcessPlan, ReleasePlan, SecretKey
from kubeship.model.project import ProcessKind
from kubeship.model.surroundings import (
    AccountPlan,
    CronPlan,
    EgressPlan,
    EmptyFolder,
    ExternalSecretPlan,
    FilePlan,
    GatewayPlan,
    MetricsPlan,
    NetworkPlan,
    RulePlan,
    ScalingPlan,
    SecretFile,
    VolumePlan,
)
from tests.unit.rendering.rendering_plans import NASTY_VALUES

NAMES = st.from_regex(r"[a-z][a-z0-9]{1,8}", fullmatch=True) | st.sampled_from(["no", "on", "null", "true", "y", "e1"])
TEXTS = st.sampled_from(NASTY_VALUES) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
VARIABLES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,12}", fullmatch=True)
CPUS = st.sampled_from(["50m", "250m", "1", "0.5"])
MEMORIES = st.sampled_from(["64Mi", "1Gi", "500M", "1e9"])
PORTS = st.integers(1024, 65_535)
FOLDERS = st.lists(NAMES, min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts))
LABELS = st.dictionaries(NAMES, NAMES, max_size=2)
KEYS = st.lists(NAMES, min_size=1, max_size=2, unique=True).map(tuple)
HOSTS = st.lists(NAMES, min_size=1, max_size=3).map(".".join)
KINDS: tuple[ProcessKind, ...] = ("web", "worker", "singleton", "cron")


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """None, or a value of the strategy."""
    return st.none() | strategy


def some(strategy: st.SearchStrategy[Any], most: int = 2) -> st.SearchStrategy[tuple[Any, ...]]:
    """A few, all different."""
    return st.lists(strategy, max_size=most, unique=True).map(tuple)


@st.composite
def plans(draw: st.DrawFn, texts: st.SearchStrategy[str] = TEXTS) -> Plan:
    """An app of one to four processes of all kinds; `texts` are values that mean nothing to kubeship."""
    name = draw(NAMES)
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    paths = iter(draw(st.lists(FOLDERS.map(lambda path: f"/mnt{path}"), min_size=8, max_size=8, unique=True)))
    claims = (_claim(draw, name, next(paths)),) if draw(st.booleans()) else ()
    steps = draw(st.integers(0, 2))
    return Plan(
        name=name,
        environment="production",
        namespace=draw(NAMES),
        image="registry.example.com/shop",
        reference="registry.example.com/shop:1e3",
        processes=tuple(_process(draw, name, each, texts, (claims, next(paths))) for each in names),
        release=tuple(_release(draw, name, order, texts) for order in range(1, steps + 1)),
        variables=draw(st.dictionaries(VARIABLES, texts, max_size=3)),
        secrets=draw(some(st.builds(SecretKey, VARIABLES.map(lambda each: f"{each}_S"), NAMES, NAMES))),
        image_pull_secrets=draw(some(NAMES)),
        claims=claims,
        files=(FilePlan(next(paths), draw(NAMES), draw(texts)),) if draw(st.booleans()) else (),
        writable=(EmptyFolder(f"w{draw(NAMES)}", next(paths)),) if draw(st.booleans()) else (),
        secret_files=(SecretFile(next(paths), draw(NAMES), draw(NAMES)),) if draw(st.booleans()) else (),
        external_secret=draw(maybe(st.builds(ExternalSecretPlan, NAMES, st.just("SecretStore"), NAMES, texts, KEYS))),
        network=draw(maybe(_networks())),
        service_account=draw(maybe(_accounts())),
    )


def _process(
    draw: st.DrawFn, app: str, name: str, texts: st.SearchStrategy[str], mounts: tuple[tuple[VolumePlan, ...], str]
) -> ProcessPlan:
    """`mounts` are the claims of the app, and a path for a volume of its own."""
    claims, path = mounts
    kind = draw(st.sampled_from(KINDS))
    port = draw(PORTS) if kind == "web" else None
    replicas = draw(st.integers(0, 4)) if kind in {"web", "worker"} else 1
    own = VolumePlan(f"v{draw(NAMES)}", "v", path, "1Gi", draw(maybe(NAMES)), "ReadWriteOnce", per_replica=True)
    stateful = kind in {"web", "worker"} and draw(st.booleans())
    return ProcessPlan(
        name=name,
        full_name=f"{app}-{name}",
        kind=kind,
        interface="none",
        entrypoint=None,
        command=("run", *draw(st.lists(texts, max_size=3))),
        replicas=replicas,
        cpu=draw(CPUS),
        memory=draw(MEMORIES),
        port=port,
        probe=draw(_probes(port)) if port else None,
        ingress=draw(maybe(_ingresses(texts))) if port else None,
        schedule="*/5 * * * *" if kind == "cron" else None,
        pre_stop_seconds=draw(st.integers(0, 9)) if kind == "web" else 0,
        grace_seconds=draw(st.integers(10, 90)),
        variables=draw(st.dictionaries(VARIABLES, texts, max_size=2)),
        cpu_limit=draw(maybe(st.just("2"))),
        memory_limit=draw(maybe(st.just("4Gi"))),
        gpu=draw(st.integers(0, 1)),
        shared_memory=draw(maybe(MEMORIES)),
        node_selector=draw(LABELS),
        volumes=(*claims, own) if stateful else claims,
        recreate=kind != "cron" and not stateful and draw(st.booleans()),
        scaling=draw(maybe(_scalings())) if kind in {"web", "worker"} else None,
        cron=draw(st.builds(CronPlan, time_limit_seconds=maybe(st.integers(1, 9999)))),
        grpc=port is not None and draw(st.booleans()),
        sticky=port is not None and draw(st.booleans()),
        service_annotations=draw(_annotations(texts)),
        metrics=draw(maybe(_metrics(port))),
        labels=draw(LABELS),
        annotations=draw(_annotations(texts)),
    )


def _release(draw: st.DrawFn, app: str, order: int, texts: st.SearchStrategy[str]) -> ReleasePlan:
    name = "release" if order == 1 else f"release-{order}"
    command = ("run", *draw(st.lists(texts, max_size=3)))
    variables: Mapping[str, str] = draw(st.dictionaries(VARIABLES, texts, max_size=1))
    return ReleasePlan(name, f"{app}-{name}", order, command, "safe", draw(CPUS), draw(MEMORIES), variables=variables)


def _claim(draw: st.DrawFn, app: str, path: str) -> VolumePlan:
    access = draw(st.sampled_from(["ReadWriteOnce", "ReadWriteMany", "ReadOnlyMany"]))
    return VolumePlan("shared", f"{app}-shared", path, "1Gi", draw(maybe(NAMES)), access)


def _probes(port: int) -> st.SearchStrategy[ProbePlan]:
    headers = st.lists(st.tuples(NAMES, HOSTS), max_size=2).map(tuple)
    ways = st.one_of(
        st.builds(lambda path, sent: {"path": path, "headers": sent}, FOLDERS, headers),
        st.just({"path": None}),
        st.builds(lambda service: {"path": None, "grpc": service}, st.just("") | NAMES),
        st.builds(lambda words: {"path": None, "command": ("run", *words)}, st.lists(NAMES, max_size=2)),
    )
    return ways.map(lambda way: ProbePlan(port=port, **way))


def _annotations(texts: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, str]]:
    return st.dictionaries(NAMES.map(lambda name: f"example.com/{name}"), texts, max_size=2)


def _ingresses(texts: st.SearchStrategy[str]) -> st.SearchStrategy[IngressPlan]:
    return st.builds(
        IngressPlan,
        hosts=st.lists(HOSTS, min_size=1, max_size=3, unique=True).map(tuple),
        class_name=maybe(NAMES),
        tls_secret=maybe(NAMES),
        paths=st.lists(st.just("/") | FOLDERS, min_size=1, max_size=2, unique=True).map(tuple),
        annotations=_annotations(texts),
        gateway=maybe(st.builds(GatewayPlan, NAMES, NAMES, maybe(NAMES), maybe(NAMES), maybe(st.integers(0, 99)))),
    )


def _scalings() -> st.SearchStrategy[ScalingPlan]:
    return st.builds(
        ScalingPlan, st.integers(1, 3), st.integers(4, 9), st.just(70), maybe(st.just(80)), st.integers(0, 600)
    )


def _metrics(port: int | None) -> st.SearchStrategy[MetricsPlan]:
    kinds = ["annotations", "podmonitor", *(["servicemonitor"] if port else [])]
    return st.builds(MetricsPlan, FOLDERS, PORTS, st.just("metrics"), st.sampled_from(kinds), st.just("30s"), LABELS)


def _networks() -> st.SearchStrategy[NetworkPlan]:
    ports = some(PORTS)
    peers = st.builds(EgressPlan, cidr=st.just("10.0.0.0/8"), ports=ports) | st.builds(
        EgressPlan, namespace=NAMES, labels=LABELS, ports=ports
    )
    return st.builds(NetworkPlan, maybe(NAMES), maybe(NAMES), st.lists(peers, max_size=2).map(tuple))


def _accounts() -> st.SearchStrategy[AccountPlan]:
    words = st.lists(NAMES, min_size=1, max_size=2).map(tuple)
    rules = st.lists(st.builds(RulePlan, words, words, words, some(NAMES)), max_size=2).map(tuple)
    return st.builds(AccountPlan, NAMES, st.just(False), LABELS, rules)
