"""The parts of a body that a request asks for.

Preserves: `request.range` and `request.if_range`, None or empty where the header is malformed.

To live without it: `compat.files` answers ranges of files by itself; read `request.headers["range"]` for all else.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from .dates import parse_date
from .etags import unquoted

NUMBER = re.compile(r"-?[0-9]+", re.ASCII)


@dataclass(frozen=True)
class Range:
    """The ranges of a `Range` header as `(start, stop)`; a negative start counts from the end."""

    units: str
    ranges: list[tuple[int, int | None]]

    def range_for_length(self, length: int | None) -> tuple[int, int] | None:
        """The one range of bytes, cut to a body of that length; None where it lies outside."""
        if self.units != "bytes" or length is None or len(self.ranges) != 1:
            return None
        start, stop = self.ranges[0]
        if stop is None:
            stop, start = length, start + length if start < 0 else start
        return (start, min(stop, length)) if 0 <= start < stop and start < length else None

    def to_content_range_header(self, length: int | None) -> str | None:
        """The `Content-Range` header of an answer with that range."""
        found = self.range_for_length(length)
        return f"{self.units} {found[0]}-{found[1] - 1}/{length}" if found else None

    def to_header(self) -> str:
        """The text of the header."""
        return f"{self.units}={','.join(shown(start, stop) for start, stop in self.ranges)}"

    def __str__(self) -> str:
        return self.to_header()


@dataclass(frozen=True)
class IfRange:
    """An `If-Range` header: a tag or a date, or neither."""

    etag: str | None = None
    date: datetime | None = None

    def __str__(self) -> str:
        if self.date is not None:
            return format_datetime(self.date, usegmt=True)
        return "" if self.etag is None else f'"{self.etag}"'


def shown(start: int, stop: int | None) -> str:
    """One range as it stands in a header."""
    if stop is None:
        return f"{start}-" if start >= 0 else str(start)
    return f"{start}-{stop - 1}"


def parse_range(header: str | None) -> Range | None:
    """`request.range`; None for a header that is malformed, or whose ranges overlap."""
    units, separator, listed = (header or "").partition("=")
    ranges: list[tuple[int, int | None]] = []
    last = 0
    for item in listed.split(",") if separator else ():
        found = parse_item(item.strip(" \t"))
        if found is None or last < 0 or (found[0] >= 0 and found[0] < last):
            return None
        ranges.append(found)
        last = -1 if found[1] is None else found[1]
    return Range(units.strip(" \t").lower(), ranges) if separator else None


def parse_item(item: str) -> tuple[int, int | None] | None:
    """One range; None where it is none."""
    if item.startswith("-"):
        return (int(item), None) if NUMBER.fullmatch(item) and int(item) else None
    first, separator, last = (part.strip(" \t") for part in item.partition("-"))
    if not separator or not NUMBER.fullmatch(first) or (last and not NUMBER.fullmatch(last)):
        return None
    stop = int(last) + 1 if last else None
    return (int(first), stop) if stop is None or int(first) < stop else None


def parse_if_range(header: str | None) -> IfRange:
    """`request.if_range`."""
    if not header:
        return IfRange()
    date = parse_date(header)
    return IfRange(date=date) if date else IfRange(unquoted(header))
