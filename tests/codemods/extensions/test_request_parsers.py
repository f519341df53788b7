"""Request parsers of Flask-RESTful: what converts, what stays, and that every request gets the same answer."""

import json

import pytest

HEAD = """
from flask import Flask
from flask_restful import Api, Resource, inputs, reqparse

app = Flask(__name__)
app.config["PROPAGATE_EXCEPTIONS"] = False
api = Api(app)


def even(value, name):
    if int(value) % 2:
        raise ValueError(f"{name} is odd")
    return int(value)


"""
RESOURCE = """


class Parsed(Resource):
    def get(self):
        return parser.parse_args()

    def post(self):
        args = parser.parse_args(strict=True)
        return {"args": dict(args), "first": args.get("name")}, 201

    def put(self):
        return dict(parser.parse_args(http_error_code=422))


api.add_resource(Parsed, "/parsed")
"""
ARGUMENTS = {
    "text": '"name", required=True, help="Give a name: {error_msg}"',
    "number": '"name", type=int, default=7',
    "query": '"name", type=int, location="args", required=True, nullable=False',
    "several": '"name", action="append", location="args"',
    "split": '"name", action="split", type=float, location=("args", "form"), default=[]',
    "values": '"name", location="values", dest="named", trim=True',
    "json": '"name", type=int, location="json", nullable=False, action="append"',
    "form": '"name", location="form", store_missing=False, required=True',
    "header": '"X-Name", location="headers", required=True, dest="name"',
    "cookie": '"name", location="cookies", choices=("a", "b")',
    "choices": '"name", choices=("A", "b"), case_sensitive=False, location="args"',
    "boolean": '"name", type=inputs.boolean, location="args"',
    "natural": '"name", type=inputs.natural, location="args"',
    "positive": '"name", type=inputs.positive, location="args", ignore=True',
    "range": '"name", type=inputs.int_range(1, 5), location="args"',
    "regex": '"name", type=inputs.regex("^[a-z]+$"), location="args"',
    "date": '"name", type=inputs.date, location="args"',
    "url": '"name", type=inputs.url, help="Bad: {error_msg}"',
    "moment": '"name", type=inputs.datetime_from_iso8601, location="args"',
    "mail_date": '"name", type=inputs.datetime_from_rfc822, location="args"',
    "interval": '"name", type=inputs.iso8601interval, location=("args", "json")',
    "own": '"name", type=even, location="args"',
    "operators": '"name", operators=("<", "="), type=int, location="args", action="split"',
    "dictionary": '"name", type=dict, location="json"',
    "computed": '"name", default=lambda: [1], location="args"',
    "wrong": '"name", type=lambda: 1, location="args"',
}
REQUESTS = (
    {},
    {"params": "name=a"},
    {"params": "name=3&name=4"},
    {"params": "name=1,2"},
    {"params": "name=%20x%20&other=1"},
    {"params": "name=true"},
    {"params": "name=-1"},
    {"params": "name=2024-02-29"},
    {"params": "name=&name%3C=5"},
    *({"json": one} for one in (
        {}, {"name": "a"}, {"name": 5}, {"name": None}, {"name": [1, "2", "x"]}, {"name": {"a": 1}}, [], [1], "name",
        None, {"name": "é"}, {"more": 1, "name": "b"},
    )),
    {"data": {"name": "form"}},
    {"data": {"name": "2"}, "params": "name=1"},
    {"headers": {"X-Name": "ann"}},
    {"headers": {"x-name": "ann", "Cookie": "name=a"}},
    {"headers": {"Cookie": "name=c"}},
    {"headers": {"Content-Type": "application/json"}, "content": b"{"},
)  # fmt: skip


def ask(flask, fastapi, method, request, path="/parsed"):
    url = path + (f"?{request['params']}" if "params" in request else "")
    headers = dict(request.get("headers", {}))
    content = request.get("content")
    if "json" in request:
        content, headers["Content-Type"] = json.dumps(request["json"]).encode(), "application/json"
    elif "data" in request:
        content = "&".join(f"{key}={value}" for key, value in request["data"].items()).encode()
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    theirs = flask.open(url, method=method, headers=headers, data=content)
    mine = fastapi.request(method, url, headers=headers, content=content)
    return (theirs.status_code, theirs.data), (mine.status_code, mine.content)


def check(both, methods=("GET", "POST", "PUT")):
    with both.clients() as (_, fastapi):
        flask = both.flask.test_client(use_cookies=False)
        for request in REQUESTS:
            for method in methods:
                theirs, mine = ask(flask, fastapi, method, request)
                assert mine == theirs, (method, request)


@pytest.mark.parametrize("options", ["", "bundle_errors=True"])
def test_arguments_are_parsed_as_flask_restful_does(pair, options):
    """One application with a parser for each kind of argument, so that it is converted once."""
    parsers = "".join(
        f"{name}_parser = reqparse.RequestParser({options})\n{name}_parser.add_argument({argument})\n"
        f'{name}_parser.add_argument("other", type=int, location="args")\n'
        for name, argument in ARGUMENTS.items()
    )
    resources = "".join(
        RESOURCE.replace("parser.", f"{name}_parser.").replace("Parsed", name.title()).replace("/parsed", f"/{name}")
        for name in ARGUMENTS
    )
    both = pair(HEAD + parsers + resources)
    assert set(both.runtimes().values()) == {"native"}, both.conversion.outcomes
    with both.clients() as (_, fastapi):
        flask = both.flask.test_client(use_cookies=False)
        for name in ARGUMENTS:
            for request in REQUESTS:
                for method in ("GET", "POST", "PUT"):
                    theirs, mine = ask(flask, fastapi, method, request, f"/{name}")
                    assert mine == theirs, (name, method, request)


PARSERS = {
    "bundled by a setting": (
        'app.config["BUNDLE_ERRORS"] = True\nparser = reqparse.RequestParser()\n'
        'parser.add_argument("name", type=int, required=True)\nparser.add_argument("more", required=True)'
    ),
    "of own types": (
        "def natural(value):\n    return value * 2\n\n\nparser = reqparse.RequestParser()\n"
        'parser.add_argument("name", type=natural)'
    ),
    "chained": 'parser = reqparse.RequestParser().add_argument("name", location="args").add_argument("other")',
    "of a loop": (
        'parser = reqparse.RequestParser()\nfor one in ("other", "name"):\n'
        '    parser.add_argument(one, type=int, location=["args", "json"])'
    ),
    "of a loop over arguments": (
        'NAME = reqparse.Argument("name", type=even, location=("json", "args"))\n'
        'ARGUMENTS = [NAME, reqparse.Argument("other", default=3, location="args")]\n'
        "parser = reqparse.RequestParser(bundle_errors=True)\nfor argument in ARGUMENTS:\n"
        "    parser.add_argument(argument)"
    ),
    "of a loop over pairs": (
        'ARGUMENTS = (("name", {"type": int, "required": True}), ("other", {"location": "args"}))\n'
        "parser = reqparse.RequestParser()\nfor name, options in ARGUMENTS:\n    parser.add_argument(name, **options)"
    ),
    "of a loop over a dictionary": (
        'ARGUMENTS = {"name": {"type": int, "help": "no number"}, "other": {"location": "args"}}\n'
        "parser = reqparse.RequestParser()\nfor name, options in ARGUMENTS.items():\n"
        "    parser.add_argument(name, **options)"
    ),
    "of a loop over keywords": (
        'parser = reqparse.RequestParser()\nfor one in ({"name": "name", "action": "append"}, {"name": "other"}):\n'
        "    parser.add_argument(**one)"
    ),
    "of arguments": (
        'parser = reqparse.RequestParser(trim=True)\nparser.add_argument(reqparse.Argument("name", trim=False))\n'
        'parser.add_argument(reqparse.Argument("other", required=True, help="gone"))'
    ),
    "trimmed": 'parser = reqparse.RequestParser(trim=True)\nparser.add_argument("name", location="args")',
    "copied": (
        'base = reqparse.RequestParser(bundle_errors=True)\nbase.add_argument("name", type=int)\n'
        'base.add_argument("gone", required=True)\nparser = base.copy()\nparser.remove_argument("gone")\n'
        'parser.replace_argument("name", location="args", required=True)\nparser.replace_argument("none")'
    ),
}


@pytest.mark.parametrize("name", PARSERS)
def test_parsers_are_followed(pair, name):
    both = pair(HEAD + PARSERS[name] + RESOURCE)
    assert both.runtimes() == {"parsed": "native"}, both.findings("parsed")
    check(both)


LEFT = {
    "a setting for all": (
        'import os\napp.config["BUNDLE_ERRORS"] = bool(os.sep)\nparser = reqparse.RequestParser()\n'
        'parser.add_argument("name")'
    ),
    "a place of Flask's": 'parser = reqparse.RequestParser()\nparser.add_argument("name", location="view_args")',
    "a computed place": (
        'PLACE = "ar" + "gs"\nparser = reqparse.RequestParser()\nparser.add_argument("a", location=PLACE)'
    ),
    "headers among others": 'parser = reqparse.RequestParser()\nparser.add_argument("a", location=["headers", "args"])',
    "another class": (
        "class Mine(reqparse.Argument):\n    pass\n\n\n"
        'parser = reqparse.RequestParser(argument_class=Mine)\nparser.add_argument("name")'
    ),
    "a loop over what is computed": (
        'parser = reqparse.RequestParser()\nfor name in sorted(("a", "b")):\n    parser.add_argument(name)'
    ),
    "a loop over a list that changes": (
        'NAMES = ["name"]\nNAMES.append("more")\nparser = reqparse.RequestParser()\nfor one in NAMES:\n'
        "    parser.add_argument(one)"
    ),
    "a loop that does more": (
        'parser = reqparse.RequestParser()\nfor one in ("name", "more"):\n    if one != "more":\n'
        "        parser.add_argument(one)"
    ),
    "a loop that leaves off": (
        'parser = reqparse.RequestParser()\nfor one in ("name", "more"):\n    parser.add_argument(one)\n    break'
    ),
    "an argument of a class of its own": (
        "class Mine(reqparse.Argument):\n    pass\n\n\n"
        'parser = reqparse.RequestParser()\nparser.add_argument(Mine("name"))'
    ),
    "an argument that changes": (
        'NAME = reqparse.Argument("name")\nNAME.required = True\nparser = reqparse.RequestParser()\n'
        "parser.add_argument(NAME)"
    ),
    "an argument that a parser trims for all": (
        'NAME = reqparse.Argument("name")\nparser = reqparse.RequestParser(trim=True)\nparser.add_argument(NAME)'
    ),
    "a function": (
        'parser = reqparse.RequestParser()\nparser.add_argument("name")\n\n\n'
        'def grow():\n    parser.add_argument("more")'
    ),
    "another type": 'parser = reqparse.RequestParser()\nparser.add_argument("name", type=inputs.url_regex.search)',
    "a name that is taken": (
        'url = "http://x"\nparser = reqparse.RequestParser()\nparser.add_argument("name", type=inputs.url, default=url)'
    ),
}


@pytest.mark.parametrize("name", LEFT)
def test_what_cannot_be_read_stays_on_flask(pair, name):
    both = pair(HEAD + LEFT[name] + RESOURCE)
    assert both.runtimes() == {"parsed": "flask"}
    assert both.findings("parsed")


def test_openapi_tells_of_the_arguments(pair):
    both = pair(
        HEAD
        + 'parser = reqparse.RequestParser()\nparser.add_argument("name", type=int, location="args", required=True)\n'
        + 'parser.add_argument("text", location="json")\n'
        + 'parser.add_argument("kind", location="form", choices=("a", "b"), default="a", help="Which", required=True)\n'
        + 'parser.add_argument("size", location="args", type=inputs.int_range(1, 9), action="append")\n'
        + 'parser.add_argument("on", location=("args", "form"), type=inputs.boolean)\n'
        + RESOURCE
    )
    operation = both.make().openapi()["paths"]["/parsed"]["post"]
    assert {"name": "name", "in": "query", "required": True, "schema": {"type": "integer"}} in operation["parameters"]
    told = {one["name"]: one["schema"] for one in operation["parameters"]}
    assert told["size"] == {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 9}}
    content = operation["requestBody"]["content"]
    assert content["application/json"]["schema"]["properties"] == {"text": {"type": "string"}}
    form = content["application/x-www-form-urlencoded"]["schema"]
    assert form["required"] == ["kind"]
    assert form["properties"] == {
        "kind": {"type": "string", "enum": ["a", "b"], "default": "a", "description": "Which"},
        "on": {"type": "boolean"},
    }


INNER = (
    HEAD
    + """
base = reqparse.RequestParser(bundle_errors=True)
base.add_argument("page", type=int, location="args", default=1)
strange = reqparse.RequestParser()
strange.add_argument("name", location=str("args"))
LIMIT = 3


class Local(Resource):
    def get(self):
        "Show."
        parser = reqparse.RequestParser()
        parser.add_argument("n", type=int, location="args", required=True, help="A number.")
        parser.add_argument("own", type=even, location="args", default=LIMIT)
        args = parser.parse_args()
        return {"n": args["n"], "own": args.own}

    def post(self):
        parser = base.copy()
        parser.add_argument("name", location="json").add_argument("more", location="json", default="m")
        return parser.parse_args(strict=True), 201

    def put(self):
        choices = ("a", "b")
        parser = reqparse.RequestParser()
        parser.add_argument("name", location="args", choices=choices)
        return parser.parse_args()


class Kept(Resource):
    def __init__(self):
        self.reqparse = reqparse.RequestParser(trim=True)
        self.reqparse.add_argument("title", type=str, required=True, location="json", help="No title")
        self.done = "done"
        super(Kept, self).__init__()

    def post(self):
        args = self.reqparse.parse_args()
        return {"title": args["title"], self.done: True}


class OfClass(Resource):
    parser = reqparse.RequestParser()
    parser.add_argument("n", type=int, location="args")

    def get(self):
        return self.parser.parse_args()


class Named(OfClass):
    def put(self):
        return OfClass.parser.parse_args()

    def post(self):
        return Named.parser.parse_args()


class Hiding(OfClass):
    parser = base

    def put(self):
        return OfClass.parser.parse_args()


class Held(Resource):
    found, other = base, 1

    def get(self):
        return self.found.parse_args()


class Handed(Resource):
    def __init__(self):
        self.asking = reqparse.RequestParser()
        self.asking.add_argument("n", type=int, location="args")

    def get(self):
        return str(type(self.asking).__name__)


class Strange(Resource):
    def get(self):
        return strange.parse_args()


@app.get("/view")
def view():
    parser = reqparse.RequestParser()
    parser.add_argument("n", type=int, location="args")
    return {"n": parser.parse_args()["n"]}


@app.get("/branch")
def branch():
    parser = reqparse.RequestParser()
    if LIMIT > 2:
        parser.add_argument("n", type=int, location="args")
    return parser.parse_args()


MORE = []
for index, resource in enumerate([Local, Kept, OfClass, Handed, Strange, Named, Hiding, *MORE]):
    api.add_resource(resource, f"/{index}")
"""
)


def test_parsers_that_functions_and_classes_make(pair):
    both = pair(INNER.replace('        choices = ("a", "b")\n', "").replace("choices=choices", 'choices=("a", "b")'))
    kinds = {"handed": "flask", "strange": "flask", "branch": "flask", "hiding": "flask"}
    assert both.runtimes() == {**dict.fromkeys(("local", "kept", "ofclass", "view", "named"), "native"), **kinds}
    for path in ("/0", "/1", "/2", "/view"):
        for query in ("", "?n=1", "?n=x", "?n=2&own=3", "?page=y&n=4", "?name=a&n=5", "?name=c"):
            both.same("GET", path + query)
            both.same("PUT", path + query)
            for sent in ({}, {"title": " T "}, {"name": "N", "title": None}, {"name": "N"}):
                both.same("POST", path + query, json=sent)


LOOPS = """
ARGUMENTS = [reqparse.Argument("name", required=True), reqparse.Argument("other", type=int)]


class Listed(Resource):
    def __init__(self):
        self.parser = reqparse.RequestParser(bundle_errors=True)
        for argument in ARGUMENTS:
            self.parser.add_argument(argument)
        super().__init__()

    def get(self):
        parser = reqparse.RequestParser()
        for name in ("name", "other"):
            parser.add_argument(name, location="args")
        return parser.parse_args()

    def post(self):
        return self.parser.parse_args()


class Later(Resource):
    def get(self):
        parser = reqparse.RequestParser()
        for name in ("name", "other"):
            parser.add_argument(name, location="args")
        return [name, parser.parse_args()]


api.add_resource(Listed, "/listed")
api.add_resource(Later, "/later")
"""


def test_loops_in_functions_add_arguments(pair):
    both = pair(HEAD + LOOPS)
    assert both.runtimes() == {"listed": "native", "later": "flask"}, both.findings("listed")
    for query in ("", "?name=a", "?name=a&other=x", "?other=3"):
        both.same("GET", f"/listed{query}")
        both.same("POST", f"/listed{query}", json={})


def test_parsers_that_classes_hold(pair):
    both = pair(INNER.replace("MORE = []", "MORE = [Held]"))
    assert both.runtimes()["held"] == "native"
    for path in ("/5", "/7"):
        for query in ("", "?n=1", "?n=x", "?page=3", "?page=y"):
            for method in ("GET", "POST", "PUT"):
                both.same(method, path + query)
    assert both.runtimes()["hiding"] == "flask"


CHANGING = """
class Changing(Resource):
    given = base

    def get(self):
        self.given.add_argument("late", location="args")
        return self.given.parse_args()


MORE = [Held, Changing]
"""


def test_a_parser_that_a_class_changes_stays(pair):
    both = pair(INNER.replace("MORE = []", CHANGING))
    assert {name: both.runtimes()[name] for name in ("changing", "held", "hiding")} == {
        "changing": "flask",
        "held": "flask",
        "hiding": "flask",
    }


def test_a_parser_made_of_locals_stays(pair):
    both = pair(INNER)
    assert both.runtimes()["local"] == "flask"
