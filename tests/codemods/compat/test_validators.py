"""The validators against Marshmallow's own: what they let pass and what they say."""

import decimal
import re
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError, validate
from pydantic import create_model

from codemods.compat import fields, validators
from codemods.compat.schema import Schema
from codemods.compat.schema_errors import InvalidError

PAIRS: dict[str, tuple[Any, Any]] = {
    f"{name} {arguments}": (getattr(validate, name)(**arguments), getattr(validators, ours)(**arguments))
    for name, ours, arguments in [
        ("Length", "Length", {"min": 2}),
        ("Length", "Length", {"max": 3}),
        ("Length", "Length", {"min": 1, "max": 3}),
        ("Length", "Length", {"equal": 2}),
        ("Length", "Length", {"min": 2, "error": "{input!r} is not {min} to {max}, {equal}"}),
        ("Range", "Range", {"min": 2}),
        ("Range", "Range", {"max": 2, "max_inclusive": False}),
        ("Range", "Range", {"min": 0, "max": 5, "min_inclusive": False}),
        ("Range", "Range", {"min": 0, "max": 5, "error": "{input} {min} {max}"}),
        ("Equal", "Equal", {"comparable": 2}),
        ("Equal", "Equal", {"comparable": "ab", "error": "{input} is not {other}"}),
        ("OneOf", "OneOf", {"choices": ["a", "b", 2]}),
        ("OneOf", "OneOf", {"choices": "abc", "labels": ["x", "y"], "error": "{input} {choices} {labels}"}),
        ("OneOf", "OneOf", {"choices": {1, 2}}),
        ("NoneOf", "NoneOf", {"iterable": ["a", 2]}),
        ("NoneOf", "NoneOf", {"iterable": {"a"}, "error": "{input} {values}"}),
        ("ContainsOnly", "ContainsOnly", {"choices": ["a", "b"]}),
        ("ContainsOnly", "ContainsOnly", {"choices": [1], "labels": ["one"], "error": "{input} {choices} {labels}"}),
        ("ContainsNoneOf", "ContainsNoneOf", {"iterable": ["a", 2]}),
        ("Regexp", "Regexp", {"regex": "[a-z]+$"}),
        ("Regexp", "Regexp", {"regex": re.compile("^A", re.I), "error": "{input} {regex}"}),
        ("Regexp", "Regexp", {"regex": "b", "flags": re.I}),
        ("Predicate", "Predicate", {"method": "isdigit"}),
        ("Predicate", "Predicate", {"method": "startswith", "error": "{input}.{method}"}),
        ("Email", "IsEmail", {}),
        ("Email", "IsEmail", {"error": "{input} is no address"}),
        ("URL", "IsURL", {}),
        ("URL", "IsURL", {"relative": True}),
        ("URL", "IsURL", {"relative": True, "absolute": False}),
        ("URL", "IsURL", {"require_tld": False, "schemes": ["HTTP", "file"]}),
    ]
}
TEXTS = st.text(max_size=6) | st.from_regex(r"[a-b2A]{0,4}\n?", fullmatch=True)
ADDRESSES = st.emails() | st.from_regex(
    r"((https?|ftp|file|x)://)?([a-z:@%.]{0,5}@)?[a-zö\-0-9\[\]:]{0,6}(\.[a-z\-]{1,4}){0,2}\.?(:\d+)?(/?|[/?#][ a-z]*)",
    fullmatch=True,
)
VALUES = TEXTS | ADDRESSES | st.integers(-3, 8) | st.decimals() | st.lists(TEXTS | st.integers(0, 3), max_size=4)


def outcome(check: Any, value: Any, error: type[Exception]) -> object:
    try:
        check(value)
    except error as refused:
        return refused.messages
    except Exception as other:
        return type(other)
    return None


@pytest.mark.parametrize("name", PAIRS)
@settings(max_examples=150, deadline=None)
@given(value=VALUES)
def test_says_what_the_original_says(name: str, value: Any):
    theirs, ours = PAIRS[name]
    if isinstance(value, str) or not name.startswith(("Email", "URL")):
        assert outcome(ours, value, InvalidError) == outcome(theirs, value, ValidationError)


@pytest.mark.parametrize(
    "value",
    [
        "file:///etc/passwd",
        "http://[::1]/",
        "http://1.2.3.4:99999",
        "HTTP://EXAMPLE.COM",
        "",
        "http://x.de\n",
        "a@[1.2.3.4]",
    ],
)
@pytest.mark.parametrize("name", [name for name in PAIRS if name.startswith(("URL", "Email"))])
def test_addresses_of_rare_forms(name: str, value: str):
    theirs, ours = PAIRS[name]
    assert outcome(ours, value, InvalidError) == outcome(theirs, value, ValidationError)


def test_all_hears_every_check_in_order():
    def two_problems(value: str) -> None:
        raise InvalidError(["First.", "Second."])

    def a_dictionary(value: str) -> None:
        raise InvalidError({"code": [1]})

    check = validators.All(validators.Length(min=3), two_problems, a_dictionary, validators.Regexp("x"))
    assert outcome(check, "x", InvalidError) == ["Shorter than minimum length 3.", "First.", "Second.", {"code": [1]}]


def test_a_function_that_returns_false_refuses_where_that_counts():
    odd = validators.NotFalse(lambda value: value % 2 == 1, "Odd, please.")
    assert outcome(odd, 2, InvalidError) == ["Odd, please."]
    assert outcome(odd, 3, InvalidError) is None


def test_none_is_not_validated_where_it_is_allowed():
    model = create_model("Model", __base__=Schema, x=(Annotated[fields.Str, validators.Length(min=2)] | None, ...))
    assert model.load({"x": None}).to_dict() == {"x": None}
    assert model.problems({"x": "a"}) == {"x": ["Shorter than minimum length 2."]}


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (Annotated[fields.Str, validators.Length(min=2, max=3)], {"type": "string", "minLength": 2, "maxLength": 3}),
        (Annotated[list[fields.Int], validators.Length(equal=2)], {"minItems": 2, "maxItems": 2}),
        (
            Annotated[fields.Int, validators.Range(min=1, max=2, max_inclusive=False)],
            {"minimum": 1, "exclusiveMaximum": 2},
        ),
        (Annotated[fields.Str, validators.OneOf(["a", "b"])], {"enum": ["a", "b"]}),
        (Annotated[fields.Str, validators.Regexp("ab")], {"pattern": "^(?:ab)"}),
        (Annotated[fields.Str, validators.All(validators.Length(min=1), len)], {"minLength": 1}),
        (fields.Email, {"type": "string", "format": "email"}),
        (Annotated[fields.Raw, validators.Range(min=decimal.Decimal(1))], {}),
    ],
)
def test_constraints_show_in_the_json_schema(annotation: Any, expected: dict[str, Any]):
    shown = create_model("Model", __base__=Schema, x=(annotation, ...)).model_json_schema()["properties"]["x"]
    assert expected.items() <= shown.items()
    assert "minLength" not in shown or shown["type"] == "string"
