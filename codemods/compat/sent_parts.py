"""The query, the headers or the cookies of a request, which an endpoint loads by a schema.

Preserves: what a schema refuses is refused where the endpoint loads it, behind all that stands around it; OpenAPI shows
the schema's fields.

To live without it: take the model by `Query()`, `Header()` or `Cookie()`, and let FastAPI answer with its own 422.
"""

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Generic, TypeVar

from fastapi import Cookie, Depends, Header, Query, Request
from pydantic import BaseModel

from .unread import Unread, shown

S = TypeVar("S", bound=BaseModel)


class SentPart(Generic[S]):
    """A part of a request and the schema that loads it; nothing of it is looked at before."""

    marker: ClassVar[Callable[[], Any]]

    def __init__(self, schema: type[S], request: Request) -> None:
        self.schema, self.request = schema, request

    def __class_getitem__(cls, schema: Any) -> Any:
        """The parameter for a schema, as FastAPI fills it."""
        if isinstance(schema, TypeVar):
            return super().__class_getitem__(schema)  # type: ignore[misc]  # of `Generic`

        async def part(request: Request, fields: Any) -> Any:
            return cls(schema, request)

        return Annotated[Any, Depends(shown(part, fields=Annotated[schema, cls.marker(), Unread()]))]


class SentQuery(SentPart[S]):
    """The query."""

    marker = Query


class SentHeaders(SentPart[S]):
    """The headers."""

    marker = Header


class SentCookies(SentPart[S]):
    """The cookies."""

    marker = Cookie
