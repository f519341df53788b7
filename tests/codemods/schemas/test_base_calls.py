"""Hooks and methods that call that of the base class."""

import pytest

BASE = """
class Base(Schema):
    a = fields.Str()
    shown = fields.Method("get_shown")

    def get_shown(self, source):
        return source["a"].upper()

    @pre_load
    def clean(self, data, **kwargs):
        return {key: value for key, value in data.items() if value != ""} if isinstance(data, dict) else data

    @pre_dump
    def known(self, data, many, **kwargs):
        return {**data, "many": many}

    @post_dump
    def wrap(self, data, **kwargs):
        return {**data, "base": True}

    @validates("a")
    def short(self, value, data_key):
        if len(value) > 3:
            raise ValidationError(f"{data_key} is too long.")

    @validates_schema
    def apart(self, data, **kwargs):
        if data.get("a") == data.get("b"):
            raise ValidationError("a is b.", "a")

    @validates_schema(pass_original=True)
    def seen(self, data, original, **kwargs):
        if "seen" in original:
            raise ValidationError("Seen.")

    @post_load
    def made(self, data, **kwargs):
        return dict(data, made=1)
"""
NAMES = "Schema, ValidationError, fields, post_dump, post_load, pre_dump, pre_load, validates, validates_schema"
IMPORTS = f"from marshmallow import {NAMES}\n"


@pytest.mark.parametrize(
    "method",
    [
        "@pre_load\n    def clean(self, data, **kwargs):\n        return super().clean(data, many=True)",
        "@pre_load\n    def clean(self, data, **kwargs):\n        return super().clean(data, kwargs)",
        "@pre_load\n    def clean(self, data, **kwargs):\n        return super().known(data, **kwargs)",
        "@pre_load\n    def clean(self, data, **kwargs):\n        return super(Base, self).clean(data, **kwargs)",
        "@pre_load\n    def clean(self, data, **kwargs):\n        return super().unknown(data, **kwargs)",
        "@pre_load\n    def clean(self, data, **kwargs):\n        hook = super().clean\n        return hook(data)",
        "@pre_dump\n    def known(self, data, **kwargs):\n        return super().known(data, **kwargs)",
        "@pre_dump\n    def wrap(self, data, **kwargs):\n        return super().wrap(data, **kwargs)",
        "@validates('a')\n    def short(self, value, data_key):\n        super().short(value, 'b')",
        "@post_load\n    def made(self, data, **kwargs):\n        return super().made(dict(data), **kwargs)",
        "@post_load\n    def made(self, data, **kwargs):\n        return super().made(data, **kwargs) or data",
        "@post_load\n    def made(self, data, **kwargs):\n        data = 1\n        return super().made(data)",
        "@post_load\n    def made(self, data, **kwargs):\n        return [super().made(data), super().made(data)]",
        "@validates_schema\n    def apart(self, data, **kwargs):\n        super().apart({}, **kwargs)",
        "@validates_schema\n    def apart(self, data, **kwargs):\n        data = 1\n        super().apart(data)",
        "@validates_schema(pass_original=True)\n    def seen(self, data, original, **kwargs):\n"
        "        super().seen(data, original, **kwargs)",
        "def get_shown(self, source, *rest):\n        return super().get_shown(source, *rest)",
    ],
)
def test_calls_that_stay(plan, method: str) -> None:
    found = plan(f"{IMPORTS}{BASE}\nclass Subject(Base):\n    b = fields.Str()\n\n    {method}\n")
    assert found["Base"].converts
    assert found["Subject"].findings or found["Subject"].load_findings


def test_hooks_and_methods(prove) -> None:
    both = prove(
        f"""{BASE.partition("    @validates_schema")[0]}
class Middle(Base):
    x = fields.Int()

class Subject(Middle):
    b = fields.Int()
    many = fields.Raw(dump_only=True)

    def get_shown(self, source):
        return super().get_shown(source) + "!"

    @pre_load
    def clean(self, data, **kwargs):
        found = super().clean(data, **kwargs)
        return {{**found, "b": found.get("b", 1)}} if isinstance(found, dict) else found

    @pre_dump
    def known(self, data, many, **kwargs):
        return {{**super().known(data, many=many, **kwargs), "x": 7}}

    @post_dump
    def wrap(self, data, **kwargs):
        return {{"data": super().wrap(data, **kwargs)}}

    @validates("a")
    def short(self, value, data_key):
        super().short(value, data_key)
        if value == "no":
            raise ValidationError("No.")
""",
        {"a": "abc", "b": "", "x": 1},
        {"a": "abcd", "b": 2},
        {"a": "no", "b": "x"},
        {"a": ""},
    )
    for written in ("super().clean(data)", "super().known(data, many=many)", "super().short(value, data_key)"):
        assert written in both.text


MAKING = """
class Base(Schema):
    a = fields.Str()
    b = fields.Str(load_default="x")

    @validates_schema
    def apart(self, data, many, **kwargs):
        if data.get("a") == data["b"]:
            raise ValidationError("a is b.", "many" if many else "a")

    @post_load
    def made(self, data, **kwargs):
        return dict(data, made=data.pop("a", 1))


class Subject(Base):
    c = fields.Int()

    @validates_schema(skip_on_field_errors=False)
    def apart(self, data, many, **kwargs):
        if data.get("a") == "c":
            raise ValidationError("c.", "c")
        if "b" in data:
            super().apart(data, many=many, **kwargs)

    @post_load
    def made(self, data, **kwargs):
        found = super().made(data, **kwargs)
        found["more"] = len(found)
        return found
"""


def test_hooks_on_loaded_data(prove) -> None:
    both = prove(
        MAKING,
        {"a": "x"},
        {"a": "x", "b": "x", "c": "y"},
        {"a": "c", "c": "y"},
        {"a": 1},
        {"b": "z"},
        {"a": "q", "c": 2},
    )
    assert "found = super().made()\n" in both.text
    assert "super().apart(many=many)" in both.text


@pytest.mark.parametrize(
    ("other", "converts"),
    [
        ("@pre_load\n    def clean(self, data, **kwargs):\n        return data", True),
        ("@pre_load\n    def clean(self, data, many, **kwargs):\n        return data if many else {}", False),
        ("@pre_dump\n    def clean(self, data, **kwargs):\n        return data", False),
        ("def clean(self, data):\n        return data", False),
    ],
)
def test_several_bases(plan, other: str, converts: bool) -> None:
    source = f"{IMPORTS}{BASE}\nclass Other(Schema):\n    b = fields.Str()\n\n    {other}\n\n"
    source += "class Subject(Base, Other):\n    @pre_load\n    def clean(self, data, **kwargs):\n"
    found = plan(f"{source}        return super().clean(data, **kwargs)\n")["Subject"]
    assert (not found.findings and not found.load_findings) is converts


def test_parts_whose_methods_call_those_of_a_base_class(plan) -> None:
    source = f"{IMPORTS}{BASE}\nclass Subject(Base):\n    b = fields.Str()\n\n    @pre_load\n"
    source += "    def clean(self, data, **kwargs):\n        return super().clean(data, **kwargs)\n\n"
    more = "class Other(Schema):\n    one = fields.Nested(Subject(only=('b',)))\n"
    (finding,) = plan(source + more)["Other"].findings
    assert "'clean' calls that of a base class" in finding.detail
    (finding,) = plan(source + "    class Meta:\n        fields = ('b',)\n")["Subject"].findings
    assert "'clean' calls that of a base class" in finding.detail


def test_such_a_schema_is_never_idiomatic(plans_in_style) -> None:
    source = f"{IMPORTS}{BASE}\nclass Subject(Base):\n    b = fields.Str()\n\n    @pre_load\n"
    source += "    def clean(self, data, **kwargs):\n        return super().clean(data, **kwargs)\n"
    assert not plans_in_style(source)["Subject"].is_idiomatic
