"""Each construct of a schema, converted: the new classes load, dump and complain as the old ones did."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 20) | st.floats(-5, 20) | st.text("ab1 @.", max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcx"), inner, max_size=3),
    max_leaves=6,
)


def objects(*keys: str) -> st.SearchStrategy[object]:
    """JSON that is mostly an object with some of these keys."""
    return st.dictionaries(st.sampled_from([*keys, "other"]), JSON, max_size=len(keys) + 1) | JSON


FUZZ = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

#: a module for each construct, with the keys that its first schema knows
CONSTRUCTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "required, null and defaults": (
        """
class Subject(Schema):
    a = fields.Str(required=True)
    b = fields.Int(allow_none=True)
    c = fields.Int(load_default=None)
    x = fields.List(fields.Str(), load_default=list)
""",
        ("a", "b", "c", "x"),
    ),
    "nested schemas that stand for others": (
        """
from marshmallow_oneofschema import OneOfSchema

class A(Schema):
    a = fields.Int(required=True)
    x = fields.Str(load_default="none")

    @post_load
    def make(self, data, **kwargs):
        return sorted(data)

class B(Schema):
    b = fields.Int(dump_only=True)
    c = fields.Nested(lambda: Either())

class Either(OneOfSchema):
    type_field = "x"
    type_field_remove = False
    type_schemas = {"a": A, "ab": B, 1: B}

    class Meta:
        unknown = EXCLUDE

    def get_obj_type(self, obj):
        return obj.get("x") if isinstance(obj, dict) else super().get_obj_type(obj)

class Subject(Schema):
    a = fields.Nested(Either)
    b = fields.Nested(Either, many=True)
    c = fields.List(fields.Nested(Either, unknown=INCLUDE), required=True)
""",
        ("a", "b", "c", "x"),
    ),
    "defaults of both sides": (
        """
class Subject(Schema):
    a = fields.Int(load_default=1, dump_default=0)
    b = fields.Int(load_default=2, dump_default=2)
    c = fields.Int(load_default="not an int")
    x = fields.Str(dump_default=lambda: "made")
""",
        ("a", "b", "c", "x"),
    ),
    "required and null": ("class Subject(Schema):\n    a = fields.Str(required=True, allow_none=True)\n", ("a",)),
    "dump_only and load_only": (
        """
class Subject(Schema):
    class Meta:
        load_only = ("c",)

    a = fields.Int(dump_only=True)
    b = fields.Str(required=True)
    c = fields.Str()
    x = fields.Str(dump_only=True, dump_default="today")
""",
        ("a", "b", "c", "x"),
    ),
    "data_key and attribute": (
        """
class Subject(Schema):
    first = fields.Str(data_key="a", required=True)
    b = fields.Int(attribute="second")
    third = fields.Int(data_key="c \\"d\\"", attribute="other_third", load_default=3)
""",
        ("a", "b", "c", "first", "second"),
    ),
    "unknown keys are dropped": (
        """
class Subject(Schema):
    class Meta:
        unknown = EXCLUDE
        ordered = True

    a = fields.Int()
""",
        ("a", "b"),
    ),
    "unknown keys are kept": (
        """
class Subject(Schema):
    class Meta:
        unknown = "include"

    first = fields.Int(data_key="a")
""",
        ("a", "first"),
    ),
    "nested": (
        """
class Inner(Schema):
    a = fields.Int(required=True)
    b = fields.Str(load_default="b")

class Subject(Schema):
    a = fields.Nested(Inner, required=True)
    b = fields.Nested(lambda: Inner(), allow_none=True)
    c = fields.Nested("Inner", many=True)
    x = fields.List(fields.Nested(Inner()))
""",
        ("a", "b", "c", "x"),
    ),
    "rules for unknown keys where a schema is nested": (
        """
class Inner(Schema):
    a = fields.Int()
    b = fields.Nested(lambda: Inner(only=("a",)))

class Subject(Schema):
    a = fields.Nested(Inner, unknown=EXCLUDE, allow_none=True)
    b = fields.Nested(Inner, many=True, unknown=INCLUDE)
    c = fields.Nested(lambda: Inner(unknown="include"), required=True)
    x = fields.List(fields.Nested(Inner, unknown="exclude"))
""",
        ("a", "b", "c", "x"),
    ),
    "a part of a nested schema": (
        """
class Inner(Schema):
    \"\"\"What is inside.\"\"\"

    a = fields.Int(required=True)
    b = fields.Str(load_default="b")
    c = fields.Nested(lambda: Inner(exclude=("c", "x")))
    x = fields.Method("get_x")

    def get_x(self, data):
        return 1

    @validates("a", "b")
    def not_three(self, value, data_key):
        if value in (3, "b1"):
            raise ValidationError(f"{data_key}?")

class Subject(Schema):
    a = fields.Nested(Inner, only=("a",))
    b = fields.Nested(lambda: Inner(only=("b", "c.a")))
    c = fields.Nested("Inner", exclude=["b", "c"], many=True)
    x = fields.List(fields.Nested(Inner(only=("x", "b")), dump_only=True))
""",
        ("a", "b", "c", "x"),
    ),
    "a part of a schema that inherits": (
        """
class Mixed(Schema):
    keep = ("c",)

    @pre_load
    def strip(self, data, **kwargs):
        if not isinstance(data, dict):
            return data
        strips = {key for key, value in data.items() if isinstance(value, str) and key not in self.keep}
        return {key: value.strip() if key in strips else value for key, value in data.items()}

class Base(Mixed):
    class Meta:
        unknown = EXCLUDE

    a = fields.Str(required=True)
    b = fields.Int()

class Inner(Base):
    c = fields.Str(load_only=True)

    @post_dump
    def count(self, data, **kwargs):
        return {**data, "n": len(data)}

class Last(Inner):
    d = fields.Int()

class Subject(Schema):
    a = fields.Nested(Inner, only=("a", "c"))
    x = fields.Nested(Last, only=("a", "d"))
    b = fields.Nested(Inner, exclude=("b",), many=True)
    c = fields.Nested(Inner, exclude=("c",))
""",
        ("a", "b", "c", "x"),
    ),
    "values of the class": (
        """
class Base(Schema):
    #: what is kept
    words = ("a", "b")
    limits = {"low": 1}
    pattern = re.compile("^a")

    @pre_load
    def only_known(self, data, **kwargs):
        return {key: value for key, value in data.items() if key in self.words} if isinstance(data, dict) else data

class Subject(Base):
    words = ["a", "c"]

    a = fields.Str()
    c = fields.Int()

    @validates("c")
    def low(self, value, data_key):
        if value < self.limits["low"]:
            raise ValidationError("Low.")

    @validates_schema
    def begins(self, data, **kwargs):
        if "a" in data and not self.pattern.match(data["a"]):
            raise ValidationError("Begins otherwise.", "a")
""",
        ("a", "b", "c"),
    ),
    "nested with other rules for unknown keys": (
        """
class Inner(Schema):
    class Meta:
        unknown = EXCLUDE
    a = fields.Int()

class Subject(Schema):
    a = fields.Nested(Inner)
    b = fields.Nested(Inner, many=True, validate=validate.Length(max=2))
""",
        ("a", "b"),
    ),
    "a schema that holds itself": (
        """
class Subject(Schema):
    a = fields.Int(required=True)
    b = fields.Nested(lambda: Subject())
    c = fields.List(fields.Nested("Subject"), allow_none=True)
""",
        ("a", "b", "c"),
    ),
    "schemas that hold each other": (
        """
class Subject(Schema):
    a = fields.Nested("Other")
    b = fields.Int(load_default=1)

class Other(Schema):
    a = fields.Nested(Subject)
    c = fields.Int()
""",
        ("a", "b"),
    ),
    "lists, dictionaries and tuples": (
        """
class Inner(Schema):
    a = fields.Int(required=True)

class Subject(Schema):
    a = fields.List(fields.Int(validate=validate.Range(max=3)), validate=validate.Length(max=2))
    b = fields.Dict(keys=fields.Str(validate=validate.Length(max=1)), values=fields.Int())
    c = fields.Dict(values=fields.Nested(Inner))
    x = fields.Tuple((fields.Int(), fields.List(fields.Str)))
""",
        ("a", "b", "c", "x"),
    ),
    "validators": (
        """
def no_digits(value):
    if any(one.isdigit() for one in value):
        raise ValidationError("No digits please.")

def two(value):
    if value.startswith("a"):
        raise ValidationError(["First.", "Second."])

class Subject(Schema):
    a = fields.Str(validate=[validate.Length(min=3), no_digits, validate.Regexp("^b")])
    b = fields.Int(validate=lambda n: n % 2 == 0)
    c = fields.Str(validate=two, allow_none=True)
    x = fields.Str(validate=validate.And(validate.Length(max=2), validate.OneOf(["a", "b"])))
""",
        ("a", "b", "c", "x"),
    ),
    "addresses": (
        """
class Subject(Schema):
    a = fields.Email(required=True)
    b = fields.Email(validate=[validate.Length(max=4), validate.Regexp("b")])
    c = fields.Url(require_tld=False, schemes={"http"})
    x = fields.Email(error_messages={"invalid": "No address.", "null": "No null."})
""",
        ("a", "b", "c", "x"),
    ),
    "texts": (
        """
class Subject(Schema):
    error_messages = {"unknown": "Not here.", "type": "Send an object."}

    a = fields.Str(required=True, error_messages={"required": "Needed.", "invalid": "No text.", "null": {"code": 1}})
    b = fields.Int(error_messages={"invalid": "{input!r}, no number"}, validate=validate.Range(max=3, error="{input}?"))
    c = fields.List(fields.Bool(error_messages={"null": "No null."}), error_messages={"invalid": "No list."})
    x = fields.Nested("Inner", required=True, error_messages={"required": {"code": 2}, "null": "Not null."})

class Inner(Schema):
    error_messages = {"type": "Inner object."}
    a = fields.Int()
""",
        ("a", "b", "c", "x"),
    ),
    "inheritance": (
        """
class Base(Schema):
    class Meta:
        unknown = INCLUDE
    a = fields.Int(required=True)
    b = fields.Str()

class Middle(Base):
    b = fields.Int(load_default=5)

class Subject(Middle):
    class Meta(Base.Meta):
        dump_only = ["c"]
    c = fields.Str()
    x = fields.Str()
""",
        ("a", "b", "c", "x"),
    ),
    "options that are not inherited": (
        """
class Base(Schema):
    class Meta:
        unknown = EXCLUDE
    a = fields.Int()

class Subject(Base):
    class Meta:
        ordered = True
    b = fields.Int()
""",
        ("a", "b"),
    ),
    "checks of single fields": (
        """
TAKEN = ("a", "b")

class Subject(Schema):
    first = fields.Str(required=True, data_key="a", validate=validate.Length(max=2))
    b = fields.Int(allow_none=True)
    c = fields.Int(load_default=-1)

    @validates("first")
    def check_free(self, value, **kwargs):
        if value in TAKEN:
            raise ValidationError("Taken.")

    @validates("b", "c")
    def z_positive(self, value, data_key):
        if value is not None and value < 0:
            raise ValidationError(f"{data_key} is negative.")

    @validates("b")
    def all_right(self, value, **kwargs):
        if value is not None and value < -2:
            raise ValidationError({"code": value})
""",
        ("a", "b", "c"),
    ),
    "checks of the whole": (
        """
class Subject(Schema):
    a = fields.Int(required=True)
    b = fields.Int(load_default=3, data_key="x")
    c = fields.Str()

    @validates_schema
    def check(self, data, **kwargs):
        if data["a"] > data["b"]:
            raise ValidationError("a is too large")

    @validates_schema
    def check_b(self, data, **kwargs):
        if self.is_odd(data["a"]):
            raise ValidationError("a is odd", "b")

    @validates_schema(skip_on_field_errors=False)
    def check_c(self, data, **kwargs):
        if data.get("c") == "a" or "a" not in data:
            raise ValidationError({"c": ["Pick one."], "a": ["Unclear."]})

    def is_odd(self, number):
        return number % 2 == 1
""",
        ("a", "x", "c"),
    ),
    "hooks before loading": (
        """
class Subject(Schema):
    a = fields.Str(required=True)
    b = fields.Int()

    @pre_load
    def unwrap(self, data, many, **kwargs):
        if not isinstance(data, dict) or "c" not in data:
            raise ValidationError("Wrap it.", "c")
        return data["c"]

    @pre_load
    def x_clean(self, data, **kwargs):
        # Comments stay.
        data = dict(data) if isinstance(data, dict) else data
        if isinstance(data, dict) and isinstance(data.get("a"), str):
            data["a"] = self.trim(data["a"])
        return data

    def trim(self, text):
        return text.strip()
""",
        ("a", "b", "c"),
    ),
    "objects made after loading": (
        """
class Point:
    def __init__(self, a, b):
        self.a, self.b = a, b

class PointSchema(Schema):
    a = fields.Int(required=True)
    b = fields.Int(load_default=0)

    @post_load
    def make(self, data, **kwargs):
        if data["a"] == data["b"]:
            raise ValidationError("Not the same.")
        return Point(**data)

class Subject(Schema):
    a = fields.Nested(PointSchema, required=True)
    b = fields.List(fields.Nested(PointSchema))
    c = fields.Nested(PointSchema, many=True)

class Plain(PointSchema):
    c = fields.Int()

    @post_load
    def make(self, data, **kwargs):
        data["sum"] = data["a"] + data["b"]
        return data
""",
        ("a", "b", "c"),
    ),
    "hooks around dumping": (
        """
class Subject(Schema):
    a = fields.Int()
    b = fields.Str()

    @pre_dump
    def only_objects(self, data, **kwargs):
        return data if isinstance(data, dict) else {"a": 1}

    @post_dump
    def without_none(self, data, **kwargs):
        return {key: value for key, value in data.items() if value is not None}
""",
        ("a", "b"),
    ),
    "computed and constant": (
        """
def count(obj):
    return len(obj)

class Subject(Schema):
    a = fields.Constant("fixed", required=True)
    b = fields.Function(lambda obj: str(obj)[:3])
    c = fields.Method("shout")
    size = fields.Function(count, data_key="x")

    def shout(self, obj):
        return self.louder(obj.get("c"))

    def louder(self, text):
        return None if text is None else str(text).upper()
""",
        ("a", "b", "c", "x"),
    ),
    "enumerations": (
        """
class Color(enum.Enum):
    RED = "a"
    BLUE = "b"

class Level(enum.Enum):
    LOW = 1
    NONE = None

class Subject(Schema):
    a = fields.Enum(Color, load_default=Color.RED)
    b = fields.Enum(Color, by_value=True)
    c = fields.Enum(Level, by_value=fields.Int())
""",
        ("a", "b", "c"),
    ),
    "formats of the schema": (
        """
class Subject(Schema):
    class Meta:
        dateformat = "%d.%m.%Y"
        datetimeformat = "timestamp"

    a = fields.Date()
    b = fields.DateTime()
    c = fields.List(fields.DateTime("%Y"))
    x = fields.TimeDelta(fields.TimeDelta.HOURS)
""",
        ("a", "b", "c", "x"),
    ),
}
IMPORTS = """\
import enum
import re

from marshmallow import (
    EXCLUDE, INCLUDE, Schema, ValidationError, fields, post_dump, post_load, pre_dump, pre_load, validate, validates,
    validates_schema,
)

"""
WELL_FORMED = [
    {},
    {"a": 1, "b": 2, "c": "c"},
    {"a": "abc", "b": 4, "c": "b", "x": "x"},
    {"a": {"a": 1}, "b": {"a": "2"}, "c": [{"a": 3}, {"a": 4, "b": "5"}], "x": [{"a": 1}]},
    {"a": {"a": 1, "b": 1}, "b": [{"a": 2, "b": 2}, {"a": 3}], "c": []},
    {"a": {"a": {"a": {"c": 1}}}, "b": 5},
    {"a": 1, "b": {"a": 2, "c": [{"a": 3}, {"a": "x"}, {"c": None}]}, "c": None},
    {"a": ["1", 5, 2], "b": {"k": "1", "long": "x"}, "c": {"k": {"a": 1}, "l": {}, "m": None}, "x": [1, ["a", 2]]},
    {"a": "ann@example.com", "b": "b@c.de", "c": "http://intranet/x", "x": "nobody"},
    {"a": "b@localhost", "b": "nobody", "c": "https://example.com", "x": None},
    {"c": {"a": " x ", "b": "5"}},
    {"c": {"b": "x"}},
    {"c": [1]},
    {"a": "RED", "b": "b", "c": "1"},
    {"a": "29.02.2024", "b": "1709202600.5", "c": ["2024", "24"], "x": "1.5"},
    {"a": None, "b": None, "c": None, "x": None},
    {"a": True, "b": 1.5, "c": [], "x": {}},
    {"a": -1, "b": -3, "c": -4, "x": 5},
    {"a": 2, "x": 1, "c": "a"},
    {"a": "x", "c": "a"},
    {"a": {"a": " a "}, "b": [{"a": " b "}], "c": {"a": " c "}, "x": {"a": " x ", "d": 5}},
    [],
    "text",
    None,
    5,
]


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_loads_and_dumps_as_before(convert, name: str):
    source, _ = CONSTRUCTS[name]
    both = convert(IMPORTS + source)
    for schema in both.plans:
        both.assert_alike(schema, *WELL_FORMED)


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_loads_and_dumps_anything_as_before(convert, name: str):
    source, keys = CONSTRUCTS[name]
    both = convert(IMPORTS + source)

    @FUZZ
    @given(data=objects(*keys))
    def fuzz(data: object) -> None:
        both.assert_alike("Subject", data)

    fuzz()


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_loads_in_part_as_before(convert, name: str):
    source, keys = CONSTRUCTS[name]
    both = convert(f"{IMPORTS}{source}\n\ndef patch(data):\n    return Subject().load(data, partial=True)\n")
    assert both.plans["Subject"].patch_name == "SubjectPatch"

    @FUZZ
    @given(data=st.sampled_from(WELL_FORMED) | objects(*keys))
    def fuzz(data: object) -> None:
        before, after = both.load("Subject", data, partial=True)
        assert after == before

    fuzz()


@pytest.mark.parametrize("unknown", ["forbid", "ignore", "allow"])
@pytest.mark.parametrize("name", [name for name in CONSTRUCTS if "unknown" in name or "nested" in name])
def test_unknown_keys_as_a_call_says(convert, name: str, unknown: str):
    both = convert(IMPORTS + CONSTRUCTS[name][0])
    for data in [*WELL_FORMED, {"a": 1, "other": 2}, {"other": None}]:
        before, after = both.load("Subject", data, unknown=unknown)
        assert after == before, data
