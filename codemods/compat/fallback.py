"""What Werkzeug's URL map says of a request that no route takes.

Preserves: OPTIONS answered with `Allow`; 405 with the methods of all rules of a URL; 308 to the URL with the slash that
the rule ends with, or without doubled slashes; else 404. It is a route, the last one, so that the application's hooks
run for these answers too.

To live without it: drop `add_fallback`. FastAPI answers 405 to OPTIONS and names one route's methods in `Allow`.
"""

import re
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from .request import FlaskRequest
from .request_info import host, path, root_path
from .responses import redirect, text
from .routing import FlaskRoute

PATH_SAFE = "!$&'()*+,/:;=@"


def add_fallback(app: FastAPI, without_options: Collection[str] = ()) -> None:
    """Register the fallback; call it last. The endpoints named here have no automatic OPTIONS."""
    any_method: list[str] = []
    app.state.without_options = frozenset(without_options)
    app.router.add_api_route(
        "/{path:path}",
        fallback,
        methods=any_method,
        operation_id="fallback",
        include_in_schema=False,
        route_class_override=FallbackRoute,
    )


class FallbackRoute(FlaskRoute):
    """The route behind all others. An automatic OPTIONS has the hooks of the endpoint that it is for."""

    def endpoint_name(self, request: FlaskRequest) -> str | None:
        """The endpoint of the first route of the URL for OPTIONS, else None: the URL is unknown."""
        if request.method != "OPTIONS":
            return None
        without: Collection[str] = request.app.state.without_options
        return next((route.name for route in routes_at(request, path(request)) if route.name not in without), None)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; but a URL that only has too many slashes at its start is that of the route behind them."""
        if scope["path"].startswith("//"):
            scope.update(path="/" + scope["path"].lstrip("/"), path_params={})
            await scope["router"].app(scope, receive, send)
        else:
            await super().handle(scope, receive, send)


async def fallback(request: Request) -> Response:
    """Answer OPTIONS, redirect to the right spelling of the URL, or raise a 405 or 404."""
    asked = path(request)
    allowed = allowed_methods(request, asked)
    if request.method == "OPTIONS" and "OPTIONS" in allowed:
        return text("", headers={"Allow": ", ".join(allowed)})
    merged = re.sub("/{2,}", "/", asked)
    for candidate in (asked + "/", merged, merged + "/"):
        if candidate != asked and request.method in allowed_methods(request, candidate):
            return redirect(location(request, candidate), 308)
    if allowed := allowed or allowed_methods(request, merged):
        raise HTTPException(405, headers={"Allow": ", ".join(allowed)})
    raise HTTPException(404)


def location(request: Request, where: str) -> str:
    """The absolute URL of a path of this application, with the query of the request."""
    query = request.scope["query_string"].decode(errors="replace")
    url = f"{request.scope['scheme']}://{host(request)}{root_path(request)}{quote(where, safe=PATH_SAFE)}"
    return f"{url}?{query}" if query else url


def allowed_methods(request: Request, where: str) -> list[str]:
    """The methods that the routes at a path take, with those that Flask adds."""
    allowed: set[str] = set()
    for route in routes_at(request, where):
        allowed |= route.methods
        if "GET" in route.methods:
            allowed.add("HEAD")
        if route.name not in request.app.state.without_options:
            allowed.add("OPTIONS")
    return sorted(allowed)


def routes_at(request: Request, where: str) -> Iterator[Any]:
    """The routes whose path this is, whatever their methods."""
    for route in iter_route_contexts(request.app.routes):
        if getattr(route, "methods", None) and route.path_regex.match(where):
            yield route
