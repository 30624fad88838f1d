"""How does the stack come up? Each line of `up` is one stage; `status` and `down` read what it leaves."""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.stack import (
    addresses,
    base_images,
    binaries,
    cluster_objects,
    down,
    held,
    machine,
    network,
    place,
    second_node,
    warm,
)
from tests.stack.config_files import CONTEXT, config_files, kubeconfig, new_tokens
from tests.stack.errors import StackError
from tests.stack.place import Place
from tests.stack.progress import say, step
from tests.stack.registry_upload import upload
from tests.stack.run import run
from tests.stack.server import Server
from tests.stack.servers import DATABASE, servers
from tests.stack.versions import Versions, load_versions

PYTHON = "library/python"
PATIENCE = 120.0  # seconds until a server that neither serves nor ends is given up


def up(environment: Mapping[str, str] = os.environ) -> None:
    """Bring up whatever is not up yet."""
    replaced = addresses.replaced_parts(environment)
    if problems := addresses.misfits(replaced):
        raise StackError("\n".join(problems))
    for part in sorted(replaced):
        say(f"{part}: {environment[addresses.OVERRIDES[part]]}, named by {addresses.OVERRIDES[part]}")
    if replaced == set(addresses.OVERRIDES):
        say("the environment brings every part: nothing to start")
        return
    with locked(place.CHECKOUT):
        if down.is_complete(place.CHECKOUT, replaced):
            say("the stack is up")
        else:
            _bring_up(replaced)


def _bring_up(replaced: set[str]) -> None:
    say("bringing up the test stack")
    versions = load_versions()
    machine.require_machine(versions)
    machine.install_packages(versions)
    programs = binaries.bin_directory(versions)
    images = _images(versions, programs)
    down.clear(place.CHECKOUT)
    here = place.choose()
    say(f"this stack is {here.name}: network {here.network}, registry {here.registry}")
    try:
        _start(here, programs, images, replaced)
    except BaseException as error:  # Ctrl-C as well: nothing may stay behind
        say(f"{'failed' if isinstance(error, Exception) else 'interrupted'}: taking everything down again")
        down.clear(place.CHECKOUT)
        raise
    say(f"the stack is up; its addresses are in {here.state / 'addresses.json'}")


def add_node(checkout: Path = place.CHECKOUT, settings: Mapping[str, object] | None = None) -> str:
    """The name of a second node of the stack that is up, started where it isn't there yet.

    Its kubelet is started anew where that runs with other settings (of a KubeletConfiguration).
    """
    here = place.remembered(checkout)
    if here is None or held.supervisor_pid(here) is None:
        raise StackError("the stack is not up (python -m tests.stack up)")
    with locked(checkout):
        supervisor = held.Supervisor(here)
        running = {name for name, server in supervisor.ask("servers").items() if server["ended"] is None}
        programs = Path(addresses.load(checkout).bin)
        token = json.loads(here.kubeconfig.read_text())["users"][0]["user"]["token"]
        for path, text in second_node.files(here, machine.resolver(), settings).items():
            target = here.run / path
            if path == second_node.KUBELET_FILE and target.exists() and target.read_text() != text:
                running.discard(second_node.SERVERS[1])
                held.end_server(here, supervisor, second_node.SERVERS[1])
            target.write_text(text)
        network.add_second_node(here)
        for server in second_node.servers(here, programs, token):
            if server.name not in running:
                _begin(here, supervisor, server)
            _await(here, supervisor, server)
        supervisor.close()
    return second_node.NODE


Images = list[tuple[str, tuple[str, ...], base_images.StoredImage]]


def _images(versions: Versions, programs: Path) -> Images:
    """Repository, tags and content of each image that the registry holds from the beginning."""
    images: Images = [("pause", ("stack",), base_images.pause_image(programs / "pause"))]
    for image in versions.images:
        if stored := base_images.base_image(image):
            images.append((PYTHON, image.tags, stored))
    return images


def _start(here: Place, programs: Path, images: Images, replaced: set[str]) -> None:
    tokens = new_tokens()
    _write_files(here, tokens)
    network.create(here)
    supervisor = held.launch(here)
    wanted = [server for server in servers(here, programs, tokens, network.mtu()) if server.part not in replaced]
    parts = {server.part for server in wanted}
    for server in wanted:
        _begin(here, supervisor, server)
        if server.awaited:
            _await(here, supervisor, server)
    if "registry" in parts:
        _fill_registry(here, supervisor, wanted[0], images)
    if "cluster" in parts:
        cluster_objects.apply(here, programs)
    for server in wanted:
        if not server.awaited and server.name != "registry":
            _await(here, supervisor, server)
    if "registry" in parts:
        python = [image for image in images if image[0] == PYTHON]
        warm.pull(here, [(tags[0], image.digest) for _, tags, image in python], parts & set(warm.PULL))
    addresses.save(_addresses(here, programs, parts))
    (here.state / "parts.json").write_text(json.dumps(sorted(parts)))
    supervisor.ask("keep")
    supervisor.close()


def _fill_registry(here: Place, supervisor: held.Supervisor, server: Server, images: Images) -> None:
    _await(here, supervisor, server)
    for repository, tags, image in images:
        if upload(f"127.0.0.1:{here.registry_port}", repository, tags, image):
            say(f"registry: uploaded {repository}:{', '.join(tags)}")


def _write_files(here: Place, tokens: Mapping[str, str]) -> None:
    for folder in (here.logs, here.run / "pki", here.kept / "registry", here.runtime / "postgres"):
        folder.mkdir(parents=True, exist_ok=True)
    for path, text in config_files(here, tokens, machine.resolver()).items():
        target = here.run / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    run(["openssl", "genrsa", "-out", str(here.run / "pki" / "service-accounts.key"), "2048"])
    _make_registry_certificate(here)
    here.kubeconfig.write_text(kubeconfig(here, tokens["admin"]))
    here.kubeconfig.chmod(0o600)
    owner = pwd.getpwnam("postgres")
    (here.runtime / "postgres" / "password").write_text(DATABASE)
    for owned in (here.runtime / "postgres", here.runtime / "postgres" / "password"):
        os.chown(owned, owner.pw_uid, owner.pw_gid)


def _make_registry_certificate(here: Place) -> None:
    """It signs itself, and the engine finds it where Docker looks (which held.py makes a folder of the stack's own)."""
    name = str(here.node_address)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650"]
    names = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=IP:{name}"]
    files = ["-keyout", str(here.run / "pki" / "registry.key"), "-out", str(here.registry_certificate)]
    run(["openssl", "req", "-x509", *key, *names, *files])
    trusted = here.runtime / "own/etc/docker/certs.d" / here.secured_registry / "ca.crt"
    trusted.parent.mkdir(parents=True, exist_ok=True)
    trusted.write_bytes(here.registry_certificate.read_bytes())


def _begin(here: Place, supervisor: held.Supervisor, server: Server) -> None:
    _log(here, server).unlink(missing_ok=True)
    supervisor.start(server.name, server.command_line(here), _environment_of(server), _log(here, server))


def _await(here: Place, supervisor: held.Supervisor, server: Server) -> None:
    """Wait until the server serves; say its last words when it ends instead."""
    begun = time.monotonic()
    while not server.is_ready():
        ended = supervisor.ask("servers")[server.name]["ended"]
        if ended is not None:
            raise StackError(f"{server.name} ended with {ended}:\n{_last_lines(_log(here, server))}")
        if time.monotonic() - begun > PATIENCE:
            raise StackError(f"{server.name} is not ready after {PATIENCE:.0f} s:\n{_last_lines(_log(here, server))}")
        time.sleep(0.05)
    say(f"{server.name}: ready at {server.address}")


def _addresses(here: Place, programs: Path, parts: set[str]) -> addresses.Stack:
    return addresses.Stack(
        docker_host=f"unix://{here.docker_socket}",
        registry=here.registry,
        kubeconfig=str(here.kubeconfig),
        context=CONTEXT,
        ingress=f"http://127.0.0.1:{here.ingress_port}",
        ingress_class=cluster_objects.INGRESS_CLASS,
        database=f"postgresql://{DATABASE}:{DATABASE}@{here.node_address}:5432/{DATABASE}",
        bin=str(programs),
        secured_registry=here.secured_registry if "registry" in parts else "",
        secured_registry_ca=str(here.registry_certificate) if "registry" in parts else "",
    )


def _environment_of(server: Server) -> dict[str, str]:
    # Debian's programs first: /usr/sbin may not be on the caller's PATH. The engine alone may need a proxy's address.
    proxies = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    kept = proxies if server.part == "engine" else {}
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8", **kept}


def _log(here: Place, server: Server) -> Path:
    return here.logs / f"{server.name}.log"


def _last_lines(log: Path, count: int = 15) -> str:
    lines = log.read_text(errors="replace").splitlines()[-count:] if log.exists() else []
    return "\n".join([*(f"    {line}" for line in lines), f"(the whole log: {log})"])


@contextmanager
def locked(checkout: Path) -> Iterator[None]:
    """One command at a time for a checkout; the kernel gives the lock back when its holder dies."""
    state = checkout / ".stack"
    state.mkdir(exist_ok=True)
    with (state / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with step("another command works on this stack: waiting for it"):
                fcntl.flock(lock, fcntl.LOCK_EX)
        yield
