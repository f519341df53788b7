"""Endpoints whose answers Flask-Caching keeps, in the store and under the keys of the Flask application's own views.

Preserves: what one side keeps the other finds; only what was asked by path (and query, where that counts) is found; an
error of the store is logged and the endpoint asked. Where errors are kept (Flask-Caching 2.5 and later ones), an
`abort(404)` is kept as well.

To live without it: keep the answers of the functions that the endpoint calls, by keys of your own (`cachelib`), or
leave it to a proxy in front by `Cache-Control`.
"""

import hashlib
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

from fastapi import Request, Response
from starlette.exceptions import HTTPException

from .foreign import is_foreign, make_response
from .http_statuses import as_http_error
from .request_info import path

logger = logging.getLogger(__name__)


class Store(Protocol):
    """What is asked of `flask_caching.Cache`."""

    def get(self, key: str) -> Any:
        """What is kept; None for nothing."""

    def set(self, key: str, value: Any, timeout: float | None = None) -> Any:
        """Keep a value."""


def cached_view(
    store: Store,
    timeout: float | None = None,
    key_prefix: str = "view/%s",
    query_string: bool = False,
    hash_method: str = "sha256",
    keeps_errors: bool = True,
) -> Callable[..., Callable[..., Any]]:
    """A decorator of endpoints that are given the request: their answers are kept for so many seconds.

    The path stands for `%s` in the key, to which `query_string` adds a hash of the query.
    """

    def key_of(request: Request) -> str:
        key = key_prefix % path(request) if "%s" in key_prefix else key_prefix
        if not query_string:
            return key
        pairs = tuple(sorted(request.query_params.multi_items()))
        return key + hashlib.new(hash_method, str(pairs).encode()).hexdigest()

    def keep(request: Request, key: str, value: Any) -> None:
        try:
            store.set(key, value, timeout=timeout)
        except Exception:
            report(request)

    def decorate(endpoint: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(endpoint)
        def answered(*args: Any, request: Request, **kwargs: Any) -> Response:
            key = key_of(request)
            try:
                kept = store.get(key)
            except Exception:
                report(request)
                return make_response(endpoint(*args, request=request, **kwargs))
            if isinstance(kept, Exception):
                raise kept
            if kept is not None:
                return make_response(kept)
            try:
                response = make_response(endpoint(*args, request=request, **kwargs))
            except Exception as error:
                if keeps_errors and (theirs := flask_error(request, error)) is not None:
                    keep(request, key, theirs)
                raise
            if isinstance(getattr(response, "body", None), bytes):  # Flask-Caching cannot keep streams and files either
                keep(request, key, flask_response(request, response))
            return response

        return answered

    return decorate


def report(request: Request) -> None:
    """Log the error of a store; while one debugs, raise it."""
    if request.app.state.flask_app.debug:
        raise  # called where one is handled
    logger.exception("Exception possibly due to cache backend.")


def flask_response(request: Request, response: Response) -> Any:
    """Flask's response of the same status, headers and body."""
    headers = [(name, value) for name, value in response.headers.items() if name != "content-length"]
    return request.app.state.flask_app.response_class(bytes(response.body), response.status_code, headers)


def flask_error(request: Request, error: Exception) -> Exception | None:
    """Werkzeug's error of the same status, description and answer; None where there is none."""
    if is_foreign(error):
        return error
    if not isinstance(error, HTTPException) or error.headers:
        return None
    ours = as_http_error(error)
    kind = request.app.state.flask_app.aborter.mapping.get(ours.status_code)
    answer = None if ours.response is None else flask_response(request, ours.response)
    found: Exception | None = None if kind is None else kind(ours.description, answer)
    return found
