"""Plain Pydantic models with the calls of the schemas before them."""

import gc
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError

from codemods.compat.models import Model


class Person(Model):
    """A model."""

    name: str
    age: int | None = None


class Named(Model):
    """Another one."""

    name: str


def test_many_are_dumped_as_each_of_them():
    sources: list[Any] = [SimpleNamespace(name="ann"), {"name": "bob", "age": "7", "more": 1}, Named(name="cyd")]
    shown = [{"name": "ann", "age": None}, {"name": "bob", "age": 7}, {"name": "cyd", "age": None}]
    assert (
        Person.dump_many(sources) == Person.dump_many(iter(sources)) == [Person.dump(one) for one in sources] == shown
    )
    assert Person.dump_many([]) == []


def test_a_wrong_one_among_many_is_told_by_its_index():
    with pytest.raises(ValidationError) as caught:
        Person.dump_many([{"name": "ann"}, {"name": 5}])
    assert [one["loc"] for one in caught.value.errors()] == [(1, "name")]


def test_many_are_not_all_there_as_models_at_once():
    alive = []

    class Row:
        """A row that looks how many models there are when it is read."""

        @property
        def name(self) -> str:
            alive.append(sum(type(one) is Person for one in gc.get_objects()))
            return "ann"

    Person.dump_many(Row() for _ in range(5))
    assert max(alive) <= 1
