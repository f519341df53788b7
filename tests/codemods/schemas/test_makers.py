"""What is made of loaded data, of one object and of many, and checks of all that is loaded."""

import itertools
from typing import Any

import pytest

from codemods.schemas import analyse
from tests.codemods.schemas.conftest import IMPORTS

INPUTS: list[Any] = [
    {"a": 1, "b": "x"}, {"a": 1}, {"b": "y"}, {"a": "z"}, {"a": 2, "c": 3}, {}, None, [], "x",
]  # fmt: skip
USER = """
class User:
    def __init__(self, **values):
        self.values = values

    def __repr__(self):
        return f"User({self.values})"

"""


def assert_lists_alike(both: Any, *inputs: Any) -> None:
    """Both sides load all lists of up to three of these alike."""
    lists = [list(one) for size in range(4) for one in itertools.product(inputs[:6], repeat=size)]
    for one in (*lists, None, 5, "x", {}, {"a": 1}):
        before, after = both.load_many("Subject", one)
        assert after == before, one


def test_the_original_of_what_is_made(prove):
    both = prove(
        f"""{USER}
class Inner(Schema):
    a = fields.Int()

    @post_load(pass_original=True)
    def make(self, data, sent, **kwargs):
        return User(inner=sent, **data)

class Subject(Schema):
    class Meta:
        unknown = EXCLUDE

    a = fields.Int()
    b = fields.Str()
    c = fields.List(fields.Nested(Inner))
    x = fields.Nested(Inner, many=True)

    @pre_load
    def marked(self, data, **kwargs):
        return {{**data, "b": "marked"}} if isinstance(data, dict) and "a" in data else data

    @post_load(pass_original=True)
    def make(self, data, original_data, **kwargs):
        if "c" in original_data and "a" not in data:
            raise ValidationError(f"{{original_data!r}}", "c")
        return User(sent=original_data, **data)
""",
        {"a": 1, "b": "x"},
        {"b": "x", "other": 5},
        {"c": [{"a": 1}], "x": [{"a": 2}, {}]},
    )
    assert_lists_alike(both, *INPUTS)
    assert "def make(self, original: Any) -> Any:" in both.text


def test_what_is_made_of_all_at_once(prove):
    both = prove(
        f"""{USER}
class Inner(Schema):
    a = fields.Int(required=True)

    @post_load(pass_collection=True)
    def make(self, data, many, partial, **kwargs):
        if many and len(data) > 2:
            raise ValidationError("Too many.")
        return User(many=many, partial=True if partial else False, data=data)

class Subject(Inner):
    b = fields.Nested(Inner, many=True)
    c = fields.Nested(Inner)
    x = fields.List(fields.Nested(Inner))
""",
        {"a": 1, "b": [{"a": 1}, {"a": 2}]},
        {"a": 1, "c": {"a": 1}},
        {"a": 1, "b": [{"a": 1}] * 3},
        {"a": 1, "x": [{"a": 1}, {"a": "2"}]},
    )
    assert_lists_alike(both, *INPUTS)


def test_the_original_of_all_at_once(prove):
    both = prove(
        """
class Subject(Schema):
    a = fields.Int()

    @post_load(pass_collection=True, pass_original=True)
    def tell(self, data, sent, many, **kwargs):
        return [sent, data] if many else {"sent": sent, **data}
""",
        {"a": "1"},
    )
    assert_lists_alike(both, *INPUTS)


def test_several_methods_each_of_what_the_one_before_made(prove):
    both = prove(
        f"""{USER}
class Base(Schema):
    a = fields.Int()
    b = fields.Str()

    @post_load
    def lower(self, data, **kwargs):
        data["b"] = data.get("b", "none").lower()
        return data

class Subject(Base):
    @post_load(pass_original=True)
    def make(self, data, sent, **kwargs):
        return User(sent=sent, **data)

    @post_load
    def marked(self, user, **kwargs):
        user.values["marked"] = True
        return user
""",
        {"a": 1, "b": "X"},
    )
    assert_lists_alike(both, *INPUTS)
    assert "return User(sent=original, **self.lower())" in both.text
    assert "user = self.make()" in both.text


def test_a_method_that_a_subclass_replaces(prove):
    both = prove(
        """
class Base(Schema):
    a = fields.Int()

    @post_load
    def first(self, data, **kwargs):
        return {**data, "first": 1}

    @post_load
    def second(self, data, **kwargs):
        return {**data, "second": 1}

class Subject(Base):
    @post_load
    def first(self, data, **kwargs):
        return {**data, "first": 2}
""",
        {"a": 1},
    )
    assert_lists_alike(both, *INPUTS)


CHECKED = """
class Inner(Schema):
    a = fields.Int(required=True)
    b = fields.Str()

    @validates_schema(pass_collection=True, pass_original=True{always})
    def different(self, data, sent, many, **kwargs):
        seen = set()
        for index, item in enumerate(data if many else [data]):
            if item.get("a") in seen:
                raise ValidationError({{index: {{"a": [f"Twice in {{sent!r}}."]}}}} if index > 1 else "Twice.", {field})
            seen.add(item.get("a"))
        if not many and item.get("a") == 7:
            raise ValidationError("Seven.", "a")

    @validates_schema{skips}
    def named(self, data, many, **kwargs):
        if "b" not in data:
            raise ValidationError(f"No name, {{many}}.", "b")

class Subject(Inner):
    c = fields.Nested(Inner, many=True)
    x = fields.Nested(Inner)
"""


@pytest.mark.parametrize(
    ("always", "skips", "field"),
    [
        ("", "", '"_schema"'),
        (", skip_on_field_errors=False", "(skip_on_field_errors=False)", '"_schema"'),
        ("", "", '"b"'),
    ],
)
def test_checks_of_all_that_is_loaded(prove, always: str, skips: str, field: str):
    both = prove(
        CHECKED.format(always=always, skips=skips, field=field),
        {"a": 1, "b": "x", "c": [{"a": 1, "b": "x"}, {"a": 1, "b": "y"}]},
        {"a": 1, "b": "x", "c": [{"a": 1, "b": "x"}, {"a": "z", "b": "y"}]},
        {"a": 7, "b": "x", "x": {"a": 7}},
    )
    assert_lists_alike(both, {"a": 1, "b": "x"}, {"a": 1}, {"a": 2, "b": "y"}, {"a": "z"}, {"a": 7, "b": ""}, None)


@pytest.mark.parametrize(
    "body",
    [
        'item["a"] = 1',
        'item["b"].append(1)',
        "del item[0]",
        "tidy(item)",
        'tags = item["tags"]\n            tags.sort()',
        "seen.append(item)",
        'item["a"] += 1',
    ],
)
def test_checks_of_all_that_may_change_it(plan, body: str):
    found = plan(
        f"""{IMPORTS}
def tidy(item):
    item.clear()

class Subject(Schema):
    a = fields.Int()

    @validates_schema(pass_collection=True)
    def check_it(self, data, many, **kwargs):
        seen = []
        for item in data if many else [data]:
            {body}
"""
    )["Subject"]
    assert [one.code for one in found.load_findings] == ["FM405"]


@pytest.mark.parametrize(
    "body",
    [
        "@post_load(pass_collection=True)\n    def f(self, data, **kwargs):\n        return data\n"
        "    @post_load\n    def g(self, data, **kwargs):\n        return data",
        "@post_load\n    def f(self, data, **kwargs):\n        raise ValidationError('No.')\n"
        "    @post_load\n    def g(self, data, **kwargs):\n        return data",
        "@post_load\n    def f(self, data, **kwargs):\n        return data\n"
        "    @post_load\n    def g(self, data, **kwargs):\n        return 5",
        "@pre_load(pass_collection=True)\n    def f(self, data, **kwargs):\n        return data['items']\n"
        "    @post_load(pass_original=True)\n    def g(self, data, sent, **kwargs):\n        return sent",
    ],
)
def test_methods_that_do_not_go_together(plan, body: str):
    found = plan(f"{IMPORTS}class Subject(Schema):\n    a = fields.Int()\n    {body}\n")["Subject"]
    assert [one.code for one in found.load_findings] == ["FM405"]


def test_an_order_that_no_base_class_has(plan):
    found = plan(
        f"""{IMPORTS}
class Base(Schema):
    @post_load
    def second(self, data, **kwargs):
        return data

class Subject(Base):
    @post_load
    def first(self, data, **kwargs):
        return data
"""
    )
    assert not found["Base"].load_findings
    assert [one.code for one in found["Subject"].load_findings] == ["FM405"]


def test_what_a_hook_does_not_ask_for_may_be_given(prove):
    prove(
        """
class Subject(Schema):
    a = fields.Int()

    @post_load
    def doubled(self, data, *args, **kwargs):
        return {**data, "a": 2 * data.get("a", 0)}
""",
        {"a": 1},
    )


@pytest.mark.parametrize(("version", "mark"), [("3.26.1", "@check(always=True, strict=False)"), ("4.1.0", "")])
def test_checks_of_lists_by_version(facts_of, version: str, mark: str):
    project, sources, _ = facts_of(
        f"""{IMPORTS}
class Plain(Schema):
    @validates_schema(skip_on_field_errors=False)
    def check_it(self, data, **kwargs):
        raise ValidationError("No.")

class Enveloped(Plain):
    @pre_load(pass_collection=True)
    def unwrap(self, data, **kwargs):
        return data["items"]
"""
    )
    project.application.versions["marshmallow"] = version
    plans = analyse(project, sources)
    assert plans["app.Plain"].methods[0].text.startswith(mark or "@check(always=True)\n")
    assert [one.code for one in plans["app.Enveloped"].load_findings] == (["FM405"] if mark else [])
