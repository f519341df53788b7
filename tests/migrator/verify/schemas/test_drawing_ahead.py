"""Objects that are drawn ahead: what is large is in most inputs as it was drawn before, and nothing is left out."""

from functools import partial

from hypothesis import find, settings
from marshmallow import Schema, fields

from migrator.inside.schemas.migrate_schemas.description import describe
from migrator.inside.schemas.migrate_schemas.sides import Sides
from migrator.verify.schemas.drawing import ROW, Strategies, drawn
from migrator.verify.schemas.shrinking import reduced


class Leaf(Schema):
    a, b, c, d, e, f = (fields.Integer() for _ in range(6))
    g, h, i, j, k, m = (fields.String() for _ in range(6))


class Branch(Schema):
    leaf = fields.Nested(Leaf)
    deep = fields.Integer(attribute="leaf.a")
    leaves = fields.List(fields.Nested(Leaf))


def strategies(number: int) -> Strategies:
    return Strategies(describe(Sides(partial(Branch), None, None, None, "to_dict"))["schemas"], number=number)


def leaf_of(one: object) -> dict:
    leaf = one.get("leaf") if isinstance(one, dict) else None
    return leaf if isinstance(leaf, dict) else {}


def test_a_seed_draws_the_same_objects_again() -> None:
    first, again, other = (drawn(strategies(number).dump_sources(False), 50, number) for number in (3, 3, 4))
    assert repr(first) == repr(again) != repr(other)


def test_most_large_objects_are_drawn_before_and_some_anew() -> None:
    leaves = [
        one["leaf"] for one in drawn(strategies(3).load_data(False), 2000, 3) if isinstance(one, dict) and "leaf" in one
    ]
    leaves = [repr(one) for one in leaves if isinstance(one, dict)]
    kinds = set(leaves)
    assert len(leaves) > 300
    assert 24 < len(kinds) < len(leaves) / 2


def test_what_was_drawn_ahead_is_not_changed_by_what_nests_it() -> None:
    found = drawn(strategies(3).dump_sources(False), 500, 3)
    leaves = [leaf_of(one) for one in found if "a" in leaf_of(one)]
    assert len({repr({**leaf, "a": None}) for leaf in leaves}) < len({repr(leaf) for leaf in leaves})


def test_every_value_of_a_nested_object_can_still_be_drawn() -> None:
    soon = settings(max_examples=20_000, database=None, derandomize=True)
    data = strategies(3).load_data(False)
    assert find(data, lambda one: leaf_of(one).get("m") == "İ", settings=soon)


def test_what_is_not_needed_is_left_out_at_any_depth() -> None:
    case = {"way": "dump", "many": True, "partial": False, "unknown": None, "objects": True}
    leaf = {ROW: True, "a": 1, "b": "bad"}
    given = {**case, "input": [{ROW: True, "leaf": leaf}, {ROW: True, "leaf": leaf, "other": [1, 2]}]}
    smallest = reduced(given, lambda one: "bad" in repr(one), 400)
    assert smallest == {**case, "many": False, "input": {ROW: True, "leaf": {ROW: True, "b": "bad"}}}
    assert reduced(given, lambda one: "bad" in repr(one), 1)["many"] is False
