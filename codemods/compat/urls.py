"""`url_for` with Flask's conventions.

Preserves: relative URLs unless `_external`, which is under the `SERVER_NAME` (`app.state.server_name`) if there is one;
values that the path does not take become the query string; a rule's defaults choose between the rules of an endpoint,
or which was registered first (`app.state.build_order`, where it is not that of the routes);
`_anchor`, `_scheme` and `_method`; the URL of a route on another host is absolute. Beside a Flask application its rules
are used, so that routes on both sides are found.

To live without it: `request.url_for(name, **path_params)`, which is absolute and takes no query.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import FastAPI, Request
from fastapi.routing import iter_route_contexts
from starlette.convertors import Convertor, FloatConvertor, IntegerConvertor, StringConvertor, UUIDConvertor

from .hosts import host_of, is_on_this_host
from .lifecycle import Lifecycle
from .request_info import host, own_host, root_path
from .routing import conditions

PATH_SAFE = "!$&'()*+,/:;=@"
QUERY_SAFE = "!$'()*,/:;?@"
ANCHOR_SAFE = "%!#$&'()*+,/:;=?@"

PARAMETER = re.compile(r"{([^}]*)}")


class BuildError(LookupError):
    """No route of this name takes these values."""


def url_for(
    request: Request,
    endpoint: str,
    /,
    *,
    _external: bool | None = None,
    _anchor: str | None = None,
    _scheme: str | None = None,
    _method: str | None = None,
    **values: Any,
) -> str:
    """The URL of a route by its Flask endpoint, which is the route's name.

    Raises `BuildError`, a 500, where no route takes the values, and `ValueError` for a scheme without `_external`.
    """
    external = _scheme is not None if _external is None else _external
    if _scheme is not None and not external:
        raise ValueError("When specifying '_scheme', '_external' must be True.")
    if endpoint.startswith("."):
        blueprint = (request.scope.get("compat.endpoint") or "").rpartition(".")[0]
        endpoint = f"{blueprint}{endpoint}" if blueprint else endpoint[1:]
    lifecycle: Lifecycle | None = request.scope.get("compat.lifecycle")
    if lifecycle is not None:
        lifecycle.add_url_defaults(request, endpoint, values)
    flask_app = getattr(request.app.state, "flask_app", None)
    if flask_app is None:
        built = built_alone(request, endpoint, values, _method, _scheme, external)
    else:
        built = built_by_flask(flask_app, request, endpoint, values, _method, _scheme, external)
    return built if _anchor is None else f"{built}#{quote(_anchor, safe=ANCHOR_SAFE)}"


def built_by_flask(
    flask_app: Any,
    request: Request,
    endpoint: str,
    values: dict[str, Any],
    method: str | None,
    scheme: str | None,
    external: bool,
) -> str:
    """A URL by the rules of the Flask application, bound to this request as Flask binds them."""
    rules = flask_app.url_map
    fixed = not rules.host_matching and not flask_app.subdomain_matching
    server_name = None if rules.host_matching else flask_app.config["SERVER_NAME"]
    urls = rules.bind(
        server_name or host(request),
        script_name=root_path(request) + "/",
        subdomain=rules.default_subdomain or "" if fixed else subdomain(host(request), server_name),
        url_scheme=request.scope["scheme"],
        default_method=request.method,
    )
    try:
        built: str = urls.build(endpoint, values, method=method, url_scheme=scheme, force_external=external)
    except LookupError as error:  # what Werkzeug's BuildError is
        try:
            handled: str = flask_app.handle_url_build_error(error, endpoint, values)
        except LookupError as unhandled:
            raise BuildError(str(unhandled)) from unhandled
        return handled
    return built


def is_endpoint_expecting(request: Request, endpoint: str, *arguments: str) -> bool:
    """`current_app.url_map.is_endpoint_expecting`; raises `KeyError` for an endpoint that does not exist."""
    flask_app = getattr(request.app.state, "flask_app", None)
    if flask_app is not None:
        expected: bool = flask_app.url_map.is_endpoint_expecting(endpoint, *arguments)
        return expected
    routes = routes_by_name(request.app)[endpoint]
    return any({*arguments} <= variables_of(route) | defaults_of(request.app, route).keys() for route in routes)


def subdomain(current: str, server_name: str | None) -> str | None:
    """The subdomain of a host below the server's name."""
    if not server_name:
        return None
    return current.lower().removesuffix(server_name.lower()).rstrip(".")


def built_alone(
    request: Request, endpoint: str, values: dict[str, Any], method: str | None, scheme: str | None, external: bool
) -> str:
    """A URL by the routes of this application."""
    values = {key: value for key, value in values.items() if value is not None}
    route = suitable_route(request, endpoint, values, method)
    for name in defaults_of(request.app, route):
        values.pop(name, None)
    domain = host_of(route)
    where = own_host(request) if domain is None else domain.built(request, values)
    pieces = PARAMETER.split(route.path_format)
    for index in range(len(pieces)):
        if index % 2:
            pieces[index] = shown(route.param_convertors[pieces[index]], values.pop(pieces[index]))
        else:
            pieces[index] = quote(pieces[index], safe=PATH_SAFE)
    url = root_path(request) + "".join(pieces)
    if external or (domain is not None and where != host(request).lower()):
        secure = (scheme or request.scope["scheme"]) in ("https", "wss")
        url = f"{'https' if secure else 'http'}://{where}{url}"
    query = urlencode(list(pairs(values)), safe=QUERY_SAFE)
    return f"{url}?{query}" if query else url


def suitable_route(request: Request, endpoint: str, values: dict[str, Any], method: str | None) -> Any:
    """The route to build: one that takes the method asked for, else this request's, else any."""
    named = routes_by_name(request.app).get(endpoint, [])
    suitable = [route for route in named if is_suitable(route, defaults_of(request.app, route), values)]
    wanted = (method,) if method else (request.method, None)
    for one in wanted:
        fitting = [
            route for route in suitable
            if one is None or one in route.methods or (one == "HEAD" and "GET" in route.methods)
        ]  # fmt: skip
        if fitting:
            return next((route for route in fitting if is_on_this_host(request, route, values)), fitting[0])
    raise BuildError(f"Could not build url for endpoint {endpoint!r}.")


def is_suitable(route: Any, defaults: Mapping[str, Any], values: dict[str, Any]) -> bool:
    """Whether a route takes these values: all of its parameters are there, and none is other than its defaults."""
    differs = any(name in values and values[name] != value for name, value in defaults.items())
    return variables_of(route) <= values.keys() and not differs


def variables_of(route: Any) -> set[str]:
    """The names of what a route takes from its URL, the host's included."""
    domain = host_of(route)
    return {*route.param_convertors, *(domain.variables if domain else ())}


def defaults_of(app: FastAPI, route: Any) -> Mapping[str, Any]:
    """The defaults of a route's rule, as `app.state.rule_defaults` has them by endpoint and path."""
    by_endpoint: Mapping[str, Mapping[str, Mapping[str, Any]]] = getattr(app.state, "rule_defaults", {})
    return by_endpoint.get(route.name, {}).get(route.path_format, {})


def routes_by_name(app: FastAPI) -> dict[str, list[Any]]:
    """The routes of an application by name, those with more values first, as Werkzeug tries them; found once."""
    found: dict[str, list[Any]] = getattr(app.state, "routes_by_name", {})
    if found:
        return found
    for route in iter_route_contexts(app.routes):
        if route.name and route.methods:
            found.setdefault(route.name, []).append(route)
    registered: Mapping[str, Sequence[str]] = getattr(app.state, "build_order", {})
    for name, routes in found.items():
        paths = registered.get(name, ())
        routes.sort(key=lambda route: build_order(route, len(defaults_of(app, route)), paths))
    app.state.routes_by_name = found
    return found


def build_order(route: Any, defaults: int, paths: Sequence[str]) -> tuple[bool, int, int, int]:
    """The place of a route among those of its name, one with this number of defaults; `paths` decide between equals."""
    is_alias = any(one.is_alias for one in conditions(route))
    place = paths.index(route.path_format) if route.path_format in paths else len(paths)
    return is_alias, -len(variables_of(route)) - defaults, -defaults, place


def shown(convertor: Convertor[Any], value: Any) -> str:
    """A value as a part of a path."""
    match convertor:
        case IntegerConvertor():
            return str(int(value))
        case FloatConvertor():
            return str(float(value))
        case StringConvertor() | UUIDConvertor():  # and `PathConvertor`, which is a string's
            return quote(str(value), safe=PATH_SAFE)
    return convertor.to_string(value)


def pairs(values: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The pairs of a query: a list stands for several values."""
    for key, value in values.items():
        several: Iterable[Any] = value if isinstance(value, list | tuple | set) else (value,)
        yield from ((key, one) for one in several if one is not None)
