"""Field types of Marshmallow 3: what version 3.26 answered to these inputs. The tests' own Marshmallow is version 4."""

import datetime as dt
from typing import Annotated, Any

import pytest

from codemods.compat.inferred import Inferred, inferred
from codemods.compat.older_fields import (
    Bool,
    Date,
    DateTime,
    Email,
    IsEmail,
    Time,
    TimeDelta,
    Url,
    aware_datetimes,
    booleans,
    dates,
    datetimes,
    naive_datetimes,
    periods,
    times,
)
from codemods.compat.schema import Schema, optional
from codemods.compat.schema_errors import InvalidError

REFUSED = object()
EAST = dt.timezone(dt.timedelta(hours=2))


class Subject(Schema):
    yes: Bool = optional()
    word: Annotated[bool, booleans(truthy={"yep"}, falsy={"nope"})] = optional()
    moment: DateTime = optional()
    naive: Annotated[dt.datetime, naive_datetimes(timezone=dt.UTC)] = optional()
    aware: Annotated[dt.datetime, aware_datetimes(default_timezone=dt.UTC)] = optional()
    rfc: Annotated[dt.datetime, datetimes("rfc")] = optional()
    millis: Annotated[dt.datetime, datetimes("timestamp_ms")] = optional()
    day: Date = optional()
    spelled: Annotated[dt.date, dates("%d.%m.%Y")] = optional()
    time: Time = optional()
    hour: Annotated[dt.time, times("%Hh")] = optional()
    period: TimeDelta = optional()
    minutes: Annotated[dt.timedelta, periods("minutes", serialization_type=float)] = optional()
    email: Email = optional()
    said: Annotated[Email, IsEmail(error="{input}?")] = optional()
    url: Url = optional()
    some: Inferred = optional()
    shown: Annotated[Any, inferred(datetime=datetimes("rfc"), date=dates("%d.%m.%Y"))] = optional()


LOADED = [
    ("yes", "on", True),
    ("yes", "oN", REFUSED),
    ("yes", [], REFUSED),
    ("word", "yep", True),
    ("word", True, REFUSED),
    ("moment", "2024-02-29 10:30", dt.datetime(2024, 2, 29, 10, 30)),
    ("moment", "2024-2-9T1:2:3.5Z", dt.datetime(2024, 2, 9, 1, 2, 3, 500000, dt.UTC)),
    ("moment", "2024-02-29T10:30:00+02", dt.datetime(2024, 2, 29, 10, 30, tzinfo=EAST)),
    ("moment", "2024-02-29T10:30:00-0530", dt.datetime(2024, 2, 29, 16, 0, tzinfo=dt.UTC)),
    ("moment", "2024-02-29", REFUSED),
    ("moment", "20240229T1030", REFUSED),
    ("moment", "2024-13-01T00:00", REFUSED),
    ("moment", dt.datetime(2024, 2, 29), REFUSED),
    ("naive", "2024-02-29T10:30+02:00", dt.datetime(2024, 2, 29, 8, 30)),
    ("aware", "2024-02-29T10:30", dt.datetime(2024, 2, 29, 10, 30, tzinfo=dt.UTC)),
    ("rfc", "Thu, 29 Feb 2024 10:30:00 -0000", dt.datetime(2024, 2, 29, 10, 30)),
    ("millis", True, dt.datetime(1970, 1, 1, microsecond=1000)),
    ("millis", -1, REFUSED),
    ("day", "2024-2-9", dt.date(2024, 2, 9)),
    ("day", "20240229", REFUSED),
    ("spelled", "29.02.2024", dt.date(2024, 2, 29)),
    ("time", "10:30:00.5junk", dt.time(10, 30, 0, 500000)),
    ("time", "10", REFUSED),
    ("hour", "08h", dt.time(8)),
    ("period", 1.5, dt.timedelta(seconds=1)),
    ("period", "1.5", REFUSED),
    ("minutes", "1.5", dt.timedelta(seconds=90)),
    ("minutes", 1e20, REFUSED),
    ("email", "a@bücher.de", "a@bücher.de"),
    ("email", "a@localhost", "a@localhost"),
    ("email", "a@b.c", REFUSED),
    ("said", "a@b.c", REFUSED),
    ("url", "http://example.com/#x", "http://example.com/#x"),
    ("url", "http://bücher.de", REFUSED),
    ("some", ["as", "it", "is"], ["as", "it", "is"]),
    ("some", None, REFUSED),
]
DUMPED = [
    ("yes", "yes", True),
    ("yes", "what", True),
    ("yes", [], False),
    ("word", "nope", False),
    ("moment", dt.date(2024, 1, 2), "2024-01-02"),
    ("moment", dt.datetime(2024, 2, 29, tzinfo=dt.UTC), "2024-02-29T00:00:00+00:00"),
    ("period", dt.timedelta(seconds=90.9), 90),
    ("period", dt.timedelta(-1, 5), -86395),
    ("minutes", dt.timedelta(seconds=90), 1.5),
    ("some", dt.timedelta(seconds=90), 90),
    ("some", dt.date(2024, 1, 2), "2024-01-02"),
    ("some", {1: 2}, {1: 2}),
    ("shown", dt.datetime(2024, 2, 29, 10, 30), "Thu, 29 Feb 2024 10:30:00 -0000"),
    ("shown", dt.date(2024, 2, 9), "09.02.2024"),
    ("shown", dt.time(10, 30), "10:30:00"),
]


@pytest.mark.parametrize(("name", "value", "expected"), LOADED)
def test_what_is_loaded(name: str, value: Any, expected: Any):
    if expected is REFUSED:
        with pytest.raises(InvalidError):
            Subject.load({name: value})
    else:
        assert Subject.load({name: value}).to_dict() == {name: expected}


@pytest.mark.parametrize(("name", "value", "expected"), DUMPED)
def test_what_is_dumped(name: str, value: Any, expected: Any):
    assert Subject.dump({name: value}) == {name: expected}
