"""What does a word mean that stands in a YAML text without quotes?"""

import math
import re
from typing import Any

NULL = re.compile(r"~|null|Null|NULL|")
BOOLEAN = {word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")}
INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
OCTAL = re.compile(r"[-+]?0[0-9]+")
"""What YAML 1.1 and 1.2 read differently."""
INFINITE = re.compile(r"([-+]?)\.(inf|Inf|INF)")
NOT_A_NUMBER = re.compile(r"\.(nan|NaN|NAN)")


def resolve(text: str) -> Any:
    """What a plain scalar means in YAML 1.2's core schema (yaml.org/spec/1.2.2, 10.3.2)."""
    if NULL.fullmatch(text):
        return None
    if text in BOOLEAN:
        return BOOLEAN[text]
    if INTEGER.fullmatch(text):
        return int(text, 0) if text[:2] in {"0o", "0x"} else int(text)
    if FLOAT.fullmatch(text):
        return float(text)
    if infinite := INFINITE.fullmatch(text):
        return -math.inf if infinite[1] == "-" else math.inf
    return math.nan if NOT_A_NUMBER.fullmatch(text) else text
