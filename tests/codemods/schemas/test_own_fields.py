"""Field classes of a project's own: their texts, and how they load and dump."""

import pytest

LOADING = ("_deserialize", "deserialize", "_validate")
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
        "def __init__(self, places=2, **kwargs):\n        super().__init__(**kwargs)\n        self.required = True",
        "def __init__(self, places=[], **kwargs):\n        super().__init__(**kwargs)",
        "def __init__(self, places=2):\n        super().__init__()",
        "def __init__(self, **kwargs):\n        self.places = 2",
        "def __init__(self, **kwargs):\n        super().__init__(**kwargs)\n        kwargs.pop('x')",
        "def __init__(self, **kwargs):\n        super().__init__(**kwargs)\n        self.now = dt.datetime.now()",
        "def _bind_to_schema(self, name, parent):\n        super()._bind_to_schema(name, parent)",
        "def _deserialize(self, value, attr, data, **kwargs):\n        return data[attr]",
        "def _deserialize(self, value, attr, data, **kwargs):\n        return self.root.context",
        "def _deserialize(self, value, attr, data, **kwargs):\n        raise self.make_error('unknown')",
        "def _validate(self, value):\n        value = 2",
        "def _validate(self, value):\n        if value:\n            super()._validate(value)",
        "def _validate(self, value):\n        self.seen = value",
        "num_type = 2",
        "places = []",
    ],
)
def test_classes_that_stay(plan, body: str):
    plans = plan(
        "from marshmallow import Schema, fields\n\n"
        f"class Own(fields.Field):\n    {body}\n\nclass Subject(Schema):\n    a = Own()\n"
    )
    assert [one.code for one in plans["Subject"].findings_on("load")] == ["FM401"]
    assert plans["Subject"].converts == any(name in body for name in LOADING)


def test_a_class_that_only_loads_otherwise_is_dumped_as_its_base_class(plan):
    plans = plan(
        """
from marshmallow import Schema, fields, ValidationError

class Title(fields.String):
    def deserialize(self, value, attr=None, data=None, **kwargs):
        if data is None or attr not in data:
            return ""
        return super().deserialize(value, attr, data, **kwargs)

class Subject(Schema):
    a = Title(allow_none=True)

class Shown(Schema):
    a = Title(dump_only=True)
    b = fields.List(Title, dump_only=True)
"""
    )
    assert (plans["Subject"].converts, plans["Subject"].loads) == (True, False)
    assert plans["Shown"].loads
    assert "".join(map(str, plans["Shown"].fields[1].annotation)) == "list[Str]"


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


ASKING = """
class Numbers(fields.List):
    def _deserialize(self, value, attr, data, **kwargs):
        if isinstance(value, str):
            value = value.split(",")
        try:
            return super()._deserialize(value, attr, data, **kwargs)
        except ValidationError as error:
            if "stop" in value:
                raise ValidationError({"stopped": error.messages}) from error
            raise

    def _serialize(self, value, attr, obj, **kwargs):
        return {"items": super()._serialize(value, attr, obj, **kwargs)}

class Doubled(fields.Integer):
    default_error_messages = {"invalid": "No {input}.", "null": "Not null."}

    def _deserialize(self, value, attr, data, **kwargs):
        return super(Doubled, self)._deserialize(value, attr, data, **kwargs) * 2

class Again(Doubled):
    def _deserialize(self, value, attr, data, **kwargs):
        return super()._deserialize(value or 4, attr, data, **kwargs) + 1

    def _serialize(self, value, attr, obj, **kwargs):
        shown = super()._serialize(value, attr, obj, **kwargs)
        return [attr, shown, obj.get("b") if isinstance(obj, dict) else obj]

class Address(fields.Email):
    def _deserialize(self, value, attr, data, **kwargs):
        return super()._deserialize(value, attr, data, **kwargs).strip().lower()

class Handing(fields.Str):
    def _deserialize(self, *args, **kwargs):
        return super()._deserialize(*args, **kwargs).title()

    def _serialize(self, value, *args, **kwargs):
        return super()._serialize(value, *args, **kwargs)

class Named(fields.Field[str]):
    def _serialize(self, value, attr, obj, **kwargs):
        return f"{self.name} {attr} {self.metadata.get('unit')} {value}"

    def _deserialize(self, value, attr, data, **kwargs):
        if value == 1:
            raise ValidationError(self.error_messages["null"])
        if value == 2:
            raise self.make_error("required")
        return [attr, self.name, value]

class Stepping(fields.Field):
    default_error_messages = {"odd": "Odd."}
    step = 2

    def _deserialize(self, value, attr, data, **kwargs):
        if value % self.step:
            raise self.make_error("odd")
        return value

class Texts(Stepping):
    default_error_messages = {"odd": "Uneven."}

class Steps(Stepping):
    step = 3

class Plain(Stepping):
    default_error_messages = {"null": "Nothing."}

    def _deserialize(self, value, attr, data, **kwargs):
        return [value]

class Placed(fields.Str):
    def _deserialize(self, value, *args, **kwargs):
        return args[0]

class Shadows(fields.Str):
    def _deserialize(self, value, attr, data, **kwargs):
        return load(super()._deserialize(value, attr, data, **kwargs))

def load(value):
    return value
"""


def test_functions_that_ask_the_type_and_are_told_of_the_field(prove):
    both = prove(
        ASKING
        + """
class Subject(Schema):
    a = Numbers(fields.Int(), validate=validate.Length(max=2), error_messages={"invalid": "No numbers."})
    b = Doubled(strict=True, allow_none=True)
    c = Again(required=True, as_string=True, validate=validate.Range(min=3))
    x = Address(data_key="X")
    y = Named(data_key="Y", metadata={"unit": "kg"})
    z = Named(load_default="z")
    p = Plain()
    q = Handing()
""",
        {"a": "1,2", "b": 3, "c": "4", "X": " A@B.co ", "Y": 5, "z": 6, "p": 1, "q": "a b"},
        {"a": ["1", "x"], "b": "3", "c": 0, "X": "a@b", "Y": 1, "z": 2},
        {"a": ["stop", None], "b": None, "c": None, "X": None, "Y": None},
        {"a": 5, "c": "x", "y": 3, "X": 3},
        {"a": [1, 2, 3], "b": 2, "c": 1, "x": " U@V.w", "y": "v"},
        keys=("a", "b", "c", "X", "Y", "y", "z"),
    )
    assert "def load_again(value: Any, *, load: Callable[[Any], Any]) -> Any:\n    return load_doubled(" in both.text
    assert "load_stepping" not in both.text
    assert 'LoadedBy(partial(load_named, name="y", attr="Y"))' in both.text


@pytest.mark.parametrize(
    "body",
    [
        "a = fields.List(Named())",
        "a = fields.List(Again())",
        "a = Named()\n    def on_bind_field(self, name, field):\n        field.data_key = name.title()",
        "a = Named(error_messages={'null': 'x'})",
        "a = Texts()",
        "a = Steps()",
        "a = Shadows()",
        "a = Placed()",
    ],
)
def test_what_a_function_cannot_be_told(plan, body: str):
    source = f"from marshmallow import Schema, ValidationError, fields\n{ASKING}\nclass Subject(Schema):\n    {body}\n"
    assert plan(source)["Subject"].findings_on("load")


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


SETTINGS = """
class Between(fields.Integer):
    default_error_messages = {"far": "Too far from {low}."}
    step = 2

    def __init__(self, low=0, high=10, *args, message, **kwargs):
        \"\"\"With bounds.\"\"\"
        kwargs.setdefault("load_default", 4)
        super().__init__(*args, validate=validate.Range(max=high), allow_none=True, **kwargs)
        self.low = low
        self.message = message
        self.most = 8

    def _validate(self, value):
        super()._validate(value)
        if value < self.low:
            raise self.make_error("far", low=self.low)
        if value > self.most:
            return
        if value % self.step:
            raise ValidationError(self.message)

class Joined(fields.Field):
    def __init__(self, separator=",", **kwargs):
        super().__init__(**kwargs)
        self.separator = separator

    def _serialize(self, value, attr, obj, **kwargs):
        return self.separator.join(value) if isinstance(value, list) else None

    def _deserialize(self, value, attr, data, **kwargs):
        return value.split(self.separator) if isinstance(value, str) else []

    def _validate(self, value):
        if not value:
            raise ValidationError(["None.", "At all."])
        super()._validate(value)

class Lines(Joined):
    pass

class Alone(fields.Str):
    def _validate(self, value):
        if value == "a":
            raise ValidationError({"no": ["a"]})
"""


def test_settings_and_checks(prove):
    both = prove(
        SETTINGS
        + """
class Subject(Schema):
    a = Between(message="Odd.")
    b = Between(3, high=20, message="Odd!", load_default=None, data_key="B")
    c = Joined(validate=validate.Length(max=2), required=True)
    d = fields.List(Lines(separator="-"))
    x = Alone()
""",
        {"c": "a,b", "d": ["a-b", "", 1]},
        {"a": 11, "B": 1, "c": "", "x": "a"},
        {"a": 3, "B": 19, "c": "a,b,c", "x": "b"},
        {"a": 4, "B": 21, "c": ["x"], "d": [["x", "y"]], "x": None},
        {"a": None, "B": 4, "c": None},
        {"a": 9, "B": 5, "c": 1},
        keys=("a", "B", "c", "d", "x"),
    )
    assert 'LoadedBy(partial(load_joined, separator="-"))' in both.text
    assert 'Finished(partial(check_between, low=3, message="Odd!"))' in both.text


def test_fields_that_are_given_what_they_hold(prove):
    both = prove(
        """
class Colour(enum.Enum):
    RED = "r"

class Numbers(fields.List):
    def __init__(self, **kwargs):
        super().__init__(fields.Integer(), **kwargs)

class Colours(fields.Enum):
    def __init__(self, by_value=True, **kwargs):
        super().__init__(Colour, by_value=by_value, required=True, **kwargs)

class Within(fields.Nested):
    def __init__(self, schema, **kwargs):
        super().__init__(schema, many=True, **kwargs)

class Inner(Schema):
    a = fields.Int()

class Subject(Schema):
    a = Numbers(validate=validate.Length(max=2))
    b = Colours()
    c = Colours(by_value=False, data_key="C")
    x = Within(Inner)
""",
        {"a": [1, "2"], "b": "r", "C": "RED", "x": [{"a": 1}]},
        {"a": [1, 2, 3], "b": "RED", "C": "r", "x": {"a": 1}},
        {"a": ["x"], "x": [{"a": "x"}, None]},
        keys=("a", "b", "C", "x"),
    )
    assert "list[Int]" in both.text


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("Between()", "'Between()'"),
        ("Between(message='x', allow_none=False)", "'Between(message='x', allow_none=False)'"),
        ("Between(1, 2, 3, message='x')", "'3'"),
        ("Alone(validate=validate.Length(max=2))", "'validate', which a field class of the project's own drops"),
    ],
)
def test_uses_that_stay(plan, field: str, said: str):
    plans = plan(
        f"from marshmallow import Schema, fields, validate, ValidationError\n{SETTINGS}\n"
        f"class Subject(Schema):\n    a = {field}\n"
    )
    (finding,) = plans["Subject"].findings
    assert finding.code == "FM402"
    assert said in finding.detail


MAKERS = """
def name_field(longest=3, *, required=False, **kwargs):
    \"\"\"A name.\"\"\"
    return fields.String(required=required, validate=validate.Length(max=longest), **kwargs)

def tags():
    return fields.List(name_field(), load_default=list)

def title():
    class Title(fields.String):
        def _deserialize(self, value, attr, data, **kwargs):
            return super()._deserialize(value, attr, data, **kwargs).title()
    return Title(allow_none=True)

def counted():
    seen.append(1)
    return fields.Int()

def shown(name):
    class Shown(fields.String):
        def _serialize(self, value, attr, obj, **kwargs):
            return name
    return Shown()
"""


def test_fields_that_functions_make(prove):
    prove(
        MAKERS
        + """
class Subject(Schema):
    a = name_field()
    b = name_field(5, required=True, data_key="B")
    c = tags()
    x = title()
""",
        {"a": "abc", "B": "abcde", "c": ["a"], "x": "a b"},
        {"a": "abcd", "B": "abcdef", "c": ["abcd", 1], "x": None},
        {"B": None, "x": 1},
        keys=("a", "B", "c", "x"),
    )


@pytest.mark.parametrize("made", ["counted()", "shown('a')", "tags(required=True)", "name_field(validate=None)"])
def test_functions_that_do_more_stay(plan, made: str):
    source = f"from marshmallow import Schema, fields, validate\n{MAKERS}\nclass Subject(Schema):\n    a = {made}\n"
    assert not plan(source)["Subject"].converts


VALIDATORS = """
class Even(validate.Validator):
    \"\"\"Nothing odd.\"\"\"

    message = "Odd."

    def __init__(self, *, error=None, most: int = 8):
        self.error: str = error or self.message
        self.most = most

    def __call__(self, value):
        if value % 2 or self.above(value):
            raise ValidationError(self.error)
        return value

    def above(self, value):
        return value > self.most

class Told:
    def __call__(self, value):
        if value == "a":
            raise ValidationError({"a": ["dict"]})
        if value == "b":
            raise ValueError("not about the data")

class Small(validate.Range):
    def __init__(self):
        super().__init__(max=3)

class Described(validate.Validator):
    def __call__(self, value):
        raise ValidationError(repr(self) + str(self.error))

class Counting:
    seen = []

    def __call__(self, value):
        self.seen.append(value)

class Whole:
    def __init__(self, least):
        self.least = least

    def check(self, value):
        raise ValidationError("x")
"""


def test_validators_of_own_classes(prove):
    both = prove(
        VALIDATORS
        + """
class Subject(Schema):
    a = fields.Int(validate=Even())
    b = fields.Int(validate=[validate.Range(max=6), Even(error="No.", most=4)])
    c = fields.List(fields.Str(validate=Told()), validate=validate.Length(max=1))
""",
        {"a": 2, "b": 2, "c": ["x"]},
        {"a": 3, "b": 7, "c": ["a", "x"]},
        {"a": 10, "b": 6, "c": ["b"]},
        {"a": "x", "b": None, "c": "a"},
    )
    assert "class Even:\n" in both.text
    assert "Small" not in both.text


@pytest.mark.parametrize("validator", ["Small()", "Described()", "Counting()", "Whole(1)", "Even(**{})"])
def test_validators_that_stay(plan, validator: str):
    plans = plan(
        f"from marshmallow import Schema, fields, validate, ValidationError\n{VALIDATORS}\n"
        f"class Subject(Schema):\n    a = fields.Int(validate={validator})\n"
    )
    assert [one.code for one in plans["Subject"].load_findings] == ["FM410"]
    assert plans["Subject"].converts


def test_a_class_that_only_dumps_has_what_dumps_and_nothing_that_loads(convert):
    source = f"""
from marshmallow import Schema, fields, pre_load, validate, ValidationError
{VALIDATORS}
def positive(value):
    if value < 0:
        raise ValidationError("Negative.")

class Price(fields.Integer):
    def _deserialize(self, value, attr, data, **kwargs):
        return super()._deserialize(value, attr, data, **kwargs) * 100

    def _serialize(self, value, attr, obj, **kwargs):
        return super()._serialize(value, attr, obj, **kwargs) / 100

class Subject(Schema):
    a = Price(validate=[Even(), positive])
    b = fields.List(Price(), validate=Told())
    c = fields.Int(validate=[validate.Range(max=3), Even()])

    @pre_load
    def kept(self, data, **kwargs):
        return {{key: data[key] for key, one in self.fields.items()}}
"""
    both = convert(source)
    subject = both.plans["Subject"]
    assert not subject.load_name
    annotations = {one.name: "".join(map(str, one.annotation)) for one in subject.fields}
    assert annotations == {
        "a": "Annotated[Int, DumpedBy(dump_price)]",
        "b": "list[Annotated[Int, DumpedBy(dump_price)]]",
        "c": "Annotated[Int, Range(max=3)]",
    }
    row = {"a": 100, "b": [200], "c": 1}
    assert getattr(both.new, subject.dump_name).dump(row) == both.old.Subject().dump(row)


MIXED = """
class Trimming:
    chars = " "

    def _deserialize(self, value, attr, data, **kwargs):
        value = super()._deserialize(value, attr, data, **kwargs).strip(self.chars)
        if not value:
            raise self.make_error("blank")
        return value

class Lowering:
    default_error_messages = {"blank": "Nothing."}

    def _serialize(self, value, attr, obj, **kwargs):
        value = super()._serialize(value, attr, obj, **kwargs)
        return value and value.lower()

class Trimmed(Trimming, Lowering, fields.String):
    pass

class Mail(Trimming, fields.Email):
    default_error_messages = {"blank": "No mail."}

class Subject(Schema):
    a = Trimmed()
    b = Mail(allow_none=True)
"""


def test_classes_that_are_mixed_into_a_field(prove) -> None:
    both = prove(
        MIXED, {"a": " X "}, {"a": "  ", "b": " "}, {"b": " a@b.co "}, {"a": None, "b": None}, {"a": 5, "b": "x"}
    )
    assert "LoadedBy(load_trimmed), DumpedBy(dump_trimmed)" in both.text


@pytest.mark.parametrize(
    "bases",
    [
        "Trimming, Again, fields.String",
        "Below, fields.String",
        "fields.String, fields.Field",
        "other.Mixin, fields.Str",
    ],
)
def test_classes_that_cannot_be_mixed_in(plan, bases: str) -> None:
    source = f"""
import other
from marshmallow import Schema, fields

class Trimming:
    def _deserialize(self, value, attr, data, **kwargs):
        return super()._deserialize(value, attr, data, **kwargs)

class Again(object):
    def _deserialize(self, value, attr, data, **kwargs):
        return super()._deserialize(value, attr, data, **kwargs)

class Below(Trimming):
    pass

class Own({bases}):
    pass

class Subject(Schema):
    a = Own()
"""
    assert [one.code for one in plan(source)["Subject"].findings] == ["FM401"]
