"""What keeps a decorated view on Flask."""

from codemods.findings import Diagnostic, Location
from codemods.view.refusal import Refused, refuse

DECORATED = Diagnostic(
    "FM113",
    "blocked",
    "a decorator that is not converted yet",
    "What stands around a view may guard it, answer in its place or change its answer; dropping it is not an option.",
    "Write it as a check that runs before the view and then returns what the view returns.",
)


def unclear(location: Location | None, text: str, detail: str = "") -> Refused:
    """The exception for a decorator as it is written, and what about it is not understood."""
    return refuse(DECORATED, location, f"'{text}' {detail}".rstrip())
