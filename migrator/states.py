"""The states of a route and the steps between them; each step leaves a line of history."""

from datetime import UTC, datetime

from migrator.errors import MigrateError
from migrator.manifest.model import HistoryEntry, RouteEntry, State

#: state → what it may become
ALLOWED: dict[State, frozenset[State]] = {
    "legacy": frozenset({"converted", "kept"}),
    "converted": frozenset({"legacy", "verified", "canary", "live", "kept"}),
    "verified": frozenset({"legacy", "converted", "canary", "live", "kept"}),
    "canary": frozenset({"legacy", "converted", "verified", "live", "kept"}),
    "live": frozenset({"legacy", "converted", "verified", "canary", "retired", "kept"}),
    "retired": frozenset(),
    "kept": frozenset({"legacy"}),
}


def now() -> str:
    """The time of a step, in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def move(key: str, route: RouteEntry, to: State, reason: str, weight: int = 0, at: str | None = None) -> bool:
    """Bring a route to a state and weight; whether anything changed.

    Raises MigrateError for a step that is not allowed: a retired route has no Flask side to go back to.
    """
    before = (route.state, route.weight)
    if (to, weight) == before:
        return False
    if to != route.state and to not in ALLOWED[route.state]:
        raise MigrateError(f"'{key}' is {route.state} and cannot become {to}{_advice(route)}")
    route.history.append(
        HistoryEntry(at=at or now(), from_=_shown(route.state, route.weight), to=_shown(to, weight), reason=reason)
    )
    route.state, route.weight = to, weight
    return True


def note(route: RouteEntry, what: str, reason: str, at: str | None = None) -> None:
    """Leave a line of history without a change of state."""
    here = _shown(route.state, route.weight)
    route.history.append(HistoryEntry(at=at or now(), from_=here, to=f"{here}, {what}", reason=reason))


def _shown(state: State, weight: int) -> str:
    return f"{state} {weight}%" if state == "canary" else state


def _advice(route: RouteEntry) -> str:
    match route.state:
        case "retired":
            return ": its Flask side is gone"
        case "kept":
            return f": it is kept on Flask ({route.kept}); `migrate keep --undo` lets it go"
        case "legacy":
            return ": run `migrate apply` first"
        case _:
            return ""
