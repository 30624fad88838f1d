"""Do the configuration files and command lines say what the servers need, and do they agree with one another?"""

import json
import re
from pathlib import Path

from tests.stack import second_node
from tests.stack.base_images import mmdebstrap
from tests.stack.binaries import SOURCES
from tests.stack.config_files import CONTEXT, SECURED_LOGIN, USERS, config_files
from tests.stack.machine import lacking
from tests.stack.place import Place
from tests.stack.servers import servers
from tests.stack.versions import BaseImage, load_versions

PLACE = Place(Path("/checkout"), 170, 5000, 8080, 9000)
TOKENS = {user: f"token-of-{user}" for user in USERS}
FILES = config_files(PLACE, TOKENS, "/etc/resolv.conf")


def test_every_user_has_a_token_and_a_kubeconfig_with_it() -> None:
    for user, token in TOKENS.items():
        kubeconfig = json.loads(FILES[f"{user}.kubeconfig"])
        assert kubeconfig["users"][0]["user"]["token"] == token
        assert f'{token},{USERS[user][0]},{user},"{USERS[user][1]}"' in FILES["tokens.csv"].splitlines()


def test_context_of_the_tests_is_the_current_one() -> None:
    assert json.loads(FILES["admin.kubeconfig"])["current-context"] == CONTEXT


def test_node_pulls_its_own_and_docker_hubs_names_from_the_registry() -> None:
    hosts = [FILES[f"certs.d/{name}/hosts.toml"] for name in ("docker.io", PLACE.registry)]

    assert all('server = "http://localhost:5000"' in text for text in hosts)


def test_second_node_shares_no_folder_socket_or_address_with_the_first_and_keeps_pods_away() -> None:
    files = second_node.files(PLACE, "/etc/resolv.conf")
    first, other = (json.loads(text) for text in (FILES["kubelet.yaml"], files["kubelet-2.yaml"]))
    commands = {server.name: " ".join(server.command) for server in second_node.servers(PLACE, Path("/bin"), "token")}

    own = ("address", "cgroupRoot", "containerRuntimeEndpoint", "podLogsDir")
    assert [key for key in own if first[key] == other[key]] == []
    places = re.compile(r"^ *(root|state|address) = .+$", re.MULTILINE)
    kept, its = (
        {found[0] for found in places.finditer(text)} for text in (FILES["containerd.toml"], files["containerd-2.toml"])
    )
    assert len(its) == 3
    assert not kept & its
    assert other["registerWithTaints"][0]["key"] == second_node.TAINT
    assert tuple(commands) == second_node.SERVERS
    assert f"--node-ip={PLACE.second_node_address}" in commands["kubelet-2"]


def test_both_registries_serve_one_folder_and_allow_deleting() -> None:
    one, other = (json.loads(FILES[name]) for name in ("registry.yml", "registry-of-node.yml"))

    assert one["storage"] == other["storage"]
    assert one["storage"]["delete"] == {"enabled": True}
    assert one["http"]["addr"] == "127.0.0.1:5000"


def test_secured_registry_wants_the_login_over_tls_and_the_node_trusts_it() -> None:
    secured = json.loads(FILES["registry-secured.yml"])

    assert secured["http"]["addr"] == PLACE.secured_registry
    assert secured["http"]["tls"]["certificate"] in FILES[f"certs.d/{PLACE.secured_registry}/hosts.toml"]
    assert secured["auth"]["htpasswd"]["path"] == str(PLACE.run / "htpasswd")
    assert FILES["htpasswd"].startswith(f"{SECURED_LOGIN[0]}:$2a$")


def test_full_disk_evicts_nothing() -> None:
    assert set(json.loads(FILES["kubelet.yaml"])["evictionHard"].values()) == {"0%"}


def test_server_names_are_unique_because_logs_are_named_by_them() -> None:
    names = [server.name for server in servers(PLACE, Path("/bin"), TOKENS, 1500)]

    assert len(set(names)) == len(names)


def test_files_that_command_lines_name_are_written() -> None:
    words = " ".join(" ".join(server.command) for server in servers(PLACE, Path("/bin"), TOKENS, 1500))
    named = {path for path in FILES if f"{PLACE.run}/{path}" in words}

    assert named >= {"containerd.toml", "Corefile", "docker.json", "kubelet.yaml", "proxy.yaml", "tokens.csv"}


def test_versions_agree_with_the_go_modules() -> None:
    versions = load_versions()

    assert f"k8s.io/kubernetes v{versions.kubernetes}" in (SOURCES / "kube" / "go.mod").read_text()
    assert f"github.com/traefik/traefik/v3 v{versions.traefik}" in (SOURCES / "traefik" / "go.mod").read_text()


def test_certificates_of_the_machine_go_into_the_base_image_only_where_there_are_some() -> None:
    image = BaseImage("3.11", "bookworm", ("3.11-slim",))

    with_them = " ".join(mmdebstrap(image, None, [Path("/usr/local/share/ca-certificates/proxy.crt")], []))
    without = " ".join(mmdebstrap(image, None, [], []))

    assert "update-ca-certificates" in with_them
    assert "proxy.crt" in with_them
    assert "update-ca-certificates" not in without


def test_everything_that_is_missing_is_said_at_once() -> None:
    problems = lacking("Darwin", 501, lambda command: None, {"dockerd": "docker.io"})

    assert any("Darwin" in problem for problem in problems)
    assert any("root" in problem for problem in problems)
    assert any("docker.io" in problem for problem in problems)


def test_debian_machine_with_root_lacks_nothing() -> None:
    assert lacking("Linux", 0, lambda command: f"/usr/bin/{command}", {"dockerd": "docker.io"}) == []
