"""The gateway: what FastAPI has been given to serve goes there, everything else to Flask.

Which route a request is for is asked of the Flask application itself, by its own URL map, so that order of rules,
converters, hosts, redirects and methods are Werkzeug's whatever has been promoted.
"""

import os
from pathlib import Path
from typing import Any, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .bridge import WSGIBridge
from .canary import client_identity, is_chosen
from .environ import Environ, build_environ
from .matching import Matched, Matcher
from .routes import Candidate, Served, candidates, routed_scope
from .table import Intentions, Promotion


class Legacy(Protocol):
    """The Flask side as an ASGI application."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request, or refuse a WebSocket."""

    async def serve(self, environ: Environ, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request whose environment has been built already."""


class Rules(Protocol):
    """What knows the rules of the Flask application."""

    def match(self, environ: Environ) -> Matched | None:
        """The route that a request is for; None for all but a plain match."""


class Dispatcher:
    """An ASGI application over the Flask side and its FastAPI successor.

    `package` is the directory of the target package; its manifest is the nearest `migration.json` above it.
    """

    def __init__(self, legacy: Legacy, rules: Rules, fastapi_app: ASGIApp, *, package: Path) -> None:
        self.legacy = legacy
        self.fastapi_app = fastapi_app
        self.shows_side = os.environ.get("MIGRATE_SERVED_BY") == "1"
        self._intentions = Intentions(package)
        self._candidates: tuple[Candidate, ...] | None = None
        self._served: dict[tuple[str, str], Served] = {}
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request by one of the two; the FastAPI application starts and stops with the server."""
        if scope["type"] == "lifespan":
            await self.fastapi_app(scope, receive, send)
        elif scope["type"] == "websocket":
            await self.legacy(scope, receive, send)
        else:
            await self.serve(scope, receive, send)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request. Nothing of its body is read before it is decided by whom."""
        environ = build_environ(scope)
        is_fastapi = self.is_for_fastapi(scope, environ)
        if self.shows_side:
            send = with_header(send, b"x-served-by", b"fastapi" if is_fastapi else b"flask")
        if is_fastapi:
            await self.fastapi_app(scope, receive, send)
        else:
            await self.legacy.serve(environ, scope, receive, send)

    def is_for_fastapi(self, scope: Scope, environ: Environ) -> bool:
        """Whether the request is for a promoted route, this client is among its canary's, and FastAPI would take it."""
        table = self._intentions.table()
        if not table:
            return False
        matched = self._rules.match(environ)
        if matched is None:
            return False
        promotion = table.get(matched.key)
        if promotion is None or promotion.endpoint != matched.endpoint:
            return False
        if promotion.weight < 100 and not is_chosen(client_identity(environ), promotion.weight):
            return False
        try:
            served = self.served(promotion, matched.method)
            return served.takes(routed_scope(self.fastapi_app, scope, matched.method))
        except ValueError:  # a convertor of the FastAPI application refuses the value
            return False

    def served(self, promotion: Promotion, method: str) -> Served:
        """The FastAPI routes of a promoted route's endpoint, found once."""
        found = self._served.get((promotion.endpoint, method))
        if found is None:
            if self._candidates is None:
                self._candidates = candidates(self.fastapi_app)
            found = self._served[promotion.endpoint, method] = Served(self._candidates, promotion.endpoint, method)
        return found


class Gateway(Dispatcher):
    """The gateway with the Flask application in its own process, on threads."""

    def __init__(self, flask_app: Any, fastapi_app: ASGIApp, *, package: Path) -> None:
        super().__init__(WSGIBridge(flask_app), Matcher(flask_app), fastapi_app, package=package)


def with_header(send: Send, name: bytes, value: bytes) -> Send:
    """A `send` that sets a header of the response, in place of one that the application has set."""

    async def send_with_header(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message.get("headers", ()) if pair[0].lower() != name]
            message = {**message, "headers": [*kept, (name, value)]}
        await send(message)

    return send_with_header
