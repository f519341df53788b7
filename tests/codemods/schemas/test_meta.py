"""The options of `class Meta`, those of a base class, and names that a Pydantic class cannot have."""

import pytest

from codemods.scan.scan import scan
from codemods.schemas import analyse
from codemods.view.source import Sources


def test_options_that_add_and_leave_out_fields(prove):
    both = prove(
        """
class Subject(Schema):
    class Meta:
        include = {"class": fields.Str(load_default="app", data_key="c")}
        fields = ("a", "class", "json", "b")
        dump_only = ("b",)
        dateformat = "%d"
        many = False
        index_errors = True

    a = fields.Date()
    b = fields.Int()
    json = fields.Dict(required=True)
    x = fields.Str(required=True)

    @validates("json", "x")
    def is_empty(self, value, data_key):
        if value:
            raise ValidationError(data_key)

    @validates_schema(skip_on_field_errors=False)
    def no_x(self, data, **kwargs):
        if data.get("class") == "x":
            raise ValidationError("No x.", "class")
""",
        {"a": "12", "json": {}, "c": "x"},
        {"a": "12", "json": {"k": 1}, "c": "y", "class": "z"},
        {"json": 3, "x": 1, "b": 1},
        {"class": 1, "a": None, "b": "5", "json": {"k": 1}, "x": "x"},
        keys=("a", "b", "c", "x", "json", "class"),
    )
    assert 'json_: Annotated[dict[Any, Any], Entries(), At("json")]' in both.text


def test_messages_without_an_index(prove):
    source = """
class Base(Schema):
    class Meta:
        index_errors = False
    b = fields.Int(required=True)

class Again(Base):
    class Meta:
        unknown = EXCLUDE

class Inherits(Base):
    c = fields.Str(required=True)

class Subject(Schema):
    class Meta(Base.Meta):
        pass
    a = fields.Nested(Inherits, many=True)
    b = fields.List(fields.Nested(Base))
    c = fields.Nested(Again, many=True)
"""
    wrong = [{"b": "x"}, {"b": 1, "c": 2}, 3, {"b": None, "x": 1}]
    both = prove(source, {"a": wrong}, {"b": wrong, "a": [{"b": 1, "c": "c"}, {}]}, {"c": wrong}, [])
    assert both.text.count("index_errors = False") == 2
    assert both.text.count("index_errors = True") == 1


def test_formats_of_types_that_a_base_class_has_none_of(prove):
    prove(
        """
class Base(Schema):
    a = fields.DateTime()
    b = fields.Time()
    c = fields.Date()

class Subject(Base):
    class Meta:
        dateformat = "%d.%m.%Y"

    c = fields.Date()
""",
        {"a": "2020-01-02T03:04:05", "b": "03:04", "c": "02.01.2020"},
        {"a": "02.01.2020", "b": "x", "c": "2020-01-02"},
    )


@pytest.mark.parametrize(
    ("option", "kind"), [("dateformat", "Date"), ("timeformat", "Time"), ("datetimeformat", "DateTime")]
)
def test_formats_of_types_that_a_base_class_has(plan, option: str, kind: str):
    source = f"""
from marshmallow import Schema, fields

class Base(Schema):
    a = fields.{kind}()

class Subject(Base):
    class Meta:
        {option} = "%Y"
"""
    assert [one.code for one in plan(source)["Subject"].findings] == ["FM404"]


def test_options_of_a_base_class(prove):
    source = """
class Base(Schema):
    class Meta:
        dump_only = ("a", "x")
        unknown = EXCLUDE
        datetimeformat = "%Y"

    a = fields.Int(required=True)
    b = fields.Str(required=True)
    c = fields.DateTime()

class Plain(Base):
    x = fields.DateTime()

class Own(Base):
    class Meta(Base.Meta):
        exclude = ("c",)
        load_only = ("b",)

    c = fields.Str()

    @validates("b", "c")
    def not_a(self, value, **kwargs):
        if value == "a":
            raise ValidationError("A.")

class Subject(Own):
    x = fields.Int()
"""
    inputs = [{}, {"a": 1, "b": "a"}, {"b": "b", "c": "2020", "x": "1999"}, {"a": "1", "b": 2, "c": "c", "x": "5"}]
    both = prove(source, *inputs)
    for name in ("Base", "Plain", "Own"):
        both.assert_alike(name, *inputs)


def test_fields_that_are_narrower_than_in_the_base_class(prove):
    prove(
        """
class Wide(Schema):
    a = fields.Int(dump_only=True)
    b = fields.Int()
    c = fields.Int()

class Subject(Wide):
    a = fields.Int(load_only=True)
    b = fields.Int(attribute="x")
    c = fields.Str(dump_only=True)
""",
        {"a": 1, "b": 2},
        {"a": 1, "b": 2, "c": 3, "x": 4},
    )


def test_a_field_of_the_name_of_a_type(prove):
    prove(
        """
class Subject(Schema):
    Str = fields.Str(data_key="a")
    int = fields.Int(data_key="b")
    copy = fields.Nested(lambda: Subject(only=("copy_",)), data_key="c")
    copy_ = fields.List(fields.Str(), data_key="x")
""",
        {"a": "1", "b": "2", "c": {"x": ["3"]}, "x": [4]},
        {"Str": 1, "int": "2", "copy": {"copy_": [3]}, "copy_": None},
        keys=("a", "b", "c", "x", "Str", "int", "copy"),
    )


def test_options_of_several_bases(prove):
    prove(
        """
class Plain(Schema):
    c = fields.Int()

class Lenient(Schema):
    a = fields.Int()

    class Meta:
        unknown = EXCLUDE
        dump_only = ("x",)

class Strict(Schema):
    b = fields.Int(required=True)

class Both(Lenient, Strict):
    pass

class Subject(Plain, Both):
    x = fields.Int()
""",
        {},
        {"a": 1, "b": 2, "other": 1},
        {"b": "x", "x": 1, "c": 2},
    )


def test_fields_that_several_bases_have(prove):
    prove(
        """
class Base(Schema):
    x = fields.Int()

class Left(Base):
    a = fields.Int()

class Right(Base):
    x = fields.Str(data_key="X")

class Middle(Left, Right):
    b = fields.Int()

class Subject(Middle):
    class Meta:
        fields = ("x", "b")
""",
        {},
        {"x": 1, "X": "1", "b": 2},
    )


def test_mixins_beside_a_schema(prove):
    prove(
        """
class Named(object):
    a = fields.Str(required=True)

    @validates("a")
    def check(self, value, **kwargs):
        if not value.strip():
            raise ValidationError("Empty.")

class Stamped:
    b = fields.Int(load_default=1)

    @post_load
    def stamp(self, data, **kwargs):
        return {**data, "stamped": True}

class Lenient:
    class Meta:
        unknown = EXCLUDE

class Both(Named, Stamped):
    c = fields.Date(dump_only=True)

class Helper:
    def shout(self, value):
        return value.upper()

class Base(Both, Lenient, Schema):
    b = fields.Str(load_default="y")

class Subject(Helper, Base):
    @post_dump
    def loud(self, data, **kwargs):
        return {**data, "b": self.shout(data.get("b", ""))}
""",
        {"a": "x", "x": 1},
        {"a": " "},
        {"b": "z", "c": 1},
        {"a": "", "b": 2},
    )


@pytest.mark.parametrize(("option", "sides"), [("dump_only", (True, False)), ("load_only", (False, False))])
def test_fields_of_nested_schemas_in_the_lists_of_a_class(plan, option: str, sides: tuple[bool, bool]):
    plans = plan(
        f"""
from marshmallow import Schema, fields

class Inner(Schema):
    a = fields.Int()

class Subject(Schema):
    inner = fields.Nested(Inner)
    class Meta:
        {option} = ("inner.a", "elsewhere.a")
"""
    )
    assert (plans["Subject"].converts, plans["Subject"].loads) == sides
    (finding,) = plans["Subject"].findings_on("load")
    assert finding.code == "FM404"
    assert f"'inner.a' in '{option}'" in finding.detail


def test_names_that_marshmallow_3_makes_fields_of() -> None:
    source = """
from marshmallow import Schema, fields

class Inner(Schema):
    a = fields.Int()

class Subject(Schema):
    inner = fields.Nested(Inner)
    class Meta:
        fields = ("inner", "inner.a", "b", "c")
        dump_only = ("b", "inner.a")
        load_only = ("c",)
"""
    sources = {"app.py": source.encode()}
    found = analyse(scan(sources, "app:app"), Sources(sources), version=3)["app.Subject"]
    shown = {one.name: ("".join(map(str, one.annotation)), one.loads, one.dumps) for one in found.fields[1:]}
    assert shown == {
        "inner.a": ('Annotated[Inferred, At("inner.a")]', False, True),
        "b": ("Inferred", False, True),
        "c": ("Inferred", True, False),
    }
    assert not found.findings


def test_what_has_no_field_is_written_in_the_formats_of_its_schema() -> None:
    source = """
from marshmallow import Schema

class Subject(Schema):
    class Meta:
        fields = ("at", "on")
        datetimeformat = "rfc"
        dateformat = "%d.%m.%Y"

FORMAT = "rfc"

class Named(Schema):
    class Meta:
        fields = ("at",)
        datetimeformat = FORMAT
"""
    sources = {"app.py": source.encode()}
    plans = analyse(scan(sources, "app:app"), Sources(sources), version=3)
    made = 'Annotated[Any, inferred(datetime=datetimes("rfc"), date=dates("%d.%m.%Y"))]'
    assert ["".join(map(str, one.annotation)) for one in plans["app.Subject"].fields] == [made, made]
    assert [one.diagnostic.code for one in plans["app.Named"].findings] == ["FM404"]


def test_a_value_of_the_name_of_an_inherited_field_changes_nothing(prove):
    prove(
        """
class Base(Schema):
    a = fields.Int(required=True)
    b = fields.Str()

class Subject(Base):
    a = None
    c = fields.Int()
""",
        {"a": 1, "b": "x", "c": 2},
        {"c": 1},
    )


@pytest.mark.parametrize(
    "body", ["def a(self):\n        return 1", "b = fields.Int()"], ids=["a field and a method", "a value and a field"]
)
def test_one_name_for_two_things(plan, body: str):
    source = f"""
from marshmallow import Schema, fields

class Base(Schema):
    b = 5
    a = fields.Int()

class Subject(Base):
    {body}
"""
    (finding,) = plan(source)["Subject"].findings
    assert finding.code == "FM409"
    assert "which is a field and something else" in finding.detail


OWN_OPTIONS = """
from marshmallow import SchemaOpts

class Named(SchemaOpts):
    "Options with names."

    def __init__(self, meta, **kwargs):
        SchemaOpts.__init__(self, meta, **kwargs)
        self.one = getattr(meta, "name", None)
        self.several = getattr(meta, "plural_name", self.one)

class Base(Schema):
    "Data in an envelope."

    OPTIONS_CLASS = Named

    @pre_load(pass_collection=True)
    def unwrap(self, data, many, **kwargs):
        key = self.opts.several if many else self.opts.one
        return data[key] if isinstance(data, dict) and key in data else data

    @post_dump(pass_collection=True)
    def wrap(self, data, many, **kwargs):
        return {self.opts.several if many else self.opts.one: data}

class User(Base):
    name = fields.Str(required=True)

    class Meta:
        name = "user"
        plural_name = "users"
        unknown = EXCLUDE
"""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("a = fields.Int()", []),
        ("class Meta(User.Meta):\n        plural_name = 'a'", ['opts_one: ClassVar[Any] = "user"']),
        ("class Meta:\n        name = 'a'", ["opts_several: ClassVar[Any] = 'a'"]),
    ],
)
def test_options_of_the_projects_own(prove, body: str, said: list[str]) -> None:
    both = prove(
        f"{OWN_OPTIONS}\nclass Subject(User):\n    {body}\n",
        {"user": {"name": "x", "b": 1}},
        {"users": [{"name": "x"}], "a": {"name": "y"}},
        {"name": "x", "a": 2},
    )
    assert 'class User(Base):\n    model_config = ConfigDict(extra="ignore")\n\n    opts_one' in both.text
    assert all(one in both.text for one in said)


@pytest.mark.parametrize(
    "init",
    [
        "super().__init__(meta, **kwargs)\n        self.one = len(getattr(meta, 'name', ''))",
        "super().__init__(meta, **kwargs)\n        self.one = getattr(meta, 'name', NAMES)",
        "super().__init__(meta, **kwargs)\n        self.one = getattr(meta, 'name')",
        "super().__init__(meta, **kwargs)\n        self.unknown = 'exclude'",
    ],
)
def test_options_that_do_more_than_to_read(plan, init: str) -> None:
    source = f"""
from marshmallow import Schema, SchemaOpts, fields

NAMES = []

class Own(SchemaOpts):
    def __init__(self, meta, **kwargs):
        {init}

class Subject(Schema):
    OPTIONS_CLASS = Own
    a = fields.Int()
"""
    assert [one.code for one in plan(source)["Subject"].findings] == ["FM408"]


CALLED_AS_A_FIELD = """
from marshmallow import INCLUDE, Schema, ValidationError, fields, validates, validates_schema

class QuerySchema(Schema):
    first = fields.Int(data_key="from", load_default=None)
    last = fields.Int(data_key="to")

    @validates("first")
    def not_seven(self, value, data_key):
        if value == 7:
            raise ValidationError("Not seven.")

    @validates_schema
    def in_order(self, data, **kwargs):
        if data["first"] and data.get("last") and data["first"] > data["last"]:
            raise ValidationError(f"Ends before it begins, {data.get('more')}.", "last")

class KeepingSchema(QuerySchema):
    class Meta:
        unknown = INCLUDE

class Subject(Schema):
    inner = fields.Nested(KeepingSchema)
"""


def test_a_key_that_is_kept_stands_for_the_field_that_is_called_so(convert):
    both = convert(CALLED_AS_A_FIELD)
    for given in (
        {"last": 1, "from": 2},
        {"last": 1, "from": 2, "more": "x"},
        {"last": 3, "to": 1, "from": 2},
        {"first": 7, "from": 1},
        {"first": 7, "from": "no", "more": 1},
        {"first": [], "to": "no"},
        {"more": 1},
    ):
        both.assert_alike("KeepingSchema", given)
        both.assert_alike("Subject", {"inner": given})
        both.assert_alike("QuerySchema", given)


def test_an_option_that_marshmallow_4_takes_no_notice_of(prove):
    prove(
        """
import uuid

class Subject(Schema):
    class Meta:
        additional = ("a", "other")

    a = fields.Int()
    b = fields.UUID(load_default=uuid.UUID(int=5), dump_default=uuid.UUID(int=6))
""",
        {"a": 1},
        {"other": 2},
        {"b": "00000000-0000-0000-0000-000000000007"},
    )
