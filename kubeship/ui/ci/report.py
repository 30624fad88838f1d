"""What does a CI service want to know of a deploy that ended well?"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Report:
    """The outcome, in the words that services have fields for."""

    title: str
    """`shop revision 7 serves in production`."""
    environment: str
    revision: int
    image: str
    """By digest."""
    addresses: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    """What was changed, one line each."""

    @property
    def outputs(self) -> dict[str, str]:
        """For later steps and jobs, by name."""
        digest = self.image.partition("@")[2]
        url = self.addresses[0] if self.addresses else ""
        return {"environment": self.environment, "revision": str(self.revision), "image": self.image} | {
            name: value for name, value in (("digest", digest), ("url", url)) if value
        }
