"""Types of arguments: days and moments in ISO 8601 or RFC 822.

Preserves: those of Flask-RESTX's `inputs`, by the `aniso8601` package that it uses, and the words in which they refuse.

To live without it: declare parameters of the types `date` and `datetime`; Pydantic reads ISO 8601.
"""

import re
from datetime import UTC, date, datetime
from email.utils import mktime_tz, parsedate_tz
from typing import Any

from aniso8601 import parse_date, parse_datetime  # type: ignore[import-untyped]  # it has no types

from .inputs import documented

CLOCK = re.compile(r"\d{2}:\d{2}")


@documented(type="string", format="date-time")
def datetime_from_iso8601(value: str) -> datetime:
    """`inputs.datetime_from_iso8601`, also of a day; raises `ValueError`."""
    try:
        try:
            found: datetime = parse_datetime(value)
        except ValueError:
            day = parse_date(value)
            found = datetime(day.year, day.month, day.day)
    except Exception:
        raise ValueError(f'Invalid date literal "{value}"') from None
    return found


@documented(type="string", format="date")
def date_from_iso8601(value: str) -> date:
    """`inputs.date_from_iso8601`; raises `ValueError`."""
    return datetime_from_iso8601(value).date()


@documented(type="string")
def datetime_from_rfc822(value: str) -> datetime:
    """`inputs.datetime_from_rfc822`, also of a day; raises `ValueError`, and `TypeError` for what is no text."""
    has_clock = CLOCK.search(value) is not None
    try:
        parsed: Any = parsedate_tz(value if has_clock else f"{value} 00:00:00")
        stamp = mktime_tz(parsed)
        if parsed[-1] is None:
            return datetime.fromtimestamp(stamp).replace(tzinfo=UTC)
        return datetime.fromtimestamp(stamp, UTC)
    except Exception:
        raise ValueError(f'Invalid date literal "{value}"') from None
