"""Field classes of a project's own: their texts, and how they load and dump."""

import pytest

OWN = """
class Money(int):
    pass

def cents(value):
    return round(float(value) * 100)

class StrictInt(fields.Integer):
    default_error_messages = {"invalid": "{input!r} is no whole number", "required": "A number!"}

class Stricter(StrictInt):
    default_error_messages = {"null": "No null."}

class MoneyField(fields.Field):
    \"\"\"An amount.\"\"\"

    default_error_messages = {"invalid": "Not money: {input}.", "low": "Too low."}

    def _deserialize(self, value, attr, data, **kwargs):
        try:
            amount = cents(value)
        except (TypeError, ValueError) as error:
            raise self.make_error("invalid", input=value) from error
        if amount < 0:
            raise self.make_error("low")
        if amount == 500:
            raise ValueError("not about the data")
        return Money(amount)

    def _serialize(self, value, attr, obj, **kwargs):
        if value is None:
            return "nothing"
        return f"{value}!"

class Upper(fields.String):
    def _deserialize(self, value, attr, data, **kwargs):
        text = super()._deserialize(value, attr, data, **kwargs)
        if text == "a":
            raise ValidationError("No a.")
        return text.upper()

class Lower(fields.Str):
    def _serialize(self, value, attr, obj, **kwargs):
        text = super()._serialize(value, attr, obj, **kwargs)
        return text.lower() if text else "empty"
"""


def test_texts_loading_and_dumping(prove):
    both = prove(
        OWN
        + """
class Subject(Schema):
    a = StrictInt(required=True)
    b = Stricter(error_messages={"null": {"code": 1}})
    c = MoneyField(validate=validate.Range(max=1000), allow_none=True)
    d = fields.List(MoneyField())
    x = Upper(load_default="x")
    y = Lower(data_key="Y")
    z = fields.Dict(keys=Upper(), values=Lower)
""",
        {},
        {"a": "x", "b": None, "c": None, "d": [1, "2.5", -1, None], "x": "b", "Y": "C", "z": {"k": "V", "a": "W"}},
        {"a": 1, "b": "y", "c": 5, "x": "a"},
        {"a": None, "c": "20", "x": 5, "Y": None, "y": "ABC", "z": {"k": None}},
        {"a": 1, "c": "money", "d": None, "x": None, "y": None},
        keys=("a", "b", "c", "d", "x", "Y", "z"),
    )
    assert "d: list[Annotated[Any, LoadedBy(load_money)" in both.text


@pytest.mark.parametrize(
    "body",
    [
        "def __init__(self, places, **kwargs):\n        super().__init__(**kwargs)",
        "def _deserialize(self, value, attr, data, **kwargs):\n        return data[attr]",
        "def _deserialize(self, value, attr, data, **kwargs):\n        return self.root.context",
        "def _deserialize(self, value, attr, data, **kwargs):\n        raise self.make_error('unknown')",
        "def _validate(self, value):\n        pass",
        "places = 2",
    ],
)
def test_classes_that_stay(plan, body: str):
    plans = plan(
        "from marshmallow import Schema, fields\n\n"
        f"class Own(fields.Field):\n    {body}\n\nclass Subject(Schema):\n    a = Own()\n"
    )
    assert [one.code for one in plans["Subject"].findings] == ["FM401"]
