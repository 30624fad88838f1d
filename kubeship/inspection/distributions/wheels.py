"""Does one of these wheels fit the target: CPython of a minor version on glibc Linux?"""

import re

# Debian bookworm and trixie have glibc 2.36 and 2.41 (packages.debian.org/libc6): PEP 600 tags up to these fit.
GLIBC = 36
LEGACY = {"manylinux1": 5, "manylinux2010": 12, "manylinux2014": 17}
ARCHITECTURE = "x86_64"


def fits(wheel: str, python: str) -> bool:
    """Whether a wheel's tags (`cp312-cp312-manylinux_2_28_x86_64`) include the target. Source: PEP 425, PEP 600."""
    parts = wheel.removesuffix(".whl").split("-")
    if len(parts) < 5:
        return False
    interpreters, abis, platforms = (part.split(".") for part in parts[-3:])
    minor = int(python.partition(".")[2])
    return any(_platform(each) for each in platforms) and any(
        _interpreter(interpreter, abi, minor) for interpreter in interpreters for abi in abis
    )


def is_compiled(wheels: tuple[str, ...]) -> bool:
    """Whether any wheel is for one platform only: then its source has something to compile."""
    return any(not wheel.endswith("-any.whl") for wheel in wheels)


def _interpreter(interpreter: str, abi: str, minor: int) -> bool:
    match = re.fullmatch(r"(cp|py)(\d)(\d*)", interpreter)
    if not match or match[2] != "3":
        return False
    stated = int(match[3]) if match[3] else None
    if abi in ("none", "abi3"):
        return stated is None or stated <= minor
    return stated == minor and bool(re.fullmatch(rf"cp3{minor}m?", abi))


def _platform(platform: str) -> bool:
    if platform == "any":
        return True
    if not platform.endswith(f"_{ARCHITECTURE}"):
        return False
    name = platform.removesuffix(f"_{ARCHITECTURE}")
    modern = re.fullmatch(r"manylinux_2_(\d+)", name)
    return name == "linux" or name in LEGACY or bool(modern and int(modern[1]) <= GLIBC)
