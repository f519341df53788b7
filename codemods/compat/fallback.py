"""What Werkzeug's URL map says of a request that no route takes.

Preserves: OPTIONS answered with `Allow`; 405 with the methods of all rules of a URL; 308 to the URL with the slash that
the rule ends with, or without doubled slashes; else 404. It is a route, the last one, so that the application's hooks
run for these answers too.

To live without it: drop `add_fallback`. FastAPI answers 405 to OPTIONS and names one route's methods in `Allow`.
"""

import re
from collections.abc import Collection, Iterator
from itertools import takewhile
from typing import Any, cast
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.types import Receive, Scope, Send

from .http_statuses import MethodNotAllowed, NotFound
from .request import FlaskRequest
from .request_info import own_host, path, root_path
from .responses import redirect, text
from .routing import REFUSED, Answer, FlaskRoute, NotThisRouteError, adopts, conditions

PATH_SAFE = "!$&'()*+,/:;=@"


def add_fallback(
    app: FastAPI,
    route_class: "type[FallbackRoute] | None" = None,
    without_options: Collection[str] = (),
    merges_slashes: bool = True,
    exact_slashes: Collection[str] = (),
) -> None:
    """Register the fallback; call it last. The endpoints named in `without_options` have no automatic OPTIONS.

    Where it `merges_slashes` a URL with doubled ones is sent to that without, but for endpoints in `exact_slashes`.
    Of what `app.state.adopted` names it does as FastAPI does: `head-options`, `slash-redirects`.
    """
    any_method: list[str] = []
    app.state.without_options = frozenset(without_options)
    app.state.merges_slashes = merges_slashes
    app.state.exact_slashes = frozenset(exact_slashes)
    app.router.add_api_route(
        "/{path:path}",
        fallback,
        methods=any_method,
        operation_id="fallback",
        include_in_schema=False,
        route_class_override=route_class or FallbackRoute,
    )
    app.state.unknown_url = app.router.routes[-1].handle


class FallbackRoute(FlaskRoute):
    """The route behind all others. An automatic OPTIONS has the hooks of the endpoint that it is for."""

    def endpoint_name(self, request: FlaskRequest) -> str | None:
        """The endpoint of the first route of the URL for OPTIONS, else None: the URL is unknown.

        The values of the URL become those of that route, which is the request's.
        """
        request.scope["path_params"] = {}
        if request.method != "OPTIONS" or not isinstance(request.scope.get(REFUSED), NotFound | None):
            return None
        asked = path(request)
        for route in routes_at(request, asked):
            if takes(request, route):
                try:
                    values = values_of(request, route, asked)
                except NotThisRouteError:
                    request.scope[REFUSED] = NotFound()
                    return None
                if (response := moved(request, route, asked, values)) is not None:
                    request.scope[REFUSED] = Answer(response)
                    return None
                request.scope.update(path_params=values, route=route)
                return cast(str, route.name)
        return None

    def error_owner(self, request: FlaskRequest) -> str | None:
        """The endpoint of the first route of the URL, which lacks the method; None where the URL is unknown."""
        asked = path(request)
        if request.scope.get(REFUSED):
            return None
        found = (route for where in (asked, merged(request, asked)) for route in routes_at(request, where))
        return next((cast(str, route.name) for route in found), None)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; but a URL that only has too many slashes at its start is that of the route behind them."""
        if scope["path"].startswith("//") and not scope.get(REFUSED):
            scope.update(path="/" + scope["path"].lstrip("/"), path_params={})
            await scope["router"].app(scope, receive, send)
        else:
            await APIRoute.handle(self, scope, receive, send)


async def fallback(request: Request) -> Response:
    """Answer OPTIONS, redirect to the right spelling of the URL, or raise a 405 or 404."""
    asked = path(request)
    allowed = allowed_methods(request, asked)
    refusal: Exception | None = request.scope.get(REFUSED)
    if refusal is not None:
        allowed = methods_before(request, asked) if isinstance(refusal, NotFound) else []
    elif not allowed and adopts(request, "slash-redirects"):
        other = asked.rstrip("/") if asked.endswith("/") else asked + "/"
        if other and allowed_methods(request, other):
            return RedirectResponse(location(request, other))
    elif request.method == "OPTIONS" and "OPTIONS" in allowed:
        return text("", headers={"Allow": ", ".join(allowed)})
    else:
        other = merged(request, asked)
        for candidate in (asked + "/", other, other + "/"):
            if candidate != asked and request.method in allowed_methods(request, candidate):
                if candidate != other or not has_exact_slashes(request, other):
                    return redirect(location(request, candidate), 308)
                allowed = allowed or methods_before(request, other)
                break
        else:
            allowed = allowed or allowed_methods(request, other)
    if allowed:
        raise MethodNotAllowed(allowed)
    raise refusal or NotFound


def merged(request: Request, where: str) -> str:
    """A path without doubled slashes, where the application takes it for the same."""
    return re.sub("/{2,}", "/", where) if request.app.state.merges_slashes else where


def has_exact_slashes(request: Request, where: str) -> bool:
    """Whether the route that takes a request for a path is one for its own slashes only."""
    taking = next(route for route in routes_at(request, where) if takes(request, route))
    return taking.name in request.app.state.exact_slashes


def location(request: Request, where: str) -> str:
    """The absolute URL of a path of this application, with the query of the request."""
    query = request.scope["query_string"].decode(errors="replace")
    url = f"{request.scope['scheme']}://{own_host(request)}{root_path(request)}{quote(where, safe=PATH_SAFE)}"
    return f"{url}?{query}" if query else url


def allowed_methods(request: Request, where: str) -> list[str]:
    """The methods that the routes at a path take, with those that Flask adds."""
    return sorted(set().union(*(methods_of(request, route) for route in routes_at(request, where))))


def methods_before(request: Request, where: str) -> list[str]:
    """The methods that the routes at a path take which are tried before the one that takes this request's."""
    others = takewhile(lambda route: not takes(request, route), routes_at(request, where))
    return sorted(set().union(*(methods_of(request, route) for route in others)))


def methods_of(request: Request, route: Any) -> set[str]:
    """The methods of a route, with those that Flask adds."""
    if adopts(request, "head-options"):
        return set(route.methods)
    added = {"HEAD"} if "GET" in route.methods else set()
    return {*route.methods, *added, *(() if route.name in request.app.state.without_options else ("OPTIONS",))}


def takes(request: Request, route: Any) -> bool:
    """Whether a route takes the request's method, or Flask does for it."""
    return request.method in methods_of(request, route)


def routes_at(request: Request, where: str) -> Iterator[Any]:
    """The routes whose pattern takes a path, whatever their methods and convertors."""
    for route in iter_route_contexts(request.app.routes):
        if getattr(route, "methods", None) and route.path_regex.match(where) and may_take(request, route):
            yield route


def may_take(request: Request, route: Any) -> bool:
    """Whether a route's conditions let the request pass, or one of its values is refused."""
    try:
        return all(one.values(request.scope) is not None for one in conditions(route))
    except NotThisRouteError:
        return True


def moved(request: Request, route: Any, where: str, values: dict[str, Any]) -> Response | None:
    """What sends a request for a path away whichever of a route's methods it has."""
    same = (one for one in routes_at(request, where) if one.path == route.path)
    found = (condition.moved(request.scope, values) for one in same for condition in conditions(one))
    return next((response for response in found if response is not None), None)


def values_of(request: Request, route: Any, where: str) -> dict[str, Any]:
    """The values of a path at one of its routes; raises `NotThisRouteError` where a convertor refuses one."""
    found = route.path_regex.match(where).groupdict()
    values = {name: route.param_convertors[name].convert(value) for name, value in found.items()}
    for one in conditions(route):
        values = one.merged(one.values(request.scope) or {}, values)
    return values
