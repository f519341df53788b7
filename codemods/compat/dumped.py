"""What an endpoint returns, dumped by a schema and answered as JSON.

Preserves: APIFlask's `output`: the status of the decorator unless the endpoint returns one of its own, headers beside
the value, response objects as they are; flask-smorest's `response`, which does so in its own way.

To live without it: return the model from the endpoint, and declare it as `response_model` of the route.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, NoReturn

from fastapi import Request, Response
from starlette.datastructures import Headers

from .paging import Pagination
from .responses import FlaskJSONResponse, make_response, status_code

Dump = Callable[[Any], Any]
Tag = Callable[[Request, Response, Any], None]
NOTHING: Any = object()
"""The data of a response object."""


def dumped_by(dump: Dump | None = None, status: int = 200) -> Callable[..., Callable[..., Any]]:
    """A decorator of endpoints that return what `dump` takes, maybe with a status, headers, or both behind it.

    Without `dump` the value is answered as it is.
    """

    def answer(value: Any, **_: Any) -> Response:
        if isinstance(value, Response):
            return value
        body, *rest = value if isinstance(value, tuple) else (value,)
        response = FlaskJSONResponse(dump(body) if dump is not None else body)
        if not rest:
            return make_response(response, status)
        if len(rest) > 1 or isinstance(rest[0], int):
            return make_response(response, *rest[:2])
        return make_response(response, status, rest[0])

    return around(answer)


def jsonified_by(dump: Dump, status: int = 200) -> Callable[..., Callable[..., Any]]:
    """As `dumped_by`, for APIFairy's `response`, which takes no response objects: raises `RuntimeError` for one."""

    def answer(value: Any, **_: Any) -> Response:
        if isinstance(value, Response):
            raise RuntimeError("What is dumped cannot be a response object.")
        body, *rest = value if isinstance(value, tuple) else (value,)
        response = FlaskJSONResponse(dump(body))
        if not rest:
            return make_response(response, status)
        if len(rest) == 1 and not isinstance(rest[0], int):
            return make_response(response, status, rest[0])
        return make_response(response, *rest[:2])

    return around(answer)


def within(envelope: Dump, dump: Dump, key: str = "data") -> Dump:
    """What dumps a value that holds the data under a key or as an attribute, by one schema around another.

    Raises `RuntimeError` for a value without it, as APIFlask's `BASE_RESPONSE_SCHEMA` does.
    """

    def dumped(value: Any) -> Any:
        kind = "dict" if isinstance(value, dict) else "object"
        if key not in value if isinstance(value, dict) else not hasattr(value, key):
            raise RuntimeError(f"The data key {key!r} is not found in the returned {kind}.")
        if isinstance(value, dict):
            value[key] = dump(value[key])
        else:
            setattr(value, key, dump(getattr(value, key)))
        return envelope(value)

    return dumped


def responding(
    status: int,
    dump: Dump | None = None,
    *,
    paginated: bool = False,
    pager: Callable[..., Any] | None = None,
    tag: Tag | None = None,
) -> Callable[..., Callable[..., Any]]:
    """As `dumped_by`, for flask-smorest's `response`: headers are added, and a response object is given them, too.

    With `paginated` the endpoint is given `pagination_parameters`, of which a header tells; with a `pager`, such as
    `compat.paging.Page`, that takes the page out of what the endpoint returns. A `tag` is called with the request, the
    response and the data, `NOTHING` for a response object.
    """

    def answer(value: Any, pagination_parameters: Pagination | None = None, **given: Any) -> Response:
        body, own, headers = unpacked(value)
        if pager is not None:
            body = pager(body, page_params=pagination_parameters).items
        if (paginated or pager is not None) and pagination_parameters is not None:
            headers = pagination_parameters.add_to(headers)
        data = NOTHING if isinstance(body, Response) else dump(body) if dump is not None else body
        response = body if isinstance(body, Response) else FlaskJSONResponse(data, status)
        response.status_code = response.status_code if own is None else status_code(own)
        for name, one in headers.items() if isinstance(headers, Mapping) else headers or ():
            for single in one if isinstance(one, list | tuple | set) else (one,):
                response.headers.append(name, str(single))
        if tag is not None:
            tag(given["request"], response, data)
        return response

    return around(answer)


def no_data(value: Any) -> NoReturn:
    """The dump of endpoints that return response objects only; raises `TypeError` for anything else."""
    raise TypeError(f"Of {type(value).__name__!r} nothing is known but what its documentation tells.")


def unpacked(value: Any) -> tuple[Any, Any, Any]:
    """What an endpoint returned as body, status and headers; raises `TypeError` for other tuples."""
    if type(value) is not tuple:
        return value, None, None
    match value:
        case (body, own, headers):
            return body, own, headers
        case (body, dict() | tuple() | list() | Headers() as headers):
            return body, None, headers
        case (body, own):
            return body, own, None
    raise TypeError("The view function did not return a valid response tuple.")


def around(answer: Callable[..., Response]) -> Callable[..., Callable[..., Any]]:
    """A decorator of endpoints that makes the response of what they return, and what they were given."""

    def decorate(endpoint: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(endpoint)
        def answered(*args: Any, **kwargs: Any) -> Response:
            return answer(endpoint(*args, **kwargs), **kwargs)

        @wraps(endpoint)
        async def answered_async(*args: Any, **kwargs: Any) -> Response:
            return answer(await endpoint(*args, **kwargs), **kwargs)

        return answered_async if iscoroutinefunction(endpoint) else answered

    return decorate
