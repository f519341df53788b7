"""Request parsers of Flask-RESTX: what stays on Flask, and that what converts answers as it does."""

import pytest

HEAD = """
from flask import Flask, request
from flask_restx import Api, Resource, fields, inputs, reqparse

app = Flask(__name__)
app.config["PROPAGATE_EXCEPTIONS"] = False
api = Api(app)
model = api.model("Place", {"zip": fields.Integer})


class Code(str):
    pass


"""
RESOURCE = """

@api.route("/rates")
class Rates(Resource):
    def get(self):
        return parser.parse_args()
"""
STAYS = {
    "a model": 'parser = reqparse.RequestParser()\nparser.add_argument("place", type=model)\n',
    "a class": 'parser = reqparse.RequestParser()\nparser.add_argument("code", type=Code)\n',
    "another input": 'parser = reqparse.RequestParser()\nparser.add_argument("time", type=inputs.iso8601interval)\n',
    "a file": 'parser = reqparse.RequestParser()\nparser.add_argument("file", location="files")\n',
    "a class of arguments": "parser = reqparse.RequestParser(argument_class=reqparse.Argument)\n",
    "the setting that bundles": (
        'import os\napp.config["BUNDLE_ERRORS"] = bool(os.sep)\nparser = reqparse.RequestParser()\n'
    ),
}
VIEWS = '''

def even(value):
    """A type of the project's own."""
    if int(value) % 2:
        raise ValueError(f"{value} is odd")
    return int(value)


plain = reqparse.RequestParser()
plain.add_argument("rate", type=int, required=True, help="Rate it.")
plain.add_argument("on", type=inputs.boolean, store_missing=False)
plain.add_argument("tags", action="append", location="values")
plain.add_argument("sizes", type=int, action="split", location="args")
plain.add_argument("kind", choices=("A", "b"), case_sensitive=False, default="b", location=["args", "form"])
bundled = reqparse.RequestParser(bundle_errors=True, trim=True)
bundled.add_argument("word", required=True, nullable=False, location="json")
bundled.add_argument("even", type=even, location="json")
bundled.add_argument("list", action="append", location="json")
bundled.add_argument("between", type=inputs.int_range(1, 5), location="json")
made = api.parser()
made.add_argument("X-Key", required=True, location="headers", dest="key")
made.add_argument("zip", type=inputs.regex("^[0-9]+$"), location="cookies")


@api.route("/plain")
class Plain(Resource):
    @api.expect(plain)
    def get(self):
        args = plain.parse_args(request)
        return {"rate": args.rate, **args}

    def post(self):
        return plain.parse_args(strict=True)

    def put(self):
        """An own parser."""
        own = reqparse.RequestParser()
        own.add_argument("name", required=True)
        return own.parse_args()


@api.route("/bundled")
class Bundled(Resource):
    def post(self):
        return bundled.parse_args()


@api.route("/made")
class Made(Resource):
    def get(self):
        return made.parse_args()
'''
BODIES = [
    None, {}, {"rate": 1}, {"rate": "x", "word": " a "}, {"rate": None, "word": None}, {"word": "b", "even": 3},
    {"word": ["a"], "list": [1, "2"], "between": 9}, {"word": 1, "list": "x", "even": "4", "between": "2"}, [], "text",
    {"rate": 2, "on": "on", "other": 1}, {"rate": 2, "on": 0}, {"rate": 2, "on": "maybe"}, {"name": "n"},
]  # fmt: skip
QUERIES = [
    "", "rate=1", "rate=x", "rate=1&on=on&tags=a&tags=b", "rate=1&sizes=1,2,3", "rate=1&sizes=1,x", "rate=1&kind=a",
    "rate=1&kind=B", "rate=1&kind=c", "rate=1&on=", "rate=1&more=2", "name=n",
]  # fmt: skip


@pytest.mark.parametrize("name", STAYS)
def test_what_cannot_be_read_stays_on_flask(pair, name):
    both = pair(HEAD + STAYS[name] + RESOURCE)
    assert both.runtimes()["rates"] == "flask"
    assert both.findings("rates")


def test_arguments_are_parsed_as_flask_restx_does(pair):
    both = pair(HEAD + VIEWS)
    assert {both.runtimes()[one] for one in ("plain", "bundled", "made")} == {"native"}, both.findings("plain")
    with both.clients() as (flask, fastapi):

        def same(method, path, **request):
            theirs, mine = flask.open(path, method=method, **request), fastapi.request(method, path, **request)
            assert (mine.status_code, mine.content) == (theirs.status_code, theirs.data), (method, path, request)

        for method in ("GET", "POST", "PUT"):
            for query in QUERIES:
                same(method, f"/plain?{query}")
            for body in BODIES:
                same(method, "/plain", json=body)
        for body in BODIES:
            same("POST", "/bundled", json=body)
        same("POST", "/bundled", headers={"Content-Type": "text/plain"})
        same("POST", "/plain", data={"rate": "3", "tags": "x"})
        for headers in ({}, {"X-Key": "k"}):
            same("GET", "/made", headers=headers)
        for value in ("12", "x"):
            flask.set_cookie("zip", value)
            fastapi.cookies.set("zip", value)
            same("GET", "/made", headers={"X-Key": "k"})


INPUTS = """

parser = reqparse.RequestParser()
parser.add_argument("mail", type=inputs.email(local=True))
parser.add_argument("site", type=inputs.URL(schemes=["http", "https"], port=True), location="values")
parser.add_argument("url", type=inputs.url)
parser.add_argument("since", type=inputs.date_from_iso8601)
parser.add_argument("at", type=inputs.datetime_from_rfc822, help="When {error_msg}")
parser.add_argument("host", type=inputs.ip, action="append")


@api.route("/inputs")
class Inputs(Resource):
    @api.expect(parser)
    def get(self):
        return {name: str(value) for name, value in parser.parse_args().items()}
"""


def test_types_of_addresses_and_dates_refuse_in_the_same_words(pair):
    both = pair(HEAD + INPUTS)
    assert both.runtimes()["inputs"] == "native", both.findings("inputs")
    queries = (
        "", "mail=ann@localhost", "mail=ann", "site=http://example.com:8", "site=ftp://example.com", "site=example.com",
        "url=http://127.0.0.1", "url=x", "since=2024-02-29", "since=soon", "at=29 Feb 2024", "at=then", "host=::1",
        "host=10.0.0.1&host=x",
    )  # fmt: skip
    for query in queries:
        both.same("GET", f"/inputs?{query}")
    parameters = both.make(None).openapi()["paths"]["/inputs"]["get"]["parameters"]
    told = {one["name"]: one["schema"] for one in parameters}
    assert told["mail"]["format"] == "email"
    assert told["since"]["format"] == "date"


def test_a_parser_that_doc_tells_of(pair):
    both = pair(
        """
from flask import Flask
from flask_restx import Api, Resource

app = Flask(__name__)
app.config["PROPAGATE_EXCEPTIONS"] = False
api = Api(app, doc=False, validate=True)
parser = api.parser()
parser.add_argument("task", type=str, required=True, help="The task details", location="form")


@api.route("/todo")
class Todo(Resource):
    @api.doc(parser=parser)
    def post(self):
        return parser.parse_args(), 201

    @api.doc(parser=parser, description="Nothing is parsed.")
    def put(self):
        return "put"
"""
    )
    assert both.runtimes()["todo"] == "native", both.findings("todo")
    for method in ("POST", "PUT"):
        for request in ({}, {"data": {"task": "t"}}, {"json": {"task": "t"}}):
            both.same(method, "/todo", **request)
    told = both.make(None).openapi()["paths"]["/todo"]["post"]["requestBody"]["content"]
    assert told["application/x-www-form-urlencoded"]["schema"]["required"] == ["task"]
