"""Schema objects with some of the fields: `UserSchema(only=…)`, `UserSchema(exclude=…)`."""

from collections.abc import Mapping

import libcst as cst
import marshmallow as ma
import pytest

from codemods.schemas import SchemaPlan
from codemods.schemas.families.made_parts import made_schema
from codemods.view.names import Names
from tests.codemods.schemas.conftest import facts, outcome

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


PLACES = """
from marshmallow import Schema, fields

class AddressSchema(Schema):
    street = fields.Str()
    zip = fields.Str()
    town = fields.Str()
    country = fields.Str()

class UserSchema(Schema):
    id = fields.Int()
    name = fields.Str()
    age = fields.Int()
    email = fields.Str()
    phone = fields.Str()
    address = fields.Nested(AddressSchema)
    boss = fields.Nested(lambda: UserSchema(only=("id", "name", "age", "email", "phone")))
    deputy = fields.Nested(lambda: UserSchema(only=("id", "email")))
    friends = fields.Nested(lambda: UserSchema(exclude=("friends", "deputy", "boss", "email", "phone"), many=True))

class TeamSchema(Schema):
    lead = fields.Nested(UserSchema, only=("id", "name", "age", "phone", "address.town"))
    sites = fields.Nested(AddressSchema, only=("zip", "town"), many=True)

class ClubSchema(Schema):
    seat = fields.Nested(AddressSchema, only=("zip", "town"))
"""
MADE = (
    ("short = UserSchema(only=('name', 'id'))", "UserIdName"),
    ("most = UserSchema(exclude=('boss', 'friends'))", "UserWithoutBossFriends"),
    ("contact_schema = UserSchema(only=('name', 'age', 'phone', 'email'))", "UserContact"),
    ("users_schema = UserSchema(only=('name', 'age', 'phone', 'email'), many=True)", "UserSummary"),
    ("user_schema = UserSchema(exclude=('name', 'age', 'phone', 'email'))", "UserDetail"),
    ("def search_users():\n    return UserSchema(only=('id', 'age', 'phone', 'email')).dump([])", "UserSearch"),
    ("def list_users():\n    return UserSchema(only=('id', 'age', 'phone', 'email')).dump([])", "UserListItem"),
    ("def get_user():\n    return UserSchema(exclude=('id', 'age', 'phone', 'email')).dump({})", "UserDetail"),
    ("def post_user(d):\n    return UserSchema(only=('id', 'age', 'phone', 'email')).load(d)", "UserInput"),
    (
        "class UserPage:\n    def get(self):\n        schema = UserSchema(exclude=('id', 'age', 'phone', 'email'))",
        "UserPage",
    ),
    ("def show():\n    return UserSchema(only=('id', 'address.zip')).dump({})", "UserShow"),
)


@pytest.mark.parametrize(("code", "name"), MADE, ids=[name for _, name in MADE])
def test_a_part_is_called_after_its_fields_or_the_place_that_it_is_made_for(plan, code: str, name: str) -> None:
    assert made(plan(PLACES + code)) == {name}


def made(plans: Mapping[str, SchemaPlan]) -> set[str]:
    """The names of the parts that no field nests."""
    held = {key for plan in plans.values() for key in plan.nested}
    return {one.name for one in plans.values() if one.qualified.endswith(")") and one.qualified not in held}


HELD = {"UserBoss", "UserDeputy", "UserFriends", "TeamLead", "TeamLeadAddress", "AddressZipTown"}
"""What fields nest: called after these, or after their fields where several nest one part."""


def test_parts_that_fields_nest_are_called_after_these(plan) -> None:
    plans = plan(PLACES)
    assert not made(plans)
    assert plans.keys() >= HELD


def test_a_name_that_is_taken_becomes_a_longer_one_and_a_number_is_the_last_resort(plan) -> None:
    shown = "    return UserSchema(only=('id', 'age', 'phone', {0!r})).dump({{}})\n"
    code = (
        "def get_user():\n" + shown.format("email") + "def get_users():\n" + shown.format("name")
        + "def get_the_user():\n" + shown.format("boss") + "UserGetSchema = 1\nclass UserTheSchema(Schema):\n    pass\n"
    )  # fmt: skip
    first, second = plan(PLACES + code), plan(PLACES + code)
    assert made(first) == {"UserSummary", "UserGet", "UserGetThe"}
    assert {one.qualified: one.name for one in first.values()} == {one.qualified: one.name for one in second.values()}
    twice = PLACES + "TABLE = [\n" + "".join(
        f"    UserSchema(only=('id', 'age', 'phone', {one!r})),\n" for one in ("name", "email", "boss")
    ) + "]\n"  # fmt: skip
    assert made(plan(twice)) == {"UserSummary", "UserSummary2", "UserSummary3"}


def test_constants_of_modules_may_name_the_fields(plan) -> None:
    code = "HIDDEN = ('name', 'age', 'phone', 'email')\nbare_schema = UserSchema(exclude=HIDDEN)\n"
    assert made(plan(PLACES + code)) == {"UserBare"}
    assert made(plan(PLACES + code.replace("(exclude", "(only"))) == {"UserBare"}
    assert not made(plan(PLACES + code.replace("HIDDEN =", "OTHER =")))


def test_a_part_without_what_stays_is_of_use(plan) -> None:
    code = PLACES.replace("email = fields.Str()", "email = Unknown()") + (
        "class OddSchema(Schema):\n    name = fields.Str()\n    odd = fields.Nested(UserSchema)\n"
        "short = OddSchema(only=('name',))\n"
    )
    plans = plan(code)
    assert plans["OddSchema"].findings
    assert (
        made_schema(
            cst.ensure_type(cst.parse_expression("OddSchema(only=('name',))"), cst.Call),
            {one.qualified: one for one in plans.values()},
            Names(facts({"app.py": code}), facts({"app.py": code}).modules["app"], frozenset(), {}),
        )
        == "app.OddSchema(name)"
    )


OBJECTS = """
from marshmallow import Schema, fields

class TagSchema(Schema):
    id = fields.Int()
    name = fields.Str()

class ItemSchema(Schema):
    id = fields.Int()
    tag = fields.Nested(TagSchema)

class BoxSchema(Schema):
    items = fields.Nested({nested})

PARTS = [BoxSchema(only=("items.{name}",))]
"""


@pytest.mark.parametrize(
    ("nested", "name"), [("ItemSchema, many=True", "tag.id"), ("lambda: ItemSchema(many=True)", "id")]
)
def test_parts_of_what_is_nested(convert, nested: str, name: str) -> None:
    both = convert(OBJECTS.format(nested=nested, name=name))
    (plan,) = (one for key, one in both.parts.items() if key.startswith(f"{both.plans['BoxSchema'].qualified}("))
    box = {"items": [{"id": 1, "tag": {"id": 2, "name": "new"}}]}
    assert getattr(both.new, plan.dump_name).dump(box) == both.old.PARTS[0].dump(box)


@pytest.mark.parametrize("nested", ["lambda: ItemSchema(many=True)", "ItemSchema()"])
def test_a_part_inside_of_a_nested_object_stays(plan, nested: str) -> None:
    """Marshmallow takes `tag.id` for the name of a field there."""
    assert not made(plan(OBJECTS.format(nested=nested, name="tag.id")))


def test_a_part_of_a_part_has_what_both_leave(prove) -> None:
    prove(
        """
class Inner(Schema):
    a = fields.Int(required=True)
    b = fields.Int(required=True)
    c = fields.Int()

class Outer(Schema):
    a = fields.Nested(Inner, exclude=("a",))
    b = fields.Nested(Inner, only=("b", "c"), many=True)
    c = fields.List(fields.Nested(Inner(only=("a", "c"))))

class Subject(Schema):
    a = fields.Nested(Outer, exclude=("a.b", "b.c"))
    b = fields.Nested(Outer, only=("a", "b.b", "c.c"))
""",
        {"a": {"a": {"c": 1}, "b": [{"b": 1}]}},
        {"b": {"a": {"b": 1}, "b": [{"b": 2}], "c": [{"c": 1}]}},
        {"a": {"a": {"b": 1}}},
    )


def test_a_part_of_a_part_in_which_nothing_is_left_stays(plan) -> None:
    code = """
from marshmallow import Schema, fields

class TagSchema(Schema):
    id = fields.Int()
    name = fields.Str()

class ItemSchema(Schema):
    tag = fields.Nested(TagSchema, only=("id",))

PARTS = [ItemSchema(only=("tag.name",))]
"""
    assert not made(plan(code))
