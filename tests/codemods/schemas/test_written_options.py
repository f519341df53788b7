"""Fields whose options stand in a dictionary, and fields that partial functions make."""

from dataclasses import replace

import pytest

from codemods.schemas import analyse

OPTIONS = """
import functools
from marshmallow import Schema, fields, validate

FILLED = {"required": True}
OTHER = dict(load_default="x")
CHANGED = {"required": True}
CHANGED["allow_none"] = True
TWICE = {"required": True}
TWICE = {"required": False}
COMPUTED = {name: True for name in ("required",)}
KEYED = {"required": True, 1: 2}
NUMBERED = {"not a name": True}
Key = functools.partial(fields.Int, strict=True)
Any = functools.partial(Key)
Changing = functools.partial(fields.Str, **CHANGED)

def options():
    return {"required": True}

def made(FILLED, **kwargs):
    return fields.Str(**FILLED, **kwargs)
"""


@pytest.mark.parametrize(
    "written",
    [
        "fields.Str(**CHANGED)",
        "fields.Str(**TWICE)",
        "fields.Str(**COMPUTED)",
        "fields.Str(**KEYED)",
        "fields.Str(**NUMBERED)",
        "fields.Str(**options())",
        "fields.Str(required=False, **FILLED)",
        "fields.Str(**FILLED, **FILLED)",
        "fields.Str(*FILLED)",
        "fields.Str(**FILLED['more'])",
        "fields.Str(**unknown)",
        "Changing()",
        "made({})",
        "Key(*FILLED)",
        "Key.func()",
        "Unknown()",
    ],
)
def test_options_that_cannot_be_followed(plan, written: str) -> None:
    source = f"{OPTIONS}\nclass Subject(Schema):\n    a = {written}\n"
    assert not plan(source)["Subject"].converts


def test_options_of_the_class_itself_stay(plan) -> None:
    source = f"{OPTIONS}\nclass Subject(Schema):\n    FILLED = {{'allow_none': True}}\n    a = fields.Str(**FILLED)\n"
    assert not plan(source)["Subject"].converts


@pytest.mark.parametrize("changed", ["FILLED", "Key.keywords"])
def test_what_code_may_change_stays(facts_of, changed: str) -> None:
    source = f"{OPTIONS}\nclass Subject(Schema):\n    a = Key(**FILLED)\n"
    project, sources, plans = facts_of(source)
    assert plans["app.Subject"].converts
    module = replace(project.modules["app"], changes=frozenset({f"app.{changed}"}))
    project = replace(project, modules={"app": module})
    assert not analyse(project, sources)["app.Subject"].converts


def test_options_in_dictionaries(prove) -> None:
    both = prove(
        """
SAID = {"required": "Give it.", "null": "No null."}
FILLED = {"required": True, "error_messages": {**SAID, "null": "No."}}
SHORT = dict(
    FILLED,
    validate=[validate.Length(max=3), validate.Regexp("^[a-z]")],  # as the column
)
EVEN = {**FILLED, "required": False} | {"allow_none": True, "load_default": 4}
RANGE = {"min": 1, "max": 5}

class Item(Schema):
    size = fields.Int(**FILLED)
    name = fields.Str(allow_none=False, error_messages={**SAID, "null": "Empty."})

class Subject(Schema):
    a = fields.Str(**SHORT)
    b = fields.Int(**EVEN, validate=validate.Range(**RANGE), data_key="B")
    c = fields.List(fields.Str(**{"validate": validate.Length(min=2)}), **FILLED)
    x = fields.Nested(Item, **{"many": True})
""",
        {"a": "abc", "B": 3, "c": ["ab"], "x": [{"size": 1}]},
        {"a": "1bcd", "B": 6, "c": ["a"], "x": [{"size": None, "name": None}]},
        {"a": None, "B": None, "c": None, "x": [{}]},
        {"c": []},
        keys=("a", "B", "c", "x"),
    )
    assert "SHORT" not in both.text
    assert "**" not in both.text


def test_partial_functions(prove) -> None:
    both = prove(
        """
from functools import partial

LIMITS = {"validate": validate.Range(max=5)}
Filled = functools.partial(fields.String, required=True, validate=validate.Length(max=3))
Numbers = partial(fields.List, fields.Int(strict=True), **LIMITS | {"validate": validate.Length(max=2)})
Chosen = partial(Filled, allow_none=True, required=False)

def text(longest, **kwargs):
    return fields.String(validate=validate.Length(max=longest), **kwargs)

Short = partial(text, 2)

class Subject(Schema):
    a = Filled()
    b = Chosen(data_key="B")
    c = Numbers(required=True)
    x = fields.List(Short(allow_none=True))
""",
        {"a": "abc", "B": "abc", "c": [1, 2], "x": ["abcd"]},
        {"a": "abcd", "B": "abcd", "c": [1, 2, 3], "x": [1]},
        {"B": None, "c": ["1"]},
        keys=("a", "B", "c", "x"),
    )
    assert "partial" not in both.text


def test_functions_that_hand_on_dictionaries(prove) -> None:
    prove(
        """
FILLED = {"allow_none": True}

def name(longest=3, **kwargs):
    kwargs.setdefault("required", True)
    kwargs.setdefault("required", False)
    return fields.String(validate=validate.Length(max=longest), **FILLED, **kwargs)

def count(**options):
    return fields.Integer(**{**FILLED, "required": True, **options})

Short = functools.partial(name, 2, required=False)

class Subject(Schema):
    a = name()
    b = name(5, required=False)
    c = count(allow_none=False)
    x = Short()
""",
        {"a": "abc", "b": "abcde", "c": 1, "x": "ab"},
        {"a": "abcd", "b": "abcdef", "c": None, "x": "abc"},
        {"a": None, "b": None, "x": None},
        {},
    )


def test_options_of_another_module(plan) -> None:
    common = """
import functools
from marshmallow import fields, validate as checks

LONGEST = 8
FILLED = {"required": True, "validate": checks.Length(max=LONGEST)}
Label = functools.partial(fields.Str, **FILLED)

def text(longest=LONGEST, **kwargs):
    kwargs.setdefault("validate", [checks.Length(max=longest)])
    return fields.Str(**kwargs)
"""
    source = (
        "from common import FILLED, Label, text\nfrom marshmallow import Schema, fields\n{}class Subject(Schema):\n"
    )
    fields = "    a = fields.Str(**FILLED)\n    b = Label(data_key='B')\n    c = text(required=True)\n"
    found = plan(source.format("") + fields, common=common)["Subject"]
    assert found.converts, found.findings
    assert [one.annotation for one in found.fields] == [("Annotated[", "Str", ", Length(max=LONGEST)]")] * 3
    assert found.uses == {"LONGEST": "common.LONGEST"}
    assert not plan(source.format("LONGEST = 3\n") + fields, common=common)["Subject"].converts
