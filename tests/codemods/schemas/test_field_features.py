"""Fields that functions make, that hold a part of another schema, or whose value is inside another one."""

import pytest


def test_functions_and_methods(prove):
    both = prove(
        """
def refuse(text):
    raise ValidationError(text)

def parse(value):
    if value == 1:
        refuse("One!")
    if value == 2:
        raise ValidationError({"two": ["deep"]})
    return str(value)

def size(obj):
    return len(obj) if hasattr(obj, "__len__") else 0

class Subject(Schema):
    a = fields.Function(size, deserialize=parse, allow_none=True)
    b = fields.Method("get_b", deserialize="load_b", required=True, validate=validate.Length(max=2))
    c = fields.Function(deserialize=lambda value: [value], load_default=list)
    x = fields.Method(deserialize="load_x", dump_only=True)

    def get_b(self, obj):
        return size(obj)

    def load_b(self, value):
        if value == 3:
            raise ValidationError("Three.")
        return None if value == 5 else self.twice(value)

    def load_x(self, value):
        return parse(value)

    def twice(self, value):
        return [value, value, value][: len(str(value))]

    @validates_schema(skip_on_field_errors=False)
    def not_five(self, data, **kwargs):
        if "b" in data and data["b"] == ["a", "a"]:
            raise ValidationError("Two.")
""",
        {},
        {"a": 1, "b": 2},
        {"a": 2, "b": 3, "c": 1},
        {"a": None, "b": "x", "c": None, "x": 1},
        {"b": 12345, "x": None},
        {"b": None, "x": 2},
        {"a": 1, "b": "aa"},
    )
    assert '@load_field("b")\n    @classmethod\n    def load_b(cls, value: Any) -> Any:' in both.text


def test_what_is_inside_by_name(prove):
    both = prove(
        """
class Subject(Schema):
    a = fields.List(cls_or_instance=fields.Int, required=True)
    b = fields.Tuple(tuple_fields=(fields.Int(), fields.Str()))
""",
        {},
        {"a": ["1", 2], "b": ["3", "x"]},
        {"a": ["x"], "b": [1]},
    )
    assert "    a: list[Int]\n" in both.text


def test_one_value_of_a_nested_schema(prove):
    both = prove(
        """
class Tag(Schema):
    name = fields.Str(required=True, data_key="n", validate=validate.Length(min=2))
    color = fields.Str()

class Subject(Schema):
    a = fields.Pluck(Tag, "name", many=True)
    b = fields.Pluck("Tag", "name", allow_none=True, required=True)
    c = fields.Pluck(lambda: Tag(), "color", dump_only=True)
    x = fields.List(fields.Pluck(Tag, "name"))
""",
        {"a": ["one", "two", "3"], "b": "four", "x": ["five", 6]},
        {"a": "one", "b": None, "x": "six"},
        {"a": {"n": "one"}, "b": {"n": "two"}},
        {"a": [{"name": "one"}], "b": {"name": "two"}, "c": {"color": "red"}, "x": [{"name": "x"}]},
        {"a": [{"color": "one"}], "b": None},
    )
    shown = both.new.SubjectIn.model_json_schema()["properties"]
    assert shown["a"] == {"type": "array", "items": {"minLength": 2, "title": "N", "type": "string"}, "title": "A"}


def test_values_inside_another_one(prove):
    prove(
        """
class Subject(Schema):
    a = fields.Int(attribute="p.q", load_default=3)
    b = fields.Str(attribute="p.r", data_key="B", allow_none=True)
    c = fields.Method("count", attribute="p.s")
    x = fields.Nested({"a": fields.Int(attribute="deep.down")}, attribute="deep.nest")

    def count(self, obj):
        return 1
""",
        {"a": 1, "B": "x", "x": {"a": 1}},
        {"a": "x", "B": None},
        {"p": {"q": 1, "r": 2}, "deep": {"nest": {"deep": {"down": 5}}}},
        {"p": None, "deep": {}},
        {"p": {"q": None}, "deep": 5},
        keys=("a", "b", "B", "p", "deep"),
    )


def test_dictionaries_of_fields(prove):
    both = prove(
        """
Search = Schema.from_dict({"a": fields.Str(required=True), "b": fields.Int(load_default=1)}, name="Search")

class Base(Schema):
    class Meta:
        unknown = EXCLUDE

    b = fields.Int()

class Subject(Schema):
    a = fields.Nested({"a": fields.Int(required=True)})
    b = fields.Nested(Schema.from_dict({"a": fields.Int(dump_only=True), "b": fields.Nested({
        "a": fields.Int(required=True)}, many=True)}), many=True)
    c = fields.Nested(Base.from_dict({"a": fields.Str()}))
    x = fields.Nested(Search, only=("a",))
""",
        {"a": {"a": 1}, "b": [{"b": [{"a": 2}, {}]}], "c": {"a": "x", "b": "y", "other": 1}, "x": {"a": "a"}},
        {"a": {}, "b": [{"a": 1}], "c": {"a": "x", "b": 5, "other": 1}, "x": {"b": 1}},
    )
    assert both.text.count("class SubjectA(") == 1
    assert "class SearchIn(SearchBase):" in both.text


def test_addresses_in_full_and_defaults_of_every_form(prove):
    prove(
        """
class Subject(Schema):
    a = fields.IPv6(exploded=True)
    b = fields.List(fields.Int(), load_default=[1, 2])
    c = fields.Str(load_default=None, allow_none=False)
    d = fields.Int(load_default=functools.partial(int, "7"), dump_default=dict())
    x = fields.IP(exploded=True, load_default=None)
""",
        {"a": "::1", "x": "10.0.0.1"},
        {"a": "10.0.0.1", "x": "fe80::1", "c": None},
        {"a": None, "x": None, "c": "text", "b": ["3"], "d": "5"},
        keys="abcdx",
    )


def test_what_is_missing_stays_so(prove):
    prove(
        """
from marshmallow.utils import missing

class Subject(Schema):
    a = fields.Int(load_default=missing, dump_default=missing)
    b = fields.Str(attribute="x")

    def get_attribute(self, obj, attr, default):
        value = super().get_attribute(obj, attr, default)
        return missing if attr == "x" and not value else value
""",
        {"a": 1},
        {"x": ""},
        {"x": "a"},
    )


def test_periods_of_no_number_and_constants_in_lists(convert):
    both = convert(
        """
from marshmallow import Schema, fields

class Subject(Schema):
    a = fields.TimeDelta()
    b = fields.List(fields.TimeDelta("hours"))
    c = fields.List(fields.Constant(2))
"""
    )
    both.assert_alike("Subject", {"c": [None, 1]})
    for data in ({"a": "nan"}, {"b": [1, float("nan")]}, {"a": "inf"}, {"b": [float("-inf"), "x"]}):
        before, after = both.load("Subject", data)
        assert after == before


def test_lists_that_are_one_text_are_never_null(convert):
    both = convert(
        """
from marshmallow import Schema, fields
from webargs.fields import DelimitedList

class Subject(Schema):
    a = DelimitedList(fields.Int(), allow_none=True)
    b = fields.List(DelimitedList(fields.Str()))
"""
    )
    both.assert_alike("Subject", {"a": None}, {"a": [1]}, {"a": "1,2"}, {"b": ["x,y"]}, {"b": [None]}, {"b": None})
    before, after = both.dump("Subject", {"a": None})
    assert after == before == ("raised", "error")


def test_objects_that_fields_and_schemas_describe_together(prove):
    prove(
        """
class Inner(Schema):
    x = fields.Int(required=True)
    y = fields.Int()

class Subject(Schema):
    a = fields.Nested(Inner(many=True))
    b = fields.Nested(lambda: Inner(only=("x",), unknown=EXCLUDE), unknown=INCLUDE, many=True)
    c = fields.Nested(Inner(), exclude=("x",))
""",
        {"a": [{"x": 1}, {"y": 2}], "b": [{"x": 1, "y": 2, "z": 3}], "c": {"y": 1}},
        {"a": {"x": 1}, "b": {}, "c": {"x": 1}},
        {"a": [], "b": [5], "c": [{"y": 1}]},
    )


def test_texts_that_tell_what_was_sent(prove):
    prove(
        """
class Color(enum.Enum):
    RED = 1
    BLUE = 2

class Subject(Schema):
    a = fields.Int(required=True, error_messages=dict(required="Which?", invalid="{input!r} is no number."))
    b = fields.Date(error_messages={"invalid": "{input} is no day."})
    c = fields.Enum(Color, error_messages={"unknown": "One of {choices}!"})
    x = fields.Boolean(truthy=fields.Boolean.truthy | {"si"}, falsy=[*fields.Bool.falsy, "no"])
""",
        {},
        {"a": "x", "b": 5, "c": "GREEN", "x": "si"},
        {"a": 1, "b": "2024-01-02", "c": "RED", "x": "on"},
        {"a": [], "b": "{}", "c": 5, "x": "NO"},
    )


@pytest.mark.parametrize(
    "field",
    [
        'fields.Str(error_messages={"invalid": "no {input}"})',
        'fields.Decimal(error_messages={"invalid": "no {input}"})',
        'fields.Int(error_messages={"invalid": "{"})',
        "fields.Int(error_messages=dict(TEXTS))",
    ],
)
def test_texts_that_marshmallow_itself_cannot_fill_or_that_are_not_written_out(plan, field: str):
    (finding,) = plan(f"from marshmallow import Schema, fields\n\nclass S(Schema):\n    a = {field}\n")["S"].findings
    assert finding.code == "FM402"
