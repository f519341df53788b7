"""The base of converted schemas: what its own mechanisms do, written as a person would write them."""

from dataclasses import dataclass
from itertools import count
from typing import Annotated, Any

import pytest
from marshmallow import ValidationError
from marshmallow.error_store import merge_errors
from pydantic import ConfigDict, Field, TypeAdapter
from starlette.datastructures import ImmutableMultiDict

from codemods.compat.fields import Int, Raw, Str
from codemods.compat.schema import Schema, optional
from codemods.compat.schema_containers import MadeBy, Many, Texts
from codemods.compat.schema_errors import InvalidError, merged
from codemods.compat.schema_hooks import after_dump, after_load, before_dump, before_load, check, check_field
from codemods.compat.validators import All, Length


class Phone(Schema):
    number: Str
    kind: Str = optional()


class Contact(Schema):
    first_name: Annotated[Str, Length(min=2)] = Field(alias="firstName")
    nick: Str | None = optional()
    stars: Int = 3
    phone: Phone = optional()
    others: Annotated[list[Phone], Many()] = optional()


DATA = {"firstName": "Ann", "phone": {"number": "1"}, "others": [{"number": "2", "kind": "old"}]}


def test_a_loaded_object_has_attributes_and_is_a_dictionary_of_what_was_sent():
    contact = Contact.load(DATA)
    assert (contact.first_name, contact.nick, contact.stars, contact.phone.number) == ("Ann", None, 3, "1")
    assert contact.to_dict() == {
        "first_name": "Ann",
        "stars": 3,
        "phone": {"number": "1"},
        "others": [{"number": "2", "kind": "old"}],
    }


def test_messages_stand_where_the_client_knows_the_fields():
    data = {"first_name": "Ann", "stars": "x", "phone": {"kind": 1}, "others": [None, {"number": "1"}, {}]}
    assert Contact.problems(data) == {
        "firstName": ["Missing data for required field."],
        "first_name": ["Unknown field."],
        "stars": ["Not a valid integer."],
        "phone": {"number": ["Missing data for required field."], "kind": ["Not a valid string."]},
        "others": {0: {"_schema": ["Invalid input type."]}, 2: {"number": ["Missing data for required field."]}},
    }
    assert Contact.problems(DATA) == {}


def test_a_dump_converts_and_leaves_out_what_is_missing():
    @dataclass
    class Row:
        first_name: object
        phone: object
        extra: str = "not shown"

    assert Contact.dump(Row(5, Phone(number="1"))) == {"firstName": "5", "stars": 3, "phone": {"number": "1"}}
    assert Contact.dump({"nick": None, "others": [{"number": 1}]})["others"] == [{"number": "1"}]
    assert Contact.dump(Contact.load(DATA)) == {**DATA, "stars": 3}
    assert Contact.dump(None) == {"stars": 3}
    with pytest.raises(ValueError, match="invalid literal"):
        Contact.dump({"stars": "many"})


def test_a_default_that_something_is_done_for_is_made_once():
    numbers = count()

    class Ticket(Schema):
        number: Int = Field(default_factory=lambda: next(numbers))
        stars: Int = 3

    assert Ticket.problems({"stars": "x"})
    assert [Ticket.load({}).number, Ticket.load({}).number] == [1, 2]
    assert Ticket.load({"number": 7}).number == 7


def test_unknown_keys_of_one_call_reach_the_top_only():
    data = {"firstName": "Ann", "other": 1, "phone": {"number": "1"}}
    assert Contact.load(data, unknown="ignore").to_dict().keys() == {"first_name", "stars", "phone"}
    assert Contact.load(data, unknown="allow").to_dict()["other"] == 1
    nested = {"firstName": "Ann", "phone": {"number": "1", "other": 1}}
    with pytest.raises(InvalidError) as caught:
        Contact.load(nested, unknown="ignore")
    assert caught.value.messages == {"phone": {"other": ["Unknown field."]}}


def test_a_schema_that_keeps_unknown_keys_may_refuse_them_for_one_call():
    class Open(Schema):
        model_config = ConfigDict(extra="allow")

        a: Int = optional()

    assert Open.load({"a": 1, "b": 2}).to_dict() == {"a": 1, "b": 2}
    with pytest.raises(InvalidError) as caught:
        Open.load({"a": "x", "b": 2}, unknown="forbid")
    assert caught.value.messages == {"a": ["Not a valid integer."], "b": ["Unknown field."]}


def test_a_form_counts_with_the_value_that_it_shows():
    class Form(Schema):
        name: Str

    class First(ImmutableMultiDict[Any, Any]):
        def __getitem__(self, key: Any) -> Any:
            return self.getlist(key)[0]

    assert Form.load(First([("name", "a"), ("name", "b")])).name == "a"


def test_hooks_run_in_the_order_of_their_names():
    class Hooked(Schema):
        a: Int

        @staticmethod
        @before_load
        def b_double(data: Any) -> Any:
            return {"a": data["a"] * 2}

        @staticmethod
        @before_load
        def a_add(data: Any) -> Any:
            if data["a"] > 9:
                raise InvalidError("Too large.", "a")
            return {"a": data["a"] + 1}

        @staticmethod
        @before_dump
        def unwrap(source: Any) -> Any:
            return source["inner"]

        @classmethod
        @after_dump
        def wrap(cls, data: Any) -> Any:
            return {cls.__name__: data}

    assert Hooked.load({"a": 1}).a == 4
    assert Hooked.problems({"a": 10}) == {"a": ["Too large."]}
    assert Hooked.problems_many([{"a": 1}, {"a": 10}]) == {"a": ["Too large."]}
    assert Hooked.dump({"inner": {"a": "7"}}) == {"Hooked": {"a": 7}}

    class Without(Hooked):
        @staticmethod
        def b_double(data: Any) -> Any:
            return data

    assert Without.load({"a": 1}).a == 2


class Period(Schema):
    start: Int = Field(alias="from")
    end: Int = 5

    @staticmethod
    @check_field("start", "end")
    def positive(value: Any, key: str) -> None:
        if value < 0:
            raise InvalidError(f"{key} is negative.")

    @check()
    def in_order(self) -> None:
        if self.end < self.start:
            raise InvalidError("The end is before the start.")

    @check()
    def is_short(self) -> None:
        if self.end > self.start + 10:
            raise InvalidError("Too long.", "start")

    @check(always=True)
    def always(self) -> None:
        if "start" not in self.to_dict():
            raise InvalidError({"from": ["Look again."]})


@pytest.mark.parametrize(
    ("data", "messages"),
    [
        ({"from": 1}, {}),
        ({"from": 6}, {"_schema": ["The end is before the start."]}),
        ({"from": 1, "end": 50}, {"from": ["Too long."]}),
        ({"from": -1, "end": "x"}, {"from": ["from is negative.", "Look again."], "end": ["Not a valid integer."]}),
        ({"from": 6, "end": -1}, {"end": ["end is negative."]}),
        ({"end": -1}, {"from": ["Missing data for required field.", "Look again."], "end": ["end is negative."]}),
        ([], {"_schema": ["Invalid input type."], "from": ["Look again."]}),
    ],
)
def test_checks(data: Any, messages: dict[str, Any]):
    assert Period.problems(data) == messages


def test_one_item_with_invalid_fields_silences_the_checks_of_all():
    assert Period.problems_many([{"from": 6}, {"from": 7}]).keys() == {0, 1}
    assert Period.problems_many([{"from": 6}, {"from": "x"}]) == {1: {"from": ["Not a valid integer.", "Look again."]}}


def test_a_value_may_become_an_object():
    class Point(Schema):
        x: Int

        @after_load
        def make(self) -> tuple[int]:
            if self.x == 0:
                raise InvalidError("Not zero.")
            return (self.x,)

    class Line(Schema):
        start: Annotated[Any, MadeBy(Point, Point.make)]
        rest: Annotated[list[Annotated[Any, MadeBy(Point, Point.make)]], Many()] = optional()

    assert Line.load({"start": {"x": 1}, "rest": [{"x": 2}]}).to_dict() == {"start": (1,), "rest": [(2,)]}
    assert Line.problems({"start": {"x": 0}, "rest": [{"x": 0}]}) == {
        "start": {"_schema": ["Not zero."]},
        "rest": {"_schema": ["Not zero."]},
    }
    with pytest.raises(InvalidError) as caught:
        Point.load({"x": 0}).make()
    assert caught.value.messages == {"_schema": ["Not zero."]}
    assert Line.dump({"start": {"x": "3"}, "rest": [{"x": 4.5}]}) == {"start": {"x": 3}, "rest": [{"x": 4}]}


def test_texts_of_fields_and_of_the_schema():
    class Spoken(Schema):
        texts = Texts(unknown="Not here.", type="Send an object.")

        name: Annotated[Str, Texts(required="Name!", null={"code": 1})]
        items: Annotated[list[Int], Texts(invalid="{input!r} is no list")] = optional()

    assert Spoken.problems({"x": 1}) == {"name": ["Name!"], "x": ["Not here."]}
    assert Spoken.problems({"name": None, "items": "a"}) == {"name": {"code": 1}, "items": ["'a' is no list"]}
    assert Spoken.problems({"name": "a", "items": ["b"]}) == {"items": {0: ["Not a valid integer."]}}
    assert Spoken.problems(5) == {"_schema": ["Send an object."]}


def test_pydantic_itself_gives_the_same_messages():
    with pytest.raises(ValueError, match="Not a valid string") as caught:
        TypeAdapter(list[Phone]).validate_python([{"number": 5}])
    assert caught.value.errors()[0]["ctx"]["messages"] == {"number": ["Not a valid string."]}  # type: ignore[attr-defined]


def test_the_json_schema_tells_what_may_be_left_out():
    shown = Contact.model_json_schema()
    assert shown["required"] == ["firstName"]
    assert shown["additionalProperties"] is False
    assert shown["properties"]["firstName"] == {"minLength": 2, "title": "Firstname", "type": "string"}
    assert "default" not in shown["properties"]["nick"]


def test_values_without_a_field_type_stay_as_they_are():
    class Anything(Schema):
        value: Raw

    assert Anything.load({"value": [{"a": None}]}).to_dict() == {"value": [{"a": None}]}
    assert Anything.problems({"value": None}) == {"value": ["Field may not be null."]}


MESSAGES = [
    None,
    [],
    ["a"],
    "a",
    {"x": ["a"]},
    {"x": {"y": ["b"]}},
    {"_schema": ["c"]},
    {0: ["d"], "x": ["e"]},
    ["f", {"z": 1}],
]


@pytest.mark.parametrize("first", MESSAGES)
@pytest.mark.parametrize("second", MESSAGES)
def test_messages_come_together_as_the_original_merges_them(first: Any, second: Any):
    from copy import deepcopy

    assert merged(deepcopy(first), deepcopy(second)) == merge_errors(deepcopy(first), deepcopy(second))


@pytest.mark.parametrize(
    "arguments", [("Text.",), (["One.", "Two."],), ({"a": ["x"]},), ("Text.", "a"), ({"b": 1}, "a")]
)
def test_the_error_holds_what_the_original_holds(arguments: Any):
    ours, theirs = InvalidError(*arguments), ValidationError(*arguments)
    assert (ours.messages, ours.field_name, str(ours)) == (theirs.messages, theirs.field_name, str(theirs))
    assert ours.normalized_messages() == theirs.normalized_messages()
    assert not isinstance(ours, ValueError)
    if isinstance(theirs.messages, dict):
        assert ours.messages_dict == theirs.messages_dict
    else:
        with pytest.raises(TypeError):
            _ = ours.messages_dict


def broken(value: Any) -> None:
    raise ValueError("not about the data")


class Broken(Schema):
    a: Annotated[Str, All(broken)] = optional()
    b: Int = optional()


class HoldsBroken(Schema):
    inner: Broken


@pytest.mark.parametrize("data", [{"a": "x"}, {"a": "x", "b": "y"}])
def test_an_error_of_a_check_that_is_not_about_the_data_is_no_message(data: dict[str, str]):
    with pytest.raises(ValueError, match="not about the data"):
        Broken.load(data)
    with pytest.raises(ValueError, match="not about the data"):
        HoldsBroken.load_many([{"inner": {}}, {"inner": data}])
    assert Broken.load({"b": "5"}).to_dict() == {"b": 5}
