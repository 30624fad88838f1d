"""How are values of Kubernetes written in a compose file? Both have expansions of their own, and other units."""

import re
from collections.abc import Mapping
from decimal import Decimal

KUBERNETES = re.compile(r"\$(?:(?P<dollar>\$)|\((?P<name>[^()\s]+)\))")
"""`$(NAME)` is expanded and `$$` halved: kubernetes.io, pod-v1, `command` and `env.value`."""
UNITS = {
    "": 1,
    "m": Decimal("0.001"),
    **{unit: 1000**power for power, unit in enumerate(("k", "M", "G", "T", "P", "E"), start=1)},
    **{f"{unit}i": 1024**power for power, unit in enumerate(("K", "M", "G", "T", "P", "E"), start=1)},
}
"""Of quantities: kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity."""
MEBIBYTE = 1024 * 1024


def interpolated(text: str) -> str:
    """A text that compose leaves as it is: it expands `$NAME`, and halves `$$`."""
    return text.replace("$", "$$")


def expanded(text: str, known: Mapping[str, str]) -> str:
    """A word or value of a container as compose has it; `known` are values that compose has read already."""

    def put(match: re.Match[str]) -> str:
        if match["dollar"]:
            return "$$"
        return known.get(match["name"], interpolated(match[0]))

    end = 0
    parts = []
    for match in KUBERNETES.finditer(text):
        parts += [interpolated(text[end : match.start()]), put(match)]
        end = match.end()
    return "".join(parts) + interpolated(text[end:])


def required(variable: str, secret: str) -> str:
    """A value that stands in `.env`, or in the environment of whoever starts compose."""
    return f"${{{variable}:?a secret, as in the Secret {secret}; put it into .env}}"


def quantity(stated: str | float) -> Decimal:
    """A quantity of Kubernetes as a number."""
    match = re.fullmatch(r"([+-]?[0-9.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)", str(stated))
    if match is None or match[2] not in UNITS:
        return Decimal(0)
    return Decimal(match[1]) * Decimal(UNITS[match[2]])


def size(stated: str | float) -> str:
    """A size in compose's units, which are powers of 1024."""
    count = int(quantity(stated))
    return f"{count // MEBIBYTE}m" if count % MEBIBYTE == 0 else f"{count}b"
