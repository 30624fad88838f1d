"""Which wheels did the package index have when init first asked? Its answer is kept in kubeship.lock."""

from collections.abc import Mapping

from kubeship.inspection.distributions.python_version import OLDER, SUPPORTED
from kubeship.inspection.distributions.wheels import fits, is_compiled
from kubeship.inspection.ports import WheelIndex

NONE = "none"


class RecordedIndex:
    """An index whose recorded answers come first, so that init says the same on every machine, offline too."""

    def __init__(self, known: Mapping[str, str], index: WheelIndex | None) -> None:
        """`known` as kubeship.lock has it; without an index nothing else is known."""
        self._known = known
        self._index = index
        self.answers: dict[str, str] = {}
        """What was asked for this time, for kubeship.lock."""

    def wheels(self, distribution: str, version: str) -> tuple[str, ...] | None:
        """The wheels that fit any Python that kubeship builds for, else a compiled one; None when nobody can say."""
        key = f"{distribution}=={version}" if version else distribution
        recorded = self._known.get(key)
        if recorded is None and self._index:
            found = self._index.wheels(distribution, version)
            if found is not None:
                fitting = sorted(wheel for wheel in found if any(fits(wheel, minor) for minor in SUPPORTED))
                # One that fits nothing still says that there is something to compile.
                compiled = sorted(wheel for wheel in found if is_compiled((wheel,)))
                older = [wheel for wheel in compiled if any(fits(wheel, minor) for minor in OLDER)]
                recorded = " ".join(fitting or (older or compiled)[-1:]) or NONE
        if recorded is None:
            return None
        self.answers[key] = recorded
        return () if recorded == NONE else tuple(recorded.split())
