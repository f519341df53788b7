"""Schema objects with some of the fields: `UserSchema(only=…)`, `UserSchema(exclude=…)`."""

import marshmallow as ma
import pytest

from tests.codemods.schemas.conftest import outcome

SOURCE = '''
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validates, validates_schema

class Named(Schema):
    """Has no fields of its own."""

    def shout(self, text):
        return text.upper()

    @pre_load
    def strip(self, data, **kwargs):
        if not isinstance(data, dict):
            return data
        return {key: value.strip() if isinstance(value, str) else value for key, value in data.items()}

class Base(Named):
    class Meta:
        unknown = EXCLUDE

    id = fields.Int(dump_only=True)
    name = fields.Str(required=True)

    @validates("name")
    def no_bob(self, value, **kwargs):
        if value == "Bob":
            raise ValidationError("Not Bob.")

class UserSchema(Base):
    """A user."""

    age = fields.Int(load_default=18)
    email = fields.Email()
    loud = fields.Method("get_loud")

    def get_loud(self, user):
        return self.shout(user["name"])

    @pre_load
    def lower(self, data, **kwargs):
        if isinstance(data, dict) and isinstance(data.get("email"), str):
            data = {**data, "email": data["email"].lower()}
        return data

    @validates_schema
    def old_enough(self, data, **kwargs):
        if data.get("age", 18) < 3:
            raise ValidationError("Too young.", "age")

SUBSETS = [
    UserSchema(only=("name", "email")),
    UserSchema(only=["age"]),
    UserSchema(exclude=("name",)),
    UserSchema(exclude=("age", "email", "loud"), only=("id", "age", "loud", "name")),
    UserSchema(only=("loud",)),
]
'''
INPUTS = (
    {"name": "Ann", "age": 20, "email": "ANN@example.com"},
    {"name": " Bob ", "age": 2},
    {"name": " Ann ", "email": " a@example.com "},
    {"email": "no", "age": "x"},
    {"other": 1},
    {},
    [],
    None,
    "text",
)
USER = {"id": 1, "name": "Ann", "age": 20, "email": "a@example.com"}


@pytest.mark.parametrize("number", range(5))
def test_subsets_load_and_dump_as_before(convert, number: int) -> None:
    both = convert(SOURCE)
    old = both.old.SUBSETS[number]
    assert isinstance(old, ma.Schema)
    key = f"({','.join(sorted(old.fields))})"
    plan = next(one for name, one in both.parts.items() if name.endswith(key))
    loads, dumps = getattr(both.new, plan.load_name), getattr(both.new, plan.dump_name)
    for one in INPUTS:
        assert outcome(lambda one=one: loads.load(one).to_dict()) == outcome(lambda one=one: old.load(one)), one
    assert dumps.dump(USER) == old.dump(USER)


def test_a_part_keeps_what_it_needs_only(convert) -> None:
    text = convert(SOURCE).text
    part = text[text.index("class UserWithoutName") :].partition("\nclass ")[0]
    assert "no_bob" not in part
    assert "(Named)" in part, "inherited as before: the class that has no fields"
    assert text.count("def shout") == text.count("def strip") == 1


def test_one_class_for_all_places_that_name_the_same_fields(plan) -> None:
    plans = plan(
        SOURCE
        + "one = UserSchema(only=('name', 'id'))\ntwo = UserSchema(only=['name', 'id'], many=True)\n"
        + "class Team(Schema):\n    lead = fields.Nested(UserSchema, only=('name', 'id'))\n"
    )
    assert [one.qualified for one in plans.values() if one.qualified.endswith("(id,name)")] == [
        "app.UserSchema(id,name)"
    ]
