"""Functions in the body of a schema class that check values of its fields, and code that reads values of objects."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

SOURCE = """
from marshmallow import Schema, ValidationError, fields, validate

NAMES = {{"a": 1}}

class TagSchema(Schema):
    {static}
    def known(value) -> bool:
        if value not in NAMES:
            raise ValidationError(f"{{value}} is no tag.")

    def _short(value):
        # Longer ones do not fit.
        return len(value) < 3

    name = fields.Str(validate=known)
    names = fields.List(fields.Str(validate=[known, _short, validate.Length(max=4)]))

class NoteSchema(Schema):
    def known(value):
        raise ValidationError("Never.")

    text = fields.Str(validate=known)
"""


@pytest.mark.parametrize("static", ["pass", "@staticmethod"])
def test_functions_that_check_move_out_of_the_class(convert: Callable[[str], Any], static: str) -> None:
    both = convert(SOURCE.format(static=static))
    both.assert_alike("TagSchema", {"name": "a"}, {"name": "b", "names": ["a", "abcde", 1]}, {"name": None}, {})
    both.assert_alike("NoteSchema", {"text": "a"}, {})
    assert "def tag_known(value: Any) -> bool:" in both.text
    assert "def note_known(value: Any)" in both.text
    assert "    def " not in both.text


@pytest.mark.parametrize(
    "change",
    [
        ("NAMES = {{", "def tag_known(value):\n    pass\n\nNAMES = {{"),
        ("    name = fields", "    def check(self, data):\n        self.known(data)\n\n    name = fields"),
    ],
)
def test_a_function_that_is_more_stays(plan: Any, change: tuple[str, str]) -> None:
    found = plan(SOURCE.replace(*change).format(static="pass"))["TagSchema"]
    assert found.load_findings


def test_what_does_not_convert_keeps_what_is_loaded_only(plan: Any) -> None:
    found = plan(SOURCE.format(static="pass").replace("NAMES:", "fields.NAMES:"))["TagSchema"]
    assert not found.findings
    assert {one.diagnostic.code for one in found.load_findings} == {"FM406"}


def test_values_are_read_from_objects_as_marshmallow_reads_them(convert: Callable[[str], Any]) -> None:
    both = convert("""
from marshmallow import Schema, fields, utils
from marshmallow.utils import get_value

class UserSchema(Schema):
    name = fields.Str()
    age = fields.Int(attribute="born.age")

    def get_attribute(self, obj, key, default):
        if key == "name":
            return utils.get_value(obj, "names.first", default=default)
        return get_value(obj, key, default)
""")
    users = ({"names": {"first": "Ann"}}, SimpleNamespace(names=["x"], born=SimpleNamespace(age=3)), {}, None)
    old, new = both.old.UserSchema(), both.new.User
    for user in users:
        assert new.dump(user) == old.dump(user)
