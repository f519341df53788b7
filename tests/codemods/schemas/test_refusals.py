"""What is left alone: classes that are none of ours, and schemas that have no faithful counterpart."""

import pytest

from codemods.schemas import analyse


def test_another_librarys_schema_is_left_alone(plan):
    source = """
from colander import Schema
from marshmallow import fields

class UserSchema(Schema):
    name = fields.Str()

class Schema2(Schema):
    pass

class View:
    schema = UserSchema()
"""
    assert plan(source) == {}


def test_a_class_that_only_uses_a_schema_is_left_alone(plan):
    source = """
from marshmallow import Schema, fields

class UserSchema(Schema):
    name = fields.Str()

class UserView:
    schema = UserSchema()

    def base(self):
        return Schema
"""
    assert list(plan(source)) == ["UserSchema"]


def codes(plans, name: str = "Subject") -> list[str]:
    return sorted({one.code for one in plans[name].findings_on("load")})


IMPORTS = """
import enum
from flask import g, request
from marshmallow import *
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_dump, post_load, pre_load, validate, validates
from marshmallow import validates_schema

class Inner(Schema):
    a = fields.Int()
    b = fields.Int()

def check_all(data):
    refuse(data)

def refuse(data):
    raise ValidationError("No.")

"""


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("a = fields.Method('f')", "FM402"),
        ("a = fields.Method('f', deserialize='g')", "FM402"),
        ("a = fields.Function()", "FM402"),
        ("a = fields.Method(deserialize='f')\n    def f(self):\n        return 1", "FM405"),
        (
            "a = fields.Method('g', deserialize='f')\n    def f(self, value):\n        return 1\n"
            "    def g(self, data):\n        return self.f(data)",
            "FM405",
        ),
        ("a = fields.IP(exploded=LONG)", "FM402"),
        ("a = fields.Nested({KEY: fields.Int()})", "FM403"),
        ("a = fields.Nested(Schema.from_dict(FIELDS))", "FM403"),
        ("a = fields.Pluck(Inner, 'nothing')", "FM403"),
        ("a = fields.Pluck(Inner, NAME)", "FM402"),
        ("a = fields.Str(attribute='b.c')\n    b = fields.Str()", "FM409"),
        ("a = fields.Constant([])", "FM402"),
        ("a = Own()", "FM401"),
        ("a = fields.List(Own)", "FM401"),
        ("a = fields.Function(lambda x, context: 1)", "FM402"),
        ("a = fields.Str(required=STRICT)", "FM402"),
        ("a = fields.Str(**OPTIONS)", "FM402"),
        ("a = fields.Str(data_key=KEY())", "FM402"),
        ("a = fields.Str(data_key='')", "FM402"),
        ("a = fields.Str(load_default=make())", "FM402"),
        ("a = fields.Str(error_messages={'null': '{input}'})", "FM402"),
        ("a = fields.Str(error_messages=TEXTS)", "FM402"),
        ("a = fields.Nested(Inner, unknown=RULE)", "FM403"),
        ("a = fields.Nested('Nowhere')", "FM403"),
        ("a = fields.Nested(Inner, only=('nothing',))", "FM403"),
        ("a = fields.Nested(Inner, exclude=NAMES)", "FM403"),
        ("class Meta:\n        fields = ('nothing',)", "FM404"),
        ("class Meta:\n        exclude = ('nothing',)", "FM404"),
        ("class Meta:\n        include = FIELDS", "FM404"),
        ("class Meta:\n        load_only = additional = ('a',)", "FM404"),
        (
            "class Meta:\n        index_errors = False\n    a = fields.Int()\n    @validates('a')\n"
            "    def f(self, value, **kwargs):\n        pass",
            "FM404",
        ),
        ("class Meta:\n        render_module = simplejson", "FM404"),
        ("class Meta:\n        unknown = CHOSEN", "FM404"),
        ("class Meta(Options):\n        pass", "FM404"),
        ("@post_dump\n    def f(self, data, **kwargs):\n        return {**data, 'n': self.fields['a'].name}", "FM405"),
        ("@validates_schema\n    def f(self, data, **kwargs):\n        data['x'] = 1", "FM405"),
        ("@validates_schema\n    def f(self, data, **kwargs):\n        check_all(data)", "FM405"),
        ("@validates('nothing')\n    def f(self, value, **kwargs):\n        pass", "FM405"),
        ("@property\n    def f(self):\n        return 1", "FM405"),
        ("@staticmethod\n    def f(*args):\n        return 1", "FM405"),
        ("@classmethod\n    def f(cls):\n        return cls().fields", "FM405"),
        ("@staticmethod\n    def load(data):\n        return data", "FM409"),
        ("@staticmethod\n    def get_attribute(obj, attr, default):\n        return 1", "FM409"),
        ("@staticmethod\n    def f(data):\n        return request.path", "FM406"),
        ("a = fields.Method(deserialize='f')\n    @staticmethod\n    def f(value):\n        return 1", "FM405"),
        ("@post_load\n    def f(self, data, **kwargs):\n        return super().f(data)", "FM405"),
        ("@post_load\n    def f(self, data, **kwargs):\n        return {**data, 'user': g.user}", "FM406"),
        ("a = fields.Str(load_default=lambda: request.path)", "FM406"),
        ("@pre_load\n    def f(self, data, **kwargs):\n        return Inner(only=('a',)).load(data)", "FM406"),
        ("a = lambda: 1", "FM408"),
        ("a = make()", "FM401"),
        (
            "a = [1]\n    @pre_load\n    def f(self, data, **kwargs):\n        self.a.append(2)\n        return data",
            "FM405",
        ),
        ("a = 1\n    @pre_load\n    def f(self, data, **kwargs):\n        self.a = 2\n        return data", "FM405"),
        ("for a in range(3):\n        pass", "FM408"),
        ("def on_bind_field(self, name, field):\n        field.required = True", "FM405"),
        ("def on_bind_field(self, name, field):\n        field.data_key = self.key(name, field)", "FM405"),
        (
            "a = fields.Int(data_key='b')\n    def on_bind_field(self, name, field):\n"
            "        field.data_key = (field.data_key or name) + 'x'",
            "FM405",
        ),
        ("@post_load\n    def f(self, data, many, **kwargs):\n        return many", "FM405"),
        ("@pre_load\n    def f(self, data, partial, **kwargs):\n        return {**data, 'a': partial}", "FM405"),
        ("def handle_error(self, error, data, *, many, partial):\n        raise ValueError(partial)", "FM405"),
        ("def get_attribute(self, obj, attr, default):\n        return self.fields[attr]", "FM405"),
        ("a = Inner._declared_fields['a']", "FM408"),
        ("a = fields.Int(validate=OwnValidator(3))", "FM410"),
        ("a = fields.Nested(Inner, validate=lambda value: value['a'])", "FM410"),
    ],
)
def test_forms_that_stay(plan, body: str, code: str):
    assert codes(plan(f"{IMPORTS}class Subject(Schema):\n    {body}\n")) == [code]


@pytest.mark.parametrize(
    ("body", "is_dumped"),
    [
        ("a = fields.Int(validate=OwnValidator(3), required=True)", True),
        ("a = fields.Str(load_default=make())", True),
        ("@post_load\n    def f(self, data, **kwargs):\n        return {**data, 'user': g.user}", True),
        ("@validates('nothing')\n    def f(self, value, **kwargs):\n        pass", True),
        ("def handle_error(self, error, data, *, many, partial):\n        raise ValueError(partial)", True),
        ("a = 1\n    @pre_load\n    def f(self, data, **kwargs):\n        self.a = 2\n        return data", False),
        ("a = [1]\n    @pre_load\n    def f(self, data, **kwargs):\n        self.a.append(request)", False),
        ("@pre_load\n    @post_dump\n    def f(self, data, **kwargs):\n        return data or g", False),
    ],
)
def test_what_only_keeps_a_schema_from_being_loaded(plan, body: str, is_dumped: bool):
    plans = plan(f"{IMPORTS}class Subject(Schema):\n    b = fields.Int()\n    {body}\n")
    assert (plans["Subject"].converts, plans["Subject"].loads) == (is_dumped, False)


def test_all_of_a_class_or_nothing(plan):
    plans = plan(
        f"{IMPORTS}class Subject(Schema):\n    fine = fields.Int()\n    a = Own()\n    b = fields.Int(**OPTIONS)\n"
    )
    assert [str(one.location) for one in plans["Subject"].findings] == ["app.py:20", "app.py:21"]


def test_a_schema_stays_with_what_it_nests_and_inherits(plan):
    source = f"""{IMPORTS}
class Stays(Schema):
    a = Own()

class Nests(Schema):
    stays = fields.List(fields.Nested(Stays))

class Inherits(Stays):
    b = fields.Int()

class Subject(Schema):
    nests = fields.Nested(Nests)
"""
    plans = plan(source)
    assert [codes(plans, name) for name in ("Stays", "Nests", "Inherits", "Subject")] == [["FM401"], *[["FM412"]] * 3]
    assert plans["Inner"].converts


def test_a_mixin_or_an_extensions_schema_as_base(plan):
    source = """
from flask_marshmallow import Marshmallow
from marshmallow import Schema, fields

ma = Marshmallow()

class Mixin(dict):
    a = fields.Int()

class Mixed(Mixin, Schema):
    b = fields.Int()

class Extended(ma.SQLAlchemyAutoSchema):
    b = ma.auto_field()

class Plain(ma.Schema):
    b = ma.Int(required=True)
    c = ma.Nested("Other")

class Other(ma.Schema):
    links = ma.Hyperlinks({})
"""
    plans = plan(source)
    assert codes(plans, "Mixed") == ["FM407"]
    assert codes(plans, "Extended") == ["FM413"]
    assert plans["Other"].converts
    assert plans["Plain"].converts
    assert [one.code for one in (*plans["Other"].load_findings, *plans["Plain"].load_findings)] == ["FM415", "FM412"]
    assert [one.name for one in plans["Plain"].fields] == ["b", "c"]


def test_fields_that_marshmallow_3_reads_otherwise(facts_of):
    project, sources, _ = facts_of(
        f"{IMPORTS}class Subject(Schema):\n"
        "    class Meta:\n        additional = ('other',)\n\n"
        "    a = fields.Date(description='of birth')\n"
        "    b = fields.Int(missing=1, validate=lambda value: value > 1, error_messages={'validator_failed': 'No.'})\n"
        "    c = fields.Number()\n"
    )
    (plan,) = (one for one in analyse(project, sources, version=3).values() if one.name == "Subject")
    shown = {one.name: "".join(map(str, one.annotation)) for one in plan.fields}
    assert shown == {
        "a": "Date",
        "b": "Annotated[Int, All(NotFalse(lambda value: value > 1, 'No.'))]",
        "c": "Annotated[float, floats(allow_nan=True)]",
        "other": "Inferred",
    }
    assert {need.module for need in plan.needs if need.local == "Date"} == {".compat.older_fields"}


def test_names_that_mean_something_else_in_the_project(plan):
    source = """
from marshmallow import Schema, fields

class User:
    pass

class UserSchema(Schema):
    id = fields.Int()

class DateSchema(Schema):
    id = fields.Int(dump_only=True)

class Order(Schema):
    id = fields.Int(dump_only=True)
"""
    plans = plan(source)
    assert [(one.load_name, one.dump_name) for one in plans.values()] == [
        ("DateIn", "DateOut"),
        ("OrderIn", "OrderOut"),
        ("UserSchema", "UserSchema"),
    ]
