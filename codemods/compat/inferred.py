"""A field of which only the name is known: it is written by the type of its value.

Preserves: Marshmallow 3's fields that `Meta.fields` or `Meta.additional` name and nothing declares.

To live without it: a field of the type that the values have.
"""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Annotated, Any

from . import fields, older_fields
from .converter import Converter
from .schema_dumping import converter

_TYPES: dict[type, Any] = {
    str: fields.Str,
    bytes: fields.Str,
    int: fields.Int,
    float: fields.Float,
    bool: older_fields.Bool,
    Decimal: Annotated[Decimal, fields.decimals()],
    uuid.UUID: fields.UUID,
    dt.datetime: older_fields.DateTime,
    dt.date: older_fields.Date,
    dt.time: older_fields.Time,
    dt.timedelta: older_fields.TimeDelta,
}


def _same(value: Any) -> Any:
    return value


def _dump(value: Any) -> Any:
    return converter(_TYPES[type(value)])(value) if type(value) in _TYPES else value


def inferred(
    *, datetime: Converter | None = None, date: Converter | None = None, time: Converter | None = None
) -> Converter:
    """As `Inferred`, where points in time, days or times of day have a spelling of their own."""
    told = {dt.datetime: datetime, dt.date: date, dt.time: time}
    own = {kind: one for kind, one in told.items() if one is not None}

    def dump(value: Any) -> Any:
        return own[type(value)].dump(value) if type(value) in own else _dump(value)

    return Converter(_same, "", dump)


Inferred = Annotated[Any, inferred()]
