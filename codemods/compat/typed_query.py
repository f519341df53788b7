"""The query of a request as a whole, of which OpenAPI tells by the schema that loads it.

Preserves: `request.args` as it was sent; what the schema refuses is refused where the endpoint loads it, behind all
that stands around it.

To live without it: take the model by `Query()`, and let FastAPI answer with its own 422.
"""

from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query, Request
from starlette.datastructures import QueryParams

from .models import Model
from .unread import Unread, shown

S = TypeVar("S", bound=Model)


class QueryOf(QueryParams, Generic[S]):
    """The query, in OpenAPI as the fields of `S`."""

    def __class_getitem__(cls, schema: Any) -> Any:
        """The parameter for a schema, as FastAPI fills it."""
        if isinstance(schema, TypeVar):
            return super().__class_getitem__(schema)  # type: ignore[misc]  # of `Generic`

        async def whole(request: Request, fields: Any) -> QueryParams:
            return request.query_params

        return Annotated[QueryParams, Depends(shown(whole, fields=Annotated[schema, Query(), Unread()]))]
