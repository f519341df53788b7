"""Dates of HTTP headers.

Preserves: `response.expires = moment` and the like, where a moment without a zone is UTC and a date its first second.

To live without it: `email.utils.format_datetime(moment, usegmt=True)`, for moments in UTC.
"""

from datetime import UTC, date, datetime, time
from email.utils import format_datetime, formatdate, parsedate_to_datetime


def http_date(moment: date | int | float) -> str:
    """A date as a header has it."""
    if not isinstance(moment, date):
        return formatdate(moment, usegmt=True)
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def parse_date(text: str | None) -> datetime | None:
    """A date of a header; None where it is none."""
    if text is None:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
