"""What does a rule conclude: why it doesn't work, and whether that can still heal?"""

from dataclasses import dataclass

from kubeship.model.verdict import Diagnosis


@dataclass(frozen=True)
class Conclusion:
    """What one rule made of what it saw."""

    diagnosis: Diagnosis
    certain: bool
    """True: it won't heal without a change. False: worth a word while waiting, and the cause when time is up."""
