"""The gate: when the new side of a route is so much worse than Flask's that it has to go back."""

from migrator.traffic.limits import Gate
from migrator.traffic.reading import Figures, RouteTraffic

NOTICEABLE = 0.005
"""Seconds by which a percentile has to be longer, whatever the ratio: below that it is the machine."""


def breach(gate: Gate, recent: RouteTraffic, ever: RouteTraffic) -> str | None:
    """What is wrong with the new side of a route; None while nothing is.

    Where Flask has not answered enough within the window, as on a route that is live, what it ever did counts.
    """
    new, old = recent.sides["fastapi"], recent.sides["flask"]
    if old.requests < gate.requests:
        old = ever.sides["flask"]
    return _differences(gate, ever) or (_figures(gate, new, old) if new.requests >= gate.requests else None)


def _differences(gate: Gate, traffic: RouteTraffic) -> str | None:
    counted = [one for one in traffic.places if one.place not in gate.ignore]
    worst = max(counted, key=lambda one: one.count, default=None)
    if worst is None or worst.count <= gate.differences:
        return None
    return f"{worst.place} differs in {worst.count} of {traffic.compared} comparisons"


def _figures(gate: Gate, new: Figures, old: Figures) -> str | None:
    if new.error_share > old.error_share + gate.errors:
        return f"{new.error_share:.2f} % errors, Flask has {old.error_share:.2f} %"
    before, after = old.percentile(0.95), new.percentile(0.95)
    if old.requests >= gate.requests and after > before * gate.p95 and after - before > NOTICEABLE:
        return f"p95 {after * 1000:.0f} ms, Flask has {before * 1000:.0f} ms"
    return None
