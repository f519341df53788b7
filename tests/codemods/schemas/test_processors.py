"""`pre_load=` and `post_load=` of fields, beside Marshmallow's own."""

from collections.abc import Callable
from typing import Any

import pytest

SOURCE = """
def small(value):
    if value == "BAD":
        raise ValidationError("Too bad.")
    return value.lower()

def nothing(value):
    return None if value == "b" else value

class Subject(Schema):
    a = fields.Str(pre_load=small, post_load=lambda value: value + "!", validate=validate.Length(min=2))
    b = fields.Int(pre_load=[str, str.strip], post_load=(lambda value: value * 2, str), load_default=7)
    c = fields.List(fields.Str(post_load=str.title), post_load=tuple, required=True, error_messages={"null": "No null"})
    x = fields.Int(post_load=lambda value: [value], allow_none=True)
    n = fields.Str(pre_load=nothing)
"""


def test_functions_before_and_after(prove: Callable[..., Any]) -> None:
    prove(
        SOURCE,
        {"a": "ABC", "b": " 5 ", "c": ["ab", "c"], "x": 1},
        {"a": "A", "b": "x", "c": [1], "x": "y"},
        {"a": "BAD", "b": None, "c": None, "x": None},
        {"a": 5, "c": []},
        {"a": None, "n": "b", "c": ["a"]},
        keys="abcxn",
    )


@pytest.mark.parametrize(
    "field",
    [
        "fields.Raw(pre_load=str)",
        "fields.Str(pre_load=str, allow_none=True)",
        "fields.Str(pre_load=str, load_default=None)",
        "fields.Str(post_load=make())",
        "fields.Nested(Other, post_load=dict)",
    ],
)
def test_what_stays(plan: Callable[..., Any], field: str) -> None:
    source = "from marshmallow import Schema, fields\nclass Other(Schema):\n    b = fields.Int()\n"
    plans = plan(f"{source}class Subject(Schema):\n    a = {field}\n")
    assert [one.code for one in plans["Subject"].findings] == ["FM402"]
