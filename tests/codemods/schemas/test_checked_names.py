"""Checks and hooks of schemas whose fields have attributes of other names, or are inside other values."""

import pytest

from tests.codemods.schemas.conftest import IMPORTS

RENAMED = """
class Subject(Schema):
    a = fields.Int(attribute="alpha")
    b = fields.Int(attribute="beta", data_key="x")
    c = fields.Int(required=True)

    @validates("a", "b")
    def small(self, value, data_key):
        if value > 6:
            raise ValidationError(f"{data_key} is too large")

    @validates_schema(skip_on_field_errors=False)
    def seen(self, data, **kwargs):
        if data.get("alpha") or data.get("beta"):
            raise ValidationError([str(data.get("alpha")), str(data.get("beta"))])

    @validates_schema
    def check(self, data, **kwargs):
        if data["c"] == 1:
            raise ValidationError("one", "b")
        if data["c"] == 2:
            raise ValidationError({"b": ["two"]})
        if data["c"] == 3:
            raise ValidationError("three", field_name="a")

    @post_load
    def make(self, data, **kwargs):
        if data["c"] == 4:
            raise ValidationError("four", "beta")
        return {**data, "sum": sum(data.values())}
"""


def test_errors_name_the_field_by_its_key_whatever_its_attribute(prove):
    both = prove(RENAMED, {"c": 1}, {"c": 2}, {"c": 3}, {"c": 4}, {"c": 0, "x": 9, "a": 7}, {"c": 5, "a": 0, "x": 0})
    assert both.load("Subject", {"c": 1})[1][1] == {"x": ["one"]}
    assert 'raise InvalidError("one", "beta")' in both.text


def test_a_field_inside_another_value_is_named_by_its_key(prove):
    prove(
        """
class Subject(Schema):
    a = fields.Int(attribute="x.y", data_key="b")
    json = fields.Str(data_key="c")

    @validates_schema
    def check(self, data, **kwargs):
        if data.get("json") in ("a", "x.y", "json", "c"):
            raise ValidationError("no", {"a": "a", "x.y": "x.y"}.get(data["json"], "json"))
""",
        {"c": "a"},
        {"c": "x.y"},
        {"c": "json", "b": 1},
        {"c": "c", "b": "q"},
    )


@pytest.mark.parametrize(
    "check",
    [
        'raise ValidationError("no", data["field"])',
        'raise ValidationError("no", "alpha")',
        "check_all(data)",
        "self.refuse(data)",
    ],
)
def test_what_an_error_is_about_has_to_be_known(plan, check):
    source = f"""{IMPORTS}
def check_all(data):
    raise ValidationError("no", "a")

class Subject(Schema):
    a = fields.Int(attribute="alpha")

    def refuse(self, data):
        raise ValidationError("no", "a")

    @validates_schema
    def check(self, data, **kwargs):
        {check}
"""
    assert [one.code for one in plan(source)["Subject"].findings_on("load")] == ["FM405"]
