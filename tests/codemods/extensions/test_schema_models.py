"""Models of Flask-RESTX that are a JSON Schema, and its checkers of formats: what stays, and what answers the same."""

import json

import pytest

HEAD = """
from flask import Flask
from flask_restx import Api, Resource, fields
from jsonschema import FormatChecker

app = Flask(__name__)
app.config["PROPAGATE_EXCEPTIONS"] = False
api = Api(app, validate=True, format_checker=CHECKER)
PERSON = {
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "minLength": 2},
        "age": {"type": ["integer", "null"], "minimum": 0},
        "email": {"type": "string", "format": "email"},
        "tags": {"type": "array", "items": {"enum": ["a", "b"]}},
    },
    "type": "object",
    "additionalProperties": False,
}
person = api.schema_model("PersonSchema", PERSON)
whole = api.schema_model("Whole", {"type": "integer", "maximum": 5})
odd = api.schema_model("Odd", {"properties": {"who": {"$ref": "#/definitions/PersonSchema"}}})
limit = 3
computed = api.schema_model("Computed", {"maximum": limit})
event = api.model("Event", {"title": fields.String(required=True), "day": fields.Date, "at": fields.DateTime})


@api.route("/people")
class People(Resource):
    @api.expect(person)
    @api.response(201, "Made", person)
    def post(self):
        return api.payload, 201

    @api.expect([person])
    def put(self):
        return api.payload

    @api.expect(person, validate=False)
    def patch(self):
        return api.payload


@api.route("/whole")
class Whole(Resource):
    @api.expect(whole, validate=True)
    def post(self):
        return api.payload


@api.route("/events")
class Events(Resource):
    @api.expect(event)
    def post(self):
        return api.payload


@api.route("/odd")
class Odd(Resource):
    @api.expect(odd)
    def post(self):
        return api.payload


@api.route("/computed")
class Computed(Resource):
    @api.expect(computed)
    def post(self):
        return api.payload
"""
CHECKERS = ("None", "FormatChecker()", 'FormatChecker(formats=("email", "date"))', 'FormatChecker(["date"])')
BODIES = (
    {}, {"name": "Ann"}, {"name": "A", "age": -1, "more": 1}, {"name": "Ann", "email": "x", "tags": ["a", "c"]},
    {"name": "Ann", "age": None, "email": "a@b.c"}, [{"name": "Ann"}, {"age": "x"}], [], 5, 6, "x", None,
    {"title": "t", "day": "2024-01-01", "at": "2024-01-01T00:00:00Z"}, {"title": "t", "day": "soon", "at": "later"},
)  # fmt: skip


@pytest.mark.parametrize("checker", CHECKERS)
def test_bodies_are_held_to_schemas_and_formats(pair, checker):
    both = pair(HEAD.replace("CHECKER", checker))
    kinds = {**dict.fromkeys(("people", "whole", "events"), "native"), **dict.fromkeys(("odd", "computed"), "flask")}
    assert {one: both.runtimes()[one] for one in kinds} == kinds, [both.findings(one) for one in kinds]
    assert both.findings("odd")[0].startswith("FM793")
    with both.clients() as (flask, fastapi):
        for path in ("/people", "/whole", "/events"):
            for method in ("POST", "PUT", "PATCH"):
                for body in BODIES:
                    sent, headers = json.dumps(body), {"Content-Type": "application/json"}
                    theirs = flask.open(path, method=method, data=sent, headers=headers)
                    mine = fastapi.request(method, path, content=sent, headers=headers)
                    about = (method, path, body)
                    assert (mine.status_code, mine.json()) == (theirs.status_code, theirs.get_json()), about
    told = both.make(None).openapi()["paths"]["/people"]["post"]["requestBody"]["content"]["application/json"]
    assert told["schema"]["properties"]["name"]["minLength"] == 2


LEFT = {
    "computed formats": "FormatChecker(formats=list())",
    "another checker": "make()",
    "a checker that has a name": "CHECKS",
}


@pytest.mark.parametrize("name", LEFT)
def test_a_checker_that_is_not_spelled_out_keeps_resources_on_flask(pair, name):
    made = "\n\ndef make():\n    return FormatChecker()\n\n\nCHECKS = FormatChecker()\napi = Api("
    both = pair(HEAD.replace("CHECKER", LEFT[name]).replace("\napi = Api(", made))
    both.stays("people", "FM777")


def test_what_a_module_puts_into_a_schema_is_in_it(pair):
    changed = 'PERSON["required"] = ["age"]\nperson = api'
    both = pair(HEAD.replace("CHECKER", "None").replace("person = api", changed))
    assert both.runtimes()["people"] == "native", both.findings("people")
    for body in ({"age": 1}, {"name": "Ann"}):
        both.same("POST", "/people", json=body)


def test_a_schema_that_a_function_changes_keeps_its_resource_on_flask(pair):
    grown = '\n\ndef grow():\n    PERSON["required"] = []\n'
    both = pair(HEAD.replace("CHECKER", "None") + grown)
    assert both.runtimes()["events"] == "native"
    both.stays("people", "FM776")
