"""Keys that `on_bind_field` makes in a module of its own, for schemas in another one."""

MODULES = {
    "keys.py": """
from marshmallow import Schema


def dashed(name):
    return name.replace("_", "-")


class CamelSchema(Schema):
    def on_bind_field(self, name, field):
        first, *rest = name.split("_")
        field.data_key = first + "".join(word.title() for word in rest)


class DashedSchema(Schema):
    def on_bind_field(self, name, field):
        field.data_key = dashed(field.data_key or name)
""",
}
SOURCE = """
from flask import Flask, jsonify, request
from keys import CamelSchema, DashedSchema
from marshmallow import ValidationError, fields

app = Flask(__name__)


class TodoSchema(CamelSchema):
    is_done = fields.Bool(required=True, attribute="done")
    due_on = fields.Date(data_key="counts_for_nothing")


class DashedTodo(DashedSchema):
    is_done = fields.Bool(attribute="done")
    due_on = fields.Date(data_key="due_at_last")


@app.errorhandler(ValidationError)
def wrong(error):
    return jsonify(error.messages), 400


@app.post("/camel")
def camel():
    data = TodoSchema().load(request.get_json())
    return jsonify(keys=sorted(data), again=TodoSchema().dump(data))


@app.post("/dashed")
def with_dashes():
    data = DashedTodo().load(request.get_json())
    return jsonify(keys=sorted(data), again=DashedTodo().dump(data))
"""
BODIES = [
    {"isDone": True, "dueOn": "2024-01-02"},
    {"is_done": True},
    {"done": True, "counts_for_nothing": 1},
    {"is-done": "no", "due-at-last": "2024-01-02"},
    {"due-on": "x", "due_at_last": 1},
]


def test_keys_of_another_module(pair):
    both = pair(SOURCE, MODULES)
    assert {both.runtimes()[name] for name in ("camel", "with_dashes")} == {"native"}
    for path in ("/camel", "/dashed"):
        for body in BODIES:
            both.same("POST", path, json=body)
