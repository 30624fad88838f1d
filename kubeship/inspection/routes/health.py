"""Which route may a probe ask? The most telling one that needs no login, rather without the database."""

from collections.abc import Iterable, Sequence

from kubeship.errors import InvalidInput
from kubeship.inspection.files.findings import SET_BY_YOU, Answered
from kubeship.inspection.routes.views import Route, rank
from kubeship.model.origin import Found, Origin
from kubeship.model.project import Answers, Warned

KEY = "processes.web.health.path"


def health_route(
    routes: Iterable[Route], answers: Answers, asked: Sequence[Found[str]] = (), probed: Iterable[Found[str]] = ()
) -> Answered[Found[str] | None]:
    """The route, or None; a Warned when only one that asks the database exists.

    `asked` are the paths that the project's own deployment asks: one that the code shows comes first, and any one
    where the code shows none. Of `probed`, which may be about other programs, only what the code shows counts.
    Raises InvalidInput for an answer that is no path.
    """
    routes, stated = tuple(routes), answers.get(KEY)
    if stated is not None:
        if not isinstance(stated, str) or not stated.startswith("/"):
            raise InvalidInput(
                f"{KEY} is {stated!r}, and should be a path that begins with /",
                hint=f"kubeship init --set {KEY}=/healthz",
            )
        return Answered(Found(stated, (Origin(reason=SET_BY_YOU),)))
    open_routes = [(place, route) for route in routes if (place := rank(route)) is not None and not route.needs_login]
    shown = {route.path.rstrip("/"): route for route in routes}
    for path in (*asked, *probed):
        route = shown.get(path.value.rstrip("/"))
        if route and not route.needs_login and not route.touches_database:
            return Answered(Found(route.path, (route.origin, *path.origins)))
    if not open_routes:
        return Answered(asked[0] if asked and not shown.get(asked[0].value.rstrip("/")) else None)
    _, best = min(open_routes, key=lambda item: (item[1].touches_database, item[0], item[1].path.count("/"), item[1]))
    found = Found(best.path, (best.origin,))
    if not best.touches_database:
        return Answered(found)
    message = f"{best.path} asks the database: when that is slow, healthy pods are restarted; add a route that doesn't"
    return Answered(found, (Warned(message, Origin(best.origin.path, best.origin.line)),))
