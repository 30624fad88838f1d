"""Which kinds of scalars does kubeship.yaml know? Each a string or number that says what it expects."""

import re
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

DNS_LABEL = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")


def _dns_label(value: str) -> str:
    if not DNS_LABEL.fullmatch(value):
        raise ValueError("expected lower-case letters, digits and dashes, a letter first, at most 63 characters")
    return value


def _dns_name(value: str) -> str:
    # RFC 1123 subdomain, which most objects are named by.
    if len(value) > 253 or not re.fullmatch(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?", value):
        raise ValueError("expected lower-case letters, digits, dashes and dots, a letter or digit at both ends")
    return value


def _number_as_text(value: Any) -> Any:
    """`cpu: 1` is what a quantity looks like in Kubernetes too."""
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else value


def _cpu(value: str) -> str:
    if not re.fullmatch(r"\d+m|\d+(\.\d{1,3})?", value):
        raise ValueError("expected a CPU quantity such as 250m or 0.5")
    return value


def _memory(value: str) -> str:
    if not re.fullmatch(r"\d+(\.\d+)?([KMGT]i?|k)?", value):
        raise ValueError("expected a memory quantity such as 256Mi or 1Gi")
    return value


def _duration(value: str) -> str:
    # Nothing is ready after no time at all; and threads can't wait for more than some centuries.
    if not re.fullmatch(r"(?=.*[1-9])(\d{1,4}h)?(\d{1,6}m)?(\d{1,6}s)?", value):
        raise ValueError("expected a duration such as 90s, 10m or 1h30m")
    return value


def _time_zone(value: str) -> str:
    def known(name: str) -> bool:
        try:
            return bool(ZoneInfo(name))
        except (ValueError, OSError, ZoneInfoNotFoundError):
            return False

    # Where the machine has no database at all, the API server judges.
    if not known(value) and known("Europe/London"):
        raise ValueError("expected a name of the IANA time zone database such as Europe/Berlin or Etc/UTC")
    return value


def _schedule(value: str) -> str:
    fields = value.split()
    named = value in {"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}
    if not named and (len(fields) != 5 or not all(re.fullmatch(r"[\dA-Za-z*?/,-]+", field) for field in fields)):
        raise ValueError('expected five fields such as "0 3 * * *", or @daily')
    return value


def _host(value: str) -> str:
    if not re.fullmatch(r"(\*\.)?([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]*[a-z0-9])?", value):
        raise ValueError("expected a host name in lower case without scheme, port or path, such as shop.example.com")
    return value


def _variable(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value):
        raise ValueError("expected the name of an environment variable")
    return value


def _python(value: str) -> str:
    if not re.fullmatch(r"3\.\d+", value):
        raise ValueError('expected a minor version in quotes such as "3.12"')
    return value


def _platform(value: str) -> str:
    if not re.fullmatch(r"linux/[a-z0-9]+(/v\d)?", value):
        raise ValueError("expected a platform such as linux/amd64 or linux/arm64")
    return value


def _repository(value: str) -> str:
    # The grammar of distribution/reference, without tag and digest.
    if not re.fullmatch(r"([A-Za-z0-9.-]+(:\d+)?/)?[a-z0-9]+([._/-]+[a-z0-9]+)*", value):
        raise ValueError("expected a repository without tag or digest such as registry.example.com/team/shop")
    return value


def _route(value: str) -> str:
    if not re.fullmatch(r"/\S*", value):
        raise ValueError("expected the path of a route such as /healthz")
    return value


def _directory(value: str) -> str:
    if value.startswith("/") or ".." in value.split("/"):
        raise ValueError("expected a directory inside the project, relative to kubeship.yaml")
    return value


def _folder(value: str) -> str:
    if ".." in value.split("/") or not re.fullmatch(r"[^\s\"'\\;{}$%]+", value):
        raise ValueError("expected a directory relative to kubeship.yaml, or an absolute one in the container")
    return value.rstrip("/") or "/"


def _secret_id(value: str) -> str:
    # What BuildKit takes as an id in `--mount=type=secret`, and what can be the name of a file under /run/secrets.
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", value):
        raise ValueError("expected letters, digits, dots, dashes and underscores")
    return value


DnsLabel = Annotated[str, AfterValidator(_dns_label)]
DnsName = Annotated[str, AfterValidator(_dns_name)]
Cpu = Annotated[
    str,
    BeforeValidator(_number_as_text),
    AfterValidator(_cpu),
    WithJsonSchema({"type": ["string", "number"], "examples": ["250m", 1]}),
]
Memory = Annotated[str, AfterValidator(_memory)]
Duration = Annotated[str, AfterValidator(_duration)]
Host = Annotated[str, AfterValidator(_host)]
VariableName = Annotated[str, AfterValidator(_variable)]
PythonVersion = Annotated[str, AfterValidator(_python)]
Platform = Annotated[str, AfterValidator(_platform)]
Repository = Annotated[str, AfterValidator(_repository)]
Route = Annotated[str, AfterValidator(_route)]
Directory = Annotated[str, AfterValidator(_directory)]
Folder = Annotated[str, AfterValidator(_folder)]
Port = Annotated[int, Field(ge=1, le=65535)]
SecretId = Annotated[str, AfterValidator(_secret_id)]
Seconds = Annotated[int, Field(ge=1)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Schedule = Annotated[str, AfterValidator(_schedule)]
