"""Error handlers of Flask-RESTX's `Api`s and namespaces: what stays, and what converts, compared with real Flask."""

import pytest

HEAD = """
from flask import Flask, current_app
from flask_restx import Api, Namespace, Resource, abort, fields, marshal_with
from werkzeug.exceptions import Conflict, HTTPException, NotFound

app = Flask(__name__)
app.config["PROPAGATE_EXCEPTIONS"] = False
api = Api(app)
"""
STORE = '''
class OutOfStock(Exception):
    def __init__(self, sku):
        super().__init__(sku)
        self.sku = sku


class Locked(Conflict):
    description = "locked"


class Store:
    """What Flask's own modules keep: beside Flask it raises their errors."""

    def __init__(self):
        self.rows = {}

    def take(self, sku):
        if sku == "none":
            raise NotFound("no such sku")
        if sku == "locked":
            raise Locked()
        if sku == "abort":
            abort(409, "clash", sku=sku)
        if sku == "value":
            raise ValueError("bad")
        raise OutOfStock(sku)


STORE = Store()
'''
HANDLERS = """
@api.errorhandler(OutOfStock)
def handle_stock(error):
    return {"message": "out", "sku": error.sku, "of": len(current_app.blueprints)}, 409, {"X-After": "stock"}


@api.errorhandler(NotFound)
def handle_missing(error):
    return {"code": error.code, "said": error.description, "text": str(error)}, 404


@api.errorhandler(Locked)
def handle_locked(error):
    return {"code": error.code, "locked": error.description}, 423


@api.errorhandler
def handle_others(error):
    return {"other": type(error).__name__, "message": "failed"}, getattr(error, "code", 500)
"""
ITEMS = """
@api.route("/items/<sku>")
class Item(Resource):
    def get(self, sku):
        return {"taken": STORE.take(sku)}

    def post(self, sku):
        if sku == "none":
            raise NotFound("no such sku")
        if sku == "locked":
            raise Locked()
        if sku == "abort":
            abort(409, "clash", sku=sku)
        if sku == "value":
            raise ValueError("bad")
        raise OutOfStock(sku)


@api.route("/plain/<sku>")
class Plain(Resource):
    def get(self, sku):
        if sku == "none":
            raise NotFound("nothing plain")
        if sku == "value":
            raise ValueError("plain")
        raise OutOfStock(sku)


@app.get("/page/<sku>")
def page(sku):
    raise NotFound("no page")
"""
SKUS = ("none", "locked", "abort", "value", "pen")


def same(both, paths, methods=("GET", "POST"), headers=None):
    with both.clients() as (flask, fastapi):
        for path in paths:
            for method in methods:
                theirs = flask.open(path, method=method, headers=headers)
                mine = fastapi.request(method, path, headers=headers)
                about = (method, path, theirs.data, mine.content)
                assert (mine.status_code, mine.content) == (theirs.status_code, theirs.data), about
                for name in ("content-type", "x-after", "retry-after"):
                    assert mine.headers.get(name) == theirs.headers.get(name), (*about, name)


@pytest.mark.parametrize("given", ["app", "app, catch_all_404s=True", "app, serve_challenge_on_401=True"])
def test_handlers_answer_errors_of_resources_that_need_the_flask_application(pair, given):
    both = pair(HEAD.replace("Api(app)", f"Api({given})") + STORE + HANDLERS + ITEMS)
    assert both.runtimes()["item"] == both.runtimes()["plain"] == "bridged", both.findings("item")
    assert "len(current_app.blueprints)" in both.text("bridged/errors.py")
    assert "errors.py" not in both.conversion.files
    same(both, ["/nowhere", *(f"/{place}/{sku}" for place in ("items", "plain", "page") for sku in SKUS)])


def test_handlers_that_need_no_application_answer_on_both_sides(pair):
    source = HEAD.replace("Api(app)", "Api(app, catch_all_404s=True)") + STORE + HANDLERS + ITEMS
    both = pair(source.replace("len(current_app.blueprints)", "1"))
    assert both.runtimes()["item"] == "bridged"
    assert both.runtimes()["plain"] == "native", both.findings("plain")
    same(both, ["/nowhere", *(f"/{place}/{sku}" for place in ("items", "plain", "page") for sku in SKUS)])
    for sku in SKUS:
        theirs = both.flask.test_client().get(f"/plain/{sku}")
        assert both.alone("GET", f"/plain/{sku}")[:2] == (theirs.status_code, theirs.data)


MARSHALLED = """
error = api.model("Error", {"message": fields.String, "code": fields.String(default="E0")})
ns = Namespace("things", path="/things")
api.add_namespace(ns)
calls = []


class Reserved(Exception):
    pass


class Broken(Exception):
    pass


class Odd(Exception):
    pass


class Silent(Exception):
    pass


@api.errorhandler(Reserved)
@api.errorhandler(Conflict)
@api.marshal_with(error, code=409, description="Taken")
@api.header("X-After", "What it is about")
def handle_taken(problem):
    return {"message": f"taken: {problem}", "hidden": 1}, 409, {"X-After": "taken", "Retry-After": "5"}


@api.errorhandler(Broken)
@api.doc(description="Broken")
@marshal_with(error, envelope="error", skip_none=True)
def handle_broken(problem):
    return {"message": None}


@ns.errorhandler(Odd)
@ns.response(418, "Odd")
@ns.marshal_with(error, mask="code")
def handle_odd(problem):
    return ({"code": "odd"},)


@api.errorhandler(Silent)
@api.hide
def handle_silent(problem):
    return {"silent": str(problem)}


@api.errorhandler
@api.errorhandler(LookupError)
def handle_others(problem):
    return {"other": type(problem).__name__}, 500


@ns.route("/<kind>")
class Thing(Resource):
    def get(self, kind):
        if kind == "reserved":
            raise Reserved("pen")
        if kind == "conflict":
            raise Conflict("clash")
        if kind == "aborted":
            ns.abort(409, "clash", more=1)
        if kind == "broken":
            raise Broken()
        if kind == "odd":
            raise Odd("so")
        if kind == "silent":
            raise Silent("still")
        if kind == "key":
            raise KeyError(kind)
        raise ValueError(kind)
"""
KINDS = ("reserved", "conflict", "aborted", "broken", "odd", "silent", "key", "value")


def test_answers_of_handlers_may_be_written_by_fields(pair):
    both = pair(HEAD + MARSHALLED)
    assert both.runtimes()["things_thing"] == "native", both.findings("things_thing")
    written = both.text("errors.py")
    assert "@marshalled_error(Error)\ndef handle_taken(request: Request, problem: HTTPError | Reserved)" in written
    assert '@marshalled_error(Error, "error", skip_none=True)\ndef handle_broken(' in written
    assert '@marshalled_error(Error, mask="code")\ndef handle_odd(' in written
    for mask in (None, "message", "{code}", "other{a}"):
        same(both, [f"/things/{kind}" for kind in KINDS], ("GET",), {"X-Fields": mask} if mask else None)


def test_fields_that_cannot_be_read_or_stand_twice_keep_resources_on_flask(pair):
    for below in ("api.marshal_with(dict([]))", "api.marshal_with(error)\n@api.marshal_with(error)"):
        changed = MARSHALLED.replace('@api.marshal_with(error, code=409, description="Taken")', f"@{below}")
        both = pair(HEAD + changed)
        assert both.runtimes()["things_thing"] == "flask"
        assert both.findings("things_thing")[0].startswith(("FM776", "FM777")), below


FACTORY = """
from flask import Blueprint, Flask
from flask_restx import Api, Namespace, Resource, fields

ns = Namespace("things", path="/things")
error = ns.model("Error", {"message": fields.String, "code": fields.String(default="E0")})


class Odd(Exception):
    pass


@ns.route("/<kind>")
class Thing(Resource):
    def get(self, kind):
        if kind == "odd":
            raise Odd("so")
        if kind == "key":
            raise KeyError(kind)
        if kind == "abort":
            ns.abort(404, "nothing")
        return kind


@ns.errorhandler(LookupError)
def handle_lookup(problem):
    return {"lookup": str(problem)}, 404


def create_app():
    app = Flask(__name__)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    api = Api(title="Things")
    status = 409

    @api.errorhandler(Odd)
    @ns.marshal_with(error)
    def handle_odd(problem):
        return {"message": f"odd {problem}"}, status

    @api.errorhandler
    def handle_others(problem):
        return {"other": str(problem)}, 500

    api.add_namespace(ns)
    blueprint = Blueprint("api", __name__, url_prefix="/api")
    api.init_app(blueprint)
    app.register_blueprint(blueprint)
    return app


app = create_app()
"""
UNCLEAR = {
    "a handler that is not always there": (
        "    @api.errorhandler\n    def handle_others(problem):\n        return",
        "    if status:\n        @api.errorhandler\n        def handle_others(problem):\n            return",
    ),
    "an Api that may be another": ("    status = 409", "    status = 409\n    if not status:\n        api = Api()"),
    "a class of the factory's own": ("    status = 409", "    status = 409\n\n    class Odd(Exception):\n        pass"),
    "an Api that is handed in": ("def create_app():", "def create_app(api=None):"),
}


def test_handlers_of_an_application_factory_answer_the_same(pair):
    both = pair(FACTORY)
    assert both.runtimes()["api.things_thing"] == "native", both.findings("api.things_thing")
    same(both, [f"/api/things/{kind}" for kind in ("odd", "key", "abort", "fine")], ("GET",))


@pytest.mark.parametrize("name", UNCLEAR)
def test_handlers_of_a_factory_that_are_not_certain_keep_resources_on_flask(pair, name):
    old, new = UNCLEAR[name]
    assert old in FACTORY
    both = pair(FACTORY.replace(old, new))
    both.stays("api.things_thing", "FM777")


SEVERAL = """
from flask import Flask
from flask_restx import Api, Resource
from NAME import api, Base

app = Flask(__name__)
app.config["PROPAGATE_EXCEPTIONS"] = False
api.init_app(app)


@api.errorhandler(KIND)
def handle_kind(problem):
    return {"kind": str(problem)}, 409


@api.route("/<kind>")
class Thing(Resource):
    def get(self, kind):
        raise Base(kind) if kind == "base" else KIND(kind)
"""
FIRST = """
from flask_restx import Api

api = Api()


class Base(Exception):
    pass


class Special(Base):
    pass


class Other(Exception):
    pass


@api.errorhandler(Base)
def handle_base(problem):
    return {"base": str(problem)}, 400
"""


@pytest.mark.parametrize(("kind", "runtime"), [("Special", "flask"), ("Other", "native"), ("Foreign", "flask")])
def test_handlers_in_several_modules_must_be_for_classes_that_are_apart(pair, kind, runtime):
    name = f"first_{kind.lower()}"
    foreign = "from decimal import InvalidOperation as Foreign" if kind == "Foreign" else f"from {name} import {kind}"
    both = pair(f"{foreign}\n{SEVERAL}".replace("NAME", name).replace("KIND", kind), {f"{name}.py": FIRST})
    assert both.runtimes()["thing"] == runtime, both.findings("thing")
    if runtime == "native":
        same(both, ["/base", "/kind"], ("GET",))


FAILING = """
calls = []


@api.errorhandler(KeyError)
def handle_key(problem):
    return {"key": problem.args[1]}, 400


@api.errorhandler(ZeroDivisionError)
def handle_zero(problem):
    pass


@api.errorhandler(LookupError)
def handle_lookup(problem):
    raise ZeroDivisionError("again")


@api.errorhandler(Conflict)
def handle_conflict(problem):
    raise NotFound("instead")


@app.errorhandler(IndexError)
def handle_index(problem):
    return {"app": str(problem)}, 418


@api.route("/<kind>")
class Thing(Resource):
    def get(self, kind):
        if kind == "key":
            raise KeyError("one")
        if kind == "zero":
            return 1 / 0
        if kind == "index":
            raise IndexError("two")
        if kind == "lookup":
            raise LookupError("two")
        if kind == "conflict":
            abort(409)
        return kind
"""


@pytest.mark.parametrize("settings", ["", 'app.config["PROPAGATE_EXCEPTIONS"] = None\n'])
def test_what_a_handler_raises_takes_the_place_of_the_error(pair, settings):
    both = pair(HEAD + settings + FAILING)
    assert both.runtimes()["thing"] == "native", both.findings("thing")
    same(both, [f"/{kind}" for kind in ("key", "zero", "index", "lookup", "conflict", "fine")], ("GET",))


NAMESPACES = """
pets = Namespace("pets")
toys = Namespace("toys")
food = Namespace("food")


class Broken(Exception):
    pass


class Torn(Broken):
    pass


@pets.errorhandler(Broken)
def handle_broken(problem):
    return {"pets": str(problem)}, 409


@toys.errorhandler(Torn)
def handle_torn(problem):
    return {"toys": str(problem)}, 410


@food.errorhandler(Conflict)
def handle_conflict(problem):
    return {"food": problem.description}, 409, {"X-After": "food"}


@api.errorhandler(KeyError)
def handle_key(problem):
    return {"api": str(problem)}, 400


@toys.route("/<kind>")
class Toy(Resource):
    def get(self, kind):
        if kind == "torn":
            raise Torn(kind)
        if kind == "broken":
            raise Broken(kind)
        if kind == "conflict":
            abort(409, "clash")
        if kind == "key":
            raise KeyError(kind)
        return kind


ADDED
"""
ADDED = {
    "one first": "api.add_namespace(food)\napi.add_namespace(pets)\napi.add_namespace(toys)",
    "the other first": "api.add_namespace(toys)\napi.add_namespace(pets, path='/all')\napi.add_namespace(food)",
}


@pytest.mark.parametrize("name", ADDED)
def test_handlers_of_several_namespaces_are_asked_in_the_order_in_which_an_api_gets_them(pair, name):
    both = pair(HEAD + NAMESPACES.replace("ADDED", ADDED[name]))
    assert both.runtimes()["toys_toy"] == "native", both.findings("toys_toy")
    same(both, [f"/toys/{kind}" for kind in ("torn", "broken", "conflict", "key", "fine")], ("GET",))


@pytest.mark.parametrize(("known", "runtime"), [("KeyError", "native"), ("Broken", "flask")])
def test_where_that_order_is_not_told_their_classes_must_be_apart(pair, known, runtime):
    added = "for one in (food, pets, toys):\n    api.add_namespace(one)"
    source = NAMESPACES.replace("food.errorhandler(Conflict)", "food.errorhandler(LookupError)")
    source = source.replace("problem.description", "str(problem)").replace("class Torn(Broken)", "class Torn(KNOWN)")
    source = source.replace("@api.errorhandler(KeyError)", "@api.errorhandler(AssertionError)")
    source = source.replace("KNOWN", "Exception" if known == "KeyError" else known)
    both = pair(HEAD + source.replace("ADDED", added))
    assert both.runtimes()["toys_toy"] == runtime, both.findings("toys_toy")
    if runtime == "native":
        same(both, [f"/toys/{kind}" for kind in ("torn", "broken", "conflict", "key", "fine")], ("GET",))
