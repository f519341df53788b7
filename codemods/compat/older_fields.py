"""Field types that Marshmallow 3 read or wrote otherwise than Marshmallow 4 does; the others are in `fields.py`.

Preserves: the spellings of points in time that Marshmallow 3 took, whole units of periods, and what it dumps for yes
and no.

To live without them: those of `fields.py`, which take all of ISO 8601, or the plain types named there.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Any

from . import fields, validators
from .converter import Converter, Read
from .schema_errors import InvalidError, UnexpectedError

_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:\.(?P<microsecond>\d{1,6})\d{0,6})?)?"
_DAY = r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
_TIME_PATTERN = re.compile(_CLOCK)
_DATE_PATTERN = re.compile(rf"{_DAY}$")
_DATETIME_PATTERN = re.compile(rf"{_DAY}[T ]{_CLOCK}(?P<zone>Z|[+-]\d{{2}}(?::?\d{{2}})?)?$")
_ISO = ("iso", "iso8601")


def _parts(pattern: re.Pattern[str], text: str) -> dict[str, str]:
    found = pattern.match(text)
    if found is None:
        raise ValueError
    parts = {name: value for name, value in found.groupdict().items() if value is not None}
    if "microsecond" in parts:
        parts["microsecond"] = parts["microsecond"].ljust(6, "0")
    return parts


def _datetime(text: str) -> dt.datetime:
    parts = _parts(_DATETIME_PATTERN, text)
    zone = _zone(parts.pop("zone", None))
    numbers: dict[str, Any] = {name: int(value) for name, value in parts.items()}
    return dt.datetime(**numbers, tzinfo=zone)


def _zone(text: str | None) -> dt.tzinfo | None:
    if text is None:
        return None
    if text == "Z":
        return dt.UTC
    minutes = 60 * int(text[1:3]) + (int(text[-2:]) if len(text) > 3 else 0)
    minutes = -minutes if text[0] == "-" else minutes
    sign = "-" if minutes < 0 else "+"
    name = sign + "{:02d}{:02d}".format(*divmod(abs(minutes), 60))
    return dt.timezone(dt.timedelta(minutes=minutes), name)


def _date(text: str) -> dt.date:
    return dt.date(**{name: int(value) for name, value in _parts(_DATE_PATTERN, text).items()})


def _time(text: str) -> dt.time:
    numbers: dict[str, Any] = {name: int(value) for name, value in _parts(_TIME_PATTERN, text).items()}
    return dt.time(**numbers)


def _written(converter: Converter, read: Read) -> Converter:
    """A converter that takes what is written only, no objects that are what it makes."""

    def load(value: Any) -> Any:
        if isinstance(value, dt.date | dt.time):
            raise TypeError
        return read(value)

    return Converter(load, converter.invalid, converter.dump, shown=converter.shown)


def datetimes(format: str = "iso") -> Converter:
    """Points in time in one spelling: `iso`, `rfc`, `timestamp`, `timestamp_ms` or a `strptime` format."""
    converter = fields.datetimes(format)
    if format == "timestamp_ms":
        seconds = fields.datetimes("timestamp")
        return _written(converter, lambda value: seconds.read(float(value) / 1000))
    if format not in _ISO:
        return _written(converter, converter.read)
    return _written(replace(converter, dump=lambda value: value.isoformat()), _datetime)


def naive_datetimes(format: str = "iso", *, timezone: dt.tzinfo | None = None) -> Converter:
    """Points in time without a zone; with `timezone`, others are converted to it and lose theirs."""
    return fields.naive(datetimes(format), timezone)


def aware_datetimes(format: str = "iso", *, default_timezone: dt.tzinfo | None = None) -> Converter:
    """Points in time with a zone; `default_timezone` is given to those that have none."""
    return fields.aware(datetimes(format), default_timezone)


def dates(format: str = "iso") -> Converter:
    """Days, in ISO 8601 or a `strptime` format."""
    converter = fields.dates(format)
    return _written(converter, _date if format in _ISO else converter.read)


def times(format: str = "iso") -> Converter:
    """Times of day, in ISO 8601 or a `strptime` format."""
    converter = fields.times(format)
    return _written(converter, _time if format in _ISO else converter.read)


def periods(precision: str = "seconds", *, serialization_type: type[int | float] = int) -> Converter:
    """A number of units, whole ones unless `serialization_type` is `float`."""
    one, converter = dt.timedelta(**{precision: 1}), fields.periods(precision)

    def read(value: Any) -> dt.timedelta:
        amount = serialization_type(value)
        try:
            return dt.timedelta(**{precision: amount})
        except OverflowError:
            raise ValueError from None
        except ValueError as error:  # no number at all, of which nothing is said
            raise UnexpectedError(error) from error

    def dump(value: dt.timedelta) -> int | float:
        return value // one if serialization_type is int else value.total_seconds() / one.total_seconds()

    return Converter(read, converter.invalid, dump, shown=converter.shown)


def booleans(truthy: Iterable[Any] | None = None, falsy: Iterable[Any] | None = None) -> Converter:
    """Yes or no, said in these words and no others; dumped, other values are what Python holds them for."""
    converter = fields.booleans(truthy, falsy)
    yes = fields.TRUTHY if truthy is None else set(truthy)
    no = fields.FALSY if falsy is None else set(falsy)

    def dump(value: Any) -> bool:
        try:
            return value in yes or (value not in no and bool(value))
        except TypeError:
            return bool(value)

    return Converter(converter.read, converter.invalid, dump, quick=converter.quick)


class IsEmail(validators.IsEmail):
    """An address as Marshmallow 3 knows it: letters beyond ASCII stand in its domain in any form that encodes."""

    def __call__(self, value: str) -> None:
        local, at, domain = value.rpartition("@")
        if not domain.isascii():
            try:
                value = f"{local}{at}{domain.encode('idna').decode('ascii')}"
            except UnicodeError:
                value = ""
        try:
            super().__call__(value)
        except InvalidError:
            raise InvalidError(self.error.format(input=f"{local}{at}{domain}")) from None


class IsURL(validators.IsURL):
    """An address on the web as Marshmallow 3 knows it: without letters beyond ASCII in its host."""

    letter = "A-Z"
    path = r"(?:/?|[/?]\S+)\Z"


Bool = Annotated[bool, booleans()]
Date = Annotated[dt.date, dates()]
Time = Annotated[dt.time, times()]
DateTime = Annotated[dt.datetime, datetimes()]
TimeDelta = Annotated[dt.timedelta, periods()]
Email = Annotated[fields.EmailText, IsEmail()]
Url = Annotated[fields.UrlText, IsURL()]
