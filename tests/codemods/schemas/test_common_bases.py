"""What several classes of one schema have alike stands once, in a base class."""

from collections.abc import Callable
from typing import Any

SOURCE = """
from marshmallow import Schema, ValidationError, fields, post_dump, post_load, validates

class PetSchema(Schema):
    id = fields.Int()
    name = fields.Str()
    age = fields.Int()

    def get_attribute(self, obj, attr, default):
        found = super().get_attribute(obj, attr, default)
        return found.upper() if attr == "name" else found

class OwnerSchema(Schema):
    name = fields.Str(required=True)
    age = fields.Int()

    @validates("name")
    def not_bob(self, value, **kwargs):
        if value == "Bob":
            raise ValidationError("Not Bob.")

class HomeBase(Schema):
    zip = fields.Str()

class HomeSchema(Schema):
    street = fields.Str()
    town = fields.Str()

    @post_dump
    def marked(self, data, **kwargs):
        return {**data, "is_home": True}

class Subject(Schema):
    pet = fields.Nested(PetSchema, only=("name",))
    old = fields.Nested(PetSchema(only=("name", "age")))
    owner = fields.Nested(OwnerSchema, only=("name",))
    other = fields.Nested(OwnerSchema(exclude=("age",)), dump_only=True)
    home = fields.Nested(HomeSchema, only=("town",))
    work = fields.Nested(HomeSchema, only=("street",))
"""
FULL = {"id": 1, "name": "rex", "age": 3, "street": "s", "town": "t"}


def test_methods_that_parts_have_alike_stand_once(convert: Callable[..., Any]) -> None:
    both = convert(SOURCE)
    text = both.text
    assert text.count("def get_attribute(") == text.count("def marked(") == 1
    assert "class PetBase(Schema):" in text
    assert "class HomeMethods(Schema):" in text
    assert text.count("(PetBase):") == 3
    assert "OwnerBase" not in text  # what checks a field stands where the field is
    for given in (FULL, {}, {"name": "Bob"}, None, 1):
        one = dict.fromkeys(("pet", "old", "owner", "other", "home", "work"), given)
        before, after = both.dump("Subject", one)
        assert before == after
        both.assert_alike("Subject", one, {"pet": {"name": "rex"}, "home": {"town": "t"}, "owner": {"name": "Bob"}})


FAMILY = """
import json
from marshmallow import Schema, fields, validate

class TagSchema(Schema):
    id = fields.Int()
    name = fields.Str()

class UserSchema(Schema):
    id = fields.Int()
    name = fields.Str(validate=validate.Length(max=5))
    town = fields.Str()
    zip = fields.Str()
    mail = fields.Str()
    tag = fields.Nested(TagSchema)

class Subject(Schema):
    short = fields.Nested(UserSchema, only=("id", "name", "town", "zip"))
    long = fields.Nested(UserSchema, exclude=("tag",))
    other = fields.Nested(UserSchema(exclude=("town",)))
    whole = fields.Nested(UserSchema)
    near = fields.Nested(UserSchema, exclude=("tag.id",))
"""
DATA = {"id": 1, "name": "Ann", "town": "Bonn", "zip": "1", "mail": "m", "tag": {"id": 1, "name": "t"}}


def test_fields_that_parts_have_alike_stand_once(convert: Callable[..., Any]) -> None:
    both = convert(FAMILY)
    assert "class UserBase(Schema):" in both.text
    assert both.text.count("zip: Str") == 2  # of the base class, and of the part without a town
    assert "(User):" in both.text or "(UserOut):" in both.text  # the part that nests another part
    for given in (DATA, {}, {"id": 1, "name": "Annabel"}, {**DATA, "more": 1}, {**DATA, "tag": {"name": 1}}, None):
        one = dict.fromkeys(("short", "long", "other", "whole", "near"), given)
        before, after = both.dump("Subject", one)
        assert before == after
        both.assert_alike("Subject", one, {"short": {"id": 1}, "near": {"id": 1, "tag": {"name": "t"}}})


def test_where_clients_see_the_order_it_stays(convert: Callable[..., Any]) -> None:
    both = convert(FAMILY + "\n\ndef shown(value):\n    return Subject().dumps(value)\n")
    one = dict.fromkeys(("short", "long", "other", "whole", "near"), DATA)
    before, after = both.dump("Subject", one)
    assert str(before) == str(after)
    assert list(before[1]["other"]) == ["id", "name", "zip", "mail", "tag"]


def test_few_fields_are_no_base(convert: Callable[..., Any]) -> None:
    few = FAMILY.replace('only=("id", "name", "town", "zip")', 'only=("id", "name")').replace(
        'exclude=("tag",)', 'only=("id", "zip")'
    )
    assert "UserBase" not in convert(few.replace('UserSchema(exclude=("town",))', "TagSchema")).text
