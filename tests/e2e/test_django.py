"""Does a Django project with PostgreSQL become a healthy rollout, its migrations first?"""

import json
import subprocess
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.e2e.conftest import Client, Kubectl, Ship, Throughout
from tests.stack.addresses import Stack

pytestmark = pytest.mark.e2e

SECURE = {"X-Forwarded-Proto": "https"}


@pytest.fixture
def database(stack: Stack, kubectl: Kubectl) -> Iterator[str]:
    """A database of this test's own."""
    name = kubectl.namespace.replace("-", "_")
    psql(stack.database, f"CREATE DATABASE {name}")
    yield urlunsplit(urlsplit(stack.database)._replace(path=f"/{name}"))
    psql(stack.database, f"DROP DATABASE {name} WITH (FORCE)")


def psql(url: str, statement: str) -> str:
    done = subprocess.run(["psql", url, "-Atc", statement], capture_output=True, text=True, check=True)
    return done.stdout


def shop(copy: Any, kubectl: Kubectl, database: str) -> tuple[Ship, Client]:
    """django-shop, initialised, its Secret in the namespace."""
    ship: Ship = copy("django-shop")
    host = f"shop.{kubectl.namespace}.test"
    image = f"{ship.stack.registry}/{kubectl.namespace}/shop"
    ship(
        "init", "--image", image, "--host", host, "--namespace", kubectl.namespace,
        "--set", f"ingress.class={ship.stack.ingress_class}", "--set", f"variables.ALLOWED_HOSTS={host}",
    )  # fmt: skip
    name = json.loads(ship("inspect", "--json").out)["name"]
    kubectl(
        "create",
        "secret",
        "generic",
        name,
        "--from-literal=SECRET_KEY=s3cret",
        f"--from-literal=DATABASE_URL={database}",
    )
    return ship, Client(ship.stack.ingress, host, SECURE)


def test_migrations_run_once_before_the_workloads_and_the_page_answers(
    copy: Any, kubectl: Kubectl, database: str
) -> None:
    ship, client = shop(copy, kubectl, database)

    ship("deploy")
    client.wait_for("<html")
    jobs = kubectl.names("job")
    again = ship("deploy", "--json").lines[-1]

    assert "catalogue_product" in psql(database, "SELECT tablename FROM pg_tables")
    assert client.get("/static/catalogue/shop.css")[0] in {200, 404}
    assert len(jobs) == 1
    assert kubectl.names("job") == jobs
    assert again["revision"]["number"] == 1


def test_a_release_step_that_fails_changes_no_workload(copy: Any, kubectl: Kubectl, database: str) -> None:
    ship, client = shop(copy, kubectl, database)
    ship("deploy")
    client.wait_for("<html")

    (ship.project / "catalogue/migrations/0099_broken.py").write_text(
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
        '    dependencies = [("catalogue", "0001_initial")]\n'
        '    operations = [migrations.RunSQL("SELECT nonsense")]\n'
    )
    with Throughout(client) as asking:
        failed = ship("deploy", code=1)
    asking.none_failed()

    assert "nonsense" in failed.err
    assert "no workload was changed" in failed.err
    outcomes = [record["outcome"] for record in json.loads(ship("history", "--json").out)["revisions"]]
    assert outcomes == ["stopped", "succeeded"]


def test_a_missing_secret_is_named_before_anything_is_built(copy: Any, kubectl: Kubectl, database: str) -> None:
    ship, _ = shop(copy, kubectl, database)
    kubectl("delete", "secret", "--all")

    failed = ship("deploy", code=4)

    assert "DATABASE_URL" in failed.err
    assert "Building" not in failed.err
    assert kubectl.names("deployment,job") == set()
