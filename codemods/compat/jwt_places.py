"""Where a request's JSON web token may be: a header, a cookie, the query, the body.

Preserves: Flask-JWT-Extended's reading of each place by the application's `JWT_...` settings, what it says of a place
without a token, and the value that a cookie needs beside it (CSRF).

To live without it: settle on the `Authorization` header, and read it with `HTTPBearer`.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData

from .jwt_errors import CSRFError, InvalidHeaderError, InvalidQueryParamError, NoAuthorizationError
from .request import FlaskRequest, mimetype_is_json

FORM = "compat.jwt_form"
PLACES = ("headers", "cookies", "query_string", "json")


def settings(request: Request) -> Mapping[str, Any]:
    """The application's configuration, as it is now."""
    config: Mapping[str, Any] = request.app.state.flask_app.config
    return config


def is_json(request: Request) -> bool:
    """`request.is_json`."""
    return mimetype_is_json(request.headers.get("content-type", "").partition(";")[0].strip().lower())


async def read_ahead(request: Request) -> None:
    """A hook that reads what a token may be found in while the body can be awaited; it goes before all others."""
    if is_json(request):
        await Request.body(request)
    elif settings(request)["JWT_CSRF_CHECK_FORM"] and request.method in settings(request)["JWT_CSRF_METHODS"]:
        await Request.body(request)
        copy = FlaskRequest(request.scope, request.receive)
        copy._body = request._body
        request.scope[FORM] = await copy.form()


def configured_places(request: Request) -> Sequence[str]:
    """The setting `JWT_TOKEN_LOCATION`; raises `RuntimeError` for one that names no place."""
    places = settings(request)["JWT_TOKEN_LOCATION"]
    if isinstance(places, str):
        places = (places,)
    if not places or any(place not in PLACES for place in places):
        raise RuntimeError(f"JWT_TOKEN_LOCATION can only contain {', '.join(PLACES)}")
    found: Sequence[str] = places
    return found


def token_in(request: Request, place: str, refresh: bool) -> tuple[str, str | None]:
    """The token in a place, with its CSRF value; raises `NoAuthorizationError` where there is none."""
    match place:
        case "headers":
            return token_in_header(request), None
        case "cookies":
            return token_in_cookie(request, "REFRESH" if refresh else "ACCESS")
        case "query_string":
            return token_in_query(request), None
        case _:
            return token_in_json(request, refresh), None


def token_in_header(request: Request) -> str:
    """The token of `Authorization: Bearer ...`, or of whatever header and type are configured."""
    name, kind = settings(request)["JWT_HEADER_NAME"], settings(request)["JWT_HEADER_TYPE"]
    if not name:
        raise RuntimeError("JWT_ACCESS_HEADER_NAME cannot be empty")
    value = request.headers.get(name, "").strip().strip(",")
    if not value:
        raise NoAuthorizationError(f"Missing {name} Header")
    if not kind:
        if len(value.split()) != 1:
            raise InvalidHeaderError(f"Bad {name} header. Expected '{name}: <JWT>'")
        return value.split()[0]
    fields = [one for one in re.split(r",\s*", value) if one and one.split()[0] == kind]
    if len(fields) != 1:
        raise NoAuthorizationError(f"Missing '{kind}' type in '{name}' header. Expected '{name}: {kind} <JWT>'")
    parts = fields[0].split()
    if len(parts) != 2:
        raise InvalidHeaderError(f"Bad {name} header. Expected '{name}: {kind} <JWT>'")
    return parts[1]


def token_in_cookie(request: Request, kind: str) -> tuple[str, str | None]:
    """The token in a cookie; for methods that change something with the CSRF value of a header or form field."""
    config = settings(request)
    name = config[f"JWT_{kind}_COOKIE_NAME"]
    encoded = request.cookies.get(name)
    if not encoded:
        raise NoAuthorizationError(f'Missing cookie "{name}"')
    if not config["JWT_COOKIE_CSRF_PROTECT"] or request.method not in config["JWT_CSRF_METHODS"]:
        return encoded, None
    csrf_value = request.headers.get(config[f"JWT_{kind}_CSRF_HEADER_NAME"])
    if not csrf_value and config["JWT_CSRF_CHECK_FORM"]:
        form = request.scope.get(FORM, FormData())
        csrf_value = form.get(config[f"JWT_{kind}_CSRF_FIELD_NAME"])
    if not csrf_value:
        raise CSRFError("Missing CSRF token")
    return encoded, csrf_value


def token_in_query(request: Request) -> str:
    """The token in the query, behind the prefix that is configured."""
    name, prefix = settings(request)["JWT_QUERY_STRING_NAME"], settings(request)["JWT_QUERY_STRING_VALUE_PREFIX"]
    value = request.query_params.get(name)
    if not value:
        raise NoAuthorizationError(f"Missing '{name}' query paramater")
    if not value.startswith(prefix):
        raise InvalidQueryParamError(
            f"Invalid value for query parameter '{name}'. Expected the value to start with '{prefix}'"
        )
    return value[len(prefix) :]


def token_in_json(request: Request, refresh: bool) -> str:
    """The token in a JSON body, which `read_ahead` has read."""
    if not is_json(request):
        raise NoAuthorizationError("Invalid content-type. Must be application/json.")
    key = settings(request)["JWT_REFRESH_JSON_KEY" if refresh else "JWT_JSON_KEY"]
    try:
        body = json.loads(request._body)
    except ValueError:
        body = None
    encoded: str | None = body and body.get(key)
    if not encoded:
        raise NoAuthorizationError(f'Missing "{key}" key in json data.')
    return encoded
