"""Resources that write their answers by dictionaries of fields: what stays on Flask, and that answers are the same."""

import pytest

HEAD = """
import datetime as dt
from collections import OrderedDict

from flask import Flask
from flask_restful import Api, Resource, fields, marshal, marshal_with, marshal_with_field
from flask_restful.fields import Raw

app = Flask(__name__)
api = Api(app)
WHEN = dt.datetime(2024, 2, 29, 10, 30)
LIMIT = 3


class Urgent(fields.Raw):
    def __init__(self, word="urgent", **kwargs):
        super().__init__(**kwargs)
        self.word = word

    def format(self, value):
        return self.word if value & 1 else "normal"


class Twice(Raw):
    def output(self, key, obj):
        return [key, obj.get(key)]


def shout(task):
    return f"{task['name']}{LIMIT}".upper()


address = {}
address["zip"] = fields.String(attribute="address.zip")
place = {"id": fields.Integer, "also": fields.Raw}
place["at"] = {}
place["at"]["first-name"] = fields.String(attribute="name")
place["at"]["all"] = address
place["also"] = fields.String(default="none")


class User:
    def __init__(self, name):
        self.name = name
        self.user_id = len(name)


author = {"name": fields.String, "link": fields.String(default="none")}
base = {"id": fields.Integer, "class": fields.String(attribute="kind")}
when = fields.DateTime(dt_format="iso8601")
TASK = {
    **base,
    "author": fields.Nested(author, allow_null=True),
    "authors": fields.List(fields.Nested(author)),
    "place": {"zip": fields.String(attribute="address.zip"), "first-name": fields.String(attribute="name")},
    "also": author,
    "flags": Urgent,
    "flag": Urgent("now", attribute="flags"),
    "twice": Twice(),
    "when": when,
    "inline": fields.Nested({"a": fields.Integer, "json": fields.Raw}),
    "shouted": fields.String(attribute=shout),
    "first": fields.String(attribute=lambda task: task["name"][:LIMIT]),
}
user_fields = OrderedDict([("name", fields.String), ("uri", fields.Url("user")), ("here", fields.Url(absolute=True))])
TASKS = {
    1: {"id": "1", "kind": "k", "name": "task", "author": {"name": "Ann"}, "authors": [{"name": "B"}, {}], "when": WHEN,
        "flags": 3, "inline": {"a": "4", "json": [1]}, "address": {"zip": 5}},
    2: {"name": "b"},
    3: {"name": "c", "flags": "x"},
}


class Task(Resource):
    @marshal_with(TASK)
    def get(self, task_id):
        return TASKS[task_id]

    @marshal_with(TASK, envelope="data")
    def put(self, task_id):
        return TASKS[task_id], 202, {"X-Put": "yes"}


class Tasks(Resource):
    @marshal_with({"id": fields.Integer, "name": fields.String})
    def get(self):
        return list(TASKS.values())

    @marshal_with(fields=base)
    def post(self):
        return TASKS[1], 201


class Numbers(Resource):
    @marshal_with_field(fields.List(fields.Integer))
    def get(self):
        return ["1", 2.9], 203

    @marshal_with_field(fields.Integer)
    def post(self):
        return "x"


class OneUser(Resource):
    @marshal_with(user_fields)
    def get(self, user_id):
        return User("x" * user_id)

    def post(self, user_id):
        shown = marshal([User("z")], fields=author, envelope="users")
        return {"user": marshal(User("y"), user_fields), "all": shown}, 201

    def put(self, user_id):
        inner = marshal(User("y"), {"name": fields.String, "by": author, "most": fields.Integer(default=LIMIT)})
        return {
            "inner": inner,
            "other": marshal(
                [{"name": "z", "more": {"number": "7"}}, {"name": 1}],
                {"name": fields.String, "more": fields.Nested({"number": fields.Integer}, allow_null=True)},
                "users",
            ),
        }

    @marshal_with({"id": fields.Raw(attribute="first")})
    def patch(self, user_id):
        return {"first": marshal({"a": user_id}, {"a": fields.String})}


class Places(Resource):
    @marshal_with(place)
    def get(self):
        return list(TASKS.values())


@app.get("/plain")
def plain():
    return marshal(TASKS[1], base)


api.add_resource(Task, "/tasks/<int:task_id>")
api.add_resource(Tasks, "/tasks")
api.add_resource(Places, "/places")
api.add_resource(Numbers, "/numbers")
api.add_resource(OneUser, "/users/<int:user_id>", endpoint="user")
"""
RESOURCE = """

class One(Resource):
    @marshal_with({shown})
    def get(self):
        return {{"a": 1}}


api.add_resource(One, "/one")
"""
LEFT = {
    "a computed dictionary": ("shown = dict(zip(['a'], [fields.Integer]))", "shown"),
    "a changed dictionary": ("shown = {'a': fields.Integer}\nkey = 'b'\nshown[key] = fields.String", "shown"),
    "a dictionary that a function changes": (
        "shown = {'a': {}}\n\n\ndef grow():\n    shown['a']['b'] = fields.String",
        "shown",
    ),
    "a dictionary that was copied before": (
        "shown = {'a': fields.Integer}\nother = dict(shown)\nshown['b'] = fields.String",
        "shown",
    ),
    "a dictionary that is changed by another name": (
        "shown = {'a': base}\nshown['a']['b'] = fields.String",
        "shown",
    ),
    "an updated dictionary": ("shown = {'a': fields.Integer}\nshown.update([('b', fields.String)])", "shown"),
    "a class of links": ("class Link(fields.Url):\n    pass\nshown = {'a': Link('one')}", "shown"),
    "an unknown field": ("def made():\n    return fields.Integer()\nshown = {'a': made()}", "shown"),
    "a key that is no text": ("shown = {1: fields.Integer}", "shown"),
    "an envelope that is computed": ("shown, key = {'a': fields.Integer}, 'k'", "shown, envelope=key"),
}


def test_every_answer_is_the_same(pair):
    both = pair(HEAD)
    assert set(both.runtimes().values()) == {"native"}, {name: both.findings(name) for name in both.runtimes()}
    for path in ("/tasks/1", "/tasks/2", "/tasks/3", "/tasks/4", "/tasks", "/numbers", "/users/3", "/plain", "/places"):
        both.same("GET", path)
        both.same("PUT", path)
        both.same("POST", path)
    both.same("PATCH", "/users/3")
    document = both.make(None).openapi()
    shown = document["components"]["schemas"]["TaskFields"]
    assert {"id", "class", "place", "authors"} <= shown["properties"].keys()


@pytest.mark.parametrize("name", LEFT)
def test_what_cannot_be_read_stays_on_flask(pair, name):
    made, shown = LEFT[name]
    source = HEAD.replace("class Task(Resource):", f"{made}\n\n\nclass Task(Resource):")
    both = pair(source + RESOURCE.format(shown=shown))
    assert both.runtimes()["one"] == "flask"
    assert both.runtimes()["tasks"] == "native"


def test_a_view_that_is_no_resource_stays_on_flask(pair):
    both = pair(HEAD + '\n\n@app.get("/view")\n@marshal_with(base)\ndef view():\n    return TASKS[1]\n')
    assert both.runtimes()["view"] == "flask"


def test_a_finding_names_the_fields_and_their_place(pair):
    source = """

@app.get("/local")
def local():
    shown = {"a": fields.Integer}
    return marshal({"a": 1}, shown)


@app.get("/written")
def written():
    limit = 3
    return marshal({"a": 1}, {"a": fields.Integer, "b": fields.Integer(default=limit)})


class Changed(Resource):
    @marshal_with(base)
    def get(self):
        return {}


api.add_resource(Changed, "/changed")
base["more"] = fields.Raw
"""
    both = pair(HEAD + source)
    assert both.findings("local") == ["FM776 'marshal({\"a\": 1}, shown)'"]
    assert both.findings("written")[0].startswith("FM776 'marshal(")
    assert both.findings("changed") == ["FM776 'base', which is changed after it is made"]
    assert all(one.location for name in ("local", "changed") for one in both.conversion.outcomes[name].findings)


OF_OTHERS = """
from flask import Flask
from flask_restful import Api, Resource, fields, marshal_with

app = Flask(__name__)
api = Api(app)
base = {"id": fields.Integer, "kind": fields.String(default="none")}
more = dict(base, name=fields.String, id=fields.String)
copied = base.copy()
copied["extra"] = fields.Boolean(attribute="id")
copied["kind"] = fields.Raw
updated = dict(base)
updated.update({"x": fields.Float}, name=fields.String)
updated.update(more)
TASK = {"id": "7", "name": "n", "x": "1.50", "kind": "k"}


class Base(Resource):
    @marshal_with(base)
    def get(self):
        return TASK


class More(Resource):
    @marshal_with(more)
    def get(self):
        return TASK


class Copied(Resource):
    @marshal_with(copied)
    def get(self):
        return TASK


class Updated(Resource):
    @marshal_with(updated)
    def get(self):
        return TASK


api.add_resource(Base, "/base")
api.add_resource(More, "/more")
api.add_resource(Copied, "/copied")
api.add_resource(Updated, "/updated")
"""


def test_dictionaries_that_are_made_of_others(pair):
    both = pair(OF_OTHERS)
    assert both.runtimes() == dict.fromkeys(("base", "more", "copied", "updated"), "native")
    for path in both.runtimes():
        both.same("GET", f"/{path}")
    assert b'"extra": true' in both.same("GET", "/copied")[1]


@pytest.mark.parametrize(
    "changing",
    [
        "def later():\n    more.update(base)",
        "more.update([('x', fields.Float)])",
        "if app.debug:\n    more.update(base)",
        "for one in (more,):\n    one.pop('id')\nmore.update(base)",
        "def dict(*args, **kwargs):\n    return {}",
    ],
)
def test_a_dictionary_that_something_else_changes_stays(pair, changing):
    both = pair(OF_OTHERS.replace("copied = base", f"{changing}\ncopied = base"))
    assert both.runtimes()["more"] == "flask"
