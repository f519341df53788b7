"""Field types of Marshmallow 2: what version 2.21 answered to these inputs. The tests' own Marshmallow is version 4."""

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import ConfigDict

from codemods.compat.collecting_schema import CollectingSchema
from codemods.compat.fields import Raw, Str
from codemods.compat.oldest_fields import (
    UUID,
    Bool,
    ContainsOnly,
    Date,
    DateTime,
    Dict,
    Email,
    Float,
    Int,
    OneOf,
    PlainDateTime,
    Range,
    Time,
    TimeDelta,
    Url,
    datetimes,
    decimals,
    integers,
    periods,
)
from codemods.compat.schema import optional
from codemods.compat.schema_containers import AlsoCalled, AlsoOne, Many
from codemods.compat.schema_dumping import Computed
from codemods.compat.schema_errors import InvalidError

EAST = dt.timezone(dt.timedelta(hours=2))


class Inner(CollectingSchema):
    model_config = ConfigDict(extra="ignore")
    a: Int


class Subject(CollectingSchema):
    model_config = ConfigDict(extra="ignore")
    yes: Bool = optional()
    number: Int = optional()
    shown: Annotated[int, integers(as_string=True)] = optional()
    low: Annotated[Int, Range(min=2)] = optional()
    high: Annotated[Int, Range(max=2)] = optional()
    within: Annotated[Int, Range(min=2, max=5)] = optional()
    real: Float = optional()
    money: Annotated[Decimal, decimals(places=2)] = optional()
    moment: DateTime = optional()
    plain: PlainDateTime = optional()
    spelled: Annotated[dt.datetime, datetimes("%d.%m.%Y")] = optional()
    day: Date = optional()
    time: Time = optional()
    period: TimeDelta = optional()
    days: Annotated[dt.timedelta, periods("days")] = optional()
    email: Email = optional()
    url: Url = optional()
    key: UUID = optional()
    some: Dict = optional()
    several: Annotated[list[Str], AlsoOne()] = optional()
    choice: Annotated[Str, OneOf(["a", "b"])] = optional()
    choices: Annotated[list[Str], ContainsOnly(["a", "b"])] = optional()
    inner: Inner = optional()
    inners: Annotated[list[Inner], Many()] = optional()
    camel: Annotated[Str, AlsoCalled("snake_case")] = optional(alias="camelCase")
    made: Annotated[Raw, Computed(lambda one: one.nothing)] = optional()


LOADED = [
    ("yes", "t", True),
    ("yes", "0", False),
    ("number", True, 1),
    ("number", 5.9, 5),
    ("real", "1e5", 100000.0),
    ("real", True, 1.0),
    ("money", "1.5", Decimal("1.50")),
    ("moment", "2024-02-29 10:30", dt.datetime(2024, 2, 29, 10, 30)),
    ("moment", "2024-02-29T10:30:00+02", dt.datetime(2024, 2, 29, 10, 30, tzinfo=EAST)),
    ("plain", "2024-02-29T10:30:00+02:00", dt.datetime(2024, 2, 29, 10, 30)),
    ("plain", "2024-02-29T10:30:00.123456789Z", dt.datetime(2024, 2, 29, 10, 30, 0, 123456)),
    ("spelled", "29.02.2024", dt.datetime(2024, 2, 29)),
    ("day", "2024-02-29T10:30", dt.date(2024, 2, 29)),
    ("time", "10:30:00.5", dt.time(10, 30, 0, 500000)),
    ("period", "90", dt.timedelta(seconds=90)),
    ("days", 1.5, dt.timedelta(days=1)),
    ("email", "a@bücher.de", "a@bücher.de"),
    ("url", "http://u:p@h.de/x", "http://u:p@h.de/x"),
    ("url", "http://::1/", "http://::1/"),
    ("some", {1: 2}, {1: 2}),
    ("choices", ["b", "a"], ["b", "a"]),
    ("inner", {"a": 1, "other": 2}, {"a": 1}),
]
REFUSED = [
    ("yes", "on", ["Not a valid boolean."]),
    ("yes", [], ["Not a valid boolean."]),
    ("number", "1.5", ["Not a valid integer."]),
    ("number", float("inf"), ["Number too large."]),
    ("low", 1, ["Must be at least 2."]),
    ("high", 3, ["Must be at most 2."]),
    ("within", 1, ["Must be between 2 and 5."]),
    ("money", "nan", ["Special numeric values are not permitted."]),
    ("money", True, ["Not a valid number."]),
    ("moment", "", ["Not a valid datetime."]),
    ("moment", "20240229T103000", ["Not a valid datetime."]),
    ("plain", "2024-02-29 10:30:00", ["Not a valid datetime."]),
    ("plain", "2024-02-29T10:30", ["Not a valid datetime."]),
    ("day", 20240229, ["Not a valid date."]),
    ("time", "10:30", ["Not a valid time."]),
    ("period", "1.5", ["Not a valid period of time."]),
    ("email", 1, ["Not a valid email address."]),
    ("url", "/x", ["Not a valid URL."]),
    ("url", "http://bücher.de", ["Not a valid URL."]),
    ("key", 1, ["Not a valid UUID."]),
    ("some", [], ["Not a valid mapping type."]),
    ("choice", "c", ["Not a valid choice."]),
    ("choices", ["a", "a"], ["One or more of the choices you made was not acceptable."]),
    ("choices", [], ["One or more of the choices you made was not acceptable."]),
    ("inners", {"a": 1}, ["Invalid type."]),
    ("inners", [{"a": "x"}, 5], {0: {"a": ["Not a valid integer."]}, 1: {}, "_schema": ["Invalid input type."]}),
]
DUMPED = [
    ("yes", "yes", True),
    ("shown", "5", "5"),
    ("number", "x", ["Not a valid integer."]),
    ("real", float("inf"), float("inf")),
    ("moment", dt.datetime(2024, 2, 29, 10), "2024-02-29T10:00:00+00:00"),
    ("moment", dt.datetime(2024, 2, 29, 10, tzinfo=EAST), "2024-02-29T08:00:00+00:00"),
    ("moment", dt.date(2024, 2, 29), ['"2024-02-29" cannot be formatted as a datetime.']),
    ("time", dt.time(1, 2, 3, 4), "01:02:03.000004"),
    ("days", dt.timedelta(days=1.5), 1),
    ("period", 5, ["5 cannot be formatted as a timedelta."]),
    ("email", "", ["Not a valid email address."]),
    ("url", "x", ["Not a valid URL."]),
    ("key", uuid.UUID(int=3), "00000000-0000-0000-0000-000000000003"),
    ("key", "x", ["Not a valid UUID."]),
    ("some", "as it is", "as it is"),
    ("several", "one", ["one"]),
    ("several", {"a": 1}, ["{'a': 1}"]),
    ("inners", [{"a": 1}, {"a": "x"}], {1: {"a": ["Not a valid integer."]}}),
    ("money", True, ["Not a valid number."]),
]


def outcome(call: Callable[[], Any]) -> Any:
    """What a call returns, or the messages that it refuses with."""
    try:
        return call()
    except InvalidError as error:
        return error.messages


@pytest.mark.parametrize(("name", "value", "expected"), LOADED)
def test_what_is_loaded(name: str, value: Any, expected: Any):
    assert Subject.load({name: value, "unknown": 1}).to_dict() == {name: expected}


@pytest.mark.parametrize(("name", "value", "expected"), REFUSED)
def test_what_is_refused(name: str, value: Any, expected: Any):
    with pytest.raises(InvalidError) as raised:
        Subject.load({name: value})
    assert raised.value.messages == {name: expected}


@pytest.mark.parametrize(("name", "value", "expected"), DUMPED)
def test_what_is_dumped(name: str, value: Any, expected: Any):
    assert outcome(lambda: Subject.dump({name: value})) == {name: expected}


def test_all_that_cannot_be_dumped_is_told_at_once():
    with pytest.raises(InvalidError) as raised:
        Subject.dump_many([{"number": "x", "email": "y"}, {"number": 1}, {"yes": 1, "real": "z"}])
    assert raised.value.messages == {
        0: {"number": ["Not a valid integer."], "email": ["Not a valid email address."]},
        2: {"real": ["Not a valid number."]},
    }


def test_methods_are_called_for_their_value():
    class Row:
        email = "a@b.co"

        def number(self) -> int:
            return 5

    assert Subject.dump(Row()) == {"number": 5, "email": "a@b.co"}


@pytest.mark.parametrize(
    ("sent", "loaded"),
    [
        ({"camelCase": "a"}, {"camel": "a"}),
        ({"snake_case": "b"}, {"camel": "b"}),
        ({"camelCase": "a", "snake_case": "b"}, {"camel": "b"}),
        ({"snake_case": 5, "camelCase": "a"}, {"snake_case": ["Not a valid string."]}),
        ({"camelCase": 5}, {"camelCase": ["Not a valid string."]}),
        ({"camel": "c"}, {}),
    ],
)
def test_a_field_is_also_found_under_its_own_name(sent: dict[str, Any], loaded: dict[str, Any]):
    assert outcome(lambda: Subject.load(sent).to_dict()) == loaded


def test_items_that_are_no_objects_are_told_of_under_no_index():
    with pytest.raises(InvalidError) as raised:
        Inner.load_many([{"a": 1}, 5, "x"])
    assert raised.value.messages == {1: {}, 2: {}, "_schema": ["Invalid input type.", "Invalid input type."]}
