"""The field types against Marshmallow's own fields: what they accept, return, say and write."""

import datetime as dt
import decimal
import enum
import uuid
from functools import cache, partial
from typing import Annotated, Any

import marshmallow as ma
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import fields as original
from pydantic import create_model

from codemods.compat import fields
from codemods.compat.schema import Schema
from codemods.compat.schema_containers import Entries, Items
from codemods.compat.schema_errors import InvalidError


class Color(enum.Enum):
    RED = "red"
    GREEN = "green"


class Level(enum.Enum):
    LOW = 1
    HIGH = 3


UTC = dt.UTC
Plus2 = dt.timezone(dt.timedelta(hours=2))

FIELDS: dict[str, tuple[ma.fields.Field, Any]] = {
    "string": (original.Str(), fields.Str),
    "integer": (original.Int(), fields.Int),
    "integer strict": (original.Int(strict=True), Annotated[int, fields.integers(strict=True)]),
    "integer as text": (original.Int(as_string=True), Annotated[int, fields.integers(as_string=True)]),
    "float": (original.Float(), fields.Float),
    "float with nan": (original.Float(allow_nan=True), Annotated[float, fields.floats(allow_nan=True)]),
    "float as text": (original.Float(as_string=True), Annotated[float, fields.floats(as_string=True)]),
    "decimal": (original.Decimal(), Annotated[decimal.Decimal, fields.decimals()]),
    "decimal places": (original.Decimal(places=2), Annotated[decimal.Decimal, fields.decimals(places=2)]),
    "decimal rounding": (
        original.Decimal(places=1, rounding=decimal.ROUND_UP, as_string=True),
        Annotated[decimal.Decimal, fields.decimals(places=1, rounding=decimal.ROUND_UP, as_string=True)],
    ),
    "decimal with nan": (
        original.Decimal(places=2, allow_nan=True),
        Annotated[decimal.Decimal, fields.decimals(places=2, allow_nan=True)],
    ),
    "boolean": (original.Bool(), fields.Bool),
    "boolean words": (
        original.Bool(truthy={"J", "ja"}, falsy={"N"}),
        Annotated[bool, fields.booleans(truthy={"J", "ja"}, falsy={"N"})],
    ),
    "boolean of anything": (original.Bool(truthy=set()), Annotated[bool, fields.booleans(truthy=set())]),
    "datetime": (original.DateTime(), fields.DateTime),
    "datetime rfc": (original.DateTime(format="rfc"), Annotated[dt.datetime, fields.datetimes("rfc")]),
    "datetime timestamp": (original.DateTime("timestamp"), Annotated[dt.datetime, fields.datetimes("timestamp")]),
    "datetime milliseconds": (
        original.DateTime("timestamp_ms"),
        Annotated[dt.datetime, fields.datetimes("timestamp_ms")],
    ),
    "datetime spelled": (
        original.DateTime("%d.%m.%Y %H:%M"),
        Annotated[dt.datetime, fields.datetimes("%d.%m.%Y %H:%M")],
    ),
    "naive datetime": (original.NaiveDateTime(), Annotated[dt.datetime, fields.naive_datetimes()]),
    "naive datetime of a zone": (
        original.NaiveDateTime(timezone=Plus2),
        Annotated[dt.datetime, fields.naive_datetimes(timezone=Plus2)],
    ),
    "aware datetime": (original.AwareDateTime(), Annotated[dt.datetime, fields.aware_datetimes()]),
    "aware datetime of a zone": (
        original.AwareDateTime(default_timezone=UTC),
        Annotated[dt.datetime, fields.aware_datetimes(default_timezone=UTC)],
    ),
    "date": (original.Date(), fields.Date),
    "date spelled": (original.Date("%d.%m.%Y"), Annotated[dt.date, fields.dates("%d.%m.%Y")]),
    "time": (original.Time(), fields.Time),
    "time spelled": (original.Time("%Hh"), Annotated[dt.time, fields.times("%Hh")]),
    "period": (original.TimeDelta(), fields.TimeDelta),
    "period in hours": (original.TimeDelta("hours"), Annotated[dt.timedelta, fields.periods("hours")]),
    "uuid": (original.UUID(), fields.UUID),
    "email": (original.Email(), fields.Email),
    "url": (original.Url(), fields.Url),
    "ip": (original.IP(), fields.IP),
    "ipv4": (original.IPv4(), fields.IPv4),
    "ipv6": (original.IPv6(), fields.IPv6),
    "ip interface": (original.IPInterface(), fields.IPInterface),
    "raw": (original.Raw(), fields.Raw),
    "enum": (original.Enum(Color), Annotated[Color, fields.enum_names(Color)]),
    "enum by value": (original.Enum(Level, by_value=True), Annotated[Level, fields.enum_values(Level)]),
    "enum by converted value": (
        original.Enum(Level, by_value=original.Int()),
        Annotated[Level, fields.enum_values(Level, by=fields.Int)],
    ),
    "list": (original.List(original.Int()), list[fields.Int]),
    "list of lists": (original.List(original.List(original.Bool(), allow_none=True)), list[list[fields.Bool] | None]),
    "mapping": (original.Dict(), Annotated[dict[Any, Any], Entries()]),
    "mapping with types": (
        original.Dict(keys=original.Int(), values=original.List(original.Str())),
        Annotated[dict[fields.Int, list[fields.Str]], Entries()],
    ),
    "mapping of mappings": (
        original.Dict(values=original.Dict(keys=original.Date(), values=original.Float())),
        Annotated[dict[Any, Annotated[dict[fields.Date, fields.Float], Entries()]], Entries()],
    ),
    "tuple": (
        original.Tuple((original.Int(), original.Str())),
        Annotated[tuple[fields.Int, fields.Str], Items(2)],
    ),
}

VALUES: list[Any] = [
    *("a", "", " 7 ", "5", "5.0", "5.9", "1_000", "+3", "1e3", "NaN", "-NaN", "sNaN", "inf", "-Infinity", "9" * 5000),
    *("on", "oN", "tRuE", "yes", " true ", "J", "N", "t", "F", "RED", "red", "1.005", "2.675", "٣"),
    *(0, 1, 2, 3, 5, -1, 5.0, 5.9, -0.5, 1e300, float("nan"), float("inf"), True, False, None, 12345678901234567890),
    *([], {}, [1], [1, "a"], [None], ["1", 2, 3.5, True], [["on"], None, 5, ["x", "no"]], (1, "2"), {1}, {"a": 1}),
    *({"1": ["a", 2], "x": 5, "3": None}, {"a": {"2024-01-01": "1.5", "no": "x"}, "b": 7}, [1, "b"], ["x", 2], "ab"),
    *("2024-02-29", "2024-02-30", "2024-2-9", "20240229", "2024-W09-4", "29.02.2024", "29.02.2024 10:30"),
    *("2024-02-29T10:30:00", "2024-02-29 10:30:00.25+02:00", "2024-02-29t10:30:00z", "2024-02-29T10:30:00Z"),
    *("Thu, 29 Feb 2024 10:30:00 +0100", "Thu, 29 Feb 2024 10:30:00 -0000", 1709202600, 1709202600.5, "1709202600"),
    *("08:30", "0830", "08", "8h", "08h", "T08:30", "08:30:15.5+01:00", 3600),
    *("6FA459EAEE8A3CA4894EDB77E160355E", "{6fa459ea-ee8a-3ca4-894e-db77e160355e}", "6fa459ea", b"x" * 16, b"\xff"),
    *("urn:uuid:6fa459ea-ee8a-3ca4-894e-db77e160355e", uuid.UUID(int=5), dt.datetime(2024, 1, 2), dt.date(2024, 1, 2)),
    *("10.0.0.1", "::1", "010.0.0.1", "10.0.0.0/8", "fe80::1%eth0", b"10.0.0.1", Color.RED, Level.LOW),
    *(
        "ann@example.com",
        "ann@localhost",
        "ann@x.test",
        "ann@[127.0.0.1]",
        "Ann <a@b.co>",
        " a@b.co",
        "a@b.c",
        "a@b@c.de",
    ),
    *('"a b"@c.de', "ann@EXAMPLE.com", "ann@münchen.de", "ann@-x.de", "a..b@c.de", "@c.de", "a@", "ann@x.de\n"),
    *(
        "http://example.com",
        "https://x",
        "http://localhost:5000/x?y#z",
        "ftp://a.b",
        "javascript:alert(1)",
        "/x",
        "x.de",
    ),
    *("http://[::1]:80", "http://a b.de", "http://u:p@x.de", "HTTP://X.DE", "http://x.de/ y", "file:///etc", "://x.de"),
    *(dt.timedelta(hours=3), dt.time(8), decimal.Decimal("1.5"), decimal.Decimal("NaN"), object, 10**30, "\x00"),
]


@cache
def schemas(name: str) -> tuple[ma.Schema, type[Schema]]:
    field, annotation = FIELDS[name]
    theirs = ma.Schema.from_dict({"x": field, "y": original.Int(required=True)})()
    return theirs, create_model("Ours", __base__=Schema, x=(annotation, ...), y=(fields.Int, ...))


def outcome(call: Any, *errors: type[Exception]) -> tuple[str, Any]:
    try:
        return "is", repr(call())
    except errors as error:
        return "refused", error.messages
    except Exception as error:
        return "raised", type(error).__name__


def assert_loads_alike(name: str, value: Any) -> None:
    theirs, ours = schemas(name)
    data = {"x": value, "y": 1}
    expected = outcome(lambda: theirs.load(data), ma.ValidationError)
    assert outcome(lambda: ours.load(data).to_dict(), InvalidError) == expected


@pytest.mark.parametrize("name", FIELDS)
def test_loads_as_the_original(name: str):
    for value in VALUES:
        assert_loads_alike(name, value)


@pytest.mark.parametrize("name", FIELDS)
def test_dumps_as_the_original(name: str):
    theirs, ours = schemas(name)
    for value in VALUES:
        source = {"x": value, "y": 1}
        expected = outcome(partial(theirs.dump, source), ma.ValidationError)
        # Marshmallow formats whatever it finds: which exception a value of a foreign type raises does not matter.
        found = outcome(partial(ours.dump, source), InvalidError)
        assert found == expected or (found[0] == expected[0] == "raised"), value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
NEAR_MISSES = (
    st.sampled_from(VALUES) | st.datetimes().map(str) | st.dates().map(str) | st.emails() | st.uuids().map(str)
)


@pytest.mark.parametrize("name", FIELDS)
@settings(max_examples=60, deadline=None)
@given(value=JSON | NEAR_MISSES)
def test_loads_anything_as_the_original(name: str, value: Any):
    assert_loads_alike(name, value)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("date", {"type": "string", "format": "date"}),
        ("date spelled", {"type": "string"}),
        ("datetime timestamp", {"type": "number"}),
        ("period", {"type": "number"}),
        ("enum", {"type": "string", "enum": ["RED", "GREEN"]}),
        ("ipv4", {"type": "string", "format": "ipv4"}),
        ("uuid", {"type": "string", "format": "uuid"}),
        ("email", {"type": "string", "format": "email"}),
    ],
)
def test_the_json_schema_tells_what_the_client_sends(name: str, shown: dict[str, Any]):
    properties = schemas(name)[1].model_json_schema()["properties"]
    assert properties["x"] == {"title": "X", **shown}


@pytest.mark.parametrize("name", FIELDS)
def test_shows_in_a_json_schema(name: str):
    _, ours = schemas(name)
    for mode in ("validation", "serialization"):
        assert ours.model_json_schema(mode=mode)["required"] == ["x", "y"]
