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


def test_classes_of_like_names_have_functions_of_their_own(prove):
    both = prove(
        """
class Money(fields.Field):
    def _deserialize(self, value, attr, data, **kwargs):
        return ("money", value)

class MoneyField(fields.Field):
    def _deserialize(self, value, attr, data, **kwargs):
        return ("field", value)

class Subject(Schema):
    a = Money()
    b = MoneyField()
""",
        {"a": 1, "b": 2},
    )
    assert both.text.count("def load_") == 2


@pytest.mark.parametrize(
    ("base", "method", "given"),
    [
        ("Integer", "_serialize(self, value, attr, obj, **kwargs)", "as_string=True"),
        ("Integer", "_deserialize(self, value, attr, data, **kwargs)", "strict=True"),
        ("Date", "_serialize(self, value, attr, obj, **kwargs)", ""),
    ],
)
def test_options_that_a_function_would_not_know_of(plan, base: str, method: str, given: str):
    name, _, rest = method.partition("(")
    arguments = rest.removesuffix(")").removeprefix("self, ")
    plans = plan(
        "from marshmallow import Schema, fields\n\n"
        f"class Own(fields.{base}):\n    def {method}:\n"
        f"        return super().{name}({arguments})\n\n"
        f"class Subject(Schema):\n    a = Own({given})\n\n    class Meta:\n        dateformat = '%d'\n"
    )
    (finding,) = plans["Subject"].findings
    assert "of a field class of the project's own" in str(finding)


def test_fields_that_only_dump_otherwise_refuse_null(prove):
    prove(
        """
class Joined(fields.Field):
    def _serialize(self, value, attr, obj, **kwargs):
        return ",".join(value) if isinstance(value, list) else None

class Subject(Schema):
    a = Joined()
    b = Joined(allow_none=True)
    c = fields.List(Joined)
""",
        {"a": None, "b": None, "c": [None]},
        {"a": ["x", "y"], "c": [["x"], 1, None]},
    )
