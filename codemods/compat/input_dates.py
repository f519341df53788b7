"""Types of arguments: moments in ISO 8601 or RFC 822, and intervals between two of them.

Preserves: the `inputs` of Flask-RESTful that read them, by the `aniso8601` package that it uses, and the words in which
they refuse. UTC is Python's own here, no zone of `pytz`.

To live without it: declare parameters of the type `datetime`; Pydantic reads ISO 8601.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from email.utils import mktime_tz, parsedate_tz
from typing import Any

from aniso8601 import parse_date, parse_datetime, parse_interval  # type: ignore[import-untyped]  # it has no types

from .inputs import documented


@documented(type="string", format="date-time")
def datetime_from_iso8601(value: str) -> datetime:
    """`inputs.datetime_from_iso8601`; raises `ValueError`, and `NotImplementedError` for years of more digits."""
    found: datetime = parse_datetime(value)
    return found


@documented(type="string")
def datetime_from_rfc822(value: str) -> datetime:
    """`inputs.datetime_from_rfc822`; raises `TypeError` for what is none."""
    parsed: Any = parsedate_tz(value)
    return datetime.fromtimestamp(mktime_tz(parsed), UTC)


@documented(type="string")
def iso8601interval(value: str, argument: str = "argument") -> tuple[datetime, datetime]:
    """`inputs.iso8601interval`: two moments, or one and the end of its day, hour, minute or second.

    Raises `ValueError`, and `TypeError` for a day beside a moment.
    """
    try:
        start, end = interval_ends(value)
        return moment(start), moment(end)
    except ValueError:
        wanted = f"{argument} must be a valid ISO8601 date/time interval."
        raise ValueError(f"Invalid {argument}: {value}. {wanted}") from None


def interval_ends(value: str) -> tuple[date, date]:
    """Where an interval begins and ends; raises `ValueError` and `TypeError`."""
    try:
        start, end = sorted(parse_interval(value))
    except ValueError:
        start = day_or_moment(value)
        end = start + span(start, value)
    return start, end


def day_or_moment(value: str) -> date:
    """A moment, or a day; raises `ValueError`."""
    try:
        found: date = parse_datetime(value)
    except ValueError:
        found = parse_date(value)
    return found


def span(start: date, value: str) -> timedelta:
    """How long a day or moment lasts, by how exactly it is told."""
    if not isinstance(start, datetime):
        return timedelta(days=1)
    match re.sub("[+-].+", "", value.split("T")[1]).count(":"):
        case 0:
            return timedelta(hours=1)
        case 1:
            return timedelta(minutes=1)
        case _:
            return timedelta(seconds=1)


def moment(value: date) -> datetime:
    """A moment or the start of a day, in UTC."""
    if not isinstance(value, datetime):
        return datetime.combine(value, time(tzinfo=UTC))
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
