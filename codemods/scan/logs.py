"""What reads the request for the log: formatters and filters, which code that is converted does not call by name.

class RequestFormatter(logging.Formatter):
    def format(self, record):
        record.url = request.url if has_request_context() else None
        return super().format(record)
"""

from collections.abc import Iterator

from codemods.findings import Finding
from codemods.model import Project

from .context import Context
from .diagnostics import LOGGED_REQUEST
from .reading import Raws

BASES = frozenset(f"logging.{name}" for name in ("Filter", "Formatter", "Handler", "LoggerAdapter", "StreamHandler"))
ASKED = ("flask.g", "flask.has_request_context", "flask.request", "flask.session")


def logged_requests(project: Project, raws: Raws) -> Iterator[Finding]:
    """The classes of the project that do so."""
    context = Context(project)
    for name in raws:
        if b"logging" not in raws.source(name) or name not in project.modules:
            continue
        for definition in project.modules[name].definitions.values():
            if definition.kind != "class" or not definition.uses & BASES:
                continue
            reached = sorted(context.reach(definition.qualified))
            asked = next((one for one in reached for part in ASKED if f"{one}.".startswith(f"{part}.")), None)
            if asked is not None:
                yield Finding(LOGGED_REQUEST, definition.location, f"'{definition.qualified}' uses '{asked}'")
