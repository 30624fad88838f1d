"""How is an engine reached over ssh? By the user's own ssh program, with its keys and settings.

docker-py's own way needs paramiko, and asks neither ~/.ssh/config's rules nor hardware keys. Here, as with the docker
command, every connection is one `ssh HOST docker system dial-stdio`; its input and output are a socket, so that all
else stays as it is.
"""

import signal
import socket
import subprocess
import tempfile
from contextlib import suppress
from typing import IO, Any
from urllib.parse import urlsplit

import docker
from docker.constants import MINIMUM_DOCKER_API_VERSION
from docker.errors import DockerException
from docker.transport.unixconn import UnixHTTPAdapter, UnixHTTPConnection, UnixHTTPConnectionPool

CONNECT_SECONDS = 30
END_SECONDS = 5
LAST_BYTES = 4000


class SshTunnel:
    """Connections to the engine on another machine."""

    def __init__(self, address: str) -> None:
        """Raises DockerException for an address that isn't ssh://[USER@]HOST[:PORT][/PATH]."""
        self._command = command(address)
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # has no name, and goes with the process

    def connect(self) -> tuple[socket.socket, "subprocess.Popen[bytes]"]:
        """A socket, and the ssh at its other end. Raises DockerException when there is no ssh."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                process = subprocess.Popen(  # noqa: S603  # the user's own ssh and host
                    self._command,
                    stdin=theirs.fileno(),
                    stdout=theirs.fileno(),
                    stderr=self._said,
                    # Ctrl-C is for kubeship, which still has to tidy up over this connection.
                    preexec_fn=_ignore_interrupts,  # noqa: PLW1509  # calls one function of the C library
                )
            except OSError as error:
                ours.close()
                raise DockerException(f"the program ssh can't be run: {error.strerror}") from error
        return ours, process

    def said(self) -> str:
        """What ssh, or the program at the other end, wrote as an error."""
        self._said.seek(0)
        return self._said.read()[-LAST_BYTES:].decode(errors="replace").strip()


def command(address: str) -> list[str]:
    """What is run for `ssh://user@host:22/run/docker.sock`. Raises DockerException for another kind of address."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise DockerException(f"{address} is no address: {error}") from error
    if not parts.hostname or parts.password is not None:
        raise DockerException("it must read ssh://USER@HOST, without a password")
    user = ["-l", parts.username] if parts.username else []
    remote = ["docker", *(["--host", f"unix://{parts.path}"] if parts.path.strip("/") else []), "system", "dial-stdio"]
    options = ["-T", "-o", f"ConnectTimeout={CONNECT_SECONDS}", *user, *(["-p", str(port)] if port else [])]
    return ["ssh", *options, "--", parts.hostname, " ".join(remote)]


def ssh_client(tunnel: SshTunnel, timeout: int) -> Any:
    """A docker.APIClient whose connections go through the tunnel."""
    client: Any = docker.APIClient("unix:///over-ssh", version=MINIMUM_DOCKER_API_VERSION, timeout=timeout)
    client._custom_adapter = _Adapter(tunnel, timeout)
    client.mount("http+docker://", client._custom_adapter)
    client._version = client._retrieve_server_version()
    return client


class _Adapter(UnixHTTPAdapter):
    def __init__(self, tunnel: SshTunnel, timeout: int) -> None:
        super().__init__("http+unix://over-ssh", timeout)
        self._seconds = timeout
        self._through = tunnel

    def get_connection(self, url: Any, proxies: Any = None) -> Any:
        with self.pools.lock:
            pool = self.pools.get(url)
            if pool is None:
                pool = self.pools[url] = _Pool(url, self._through, self._seconds, self.max_pool_size)
            return pool


class _Pool(UnixHTTPConnectionPool):
    def __init__(self, url: str, tunnel: SshTunnel, timeout: int, maxsize: int) -> None:
        super().__init__(url, "over-ssh", timeout=timeout, maxsize=maxsize)
        self._seconds = timeout
        self._through = tunnel

    def _new_conn(self) -> Any:
        return _Connection(self._through, self._seconds)


class _Connection(UnixHTTPConnection):
    def __init__(self, tunnel: SshTunnel, timeout: int) -> None:
        super().__init__("over-ssh", "over-ssh", timeout)
        self._through = tunnel
        self._ssh: subprocess.Popen[bytes] | None = None

    def connect(self) -> None:
        self.sock, self._ssh = self._through.connect()
        self.sock.settimeout(self.timeout)

    def close(self) -> None:
        super().close()
        if self._ssh is not None:
            self._ssh.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._ssh.wait(END_SECONDS)
            self._ssh = None


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
