"""The gateway: what FastAPI has been given to serve goes there, everything else to Flask.

Which route a request is for is asked of the Flask application itself, by its own URL map, so that order of rules,
converters, hosts, redirects and methods are Werkzeug's whatever has been promoted. The request's environment is made
only where that is not known yet, or Flask answers.
"""

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .bridge import WSGIBridge, thread_count
from .capacity import shortage
from .deciding import Decision, Decisions, Rules
from .environ import Environ, build_environ, may_be_asked_twice
from .fallback import with_fallback
from .matching import Matcher
from .observing import Exchange, observer
from .shadow import Copied, Shadow
from .table import Intentions
from .tracing import tracing

logger = logging.getLogger(__name__)


class Legacy(Protocol):
    """The Flask side as an ASGI application."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request, or refuse a WebSocket."""

    async def serve(self, environ: Environ, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request whose environment has been built already."""


class Dispatcher:
    """An ASGI application over the Flask side and its FastAPI successor.

    `package` is the directory of the target package; its manifest is the nearest `migration.json` above it.
    """

    def __init__(self, legacy: Legacy, rules: Rules, fastapi_app: ASGIApp, *, package: Path) -> None:
        self.legacy = legacy
        self.fastapi_app = fastapi_app
        self.shows_side = os.environ.get("MIGRATE_SERVED_BY") == "1"
        self.falls_back = os.environ.get("MIGRATE_FALLBACK") == "1"
        self.observer = observer(self.gauges)
        self.shadow = Shadow(fastapi_app, self.observer) if self.observer is not None else None
        self.tracing = tracing()
        self._intentions = Intentions(package)
        names_routes = self.observer is not None or self.tracing is not None
        self._decisions = Decisions(rules, self._intentions, fastapi_app, names_routes=names_routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request by one of the two; the FastAPI application starts and stops with the server.

        Nothing of a body is read before it is decided by whom.
        """
        if scope["type"] != "http":
            await self.serve_other(scope, receive, send)
            return
        decision = self._decisions.known(scope)
        is_observed = self.observer is not None or self.tracing is not None
        if decision and decision.is_fastapi and not (is_observed or self.falls_back or self.shows_side):
            await self.fastapi_app(scope, receive, send)  # nothing around it, since it is the usual case
            return
        if self.observer is not None and scope["path"] == self.observer.metrics_path:
            await self.observer.show(send)
            return
        environ = None
        if decision is None or decision.is_fastapi is None:
            environ = build_environ(scope)
            decision = self._decisions.decide(scope, environ)
        answer = self.answer_observed if is_observed else self.answer
        await answer(decision, environ, scope, receive, send)

    async def serve_other(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve what is no HTTP request: the server's start and end, or a WebSocket."""
        if scope["type"] == "lifespan":
            self.starts()
            await self.fastapi_app(scope, receive, send)
        else:
            await self.legacy(scope, receive, send)

    def starts(self) -> None:
        """Called when the server starts."""

    async def answer_observed(
        self, decision: Decision, environ: Environ | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Let a request be answered, and tell of it."""
        route = decision.matched.key if decision.matched is not None else None
        exchange: Exchange | None = None
        if self.observer is not None:
            exchange = Exchange(self.observer, scope, route, "fastapi" if decision.is_fastapi else "flask", send)
            send = exchange.send
        failed = False
        try:
            if self.tracing is None:
                await self.answer(decision, environ, scope, receive, send, exchange)
            else:
                with self.tracing.span(scope, route or scope["method"]) as traced:
                    # The environment is made again, since Flask reads the trace's headers there.
                    await self.answer(decision, None, traced, receive, send, exchange)
        except Exception:  # a request that the server cancels has not failed: its client has gone
            failed = True
            raise
        finally:
            if exchange is not None:
                exchange.end(failed=failed)

    async def answer(
        self,
        decision: Decision,
        environ: Environ | None,
        scope: Scope,
        receive: Receive,
        send: Send,
        exchange: Exchange | None = None,
    ) -> None:
        """Let the side that it was decided for answer, or Flask where that fails."""
        if decision.is_fastapi and not self.falls_back:
            await self.fastapi_app(scope, receive, self.marked(send, b"fastapi"))
            return
        if environ is None:
            environ = build_environ(scope)
        if not decision.is_fastapi:
            await self.answer_by_flask(decision, environ, scope, receive, send)
            return
        marked = self.marked(send, b"fastapi")
        if not may_be_asked_twice(environ):
            await self.fastapi_app(scope, receive, marked)
            return

        async def fall_back(again: Receive) -> None:
            if exchange is not None:
                exchange.falls_back()
            await self.legacy.serve(environ, scope, again, self.marked(send, b"flask"))

        await with_fallback(self.fastapi_app, scope, receive, marked, fall_back)

    async def answer_by_flask(
        self, decision: Decision, environ: Environ, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Let Flask answer, and its shadow compare."""
        send = self.marked(send, b"flask")
        promotion = decision.promotion
        if self.shadow is None or promotion is None or not self.shadow.wants(promotion, environ):
            await self.legacy.serve(environ, scope, receive, send)
            return
        copied = Copied(receive, send, environ)
        await self.legacy.serve(environ, scope, copied.receive, copied.send)
        self.shadow.compare(promotion, scope, copied)

    def marked(self, send: Send, side: bytes) -> Send:
        """A `send` that tells who answers, where that is wanted."""
        return with_header(send, b"x-served-by", side) if self.shows_side else send

    def gauges(self) -> Mapping[str, tuple[str, float]]:
        """What is so at this moment, for Prometheus."""
        routes = self._intentions.table().values()
        found = {
            "migrate_routes_promoted": ("Routes that FastAPI serves.", float(sum(one.weight > 0 for one in routes)))
        }
        legacy = self.legacy
        if isinstance(legacy, WSGIBridge):
            found |= {
                "migrate_bridge_threads": ("Threads that run Flask.", legacy.threads),
                "migrate_bridge_busy": ("Requests that Flask is answering.", min(legacy.in_flight, legacy.threads)),
                "migrate_bridge_queue": ("Requests that wait for a thread.", max(0, legacy.in_flight - legacy.threads)),
            }
        return found

    def is_for_fastapi(self, scope: Scope, environ: Environ) -> bool:
        """Whether the request is for a promoted route, this client is among its canary's, and FastAPI would take it."""
        return bool(self._decisions.decide(scope, environ).is_fastapi)


class Gateway(Dispatcher):
    """The gateway with the Flask application in its own process, on threads."""

    def __init__(self, flask_app: Any, fastapi_app: ASGIApp, *, package: Path) -> None:
        super().__init__(WSGIBridge(flask_app), Matcher(flask_app), fastapi_app, package=package)
        self._config = flask_app.config

    def starts(self) -> None:
        """Say what will not fit under load."""
        is_promoted = any(one.weight for one in self._intentions.table().values())
        problem = shortage(self._config, thread_count(), is_promoted=is_promoted)
        if problem is not None:
            logger.warning("%s", problem)


def with_header(send: Send, name: bytes, value: bytes) -> Send:
    """A `send` that sets a header of the response, in place of one that the application has set."""

    async def send_with_header(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message.get("headers", ()) if pair[0].lower() != name]
            message = {**message, "headers": [*kept, (name, value)]}
        await send(message)

    return send_with_header
