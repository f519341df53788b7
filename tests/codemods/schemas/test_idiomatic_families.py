"""Idiomatic schemas that share hooks and bases with others, and types that are shown otherwise than they are held."""

import datetime as dt
from decimal import Decimal

from codemods.styles import Styles

IDIOMATIC = Styles("idiomatic")
IMPORTS = """\
from marshmallow import Schema, ValidationError, fields, post_dump, pre_load, validate

"""
HOOKED = f"""{IMPORTS}
SIZES = ("S", "M")


class Stripped(Schema):
    @pre_load
    def middle(self, data, **kwargs):
        return {{**data, "seen": data.get("seen", "") + "m"}}


class Subject(Stripped):
    seen = fields.Str(required=True)

    @pre_load
    def zulu(self, data, **kwargs):
        return {{**data, "seen": data["seen"] + "z"}}

    @pre_load
    def alpha(self, data, **kwargs):
        return {{**data, "seen": data.get("seen", "") + "a"}}


class Further(Subject):
    size = fields.Str(validate=validate.OneOf(SIZES))

    @pre_load
    def middle(self, data, **kwargs):
        return {{**data, "seen": data["seen"] + "M"}}


class Shown(Stripped):
    seen = fields.Str()

    @post_dump
    def gone(self, data, **kwargs):
        return {{"gone": True, **data}}


def patch(data):
    return Further(partial=True).load(data)
"""


def test_hooks_run_in_the_order_of_their_names_also_those_of_bases(convert):
    both = convert(HOOKED, styles=IDIOMATIC)
    assert "return cls.zulu(cls.middle(cls.alpha(data)))" in both.text
    for name in ("Subject", "Further"):
        for data in ({"seen": "x"}, {"seen": "x", "size": "S"}, {}):
            before, after = both.load(name, data)
            assert after[0] == before[0]
            assert after[0] == "refused" or after == before
    assert both.load("Subject", {"seen": "no"})[1] == ("is", {"seen": "'noamz'"})
    before, after = both.load("Further", {"seen": "x", "size": "L"})
    assert after == before == ("refused", {"size": ["Must be one of: S, M."]})


def test_a_base_of_both_styles_is_written_twice(convert, plans_in_style):
    plans = plans_in_style(HOOKED)
    assert {name: one.is_idiomatic for name, one in plans.items()} == {
        "Stripped": True,
        "Subject": True,
        "Further": True,
        "Shown": False,
        "ExactStripped": False,
    }
    both = convert(HOOKED, styles=IDIOMATIC)
    assert "class ExactStripped(Schema):" in both.text
    assert "class Shown(ExactStripped):" in both.text
    before, after = both.dump("Shown", {"seen": 1})
    assert after == before == ("is", {"gone": "True", "seen": "'1'"})


def test_a_base_that_only_exact_schemas_inherit_from_is_exact(plans_in_style):
    source = HOOKED.replace("class Subject(Stripped)", "class Subject(Schema)")
    assert not plans_in_style(source)["Stripped"].is_idiomatic


def test_numbers_and_moments_are_shown_as_they_were(convert):
    both = convert(
        f"""{IMPORTS}
class Subject(Schema):
    price = fields.Decimal(required=True, places=2, as_string=True)
    rate = fields.Decimal(required=True, places=3)
    day = fields.Date(dump_only=True, required=True, format="%d.%m.%Y")
    kind = fields.Constant("thing")
""",
        styles=IDIOMATIC,
    )
    row = {"price": Decimal("3"), "rate": Decimal("0.12345"), "day": dt.date(2024, 2, 29), "kind": "thing"}
    old, new, shown = both.pair("Subject")
    assert shown.dump(row) == {**old().dump(row), "rate": "0.123"}
    assert new.load({"price": "1.25", "rate": "2"}).kind == "thing"
