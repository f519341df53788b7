"""Field types and validators as Marshmallow 2 had them, where later versions read, write or word them otherwise.

Preserves: booleans that are numbers, numbers that are none, points in time that are written in UTC, addresses that are
looked at on their way out, and the texts of that version.

To live without them: those of `fields.py` and `validators.py`, which refuse more, and write what there is.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic_core import core_schema

from . import fields, older_fields, validators
from .converter import Converter, Read, refusal
from .schema_errors import InvalidError

_UNFIT = (TypeError, ValueError, AttributeError, InvalidOperation)


def _told(convert: Read, text: str, unfit: tuple[type[Exception], ...] = _UNFIT) -> Read:
    """Writes values; what cannot be written is an error of the field."""

    def dump(value: Any) -> Any:
        try:
            return convert(value)
        except unfit:
            raise InvalidError(text.format(input=value)) from None
        except OverflowError:
            raise InvalidError("Number too large.") from None

    return dump


def _numbers(convert: Read, invalid: str, as_text: Read | None, quick: Any = None) -> Converter:
    def read(value: Any) -> Any:
        try:
            return convert(value)
        except InvalidOperation:
            raise ValueError from None
        except OverflowError:
            raise refusal("too_large", "Number too large.") from None

    written: Read = (lambda value: as_text(convert(value))) if as_text else convert
    return Converter(read, invalid, _told(written, invalid), quick=quick)


def integers(*, as_string: bool = False) -> Converter:
    """Whole numbers; yes and no are such, and fractions lose theirs."""
    quick = core_schema.int_schema(strict=True)
    return _numbers(int, "Not a valid integer.", str if as_string else None, quick)


def floats(*, as_string: bool = False) -> Converter:
    """Numbers, those beyond all bounds included."""
    quick = core_schema.float_schema(strict=True, allow_inf_nan=True)
    return _numbers(float, "Not a valid number.", str if as_string else None, quick)


_SPECIAL = "Special numeric values are not permitted."


def decimals(
    places: int | None = None, rounding: str | None = None, *, allow_nan: bool = False, as_string: bool = False
) -> Converter:
    """Decimal numbers, rounded to `places` both ways."""
    quantum = None if places is None else Decimal(1).scaleb(-places)

    def convert(value: Any) -> Decimal:
        found = Decimal(str(value))
        if found.is_nan() and allow_nan:
            return Decimal("NaN")
        if not found.is_finite() and not allow_nan:
            raise InvalidError(_SPECIAL)
        return found.quantize(quantum, rounding=rounding) if quantum is not None and found.is_finite() else found

    def read(value: Any) -> Decimal:
        try:
            return convert(value)
        except InvalidError:
            raise refusal("special", _SPECIAL) from None

    converter = _numbers(read, "Not a valid number.", None)
    written: Read = (lambda value: format(convert(value), "f")) if as_string else convert
    return Converter(converter.read, converter.invalid, _told(written, converter.invalid))


_YES = frozenset({"t", "T", "true", "True", "TRUE", "1", 1})
_NO = frozenset({"f", "F", "false", "False", "FALSE", "0", 0})


def booleans() -> Converter:
    """Yes or no, said in these words and no others; dumped, other values are what Python holds them for."""

    def read(value: Any) -> bool:
        if value in _YES:
            return True
        if value in _NO:
            return False
        raise ValueError

    def dump(value: Any) -> bool:
        return value in _YES or (value not in _NO and bool(value))

    return Converter(read, "Not a valid boolean.", dump, quick=core_schema.bool_schema(strict=True))


def _in_utc(value: Any) -> str:
    found = value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)
    return str(found.isoformat())


def _written(value: Any) -> Any:
    """What was sent, which may not be empty."""
    if not value:
        raise ValueError
    return value


def datetimes(format: str = "iso") -> Converter:
    """Points in time in ISO 8601, written in UTC, which is what those without a zone are in; or in a `strptime` format.

    Reads what the version read that had the package `dateutil` beside it.
    """
    later = older_fields.datetimes(format)
    if format not in ("iso", "iso8601"):
        return Converter(lambda value: later.read(_written(value)), later.invalid, later.dump, shown=later.shown)
    dump = _told(_in_utc, '"{input}" cannot be formatted as a datetime.')
    return Converter(lambda value: later.read(_written(value)), later.invalid, dump)


def plain_datetimes() -> Converter:
    """As `datetimes`, without `dateutil`: to the second, or with a fraction; a zone is dropped."""
    later = datetimes()

    def read(value: Any) -> dt.datetime:
        later.read(value)
        whole, dot, rest = value.partition(".")
        if not dot:
            return dt.datetime.strptime(value[:19], "%Y-%m-%dT%H:%M:%S")  # as it was: no zone
        digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
        return dt.datetime.strptime(f"{whole}.{digits}"[:26], "%Y-%m-%dT%H:%M:%S.%f")  # see above

    return Converter(read, later.invalid, later.dump)


def dates() -> Converter:
    """Days, of which the first ten characters count."""

    def read(value: Any) -> dt.date:
        return dt.datetime.strptime(_written(value)[:10], "%Y-%m-%d").date()  # a day has no zone

    dump = _told(lambda value: value.isoformat(), '"{input}" cannot be formatted as a date.')
    return Converter(read, "Not a valid date.", dump)


def times() -> Converter:
    """Times of day, to the second or with a fraction."""

    def read(value: Any) -> dt.time:
        format = "%H:%M:%S.%f" if len(_written(value)) > 8 else "%H:%M:%S"
        return dt.datetime.strptime(value, format).time()  # a time has no zone

    write = _told(lambda value: value.isoformat(), '"{input}" cannot be formatted as a time.')
    return Converter(read, "Not a valid time.", lambda value: write(value)[: 15 if value.microsecond else None])


def periods(precision: str = "seconds") -> Converter:
    """A number of whole units: `days`, `seconds` or `microseconds`."""
    unit = dt.timedelta(**{precision: 1})
    dump = _told(lambda value: value // unit, "{input!r} cannot be formatted as a timedelta.")
    return replace(older_fields.periods(precision), dump=dump, shown={"type": "integer"})


def _mapping(value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise TypeError
    return value


def _same(value: Any) -> Any:
    return value


def _identifier(value: Any) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)


def _address(validator: Callable[[Any], object], invalid: str) -> Converter:
    """A text that is looked at on its way out, too."""

    def dump(value: Any) -> str:
        found: str = fields.text.dump(value)
        validator(found)
        return found

    return Converter(fields.text.read, invalid, dump, quick=core_schema.str_schema(strict=True))


class IsURL(validators.Validator):
    """An address on the web as Marshmallow 2 knew it."""

    constraints = validators.IsURL.constraints

    def __init__(
        self, *, relative: bool = False, schemes: Iterable[str] | None = None, require_tld: bool = True,
        error: str | None = None,
    ) -> None:  # fmt: skip
        label = r"[A-Z0-9](?:[A-Z0-9-]{0,61}[A-Z0-9])?"
        hosts = [
            rf"(?:{label}\.)+(?:[A-Z]{{2,6}}\.?|[A-Z0-9-]{{2,}}\.?)",
            "localhost",
            *([] if require_tld else [rf"(?:{label}\.?)"]),
            r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}",
            r"\[?[A-F0-9]*:[A-F0-9:]+\]?",
        ]
        full = rf"(?:[a-z0-9.\-+]*)://(?:[^:@]+?(:[^:@]*?)?@|)(?:{'|'.join(hosts)})(?::\d+)?"
        self.pattern = re.compile(rf"{f'(?:{full})?' if relative else full}(?:/?|[/?]\S+)\Z", re.IGNORECASE)
        self.schemes = set(schemes or ("http", "https", "ftp", "ftps"))
        self.error = error or "Not a valid URL."

    def __call__(self, value: str) -> None:
        scheme, separator, _ = value.partition("://")
        is_known = not separator or scheme.lower() in self.schemes
        if not value or not is_known or not self.pattern.match(value):
            raise InvalidError(self.error.format(input=value))


IsEmail = older_fields.IsEmail


class Range(validators.Range):
    """Bounds of anything that compares, both included."""

    def __init__(self, min: Any = None, max: Any = None, error: str | None = None) -> None:
        texts = {(True, False): "Must be at least {min}.", (False, True): "Must be at most {max}."}
        both = "Must be between {min} and {max}."
        super().__init__(min, max, error=error or texts.get((min is not None, max is not None), both))


class OneOf(validators.OneOf):
    """One of the choices, which the message does not tell."""

    said = "Not a valid choice."


class ContainsOnly(validators.OneOf):
    """A list of which every item is one of the choices, each of them once."""

    said = "One or more of the choices you made was not acceptable."

    def _shown(self) -> dict[str, Any]:
        return {}

    def __call__(self, value: Any) -> None:
        left = list(self.choices)
        if not value and left:
            self._refuse(", ".join(map(str, value)))
        for one in value:
            if one not in left:
                self._refuse(", ".join(map(str, value)))
            left.remove(one)


Int = Annotated[int, integers()]
Float = Annotated[float, floats()]
Bool = Annotated[bool, booleans()]
DateTime = Annotated[dt.datetime, datetimes()]
PlainDateTime = Annotated[dt.datetime, plain_datetimes()]
Date = Annotated[dt.date, dates()]
Time = Annotated[dt.time, times()]
TimeDelta = Annotated[dt.timedelta, periods()]
_NO_UUID = "Not a valid UUID."
_write_uuid = _told(lambda value: str(_identifier(value)), _NO_UUID, (ValueError, AttributeError))
UUID = Annotated[
    uuid.UUID,
    Converter(_identifier, _NO_UUID, _write_uuid, "invalid_uuid"),
]
Dict = Annotated[dict[Any, Any], Converter(_mapping, "Not a valid mapping type.", _same)]
EmailText = Annotated[str, _address(IsEmail(), "Not a valid email address.")]
UrlText = Annotated[str, _address(IsURL(), "Not a valid URL.")]
Email = Annotated[EmailText, IsEmail()]
Url = Annotated[UrlText, IsURL()]
