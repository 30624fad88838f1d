"""What does a distribution have to fit: which platform, which Python, in uv's words and in those of markers?"""

from dataclasses import dataclass

from kubeship.model.direct import NeedsEngine

GLIBC = "2_36"
"""Of Debian 12, the oldest that the official images of a supported Python are based on."""
MACHINES = {"linux/amd64": "x86_64", "linux/arm64": "aarch64", "linux/arm64/v8": "aarch64"}
"""As platform.machine() says it; the two that uv knows manylinux tags for."""


@dataclass(frozen=True)
class Target:
    """Where a distribution will be used."""

    machine: str
    """`x86_64`."""
    python: str
    """`3.12`."""
    full_python: str
    """`3.12.4`, as far as the base image says; otherwise the minor version."""

    @property
    def uv_platform(self) -> str:
        """`x86_64-manylinux_2_36`."""
        return f"{self.machine}-manylinux_{GLIBC}"

    @property
    def markers(self) -> dict[str, str]:
        """The environment that markers are evaluated in (PEP 508)."""
        full = self.full_python if self.full_python.count(".") == 2 else f"{self.python}.0"
        return {
            "implementation_name": "cpython",
            "implementation_version": full,
            "os_name": "posix",
            "platform_machine": self.machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": full,
            "python_version": self.python,
            "sys_platform": "linux",
            "extra": "",
        }


def target_of(platform: str, python: str, full_python: str | None) -> Target:
    """The target of an image. Raises NeedsEngine for a platform that has hardly any wheels."""
    if platform not in MACHINES:
        raise NeedsEngine(f"it knows wheels for {' and '.join(sorted(MACHINES)[:2])} alone, not for {platform}")
    return Target(MACHINES[platform], python, full_python or python)
