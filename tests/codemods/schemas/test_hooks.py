"""Hooks on all that is loaded or dumped, on half-valid data, and methods that change how a schema works."""

import importlib
from typing import Any

import pytest
from marshmallow import ValidationError

from tests.codemods.schemas.conftest import IMPORTS, outcome


def test_hooks_of_the_whole_and_of_the_original(prove):
    prove(
        """
class Subject(Schema):
    __envelope__ = {"single": "a", "many": "all"}

    a = fields.Int()
    b = fields.Str()

    def get_attribute(self, obj, attr, default):
        return super().get_attribute(obj, attr + "x" if attr == "b" else attr, default)

    @pre_load(pass_collection=True)
    def unwrap(self, data, many, **kwargs):
        return data[self.key_of(many)] if isinstance(data, dict) and self.key_of(many) in data else data

    @pre_load
    def drop(self, data, many, **kwargs):
        return {**data, "b": "many"} if many and isinstance(data, dict) else data

    @post_dump(pass_collection=True)
    def wrap(self, data, many, **kwargs):
        return {self.key_of(many): data}

    @post_dump(pass_original=True)
    def named(self, data, source, many, **kwargs):
        return {**data, "type": type(source).__name__, "many": many}

    def key_of(self, many):
        return self.__envelope__["many" if many else "single"]

    @validates_schema(pass_original=True)
    def not_both(self, data, sent, **kwargs):
        if "a" in data and "c" in str(sent):
            raise ValidationError(f"{sent!r}")
""",
        {"a": {"a": 1, "b": "c"}},
        {"a": 1, "b": "c"},
        {"all": [], "bx": 1},
        {"b": 3},
    )


def test_hooks_of_a_nested_collection(prove):
    both = prove(
        """
class Inner(Schema):
    a = fields.Int()

    @post_dump(pass_collection=True)
    def mark(self, data, many, **kwargs):
        return {"many": many, "items": data}

class Subject(Schema):
    b = fields.Nested(Inner, many=True)
    c = fields.List(fields.Nested(Inner))
""",
        {"b": [{"a": 1}, {"a": 2}]},
        {"c": [{"a": 1}]},
        {"b": []},
    )
    assert both.dump("Subject", {"b": [{"a": 1}]})[1][1] == {"b": {"many": "True", "items": [{"a": "1"}]}}


CONTAINERS = """
class Inner(Schema):
    a = fields.Int(required=True)
    b = fields.List(fields.Int())

    @validates("b")
    def is_short(self, value, **kwargs):
        if len(value) > 1:
            raise ValidationError("Long.")

class Subject(Schema):
    a = fields.Nested(Inner)
    b = fields.List(fields.Nested(Inner))
    c = fields.Dict(keys=fields.Int(), values=fields.List(fields.Int()))
    x = fields.Tuple((fields.Int(), fields.Str()))

    @validates("a", "b", "c", "x")
    def says_what_it_sees(self, value, data_key):
        if value:
            raise ValidationError(f"{data_key}: {value!r}")

    @validates_schema(skip_on_field_errors=False)
    def sees_what_is_left(self, data, **kwargs):
        raise ValidationError(f"{data.get('a')!r} {data.get('b')!r} {data.get('c')!r}")
"""
HALF_VALID: list[Any] = [
    {"a": {"a": "x", "b": [1, "y", 2]}, "b": [{"a": 1}, {"b": ["x", 1]}, 3], "c": {"1": [1, "x"], "y": [1], "3": [2]}},
    {"a": {"a": 1, "b": [1, 2]}, "b": {}, "c": {"1": 1}, "x": [1, 2]},
    {"a": {}, "b": [[]], "c": [], "x": ["1", "a"]},
    {"a": {"a": 1, "other": 2}, "b": [{"a": 1}], "x": [1]},
]


def test_checks_of_containers_see_what_is_valid_of_them(prove):
    prove(CONTAINERS, {}, *HALF_VALID)


@pytest.mark.parametrize("many", [False, True])
def test_what_is_valid_of_invalid_data(convert, many: bool):
    both = convert(
        f"from marshmallow import Schema, ValidationError, fields, validates, validates_schema\n{CONTAINERS}"
    )
    error = importlib.import_module(f"{both.new.__name__.partition('.')[0]}.compat.schema_errors").InvalidError
    for name, inputs in (("Subject", HALF_VALID), ("Inner", [one.get("a", 5) for one in HALF_VALID])):
        old, new, _ = both.pair(name)
        for data in [[one, one] for one in inputs] if many else inputs:
            load = new.load_many if many else new.load
            assert valid_of(load, data, error) == valid_of(old(many=many).load, data, ValidationError), data


def valid_of(load: Any, data: Any, kind: type[Any]) -> Any:
    try:
        load(data)
    except kind as error:
        return error.valid_data, error.messages, error.field_name
    return None


def test_errors_that_a_schema_handles(prove):
    prove(
        """
class Own(Exception):
    pass

class Inner(Schema):
    a = fields.Int(required=True)

    def handle_error(self, error, data, *, many, **kwargs):
        if error.messages == {"a": ["Not a valid integer."]}:
            raise Own(many)

class Subject(Inner):
    b = fields.Nested(Inner)
    c = fields.Nested(Inner, many=True)
""",
        {"a": 1},
        {"a": "x"},
        {"a": 1, "b": {"a": "x"}},
        {"a": 1, "c": [{"a": "x"}]},
        {"a": 1, "b": {}},
    )


def test_keys_that_a_hook_makes(prove):
    both = prove(
        """
def camelcase(name):
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)

class Camel(Schema):
    def on_bind_field(self, field_name, field_obj):
        field_obj.data_key = camelcase(field_obj.data_key or field_name)

class Address(Camel):
    street_name = fields.Str(required=True)
    zip_code = fields.Str(data_key="post_code")

class Subject(Camel):
    a_b = fields.Nested(Address)
    c_d = fields.Pluck(Address, "zip_code", many=True)
    created_by = fields.Int(dump_only=True, dump_default=0)

    @validates("c_d")
    def some(self, value, data_key):
        raise ValidationError(data_key)
""",
        {"aB": {"streetName": "x", "postCode": "1"}, "cD": ["2", 3]},
        {"a_b": {"street_name": "x", "zip_code": "1"}, "c_d": [{"zip_code": "2"}]},
        keys=("aB", "cD", "a_b", "c_d"),
    )
    assert "model_config = ConfigDict(alias_generator=camelcase)" in both.text
    prove(
        """
class Subject(Schema):
    def on_bind_field(self, field_name, field_obj):
        if field_obj.data_key is None:
            field_obj.data_key = field_name.upper()

    a = fields.Int()
    b = fields.Int(data_key="x")
""",
        {"A": 1, "x": 2},
        {"a": 1, "b": 2, "B": 3},
        keys=("a", "A", "b", "B", "x", "X"),
    )


def test_keys_that_a_hook_makes_in_several_steps(prove):
    both = prove(
        """
class CamelSchema(Schema):
    def on_bind_field(self, field_name, field_obj):
        "Camel case."
        first, *rest = field_name.split("_")
        field_obj.data_key = first + "".join(word.title() for word in rest)

class Address(CamelSchema):
    street_name = fields.Str(required=True, data_key="counts_for_nothing")

class Subject(CamelSchema):
    a_b = fields.Nested(Address)
    is_done = fields.Bool(attribute="done", data_key="x_y")
    c_d = fields.Int(load_default=3)
""",
        {"aB": {"streetName": "x"}, "isDone": "yes", "cD": "4"},
        {"a_b": {"street_name": "x"}, "done": False, "is_done": True, "c_d": 1},
        keys=("aB", "a_b", "isDone", "is_done", "done", "x_y", "xY", "cD", "c_d"),
    )
    assert "def camel_key(field_name: str) -> str:" in both.text
    assert 'alias=camel_key("is_done")' in both.text
    prove(
        """
class Subject(Schema):
    def on_bind_field(self, name, field):
        if not field.data_key:
            head, *tail = name.split("_")
            field.data_key = "-".join([head, *tail])

    a_b = fields.Int()
    c_d = fields.Int(data_key="x_y")
    e_f = fields.Int(attribute="g")
""",
        {"a-b": 1, "x_y": 2, "e-f": 3},
        {"a_b": 1, "c_d": 2, "g": 4},
        keys=("a-b", "a_b", "x_y", "x-y", "e-f", "e_f", "g"),
    )
    prove(
        """
class Subject(Schema):
    def on_bind_field(self, name, field):
        field.data_key = name.upper()

    a_b = fields.Int(data_key="x")
""",
        {"A_B": 1},
        {"a_b": 1},
        keys=("a_b", "A_B", "x", "X"),
    )


@pytest.mark.parametrize("body", [
    "head = field.metadata\n        field.data_key = name + str(head)",
    "for one in name:\n            pass\n        field.data_key = name.upper()",
    "key = self.__class__.__name__\n        field.data_key = key + name",
    "field.required = True\n        field.data_key = name.upper()",
])  # fmt: skip
def test_hooks_that_do_more_than_to_make_keys(plan, body: str):
    plans = plan(
        "from marshmallow import Schema, fields\n\nclass Subject(Schema):\n    a_b = fields.Int()\n\n"
        f"    def on_bind_field(self, name, field):\n        {body}\n"
    )
    (finding,) = plans["Subject"].findings
    assert "'on_bind_field' does more than to make keys of names" in str(finding)


@pytest.mark.parametrize("raised", ['raise ValidationError("no")', "self.look(data)"])
def test_handle_error_has_to_hear_of_what_post_load_raises(plan, raised: str):
    plans = plan(
        "from marshmallow import Schema, ValidationError, fields, post_load\n\n"
        "class Subject(Schema):\n    a = fields.Int()\n\n"
        "    def handle_error(self, error, data, **kwargs):\n        raise LookupError(str(error))\n\n"
        '    def look(self, data):\n        if data:\n            raise ValidationError("no")\n\n'
        f"    @post_load\n    def make(self, data, **kwargs):\n        {raised}\n"
    )
    (finding,) = plans["Subject"].findings
    assert "'handle_error' has to hear" in str(finding)


def test_messages_come_in_the_order_of_marshmallow(convert):
    both = convert(
        """
from marshmallow import Schema, ValidationError, fields, validates, validates_schema

class Subject(Schema):
    b = fields.Int(required=True)
    a = fields.Int()

    @validates("b")
    def check_b(self, value, data_key):
        raise ValidationError("b!")

    @validates_schema(skip_on_field_errors=False)
    def whole(self, data, **kwargs):
        raise ValidationError("whole")
"""
    )
    old, new, _ = both.pair("Subject")
    for data in ({"other": 1, "a": "x"}, {"other": 1, "b": 1, "a": "x"}, {"other": 1, "b": 1}):
        before, after = old().validate(data), new.problems(data)
        assert list(after.items()) == list(before.items())


def test_methods_of_the_class_and_of_neither(prove):
    both = prove(
        """
class Subject(Schema):
    WORD = "b"

    a = fields.Int(metadata={"validation": "no_nine"})

    @staticmethod
    def no_nine(value: "int", kind: type[Schema] | None = None, least: dt.timedelta = dt.timedelta(9)) -> None:
        if value == least.days:
            raise ValidationError("No nine.")

    b = fields.Str(metadata={"validation": no_nine})
    c = fields.Method("twice", dump_only=True)

    @staticmethod
    def twice(data):
        return [data["a"]] * 2

    @classmethod
    def word(cls, more=WORD):
        return cls.WORD + more

    @pre_load
    def check(self, data, **kwargs):
        self.no_nine(data["a"])
        return {**data, "b": self.word()}
""",
        {"a": 9},
        {"a": 1, "b": "x"},
    )
    assert "def no_nine(value: Any, kind: Any = None, least: dt.timedelta = dt.timedelta(9)) -> None:" in both.text


def test_a_method_that_nothing_calls_stands_with_what_is_loaded(convert):
    source = """
from marshmallow import Schema, ValidationError, fields

class Subject(Schema):
    a = fields.Int(load_only=True)
    b = fields.Int(dump_only=True)

    @staticmethod
    def no_nine(value):
        if value == 9:
            raise ValidationError("No nine.")

class Other(Schema):
    a = fields.Int(load_only=True)
    b = fields.Method("next", dump_only=True)

    @staticmethod
    def next(data):
        return 1

class Third(Other):
    c = fields.Int()
"""
    both = convert(source)
    assert {name: [one for one in dir(kind) if one in ("no_nine", "next")] for name, kind in classes(both.new)} == {
        "SubjectIn": ["no_nine"],
        "SubjectOut": [],
        "OtherBase": ["next"],
        "OtherIn": ["next"],
        "OtherOut": ["next"],
        "ThirdIn": ["next"],
        "ThirdOut": ["next"],
    }


def classes(module: Any) -> list[tuple[str, type]]:
    return [one for one in vars(module).items() if isinstance(one[1], type) and one[1].__module__ == module.__name__]


TOLD = """
class Inner(Schema):
    a = fields.Int(required=True)
    b = fields.Int(load_default=2)

    @post_load
    def told(self, data, partial, **kwargs):
        return {**data, "x": "part" if partial else "whole"}

class Subject(Schema):
    a = fields.Int(required=True)
    b = fields.Nested(Inner)
    c = fields.Nested(Inner, many=True)

    @pre_load
    def first(self, data, **kwargs):
        if not isinstance(data, dict):
            return data
        if kwargs["many"] and not kwargs.get("partial"):
            return {"a": 5, **data}
        return {"b": {}, **data} if not kwargs.get("partial", False) or kwargs.get("many") else data

    @validates_schema(skip_on_field_errors=False)
    def all_there(self, data, partial=None, **kwargs):
        if not (partial or "b" in data):
            raise ValidationError("No b.")

    @post_load
    def made(self, data, many, partial, **kwargs):
        return list(data.items()) if partial else data
"""


def test_hooks_that_ask_whether_fields_may_be_left_out(prove):
    both = prove(TOLD, {"a": 1}, {"a": 1, "b": {"a": 1}, "c": [{"a": 2}, {}]}, {"c": [{}], "b": {"b": 1}}, {"x": 1})
    assert "list(data.items()) if self.is_partial else data" in both.text
    assert both.text.count("is_partial = True") == 2


def test_fields_that_may_be_left_out_by_name_count_as_well(convert):
    source = f"{IMPORTS}{TOLD}\ndef one(data):\n    return Subject().load(data, partial=('a', 'b.a'))\n"
    both = convert(source)
    for data in ({}, {"b": {}}, {"b": {"b": "x"}}, {"a": 1, "c": [{}]}):
        before = outcome(lambda data=data: both.old.one(data))
        assert outcome(lambda data=data: both.new.SubjectDraft.load(data).made()) == before


@pytest.mark.parametrize(
    "body",
    ["return partial", "partial = True\n        return data", "return data if partial is None else {}"],
)
def test_what_partial_holds_is_not_told(plan, body: str):
    source = (
        f"{IMPORTS}class Subject(Schema):\n    @pre_load\n    def f(self, data, partial, **kwargs):\n        {body}\n"
    )
    assert [one.code for one in plan(source)["Subject"].load_findings] == ["FM405"]


ASKING = """
class Subject(Schema):
    a = fields.Int()
    b = fields.List(fields.Str())
    c = fields.Int(dump_only=True)

    class Meta:
        unknown = EXCLUDE

    @validates_schema(pass_original=True)
    def only_known(self, data, original_data, **kwargs):
        if more := set(original_data) - set(self.load_fields):
            raise ValidationError({name: ["Unexpected."] for name in sorted(more)})

    @pre_load
    def filled(self, data, **kwargs):
        return {name: data.get(name, 1) for name in self.load_fields} | data

    @post_load
    def made(self, data, **kwargs):
        return [data.get(name) for name in self.load_fields if name in self.load_fields.keys()]

    @post_dump
    def whole(self, data, **kwargs):
        return {name: data.get(name) for name in self.dump_fields} | {"size": len(self.dump_fields)}
"""


def test_hooks_that_ask_which_fields_there_are(prove):
    both = prove(ASKING, {"a": 1}, {"a": 1, "b": ["x"]}, {"c": 1}, {"x": 1, "a": "y"})
    assert "set(original) - set(type(self).model_fields)" in both.text
    assert "for name in cls.model_fields}" in both.text


def test_hooks_that_ask_for_all_fields(prove):
    prove(
        """
class Base(Schema):
    a = fields.Int()

    @pre_load
    def known(self, data, **kwargs):
        return {name: data[name] for name in data if name in self.fields}

class Subject(Base):
    b = fields.Int(required=True)
""",
        {"a": 1, "b": 2, "c": 3},
        {"a": "x", "c": 3},
    )


@pytest.mark.parametrize(
    ("fields", "body", "more"),
    [
        ("a = fields.Int(dump_only=True)", "return {k: data[k] for k in self.fields}", ""),
        ("a = fields.Int()", "return {k: v.data_key for k, v in self.fields.items()}", ""),
        ("a = fields.Int()", "self.fields['a'].required = False; return data", ""),
        ("a = fields.Int()", "return {k: data[k] for k in self.fields}", "b = fields.Int(dump_only=True)"),
        ("a = fields.Int(attribute='x')", "return {k: data[k] for k in self.load_fields}", ""),
        ("a = fields.Int()", "return {k: data[k] for k in self.dump_fields}", ""),
    ],
)
def test_fields_of_which_more_is_asked_than_their_names(plan, fields: str, body: str, more: str):
    source = (
        f"{IMPORTS}class Base(Schema):\n    {fields}\n\n"
        f"    @pre_load\n    def f(self, data, **kwargs):\n        {body}\n\n"
        f"class Subject(Base):\n    {more or 'pass'}\n"
    )
    plans = plan(source)
    assert {one.code for one in plans["Subject"].load_findings} <= {"FM405", "FM412"}
    assert plans["Subject"].load_findings


def test_the_key_for_errors_of_the_whole_by_its_name(prove):
    both = prove(
        """
from marshmallow.exceptions import SCHEMA

class Subject(Schema):
    a = fields.Int(required=True)
    b = fields.Int()

    @validates_schema
    def f(self, data, **kwargs):
        if data["a"] == 1:
            raise ValidationError({"a": ["low"], SCHEMA: ["flat"]})
        if data["a"] == 2:
            raise ValidationError("two", SCHEMA)
""",
        {"a": 1},
        {"a": 2},
        {"a": 3},
    )
    assert '"_schema": ["flat"]' in both.text
