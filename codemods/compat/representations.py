"""Data as the response in the media type that a client asks for first.

Preserves: the functions that an `Api` of Flask-RESTful has for media types, for what its resources return and for what
it answers on errors; JSON where the client asks for nothing that there is, as its setting `RESTFUL_JSON` says.

To live without it: return plain data, or one response class a route.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from fastapi import Request, Response

from .accept import accept_mimetypes
from .restful import APIResponse

Represent = Callable[[Request, Any, Any, Any], Response]
JSON = "application/json"


class Representations:
    """What writes data, by media type: given the request, the data, the status and the headers.

    `options` are for `json.dumps`, where nothing else writes JSON.
    """

    def __init__(self, by_type: Mapping[str, Represent] | None = None, **options: Any) -> None:
        self.by_type: dict[str, Represent] = {JSON: self.plain_json, **(by_type or {})}
        self.options = options

    def plain_json(self, request: Request, data: Any, status: Any, headers: Any) -> Response:
        """Data as JSON."""
        return APIResponse(data, status, headers, **self.options)

    def __call__(self, request: Request, data: Any, status: Any = 200, headers: Any = None) -> Response:
        """The response."""
        kind = accept_mimetypes(request).best_match(self.by_type, JSON) or JSON
        response = self.by_type[kind](request, data, status, {} if headers is None else headers)
        response.headers["Content-Type"] = kind
        return response


def represented_by(representations: Representations) -> Callable[..., Callable[..., Any]]:
    """A decorator of endpoints that return data, maybe with a status and headers behind it, or a response."""

    def decorate(endpoint: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(endpoint)
        def wrapper(*args: Any, request: Request, **kwargs: Any) -> Response:
            value = endpoint(*args, request=request, **kwargs)
            if isinstance(value, Response):
                return value
            parts = value if isinstance(value, tuple) and len(value) in (2, 3) else (value,)
            return representations(request, *parts)

        return wrapper

    return decorate
