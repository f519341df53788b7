"""How much work a blueprint is for people: reading what was converted, deciding on reviews, clearing what blocks."""

from collections.abc import Sequence

from migrator.planning.model import Effort, PlannedRoute

# Hours each. A route is read once and its evidence looked at; a review is a decision; a blocked place wants a change in
# the Flask application first, and its tests.
READ_NATIVE = 0.1
READ_BRIDGED = 0.15
REVIEW = 0.5
BLOCKED = 2.0


def effort_of(routes: Sequence[PlannedRoute]) -> Effort:
    """The effort for a set of routes. A place that concerns many routes is cleared once, so it counts once."""
    native = sum(route.runtime == "native" for route in routes)
    bridged = sum(route.runtime == "bridged" for route in routes)
    findings = {finding for route in routes for finding in route.findings if route.basis != "kept"}
    reviews = sum(finding.diagnostic.severity == "review" for finding in findings)
    blocked = sum(finding.diagnostic.severity == "blocked" for finding in findings)
    parts = (
        (
            native * READ_NATIVE + bridged * READ_BRIDGED,
            native + bridged,
            "converted route to read",
            "converted routes to read",
        ),
        (reviews * REVIEW, reviews, "finding to review", "findings to review"),
        (blocked * BLOCKED, blocked, "obstacle to clear first, or to leave", "obstacles to clear first, or to leave"),
    )
    hours = round(sum(hours for hours, _, _, _ in parts), 1)
    return Effort(hours, tuple(f"{count} {one if count == 1 else many}" for _, count, one, many in parts if count))
