"""`OneOfSchema` of marshmallow-oneofschema: what stays, the classes of the others, what the library makes of data."""

from collections.abc import Callable
from typing import Any

import pytest
from marshmallow import ValidationError
from pydantic import TypeAdapter

from tests.codemods.schemas.conftest import IMPORTS, UNKNOWN, outcome

SOURCE = """
from marshmallow_oneofschema import OneOfSchema

class Circle:
    def __init__(self, radius):
        self.radius = radius

class CircleSchema(Schema):
    radius = fields.Int(required=True)
    color = fields.Str(load_default="red")

    @post_load
    def make(self, data, **kwargs):
        if data.get("radius") == 13:
            raise ValidationError("Unlucky.")
        if data.get("radius") == 14:
            raise ValueError
        return Circle(data.get("radius"))

class SquareSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    side = fields.Int(load_only=True)
    inside = fields.Nested(lambda: ShapeSchema())

    @pre_load
    def halve(self, data, **kwargs):
        return {**data, "side": data["side"][1:]} if isinstance(data.get("side"), str) else data

class ShapeSchema(OneOfSchema):
    '''Any shape.'''

    type_field = "kind"
    type_schemas = {"Circle": CircleSchema, "square": SquareSchema(only=("side",)), 3: SquareSchema}

    def get_obj_type(self, obj):
        if isinstance(obj, dict):
            return obj.get(self.type_field)
        return super().get_obj_type(obj)

class Subject(Schema):
    shape = fields.Nested(ShapeSchema)
    many = fields.Nested(ShapeSchema, many=True)
    items = fields.List(fields.Nested(ShapeSchema, unknown=EXCLUDE))
"""
GOOD = {"kind": "Circle", "radius": 1}


def test_what_is_loaded_and_dumped_is_what_the_library_makes_of_it(prove: Callable[..., Any]) -> None:
    both = prove(
        SOURCE,
        {"shape": GOOD, "many": [{"kind": "square", "side": "12"}], "items": [{"kind": 3, "x": 1}]},
        {"shape": {**GOOD, "x": 1}, "many": [{"kind": "square", "side": "z"}], "items": [{"kind": [], "x": 1}]},
        {"shape": {"kind": "square", "radius": 1}, "many": {"kind": 3}, "items": [{"kind": {}}, 3, None]},
        {"shape": {"kind": 3, "inside": {"kind": 3, "inside": {"kind": "Circle"}}}},
        {"shape": {"kind": "Circle", "radius": 13}, "many": [GOOD, {"kind": "Circle", "radius": 13}, 5]},
        {"shape": None},
        {"shape": {"kind": "Circle", "radius": 14}},
        keys=("shape", "many", "items"),
    )
    assert 'type_schemas: ClassVar = {"Circle": CircleIn, "square": SquareSideIn, 3: SquareIn}' in both.text
    alone = ({}, 5, None, "ab", [], {"kind": True}, {"kind": None}, {"kind": 3.0, "inside": {"kind": "square"}}, GOOD)
    both.assert_alike("ShapeSchema", *alone)
    old, new, shown = both.pair("ShapeSchema")
    for data in ([GOOD, {}, {"kind": "Circle", "radius": 13}], [GOOD, GOOD], {"a": 1}, 5, None):
        loaded = outcome(lambda data=data: [one.result() for one in new.load_many(data)])
        assert loaded == outcome(lambda data=data: old().load(data, many=True))
    circle = both.old.Circle(4)
    for source in (circle, object(), [circle], {"kind": "square", "side": 1}, {"kind": 3, "inside": circle}):
        assert outcome(lambda source=source: shown.dump(source)) == outcome(lambda source=source: old().dump(source))


def test_keys_that_no_schema_knows_are_treated_as_the_one_that_stands_for_it_says(
    convert: Callable[[str], Any],
) -> None:
    text = """
from marshmallow import EXCLUDE, INCLUDE, Schema, fields
from marshmallow_oneofschema import OneOfSchema

class A(Schema):
    type = fields.Str()
    class Meta:
        unknown = INCLUDE

class B(Schema):
    b = fields.Int()

class Strict(OneOfSchema):
    type_schemas = {"a": A, "b": B}
    type_field_remove = False

class Lax(Strict):
    class Meta:
        unknown = EXCLUDE

class Other(Lax):
    type_schemas = {"x": B}

    def get_data_type(self, data):
        return "x" if "b" in data else super().get_data_type(data)

def patch(data):
    return Lax().load(data, partial=True)
"""
    both = convert(text)
    inputs: tuple[Any, ...] = ({"type": "a", "x": 1}, {"type": "b", "x": 1}, {"type": "b"}, {"b": 1}, {"type": "x"})
    for name in ("Strict", "Lax", "Other"):
        both.assert_alike(name, *inputs)
        for data in inputs:
            for unknown in UNKNOWN:
                before, after = both.load(name, data, unknown=unknown)
                assert after == before, (name, data, unknown)
    for data in inputs:
        before, after = both.load("Lax", data, partial=True)
        assert after == before
    with pytest.raises(ValidationError) as before:
        both.old.Lax().load([{"type": "a"}, 5], many=True)
    with pytest.raises(Exception, match="Invalid data type") as after:
        both.new.Lax.load_many([{"type": "a"}, 5])
    assert vars(after.value)["find_valid"]() == before.value.valid_data == [{"type": "a"}, None]


def test_json_schema_has_a_class_for_each_kind_and_tells_them_apart_by_the_key(convert: Callable[[str], Any]) -> None:
    both = convert(IMPORTS + SOURCE)
    told = TypeAdapter(both.new.SubjectIn).json_schema()["$defs"]
    kinds = {"Circle": "ShapeInCircleIn", "square": "ShapeInSquareSideIn", "3": "ShapeInSquareIn"}
    places = {kind: f"#/$defs/{name}" for kind, name in kinds.items()}
    assert told["ShapeIn"] == {
        "title": "ShapeIn",
        "description": "Any shape.",
        "oneOf": [{"$ref": place} for place in places.values()],
        "discriminator": {"propertyName": "kind", "mapping": places},
    }
    square = told["ShapeInSquareIn"]
    assert square["properties"]["kind"] == {"const": 3, "title": "Kind", "type": "integer"}
    assert square["properties"]["inside"] == {"$ref": "#/$defs/ShapeIn"}
    assert square["required"] == ["kind"]
    assert square["additionalProperties"] is False


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ("type_schemas = dict(a=A)", "FM403", "'type_schemas', which is not written out"),
        ("type_schemas = {'a': A(partial=True)}", "FM403", "'partial' of a schema in 'type_schemas'"),
        ("type_schemas = {KEY: A}", "FM403", "'KEY', which is no text that is written out"),
        ("type_schemas = {'a': missing}", "FM403", "'missing'"),
        ("pass", "FM403", "'Subject' has no 'type_schemas'"),
        ("type_schemas = {'a': A}\n    type_field = KEY", "FM408", "'type_field', which is no text"),
        ("type_schemas = {'a': A}\n    b = fields.Int()", "FM408", "'b', of which 'OneOfSchema' takes no notice"),
        ("type_schemas = {'a': A}\n    class Meta:\n        dump_only = ('a',)", "FM404", "takes no notice of"),
        (
            "type_schemas = {'a': A}\n    @pre_load\n    def hook(self, data, **kwargs):\n        return data",
            "FM405",
            "'hook', which 'OneOfSchema' never calls",
        ),
        (
            "type_schemas = {'a': A}\n    def load(self, data, **kwargs):\n        return data",
            "FM405",
            "the method 'load'",
        ),
        (
            "type_schemas = {'a': A}\n    def get_obj_type(self, obj):\n        return self.fields",
            "FM405",
            "'get_obj_type' uses the schema object",
        ),
        ("type_schemas = {'a': Broken}", "FM412", "'app.Broken' in 'Subject'"),
        ("type_schemas = {'a': Inner}", "FM403", "'Inner', which stands for other schemas as well"),
    ],
)
def test_what_is_not_faithful_stays(plan: Callable[..., Any], body: str, code: str, said: str) -> None:
    source = f"""
from marshmallow import Schema, fields, pre_load
from marshmallow_oneofschema import OneOfSchema

KEY = "key"
class A(Schema):
    a = fields.Int()
class Broken(Schema):
    a = unknown_field()
class Inner(OneOfSchema):
    type_schemas = {{"a": A}}
class Subject(OneOfSchema):
    {body}
"""
    (finding,) = plan(source)["Subject"].findings
    assert finding.diagnostic.code == code
    assert said in finding.detail


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("fields.Nested(Union, only=('a',))", "FM403"),
        ("fields.Nested(Union, many=True, unknown=EXCLUDE)", "FM403"),
    ],
)
def test_parts_of_it_stay(plan: Callable[..., Any], field: str, code: str) -> None:
    plans = plan(f"""
from marshmallow import EXCLUDE, Schema, fields
from marshmallow_oneofschema import OneOfSchema

class A(Schema):
    a = fields.Int()
class Union(OneOfSchema):
    type_schemas = {{"a": A}}
class Subject(Schema):
    union = {field}
""")
    assert plans["Union"].converts
    assert [one.diagnostic.code for one in plans["Subject"].findings] == [code]
