"""Does the project hold code that another program runs: spiders, DAGs, flows? Named, with what to do about it."""

import re

from kubeship.inspection.files.sources import Sources
from kubeship.model.origin import Origin
from kubeship.model.project import Warned

# (a word of it, what its files say, what it is, what to do). Sources: Airflow's "Core concepts: DAGs", Prefect's
# "Deploy flows".
RUN_ELSEWHERE = (
    (
        b"airflow",
        re.compile(rb"^\s*(?:from|import)\s+airflow\b", re.MULTILINE),
        "Airflow DAGs",
        "an Airflow installation loads them; give it the folder (its image or git-sync), they are not served",
    ),
    (
        b"prefect",
        re.compile(rb"^\s*from\s+prefect\s+import\s[^\n]*\bflow\b", re.MULTILINE),
        "Prefect flows",
        "a Prefect worker runs them; deploy them with `prefect deploy`, or name a script that calls `serve`; to run a "
        "worker here: --set 'processes.worker.command=prefect worker start --pool NAME'",
    ),
    (
        b"dagster",
        re.compile(rb"^\s*(?:from|import)\s+dagster\b", re.MULTILINE),
        "Dagster definitions",
        "a Dagster code location loads them; to run one here: --set processes.web.port=4000 --set "
        "'processes.web.command=dagster api grpc -h 0.0.0.0 -p 4000 -m MODULE'",
    ),
)


def run_elsewhere(sources: Sources) -> tuple[Warned, ...]:
    """One warning for each kind of such code, at its first place."""
    found: list[Warned] = []
    if "scrapy.cfg" in sources:
        message = (
            "a Scrapy project: its spiders are run on a schedule; --set processes.crawl.kind=cron --set "
            "'processes.crawl.schedule=0 3 * * *' --set 'processes.crawl.command=scrapy crawl NAME'"
        )
        found.append(Warned(message, Origin("scrapy.cfg")))
    for module, pattern, label, remedy in RUN_ELSEWHERE:
        path = next(sources.mentioning(pattern, words=(module,)), None)
        if path:
            found.append(Warned(f"{label}: {remedy}", Origin(path)))
    return tuple(found)
