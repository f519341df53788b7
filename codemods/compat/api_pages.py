"""What a list tells of the page that it shows, with links to the others.

Preserves: APIFlask's `pagination_builder`: absolute links to the route that answers, empty where there is no such page.

To live without it: `request.url.include_query_params(page=2)` for each link.
"""

from typing import Any, Protocol

from fastapi import Request

from .endpoint import endpoint
from .urls import url_for


class Page(Protocol):
    """A page as Flask-SQLAlchemy's `paginate` gives it."""

    page: int
    per_page: int
    pages: int
    total: int | None
    has_next: bool
    has_prev: bool
    next_num: int | None
    prev_num: int | None


def pagination_builder(request: Request, pagination: Page, **values: Any) -> dict[str, Any]:
    """The numbers of a page, and the links; `values` are those of the route's path, or of the query."""
    route, size = endpoint(request), pagination.per_page

    def link(page: int | None) -> str:
        return "" if route is None else url_for(request, route, page=page, per_page=size, _external=True, **values)

    return {
        "total": pagination.total,
        "pages": pagination.pages,
        "per_page": size,
        "page": pagination.page,
        "next": link(pagination.next_num) if pagination.has_next else "",
        "prev": link(pagination.prev_num) if pagination.has_prev else "",
        "first": link(1),
        "last": link(pagination.pages),
        "current": link(pagination.page),
    }
