"""`compat.marshalling` writes objects as Flask-RESTful's `marshal` does."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Annotated, Any

import pytest
from flask_restful import fields, marshal

from codemods.compat import marshalling as ours

WHEN = dt.datetime(2024, 2, 29, 10, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))


class Shouted(fields.String):
    def format(self, value):
        return super().format(value).upper()


class OurShouted(ours.String):
    def format(self, value):
        return super().format(value).upper()


class Both(fields.Raw):
    def output(self, key, obj):
        return [key, obj is None]


class OurBoth(ours.Raw):
    def output(self, key, obj):
        return [key, obj is None]


FIELDS: dict[str, tuple[Any, Any]] = {
    "raw": (fields.Raw(), ours.Raw()),
    "raw of a default": (fields.Raw("d"), ours.Raw("d")),
    "text": (fields.String(), ours.String()),
    "dotted": (fields.String(attribute="inner.value"), ours.String(attribute="inner.value")),
    "computed": (fields.String(attribute=lambda one: 5), ours.String(attribute=lambda one: 5)),
    "whole": (fields.Integer(), ours.Integer()),
    "whole or null": (fields.Integer(default=None), ours.Integer(default=None)),
    "number": (fields.Float(), ours.Float()),
    "truth": (fields.Boolean(), ours.Boolean()),
    "exact": (fields.Arbitrary(), ours.Arbitrary()),
    "fixed": (fields.Fixed(decimals=2), ours.Fixed(decimals=2)),
    "price": (fields.Price(), ours.Price()),
    "mail date": (fields.DateTime(), ours.DateTime()),
    "date": (fields.DateTime(dt_format="iso8601"), ours.DateTime(dt_format="iso8601")),
    "no date": (fields.DateTime(dt_format="x"), ours.DateTime(dt_format="x")),
    "texts": (fields.List(fields.String), ours.List(ours.String())),
    "numbers": (fields.List(fields.Integer(), default=[]), ours.List(ours.Integer(), default=[])),
    "raws": (fields.List(fields.Raw), ours.List(ours.Raw())),
    "values": (fields.List(fields.Integer(attribute="value")), ours.List(ours.Integer(attribute="value"))),
    "formatted": (fields.FormattedString("{value}!"), ours.FormattedString("{value}!")),
    "shouted": (Shouted(), OurShouted()),
    "both": (Both(), OurBoth()),
}
NESTED = {"value": fields.Integer, "more": {"value": fields.String}}


class More(ours.Fields):
    value: Annotated[str | None, ours.String()]


class Part(ours.Fields):
    value: Annotated[int, ours.Integer()]
    more: Annotated[More, ours.Inside(More)]


FIELDS |= {
    "nested": (fields.Nested(NESTED), ours.Nested(Part)),
    "nested or null": (fields.Nested(NESTED, allow_null=True), ours.Nested(Part, allow_null=True)),
    "nested or a default": (fields.Nested(NESTED, default={}), ours.Nested(Part, default={})),
    "several": (fields.List(fields.Nested(NESTED)), ours.List(ours.Nested(Part))),
    "a part": (NESTED, ours.Inside(Part)),
}
VALUES = (
    None, 0, 1, -2.7, True, "", "12", "text", [], [1, "2"], (3, None), {4}, {"value": 5},
    [{"value": 6}, {"value": "x"}],
    [SimpleNamespace(value=7)], SimpleNamespace(value=8), WHEN, WHEN.date(), Decimal("1.005"), float("nan"), b"x",
    "1e-400", [[{"value": 1}]], ({"value": 1},),
)  # fmt: skip


def outcome(write, *arguments):
    """What is written, or that nothing can be."""
    try:
        return repr(write(*arguments))
    except Exception as error:
        name = type(error).__name__
        return "MarshallingError" if name.startswith("Marshalling") else name


def plain(value):
    """Dictionaries of any class as such."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", FIELDS)
def test_each_field_writes_what_flask_restful_writes(name):
    theirs, mine = FIELDS[name]
    kind = type("Shown", (ours.Fields,), {"__annotations__": {"value": Annotated[Any, mine]}, "__module__": __name__})
    for value in VALUES:
        for source in ({"value": value}, SimpleNamespace(value=value), {"inner": {"value": value}}, {}, None, value):
            expected = outcome(lambda one: plain(marshal(one, {"value": theirs})), source)
            assert outcome(lambda one: plain(ours.marshal(one, kind)), source) == expected, (value, source)


def test_lists_and_envelopes():
    for data in ({"value": 1}, [{"value": 1}, {}], ({"value": 2},), []):
        for envelope in (None, "", "data"):
            expected = plain(marshal(data, NESTED, envelope))
            assert ours.marshal(data, Part, envelope) == expected


def test_openapi_knows_the_types():
    schema = Part.model_json_schema(mode="serialization")
    assert schema["properties"]["value"] == {"title": "Value", "type": "integer"}
    assert schema["required"] == ["value", "more"]
