"""Moments and days as Flask-RESTX writes them, from objects and from texts.

Preserves: ISO 8601 unless RFC 822 is asked for, texts read by the `aniso8601` package that Flask-RESTX uses, a day as a
moment and a moment as its day.

To live without it: keep moments as `datetime` objects, and let Pydantic write them.
"""

import re
from datetime import UTC, date, datetime
from email.utils import mktime_tz, parsedate_tz
from typing import Any, cast

from aniso8601 import parse_date, parse_datetime  # type: ignore[import-untyped]  # it has no types

from .marshalling import DateTime as Moment
from .marshalling import MarshallingError
from .restx_fields import Raw

TIME = re.compile(r"\d{2}:\d{2}")


class DateTime(Raw):
    """A moment: `iso8601` or `rfc822`."""

    __schema_type__ = "string"
    __schema_format__ = "date-time"

    def __init__(self, dt_format: str = "iso8601", **options: Any) -> None:
        super().__init__(**options)
        self.dt_format = dt_format

    def format(self, value: Any) -> Any:
        """The moment as a text; raises `MarshallingError` for what is none."""
        try:
            return Moment(self.dt_format).format(self.moment(value))
        except ValueError as error:
            raise MarshallingError(str(error)) from error

    def moment(self, value: Any) -> date:
        """The moment that a value is; raises `ValueError`."""
        if isinstance(value, str):
            return from_iso(value) if self.dt_format == "iso8601" else from_rfc(value)
        if isinstance(value, datetime):
            return value
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day)  # a day has no zone
        raise ValueError("Unsupported DateTime format")


class Date(DateTime):
    """A day."""

    __schema_format__ = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(**{name: value for name, value in options.items() if name != "dt_format"})

    def moment(self, value: Any) -> date:
        """The day that a value is; raises `ValueError`."""
        if isinstance(value, str):
            return from_iso(value).date()
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        raise ValueError("Unsupported Date format")


def from_iso(text: str) -> datetime:
    """A text in a form of ISO 8601, a day included; raises `ValueError`."""
    try:
        try:
            return cast(datetime, parse_datetime(text))
        except ValueError:
            day = parse_date(text)
            return datetime(day.year, day.month, day.day)  # a day has no zone
    except Exception as error:
        raise ValueError(f'Invalid date literal "{text}"') from error


def from_rfc(text: str) -> datetime:
    """A text in a form of RFC 822, which may lack the time; raises `ValueError`."""
    try:
        parts = parsedate_tz(text if TIME.search(text) else f"{text} 00:00:00")
        assert parts is not None
        moment = mktime_tz(parts)
        if parts[-1] is None:
            return datetime.fromtimestamp(moment).replace(tzinfo=UTC)  # what was meant is not said
        return datetime.fromtimestamp(moment, UTC)
    except Exception as error:
        raise ValueError(f'Invalid date literal "{text}"') from error
