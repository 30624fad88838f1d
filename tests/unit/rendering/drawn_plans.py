"""Which Plans does hypothesis draw? Apps of a few processes whose values nobody would think of."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from kubeship.model.plan import IngressPlan, Plan, ProbePlan, ProcessPlan, ReleasePlan, SecretKey
from tests.unit.rendering.format_plans import CARRIED
from tests.unit.rendering.rendering_plans import FLASK_HELLO

NAMES = ("web", "api", "mail-worker", "beat", "on", "y", "null", "reports-2")
TEXTS = st.one_of(
    st.sampled_from(CARRIED),
    # No control characters: the API takes them, and compose's reader of YAML doesn't.
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=40),
)
VARIABLES = st.dictionaries(st.from_regex(r"[A-Z][A-Z0-9_]{0,8}", fullmatch=True), TEXTS, max_size=4)
HOSTS = st.lists(st.sampled_from(("shop.example.com", "www.example.com", "*.example.com")), min_size=1, unique=True)


@st.composite
def processes(draw: Any, name: str) -> ProcessPlan:
    """A process of any kind."""
    kind = draw(st.sampled_from(("web", "worker", "singleton", "cron")))
    web = kind == "web"
    probe = draw(st.sampled_from((ProbePlan("/healthz", 8000), ProbePlan(None, 8000), None))) if web else None
    hosts = tuple(draw(HOSTS)) if web and draw(st.booleans()) else ()
    return ProcessPlan(
        name=name,
        full_name=f"app-{name}",
        kind=kind,
        interface="wsgi" if web else "none",
        entrypoint=None,
        command=("run", *draw(st.lists(TEXTS, max_size=3))),
        replicas=draw(st.integers(1, 3)) if kind in {"web", "worker"} else 1,
        cpu=draw(st.sampled_from(("100m", "0.5", "2"))),
        memory=draw(st.sampled_from(("64Mi", "1Gi", "1e9"))),
        port=8000 if web else None,
        probe=probe,
        ingress=IngressPlan(hosts, draw(st.sampled_from((None, "traefik"))), draw(st.sampled_from((None, "tls"))))
        if hosts
        else None,
        schedule="*/5 * * * *" if kind == "cron" else None,
        pre_stop_seconds=draw(st.integers(0, 5)),
        variables={"PORT": "8000"} if web and draw(st.booleans()) else {},
    )


@st.composite
def plans(draw: Any) -> Plan:
    """A Plan that planning could have made."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    steps = draw(st.integers(0, 2))
    variables = draw(VARIABLES)
    secrets = draw(st.lists(st.sampled_from(("SECRET_KEY", "DATABASE_URL", "no")), unique=True))
    tag = draw(st.sampled_from(("set-by-deploy", "1e3", "v1.2")))
    return replace(
        FLASK_HELLO,
        name="app",
        environment=draw(st.sampled_from(("production", "staging", "y"))),
        namespace=draw(st.sampled_from(("shop", "null", "n1"))),
        image="registry.example.com/team/app",
        reference=f"registry.example.com/team/app:{tag}",
        processes=tuple(draw(processes(name)) for name in names),
        release=tuple(
            ReleasePlan(
                f"release-{order}", f"app-release-{order}", order, ("migrate", draw(TEXTS)), "safe", "1", "64Mi"
            )
            for order in range(1, steps + 1)
        ),
        variables={name: value for name, value in variables.items() if name not in secrets},
        secrets=tuple(SecretKey(name, "app", name, draw(st.booleans())) for name in secrets),
    )
