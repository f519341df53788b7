"""Schemas whose code calls other schemas."""

import pytest

from tests.codemods.schemas.conftest import IMPORTS

OTHERS = """
class Place(Schema):
    x = fields.Int(required=True)
    name = fields.Str(load_default="none", dump_only=False)

    @post_dump
    def marked(self, data, **kwargs):
        return {**data, "marked": True}

class Plain(Schema):
    x = fields.Int()

plain = Plain()
places = Place(many=True)

def shown(value):
    return plain.dump(value)

"""


def test_calls_of_other_schemas(prove):
    both = prove(
        f"""{OTHERS}
class Subject(Schema):
    a = fields.Raw()
    b = fields.Function(lambda obj: Place().dump(obj))
    c = fields.Method("get_c", "load_c")
    x = fields.Function(lambda obj: [shown(obj), Plain(many=True).dump([obj])])

    def get_c(self, obj):
        return places.dump([obj]) + Plain().dump([obj], many=True)

    def load_c(self, value):
        return plain.load(value) if isinstance(value, dict) else places.load(value)

    @validates_schema
    def fits(self, data, **kwargs):
        errors = Place().validate(data.get("a"))
        if errors and data.get("a") is not None:
            raise ValidationError(errors, "a")

    @post_dump(pass_original=True)
    def more(self, data, original, **kwargs):
        return {{**data, "more": plain.dump(original)}}
""",
        {"a": {"x": "1"}, "c": {"x": "2"}, "x": 4},
        {"a": {"x": "z", "other": 1}, "c": [{"x": 1}, {"x": "y"}]},
        {"c": [{"x": 1, "name": "b"}]},
        {"a": 1, "x": "9"},
    )
    assert "Computed(lambda obj: PlaceOut.dump(obj))" in both.text
    assert "return PlaceOut.dump_many([obj]) + Plain.dump_many([obj])" in both.text


def test_a_schema_that_calls_itself(prove):
    both = prove(
        """
class Subject(Schema):
    a = fields.Int()
    b = fields.Method("get_b")

    def get_b(self, obj):
        inner = obj.get("b") if isinstance(obj, dict) else None
        return Subject().dump(inner) if inner else None
""",
        {"a": 1, "b": {"a": "2", "b": {"a": 3}}},
    )
    assert "SubjectOut.dump(inner)" in both.text


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("Made().load(obj)", "FM406"),
        ("Plain(only=('x',)).dump(obj)", "FM406"),
        ("Plain(context={}).dump(obj)", "FM406"),
        ("Plain().fields", "FM406"),
        ("Stays().dump(obj)", "FM412"),
    ],
)
def test_calls_that_stay(plan, call: str, code: str):
    found = plan(
        f"""{IMPORTS}
class Plain(Schema):
    x = fields.Int()

class Made(Plain):
    @post_load
    def make(self, data, **kwargs):
        return [data]

class Stays(Schema):
    for x in ():
        pass

class Subject(Schema):
    a = fields.Function(lambda obj: {call})
"""
    )
    assert [one.code for one in found["Subject"].findings] == [code]
