"""Locations of a project's own, and parsers that read one in their own way: what stays, and answers of webargs."""

import pytest
from webargs.flaskparser import FlaskParser


@pytest.fixture(autouse=True)
def locations(monkeypatch):
    """All parsers of a process share their locations: what one test adds is no other's."""
    monkeypatch.setattr(FlaskParser, "__location_map__", dict(FlaskParser.__location_map__))


HEAD = """
import re

from flask import Flask, abort, jsonify, request
from marshmallow import Schema, ValidationError, EXCLUDE, RAISE, pre_load
from webargs import fields, validate
from webargs.flaskparser import FlaskParser, parser, use_args, use_kwargs
from webargs.multidictproxy import MultiDictProxy

app = Flask(__name__)
ARGS = {"name": fields.Str(required=True, validate=validate.Length(min=2)), "size": fields.Int(load_default=1)}


@app.errorhandler(422)
@app.errorhandler(400)
def unprocessable(err):
    return jsonify(getattr(err, "data", {}).get("messages", str(err))), err.code
"""
VIEW = """

@app.route("/", methods=["GET", "POST"])
@use_args(ARGS, location="own")
def index(args):
    return jsonify(args)
"""
LOADER = """

@parser.location_loader("own")
def load_own(req, schema):
"""
STAYS = {
    "a proxy of the schema": LOADER + "    return MultiDictProxy(req.args, schema)\n" + VIEW,
    "the schema": LOADER + "    return {one: req.args.get(one) for one in schema.fields}\n" + VIEW,
    "a name of webargs' own": LOADER.replace('"own"', '"json"') + "    return {}\n" + VIEW.replace('"own"', '"json"'),
    "a name that is computed": LOADER.replace('"own"', '"ow" + "n"') + "    return {}\n" + VIEW,
    "two functions for a name": (LOADER + "    return {}\n") * 2 + VIEW,
    "a call": "\ndef load_own(req, schema):\n    return {}\n\n\nparser.location_loader('own')(load_own)\n" + VIEW,
    "another decorator": LOADER.replace("def load", "@staticmethod\ndef load") + "    return {}\n" + VIEW,
    "a hook of the schema": """

class Hooked(Schema):
    name = fields.Str()

    @pre_load
    def strip(self, data, **kwargs):
        return data
"""
    + LOADER
    + "    return {}\n"
    + VIEW.replace("ARGS", "Hooked"),
    "a method that asks its parser": """

class Own(FlaskParser):
    def load_querystring(self, req, schema):
        return super().load_querystring(req, schema)


own = Own()
"""
    + VIEW.replace("use_args", "own.use_args").replace('"own"', '"query"'),
    "a method for bodies": """

class Own(FlaskParser):
    def load_json(self, req, schema):
        return {"name": "own"}


own = Own()
"""
    + VIEW.replace("use_args", "own.use_args").replace('"own"', '"json"'),
}


@pytest.mark.parametrize("name", STAYS)
def test_what_cannot_be_followed_stays_on_flask(pair, name: str):
    both = pair(HEAD + STAYS[name])
    assert both.runtimes()["index"] == "flask"
    assert both.findings("index")[0].startswith("FM78")


OWN = """

@parser.location_loader("query_and_json")
def load_query_and_json(req, schema):
    "The query, and above it the body."
    data = req.args.to_dict()
    data.update(req.get_json(silent=True) or {})
    if "stop" in data:
        raise ValidationError({"name": ["stopped"]})
    if "teapot" in data:
        abort(418)
    return data


@parser.location_loader("asked")
def load_asked(request, schema):
    if "list" in request.args:
        return [1]
    return {"name": request.headers.get("X-Name"), "size": request.cookies.get("size", "7")}


@parser.location_loader("whole")
def load_whole(request, schema):
    return request.args


def structured(flat):
    found = {}
    for key, value in flat.items():
        put(found, key, value)
    return found


def put(found, key, value):
    if match := re.match(r"(\\w+)\\.(.*)", key):
        put(found.setdefault(match.group(1), {}), match.group(2), value)
    else:
        found[key] = value


class NestedParser(FlaskParser):
    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "headers": RAISE}

    def load_querystring(self, req, schema):
        return structured(req.args)

    def load_cookies(self, req, schema):
        return {key.lower(): value for key, value in req.cookies.items()}


class PreparingParser(NestedParser):
    DEFAULT_VALIDATION_STATUS = 400

    def pre_load(self, location_data, *, schema, req, location):
        return {**location_data, "name": location}


nested = NestedParser()
strict = NestedParser(unknown=RAISE)
preparing = PreparingParser()


class Lax(Schema):
    class Meta:
        unknown = EXCLUDE

    name = fields.Str(required=True)


@app.route("/both", methods=["GET", "POST"])
@use_kwargs(ARGS, location="query_and_json")
def both(name, size):
    return jsonify(name=name, size=size, method=request.method)


@app.post("/lax")
@use_args(Lax, location="query_and_json")
def lax(args):
    return jsonify(args)


@app.post("/ignoring")
@use_args(ARGS, location="query_and_json", unknown=EXCLUDE, error_status_code=400)
def ignoring(args):
    return jsonify(args)


@app.get("/asked")
@use_args(ARGS, location="asked", validate=lambda args: args["size"] < 9)
def asked(args):
    return jsonify(args)


@app.get("/whole")
@use_args(ARGS | {"tags": fields.List(fields.Str())}, location="whole", unknown=EXCLUDE)
def whole(args):
    return jsonify(args)


@app.get("/parsed")
def parsed():
    args = parser.parse(ARGS, request, location="asked")
    return jsonify(args)


PET = {"owner": fields.Nested({"name": fields.Str(required=True), "age": fields.Int()}), "kind": fields.Str()}


@app.get("/nested")
@nested.use_args(PET, location="query")
def pets(args):
    return jsonify(args)


@app.get("/strict")
@strict.use_args(PET, location="querystring")
def strictly(args):
    return jsonify(args)


@app.get("/prepared")
@preparing.use_args(ARGS, location="query")
def prepared(args):
    return jsonify(args)


@app.get("/jar")
@nested.use_args({"size": fields.Int()}, location="cookies")
def jar(args):
    return jsonify(args)
"""
QUERIES = ["", "?name=ann", "?name=a&size=x", "?name=ann&size=2&size=x", "?more=1&name=ann", "?stop=1", "?teapot=1"]


def test_answers_are_those_of_webargs(pair):
    made = pair(HEAD + OWN)
    assert set(made.runtimes().values()) == {"native"}, made.runtimes()
    with made.served() as same:
        for query in QUERIES:
            same("GET", f"/both{query}")
            for path in ("/both", "/lax", "/ignoring"):
                for body in ({}, {"name": "bob"}, {"size": "3", "more": 1}, {"name": 1}, {"stop": 1}):
                    same("POST", f"{path}{query}", json=body)
                same("POST", f"{path}{query}", data="{", headers={"Content-Type": "application/json"})
                same("POST", f"{path}{query}", data={"name": "form"})
            same("GET", f"/prepared{query}")
            same("GET", f"/whole{query}&tags=a&tags=b" if query else "/whole?tags=a")
        for path in ("/asked", "/parsed"):
            for headers in ({}, {"X-Name": "ann"}, {"X-Name": "a"}):
                same("GET", path, headers=headers)
            same("GET", f"{path}?list=1")
        for path in ("/nested", "/strict"):
            for query in ("", "?owner.name=ann", "?owner.age=x&kind=cat", "?owner=1", "?owner.name=a&owner.age=3&x=1"):
                same("GET", f"{path}{query}")


@pytest.mark.parametrize("cookies", ["", "SIZE=3", "size=x", "other=1"])
def test_cookies_are_read_by_the_method(pair, cookies):
    both = pair(HEAD + OWN)
    with both.clients() as (_, fastapi):
        for path in ("/jar", "/asked"):
            headers = {"Cookie": cookies, "X-Name": "ann"}
            theirs = both.flask.test_client(use_cookies=False).get(path, headers=headers)
            mine = fastapi.get(path, headers=headers)
            assert (mine.status_code, mine.content) == (theirs.status_code, theirs.data)
