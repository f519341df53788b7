"""Dictionaries of fields that resources keep as attributes, their own or those of classes that they inherit from."""

import pytest

APP = """
from flask import Flask
from flask_restful import Api, Resource, fields, marshal

app = Flask(__name__)
api = Api(app)
ROWS = {"pets": {1: {"id": 1, "name": "Rex", "age": "7"}}, "teams": {1: {"id": 1, "title": "A"}}}


class Rows(Resource):
    table = "pets"
    shown = {"id": fields.Integer}

    def get(self, id):
        return marshal(ROWS[self.table].get(id, {}), self.shown)


class Aged:
    shown = {"age": fields.Integer}


class Pets(Rows):
    pass


class Teams(Rows):
    table, shown = "teams", {"title": fields.String}


class Seen(Teams):
    shown = Pets.shown


class Older(Aged, Rows):
    table = "pets"


for path, resource in (("/pets", Pets), ("/teams", Teams), ("/seen", Seen), ("/older", Older)):
    api.add_resource(resource, f"{path}/<int:id>")
"""
UNREAD = {
    "a class that watches those that inherit from it": (
        "class Rows(Resource):", "class Rows(Resource):\n    def __init_subclass__(cls):\n        cls.shown = {}\n",
    ),
    "a metaclass": ("class Rows(Resource):", "class Rows(Resource, metaclass=type):"),
    "a class of another library": ("class Rows(Resource):", "import abc\n\nclass Rows(Resource, abc.ABC):"),
    "an attribute that is set later": ("for path,", "Pets.shown = {}\nfor path,"),
    "a dictionary that is changed by another name": ("for path,", "Rows.shown['name'] = fields.String\nfor path,"),
    "a dictionary that a method changes": (
        "for path,", "class Late(Rows):\n    def put(self):\n        self.shown.update(name=fields.Raw)\n\n\nfor path,",
    ),
    "more names than values": ('table, shown = "teams", {', 'table, *shown = "teams", {'),
    "a name that is bound twice": (
        "table, shown =", "shown = {}\n    table, shown =",
    ),
}  # fmt: skip


def test_the_nearest_class_says_what_is_shown(pair) -> None:
    both = pair(APP)
    assert set(both.runtimes().values()) == {"native"}, both.findings("older")
    for path, body in (("/pets", b'{"id": 1}\n'), ("/teams", b'{"title": "A"}\n'), ("/older", b'{"age": 7}\n')):
        assert both.same("GET", f"{path}/1")[:2] == (200, body)
    both.same("GET", "/seen/1")
    both.same("GET", "/pets/2")


def test_the_last_of_several_values_counts_elsewhere(pair) -> None:
    both = pair(APP.replace("    table, shown =", "    table = 7\n    table, shown ="))
    assert both.same("GET", "/teams/1")[:2] == (200, b'{"title": "A"}\n')


@pytest.mark.parametrize("name", UNREAD)
def test_what_the_source_does_not_tell_stays_on_flask(pair, name: str) -> None:
    old, new = UNREAD[name]
    assert old in APP
    both = pair(APP.replace(old, new))
    assert "flask" in both.runtimes().values()


def test_what_is_inherited_in_two_ways_stays_on_flask(pair) -> None:
    both = pair(APP.replace("class Older(Aged, Rows):", "class Older(Pets, Teams):"))
    both.stays("older", "FM776")
    assert both.runtimes()["teams"] == "native"
