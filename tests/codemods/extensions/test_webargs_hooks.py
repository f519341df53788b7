"""Methods of a project's own parsers: what stays on Flask, and that what converts answers as webargs does."""

import pytest

HEAD = """
from collections.abc import Mapping
from flask import Flask, abort, jsonify, make_response, request
from marshmallow import EXCLUDE, Schema, ValidationError, pre_load
from webargs import fields, validate
from webargs.flaskparser import FlaskParser

app = Flask(__name__)
ARGS = {"name": fields.Str(required=True, validate=validate.Length(min=2)), "tags": fields.List(fields.Str())}


def strip(value):
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dict):
        return {key: strip(one) for key, one in value.items()} | {"tags": ["a dictionary"]}
    if isinstance(value, Mapping):
        return {key: strip(value[key]) for key in value}
    if isinstance(value, list):
        return type(value)(map(strip, value))
    return value


def listed(value):
    return value.getlist("tags")


@app.errorhandler(422)
def unprocessable(err):
    return jsonify(err.data["messages"]), 422
"""
VIEW = """

own = OwnParser()


@app.post("/")
@own.use_args(ARGS, location="{place}")
def index(args):
    return jsonify(args)
"""
METHOD = """

class OwnParser(FlaskParser):
    def pre_load(self, location_data, *, schema, req, location):
        {body}
"""
STAYS = {
    "a method of a multidict": ("return location_data.to_dict()", "form"),
    "a function that uses one": ('return {"tags": listed(location_data)}', "form"),
    "the schema": ("return {**location_data, 'name': str(schema)}", "form"),
    "the parser": ("return super().pre_load(location_data, schema=schema, req=req, location=location)", "form"),
    "headers": ("return location_data", "headers"),
    "files": ("return location_data", "files"),
    "either": ("return location_data", "json_or_form"),
}


@pytest.mark.parametrize("name", STAYS)
def test_what_cannot_be_followed_stays_on_flask(pair, name: str):
    body, place = STAYS[name]
    both = pair(HEAD + METHOD.replace("{body}", body) + VIEW.replace("{place}", place))
    assert both.runtimes()["index"] == "flask"
    assert both.findings("index")[0].startswith("FM78")


PREPARING = """

class StrippingParser(FlaskParser):
    DEFAULT_VALIDATION_MESSAGE = "No."

    def pre_load(self, location_data, *, schema, req, location):
        "Without blanks."
        if req.headers.get("X-Wrong"):
            raise ValidationError({"name": [location, req.path]})
        if location in ("query", "form", "json", "querystring"):
            return strip(location_data)
        return location_data

    def handle_error(self, error, req, schema, *, error_status_code, error_headers):
        status = error_status_code or self.DEFAULT_VALIDATION_STATUS
        abort(make_response(jsonify(errors=error.messages, at=req.path, by=req.method), status))


parser = StrippingParser()


class Trimmed(Schema):
    name = fields.Str(required=True)

    @pre_load
    def see(self, data, **kwargs):
        return {**data, "name": data.get("name", "") + "!"}


@app.post("/json")
@parser.use_args(ARGS)
def by_json(args):
    return jsonify(args)


@app.post("/form")
@parser.use_kwargs(ARGS, location="form", error_status_code=418)
def by_form(name, tags=None):
    return jsonify(name, tags)


@app.post("/query")
@parser.use_args(ARGS, location="querystring", validate=lambda args: args["name"] != "no")
def by_query(args):
    return jsonify(args)


@app.post("/path/<name>")
@parser.use_args({"name": fields.Str(validate=validate.Length(max=3))}, location="path")
def by_path(args, name):
    return jsonify(args, name)


@app.post("/trimmed")
@parser.use_args(Trimmed)
def trimmed(args):
    return jsonify(args)


@app.post("/late")
def late():
    if request.args.get("early"):
        return "early"
    return jsonify(parser.parse(ARGS, request, location="query"))
"""
REQUESTS = [
    ("/json", {"json": {"name": " Ann ", "tags": [" a "]}}),
    ("/json", {"json": {"name": " A "}}),
    ("/json", {"json": [" x "]}),
    ("/json", {}),
    ("/json", {"data": "{", "headers": {"Content-Type": "application/json"}}),
    ("/form", {"data": {"name": " Ann ", "tags": " a "}}),
    ("/form", {"data": {"name": " A ", "other": " b "}}),
    ("/query?name=%20Ann&tags=a%20&tags=%20b", {}),
    ("/query?name=%20no&other=1", {}),
    ("/query", {}),
    ("/path/%20ab", {}),
    ("/path/abcd", {}),
    ("/trimmed", {"json": {"name": " Ann "}}),
    ("/late?name=%20Ann", {}),
    ("/late?name=%20A", {}),
    ("/late?early=1", {}),
]


def test_parsers_that_prepare_and_refuse(pair):
    both = pair(HEAD + PREPARING)
    names = ("by_json", "by_form", "by_query", "by_path", "trimmed", "late")
    assert {both.runtimes()[name] for name in names} == {"native"}, [both.findings(name) for name in names]
    for path, sent in REQUESTS:
        both.same("POST", path, **sent)
        headers = {**sent.get("headers", {}), "X-Wrong": "yes"}
        both.same("POST", path, **{**sent, "headers": headers})
