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
