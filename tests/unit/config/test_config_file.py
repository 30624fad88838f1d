"""Does kubeship.yaml say what is wrong, where, and all of it at once?"""

from pathlib import Path

import pytest

from kubeship.config.file import ConfigFile, load, parsed
from kubeship.errors import ExitCode, InvalidInput

SOUND = """\
version: 1
name: shop
image: registry.example.com/team/shop
python: "3.12"
dependencies: {manager: pip, files: [requirements.txt]}
processes:
  web:
    kind: web
    entrypoint: shop.wsgi:application
    server: gunicorn
    port: 8000
    hosts: [shop.example.com]
    replicas: 2
variables: {MODE: live, LEVEL: info}
environments:
  production: {namespace: shop}
"""
STAGING = "  staging: {namespace: shop-staging, processes: {web: {replicas: 1, port: 9000}}, variables: {MODE: null}}\n"


def error(text: str, environment: str | None = None) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        parsed(text).configuration(environment)
    return caught.value


def changed(before: str, after: str) -> str:
    assert before in SOUND
    return SOUND.replace(before, after)


def test_sound_file_is_read() -> None:
    configuration, target, environment = parsed(SOUND).configuration(None)

    assert configuration.processes["web"].port == 8000
    assert configuration.processes["web"].replicas.min == 2
    assert (target.namespace, target.context, environment) == ("shop", None, "production")


def test_overlay_is_merged_and_null_removes() -> None:
    file = parsed(SOUND + STAGING)

    configuration, target, _ = file.configuration("staging")

    assert configuration.processes["web"].port == 9000
    assert configuration.processes["web"].replicas.min == 1
    assert configuration.processes["web"].hosts == ["shop.example.com"]
    assert configuration.variables == {"LEVEL": "info"}
    assert target.namespace == "shop-staging"
    assert file.image_configuration().variables == {"MODE": "live", "LEVEL": "info"}


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("port: 8000", "port: http", "kubeship.yaml:11: processes.web.port: expected 1-65535, got 'http'"),
        ("port: 8000", "port: 70000", "kubeship.yaml:11: processes.web.port: expected 1-65535, got 70000"),
        ("replicas: 2", "replicas: 20000", "kubeship.yaml:13: processes.web.replicas.min: expected 0-10000, got 20000"),
        ("port: 8000", "port: true", "kubeship.yaml:11: processes.web.port: expected 1-65535, got true"),
        (
            "port: 8000",
            "prot: 8000\n    port: 1",
            "kubeship.yaml:11: processes.web.prot: unknown key, did you mean port?",
        ),
        ("version: 1", "version: 2", "kubeship.yaml:1: version: expected 1, got 2"),
        ("version: 1", "version: 1\nzzz: 1", "kubeship.yaml:2: zzz: unknown key; known are build, dependencies,"),
        ("name: shop", "name: Shop", "kubeship.yaml:2: name: expected lower-case letters, digits and dashes"),
        ("name: shop\n", "", "kubeship.yaml:1: name: is missing"),
        ("team/shop", "team/shop:1.2", "kubeship.yaml:3: image: expected a repository without tag or digest such as"),
        ('"3.12"', "3.10", 'kubeship.yaml:4: python: expected a version in quotes such as "3.12", got the number 3.1'),
        ('"3.12"', '"3"', "kubeship.yaml:4: python: expected a minor version in quotes such as \"3.12\", got '3'"),
        ("manager: pip", "hashes: 3", "kubeship.yaml:5: dependencies.hashes: expected true or false, got 3"),
        (
            "[requirements.txt]",
            "x",
            "kubeship.yaml:5: dependencies.files: expected a list, each item a string, got 'x'",
        ),
        (
            "kind: web",
            "kind: website",
            "kubeship.yaml:8: processes.web.kind: expected one of web, worker, singleton, cron",
        ),
        ("    kind: web\n", "    kind: worker\n", "kubeship.yaml:7: processes.web: only a web process has hosts"),
        (
            "    server: gunicorn\n",
            "",
            "kubeship.yaml:7: processes.web: needs a command, or an entrypoint and a server",
        ),
        (
            "[shop.example.com]",
            "[https://a.b]",
            "kubeship.yaml:12: processes.web.hosts[0]: expected a host name in lower",
        ),
        (
            "replicas: 2",
            "replicas: {min: 3, max: 2}",
            "kubeship.yaml:13: processes.web.replicas: max 2 is less than min 3",
        ),
        ("replicas: 2", "replicas: two", "kubeship.yaml:13: processes.web.replicas: expected "),
        (
            "version: 1",
            "version: 1\nrelease: [{command: migrate, rollback: nevr}]",
            "kubeship.yaml:2: release[0].rollback: expected safe, never, or a command line",
        ),
        ("LEVEL: info", "LEVEL: 1", "kubeship.yaml:14: variables.LEVEL: expected a string, got 1; put it in quotes"),
        (
            "LEVEL: info",
            "1X: a",
            "kubeship.yaml:14: variables.1X: expected the name of an environment variable, got '1X'",
        ),
        ("{namespace: shop}", "{}", "kubeship.yaml:16: environments.production.namespace: is missing"),
        ("{namespace: shop}", "", "kubeship.yaml:16: environments.production.namespace: is missing"),
        (
            "{namespace: shop}",
            "{namespace: shop, prot: 1}",
            "kubeship.yaml:16: environments.production.prot: unknown key; known are ",
        ),
        (
            "{namespace: shop}",
            '{namespace: shop, python: "3.13"}',
            "kubeship.yaml:16: environments.production.python: can't differ between environments",
        ),
        (
            "{namespace: shop}",
            "{namespace: shop, processes: {web: {port: http}}}",
            "kubeship.yaml:16: environments.production.processes.web.port: expected 1-65535, got 'http'",
        ),
    ],
)
def test_mistake_names_line_path_and_what_was_expected(before: str, after: str, message: str) -> None:
    found = error(changed(before, after))

    assert found.message.splitlines()[0].startswith(message)
    assert found.exit_code is ExitCode.USAGE
    assert found.hint.startswith("correct kubeship.yaml:")


def test_all_mistakes_are_named_at_once_from_top_to_bottom() -> None:
    text = (
        SOUND.replace("port: 8000", "port: http")
        .replace("name: shop\n", "name: SHOP\n")
        .replace("kind: web", "kind: x")
    )

    found = error(text)

    assert [line.split(": ")[0] for line in found.message.splitlines()] == [
        "kubeship.yaml:2",
        "kubeship.yaml:8",
        "kubeship.yaml:11",
    ]


def test_variable_that_is_also_a_secret_is_refused() -> None:
    found = error(SOUND + "secrets: {from: shop, keys: [MODE]}\n")

    assert "MODE: both in variables and in secrets.keys" in found.message


def test_environment_must_be_named_when_there_are_two() -> None:
    found = error(SOUND + STAGING)

    assert found.message == "kubeship.yaml has 2 environments: production, staging"
    assert found.hint == "add --env production"


def test_unknown_environment_names_the_known_ones() -> None:
    found = error(SOUND + STAGING, "prod")

    assert found.message == "kubeship.yaml has no environment prod; it has production, staging"


def test_two_environments_in_the_same_place_are_refused() -> None:
    found = error(SOUND + "  copy: {namespace: shop}\n", "production")

    assert found.message == "kubeship.yaml:17: environments.copy: has the same context and namespace as production"


def test_same_namespace_of_another_context_is_another_place() -> None:
    file = parsed(SOUND + "  other: {namespace: shop, context: two}\n")

    assert file.configuration("other")[1].context == "two"


def test_missing_file_says_to_run_init(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"there is no kubeship\.yaml") as caught:
        load(tmp_path / "kubeship.yaml")

    assert caught.value.hint == "run kubeship init"


@pytest.mark.parametrize("content", [b"", b"- a\n", b"\xff\xfe", b"a: [", b"# nothing\n"])
def test_file_that_is_no_mapping_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "kubeship.yaml"
    path.write_bytes(content)

    with pytest.raises(InvalidInput, match=r"kubeship\.yaml"):
        load(path)


def test_value_is_found_by_key() -> None:
    file: ConfigFile = parsed(SOUND)

    assert file.value("processes.web.entrypoint") == "shop.wsgi:application"
    assert file.value("processes.worker.command") is None
    assert file.value("name.deeper") is None


@pytest.mark.parametrize("duration", ["0s", "0h0m", "", "99999999999999999999h", "10"])
def test_a_rollout_has_some_time_but_not_for_ever(duration: str) -> None:
    found = error(SOUND + f'rollout: {{timeout: "{duration}"}}\n')

    assert "rollout.timeout: expected a duration such as 90s, 10m or 1h30m" in found.message
