"""The idiomatic style: what it leaves exact, what it writes, and that what is plainly valid loads as before."""

import datetime as dt
from types import SimpleNamespace

import pytest

from codemods import debt
from codemods.schemas.plain.idiomatic import with_styles
from codemods.styles import EXACT_HELPERS, Styles

IDIOMATIC = Styles("idiomatic")
IMPORTS = """\
import enum

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_dump, post_load, pre_load, validate
from marshmallow import validates, validates_schema

"""
PERSON = '''
class Colour(enum.Enum):
    RED = "r"
    GREEN = "g"


class AddressSchema(Schema):
    """Where somebody lives."""

    street = fields.Str(required=True, validate=validate.Length(min=2))
    city = fields.Str(required=True)


class PersonSchema(Schema):
    """Somebody."""

    class Meta:
        unknown = EXCLUDE

    id = fields.Int(dump_only=True)
    # as on the card
    name = fields.Str(required=True, data_key="fullName", validate=validate.Length(2, 20))
    email = fields.Email(required=True)
    age = fields.Int(strict=True, validate=validate.Range(min=0, max=150, max_inclusive=False))
    active = fields.Bool(load_default=True)
    role = fields.Str(validate=validate.OneOf(["customer", "admin"]))
    colour = fields.Enum(Colour, by_value=True)
    price = fields.Decimal(places=2)
    joined = fields.DateTime()
    tags = fields.List(fields.Str(validate=validate.Length(max=3)), validate=validate.Length(max=2))
    note = fields.Str(allow_none=True)
    site = fields.Url()
    code = fields.Str(validate=validate.Regexp("[a-z]+"))
    address = fields.Nested(AddressSchema)

    @pre_load
    def strip(self, data, **kwargs):
        return {key: value.strip() if key == "fullName" else value for key, value in data.items()}

    @validates("age")
    def not_unlucky(self, value, **kwargs):
        if value == 13:
            raise ValidationError("Not that one.")

    @validates_schema
    def adults_have_addresses(self, data, **kwargs):
        if data.get("age", 0) > 99 and "address" not in data:
            raise ValidationError("Where?")


def patch(data):
    return PersonSchema(partial=True).load(data)
'''
WRITTEN = '''
class PersonIn(WordedModel):
    """Somebody."""

    model_config = ConfigDict(extra="ignore")

    # as on the card
    name: Annotated[str, Field(min_length=2, max_length=20)] = Field(alias="fullName")
    email: EmailStr
    age: Annotated[StrictInt, Field(ge=0, lt=150)] | MISSING = MISSING
    active: bool = True
    role: Literal["customer", "admin"] | MISSING = MISSING
    colour: Colour | MISSING = MISSING
    price: Annotated[Decimal, Field(decimal_places=2)] | MISSING = MISSING
    joined: dt.datetime | MISSING = MISSING
    tags: Annotated[list[Annotated[str, Field(max_length=3)]], Field(max_length=2)] | MISSING = MISSING
    note: str | MISSING | None = MISSING
    site: Annotated[HttpUrl, PlainSerializer(str, return_type=str)] | MISSING = MISSING
    code: Annotated[str, Field(pattern=r"^(?:[a-z]+)")] | MISSING = MISSING
    address: AddressIn | MISSING = MISSING

    @model_validator(mode="before")
    @classmethod
    def strip(cls, data: Any) -> Any:
        return {key: value.strip() if key == "fullName" else value for key, value in data.items()}

    @field_validator("age")
    @classmethod
    def not_unlucky(cls, value: Any) -> Any:
        if value == 13:
            raise ValueError("Not that one.")
        return value

    @model_validator(mode="after")
    def adults_have_addresses(self) -> Self:
        data = self.to_dict()
        if data.get("age", 0) > 99 and "address" not in data:
            raise ValueError("Where?")
        return self


class PersonOut(WordedModel):
    """Somebody."""

    id: int | None = None

    # as on the card
    name: str = Field(alias="fullName")
    email: str
    age: int | None = None
'''
VALID = {"fullName": " Ann ", "email": "ann@example.com"}
LOADED = (
    VALID,
    {**VALID, "age": 13},
    {**VALID, "age": 100, "role": "admin", "colour": "r", "note": None, "tags": ["a"], "unknown": 1},
    {**VALID, "age": 100, "joined": "2024-02-29T10:30:00", "address": {"street": "Long", "city": "Ulm"}},
    {"fullName": "Ann", "email": 5 * "a", "age": "5", "role": "boss", "colour": "x", "note": 5},
    {**VALID, "address": {"street": "L", "x": 1}, "code": "1", "active": "perhaps", "joined": "today"},
    {**VALID, "address": 5, "tags": ["long", None], "site": "nowhere"},
)


def test_the_exact_style_is_the_default(plan):
    plans = plan(f"{IMPORTS}{PERSON}")
    assert not any(one.is_idiomatic or one.exact_since for one in plans.values())
    by_name = {one.qualified: one for one in plans.values()}
    assert with_styles(by_name, Styles(named={"app.Other": "exact"}), True, {}) == by_name


@pytest.mark.parametrize(
    ("field", "why"),
    [
        ("fields.Enum(Colour)", "the members of 'Colour' by name"),
        ("fields.Function(lambda one: 1)", "Computed"),
        ("fields.Str(attribute='b.c')", "where the value of 'a' is"),
        ("fields.Date(format='%d.%m.%Y')", "dates("),
        ("fields.Bool(truthy={'ja'})", "booleans("),
        ("fields.Decimal(rounding='ROUND_UP')", "decimals("),
        ("fields.Str(validate=validate.NoneOf(['x']))", "NoneOf"),
        ("fields.Str(validate=lambda value: None)", "'lambda value: None' of 'a'"),
        ("fields.Str(validate=validate.Regexp('(?=a)b'))", "the pattern"),
        ("fields.Float(validate=validate.OneOf([1.5]))", "the choices"),
        ("fields.Str(validate=[validate.Length(2), validate.Length(max=4), validate.Length(min=3)])", "another check"),
        ("fields.Constant(1.5)", "the choices '[1.5]'"),
        ("fields.Str(validate=[validate.Length(max=1), validate.OneOf(['a', 'bb'])])", "another check"),
        ("fields.Str(validate=[validate.Regexp('a'), validate.Equal('b')])", "another check"),
        ("fields.Int(validate=validate.Range(min=0.5))", "the bound 0.5"),
        ("fields.Url(schemes=['ftp'])", "IsURL("),
        ("fields.Url(relative=True)", "IsURL("),
        ("fields.Email(validate=validate.URL())", "IsURL("),
        ("fields.Str(validate=[validate.Length(max=9), validate.URL()])", "IsURL("),
        ("fields.Str(validate=validate.Regexp('^{x}$'))", "the pattern"),
        ("fields.Str(validate=validate.Regexp('^[a-z[]+$'))", "the pattern"),
        ("fields.Str(validate=validate.Regexp('^[a&&b]+$'))", "the pattern"),
    ],
)
def test_what_pydantic_has_no_type_for_stays_exact(plans_in_style, field, why):
    source = f"{IMPORTS}class Colour(enum.Enum):\n    RED = 1\n\n\nclass Subject(Schema):\n    a = {field}\n"
    found = plans_in_style(source)["Subject"]
    assert not found.is_idiomatic
    assert why in found.exact_since
    assert not found.findings


@pytest.mark.parametrize(
    "method",
    [
        "@post_dump\n    def hook(self, data, **kwargs):\n        return data",
        "@pre_load\n    def hook(self, data, many, **kwargs):\n        return data if many else {}",
        "@validates('a')\n    def hook(self, value, **kwargs):\n        raise ValidationError({'a': 1})",
        "@validates_schema(skip_on_field_errors=False)\n    def hook(self, data, **kwargs):\n        pass",
        "@post_load\n    def hook(self, data, **kwargs):\n        raise ValidationError('no')",
        "def get_attribute(self, obj, attr, default):\n        return obj.x",
    ],
)
def test_hooks_that_no_validator_stands_for_keep_a_schema_exact(plans_in_style, method):
    found = plans_in_style(f"{IMPORTS}class Subject(Schema):\n    a = fields.Int()\n\n    {method}\n")["Subject"]
    assert not found.is_idiomatic
    assert "hook" in found.exact_since or "get_attribute" in found.exact_since


@pytest.mark.parametrize("field", ["uuid = fields.UUID()", "dt = fields.Date()", "ipaddress = fields.IPv4()"])
def test_a_field_that_hides_the_module_of_its_type_keeps_a_schema_exact(convert, plans_in_style, field):
    source = f"{IMPORTS}class Subject(Schema):\n    {field}\n"
    assert "by whose name types are written" in plans_in_style(source)["Subject"].exact_since
    before, after = convert(source, styles=IDIOMATIC).load("Subject", {field.split(" ")[0]: "no"})
    assert after == before


def test_a_text_that_has_to_be_an_address_has_the_type_of_one(convert):
    both = convert(
        f"""{IMPORTS}
class Subject(Schema):
    mail = fields.Str(validate=[validate.Length(max=9), validate.Email()])
    site = fields.Str(validate=validate.URL())
    mails = fields.List(fields.Str(validate=validate.Email()))
""",
        styles=IDIOMATIC,
    )
    assert "mail: Annotated[EmailStr, Field(max_length=9)] | MISSING" in both.text
    for data in ({"mail": "no"}, {"mail": "a@b.co"}, {"mail": "ann@b.com.co"}, {"site": "no"}, {"mails": ["no"]}):
        before, after = both.load("Subject", data)
        assert after == before, data


def test_a_check_that_may_catch_its_own_error_keeps_a_schema_exact(convert, plans_in_style):
    source = f"""{IMPORTS}
class Subject(Schema):
    size = fields.Str()

    @validates("size")
    def is_small(self, value, **kwargs):
        try:
            if int(value) > 3:
                raise ValidationError("Too large.")
        except ValueError:
            pass
"""
    assert "may catch" in plans_in_style(source)["Subject"].exact_since
    before, after = convert(source, styles=IDIOMATIC).load("Subject", {"size": "5"})
    assert after == before == ("refused", {"size": ["Too large."]})
    after_it = source.replace("                raise", "                value = 1 / 0\n").split("1 / 0")[0]
    fine = f"{after_it}0\n        except TypeError:\n            raise ValidationError('No.')\n"
    assert plans_in_style(fine)["Subject"].is_idiomatic


def test_a_family_has_one_style(plans_in_style):
    source = f"""{IMPORTS}
class Inner(Schema):
    a = fields.Int()


class Outer(Schema):
    inner = fields.Nested(Inner)
    b = fields.Bool(truthy=["ja"])


class Other(Schema):
    c = fields.Int()
"""
    plans = plans_in_style(source)
    assert [name for name, one in plans.items() if one.is_idiomatic] == ["Other"]
    assert "'app.Outer' is exact" in plans["Inner"].exact_since
    only_inner = plans_in_style(source.replace('truthy=["ja"]', ""), Styles(named={"app.Inner": "idiomatic"}))
    assert "'app.Outer' is exact" in only_inner["Inner"].exact_since
    assert not only_inner["Outer"].exact_since


@pytest.mark.parametrize(
    ("versions", "why"),
    [({"pydantic": "2.13.1", "email-validator": "2.3"}, "Pydantic 2.14"), ({"pydantic": "2.14.0"}, "email-validator")],
)
def test_what_the_application_lacks_keeps_a_schema_exact(plan, versions, why):
    plans = {one.qualified: one for one in plan(f"{IMPORTS}class S(Schema):\n    a = fields.Email()\n").values()}
    assert why in with_styles(plans, IDIOMATIC, True, versions)["app.S"].exact_since
    assert with_styles(plans, IDIOMATIC, True, {})["app.S"].is_idiomatic


def test_reads_as_if_written_by_hand(convert):
    both = convert(f"{IMPORTS}{PERSON}", styles=IDIOMATIC)
    assert WRITTEN in both.text
    assert "compat.worded_models import WordedModel" in both.text
    assert both.text.count("compat") == 1


def test_defaults_that_nobody_looks_at_and_other_types(convert):
    both = convert(
        f"""{IMPORTS}
class Subject(Schema):
    day = fields.Date(load_default="today")
    host = fields.IP()
    four = fields.IPv4()
    key = fields.UUID()
    naive = fields.NaiveDateTime()
    aware = fields.AwareDateTime()
    period = fields.TimeDelta()
    anything = fields.Raw()
    sizes = fields.Dict(keys=fields.Str(), values=fields.Int())
    exactly = fields.Str(validate=[validate.Equal("x")])
""",
        styles=IDIOMATIC,
    )
    assert "from ..compat.models import unchecked" in both.text
    assert 'day: dt.date = unchecked("today")' in both.text
    key = "12345678-1234-5678-1234-567812345678"
    good = {
        "host": "::1",
        "four": "10.0.0.1",
        "key": key,
        "naive": "2024-02-29T10:30:00",
        "period": 90,
        "sizes": {"a": 1},
    }
    for data in (
        good,
        {"host": "x", "four": 5.5, "key": "k", "naive": "n", "aware": "2024-02-29T10:30", "sizes": {"a": "b"}},
    ):
        before, after = both.load("Subject", data)
        assert after[0] == before[0]
        if after[0] == "refused":
            assert after[1].keys() == before[1].keys()
            assert all(after[1][name] == before[1][name] for name in ("host", "four", "key", "naive", "aware"))
        else:
            assert after == before
    assert both.load("Subject", {"exactly": "y"})[1][0] == "refused"


def test_messages_are_pydantics_where_these_are_adopted(plans_in_style):
    source = f"{IMPORTS}class Subject(Schema):\n    a = fields.Int()\n"
    assert plans_in_style(source, is_worded=False)["Subject"].root.name == "Model"
    assert plans_in_style(source)["Subject"].root.name == "WordedModel"


def test_what_is_plainly_valid_or_wrong_loads_and_is_refused_as_before(convert):
    both = convert(f"{IMPORTS}{PERSON}", styles=IDIOMATIC)
    for data in LOADED:
        before, after = both.load("PersonSchema", data)
        assert after == before, data
        before, after = both.load("PersonSchema", data, unknown="forbid")
        assert after == before, data
    before, after = both.load("PersonSchema", {"age": 5}, partial=True)
    assert after == before == ("is", {"age": "5"})


def test_rows_are_dumped_as_before_but_for_what_they_lack(convert):
    both = convert(f"{IMPORTS}{PERSON}", styles=IDIOMATIC)
    old, new, shown = both.pair("PersonSchema")
    place = SimpleNamespace(street="Long", city="Ulm")
    row = SimpleNamespace(
        id=1, name="A", email="not one", age=5, active=None, role="boss", colour=both.old.Colour.RED, price=None,
        joined=dt.datetime(2024, 2, 29, 10, 30), tags=["a", "long"], note=None, site="x", code="1", address=place,
    )  # fmt: skip
    assert shown.dump(row) == old().dump(row)
    assert shown.dump_many([row, vars(row)]) == old(many=True).dump([row, vars(row)])
    few = {"name": "A", "email": "x"}
    assert {key: value for key, value in shown.dump(few).items() if value is not None} == old().dump(few)
    assert shown.dump(new.load(VALID)) == shown.dump(old().load(VALID))


def test_the_helpers_that_the_style_ends_are_those_of_exact_schemas_alone():
    exact = debt.closure(["schema", "older_fields", "schema_functions", "validators"])
    assert set(exact) - set(debt.closure(["worded_models"])) == EXACT_HELPERS
