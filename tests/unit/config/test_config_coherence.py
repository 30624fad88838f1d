"""Is what contradicts itself refused, with a way out, and is an overlay laid over by the written rules?"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeship.config.file import parsed
from kubeship.config.merge import merge
from kubeship.errors import InvalidInput

APP = """\
version: 1
name: shop
image: shop
python: "3.12"
dependencies: {manager: pip, files: [requirements.txt]}
processes:
  web: {kind: web, command: ./serve, port: 8000, hosts: [shop.example.com]WEB}
  nightly: {kind: cron, command: ./clean, schedule: "@daily"CRON}
REST
environments: {production: {namespace: live}, staging: {namespace: test}}
"""


@pytest.mark.parametrize(
    ("web", "rest", "words"),
    [
        (
            "",
            "volumes: {media: {path: media, size: 1Gi}}",
            "volumes.media: ReadWriteOnce can be mounted on one node only",
        ),
        ("volumes: [{path: data, size: 1Gi}]", "", "per_replica: true, replicas: 1"),
        ("", "volumes: {media: {path: media, size: 1Gi, processes: [wbe]}}", "there is no process wbe"),
        ("", "volumes: {media: {path: media}}", "needs a size, or the claim"),
        ("", "writable: [media]\nfiles: {media: {content: x}}", "mounted twice"),
        ("", "writable: [/tmp]", "kubeship and writable: /tmp is mounted twice"),
        ("", "files: {a: {content: x, source: y}}", "either content or source"),
        ("replicas: {min: 0, max: 3}", "", "keeps one pod at least"),
        ("time_zone: Europe/Berlin", "", "time_zone: only a cron process has that"),
        ("", "network_policy: {}", "network_policy.ingress_namespace: web has hosts"),
        (
            "",
            "services: {postgres: {from: DATABASE_URL}}\nnetwork_policy: {ingress_namespace: traefik}",
            "postgres would be cut off",
        ),
        ("", "ingress: {gateway: infra/public, class: nginx}", "class: the Gateway decides that"),
        ("", "ingress: {gateway: infra/public, http_listener: http}", "NAMESPACE/NAME/LISTENER"),
        ("sticky: true", "ingress: {gateway: infra/public}", "processes.web.sticky"),
        ("", "logs: {format: json}", "kubeship writes the log of gunicorn as JSON, and web runs ./serve"),
        ("", "secrets: {from: shop}", "needs keys, or files"),
        ("", "secrets: {from: shop, keys: [A], path: x}", "no store is named"),
        ("", "service_account: {name: own, annotations: {a: b}}", "annotate the existing one"),
        ("", "network_policy: {ingress_namespace: a, egress: [{ports: [1]}]}", "needs either a cidr"),
    ],
)
def test_contradictions_are_refused_with_a_way_out(web: str, rest: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parsed(app(web, rest)).configuration("production")

    assert words in refused.value.message


@pytest.mark.parametrize("zone", ["Berlin", "../etc/passwd", ""])
def test_a_time_zone_is_one_of_the_database(zone: str) -> None:
    with pytest.raises(InvalidInput, match="IANA"):
        parsed(app(cron=f'time_zone: "{zone}"')).configuration("production")


@pytest.mark.parametrize("schedule", ["daily", "0 3 * *", "0 3 * * * *", "@reboot"])
def test_a_schedule_has_five_fields(schedule: str) -> None:
    with pytest.raises(InvalidInput, match="five fields"):
        parsed(
            APP.replace("WEB", "").replace("CRON", "").replace("REST", "").replace("@daily", schedule)
        ).configuration("production")


def test_two_environments_in_one_place_are_refused_whichever_is_asked_for() -> None:
    text = app().replace("namespace: test", "namespace: live")

    with pytest.raises(InvalidInput, match=r"environments\.staging: has the same context and namespace as production"):
        parsed(text).configuration("production")


def test_a_mapping_merges_a_list_replaces_and_null_removes() -> None:
    base = {"a": {"b": 1, "c": [1, 2]}, "d": "x"}

    assert merge(base, {"a": {"c": [3]}, "d": None, "e": {"f": None, "g": 2}}) == {
        "a": {"b": 1, "c": [3]},
        "e": {"g": 2},
    }
    assert base == {"a": {"b": 1, "c": [1, 2]}, "d": "x"}


def test_an_overlay_reaches_every_new_key() -> None:
    text = app(rest="ingress: {class: nginx, tls: shop-tls}\nwritable: [cache]").replace(
        "{namespace: test}",
        "{namespace: test, ingress: {tls: null}, writable: [], processes: {web: {replicas: {min: 1, max: 2}}},"
        " volumes: {media: {path: media, size: 1Gi, access: ReadWriteMany}}}",
    )

    production, _, _ = parsed(text).configuration("production")
    staging, _, _ = parsed(text).configuration("staging")

    assert (production.ingress.tls, staging.ingress.tls, staging.ingress.class_) == ("shop-tls", None, "nginx")
    assert (production.writable, staging.writable) == (["cache"], [])
    assert (production.volumes, list(staging.volumes)) == ({}, ["media"])
    assert staging.processes["web"].replicas.autoscaled


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
MAPPINGS = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3)


@given(MAPPINGS, MAPPINGS)
def test_merging_twice_is_merging_once_and_nothing_changes_an_empty_overlay(base: Any, overlay: Any) -> None:
    once = merge(base, overlay)

    assert merge(once, overlay) == once
    assert merge(base, {}) == base


def app(web: str = "", rest: str = "", cron: str = "") -> str:
    text = APP.replace("WEB", f", {web}" if web else "").replace("CRON", f", {cron}" if cron else "")
    return text.replace("REST", rest)
