"""Tags of what an endpoint answers, and what a client has to know of it before it changes it.

Preserves: flask-smorest's `etag`, `check_etag` and `set_etag`: the tag of an answer is that of its data, 304 for a
client that has it already, 428 for a change without `If-Match` and 412 for one with another tag. It does not warn of
endpoints that never check.

To live without it: keep a version beside what is stored, answer it as `ETag`, and compare `If-Match` with it.
"""

from hashlib import sha1
from typing import Annotated, Any

from fastapi import Header, Request, Response

from .dumped import NOTHING
from .etags import parse_etags
from .etags import set_etag as set_header
from .http_errors import HTTPError
from .http_statuses import PreconditionFailed, PreconditionRequired
from .responses import dumps

KEPT = "compat.entity_tag"
PAGES = "X-Pagination"
NEEDED = 'This request is required to be conditional; try using "If-Match".'


class NotModified(HTTPError):  # noqa: N818  # the status's name, as all others have it
    """304: the client has the answer already."""

    status_code = 304
    description = "Resource not modified since last request."


def needs_if_match(
    if_match: Annotated[str | None, Header(description="The tag of what is changed")] = None,
) -> None:
    """A dependency: a change says which version it is about; raises a 428 for one that does not."""
    if not parse_etags(if_match):
        raise PreconditionRequired(NEEDED)


def tag_of(data: Any, pages: tuple[tuple[str, str], ...] = ()) -> str:
    """The tag of data, and of the header that tells of its pages; raises `TypeError` for what is no JSON."""
    text = dumps((data, pages) if pages else data, sort_keys=True)
    return sha1(text.encode(), usedforsecurity=False).hexdigest()


def check_etag(request: Request, data: Any) -> None:
    """`blp.check_etag(data)`: raises a 412 where the client knows another version."""
    if tag_of(data) not in parse_etags(request.headers.get("If-Match")):
        raise PreconditionFailed


def set_etag(request: Request, data: Any) -> None:
    """`blp.set_etag(data)`: the answer has the tag of this data, whatever it is; raises a 304 as `add_tag` does."""
    tag = tag_of(data)
    check_modified(request, tag)
    request.scope[KEPT] = tag


def add_tag(request: Request, response: Response, data: Any) -> None:
    """Give an answer the tag of its data, or the one that was set for it.

    Raises a 304 where the client has it, and `LookupError` for an endpoint's own response that no tag was set for.
    """
    tag = request.scope.get(KEPT)
    if tag is None:
        if data is NOTHING:
            raise LookupError("There is no tag for a response object.")
        tag = tag_of(data, tuple((PAGES, one) for one in response.headers.getlist(PAGES)))
        check_modified(request, tag)
    set_header(response, tag)


def check_modified(request: Request, tag: str) -> None:
    """Raise a 304 where a client that reads has what is tagged so."""
    if request.method in ("GET", "HEAD") and tag in parse_etags(request.headers.get("If-None-Match")):
        raise NotModified
