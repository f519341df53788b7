"""`partial=("name", "address.zip")`: the class of each such use, and what Marshmallow makes of the same data."""

from collections.abc import Callable
from typing import Any

import pytest

from codemods.schemas import analyse
from tests.codemods.schemas.conftest import outcome

SOURCE = """
from marshmallow import Schema, fields, post_load, validates_schema, ValidationError

class Address(Schema):
    street = fields.Str(required=True)
    zip = fields.Str(required=True, data_key="zipCode")

class Subject(Schema):
    name = fields.Str(required=True)
    owner = fields.Str(required=True)
    kind = fields.Str(load_default="shop")
    shown = fields.Int(dump_only=True)
    address = fields.Nested(Address, required=True)
    others = fields.List(fields.Nested(Address))

    @validates_schema
    def not_me(self, data, **kwargs):
        if data.get("name") == data["owner"]:
            raise ValidationError("Not me", "name")

draft = Subject(partial=("name", "address.zip", "others.street", "kind"))

def patch(data):
    return Subject().load(data, partial=["owner", "address"])
"""
ADDRESS = {"street": "s", "zipCode": "z"}
INPUTS: list[Any] = [
    {},
    [],
    {"owner": "a"},
    {"name": "a", "owner": "a", "address": ADDRESS},
    {"owner": "a", "address": {"street": "s"}},
    {"owner": "a", "address": {"zipCode": "z"}},
    {"owner": "a", "address": {}, "others": [{}, {"zipCode": "z"}, {"street": 1}]},
    {"owner": "a", "address": ADDRESS, "kind": None, "name": 5, "more": 1},
    {"name": "a", "address": None},
]


@pytest.mark.parametrize("waived", [("name", "address.zip", "others.street", "kind"), ("owner", "address")])
def test_fields_that_may_be_missing(convert: Callable[[str], Any], waived: tuple[str, ...]) -> None:
    both = convert(SOURCE)
    (key,) = (one for one in both.parts if one.endswith(f"Subject(partial=({','.join(sorted(waived))},))"))
    new = getattr(both.new, both.parts[key].load_name)
    for data in INPUTS:
        before = outcome(lambda data=data: both.old.Subject(partial=waived).load(data))
        assert outcome(lambda data=data: new.load(data).to_dict()) == before, data


def test_the_class_says_what_may_be_left_out(convert: Callable[[str], Any]) -> None:
    assert (
        "(SubjectIn):\n"
        '    """A `Subject` of which `address` and `owner` may be left out."""\n\n'
        "    owner: Str = optional()\n"
        "    address: Address = optional()\n"
    ) in convert(SOURCE).text


@pytest.mark.parametrize("given", ["names", "()", '("name", other)'])
def test_names_that_are_not_written_out_make_no_class(plan: Callable[..., Any], given: str) -> None:
    source = "from marshmallow import Schema, fields\nclass Subject(Schema):\n    name = fields.Str(required=True)\n"
    assert list(plan(f"{source}draft = Subject(partial={given})\n")) == ["Subject"]


@pytest.mark.parametrize(("version", "waived"), [(3, ["x"]), (4, ["y"])])
def test_a_dotted_name_begins_with_what_the_version_takes_it_for(
    facts_of: Callable[[str], Any], version: int, waived: list[str]
) -> None:
    """As 3.26 and 4.4 answer: the former asks for the key of a nested field, the latter for its name."""
    project, sources, _ = facts_of(
        """
from marshmallow import Schema, fields

class Inner(Schema):
    x = fields.Int(required=True)
    y = fields.Int(required=True)

class Subject(Schema):
    inner = fields.Nested(Inner, data_key="theInner")

draft = Subject(partial=("theInner.x", "inner.y"))
"""
    )
    plans = analyse(project, sources, version=version)
    drafts = [one for name, one in plans.items() if name.startswith("app.Inner(partial=")]
    assert [[field.name for field in one.fields] for one in drafts] == [waived]
