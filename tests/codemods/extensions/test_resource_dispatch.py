"""`dispatch_request` of resources and of classes that are mixed in: what stays, and what answers the same."""

import pytest

HEAD = """
from functools import wraps

from flask import Flask, request
from LIBRARY import Api, Resource, abort, fields, marshal_with

app = Flask(__name__)
app.config["PROPAGATE_EXCEPTIONS"] = False
api = Api(app)


def shouted(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        return {"shouted": view(*args, **kwargs)}

    return wrapper


class ReadOnly:
    def dispatch_request(self, *args, **kwargs):
        if request.headers.get("X-Readonly") and request.method != "GET":
            abort(503, message="%s is read-only" % type(self).__name__)
        if request.headers.get("X-Early"):
            return {"early": True}, 202, {"X-After": "early"}
        return super().dispatch_request(*args, **kwargs)


class Wrapping(Resource):
    def dispatch_request(self, *args, **kwargs):
        found = super().dispatch_request(*args, **kwargs)
        return {"data": found}
"""
RESOURCES = """
class Listed(ReadOnly, Resource):
    method_decorators = {"get": [shouted]}

    def get(self, number):
        return {"number": number}

    def post(self, number):
        return {"number": number, "body": request.get_json()}


class Shown(ReadOnly, Resource):
    @marshal_with({"number": fields.Integer})
    def get(self, number):
        return {"number": number, "more": 1}, 201, {"X-After": "shown"}

    def post(self, number):
        if number == 2:
            abort(404)
        if number == 3:
            raise ValueError("three")
        return "", 204


class Wrapped(Wrapping):
    def get(self, number):
        return {"number": number}

    def post(self, number):
        return {"number": number}, 201


class Both(ReadOnly, Wrapping):
    def get(self, number):
        return number


class Noted(Resource):
    def dispatch_request(self, *args, **kwargs):
        self.seen = request.headers.get("X-Early", "no")
        return super().dispatch_request(*args, **kwargs)

    def get(self, number):
        return {"seen": self.seen}


api.add_resource(Listed, "/listed/<int:number>")
api.add_resource(Shown, "/shown/<int:number>")
api.add_resource(Wrapped, "/wrapped/<int:number>")
api.add_resource(Both, "/both/<int:number>")
api.add_resource(Noted, "/noted/<int:number>")
"""
LEFT = {
    "one that answers by itself": "def dispatch_request(self, number):\n        return {'all': number}",
    "one that is decorated": (
        "@shouted\n    def dispatch_request(self, *args, **kwargs):\n"
        "        return super().dispatch_request(*args, **kwargs)"
    ),
}


@pytest.mark.parametrize("library", ["flask_restful", "flask_restx"])
@pytest.mark.parametrize("name", LEFT)
def test_a_dispatch_that_does_more_than_stand_around_keeps_its_resource_on_flask(pair, name, library):
    resource = f"""
class Odd(Resource):
    {LEFT[name]}

    def get(self, number):
        return number


api.add_resource(Odd, "/odd/<int:number>", endpoint="odd")
"""
    both = pair(HEAD.replace("LIBRARY", library) + resource)
    both.stays("odd", "FM116")


def test_a_body_that_is_checked_within_a_dispatch_keeps_its_resource_on_flask(pair):
    resource = """
item = api.model("Item", {"name": fields.String(required=True)})


@api.route("/items/<int:number>", endpoint="items")
class Items(ReadOnly, Resource):
    @api.expect(item, validate=True)
    def post(self, number):
        return number
"""
    both = pair(HEAD.replace("LIBRARY", "flask_restx") + resource)
    both.stays("items", "FM116")


def test_a_dictionary_of_decorators_is_none_of_flask_restx(pair):
    both = pair(HEAD.replace("LIBRARY", "flask_restx") + RESOURCES)
    both.stays("listed", "FM116")


@pytest.mark.parametrize("library", ["flask_restful", "flask_restx"])
def test_what_stands_around_every_method_answers_the_same(pair, library):
    given = RESOURCES if library == "flask_restful" else RESOURCES.replace('{"get": [shouted]}', "[shouted]")
    both = pair(HEAD.replace("LIBRARY", library) + given)
    places = ("listed", "shown", "wrapped", "both", "noted")
    assert {both.runtimes()[one] for one in places} == {"native"}, [both.findings(one) for one in places]
    with both.clients() as (flask, fastapi):
        for path in [f"/{place}/{number}" for place in places for number in (1, 2, 3)]:
            for method in ("GET", "POST", "PUT"):
                for headers in ({}, {"X-Readonly": "1"}, {"X-Early": "1"}):
                    options = {"headers": headers, **({"json": {"a": 1}} if method == "POST" else {})}
                    theirs, mine = flask.open(path, method=method, **options), fastapi.request(method, path, **options)
                    about = (method, path, headers)
                    assert (mine.status_code, mine.content) == (theirs.status_code, theirs.data), about
                    assert mine.headers.get("x-after") == theirs.headers.get("x-after"), about
