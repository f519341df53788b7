"""Functions of an application that may do more than answer are called once for each value."""

import datetime as dt
import functools
import itertools
import re
from typing import Annotated, Any

import pytest
from pydantic import Field

from codemods.compat.fields import Int
from codemods.compat.schema import Schema, optional
from codemods.compat.schema_effects import may_act
from codemods.compat.schema_errors import InvalidError
from codemods.compat.schema_functions import Finished
from codemods.compat.schema_hooks import check, check_field
from codemods.compat.schema_shortcut import quickly
from codemods.compat.validators import All, Length

SEEN: list[Any] = []
NUMBERS = itertools.count()
LIMIT, WORD = 5, re.compile("[a-z]+")


def seen(value):
    SEEN.append(value)
    if value == 13:
        raise InvalidError("Unlucky.")


def small(value):
    if value > LIMIT or WORD.match(str(value)) or value == dt.date.today().year:
        raise InvalidError("Large.")


def through(value):
    return through(value) if value else seen(value)


class Caller:
    def __call__(self, value):
        return small(value)


@pytest.mark.parametrize("function", [seen, through, lambda: next(NUMBERS), functools.partial(seen, 1), print, NUMBERS])
def test_what_may_act(function):
    assert may_act(function) == (function is not print)


@pytest.mark.parametrize("function", [small, str.strip, len, list, int, Length(min=1), Caller(), lambda: [LIMIT]])
def test_what_only_answers(function):
    assert not may_act(function)


class Inner(Schema):
    n: Annotated[Int, All(seen)]


class Counted(Schema):
    a: Annotated[Int, Finished(seen)] = optional()
    b: Int
    c: Int = Field(default_factory=lambda: seen("c") or 7)


class Outer(Schema):
    b: Int
    inner: Inner = optional()

    @staticmethod
    @check_field("b")
    def check_b(value: Any, data_key: str) -> None:
        seen(f"b {value}")

    @check()
    def check_all(self) -> None:
        seen("all")
        raise InvalidError("No.")


@pytest.mark.parametrize(
    ("schema", "data", "calls"),
    [
        (Counted, {"a": 1, "b": "x"}, [1, "c"]),
        (Outer, {"b": 2}, ["b 2", "all"]),
        (Outer, {"b": 2, "inner": {"n": 13}}, [13, "b 2"]),
    ],
)
def test_each_is_called_once(schema, data, calls):
    SEEN.clear()
    assert schema.problems(data)
    assert calls == SEEN


def test_the_short_way_is_left_to_what_only_answers():
    class Plain(Schema):
        n: Annotated[Int, All(small)]

    assert quickly(Plain, {"n": 3}) is not None
    assert quickly(Inner, {"n": 3}) is None
