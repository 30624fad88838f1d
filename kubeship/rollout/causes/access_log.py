"""Which status did the program itself log for a probe's requests?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_FORMS: Mapping[str, str] = MappingProxyType(
    {
        "combined": r'"(?:GET|HEAD) PATH(?:\?[^" ]*)?(?: HTTP/[\d.]+)?" (?P<status>[1-5]\d\d)\b',
        "named": r"\b(?:GET|HEAD) (?:https?://[^/\s]+)?PATH(?:\?\S*)?\b.*?[\s:](?P<status>[1-5]\d\d)\b",
        "status first": r"(?:^|[\s:])(?P<status>[1-5]\d\d) (?:GET|HEAD) PATH(?:[\s?(]|$)",
    }
)
"""combined: Apache's form (gunicorn, uvicorn, hypercorn, Werkzeug, aiohttp, http.server, nginx); named: Sanic, uWSGI,
Django's `runserver`; status first: Tornado."""


@dataclass(frozen=True)
class Answered:
    """What the program says that it has answered."""

    status: int
    line: str


def answered(log: str, path: str) -> Answered | None:
    """The newest answer to a GET of that path; None when the program logs no requests."""
    patterns = [re.compile(form.replace("PATH", re.escape(path.partition("?")[0]))) for form in _FORMS.values()]
    for line in reversed(log.splitlines()[-200:]):
        if found := next((match for each in patterns if (match := each.search(line[:2000]))), None):
            return Answered(int(found["status"]), line.strip()[:200])
    return None
