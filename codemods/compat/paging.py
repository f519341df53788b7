"""The page of a collection that a request asks for.

Preserves: flask-smorest's `paginate`: `page` and `page_size` of the query, what refuses them, the header
`X-Pagination`, and `Page`, which takes the page out of what an endpoint returns.

To live without it: two parameters with `Query(ge=1)`, and the totals in the body.
"""

import json
from collections.abc import Callable, MutableMapping, Sequence
from typing import Annotated, Any

from fastapi import Query, Request

from .arguments import loader
from .fields import Int
from .schema import Schema
from .sent import sent_values
from .unread import Unread, shown
from .validators import Range

HEADER = "X-Pagination"


class Pagination:
    """A page, and how many items there are in all, which the endpoint tells."""

    def __init__(self, page: int, page_size: int) -> None:
        self.page, self.page_size = page, page_size
        self.item_count: int | None = None

    @property
    def first_item(self) -> int:
        """The place of the first item on the page, counted from 0."""
        return (self.page - 1) * self.page_size

    @property
    def last_item(self) -> int:
        """The place of the last item on a full page."""
        return self.first_item + self.page_size - 1

    def __repr__(self) -> str:
        return f"PaginationParameters(page={self.page!r},page_size={self.page_size!r})"

    def totals(self, count: int) -> dict[str, int]:
        """What the header tells."""
        if count == 0:
            return {"total": 0, "total_pages": 0}
        pages = (count - 1) // self.page_size + 1
        told = {"total": count, "total_pages": pages, "first_page": 1, "last_page": pages}
        if self.page <= pages:
            told["page"] = self.page
            if self.page > 1:
                told["previous_page"] = self.page - 1
            if self.page < pages:
                told["next_page"] = self.page + 1
        return told

    def add_to(self, headers: Any) -> Any:
        """The headers of an answer with that of the page, where the number of items is known."""
        if self.item_count is None:
            return headers
        found: MutableMapping[str, Any] = {} if headers is None else headers
        found[HEADER] = json.dumps(self.totals(self.item_count))
        return found


class Page:
    """Takes the page out of a sequence; a subclass, out of something else."""

    def __init__(self, collection: Any, page_params: Pagination) -> None:
        self.collection, self.page_params = collection, page_params
        self.page_params.item_count = self.item_count

    @property
    def items(self) -> Sequence[Any]:
        """The items on the page."""
        return list(self.collection[self.page_params.first_item : self.page_params.last_item + 1])

    @property
    def item_count(self) -> int:
        """How many items there are in all."""
        return len(self.collection)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(collection={self.collection!r},page_params={self.page_params!r})"


def paginating(page: int = 1, page_size: int = 10, max_page_size: int = 100) -> Callable[..., Pagination]:
    """A dependency: the page that is asked for, with these defaults; raises `ArgumentsError`."""
    default_page, default_size = page, page_size  # names of the class would hide those of the function

    class PageQuery(Schema):
        """A page of a collection."""

        page: Annotated[Int, Range(min=1)] = default_page
        page_size: Annotated[Int, Range(min=1, max=max_page_size)] = default_size

    def page_of(found: PageQuery) -> Pagination:
        return Pagination(found.page, found.page_size)

    load = loader("query", PageQuery, {"unknown": "ignore", "make": page_of})

    def loaded(request: Request, query: Any) -> Any:
        return load(request, sent_values(request.query_params, PageQuery))

    return shown(loaded, query=Annotated[PageQuery, Query(), Unread()])
