"""Multipart forms as Werkzeug reads them, from clients that end their lines with a bare LF or CR too.

Preserves: any line end ahead of a boundary and in the headers of a part, in bodies of up to a megabyte; a form whose
last boundary is missing is an empty one; fields and files count together as parts.

To live without it: Starlette's `MultiPartParser`. A part that ends with a bare LF is lost then.
"""

import re
import sys
from collections.abc import AsyncGenerator
from typing import Any

from starlette.datastructures import FormData, Headers
from starlette.formparsers import MultiPartException, MultiPartParser

from .http_statuses import RequestEntityTooLarge

MEGABYTE = 1_000_000
BLANK_LINE = re.compile(rb"\r\n\r\n|\r\r|\n\n")
BOUNDARY = re.compile(r'boundary="?([^";]+)"?', re.IGNORECASE)


class StrictParser(MultiPartParser):
    """A parser that knows whether it has seen the last boundary."""

    has_ended = False

    def on_end(self) -> None:
        """The last boundary."""
        self.has_ended = True


async def read_form(
    headers: Headers, stream: AsyncGenerator[bytes, None], max_parts: int | None, max_part_size: int | None
) -> FormData:
    """The form of a body, empty where it cannot be parsed; raises a 413 for one with too many or too large parts."""
    count = float("inf") if max_parts is None else max_parts
    size = sys.maxsize if max_part_size is None else max_part_size
    found = BOUNDARY.search(headers.get("content-type", ""))
    chunks = with_plain_lines(stream, found[1].encode()) if found and is_small(headers) else stream
    parser = StrictParser(headers, chunks, max_files=count, max_fields=count, max_part_size=size)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        if error.message.startswith(("Too many", "Part exceeded")):
            raise RequestEntityTooLarge from error
        return FormData()
    if len(form.multi_items()) > count or not parser.has_ended:  # Starlette counts files apart from fields
        await form.close()
        if parser.has_ended:
            raise RequestEntityTooLarge
        return FormData()
    return form


def is_small(headers: Headers) -> bool:
    """Whether a body says that it is small enough to be looked at as a whole."""
    announced = headers.get("content-length", "")
    return announced.isdecimal() and int(announced) <= MEGABYTE


async def with_plain_lines(stream: AsyncGenerator[bytes, Any], boundary: bytes) -> AsyncGenerator[bytes, None]:
    """The body in one piece, with CRLF ahead of boundaries and in headers, whatever the client wrote there."""
    body = b"".join([chunk async for chunk in stream])
    yield plain_lines(body, boundary)
    yield b""


def plain_lines(body: bytes, boundary: bytes) -> bytes:
    """A multipart body with CRLF where its client has other line ends around parts and headers."""
    delimiter = b"--" + boundary
    plain = body.count(b"\r\n" + delimiter) + 1
    has_plain_ends = body.startswith(delimiter) and body.count(delimiter) == plain
    is_plain = b"\n\n" not in body and b"\r\r" not in body and b"\r\n\r\n" + delimiter not in body
    if has_plain_ends and is_plain:
        return body
    lines = re.compile(
        rb"(?:\A|\r\n|\n|\r)%s(?:(--)[^\S\r\n]*(?:\r\n|\n|\r)?|[^\S\r\n]*(?:\r\n|\n|\r))" % re.escape(delimiter)
    )
    pieces = lines.split(body)
    written = b""
    for content, is_last in zip(pieces[2::2], [*pieces[3::2], None], strict=False):
        blank = BLANK_LINE.search(content)
        if blank is None and not content.endswith((b"\r", b"\n")):
            return body
        above = content if blank is None else content[: blank.start()]
        rest = b"" if blank is None else content[blank.end() :]  # of an empty part, the boundary took the blank line
        written += b"%s\r\n%s\r\n\r\n%s\r\n" % (delimiter, b"\r\n".join(above.splitlines()), rest)
        if is_last:
            return written + delimiter + b"--\r\n"
    return body
