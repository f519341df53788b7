"""Validators that a call makes: partial functions, and functions that return a check."""

import pytest

MADE = """
import functools

def at_most(value, limit):
    if value > limit:
        raise ValidationError({"limit": [f"At most {limit}."]})

def short(limit, value, *, at_least=0):
    return at_least <= len(str(value)) <= limit

def longer_than(length, *, text="Too short"):
    '''Texts and lists of some length.'''

    def check(value):
        if len(str(value)) <= length:
            raise ValidationError(f"{text}: {length}.")
    return check

def other_than(*refused):
    return lambda value: value not in refused

def once(seen):
    def check(value):
        seen.append(value)
    return check

def counted():
    count = 0
    def check(value):
        nonlocal count
        count += 1
    return check

def logged(function):
    return function

@logged
def decorated():
    def check(value):
        raise ValidationError("x")
    return check
"""


def test_validators_that_calls_make(prove):
    both = prove(
        MADE
        + """
class Subject(Schema):
    a = fields.Int(validate=functools.partial(at_most, limit=5))
    b = fields.Str(validate=validate.And(validate.Length(min=2), longer_than(3), functools.partial(short, 5)))
    c = fields.List(fields.Int(validate=other_than(1, 2)), validate=[longer_than(7, text="Few")])
""",
        {"a": 6, "b": "abc", "c": [1, 2]},
        {"a": 5, "b": "abcd", "c": [1, 3, 4]},
        {"a": "7", "b": "a", "c": [3]},
    )
    assert "validate" not in both.text
    assert "    def check(value: Any) -> None:" in both.text


@pytest.mark.parametrize(
    "made",
    [
        "once([])",
        "counted()",
        "decorated()",
        "logged(longer_than(3))",
        "longer_than(*[3])",
        "functools.partial(validate=longer_than)",
        "functools.partial(longer_than(3))",
    ],
)
def test_calls_that_do_more_than_make_a_check_stay(plan, made: str):
    source = f"from marshmallow import Schema, ValidationError, fields\n{MADE}\n"
    source += f"class Subject(Schema):\n    a = fields.Raw(validate={made})\n"
    assert [one.code for one in plan(source)["Subject"].findings_on("load")] == ["FM410"]


def test_validators_that_variables_hold(prove):
    both = prove(
        """
SHORT = validate.Length(max=2, error="Short.")
NAMES = [SHORT, validate.OneOf(["a", "ab", "abc"])]

class Subject(Schema):
    a = fields.Str(validate=SHORT)
    b = fields.Str(validate=NAMES)
    c = fields.List(fields.Str(validate=[SHORT, lambda value: None]), validate=SHORT)
""",
        {"a": "abc", "b": "abc", "c": ["abc", "a", "b"]},
        {"a": "ab", "b": "x", "c": ["a"]},
    )
    assert 'a: Annotated[Str, Length(max=2, error="Short.")]' in both.text.replace("'", '"')


def test_validators_that_are_added_later_stay(plan):
    source = "from marshmallow import Schema, fields, validate\nMANY = [validate.Length(max=2)]\n"
    source += "MANY.append(validate.Length(min=1))\nclass Subject(Schema):\n    a = fields.Str(validate=MANY)\n"
    assert [one.code for one in plan(source)["Subject"].findings_on("load")] == ["FM410"]
