"""Applications with flask-apispec: what stays on Flask, and that what converts answers as flask-apispec does."""

import marshmallow
import pytest
from webargs.flaskparser import parser


@pytest.fixture(autouse=True)
def changed(monkeypatch):
    """What applications change for the whole process."""
    monkeypatch.setattr(parser, "DEFAULT_VALIDATION_STATUS", parser.DEFAULT_VALIDATION_STATUS)
    monkeypatch.setattr(marshmallow, "__version__", "4.4.0", raising=False)
    monkeypatch.setattr(marshmallow.utils, "is_instance_or_subclass", isinstance, raising=False)


HEAD = """
from functools import wraps

import marshmallow.utils

marshmallow.__version__ = "4.4.0"  # what the extension asks Marshmallow 3 for
marshmallow.utils.is_instance_or_subclass = lambda one, kind: isinstance(one, kind)

from flask import Flask, abort, g, jsonify, make_response, request
from flask_apispec import MethodResource, Ref, doc, marshal_with, use_kwargs, wrap_with
from marshmallow import Schema, fields, validate
from werkzeug.datastructures import Headers

app = Flask(__name__)
app.config["PROPAGATE_EXCEPTIONS"] = False


class PetSchema(Schema):
    name = fields.Str(required=True)
    age = fields.Int()


class ErrorSchema(Schema):
    error = fields.Str()


PETS = [{"name": "Rex", "age": "3", "secret": 1}, {"name": "Tom"}]


def guarded(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if request.headers.get("X-Key") != "k":
            abort(403)
        return view(*args, **kwargs)

    return wrapper


@app.errorhandler(422)
def handle(error):
    return jsonify(errors=error.data["messages"]), 422
"""

STAYS = {
    "a class that calls the view": (
        'from flask_apispec.wrapper import Wrapper\n@app.route("/")\n@wrap_with(Wrapper)\ndef index():\n    return {}\n'
    ),
    "a reference to an attribute": '@app.route("/")\n@marshal_with(Ref("schema"))\ndef index():\n    return {}\n',
    "a guard within": '@app.route("/")\n@marshal_with(PetSchema)\n@guarded\ndef index():\n    return {}\n',
    "a guard between": (
        '@app.route("/")\n@use_kwargs(PetSchema)\n@guarded\n@marshal_with(PetSchema)\n'
        "def index(**pet):\n    return pet\n"
    ),
    "two of one status": (
        '@app.route("/")\n@marshal_with(PetSchema)\n@marshal_with(ErrorSchema)\ndef index():\n    return {}\n'
    ),
    "a computed status": '@app.route("/")\n@marshal_with(PetSchema, code=int("200"))\ndef index():\n    return {}\n',
    "nothing of its parents": '@app.route("/")\n@marshal_with(PetSchema, inherit=False)\ndef index():\n    return {}\n',
    "many arguments of one": (
        '@app.route("/")\n@use_kwargs(PetSchema(many=True))\ndef index(*pets):\n    return list(pets)\n'
    ),
    "another form of answers": (
        'app.config["APISPEC_FORMAT_RESPONSE"] = None\n@app.route("/")\n@doc()\ndef index():\n    return {}\n'
    ),
    "another parser": (
        "from webargs.flaskparser import parser\nparser.DEFAULT_VALIDATION_STATUS = 400\n"
        '@app.route("/")\n@use_kwargs(PetSchema)\ndef index(**pet):\n    return pet\n'
    ),
    "an async view": '@app.route("/")\n@doc()\nasync def index():\n    return {}\n',
    "methods that overrides others": (
        "class Base(MethodResource):\n    @marshal_with(PetSchema)\n    def get(self):\n        return {}\n\n\n"
        "class Pet(Base):\n    def get(self):\n        return PETS[0]\n\n\n"
        'app.add_url_rule("/", view_func=Pet.as_view("index"))\n'
    ),
    "a guarded method that nothing of it decorates": (
        "class Pet(MethodResource):\n    @guarded\n    def get(self):\n        return PETS[0]\n\n\n"
        'app.add_url_rule("/", view_func=Pet.as_view("index"))\n'
    ),
    "a method that calls another": (
        "class Pet(MethodResource):\n    def get(self):\n        return PETS[0]\n\n"
        "    def put(self):\n        return self.get()\n\n\n"
        'app.add_url_rule("/", view_func=Pet.as_view("index"))\n'
    ),
    "a decorated class": (
        "@doc(tags=['pets'])\nclass Pet(MethodResource):\n    def get(self):\n        return PETS[0]\n\n\n"
        'app.add_url_rule("/", view_func=Pet.as_view("index"))\n'
    ),
}

VIEWS = """
@app.get("/pets")
@guarded
@use_kwargs(
    {"name": fields.Str(), "limit": fields.Int(load_default=10, validate=validate.Range(min=1))}, location="query"
)
@marshal_with(PetSchema(many=True))
@doc(tags=["Pets"], summary="All pets", description="By name", operationId="allPets", security=[{"Key": []}])
def pets(limit, name=None):
    return [one for one in PETS if name in (None, one["name"])][:limit]


@app.post("/pets")
@use_kwargs(PetSchema)
@marshal_with(PetSchema, code=201, description="The pet")
@marshal_with(ErrorSchema, code=409)
def create(**kwargs):
    if kwargs["name"] == "Rex":
        return {"error": "taken", "name": "Rex"}, 409
    if kwargs["name"] == "Tom":
        answer = {"error": 1, "name": "Tom"}, int("409"), {"X-After": "tom"}
        return answer
    return {**kwargs, "extra": 1}, 201, {"X-After": "made"}


@app.get("/plain")
@marshal_with(None, code=204)
def plain():
    return {"not": "marshalled"}


@app.get("/gone")
@marshal_with(None, code=204)
def gone():
    return make_response("", 204)


@app.get("/failing")
@marshal_with(None, code=204)
def failing():
    status = 204
    return {}, status


@app.get("/told")
@marshal_with(PetSchema, apply=False)
@use_kwargs(PetSchema, apply=False)
def told():
    return PETS[0]


class Pet(MethodResource):
    @marshal_with(PetSchema)
    def get(self, pet):
        return self.find(pet)

    @use_kwargs({"age": fields.Int(required=True)})
    @marshal_with(PetSchema(only=("age",)))
    def put(self, pet, age):
        return {**PETS[pet], "age": age}

    def find(self, pet):
        if pet >= len(PETS):
            abort(404)
        return PETS[pet]


class Kind(MethodResource):
    def get(self, kind):
        if kind == "text":
            return ""
        if kind == "none":
            return None
        if kind == "list":
            return [1, None]
        if kind == "status":
            return "made", "201 CREATED"
        if kind == "headers":
            return {"b": 1, "a": 2}, [("X-After", "1")]
        if kind == "werkzeug":
            return {"a": 1}, Headers({"X-After": "2"})
        if kind == "four":
            return tuple([1, 2, 3, 4])
        if kind == "one":
            return tuple(["only"])
        if kind == "empty":
            return ()
        if kind == "response":
            return make_response("text", 203)
        return jsonify(kind), 200


app.add_url_rule("/pets/<int:pet>", view_func=Pet.as_view("pet"))
app.add_url_rule("/kinds/<kind>", view_func=Kind.as_view("kind"))
"""

KINDS = ["text", "none", "list", "status", "headers", "werkzeug", "four", "one", "empty", "response", "other"]
REQUESTS = [
    ("GET", "/pets", {}),
    *(("GET", f"/pets{query}", {"headers": {"X-Key": "k"}}) for query in ("", "?limit=1", "?limit=0", "?name=Tom&x=1")),
    *(("POST", "/pets", {"json": one}) for one in ({}, {"name": "Rex"}, {"name": "Tom"}, {"name": "Kit", "age": "7"})),
    ("POST", "/pets", {"json": {"name": "Kit", "x": 1}}),
    *(("GET", path, {}) for path in ("/plain", "/gone", "/failing", "/told", "/pets/0", "/pets/1", "/pets/7")),
    ("PUT", "/pets/1", {"json": {"age": "4"}}),
    ("PUT", "/pets/1", {"json": {}}),
    *(("GET", f"/kinds/{kind}", {}) for kind in KINDS),
]


@pytest.mark.parametrize("name", STAYS)
def test_what_cannot_be_read_stays_on_flask(pair, name):
    both = pair(HEAD + STAYS[name])
    assert both.runtimes()["index"] == "flask"
    assert both.findings("index")


def test_answers_are_those_of_flask_apispec(pair):
    both = pair(HEAD + VIEWS)
    assert set(both.runtimes().values()) == {"native"}, [both.findings(name) for name in both.runtimes()]
    for method, path, request in REQUESTS:
        theirs, mine = both.answers(method, path, **request)
        assert mine == theirs, (method, path, request)
        if "Key" not in str(request):
            assert both.alone(method, path, **request)[:2] == theirs[:2], (method, path, request)


def test_what_it_tells_of_routes_is_in_the_document(pair):
    document = pair(HEAD + VIEWS).make(None).openapi()
    pets = document["paths"]["/pets"]["get"]
    assert (pets["tags"], pets["summary"], pets["description"]) == (["Pets"], "All pets", "By name")
    assert (pets["operationId"], pets["security"]) == ("allPets", [{"Key": []}])
    assert [one["name"] for one in pets["parameters"]] == ["name", "limit", "x-key"]
    created = document["paths"]["/pets"]["post"]["responses"]
    assert created["201"]["description"] == "The pet"
    assert created["409"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Error"}
    told = document["paths"]["/told"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert told == {"$ref": "#/components/schemas/PetSchema"}


SPELLED_OUT = """
from typing import cast

class Tells:
    @staticmethod
    def takes(schema, location="json", **kwargs):
        def wrapper(view):
            return cast(object, use_kwargs(schema, location=location, **kwargs)(view))

        return wrapper

    @staticmethod
    def guard(view):
        \"\"\"Asks for the key.\"\"\"

        @wraps(view)
        def wrapper(*args, **kwargs):
            if request.headers.get("X-Key") != "k":
                abort(403)
            return view(*args, **kwargs)

        return wrapper


@app.get("/")
@Tells.guard
@Tells.takes(PetSchema, "query")
def index(**pet):
    return pet


@app.post("/")
@Tells.takes(PetSchema, apply=False)
def told():
    return request.get_json()


class Pet(MethodResource):
    @Tells.guard
    @Tells.takes(PetSchema)
    def put(self, **pet):
        return pet


app.add_url_rule("/pet", view_func=Pet.as_view("pet"))
"""


def test_decorators_of_the_projects_own_that_stand_for_these(pair):
    both = pair(HEAD + SPELLED_OUT)
    assert set(both.runtimes().values()) == {"native"}, [both.findings(name) for name in both.runtimes()]
    for key in ({}, {"X-Key": "k"}):
        for method, path, request in (
            ("GET", "/?name=a&age=1", {}), ("GET", "/", {}), ("POST", "/", {"json": {"x": 1}}),
            ("PUT", "/pet", {"json": {"name": "b"}}), ("PUT", "/pet", {"json": {}}),
        ):  # fmt: skip
            theirs, mine = both.answers(method, path, **request, headers=key)
            assert mine == theirs, (method, path, key)
