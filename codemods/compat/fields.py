"""Field types that accept, refuse, word errors and write values as Marshmallow's fields do.

Preserves: the table of inputs that each of Marshmallow's fields takes, the converted value, the message, and the dumped
form. To a type checker `Str` is `str`, `Date` is `datetime.date`.

To live without them: `Str` → `str`, `Int` → `int`, `Float` → `FiniteFloat`, `Bool` → `bool`, `Date` → `date`, `Email` →
`EmailStr`. Pydantic then refuses 5.9 as an integer, accepts `True` as one, takes numbers for dates, and lower-cases the
domain of an address.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import enum
import ipaddress
import math
import numbers
import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, get_args

from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from .converter import Converter, Read, refusal
from .validators import IsEmail, IsURL


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            raise refusal("invalid_utf8", "Not a valid utf-8 string.") from None
    if not isinstance(value, str):
        raise TypeError
    return value


def _as_text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _same(value: Any) -> Any:
    return value


def _number(convert: Read) -> Read:
    """Refuses what Python would take for a number but is none: booleans, and numbers beyond all bounds."""

    def read(value: Any) -> Any:
        if value is True or value is False:
            raise TypeError
        try:
            return convert(value)
        except OverflowError:
            raise refusal("too_large", "Number too large.") from None

    return read


_SPECIAL = "Special numeric values (nan or infinity) are not permitted."


def integers(*, strict: bool = False, as_string: bool = False) -> Converter:
    """Whole numbers: `Annotated[int, integers(strict=True)]` takes no texts and no fractions."""
    convert = _number(int)

    def read(value: Any) -> Any:
        if strict and not isinstance(value, numbers.Integral):
            raise TypeError
        return convert(value)

    dump = (lambda value: str(int(value))) if as_string else int
    return Converter(read, "Not a valid integer.", dump, quick=core_schema.int_schema(strict=True))


def floats(*, allow_nan: bool = False, as_string: bool = False) -> Converter:
    """Numbers, by default only finite ones: `Annotated[float, floats(allow_nan=True)]`."""
    convert = _number(float)

    def read(value: Any) -> float:
        found: float = convert(value)
        if not allow_nan and not math.isfinite(found):
            raise refusal("special", _SPECIAL)
        return found

    quick = core_schema.float_schema(strict=True, allow_inf_nan=False)
    return Converter(
        read, "Not a valid number.", (lambda value: str(float(value))) if as_string else float, quick=quick
    )


def decimals(
    places: int | None = None,
    rounding: str | None = None,
    *,
    allow_nan: bool = False,
    as_string: bool = False,
) -> Converter:
    """Decimal numbers, rounded to `places` both ways: `Annotated[Decimal, decimals(places=2)]`."""
    quantum = None if places is None else Decimal(1).scaleb(-places)

    def convert(value: Any) -> Decimal:
        found = Decimal(str(value))
        if allow_nan and found.is_nan():
            return Decimal("NaN")
        return found.quantize(quantum, rounding=rounding) if quantum is not None and found.is_finite() else found

    def read(value: Any) -> Decimal:
        try:
            found: Decimal = _number(convert)(value)
        except InvalidOperation:
            raise ValueError from None
        if not allow_nan and not found.is_finite():
            raise refusal("special", _SPECIAL)
        return found

    def dump(value: Any) -> Decimal | str:
        found = convert(value)
        return format(found, "f") if as_string else found

    return Converter(read, "Not a valid number.", dump)


TRUTHY = frozenset({"t", "T", "true", "True", "TRUE", "on", "On", "ON", "y", "Y", "yes", "Yes", "YES", "1", 1})
FALSY = frozenset({"f", "F", "false", "False", "FALSE", "off", "Off", "OFF", "n", "N", "no", "No", "NO", "0", 0})


def booleans(truthy: Iterable[Any] | None = None, falsy: Iterable[Any] | None = None) -> Converter:
    """Yes or no, said in these words and no others; with no word for yes, whatever Python holds for true."""
    yes = TRUTHY if truthy is None else set(truthy)
    no = FALSY if falsy is None else set(falsy)

    def read(value: Any) -> bool:
        if not yes:
            return bool(value)
        if value in yes:
            return True
        if value in no:
            return False
        raise ValueError

    quick = core_schema.bool_schema(strict=True) if truthy is None and falsy is None else None
    return Converter(read, "Not a valid boolean.", _same, quick=quick)


def _identifier(value: Any) -> uuid.UUID:
    if isinstance(value, uuid.UUID):
        return value
    return uuid.UUID(bytes=value) if isinstance(value, bytes) and len(value) == 16 else uuid.UUID(value)


def _from_timestamp(value: Any) -> dt.datetime:
    if value is True or value is False:
        raise ValueError
    seconds = float(value)
    if seconds < 0:
        raise ValueError
    try:
        return dt.datetime.fromtimestamp(seconds, tz=dt.UTC).replace(tzinfo=None)
    except (OverflowError, OSError):
        raise ValueError from None


def _from_milliseconds(value: Any) -> dt.datetime:
    if value is True or value is False:
        raise ValueError
    return _from_timestamp(float(value) / 1000)


def _timestamp(value: dt.datetime) -> float:
    return (value if _is_aware(value) else value.replace(tzinfo=dt.UTC)).timestamp()


def _is_aware(value: dt.datetime) -> bool:
    return value.tzinfo is not None and value.tzinfo.utcoffset(value) is not None


_RFC = (email.utils.parsedate_to_datetime, email.utils.format_datetime)
_ISO = (dt.datetime.fromisoformat, dt.datetime.isoformat)
_DATETIME_FORMATS: dict[str, tuple[Read, Read]] = {
    "iso": _ISO,
    "iso8601": _ISO,
    "rfc": _RFC,
    "rfc822": _RFC,
    "timestamp": (_from_timestamp, _timestamp),
    "timestamp_ms": (_from_milliseconds, lambda value: _timestamp(value) * 1000),
}


_STRICT_TEXT = core_schema.str_schema(strict=True)
_NUMBER = {"type": "number"}
_TEXT = {"type": "string"}


def _of_text(schema: CoreSchema) -> CoreSchema:
    return core_schema.chain_schema([_STRICT_TEXT, schema])


def _temporal(kind: Any, name: str, ways: tuple[Read, Read], shown: Mapping[str, Any] | None = None) -> Converter:
    parse, write = ways
    quick = _of_text(core_schema.no_info_plain_validator_function(parse)) if parse == kind.fromisoformat else None

    def read(value: Any) -> Any:
        return value if isinstance(value, kind) else parse(value)

    return Converter(read, f"Not a valid {name}.", write, shown=shown, quick=quick)


def _spelled(format: str, narrow: Read) -> tuple[Read, Read]:
    return lambda value: narrow(dt.datetime.strptime(value, format)), lambda value: value.strftime(format)


def datetimes(format: str = "iso") -> Converter:
    """Points in time in one spelling: `iso`, `rfc`, `timestamp`, `timestamp_ms` or a `strptime` format."""
    shown = None if format.startswith("iso") else _NUMBER if format.startswith("timestamp") else _TEXT
    return _temporal(dt.datetime, "datetime", _DATETIME_FORMATS.get(format) or _spelled(format, _same), shown)


def naive_datetimes(format: str = "iso", *, timezone: dt.tzinfo | None = None) -> Converter:
    """Points in time without a zone; with `timezone`, others are converted to it and lose theirs."""
    return naive(datetimes(format), timezone)


def naive(converter: Converter, timezone: dt.tzinfo | None) -> Converter:
    """The converter, for points in time without a zone only."""

    def read(value: Any) -> dt.datetime:
        found: dt.datetime = converter.load(value)
        if not _is_aware(found):
            return found
        if timezone is None:
            raise refusal("invalid_awareness", "Not a valid naive datetime.")
        return found.astimezone(timezone).replace(tzinfo=None)

    return Converter(read, converter.invalid, converter.dump, shown=converter.shown)


def aware_datetimes(format: str = "iso", *, default_timezone: dt.tzinfo | None = None) -> Converter:
    """Points in time with a zone; `default_timezone` is given to those that have none."""
    return aware(datetimes(format), default_timezone)


def aware(converter: Converter, default_timezone: dt.tzinfo | None) -> Converter:
    """The converter, for points in time with a zone only."""

    def read(value: Any) -> dt.datetime:
        found: dt.datetime = converter.load(value)
        if _is_aware(found):
            return found
        if default_timezone is None:
            raise refusal("invalid_awareness", "Not a valid aware datetime.")
        return found.replace(tzinfo=default_timezone)

    return Converter(read, converter.invalid, converter.dump, shown=converter.shown)


def _part(kind: Any, name: str, format: str) -> Converter:
    if format in ("iso", "iso8601"):
        return _temporal(kind, name, (kind.fromisoformat, kind.isoformat))
    return _temporal(kind, name, _spelled(format, getattr(dt.datetime, name)), _TEXT)


def dates(format: str = "iso") -> Converter:
    """Days, in ISO 8601 or a `strptime` format."""
    return _part(dt.date, "date", format)


def times(format: str = "iso") -> Converter:
    """Times of day, in ISO 8601 or a `strptime` format."""
    return _part(dt.time, "time", format)


def periods(precision: str = "seconds") -> Converter:
    """A number of units: `Annotated[dt.timedelta, periods("hours")]`."""
    one = dt.timedelta(**{precision: 1})

    def read(value: Any) -> dt.timedelta:
        if isinstance(value, dt.timedelta):
            return value
        amount = float(value)
        try:
            return dt.timedelta(**{precision: amount})
        except OverflowError:
            raise ValueError from None

    return Converter(read, "Not a valid period of time.", lambda value: value / one, shown=_NUMBER)


def enum_names(members: type[enum.Enum]) -> Converter:
    """Members of an enumeration by name: `Annotated[Color, enum_names(Color)]`."""

    def read(value: Any) -> enum.Enum:
        if isinstance(value, members):
            return value
        name = text.load(value)
        if name not in members.__members__:
            raise ValueError
        return members[name]

    shown = {"type": "string", "enum": list(members.__members__)}
    choices = ", ".join(members.__members__)
    invalid = f"Must be one of: {choices}."
    return Converter(read, invalid, lambda one: one.name, "unknown", shown, told={"choices": choices})


def enum_values(members: type[enum.Enum], by: Any = Any) -> Converter:
    """Members of an enumeration by value, which `by` converts first: `Annotated[Level, enum_values(Level, by=Int)]`."""
    inner = next((one for one in get_args(by) if isinstance(one, Converter)), Converter(_same, "", _same))

    def dump(value: enum.Enum) -> Any:
        return None if value.value is None else inner.dump(value.value)

    choices = ", ".join(str(dump(one)) for one in members)

    def read(value: Any) -> enum.Enum:
        if isinstance(value, members):
            return value
        try:
            return members(inner.read(value) if by is Any else inner.load(value))
        except PydanticCustomError:
            raise
        except ValueError:
            raise ValueError from None

    return Converter(read, f"Must be one of: {choices}.", dump, "unknown", told={"choices": choices})


_ADDRESSES: Mapping[str, tuple[Read, str, str]] = {
    "ip": (ipaddress.ip_address, "IP address", "invalid_ip"),
    "ipv4": (ipaddress.IPv4Address, "IPv4 address", "invalid_ip"),
    "ipv6": (ipaddress.IPv6Address, "IPv6 address", "invalid_ip"),
    "ipinterface": (ipaddress.ip_interface, "IP interface", "invalid_ip_interface"),
    "ipv4interface": (ipaddress.IPv4Interface, "IPv4 interface", "invalid_ip_interface"),
    "ipv6interface": (ipaddress.IPv6Interface, "IPv6 interface", "invalid_ip_interface"),
}


def addresses(format: str, *, exploded: bool = False) -> Converter:
    """Addresses of computers; `exploded` ones are written in full: `Annotated[IPv6Address, addresses("ipv6")]`."""
    kind, name, key = _ADDRESSES[format]

    def read(value: Any) -> Any:
        return kind(_as_text(value))

    def dump(value: Any) -> str:
        return str(value.exploded if exploded else value.compressed)

    return Converter(read, f"Not a valid {name}.", dump, key, {"type": "string", "format": format})


def constants(value: Any) -> Converter:
    """One value, whatever was sent and whatever the object has: `Annotated[Any, constants("document")]`."""

    def read(_: Any) -> Any:
        return value

    return Converter(read, "", read, is_constant=True)


_IDENTIFIER = _of_text(core_schema.uuid_schema())
text = Converter(_text, "Not a valid string.", _as_text, quick=_STRICT_TEXT)

Str = Annotated[str, text]
Int = Annotated[int, integers()]
Float = Annotated[float, floats()]
Bool = Annotated[bool, booleans()]
Date = Annotated[dt.date, dates()]
Time = Annotated[dt.time, times()]
DateTime = Annotated[dt.datetime, datetimes()]
TimeDelta = Annotated[dt.timedelta, periods()]
UUID = Annotated[
    uuid.UUID,
    Converter(_identifier, "Not a valid UUID.", str, "invalid_uuid", quick=_of_text(core_schema.uuid_schema())),
]
Raw = Annotated[Any, Converter(_same, "", _same)]
EmailText = Annotated[str, Converter(_text, "Not a valid email address.", _as_text, quick=_STRICT_TEXT)]
UrlText = Annotated[str, Converter(_text, "Not a valid URL.", _as_text, quick=_STRICT_TEXT)]
Email = Annotated[EmailText, IsEmail()]
Url = Annotated[UrlText, IsURL()]
IP = Annotated[ipaddress.IPv4Address | ipaddress.IPv6Address, addresses("ip")]
IPv4 = Annotated[ipaddress.IPv4Address, addresses("ipv4")]
IPv6 = Annotated[ipaddress.IPv6Address, addresses("ipv6")]
IPInterface = Annotated[ipaddress.IPv4Interface | ipaddress.IPv6Interface, addresses("ipinterface")]
IPv4Interface = Annotated[ipaddress.IPv4Interface, addresses("ipv4interface")]
IPv6Interface = Annotated[ipaddress.IPv6Interface, addresses("ipv6interface")]
