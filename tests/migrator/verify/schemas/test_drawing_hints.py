"""Inputs that a schema's own code names, and places of differences that dictionaries have keys for."""

from functools import partial

from hypothesis import find, settings
from marshmallow import Schema, ValidationError, fields, pre_load, validates_schema

from migrator.inside.schemas.migrate_schemas.comparable import comparable
from migrator.inside.schemas.migrate_schemas.description import describe
from migrator.inside.schemas.migrate_schemas.differences import differences
from migrator.inside.schemas.migrate_schemas.sides import Sides
from migrator.verify.schemas.drawing import Strategies


class Inner(Schema):
    size = fields.Integer(required=True)


class Asking(Schema):
    name = fields.String(required=True)
    free = fields.Boolean(load_default=False)
    table = fields.Dict(keys=fields.String(), values=fields.Nested(Inner))

    @pre_load
    def look(self, data, **kwargs):
        if "forbidden" in data:
            raise ValidationError("No.", "forbidden")
        return data

    @validates_schema
    def agree(self, data, **kwargs):
        if data["free"] and data["name"] == "costly":
            raise ValidationError("Not both.", "name")


SOON = settings(max_examples=2000, database=None, derandomize=True)


def test_keys_and_values_that_the_schemas_own_code_asks_for_are_drawn() -> None:
    described = describe(Sides(partial(Asking), None, None, None, "to_dict"))["schemas"]
    loaded = Strategies(described, taken=({"name": "a"},)).load_data(many=False)
    for condition in (
        lambda one: isinstance(one, dict) and "forbidden" in one,
        lambda one: isinstance(one, dict) and one.get("name") == "costly" and one.get("free") is True,
    ):
        assert find(loaded, condition, settings=SOON)


def test_all_keys_of_a_dictionary_are_one_place() -> None:
    sides = Sides(partial(Asking), None, None, None, "to_dict")
    describe(sides)
    places = set()
    for key in ("a", "é"):
        said = comparable({"table": {key: {"value": {"size": ["No."]}}}})
        given = {"table": {key: {"size": "x"}}}
        taken = ("value", comparable(given))
        found = differences(("refused", said), taken, ("refused", said), given, sides.keys("load"), sides.names)
        places |= {one["place"] for one in found}
    assert places == {"table.(any key).value.size"}
