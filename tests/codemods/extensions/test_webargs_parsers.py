"""Parsers of a project's own, what they raise, and the files and path values that views are handed."""

import webargs.flaskparser

HEAD = """
from flask import Flask, abort, jsonify, make_response
from marshmallow import EXCLUDE, INCLUDE, RAISE, Schema
from webargs import fields, validate
from webargs.flaskparser import FlaskParser, parser, use_args, use_kwargs

app = Flask(__name__)
ARGS = {"name": fields.Str(required=True, validate=validate.Length(min=2))}
"""
PARSERS = (
    HEAD
    + """

class LaxParser(FlaskParser):
    "Takes more."

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": EXCLUDE, "query": RAISE}
    DEFAULT_VALIDATION_STATUS = 400


class QueryParser(LaxParser):
    DEFAULT_LOCATION = "query"
    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "json": INCLUDE}


lax = LaxParser()
use_lax, use_lax_kwargs = lax.use_args, lax.use_kwargs
query = QueryParser()
keeping = FlaskParser("json", unknown=INCLUDE)
strict = LaxParser()


@strict.error_handler
def wrong(err, req, schema, *, error_status_code, error_headers):
    "Say what is wrong."
    abort(make_response(jsonify(errors=err.messages), error_status_code or 409, error_headers or {}))


class WrongError(Exception):
    def __init__(self, messages):
        super().__init__()
        self.messages = messages


def other(error, req, schema, **options):
    raise WrongError(error.messages)


@app.errorhandler(WrongError)
def answer(error):
    return jsonify(wrong=error.messages), 418


class OwnParser(LaxParser):
    def handle_error(self, error, req, schema, *, error_status_code, error_headers):
        "Say it in another way."
        abort(make_response(jsonify(own=error.messages), error_status_code or self.DEFAULT_VALIDATION_STATUS))


class OwnQueryParser(OwnParser):
    DEFAULT_LOCATION = "query"
    DEFAULT_VALIDATION_STATUS = 409


own, own_query = OwnParser(), OwnQueryParser()
raising = FlaskParser(error_handler=other)
quiet = FlaskParser()


@quiet.error_handler
def say_nothing(error, req, schema, *, error_status_code, error_headers):
    pass


@app.route("/0", methods=["GET", "POST"])
@lax.use_args(ARGS)
def view_0(args):
    return jsonify(args)


@app.route("/1", methods=["GET", "POST"])
@use_lax(ARGS, location="query")
def view_1(args):
    return jsonify(args)


@app.route("/2", methods=["GET", "POST"])
@query.use_kwargs({"name": fields.Str(load_default="x")})
def view_2(name):
    return jsonify(name)


@app.route("/3", methods=["GET", "POST"])
@query.use_args(ARGS, location="json")
def view_3(args):
    return jsonify(args)


@app.route("/4", methods=["GET", "POST"])
@keeping.use_args(ARGS)
def view_4(args):
    return jsonify(args)


@app.route("/5", methods=["GET", "POST"])
@strict.use_args(ARGS)
def view_5(args):
    return jsonify(args)


@app.route("/6", methods=["GET", "POST"])
@strict.use_args(ARGS, error_status_code=422, error_headers={"X-Why": "args"})
def view_6(args):
    return jsonify(args)


@app.route("/7", methods=["GET", "POST"])
@raising.use_args(ARGS)
def view_7(args):
    return jsonify(args)


@app.route("/8", methods=["GET", "POST"])
@quiet.use_args(ARGS)
def view_8(args):
    return jsonify(args)


@app.route("/9", methods=["GET", "POST"])
def view_9():
    args = strict.parse(ARGS, location="form")
    return jsonify(args)


@app.route("/10", methods=["GET", "POST"])
@own.use_args(ARGS)
@own_query.use_kwargs({"name": fields.Str(required=True)})
def view_10(args, name):
    return jsonify(args, name)


@app.route("/11", methods=["GET", "POST"])
@own.use_args(ARGS, error_status_code=418)
def view_11(args):
    return jsonify(args)
"""
)
RESOURCES = (
    HEAD
    + """
from flask_restful import Api, Resource
from flask_restful import abort as api_abort

api = Api(app)


@parser.error_handler
def wrong(err, req, schema, *, error_status_code, error_headers):
    api_abort(error_status_code or 422, errors=err.messages)


class Names(Resource):
    @use_args(ARGS)
    def post(self, args):
        return args, 201

    @use_kwargs({"page": fields.Int(load_default=1)}, location="query")
    def get(self, page):
        return {"page": page}


api.add_resource(Names, "/names")
"""
)
PLACES = (
    HEAD
    + """

@app.route("/items/<int:number>/<kind>")
@use_kwargs({"number": fields.Int(validate=validate.Range(min=5)), "kind": fields.Str()}, location="view_args")
def item(number, kind):
    return jsonify(number=number, kind=kind)


@app.route("/parts/<int:number>")
@use_args({"other": fields.Int()}, location="path")
def part(args, number):
    return jsonify(args)


@app.route("/named/<int:number>")
@use_args({"number": fields.Str()}, location="path", unknown=EXCLUDE)
def named(args, number):
    return jsonify(args, number)


@app.post("/photos")
@use_kwargs({"title": fields.Str(load_default="untitled")}, location="form")
@use_kwargs({"photo": fields.Raw(required=True)}, location="files")
def photo(title, photo):
    return jsonify(title=title, name=photo.filename, size=len(photo.read()), kind=photo.mimetype)


@app.post("/papers")
@use_args({"first": fields.Field(required=True), "more": fields.List(fields.Raw()), "last": fields.Raw()},
          location="files")
def papers(args):
    last = args.get("last")
    return jsonify(args["first"].filename, last.filename if last else None)


@app.post("/several")
@use_kwargs({"files": fields.List(fields.Raw(), required=True)}, location="files")
def several(files):
    return jsonify([one.filename for one in files])


@app.errorhandler(422)
def unprocessable(err):
    return jsonify(err.data["messages"]), 422
"""
)


def form(**parts):
    """A form with texts and files, as both clients send it."""
    lines = []
    for name, value in parts.items():
        for one in value if isinstance(value, list) else [value]:
            file = f'; filename="{one[0]}"\r\nContent-Type: text/plain; charset=x' if isinstance(one, tuple) else ""
            text = one[1] if isinstance(one, tuple) else one
            lines.append(f'--xx\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n{text}\r\n')
    body = "".join([*lines, "--xx--\r\n"]).encode()
    return {"data": body, "headers": {"Content-Type": "multipart/form-data; boundary=xx"}}


def test_parsers_of_a_projects_own(pair):
    both = pair(PARSERS)
    assert set(both.runtimes().values()) == {"native"}, {name: both.findings(name) for name in both.runtimes()}
    for index in range(12):
        for sent in ({"name": "Ann"}, {"name": "A", "more": 1}, {}, {"name": "Ann", "more": 1}):
            both.same("POST", f"/{index}?name=Bob&more=1", json=sent)
        both.same("POST", f"/{index}", data=b"{", headers={"Content-Type": "application/json"})
        both.same("POST", f"/{index}", data=b"name=Cy", headers={"Content-Type": "application/x-www-form-urlencoded"})
        both.same("GET", f"/{index}?name=Bob")
        both.same("GET", f"/{index}?name=B")


def test_a_parser_that_is_unpacked_is_not_followed(pair):
    both = pair(PARSERS.replace("use_lax, use_lax_kwargs =", "use_lax, *use_lax_kwargs ="))
    assert both.runtimes()["view_1"] == "flask"


def test_a_parser_that_does_more_with_errors_is_not_followed(pair):
    both = pair(PARSERS.replace("self.DEFAULT_VALIDATION_STATUS", "self.known_locations() or 400"))
    for name in ("view_10", "view_11"):
        both.stays(name, "FM781")


def test_resources_whose_parser_answers_as_their_api_does(pair, monkeypatch):
    monkeypatch.setattr(webargs.flaskparser.parser, "error_callback", None)  # the application changes the library's own
    both = pair(RESOURCES)
    assert both.runtimes() == {"names": "native"}, both.findings("names")
    for sent in ({"name": "Ann"}, {"name": "A"}, {}):
        both.same("POST", "/names", json=sent)
    both.same("POST", "/names", data=b"{", headers={"Content-Type": "application/json"})
    both.same("GET", "/names?page=x")
    both.same("GET", "/names?page=3")


def test_resources_without_such_a_handler_stay(pair):
    both = pair(RESOURCES.replace("@parser.error_handler\n", ""))
    assert both.runtimes() == {"names": "flask"}


def test_values_of_the_path_and_files(pair):
    both = pair(PLACES)
    assert set(both.runtimes().values()) == {"native"}, {name: both.findings(name) for name in both.runtimes()}
    for path in ("/items/3/a", "/items/7/a", "/parts/3", "/named/3"):
        both.same("GET", path)
    for path in ("/photos", "/papers", "/several"):
        both.same("POST", path)
        both.same("POST", path, **form(photo=("a.txt", "abc"), title="A"))
        both.same("POST", path, **form(photo=("", ""), more="x"))
        both.same("POST", path, **form(first=("a.txt", "abc"), more=[("b.txt", "b"), ("c.txt", "c")], last=("", "")))
        both.same("POST", path, **form(first=("a.txt", "abc"), last=("l.txt", "c"), files=[("b.txt", "b"), ("c", "c")]))
    paths = both.make(None).openapi()
    body = paths["paths"]["/photos"]["post"]["requestBody"]["content"]
    schema = paths["components"]["schemas"][body["multipart/form-data"]["schema"]["$ref"].rpartition("/")[2]]
    assert schema["properties"]["photo"]["format"] == "binary"
    assert schema["properties"].keys() == {"title", "photo"}
