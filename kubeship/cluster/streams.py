"""How is an answer read that goes on, line by line, and ended from another thread?"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from urllib3.exceptions import HTTPError

from kubeship.cluster.errors import unanswered

CHUNK = 65536
"""Bytes at most at a time; less when the server has sent less."""


class ResponseLines:
    """Lines of one response."""

    def __init__(self, response: Any, host: str, doing: str) -> None:
        """`response` is urllib3's, unread."""
        self._response = response
        self._host = host
        self._doing = doing

    def __iter__(self) -> Iterator[str]:
        rest = b""
        try:
            for chunk in self._response.stream(CHUNK):
                *whole, rest = (rest + chunk).split(b"\n")
                yield from (line.decode("utf-8", "replace") for line in whole)
        # ValueError and AttributeError: the socket was shut down by `stop` while it was being read.
        except (HTTPError, OSError, ValueError, AttributeError) as error:
            raise unanswered(self._host, error, self._doing) from None
        if rest:
            yield rest.decode("utf-8", "replace")

    def stop(self) -> None:
        """End it from another thread: closing would wait for the reader, shutting the socket down wakes it."""
        # urllib3 before 2.3 has no shutdown; the stream then ends by the server's timeout, in a daemon thread.
        with suppress(ValueError, OSError, AttributeError, RuntimeError):
            self._response.shutdown()

    def close(self) -> None:
        """Hang up: what is unread must not stay in a connection that goes back into the pool."""
        with suppress(HTTPError, OSError, ValueError):
            self._response.close()
