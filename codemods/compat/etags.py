"""Conditional requests.

Preserves: `request.if_match`, `request.if_none_match` and the dates of a request, `response.set_etag(etag)`,
`response.get_etag()`, `response.add_etag()`, `response.freeze()` and `response.make_conditional(request)`: 304, 412,
and parts of a body for a `Range`.

To live without it: nothing in FastAPI takes its place; keep it, or leave ETags to a proxy.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate
from hashlib import sha1

from fastapi import Request, Response

from .dates import parse_date
from .http_statuses import RequestedRangeNotSatisfiable
from .response_body import read_body

ETAG = re.compile(r'[ \t]*(?P<weak>[Ww]/)?(?:"(?P<quoted>[^"]*)"|(?P<bare>[^" \t,]+))[ \t]*(?:,|\Z)', re.ASCII)


@dataclass(frozen=True)
class ETags:
    """The tags that a header names."""

    strong: frozenset[str] = frozenset()
    weak: frozenset[str] = frozenset()
    star_tag: bool = False

    def __bool__(self) -> bool:
        return bool(self.star_tag or self.strong or self.weak)

    def __contains__(self, etag: object) -> bool:
        return self.contains(str(etag))

    def __iter__(self) -> Iterator[str]:
        return iter(self.strong)

    def __len__(self) -> int:
        return len(self.strong)

    def __str__(self) -> str:
        return self.to_header()

    def to_header(self) -> str:
        """The header's text."""
        tags = [f'"{tag}"' for tag in self.strong] + [f'W/"{tag}"' for tag in self.weak]
        return "*" if self.star_tag else ", ".join(tags)

    def is_strong(self, etag: str) -> bool:
        """Whether the header spells the tag out as a strong one."""
        return etag in self.strong

    def is_weak(self, etag: str) -> bool:
        """Whether the header spells the tag out as a weak one."""
        return etag in self.weak

    def contains(self, etag: str) -> bool:
        """Whether the header names the tag as a strong one."""
        return self.star_tag or etag in self.strong

    def contains_weak(self, etag: str) -> bool:
        """Whether the header names the tag, strong or weak: the comparison for `If-None-Match`."""
        return self.contains(etag) or etag in self.weak

    def contains_raw(self, etag: str) -> bool:
        """Whether the header names a tag that is written as in a header; a weak one may be strong there."""
        tag = unquoted(etag)
        return self.contains_weak(tag) if etag.startswith(("W/", "w/")) else self.contains(tag)

    def as_set(self, include_weak: bool = False) -> set[str]:
        """The strong tags, or all of them."""
        return {*self.strong, *(self.weak if include_weak else ())}


def parse_etags(header: str | None) -> ETags:
    """The tags of an `If-Match` or `If-None-Match` header."""
    if not header:
        return ETags()
    if header == "*":
        return ETags(star_tag=True)
    strong: set[str] = set()
    weak: set[str] = set()
    position = 0
    while True:
        if found := ETAG.match(header, position):
            position = found.end()
            (weak if found["weak"] else strong).add(found["quoted"] or found["bare"])
        else:  # skip what is no tag, up to the next one
            position = header.find(",", position) + 1
            if not position:
                return ETags(frozenset(strong), frozenset(weak))


def set_etag(response: Response, etag: str, weak: bool = False) -> None:
    """`response.set_etag(etag, weak)`; raises `ValueError` for a quote in the tag."""
    if '"' in etag:
        raise ValueError("invalid etag")
    response.headers["ETag"] = f'W/"{etag}"' if weak else f'"{etag}"'


def add_etag(response: Response, overwrite: bool = False, weak: bool = False) -> None:
    """`response.add_etag(overwrite, weak)`: the tag of the body."""
    if overwrite or "etag" not in response.headers:
        set_etag(response, sha1(read_body(response)).hexdigest(), weak)


def get_etag(response: Response) -> tuple[str, bool] | tuple[None, None]:
    """`response.get_etag()`: the tag and whether it is weak."""
    tag = response.headers.get("ETag")
    return (unquoted(tag), tag[:2] in ("W/", "w/")) if tag else (None, None)


def freeze(response: Response) -> None:
    """`response.freeze()`: the body as a whole, with its length and tag."""
    response.headers["Content-Length"] = str(len(read_body(response)))
    add_etag(response)


def conditional(
    request: Request, response: Response, accept_ranges: bool | str = False, complete_length: int | None = None
) -> Response:
    """`response.make_conditional(request, ...)`: the response, with the status and body that the request asks for.

    Raises a 416 for a range that the body has not.
    """
    if request.scope["method"] not in ("GET", "HEAD"):
        return response
    headers = response.headers
    headers.setdefault("Date", formatdate(usegmt=True))
    if span := requested_range(request, response, accept_ranges, complete_length):
        start, stop = span
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{complete_length}"
        headers["Content-Length"] = str(stop - start)
        response.status_code = 206
        response.body = read_body(response)[start:stop]
    elif not is_modified(request, headers.get("etag"), headers.get("last-modified")):
        response.status_code = 412 if parse_etags(request.headers.get("if-match")) else 304
    return response


def requested_range(
    request: Request, response: Response, accept_ranges: bool | str, complete_length: int | None
) -> tuple[int, int] | None:
    """The part of the body that the request asks for, None for all of it; raises a 416 for one that is not there."""
    if not accept_ranges:
        return None
    response.headers["Accept-Ranges"] = "bytes" if accept_ranges is True else accept_ranges
    header = request.headers.get("range")
    if not complete_length or header is None:
        return None
    if "if-range" in request.headers and is_modified(
        request, response.headers.get("etag"), response.headers.get("last-modified"), request.headers["if-range"]
    ):
        return None
    span = parse_range(header, complete_length)
    if span is None:
        raise RequestedRangeNotSatisfiable(complete_length)
    return span


def is_modified(request: Request, etag: str | None, last_modified: str | None, if_range: str | None = None) -> bool:
    """Whether the client's version, by the headers of the request, is another than the one of this tag and date."""
    range_date = parse_date(if_range)
    since = range_date or parse_date(request.headers.get("if-modified-since"))
    changed = parse_date(last_modified)
    unmodified = bool(since and changed and changed <= since)
    if etag:
        tag = unquoted(etag)
        if if_range and range_date is None:
            unmodified = unquoted(if_range) == tag
        elif if_none_match := parse_etags(request.headers.get("if-none-match")):
            unmodified = if_none_match.contains_weak(tag)
        if if_match := parse_etags(request.headers.get("if-match")):
            unmodified = tag not in if_match.strong  # also for "*", which Werkzeug takes for no tag here
    return not unmodified


def unquoted(etag: str) -> str:
    """A tag without its quotes and mark of weakness."""
    tag = etag.removeprefix("W/") if etag.startswith("W/") else etag.removeprefix("w/")
    return tag[1:-1] if tag.startswith('"') and tag.endswith('"') else tag


def parse_range(header: str, length: int) -> tuple[int, int] | None:
    """Start and end of the one range of bytes that a header asks for; None where it is malformed or not there."""
    unit, separator, ranges = header.partition("=")
    found = re.fullmatch(r"[ \t]*(?:(-[0-9]+)|([0-9]+)[ \t]*-[ \t]*([0-9]*))[ \t]*", ranges, re.ASCII)
    if not separator or unit.strip(" \t").lower() != "bytes" or found is None:
        return None
    suffix, first, last = found.groups()
    if suffix:
        start, stop = length + int(suffix), length
        return (start, stop) if int(suffix) and start >= 0 else None
    start, stop = int(first), int(last) + 1 if last else length
    return (start, min(stop, length)) if start < stop and start < length else None
