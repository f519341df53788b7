"""Options that the `__init__` of a schema gives every object."""

import pytest

IMPORTS = "from marshmallow import EXCLUDE, INCLUDE, Schema, fields, post_load, validate\n"
FIXED = """
class Base(Schema):
    a = fields.Int(required=True)

    def __init__(self, **kwargs):
        super().__init__(unknown=EXCLUDE, **kwargs)
"""
PARTIAL = """
class Base(Schema):
    a = fields.Int(required=True)

class Subject(Base):
    def __init__(self, **kwargs):
        super().__init__(partial=True, **kwargs)
"""


@pytest.mark.parametrize(
    "body",
    [
        "kwargs.setdefault('only', ('a',))\n        super().__init__(**kwargs)",
        "super().__init__(exclude=('a',), **kwargs)",
        "super().__init__(many=True, **kwargs)",
        "super().__init__(unknown=UNKNOWN, **kwargs)",
        "super().__init__(partial=('a',), **kwargs)",
        "super().__init__(partial=PARTIAL, **kwargs)",
        "super().__init__(**kwargs)\n        self.strict = True",
        "super().__init__(**kwargs)\n        self.fields['a'].required = False",
        "super().__init__(**kwargs)\n        kwargs.setdefault('unknown', EXCLUDE)",
        "kwargs.pop('unknown', None)\n        super().__init__(**kwargs)",
        "pass",
    ],
)
def test_what_does_more_stays(plan, body: str) -> None:
    source = f"{IMPORTS}UNKNOWN = PARTIAL = object()\nclass Subject(Schema):\n    a = fields.Int()\n\n"
    (finding,) = plan(f"{source}    def __init__(self, **kwargs):\n        {body}\n")["Subject"].findings
    assert (finding.code, finding.detail) == ("FM409", "the method '__init__'")


@pytest.mark.parametrize(
    "more",
    [
        "def view():\n    return Base(unknown=INCLUDE)\n",
        "def view(options):\n    return Base(**options)\n",
        "class Subject(Base):\n    pass\nfound = Subject(unknown=INCLUDE)\n",
        "class Subject(Base):\n    def __init__(self, **kw):\n        super().__init__(unknown=INCLUDE, **kw)\n",
        "class Other(Schema):\n    class Meta:\n        pass\nclass Subject(Other, Base):\n    pass\n",
        "class Subject(Base):\n    def __init__(self, **kwargs):\n        self.a = 1\n",
    ],
)
def test_what_would_say_otherwise_stays(plan, more: str) -> None:
    found = plan(f"{IMPORTS}{FIXED}\n{more}")
    assert not found.get("Subject", found["Base"]).converts


@pytest.mark.parametrize(
    "more",
    [
        "def view(data):\n    return Subject(partial=False).load(data)\n",
        "def view(data, some):\n    return Subject().load(data, partial=some)\n",
        "def view(data, schema):\n    return schema.load(data, partial=('a',))\n",
        "def view(schema):\n    schema.partial = False\n",
    ],
)
def test_what_may_be_loaded_whole_stays(plan, more: str) -> None:
    found = plan(f"{IMPORTS}{PARTIAL}\n{more}")
    assert found["Base"].converts
    assert not found["Subject"].converts


def test_what_a_partial_schema_nests(plan) -> None:
    found = plan(f"{IMPORTS}{PARTIAL}    b = fields.Nested(Base)\n\n\nclass Other(Subject):\n    c = fields.Int()\n")
    for name in ("Subject", "Other"):
        assert found[name].converts
        assert [one.code for one in found[name].load_findings] == ["FM403"]


def test_unknown_keys(prove) -> None:
    both = prove(
        """
class Item(Schema):
    a = fields.Int(required=True)

    def __init__(self, *args, **kwargs):
        '''Lenient.'''
        kwargs.setdefault("unknown", EXCLUDE)
        super().__init__(*args, **kwargs)

class Strict(Item):
    class Meta: unknown = RAISE

class Subject(Strict):
    b = fields.Nested(Item)
    c = fields.List(fields.Nested(Strict, unknown=INCLUDE))

    def __init__(self, unknown="include", **kwargs):
        super().__init__(unknown=unknown, **kwargs)
""",
        {"a": 1, "z": 2, "b": {"a": 1, "z": 3}, "c": [{"a": 2, "z": 4}]},
        {"a": "x", "z": 2, "b": {"z": 3}, "c": [{"z": 4}]},
        keys=("a", "b", "c", "z"),
    )
    assert "__init__" not in both.text
    for data in ({"a": 1, "z": 2}, {"z": 2}):
        before, after = both.load("Strict", data)
        assert after == before
        before, after = both.load("Subject", data, unknown="forbid")
        assert after == before


def test_lists(prove) -> None:
    both = prove(
        """
class Subject(Schema):
    a = fields.Int(required=True)

    def __init__(self, **kwargs):
        super().__init__(**kwargs)

class Rows(Subject):
    def __init__(self, *, many=True, **kwargs):
        super().__init__(many=many, **kwargs)
""",
        {"a": 1},
        {"a": "x"},
    )
    assert both.plans["Rows"].meta.many


def test_fields_that_may_all_be_left_out(prove) -> None:
    both = prove(
        """
class Base(Schema):
    a = fields.Int(required=True, validate=validate.Range(max=5))
    b = fields.Str(load_default="x", dump_default="y")
    c = fields.Constant(3)

    @post_load
    def told(self, data, partial, **kwargs):
        return {**data, "whole": not partial}

class Patch(Base):
    x = fields.List(fields.Int(required=True), required=True)

    def __init__(self, **kwargs):
        kwargs.setdefault("partial", True)
        super().__init__(**kwargs)

class Subject(Patch):
    d = fields.Int(required=True, data_key="D")

Made = Patch.from_dict({"e": fields.Int(required=True)}, name="Made")
""",
        {},
        {"a": 1, "x": [1], "D": 4},
        {"a": 9, "b": None, "x": ["a"], "c": 5},
        {"D": None},
        keys=("a", "b", "c", "x", "D"),
    )
    for name in ("Base", "Patch"):
        for data in ({}, {"a": 1}, {"a": 2, "x": [1], "b": "c"}, {"a": 7}):
            both.assert_alike(name, data)
    for data in ({}, {"e": 1}, {"e": "x", "a": 6}):
        both.assert_alike("Made", data)
