"""How much is `256Mi` of memory, `250m` of a CPU, a request of `10m`? The schema has made sure that it is one."""

import re

UNITS = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12} | {
    f"{letter}i": 1 << 10 * power for power, letter in enumerate("KMGT", start=1)
}
"""Source: kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity."""


def in_bytes(quantity: str) -> float:
    """`256Mi` of memory."""
    number, unit = re.fullmatch(r"([\d.]+)(\D*)", quantity).groups()  # type: ignore[union-attr]  # the schema's own form
    return float(number) * UNITS[unit]


def cpus(quantity: str) -> float:
    """`250m` is 0.25."""
    return int(quantity[:-1]) / 1000 if quantity.endswith("m") else float(quantity)


def kilobytes(size: str) -> int:
    """The largest request, as web servers write it: `512k`, `10m`."""
    return int(size[:-1]) * (1024 if size.endswith("m") else 1)
