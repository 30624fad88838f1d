"""What does inspection need from outside the project? Only an index of wheels, and only when it is given one."""

from typing import Protocol


class WheelIndex(Protocol):
    """The package index that the project installs from."""

    def wheels(self, distribution: str, version: str) -> tuple[str, ...] | None:
        """The file names of a release's wheels; of the newest release without a version. None when nobody can say."""
