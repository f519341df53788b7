"""Inputs for schemas that stand for others: of each of them, with and without what tells which is meant."""

from functools import partial
from typing import ClassVar

from hypothesis import find, settings
from marshmallow import Schema, fields
from marshmallow_oneofschema import OneOfSchema

from migrator.inside.schemas.migrate_schemas.description import describe
from migrator.inside.schemas.migrate_schemas.rows import made
from migrator.inside.schemas.migrate_schemas.sides import Sides
from migrator.verify.schemas.drawing import ROW, Strategies


class Leaf(Schema):
    size = fields.Integer(required=True)


class Branch(Schema):
    inner = fields.Nested(lambda: Tree())


class Tree(OneOfSchema):
    type_field = "kind"
    type_schemas: ClassVar = {"leaf": Leaf, "Branch": Branch(), 3: Leaf}


SOON = settings(max_examples=2000, database=None, derandomize=True)


def test_each_schema_that_one_stands_for_is_drawn_by_what_tells_that_it_is_meant() -> None:
    described = describe(Sides(partial(Tree), None, None, None, "result"))["schemas"]
    assert [(one["value"], one["schema"]) for one in described[0]["kinds"]] == [("leaf", 1), ("Branch", 2), (3, 1)]
    strategies = Strategies(described, wanted=("shade",))
    loaded = strategies.objects(0, "load", 0)
    for condition in (
        lambda one: one == {"kind": "leaf", "size": 0},
        lambda one: one.get("kind") == 3,
        lambda one: "kind" not in one,
        lambda one: one.get("kind") not in ("leaf", "Branch", 3, None) and "size" in one,
        lambda one: isinstance(one.get("inner"), dict) and one["inner"].get("kind") == "leaf",
    ):
        find(loaded, condition, settings=SOON)
    shown = find(strategies.objects(0, "dump", 0), lambda one: one[ROW] == "Branch" and one["kind"] == "Branch")
    row = made(shown, True)
    assert (type(row).__name__, row.kind, row.shade) == ("Branch", "Branch", "Branch")
