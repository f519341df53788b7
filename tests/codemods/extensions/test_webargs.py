"""Views that webargs hands what they are sent: what stays on Flask, and that every answer is the same."""

import json

import pytest

HEAD = """
from flask import Blueprint, Flask, abort, jsonify, request
from flask.views import MethodView
from functools import wraps
from marshmallow import EXCLUDE, INCLUDE, RAISE, Schema, post_load, pre_load
from webargs import ValidationError, fields, validate
from werkzeug.exceptions import UnprocessableEntity
from webargs.flaskparser import FlaskParser, abort as webargs_abort, parser, use_args, use_kwargs

app = Flask(__name__)
"""
HANDLER = """

@app.errorhandler(422)
@app.errorhandler(400)
def handle(err):
    headers = err.data.get("headers", None)
    messages = err.data.get("messages", ["Invalid request."])
    if headers:
        return jsonify({"errors": messages}), err.code, headers
    return jsonify({"errors": messages}), err.code
"""
SCHEMAS = """

def grown(value):
    if value < 4:
        raise ValidationError("Too young.")


ARGS = {
    "name": fields.Str(required=True, validate=validate.Length(min=2)),
    "age": fields.Int(load_default=18, validate=grown),
}


class AddressSchema(Schema):
    street = fields.Str(required=True)


class UserSchema(Schema):
    name = fields.Str(required=True, data_key="fullName")
    age = fields.Int()
    address = fields.Nested(AddressSchema)
    tags = fields.List(fields.Str())

    class Meta:
        unknown = EXCLUDE


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y


class PointSchema(Schema):
    x = fields.Int(required=True)
    y = fields.Int(load_default=0)

    @post_load
    def make(self, data, **kwargs):
        if data["x"] < 0:
            raise ValidationError("Too far left.", "x")
        return Point(**data)


class ShownSchema(Schema):
    a = fields.Int()
    b = fields.Int(dump_only=True)


class TrimSchema(Schema):
    name = fields.Str()

    @pre_load
    def trim(self, data, **kwargs):
        return {key: value.strip() for key, value in data.items()}


def named(args):
    if isinstance(args, list) and not args:
        raise ValidationError({"_schema": ["Nobody."]})
    return "name" in args or bool(args[0])


def near(point):
    if point.x > 9:
        raise ValidationError("Too far.", "x")


def drops(args):
    args.pop("age")


ORDER = {
    "lines": fields.List(fields.Nested({"name": fields.Str(required=True), "age": fields.Int(load_default=1)})),
    "address": fields.Nested({"street": fields.Str(required=True)}), "name": fields.Str(),
}
USERS = UserSchema(many=True)
PLACE = "json"
own = FlaskParser()


class Special(FlaskParser):
    def load_json(self, req, schema):
        return {}


special = Special()
"""
BODIES = (
    {},
    {"json": {}},
    {"json": {"name": "Ann", "fullName": "Ann", "x": 3, "a": 1, "b": "2"}},
    {"json": {"name": "A", "age": "x", "more": 1}},
    {"json": {"fullName": "Ann", "address": {"street": 5}, "tags": "one", "x": -1}},
    {"json": {"fullName": "Ann", "address": {"street": "S"}, "tags": ["one"], "age": "7"}},
    {"json": {"x": "4", "y": 5}},
    {"json": {"lines": [{"name": "a"}, {"age": 2}], "address": {"town": "T"}}},
    {"json": {"x": -4}},
    {"json": {"name": None, "fullName": None}},
    {"json": []},
    {"json": [{"fullName": "Ann"}, {"age": 1}]},
    {"json": "text"},
    {"data": b"null", "headers": {"Content-Type": "application/json"}},
    {"data": b"{", "headers": {"Content-Type": "application/json"}},
    {"data": b" ", "headers": {"Content-Type": "application/json"}},
    {"data": b"", "headers": {"Content-Type": "application/json"}},
    {"data": b'{"name": "\xff"}', "headers": {"Content-Type": "application/json"}},
    {"data": b'{"name": "Ann"}', "headers": {"Content-Type": "application/vnd.api+json"}},
    {"data": b'{"name": "Ann"}', "headers": {"Content-Type": "text/plain"}},
)
FORMS = (
    b"name=Ann&age=3",
    b"name=Ann&name=Bob&tags=a&tags=b&fullName=Cy",
    b"name=&more=1",
    b"age=x",
)
QUERIES = (
    "", "?q=a", "?q=a&page=2&tag=x&tag=y&exact=true", "?page=0&exact=maybe", "?q=a&q=b&order_by=name&unknown=1",
    "?q=&ids=1,2,3", "?q=a&ids=", "?q=a&ids=1,x,,2", "?q=a&ids=1&ids=2", "?q=a&pair=1&pair=2", "?q=a&pair=1",
    "?name=Ann&age=4&fullName=Bo&tags=a&tags=b&x=1",
)  # fmt: skip
SEARCH = """{
    "q": fields.Str(required=True), "page": fields.Int(load_default=1, validate=validate.Range(min=1)),
    "tag": fields.List(fields.Str(), load_default=list), "exact": fields.Bool(load_default=False),
    "sort": fields.Str(data_key="order_by", load_default="id"), "ids": fields.DelimitedList(fields.Int()),
    "pair": fields.Tuple((fields.Int(), fields.Int())),
}"""
TAKES = "\ndef view(args):\n    return jsonify(args=args)\n"
JSON = {
    "a dictionary": f"@use_args(ARGS){TAKES}",
    "a place that is named": f'@use_args(ARGS, location="json"){TAKES}',
    "the parser's own": f"@parser.use_args(ARGS){TAKES}",
    "a class": f"@use_args(UserSchema){TAKES}",
    "an object": f"@use_args(UserSchema()){TAKES}",
    "many": f"@use_args(USERS){TAKES}",
    "many here": f"@use_args(UserSchema(many=True)){TAKES}",
    "partly": f"@use_args(UserSchema(partial=True)){TAKES}",
    "unknown keys": f"@use_args(ARGS, unknown=EXCLUDE){TAKES}",
    "unknown keys kept": f'@use_args(ARGS, unknown="include"){TAKES}',
    "unknown keys of the schema": f"@use_args(UserSchema(unknown=RAISE)){TAKES}",
    "unknown keys as the schema": f"@use_args(UserSchema, unknown=None){TAKES}",
    "what is prepared": f"@use_args(TrimSchema){TAKES}",
    "another status": f'@use_args(ARGS, error_status_code=400, error_headers={{"X-After": "yes"}}){TAKES}',
    "a name": '@use_args(ARGS, arg_name="found")\ndef view(found):\n    return jsonify(args=found)\n',
    "keywords": "@use_kwargs(ARGS)\ndef view(name, age):\n    return jsonify(name=name, age=age)\n",
    "keywords that may be absent": "@use_kwargs({'a': fields.Int(), 'b': fields.Int(allow_none=True)})\n"
    "def view(a='<a>', b='<b>'):\n    return jsonify(a=a, b=b)\n",
    "all keywords": "@use_kwargs(UserSchema)\ndef view(**changes):\n    return jsonify(changes)\n",
    "keywords and the rest": "@use_kwargs(UserSchema)\ndef view(name, **rest):\n    return jsonify([name, rest])\n",
    "keywords as an option": "@use_args(ARGS, as_kwargs=True)\ndef view(age, name):\n    return jsonify([age, name])\n",
    "an object that is made": "@use_args(PointSchema())\ndef view(point):\n    return jsonify(point.x, point.y)\n",
    "at the view's start": 'def view():\n    "Show."\n    args = parser.parse(ARGS, request)\n    return args\n',
    "a dictionary with others inside": f"@use_args(ORDER){TAKES}",
    "a check": f'@use_args(ARGS, validate=lambda args: args["age"] > 17){TAKES}',
    "checks": f"@use_args(USERS, validate=[named, lambda args: len(args) < 2]){TAKES}",
    "a check of an object": "@use_args(PointSchema(), validate=near)\ndef view(p):\n    return jsonify(p.x, p.y)\n",
    "keywords, partly": "@use_kwargs(UserSchema(partial=True))\n"
    "def view(name='-', age=0, address=None, tags=()):\n    return jsonify(name, age, address, tags)\n",
    "keywords without what is only shown": "@use_kwargs(ShownSchema)\ndef view(a=0):\n    return jsonify(a)\n",
    "twice at the view's start": "def view():\n    args = parser.parse(ARGS, request)\n"
    '    more = parser.parse({"page": fields.Int()}, location="query")\n    return jsonify(args, more)\n',
    "its own abort": '@use_args(ARGS)\ndef view(args):\n    if args["age"] == 18:\n'
    '        webargs_abort(422, messages={"age": "young"}, headers={"X-After": "no"})\n'
    '    return jsonify(args) if args["name"] == "Ann" else webargs_abort(400)\n',
    "two places": '@use_args({"q": fields.Int()}, location="query")\n@use_args(ARGS)\n'
    "def view(first, second):\n    return jsonify(first, second)\n",
}
LATE = {
    "behind a check": 'def view():\n    if "q" not in request.args:\n        abort(404)\n'
    '    args = parser.parse(ARGS, request)\n    return jsonify(hello=args["name"], age=args["age"])\n',
    "returned": 'def view():\n    if "q" in request.args:\n        return parser.parse(USERS, request)\n'
    "    return jsonify(parser.parse(UserSchema, request, unknown=INCLUDE))\n",
    "an error that is caught": "def view():\n    try:\n        args = parser.parse(ARGS, request)\n"
    "    except UnprocessableEntity as error:\n        return jsonify(caught=error.code)\n    return jsonify(args)\n",
    "first and late": "def view():\n    args = parser.parse({'page': fields.Int()}, request, location='query')\n"
    "    if args:\n        point = parser.parse(PointSchema(), request)\n        return jsonify(point.x)\n"
    "    return parser.parse(ARGS, request)\n",
    "twice the same": 'def view():\n    if "q" in request.args:\n        args = parser.parse(ARGS, request)\n'
    '        return args["name"]\n    args = parser.parse(ARGS, request)\n    return jsonify(args)\n',
    "behind a decorator's": "@use_args({'page': fields.Int(required=True)}, location='query')\ndef view(args):\n"
    "    load_body = args['page']\n    if load_body > 2:\n        abort(404)\n"
    "    return jsonify(load_body, parser.parse(ARGS, request, error_status_code=400))\n",
}
READS_MORE = {
    "the same JSON twice": '@use_args({"name": fields.Str()}, unknown=EXCLUDE)\n@use_args(ARGS)\n'
    "def view(first, second):\n    return jsonify(first, second)\n",
    "the JSON itself": "@use_args(ARGS)\ndef view(args):\n    return jsonify(args, request.get_json(silent=True))\n",
    "the bytes": "@use_args(ARGS)\ndef view(args):\n    return jsonify(args, len(request.get_data()))\n",
    "the query": '@use_args(ARGS)\ndef view(args):\n    return jsonify(args, request.args.get("page"))\n',
}
OTHERS = {
    "form": f'@use_args(ARGS, location="form"){TAKES}',
    "form of a class": f'@use_args(UserSchema, location="form"){TAKES}',
    "json or form": f'@use_args(ARGS, location="json_or_form"){TAKES}',
    "json or form, parsed": "def view():\n"
    '    args = parser.parse(ARGS, request, location="json_or_form")\n    return args\n',
    "query": f'@use_args({SEARCH}, location="query"){TAKES}',
    "querystring": f'@use_args({SEARCH}, location="querystring"){TAKES}',
    "query of a class": f'@use_args(UserSchema, location="query"){TAKES}',
    "query, raising": f'@use_args(ARGS, location="query", unknown=RAISE){TAKES}',
    "query, including": f'@use_args({{"q": fields.Str()}}, location="query", unknown=INCLUDE){TAKES}',
    "query of a class, as it says": f'@use_args(UserSchema, location="query", unknown=None){TAKES}',
    "headers": '@use_args({"token": fields.Str(required=True, data_key="X-Token"), "n": fields.Int(data_key="x-n")}, '
    f'location="headers"){TAKES}',
    "cookies": f'@use_args({{"sid": fields.Str(required=True), "n": fields.Int()}}, location="cookies"){TAKES}',
}
LEFT = {
    "a callable": ("FM781", f"@use_args(lambda request: UserSchema()){TAKES}"),
    "a check that changes": ("FM781", f"@use_args(ARGS, validate=drops){TAKES}"),
    "a check of the request": ("FM781", f"@use_args(ARGS, validate=lambda args: request.is_json){TAKES}"),
    "a check of a class": ("FM781", f"@use_args(ARGS, validate=Point){TAKES}"),
    "parsed in a function of its own": (
        "FM781",
        "def view():\n    def load():\n        return parser.parse(ARGS, request)\n    return load()\n",
    ),
    "files that are parsed late": (
        "FM781",
        'def view():\n    if request.args.get("q"):\n        abort(404)\n'
        '    files = parser.parse({"f": fields.Raw()}, request, location="files")\n    return files["f"].filename\n',
    ),
    "late fields that the view decides": (
        "FM781",
        "def view():\n    most = len(request.args)\n"
        '    return parser.parse({"n": fields.Int(validate=validate.Range(max=most))}, request)\n',
    ),
    "a form and JSON, late": (
        "FM781",
        "def view():\n    if request.is_json:\n        return parser.parse(ARGS, request)\n"
        '    return parser.parse(ARGS, request, location="form")\n',
    ),
    "a place of its own": ("FM781", f"@use_args(ARGS, location=PLACE){TAKES}"),
    "computed fields": ("FM781", f'@use_args(UserSchema(only=list(["name"]))){TAKES}'),
    "too few parameters": ("FM781", "@use_kwargs(ARGS)\ndef view(name):\n    return name\n"),
    "a hook that sees the query": ("FM781", f'@use_args(TrimSchema, location="query"){TAKES}'),
    "a form and JSON": (
        "FM781",
        '@use_args(ARGS, location="form")\n@use_args(ARGS)\ndef view(a, b):\n    return jsonify(a, b)\n',
    ),
    "a form and data": (
        "FM",
        '@use_args(ARGS, location="form")\ndef view(args):\n    return jsonify(args, request.get_json(silent=True))\n',
    ),
    "a field of its own": ("FM4", f'@use_args({{"x": type("X", (fields.Str,), {{}})()}}){TAKES}'),
    "a place that is added by a computed name": (
        "FM782",
        f"@use_args(ARGS){TAKES}\n@parser.location_loader(PLACE + '_')\ndef load(request, schema):\n    return {{}}\n",
    ),
    "a parser of its own": (
        "FM782",
        f"@special.use_args(ARGS){TAKES}",
    ),
    "a changed parser": ("FM782", f"@own.use_args(ARGS){TAKES}\nown.unknown = None\n"),
    "a handler that reads the schema": (
        "FM781",
        f"@own.use_args(ARGS){TAKES}\n@own.error_handler\n"
        "def wrong(err, req, schema, *, error_status_code, error_headers):\n    abort(400, str(schema))\n",
    ),
    "a handler with two requests": (
        "FM781",
        f"@own.use_args(ARGS){TAKES}\n@own.error_handler\n"
        "def wrong(err, req, schema, *, error_status_code, error_headers):\n"
        "    request = req\n    abort(400, request.path)\n",
    ),
    "several handlers": (
        "FM782",
        f"@own.use_args(ARGS){TAKES}\n@own.error_handler\ndef one(*args, **kwargs):\n    abort(400)\n"
        "own.error_handler(one)\n",
    ),
    "a file as it is": ("FM781", f'@use_args({{"f": fields.Raw(required=True)}}, location="files"){TAKES}'),
    "a checked file": (
        "FM781",
        '@use_kwargs({"f": fields.Raw(validate=lambda file: file.mimetype == "a/b")}, location="files")\n'
        "def view(f):\n    return f.filename\n",
    ),
}


def source(views, handler=HANDLER):
    """One application with a view for each, at `/0`, `/1` and so on."""
    text = HEAD + SCHEMAS
    for index, view in enumerate(views):
        named = view.replace("def view(", f"def view_{index}(")
        text += f'\n\n@app.route("/{index}", methods=["GET", "POST"])\n{named}'
    return text + handler


def client_answers(flask, fastapi, path, sent):
    """Both sides' answers to a request with these cookies."""
    for key in ("sid", "n", "other"):
        flask.delete_cookie(key)
    for key, value in sent.items():
        flask.set_cookie(key, value)
    cookie = "; ".join(f"{key}={value}" for key, value in sent.items())
    theirs, mine = flask.get(path), fastapi.get(path, headers={"Cookie": cookie})
    return (theirs.status_code, theirs.get_data()), (mine.status_code, mine.content)


@pytest.mark.parametrize("name", LEFT)
def test_what_is_not_spelled_out_stays_on_flask(pair, name):
    code, view = LEFT[name]
    both = pair(source([view]))
    assert both.runtimes() == {"view_0": "flask"}
    assert any(one.startswith(code) for one in both.findings("view_0")), both.findings("view_0")


def test_json_is_loaded_as_before(pair):
    both = pair(source([*JSON.values(), *READS_MORE.values()]))
    assert set(both.runtimes().values()) == {"native"}, both.runtimes()
    with both.served() as same:
        for index in range(len(JSON) + len(READS_MORE)):
            for request in BODIES:
                same("POST", f"/{index}?q=x&page=2", **request)


def test_what_is_parsed_late_is_loaded_there(pair):
    both = pair(source(LATE.values()))
    assert set(both.runtimes().values()) == {"native"}, both.runtimes()
    with both.served() as same:
        for index in range(len(LATE)):
            for request in BODIES:
                for query in ("", "?q=x&page=2", "?page=3"):
                    same("POST", f"/{index}{query}", **request)
    shown = both.make(None).openapi()["paths"]["/0"]["post"]
    assert shown["requestBody"]["content"].keys() == {"application/json"}


def test_other_places_are_loaded_as_before(pair):
    both = pair(source(OTHERS.values()))
    assert set(both.runtimes().values()) == {"native"}, both.runtimes()
    with both.served() as same, both.clients() as (flask, fastapi):
        for index in range(len(OTHERS)):
            for request in BODIES:
                same("POST", f"/{index}", **request)
            for data in FORMS:
                same("POST", f"/{index}", data=data, headers={"Content-Type": "application/x-www-form-urlencoded"})
            for query in QUERIES:
                same("GET", f"/{index}{query}")
            for headers in ({"X-Token": "t"}, {"x-token": "t", "X-N": "3"}, {"X-N": "x"}):
                same("GET", f"/{index}", headers=headers)
            for sent in ({"sid": "1"}, {"sid": "1", "n": "2"}, {"n": "x", "other": "y"}):
                theirs, mine = client_answers(flask, fastapi, f"/{index}", sent)
                assert mine == theirs


def test_errors_have_the_page_of_their_status_where_no_handler_takes_them(pair):
    both = pair(source([JSON["a dictionary"]], handler=""))
    for request in BODIES:
        both.same("POST", "/0", **request)
    assert b"422 Unprocessable Entity" in both.alone("POST", "/0")[1]


def test_the_dependency_is_shown_and_run_in_its_place(pair):
    both = pair(
        HEAD
        + """

def guarded(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if request.headers.get("X-Key") != "k":
            abort(401)
        return view(*args, **kwargs)
    return wrapper


@app.put("/items/<int:number>")
@guarded
@use_kwargs({"name": fields.Str(required=True)})
@use_kwargs({"page": fields.Int(load_default=1)}, location="query")
def change(number, name, page):
    return jsonify(number=number, name=name, page=page)


@app.post("/inside")
@use_args({"name": fields.Str(required=True)})
@guarded
def inside(args):
    return jsonify(args)
"""
        + HANDLER
    )
    assert both.runtimes() == {"change": "native", "inside": "native"}
    for headers in ({}, {"X-Key": "k"}):
        for sent in ({"json": {"name": "n"}}, {"json": {}}, {"data": b"{", "content_type": "application/json"}):
            sent = {"data": json.dumps(sent["json"]).encode()} if "json" in sent else {"data": sent["data"]}
            for path, method in (("/items/3?page=x", "PUT"), ("/items/3?page=2", "PUT"), ("/inside", "POST")):
                both.same(method, path, headers={**headers, "Content-Type": "application/json"}, **sent)
    operation = both.make(None).openapi()["paths"]["/items/{number}"]["put"]
    assert [one["name"] for one in operation["parameters"] if one["in"] != "header"] == ["number", "page"]
    assert operation["requestBody"]["content"].keys() == {"application/json"}


def test_methods_of_class_based_views(pair):
    both = pair(
        HEAD
        + """

class Items(MethodView):
    @use_args({"q": fields.Str(required=True)}, location="query")
    def get(self, args):
        return jsonify(args)

    @use_kwargs({"name": fields.Str(required=True)})
    def post(self, name):
        return jsonify(name=name), 201


class Others(MethodView):
    args = {"q": fields.Int(required=True), "inner": fields.Nested({"n": fields.Int()})}

    @use_args(args, location="query")
    def get(self, args):
        return jsonify(args)

    @use_kwargs({"name": fields.Int(required=True)})
    def post(self, name):
        return jsonify(name=name), 201

    def put(self):
        args = parser.parse({"p": fields.Int(required=True)}, request)
        return jsonify(args)


app.add_url_rule("/items", view_func=Items.as_view("items"))
app.add_url_rule("/others", view_func=Others.as_view("others"))
"""
        + HANDLER
    )
    assert both.runtimes() == {"items": "native", "others": "native"}, both.findings("others")
    for path in ("/others", "/others?q=1", "/others?q=x"):
        both.same("GET", path)
        both.same("POST", path, json={"name": "1"})
        both.same("PUT", path, json={"p": "x"})
    for path in ("/items", "/items?q=1"):
        both.same("GET", path)
        both.same("POST", path, json={"name": "n"})
        both.same("POST", path, json={"name": 1})


def test_handlers_that_ask_for_the_error_behind_it(pair):
    both = pair(
        HEAD
        + """

@app.post("/view")
@use_args({"name": fields.Str(required=True)})
def view(args):
    return jsonify(args)


@app.get("/plain")
def plain():
    abort(422)


@app.errorhandler(422)
def handle(err):
    return jsonify(err.exc.messages), 422
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    both.same("POST", "/view", json={})
    both.same("POST", "/view", json={"name": "n"})
    both.same("GET", "/plain")


def test_a_field_that_is_made_elsewhere_is_no_constant(pair):
    both = pair(
        f"""{HEAD}
FIELDS = {{"lines": fields.List(fields.Int(), required=True)}}
HELD = [fields.Int()]


@app.post("/")
def index():
    return jsonify(parser.parse({{"lines": FIELDS["lines"]}}))


@app.post("/held")
def held():
    return jsonify(parser.parse({{"one": HELD[0]}}))
"""
    )
    both.stays("held", "FM408")
    for data in ({"lines": ["1"]}, {"lines": "1"}, {}):
        both.same("POST", "/", json=data)


def test_an_answer_that_a_parser_aborts_with(pair):
    both = pair(
        f"""{HEAD}
from flask import make_response


own = FlaskParser()


@own.error_handler
def handle(err, req, schema, *, error_status_code, error_headers):
    webargs_abort(make_response(jsonify(errors=err.messages), 418))


@app.post("/")
@own.use_args({{"n": fields.Int(required=True)}})
def index(args):
    if args["n"] == 3:
        webargs_abort(make_response("three", 409))
    return jsonify(args)
"""
    )
    assert both.runtimes() == {"index": "native"}
    for data in ({"n": 1}, {"n": "x"}, {"n": 3}):
        both.same("POST", "/", json=data)


def test_dictionaries_of_fields_that_are_made_of_others(pair):
    both = pair(
        f"""{HEAD}
COUNT = fields.Int(load_default=3)
PAGING = {{"page": fields.Int(load_default=1), "count": COUNT}}
SEARCH = {{**PAGING, "q": fields.Str(required=True)}}


@app.get("/spread")
@use_args({{**PAGING, "page": fields.Str(), "sort": fields.Str()}}, location="query")
def spread(args):
    return jsonify(args)


@app.get("/joined")
@use_kwargs(PAGING | {{"sort": fields.Str()}}, location="query")
def joined(page, count, sort=None):
    return jsonify(page, count, sort)


@app.get("/called")
def called():
    return jsonify(parser.parse(dict(PAGING, limit=PAGING["count"]), request, location="query"))


@app.get("/named")
@use_args(SEARCH, location="query")
def named(args):
    return jsonify(args)
"""
    )
    assert set(both.runtimes().values()) == {"native"}, both.runtimes()
    for path in ("spread", "joined", "called", "named"):
        for query in ("", "?page=2&sort=a", "?q=x&count=z", "?count=1&limit=2&q=1"):
            both.same("GET", f"/{path}{query}")


def test_dictionaries_of_fields_that_are_filled_later_stay(pair):
    both = pair(
        f"""{HEAD}
PAGING = {{"page": fields.Int(load_default=1)}}
PAGING["count"] = fields.Int()


@app.get("/")
@use_args({{**PAGING, "sort": fields.Str()}}, location="query")
def index(args):
    return jsonify(args)
"""
    )
    both.stays("index", "FM781")
