"""What is missing, or in the way, before anything is changed?"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something that preflight found."""

    problem: str
    remedy: str
    fatal: bool = True
    """False: worth a word, no reason to stop."""
    subject: str = ""
    """What it is about, for programs: `namespace`, `permission`, `secret`, `ingress-class`, `admission`, ..."""
