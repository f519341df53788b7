"""`compat.restx_fields`, `restx_dates` and `masks` write objects as Flask-RESTX's `marshal` does."""

import datetime as dt
from collections import OrderedDict
from types import SimpleNamespace
from typing import Annotated, Any, ClassVar

import pytest
from flask_restx import Model, fields, marshal

from codemods.compat import restx_dates as dates
from codemods.compat import restx_fields as ours

WHEN = dt.datetime(2024, 2, 29, 10, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))
FIELDS: dict[str, tuple[Any, Any]] = {
    "raw": (fields.Raw(), ours.Raw()),
    "raw of a default": (fields.Raw("d"), ours.Raw("d")),
    "raw of a computed default": (fields.Raw(lambda: [1]), ours.Raw(lambda: [1])),
    "text": (fields.String(default=0), ours.String(default=0)),
    "documented": (fields.String(5, description="x"), ours.String(5, description="x")),
    "dotted": (fields.String(attribute="inner.0.value"), ours.String(attribute="inner.0.value")),
    "computed": (fields.String(attribute=lambda one: 5), ours.String(attribute=lambda one: 5)),
    "whole": (fields.Integer(), ours.Integer()),
    "whole or four": (fields.Integer(default="4"), ours.Integer(default="4")),
    "number": (fields.Float(), ours.Float()),
    "truth": (fields.Boolean(), ours.Boolean()),
    "exact": (fields.Arbitrary(), ours.Arbitrary()),
    "fixed": (fields.Fixed(decimals=2, default=1.5), ours.Fixed(decimals=2, default=1.5)),
    "date": (fields.DateTime(), dates.DateTime()),
    "mail date": (fields.DateTime(dt_format="rfc822"), dates.DateTime(dt_format="rfc822")),
    "no date": (fields.DateTime(dt_format="x"), dates.DateTime(dt_format="x")),
    "day": (fields.Date(), dates.Date()),
    "texts": (fields.List(fields.String), ours.List(ours.String())),
    "numbers": (fields.List(fields.Integer(), default=[]), ours.List(ours.Integer(), default=[])),
    "raws": (fields.List(fields.Raw), ours.List(ours.Raw())),
    "values": (fields.List(fields.Integer(attribute="value")), ours.List(ours.Integer(attribute="value"))),
    "formatted": (fields.FormattedString("{value}!"), ours.FormattedString("{value}!")),
    "class": (fields.ClassName(), ours.ClassName()),
    "dashed class": (fields.ClassName(dash=True), ours.ClassName(dash=True)),
}
VALUES = (
    None, "", "x", "5", "true", "False", "on", 0, 1, True, 3.7, -2, "2024-02-29", "2024-02-29T10:30:00Z", "2024-060",
    "Thu, 29 Feb 2024 10:30:00 +0200", WHEN, dt.datetime(2024, 1, 1), dt.date(2024, 2, 29), [], [1, "2"], {1}, {},
    {"value": "7"}, [{"value": 1}, {}], SimpleNamespace(value=3), object, float("nan"),
)  # fmt: skip


class ChildModel(ours.Fields):
    id: Annotated[int | None, ours.Integer()] = None
    name: Annotated[str | None, ours.String(attribute="full")] = None
    extra: Annotated[Any, ours.Raw()] = None


class WholeModel(ours.Fields):
    id: Annotated[int | None, ours.Integer()] = None
    child: Annotated[Any, ours.Nested(ChildModel, skip_none=True)] = None
    maybe: Annotated[Any, ours.Nested(ChildModel, allow_null=True)] = None
    children: Annotated[Any, ours.List(ours.Nested(ChildModel))] = None
    texts: Annotated[Any, ours.List(ours.String())] = None
    inside: Annotated[Any, ours.Inside(ChildModel)] = None


CHILD = {"id": fields.Integer, "name": fields.String(attribute="full"), "extra": fields.Raw}
WHOLE = {
    "id": fields.Integer, "child": fields.Nested(CHILD, skip_none=True), "maybe": fields.Nested(CHILD, allow_null=True),
    "children": fields.List(fields.Nested(CHILD)), "texts": fields.List(fields.String), "inside": CHILD,
}  # fmt: skip
OBJECTS: tuple[Any, ...] = (
    {},
    None,
    {"id": "1", "child": {"id": 2}, "children": [{"full": "x", "extra": {"a": 1, "b": 2}}, {}], "texts": ["a", 2]},
    {"child": {}, "maybe": {"id": 3}, "children": {"id": 4}, "extra": [{"a": 1}, {"b": 3}], "full": 5},
    SimpleNamespace(id=5, child=SimpleNamespace(full="n"), children=None, texts=set()),
    [{"id": 1}, {"id": 2, "maybe": {"extra": SimpleNamespace(a=1, b=2)}}],
)
MASKS = (
    "id", "{id}", "{id,child{id}}", "child{name,extra{a}}", "children{name}", "*", "{*,child{id}}", "none",
    "inside{id}", "maybe{*}", "children{extra{b}}", "texts{a}", "id{a}", "{id", "id}", "{id}}", ",id", "id,,child",
    "{}", "id child", "child{", "{id,}",
)  # fmt: skip


def outcome(function, *arguments, **options):
    try:
        found = function(*arguments, **options)
    except Exception as error:
        return type(error).__name__.removeprefix("Mask"), str(error)
    return repr(found), type(found).__name__


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_writes_the_same(name):
    theirs, mine = FIELDS[name]
    for value in VALUES:
        for one in ({"a": value, "inner": [{"value": value}]}, {"value": value}, SimpleNamespace(a=value), value):
            wanted = outcome(marshal, one, {"a": theirs})
            found = outcome(ours.marshal, one, {"a": mine})
            if wanted[0] != "MarshallingError":  # its text is nobody's but the log's
                assert found == wanted, (name, one)
            else:
                assert found[0] == wanted[0], (name, one)


def test_objects_of_objects_are_the_same():
    for one in OBJECTS:
        for options in ({}, {"skip_none": True}, {"envelope": "data"}):
            assert outcome(ours.marshal, one, WholeModel, **options) == outcome(marshal, one, WHOLE, **options), one


@pytest.mark.parametrize("mask", MASKS)
def test_masks_leave_the_same(mask):
    for one in OBJECTS:
        theirs, mine = outcome(marshal, one, WHOLE, mask=mask), outcome(ours.marshal, one, WholeModel, mask=mask)
        assert theirs == mine, one


CHILD_WITH_MASK = Model("Child", CHILD, mask="{name,extra{a}}")
MODEL_WITH_MASK = Model(
    "Whole",
    {
        "id": fields.Integer, "child": fields.Nested(CHILD_WITH_MASK, skip_none=True),
        "children": fields.List(fields.Nested(CHILD_WITH_MASK)), "texts": fields.List(fields.String),
    },
    mask="{id,child,children}",
)  # fmt: skip


class ChildWithMask(ChildModel):
    default_mask: ClassVar[str] = "{name,extra{a}}"


class ModelWithMask(ours.Fields):
    default_mask: ClassVar[str] = "{id,child,children}"
    id: Annotated[Any, ours.Integer()] = None
    child: Annotated[Any, ours.Nested(ChildWithMask, skip_none=True)] = None
    children: Annotated[Any, ours.List(ours.Nested(ChildWithMask))] = None
    texts: Annotated[Any, ours.List(ours.String())] = None


@pytest.mark.parametrize("mask", [None, "", *MASKS])
def test_masks_of_models_count_where_nobody_asks(mask):
    for one in OBJECTS:
        theirs = outcome(marshal, one, MODEL_WITH_MASK, mask=mask)
        assert outcome(ours.marshal, one, ModelWithMask, mask=mask) == theirs, one


WILDCARDS: dict[str, tuple[Any, Any]] = {
    "all": (lambda: {"*": fields.Wildcard(fields.Integer)}, {"*": ours.Wildcard(ours.Integer())}),
    "behind a field": (
        lambda: {"a": fields.Raw, "*": fields.Wildcard(fields.String)},
        {"a": ours.Raw(), "*": ours.Wildcard(ours.String())},
    ),
    "some, then all": (
        lambda: {"a*": fields.Wildcard(fields.Raw), "b": fields.Raw, "*": fields.Wildcard(fields.Raw(default=1))},
        {"a*": ours.Wildcard(ours.Raw()), "b": ours.Raw(), "*": ours.Wildcard(ours.Raw(default=1))},
    ),
    "a default": (
        lambda: {"x*": fields.Wildcard(fields.Integer, default=3), "id": fields.Integer},
        {"x*": ours.Wildcard(ours.Integer(), default=3), "id": ours.Integer()},
    ),
    "objects": (
        lambda: {"*": fields.Wildcard(fields.Nested(CHILD, skip_none=True))},
        {"*": ours.Wildcard(ours.Nested(ChildModel, skip_none=True))},
    ),
}
BAGS: tuple[Any, ...] = (
    {"a": "1", "b": 2.5, "ab": 3}, {"A1": 1, "a2": 2, "b": None, "c": 3}, {}, {"a": None}, {"x": 3, "xy": 4, "xz": 3},
    {"a": {"id": 1}, "b": {"full": "n"}}, SimpleNamespace(a=1, b=2), [{"a": 1}, {"b": 2, "a": 3}], None,
)  # fmt: skip


@pytest.mark.parametrize("name", WILDCARDS)
def test_wildcards_write_the_same(name):
    theirs, mine = WILDCARDS[name]
    for one in BAGS:
        for options in ({}, {"skip_none": True}, {"mask": "b,id"}, {"mask": "*"}):
            wanted = outcome(marshal, one, OrderedDict(theirs()), **options)
            found = outcome(ours.marshal, one, mine, **options)
            assert found == wanted or found[0] == wanted[0] == "MarshallingError", (one, options)
        wanted, found = (outcome(in_order, *made) for made in ((marshal, one, theirs()), (ours.marshal, one, mine)))
        assert found == wanted or found[0] == wanted[0] == "MarshallingError", one


def in_order(function, one, shape):
    return plain(function(one, shape, ordered=True))


def plain(value):
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value
