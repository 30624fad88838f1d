"""How is a registry reached: over TLS and verified by whom, or unverified because somebody said so?"""

import ipaddress
import os
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import certifi

from kubeship.errors import MissingPrecondition

INSECURE = "KUBESHIP_INSECURE_REGISTRIES"


@dataclass(frozen=True)
class Way:
    """One way to reach a registry."""

    scheme: str
    verified: bool


def ways(registry: str, environment: Mapping[str, str]) -> tuple[Way, ...]:
    """The ways to try, in order: TLS verified; for an insecure registry TLS unverified, then plain HTTP.

    As with docker, a registry of this machine is insecure by nature, any other one only by an explicit word.
    """
    named = {name.strip() for name in environment.get(INSECURE, "").split(",")}
    if is_loopback(registry) or registry in named:
        return (Way("https", verified=False), Way("http", verified=False))
    return (Way("https", verified=True),)


def is_loopback(registry: str) -> bool:
    """Whether it is this machine: localhost, 127.0.0.0/8, ::1."""
    host = registry.rpartition("]")[0].lstrip("[") or registry.partition(":")[0]
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def tls_context(registry: str, verified: bool, environment: Mapping[str, str]) -> ssl.SSLContext:
    """What TLS trusts: the system's authorities (SSL_CERT_FILE), REQUESTS_CA_BUNDLE's, and Docker's certs.d.

    Raises MissingPrecondition when one of those files can't be read.
    """
    if not verified:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        context = ssl.create_default_context()
        if not context.get_ca_certs() and not _system_has_a_folder():
            _trust(context, Path(certifi.where()))
        for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            if path := environment.get(variable):
                _trust(context, Path(path), variable)
        for authority in _files(registry, "*.crt"):
            _trust(context, authority)
    for certificate in _files(registry, "*.cert"):
        try:
            context.load_cert_chain(certificate, certificate.with_suffix(".key"))
        except OSError as error:
            raise _unreadable(certificate, error) from error
    return context


def certificate_folders(registry: str) -> tuple[Path, ...]:
    """Where Docker keeps authorities and client certificates of a registry (docs.docker.com, "certificates")."""
    home = Path("~").expanduser()
    configuration = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    roots = (Path("/etc/docker"), configuration / "docker", home / ".docker")
    return tuple(root / "certs.d" / registry for root in roots)


def _system_has_a_folder() -> bool:
    """OpenSSL reads a folder of authorities only when it needs one; bare containers have neither file nor folder."""
    folder = ssl.get_default_verify_paths().capath
    return folder is not None and any(Path(folder).iterdir())


def _files(registry: str, pattern: str) -> Iterator[Path]:
    for folder in certificate_folders(registry):
        try:
            yield from sorted(folder.glob(pattern))
        except OSError:  # a folder that is root's alone says nothing to this user
            continue


def _trust(context: ssl.SSLContext, authority: Path, variable: str = "") -> None:
    try:
        context.load_verify_locations(
            cafile=None if authority.is_dir() else authority, capath=authority if authority.is_dir() else None
        )
    except OSError as error:
        raise _unreadable(authority, error, variable) from error


def _unreadable(path: Path, error: OSError, variable: str = "") -> MissingPrecondition:
    named = f", which {variable} names," if variable else ""
    return MissingPrecondition(
        f"The certificate file {path}{named} can't be read: {error.strerror or error}.",
        hint="correct or remove it; it must be PEM, and a *.cert needs its *.key beside it",
    )
