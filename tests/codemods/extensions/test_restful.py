"""Applications with Flask-RESTful: what converts, what stays, and that every answer is the same."""

import pytest

HEAD = """
from functools import wraps

from flask import Blueprint, Flask, request
from flask_restful import Api, Resource, abort

app = Flask(__name__)
app.config["PROPAGATE_EXCEPTIONS"] = False
"""
TODOS = """
TODOS = {1: {"task": "wash", "done": False}, 2: {"task": "dry", "done": True}}


class Todo(Resource):
    def get(self, todo_id):
        if todo_id not in TODOS:
            abort(404, message="no such todo", id=todo_id)
        return TODOS[todo_id]

    def put(self, todo_id):
        return {"id": todo_id}, 201, {"X-After": "yes"}

    def delete(self, todo_id):
        return "", 204


class Odd(Resource):
    def get(self, what):
        if what == "none":
            return None
        if what == "text":
            return "text", "202 ACCEPTED"
        if what == "four":
            return 1, 2, 3, 4
        if what == "headers":
            return {"b": 1, "a": 2}, {"X-After": "yes"}
        if what == "date":
            import datetime
            return datetime.date(2024, 2, 29)
        if what == "error":
            raise ValueError(what)
        if what == "key":
            return {}[what]
        if what == "bare":
            abort(403)
        if what == "odd":
            abort(402, message="unknown")
        if what == "unauthorized":
            abort(401, message="who?")


@app.get("/plain/<what>")
def plain(what):
    if what == "error":
        raise ValueError(what)
    if what == "abort":
        abort(409, message="not seen")
    return {"b": 1, "a": 2}


@app.errorhandler(404)
def not_found(error):
    return "<h1>gone</h1>", 404


@app.errorhandler(ValueError)
def value_error(error):
    return "a value", 400


@app.after_request
def after(response):
    response.headers["X-After"] = response.headers.get("X-After", "") + "hook"
    return response
"""
ADDED = """
api.add_resource(Todo, "/todos/<int:todo_id>", "/items/<int:todo_id>")
api.add_resource(Odd, "/odd/<what>", endpoint="strange")
"""
APIS = {
    "one of two kinds": 'api = Api(app)\nother = Api(app, errors={"NotFound": {"more": 1}})',
    "plain": "api = Api(app)",
    "prefix": 'api = Api(app, prefix="/v1")',
    "catch_all_404s": "api = Api(app, catch_all_404s=True)",
    "challenge": "api = Api(app, serve_challenge_on_401=True)",
    "errors": 'api = Api(app, errors={"ValueError": {"message": "odd", "status": 418}, "NotFound": {"more": 1}})',
}
PATHS = (
    *(f"/{name}/{key}" for name in ("todos", "items") for key in (1, 3)),
    *(f"/odd/{what}" for what in (
        "none", "text", "four", "headers", "date", "error", "key", "bare", "odd", "unauthorized", "nothing",
    )),
    *(f"/plain/{what}" for what in ("error", "abort", "data")),
    "/nowhere", "/todos/x",
)  # fmt: skip
LEFT = {
    "an Api of its own": "class Mine(Api):\n    pass\n\n\napi = Mine(app)",
    "decorators": "api = Api(app, decorators=list([lambda view: view]))",
    "a setting": 'app.config["HTTP_BASIC_AUTH_REALM"] = "shop"\napi = Api(app)',
    "a computed setting for JSON": 'app.config["RESTFUL_JSON"] = {}.copy()\napi = Api(app)',
    "a setting for JSON that changes": (
        'app.config["RESTFUL_JSON"] = {}\napp.config["RESTFUL_JSON"]["indent"] = 2\napi = Api(app)'
    ),
    "a setting for JSON with others in it": 'app.config["RESTFUL_JSON"] = {**{"indent": 2}}\napi = Api(app)',
    "a setting for JSON of a function's": (
        "import json\ndef set_up():\n    class Own(json.JSONEncoder):\n        pass\n"
        '    app.config["RESTFUL_JSON"] = {"cls": Own}\nset_up()\napi = Api(app)'
    ),
    "another media type": 'api = Api(app, default_mediatype="text/plain")',
    "representations": "api = Api(app)\napi.representations = {}",
    "computed errors": "import os\napi = Api(app, errors={os.name: {}})",
}


def same(both, paths, methods=("GET", "PUT", "DELETE", "POST", "OPTIONS"), prefix="", headers=None):
    with both.clients() as (flask, fastapi):
        for path in (*paths, *((prefix + one) for one in paths if prefix)):
            for method in methods:
                theirs = flask.open(path, method=method, headers=headers)
                mine = fastapi.request(method, path, headers=headers)
                told = {
                    name: (theirs.headers.get(name), mine.headers.get(name))
                    for name in ("content-type", "www-authenticate", "x-after")
                }
                assert mine.status_code == theirs.status_code, (method, path)
                assert mine.content == theirs.data, (method, path)
                assert all(one == other for one, other in told.values()), (method, path, told)
                assert allowed(mine) == allowed(theirs), (method, path)


def allowed(response):
    return {one.strip() for one in response.headers.get("allow", "").split(",")}


@pytest.mark.parametrize("name", APIS)
def test_answers_and_errors_are_the_same(pair, name):
    both = pair(HEAD + APIS[name] + TODOS + ADDED)
    assert both.runtimes() == {"todo": "native", "strange": "native", "plain": "native"}
    same(both, PATHS, prefix="/v1")


@pytest.mark.parametrize("name", LEFT)
def test_an_api_that_is_not_understood_stays_on_flask(pair, name):
    both = pair(HEAD + LEFT[name] + TODOS + ADDED)
    assert both.runtimes()["todo"] == "flask"
    assert any(one.startswith(("FM771", "FM186", "FM116")) for one in both.findings("todo"))


def test_a_blueprint_has_an_api_of_its_own(pair):
    both = pair(
        HEAD
        + """
bp = Blueprint("v1", __name__, url_prefix="/v1")
api = Api(bp, prefix="/api")


@api.resource("/items/<int:item_id>", "/things/<int:item_id>")
class Item(Resource):
    def get(self, item_id):
        if item_id > 9:
            abort(404, message="no such item")
        return {"id": item_id, "self": api.url_for(Item, item_id=item_id)}


@bp.get("/plain")
def plain():
    abort(404)


app.register_blueprint(bp)
"""
    )
    assert both.runtimes() == {"v1.item": "native", "v1.plain": "native"}
    same(both, ["/v1/api/items/1", "/v1/api/things/10", "/v1/api/nope", "/v1/plain"])


GUARDED = """
def require_key(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if request.headers.get("X-Api-Key") != "s3cret":
            abort(401, message="Key missing")
        return view(*args, **kwargs)

    return wrapper


def require_agent(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if not request.headers.get("X-Agent"):
            return {"b": "no", "a": "agent"}, 403
        return view(*args, **kwargs)

    return wrapper


def cached(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        result = view(*args, **kwargs)
        return result, 200, {"X-After": "max-age=60"}

    return wrapper


class All(Resource):
    method_decorators = [require_key, require_agent]

    def get(self):
        return {"all": "get"}

    def delete(self):
        return {"all": "delete"}


class Some(Resource):
    method_decorators = {"get": [cached], "put": [require_key]}

    def get(self):
        return {"some": "get"}

    def put(self):
        return {"some": "put"}


class Given(Resource):
    decorators = [require_agent]

    def __init__(self, owner, limit=3):
        self.owner = owner
        self.limit = limit

    def get(self):
        return {"owner": self.owner, "limit": self.limit}


api = Api(app)
api.add_resource(All, "/all", "/everything")
api.add_resource(Some, "/some")
api.add_resource(Given, "/given", resource_class_kwargs={"owner": "ann"})
"""


@pytest.mark.parametrize(
    "headers", [{}, {"X-Api-Key": "s3cret"}, {"X-Agent": "x"}, {"X-Api-Key": "s3cret", "X-Agent": "x"}]
)
def test_decorators_of_resources(pair, headers):
    both = pair(HEAD + GUARDED)
    assert set(both.runtimes().values()) == {"native"}, both.findings("given")
    same(both, ["/all", "/everything", "/some", "/given"], headers=headers)


def test_hooks_that_fail_behind_a_resource(pair):
    both = pair(
        HEAD
        + """
api = Api(app)


class Fine(Resource):
    def get(self):
        return {"fine": True}


@app.after_request
def fails(response):
    if request.path == "/fine":
        raise ValueError("late")
    return response


api.add_resource(Fine, "/fine")
"""
    )
    assert both.runtimes() == {"fine": "native"}
    same(both, ["/fine"])


def test_decorators_of_an_api(pair):
    both = pair(
        """
from functools import wraps

from flask import Flask, make_response, request
from flask_restful import Api, Resource, abort

app = Flask(__name__)


def require_key(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        key = request.headers.get("X-Key")
        if key is None:
            abort(401, message="no key")
        if key == "plain":
            return {"z": "by Flask", "a": "itself"}, 403
        if key == "text":
            return "no", 402
        return view(*args, **kwargs)
    return wrapper


def marked(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        response = make_response(view(*args, **kwargs))
        response.headers["X-Marked"] = "yes"
        return response
    return wrapper


api = Api(app, decorators=[marked, require_key])


class Items(Resource):
    def get(self, number):
        if number > 3:
            abort(404, message="no such item")
        return {"z": number, "a": 1}, 202, {"X-Own": "1"}


api.add_resource(Items, "/items/<int:number>")
"""
    )
    assert both.runtimes() == {"items": "native"}, both.findings("items")
    for key in ({}, {"X-Key": "plain"}, {"X-Key": "text"}, {"X-Key": "k"}):
        both.same("GET", "/items/1", headers=key)
        both.same("GET", "/items/7", headers=key)
        both.same("POST", "/items/1", headers=key)


@pytest.mark.parametrize("listed", ["[lambda view: view]", "[made()]"])
def test_decorators_of_an_api_that_are_not_known_stay(pair, listed):
    both = pair(
        f"""
from flask import Flask
from flask_restful import Api, Resource

app = Flask(__name__)


def made():
    return lambda view: lambda *args, **kwargs: view(*args, **kwargs)


api = Api(app, decorators={listed})


class Item(Resource):
    def get(self):
        return 1


api.add_resource(Item, "/")
"""
    )
    assert set(both.runtimes().values()) == {"flask"}


ROUTED = """
from flask import jsonify
from flask_restful import Api as Base
from marshmallow import Schema, ValidationError, fields


class Mine(Base):
    def error_router(self, original_handler, e):
        if isinstance(e, ValidationError):
            if isinstance(e.messages, list):
                return jsonify(message=e.messages[0]), 400
            return jsonify(message=list(e.normalized_messages().values())[0][0]), 400
        return super().error_router(original_handler, e)


class PetSchema(Schema):
    name = fields.Str(required=True)


class Pet(Resource):
    def post(self, kind):
        if kind == "list":
            raise ValidationError("no list")
        if kind == "error":
            raise KeyError(kind)
        return PetSchema().load(request.get_json())


@app.post("/outside")
def outside():
    return PetSchema().load(request.get_json())


@app.errorhandler(ValueError)
def invalid(error):
    return {"value": str(error)}, 418


@app.errorhandler(404)
def missing(error):
    return {"nothing": "here"}, 404


plain_api = Base(Blueprint("plain", __name__, url_prefix="/plain"))
plain_api.add_resource(Pet, "/pets/<kind>", endpoint="pet")
app.register_blueprint(plain_api.blueprint)
api = Mine(app)
api.add_resource(Pet, "/pets/<kind>")
"""

OTHER_ROUTERS = {
    "another class of errors": ("isinstance(e, ValidationError)", "isinstance(e, LookupError)"),
    "something done for every error": ("        return super()", "        print(e)\n        return super()"),
    "an answer that may be missing": ("            return jsonify(message=list", "            e = (list"),
    "the instance": ("e.messages[0]", "self.prefix"),
    "another method": ("class Mine(Base):", "class Mine(Base):\n    def unauthorized(self, r):\n        return r\n"),
    "another Api that is made later": ("api = Mine(app)\n", "api = Mine(app)\nBase(app)\n"),
}


def test_errors_of_a_class_that_an_api_of_its_own_answers(pair):
    both = pair(HEAD + ROUTED)
    assert set(both.runtimes().values()) == {"native"}, [both.findings(name) for name in both.runtimes()]
    for path in ("/pets/a", "/pets/list", "/pets/error", "/outside", "/plain/pets/a", "/plain/pets/list", "/nowhere"):
        for body in ({}, {"name": "Rex"}, {"name": 5, "x": 1}):
            theirs, mine = both.answers("POST", path, json=body)
            assert mine == theirs, (path, body)


@pytest.mark.parametrize("name", OTHER_ROUTERS)
def test_an_api_of_its_own_that_does_more_keeps_all_on_flask(pair, name):
    both = pair(HEAD + ROUTED.replace(*OTHER_ROUTERS[name]))
    assert set(both.runtimes().values()) == {"flask"}
    assert "FM771" in str(both.findings("outside"))


HANDED = """
api = Api(app)
STORE = {"a": 1}


class Stored(Resource):
    def __init__(self, store, unit="EUR"):
        self.store = store
        self.unit = unit

    def get(self):
        return {**self.store, "unit": self.unit}


class Other(Stored):
    pass


class Open(Resource):
    def __init__(self, store, **more):
        self.store = store
        self.unit = more["unit"]
        self.mark = more.get("mark", "!")
        self.label = more.get("label")
        self.sign = more.pop("sign", "+")

    def get(self):
        return {**self.store, "unit": self.unit, "mark": self.mark, "label": self.label, "sign": self.sign}


def register(application):
    further = Api(application)
    further.add_resource(Open, "/open", resource_class_kwargs={"store": STORE, "unit": "USD", "sign": "-"})


register(app)
api.add_resource(Stored, "/stored", resource_class_kwargs={"store": STORE, "unit": "USD"})
api.add_resource(Other, "/other", resource_class_args=(STORE,))
"""


def test_resources_share_what_they_are_handed(pair):
    both = pair(HEAD + HANDED)
    assert {both.runtimes()[one] for one in ("stored", "other", "open")} == {"native"}, both.findings("open")
    same(both, ["/stored", "/other", "/open"])


NOT_HANDED = {
    "a local": "def register(application, rows):\n    further = Api(application)\n"
    '    further.add_resource(Open, "/open", resource_class_kwargs={"store": rows})\nregister(app, {})\n',
    "no such keyword": 'api = Api(app)\napi.add_resource(Open, "/open", resource_class_kwargs={"other": 1})\n',
}


@pytest.mark.parametrize("name", NOT_HANDED)
def test_what_a_resource_is_handed_in_a_way_that_cannot_be_read_stays(pair, name):
    both = pair(
        HEAD + "class Open(Resource):\n    def __init__(self, **more):\n        self.store = more['store']\n"
        "    def get(self):\n        return self.store\n" + NOT_HANDED[name]
    )
    assert both.runtimes()["open"] == "flask"
    assert both.findings("open")[0].startswith("FM116"), both.findings("open")


REPRESENTED = """
import json
from functools import wraps
from flask import Flask, Response, make_response, request
from flask_restful import Api, Resource, abort, fields, marshal_with, marshal_with_field

app = Flask(__name__)
api = Api(app, errors={"Odd": {"message": "odd", "status": 409}}, catch_all_404s=True)


class Odd(Exception):
    pass


def shown(data):
    return "".join(f"<{key}>{data[key]}</{key}>" for key in sorted(data))


@api.representation("application/xml")
def output_xml(data, code, headers):
    response = make_response(shown(data), code)
    response.headers.extend(headers or {})
    return response


@api.representation("application/json")
def output_json(data, code, headers=None):
    response = make_response(json.dumps({"data": data, "ok": code < 400}), code)
    response.headers.extend(headers or {})
    return response


def keyed(method):
    @wraps(method)
    def wrapper(*args, **kwargs):
        if "X-Key" in request.headers:
            abort(401, message="no key")
        return method(*args, **kwargs)
    return wrapper


class Thing(Resource):
    method_decorators = [keyed]

    @marshal_with({"id": fields.Integer, "name": fields.String})
    def get(self, number):
        if number == 9:
            raise Odd()
        if number == 8:
            abort(403, message="no", more=1)
        if number == 7:
            raise ValueError("x")
        return {"id": str(number), "name": "n"}, 200, {"X-After": "1"}

    def post(self, number):
        if number == 1:
            return Response("plain", 202, mimetype="text/plain")
        if number == 2:
            return {"a": 1}, 201
        if number == 3:
            return None
        return {"a": "ü"}

    @marshal_with_field(fields.List(fields.Integer))
    def put(self, number):
        return ["1", number]


api.add_resource(Thing, "/things/<int:number>")
"""
UNREPRESENTED = {
    "of two Apis": (
        'api = Api(app)\nother = Api(app, prefix="/v2")\n@api.representation("text/csv")\n'
        "def csv(data, code, headers):\n    return make_response(str(data), code)\n"
    ),
    "of a computed type": (
        'api = Api(app)\nKIND = "text/csv"\n@api.representation(KIND)\n'
        "def csv(data, code, headers):\n    return make_response(str(data), code)\n"
    ),
    "registered twice": (
        'api = Api(app)\n@api.representation("text/csv")\n@api.representation("text/plain")\n'
        "def csv(data, code, headers):\n    return make_response(str(data), code)\n"
    ),
    "of any arguments": (
        'api = Api(app)\n@api.representation("text/csv")\n'
        "def csv(*given, **more):\n    return make_response(str(given))\n"
    ),
    "by a call": 'api = Api(app)\napi.representation("text/csv")(lambda data, code, headers: None)\n',
}  # fmt: skip


def test_data_is_written_in_the_media_type_that_is_asked_for(pair):
    both = pair(REPRESENTED)
    assert both.runtimes() == {"thing": "native"}, both.findings("thing")
    both.flask.config["PROPAGATE_EXCEPTIONS"] = False
    kinds = (None, "application/xml", "text/html", "application/xml;q=0.5, application/json;q=0.9", "*/*", "nonsense")
    with both.served() as asked:
        for kind in kinds:
            sent = {"Accept": kind} if kind else {}
            for number in (1, 7, 8, 9):
                asked("GET", f"/things/{number}", headers=sent)
            for number in (1, 2, 3, 4):
                asked("POST", f"/things/{number}", headers=sent)
            for method, path in (("PUT", "/things/1"), ("DELETE", "/things/1"), ("GET", "/none")):
                asked(method, path, headers=sent)
            asked("GET", "/things/1", headers={**sent, "X-Key": "wrong"})


@pytest.mark.parametrize("name", UNREPRESENTED)
def test_a_representation_that_is_not_understood_keeps_its_resources_on_flask(pair, name):
    both = pair(
        "from flask import Flask, make_response\nfrom flask_restful import Api, Resource\napp = Flask(__name__)\n"
        + UNREPRESENTED[name]
        + 'class Fine(Resource):\n    def get(self):\n        return {"fine": True}\napi.add_resource(Fine, "/fine")\n'
    )
    assert both.runtimes()["fine"] == "flask"
    assert both.findings("fine")[0].startswith(("FM771", "FM113", "FM501")), both.findings("fine")


SEVERAL = """
one, two = [], []
first = Blueprint("first", __name__, url_prefix="/first")
second = Blueprint("second", __name__)
outer = Blueprint("outer", __name__, url_prefix="/outer")
nested = Blueprint("nested", __name__)


class Odd(Exception):
    pass


def keyed(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if "X-Key" not in request.headers:
            abort(401, message="no key", status=7)
        return view(*args, **kwargs)
    return wrapper


api = Api(app, errors={"Odd": {"message": "the application's", "status": 409}}, catch_all_404s=True)
APIS = [
    Api(first),
    Api(second, prefix="/second", decorators=[keyed], serve_challenge_on_401=True),
    Api(nested, errors={"Odd": {"message": "the nested one's", "status": 410}}),
]


class Thing(Resource):
    def get(self, number):
        if number == 1:
            raise Odd
        if number == 2:
            abort(404)
        if number == 3:
            abort(401)
        return {"number": number}


class Item(Thing):
    pass


api.add_resource(Thing, "/things/<int:number>")
for each in APIS:
    each.add_resource(Item, "/items/<int:number>")


@app.get("/plain/<int:number>")
def plain(number):
    if number == 1:
        raise Odd
    abort(404)


app.register_blueprint(first)
app.register_blueprint(second, url_prefix="/api", name="renamed")
outer.register_blueprint(nested)
app.register_blueprint(outer)
"""
OF_SOMEBODY = {
    "two that answer unknown URLs": ("Api(first)", "Api(first, catch_all_404s=True)"),
    "a blueprint that is given later": ("    Api(first),", "    Api(),"),
    "two of one blueprint": ("for each in", "Api(first, serve_challenge_on_401=True)\nfor each in"),
    "a local": (
        "APIS = [\n    Api(first),",
        "def made(first):\n    return Api(first)\n\n\nAPIS = [\n    made(first),",
    ),
}


def test_every_blueprint_has_an_api_of_its_own_kind(pair):
    both = pair(HEAD + SEVERAL)
    assert set(both.runtimes().values()) == {"native"}, both.findings("first.item")
    paths = ("/things", "/first/items", "/api/second/items", "/outer/items", "/plain")
    same(both, ["/nowhere", *(f"{path}/{number}" for path in paths for number in (0, 1, 2, 3, "x"))])
    same(both, [f"/api/second/items/{number}" for number in (0, 1, 2, 3)], ["GET"], headers={"X-Key": "k"})


@pytest.mark.parametrize("name", OF_SOMEBODY)
def test_apis_that_are_not_told_apart_stay_on_flask(pair, name):
    both = pair(HEAD + SEVERAL.replace(*OF_SOMEBODY[name]))
    both.stays("thing", "FM771")


NAMED = """
from flask import Flask
from flask_restful import Api, HTTPException, NotFound, Resource, current_app, request, url_for

app = Flask(__name__)
app.config["WORD"] = "w"
errors = {
    "TakenError": {"message": "Taken.", "status": 409},
    "Gone": {"message": "It is no more.", "status": 410, "extra": "more"},
}
api = Api(app, errors=errors)


class TakenError(Exception):
    pass


class Gone(HTTPException):
    code = 410


class Things(Resource):
    def get(self, kind):
        if kind == "taken":
            raise TakenError
        if kind == "gone":
            raise Gone
        if kind == "caught":
            try:
                raise NotFound("three")
            except HTTPException as error:
                return {"caught": error.description}
        return {"url": url_for("things", kind=request.args.get("kind", "x")), "word": current_app.config["WORD"]}


api.add_resource(Things, "/things/<kind>")
"""


def test_errors_of_a_name_and_what_the_library_passes_on(pair):
    both = pair(NAMED)
    assert both.runtimes()["things"] == "native", both.findings("things")
    for path in ("/things/taken", "/things/gone", "/things/caught", "/things/x?kind=y"):
        both.same("GET", path)


def test_errors_that_are_changed_stay_on_flask(pair):
    both = pair(NAMED.replace("api = Api", "errors.update([('Lost', {'status': 404})])\napi = Api"))
    both.stays("things", "FM771")
    both = pair(NAMED + "\n\ndef later():\n    errors.update(Lost={'status': 404})\n")
    both.stays("things", "FM771")


MARSHMALLOW = """
from marshmallow import Schema, ValidationError, fields


class Book(Schema):
    title = fields.Str(required=True)


class Books(Resource):
    def post(self):
        return Book().load(request.get_json())

    def put(self):
        return Book(many=True).load(request.get_json())

    def delete(self):
        raise ValidationError("Own.")


api.add_resource(Books, "/books")
"""


@pytest.mark.parametrize("errors", ["", ', errors={"ValidationError": {"message": "Wrong.", "status": 400}}'])
def test_errors_of_marshmallow_show_what_was_sent(pair, errors):
    """What Flask-RESTful finds in an error's `data` is the body (`Api.handle_error`): Marshmallow's has the input."""
    both = pair(f"{HEAD}\napi = Api(app{errors})\n{MARSHMALLOW}")
    assert both.runtimes() == {"books": "native"}, both.findings("books")
    for data in ({"titel": 1}, {"title": "x"}, {}):
        both.same("POST", "/books", json=data)
    if not errors:
        both.same("PUT", "/books", json=[{"title": 1}])
        both.same("DELETE", "/books")


ABORTS = """
from flask import Flask
from flask_restful import Api, Resource, abort

app = Flask(__name__)
app.config["PROPAGATE_EXCEPTIONS"] = False
api = Api(app)
ROWS = {1: {"id": 1}}


def row(number):
    return ROWS.get(number) or abort(404, message="no row %s" % number, number=number)


class Row(Resource):
    def get(self, number):
        return row(number)

    def put(self, number):
        return ROWS[number] if number in ROWS else abort(404)

    def post(self, number):
        found = ROWS.get(number) or abort(*CODES)
        return found


CODES = [409]
api.add_resource(Row, "/rows/<int:number>")
"""


def test_aborts_within_expressions(pair):
    both = pair(ABORTS.replace("*CODES", "400 + number"))
    assert both.runtimes() == {"row": "native"}, both.findings("row")
    for method in ("GET", "PUT"):
        assert both.same(method, "/rows/1")[0] == 200
        assert both.same(method, "/rows/2")[0] == 404
    for number in (1, 3, 9, 150):
        both.same("POST", f"/rows/{number}")


def test_an_abort_whose_status_is_unpacked_stays(pair):
    both = pair(ABORTS)
    assert both.findings("row")[0][:5] == "FM773"


OF_ONE = """
from functools import wraps

from flask import Flask, request
from flask_restful import Api, Resource, abort

app = Flask(__name__)
app.config["PROPAGATE_EXCEPTIONS"] = False


def keyed(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if "X-Key" not in request.headers:
            abort(401, message="no key")
        return view(*args, **kwargs)
    return wrapper


plain = Api(app)
secured = Api(app, prefix="/secured", decorators=[keyed], errors={"LostError": {"message": "lost", "status": 410}})


class LostError(Exception):
    pass


class One(Resource):
    def get(self):
        if "lost" in request.args:
            raise LostError
        return {"one": 1}


class Two(One):
    pass


@secured.resource("/three")
class Three(One):
    pass


plain.add_resource(One, "/one")
secured.add_resource(Two, "/two")
"""


def test_several_apis_of_an_application_by_what_is_added_to_them(pair):
    both = pair(OF_ONE)
    assert both.runtimes() == dict.fromkeys(("one", "two", "three"), "native"), both.findings("two")
    for path in ("/one", "/secured/two", "/secured/three"):
        for key in ({}, {"X-Key": "k"}):
            for query in ("", "?lost=1"):
                both.same("GET", path + query, headers=key)
            both.same("POST", path, headers=key)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('secured.add_resource(Two, "/two")', 'for api in (secured,):\n    api.add_resource(Two, "/two")'),
        (
            'secured.add_resource(Two, "/two")',
            'secured.add_resource(Two, "/two")\nplain.add_resource(Two, "/four", endpoint="four" + "")',
        ),
        ("secured = Api(", "apis = {}\nsecured = apis[1] = Api("),
    ],
)
def test_an_api_of_several_that_cannot_be_told_stays(pair, old, new):
    both = pair(OF_ONE.replace(old, new))
    assert both.runtimes()["two"] == "flask" or "apis" in new
