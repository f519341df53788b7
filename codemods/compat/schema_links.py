"""Links in what schemas dump: to endpoints, with values of the object that is dumped.

Preserves: flask-marshmallow's `URLFor`, `AbsoluteURLFor` and `Hyperlinks`: `<name>` and `<name.inner>` stand for values
of the object; where one is None there is no link.

To live without it: fields that the endpoint fills in by `request.url_for(name, **path_params)`.
"""

import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from fastapi import Request

from .fields import text
from .schema_dumping import MISSING, read
from .urls import url_for

PLACEHOLDER = re.compile(r"\s*<\s*(\S*)\s*>\s*")

_request: ContextVar[Request] = ContextVar("compat.link_request")

Link = Callable[[Any], str | None]


async def linking(request: Request) -> None:
    """The dependency of an application whose schemas have links: these are relative to the request."""
    link_from(request)


def link_from(request: Request) -> None:
    """From here on, in this thread or task, links are relative to this request."""
    _request.set(request)


def asked(name: str) -> Link:
    """What an object's attribute is as text, where its class needs the request for it.

    `app.state.attributes` has the generic function that stands for the attribute, where there is one; outside of a
    request the attribute itself is read.
    """

    def made(source: Any) -> str | None:
        request = _request.get(None)
        function = getattr(request.app.state, "attributes", {}).get(name) if request is not None else None
        if function is None or function.dispatch(type(source)) is function.dispatch(object):
            found = read(source, name)
        else:
            found = function(source, request=request)
        return found if found is None or found is MISSING else text.dump(found)

    return made


def link_to(endpoint: str, **values: Any) -> Link:
    """What makes the URL of an endpoint for an object; the values are those of `url_for`.

    Raises `AttributeError` for an object that has no such value.
    """

    def made(source: Any) -> str | None:
        found = {}
        for name, value in values.items():
            placeholder = PLACEHOLDER.match(str(value))
            if placeholder and placeholder[1]:
                value = value_at(source, placeholder[1])
                if value is None:
                    return None
                if value is MISSING:
                    raise AttributeError(f"{placeholder[1]!r} is not a valid attribute of {source!r}")
            found[name] = value
        return url_for(_request.get(), endpoint, **found)

    return made


def links_to(shape: Any) -> Callable[[Any], Any]:
    """What makes a dictionary or list of links, and of other things, for an object."""

    def made(source: Any) -> Any:
        return shaped(shape, source)

    return made


def shaped(shape: Any, source: Any) -> Any:
    """The shape with a URL for every link in it."""
    if isinstance(shape, Mapping):
        return {key: shaped(value, source) for key, value in shape.items()}
    if isinstance(shape, list | tuple):
        return [shaped(value, source) for value in shape]
    return shape(source) if callable(shape) else shape


def value_at(source: Any, path: str) -> Any:
    """The value of an attribute or item, or of one inside another; None as soon as one is None."""
    head, _, rest = path.partition(".")
    value = read(source, head)
    return value_at(value, rest) if rest and value is not None else value
