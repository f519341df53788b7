"""OpenTelemetry across the gateway: one span a request, below the client's and above those of the side that answers.

In one process the span is current in FastAPI and in the thread that runs Flask; to a process of Flask's own it goes in
the request's headers. Only with `MIGRATE_TRACING=1`, and where the application has opentelemetry-api.
"""

import importlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.types import Scope

logger = logging.getLogger(__name__)


class Tracing:
    """Opens spans by the application's own provider."""

    def __init__(self) -> None:
        self._trace = importlib.import_module("opentelemetry.trace")
        self._propagate = importlib.import_module("opentelemetry.propagate")
        self._tracer = self._trace.get_tracer("migrate.gateway")

    @contextmanager
    def span(self, scope: Scope, route: str) -> Iterator[Scope]:
        """A span around a request; the scope with which it goes on, whose headers name the span as the parent."""
        names = {name.lower() for name in self._propagate.get_global_textmap().fields}
        sent = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        parent = self._propagate.extract(sent)
        with self._tracer.start_as_current_span(
            route, context=parent, kind=self._trace.SpanKind.SERVER, attributes={"http.route": route.partition(" ")[2]}
        ):
            carrier: dict[str, str] = {}
            self._propagate.inject(carrier)
            kept = [pair for pair in scope["headers"] if pair[0].decode("latin-1") not in names or not carrier]
            added = [(name.lower().encode(), value.encode()) for name, value in carrier.items()]
            yield {**scope, "headers": [*kept, *added]}


def tracing() -> Any:
    """The tracing that is asked for, or None."""
    if os.environ.get("MIGRATE_TRACING") != "1":
        return None
    try:
        return Tracing()
    except ImportError:
        logger.warning("MIGRATE_TRACING=1 does nothing without opentelemetry-api beside the application")
        return None
