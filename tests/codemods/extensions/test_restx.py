"""Applications with Flask-RESTX: what converts, what stays, that every answer is the same, and what OpenAPI tells."""

import json

import pytest

from codemods.extensions.resources.restx import RESOURCES, problem
from codemods.model import Application, Project
from codemods.view.source import Sources

HEAD = """
from functools import wraps
from http import HTTPStatus

from flask import Blueprint, Flask, request
from flask_restx import Api, Namespace, Resource, abort, fields, marshal

app = Flask(__name__)
app.config["PROPAGATE_EXCEPTIONS"] = False
"""
TODOS = """
ns = api.namespace("todos", description="What is to be done")
people = Namespace("people", path="/folk")
base = api.model("Base", {"id": fields.Integer(readonly=True, description="Its number"), "href": fields.Url("person")})
todo = ns.inherit("Todo", base, {"task": fields.String(required=True, min_length=1), "due": fields.Date})
child = todo.clone("Child", {"extra": fields.Raw(default={}), "first-name": fields.String(attribute="name.first")})
family = api.model("Family", {
    "parent": fields.Nested(todo), "children": fields.List(fields.Nested(child, skip_none=True)),
    "scores": fields.Nested({"*": fields.Wildcard(fields.Integer)}), "kind": fields.String(enum=["a", "b"]),
})


class Shouted(fields.Raw):
    def format(self, value):
        return f"{value}!"


shouted = {"task": Shouted(description="loud"), "none": Shouted}
TODOS = {1: {"id": "1", "task": "wash", "due": "2024-02-29", "name": {"first": "Ann"}}, 2: {"id": 2}}


def require_key(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if request.headers.get("X-Api-Key") == "wrong":
            ns.abort(401, "Key wrong", hint=1)
        return view(*args, **kwargs)

    return wrapper


@ns.route("/<int:todo_id>")
@ns.response(404, "Todo not found")
@ns.param("todo_id", "The task's number")
class Todo(Resource):
    method_decorators = [require_key]

    @ns.doc("get_todo")
    @ns.marshal_with(todo)
    def get(self, todo_id):
        '''One todo

        and more of it.
        '''
        if todo_id not in TODOS:
            ns.abort(404, f"no todo {todo_id}", id=todo_id)
        return TODOS[todo_id]

    @ns.expect(todo)
    @ns.marshal_with(child, code=201, description="Kept", skip_none=True)
    def put(self, todo_id):
        return {"id": todo_id, **api.payload}, 201, {"X-After": "yes"}

    @ns.response(204, "Gone")
    @ns.deprecated
    def delete(self, todo_id):
        return "", 204


def changed(number, **changes):
    todo = dict(TODOS[number])
    todo.update(changes)
    todo["task"] = "changed"
    return todo


@ns.route("/", "/all", endpoint="listed")
class Todos(Resource):
    @api.doc(description="All of them", tags=["more"])
    @ns.marshal_list_with(todo, envelope="todos")
    def get(self):
        return list(TODOS.values())

    @ns.hide
    @api.response(HTTPStatus.CREATED, "Made", todo)
    def post(self):
        if ns.payload["task"] == "odd":
            abort(HTTPStatus.CONFLICT)
        return ns.payload, 201


@people.route("/<int:id>", endpoint="person")
class Person(Resource):
    @people.marshal_with(family)
    def get(self, id):
        return {"parent": TODOS[1], "children": [{"id": 2}], "scores": {"a": "1", "b": 2.5}}, 200

    @people.doc(responses={403: "Never", 418: ("Odd", todo)})
    def post(self, id):
        if id == 1:
            abort(403)
        if id == 2:
            abort(message="failed", more=[1])
        if id == 3:
            raise ValueError("boo")
        if id == 4:
            abort(404, other=1)
        if id == 5:
            return None
        if id == 6:
            return "text", "202 ACCEPTED"
        if id == 7:
            return {"b": 1, "a": 2}, {"X-After": "yes"}
        if id == 8:
            return {}["x"]
        if id == 9:
            return {"x"}
        if id == 11:
            return {"one": api.marshal(TODOS[1], shouted, skip_none=True), "all": marshal([TODOS[2]], base, "bases")}


@app.get("/plain/<what>")
def plain(what):
    if what == "error":
        raise ValueError(what)
    return {"b": 1}


@app.errorhandler(ValueError)
def value_error(error):
    return "a value", 400


@app.errorhandler(404)
def not_found(error):
    return "<h1>gone</h1>", 404


api.add_namespace(people)
"""
APIS = {
    "plain": "api = Api(app)",
    "prefix": 'api = Api(app, prefix="/v1", doc="/docs", title="Shop", version="2")',
    "catch_all_404s": "api = Api(app, catch_all_404s=True)",
    "challenge": "api = Api(app, serve_challenge_on_401=True)",
    "handlers": """from werkzeug.exceptions import Conflict
api = Api(app)


@api.errorhandler(KeyError)
def handle_key(error):
    return {"key": str(error)}, 410, {"X-After": "key"}


@api.errorhandler(LookupError)
def handle_lookup(error):
    return {"lookup": str(error)}, 410


@api.errorhandler(Conflict)
def handle_conflict(error):
    return {"code": error.code, "said": error.description}, 409


@api.errorhandler
def handle_others(error):
    return {"other": type(error).__name__, "message": request.path}
""",
    "no help by its older name": 'app.config["ERROR_404_HELP"] = False\napi = Api(app)',
    "help that is set late": 'api = Api(app)\napp.config["ERROR_404_HELP"] = False',
    "no help": 'app.config["RESTX_ERROR_404_HELP"] = False\napi = Api(app)',
}
PATHS = (
    *(f"/todos/{one}" for one in (1, 2, 3)), "/todos/", "/todos/all", "/todos", "/folk/10", "/folk/x", "/nowhere",
    *(f"/folk/{one}" for one in range(1, 12)), "/plain/error", "/plain/x", "/todo/1",
)  # fmt: skip
OWN = {"todos_todo", "listed", "person", "plain"}
LEFT = {
    "an Api of its own": (
        "class Mine(Api):\n    def unauthorized(self, response):\n        return response\n\n\napi = Mine(app)"
    ),
    "a setting": 'app.config["RESTX_JSON"] = {"indent": 2}\napi = Api(app)',
    "help by both names": (
        'app.config["ERROR_404_HELP"] = False\napp.config["RESTX_ERROR_404_HELP"] = True\napi = Api(app)'
    ),
    "no header for masks": 'app.config["RESTX_MASK_HEADER"] = ""\napi = Api(app)',
    "several headers for masks": (
        'app.config["RESTX_MASK_HEADER"] = "X-Mask"\napp.config["RESTX_MASK_HEADER"] = "X-Show"\napi = Api(app)'
    ),
    "a header for masks that changes": (
        'import os\napp.config["RESTX_MASK_HEADER"] = os.environ.get("MASK", "X-Mask")\napi = Api(app)'
    ),
    "another header for masks from elsewhere": 'app.config["RESTX_" + "MASK_HEADER"] = "X-Mask"\napi = Api(app)',
    "a handler of both": (
        "api = Api(app)\n@app.errorhandler(KeyError)\n@api.errorhandler(KeyError)\ndef h(error):\n    return {}, 400"
    ),
    "no media type": "api = Api(app, default_mediatype=None)",
    "another media type": 'api = Api(app, default_mediatype="text/plain")',
    "representations": "api = Api(app)\napi.representations = {}",
    "a representation": 'api = Api(app)\n@api.representation("text/csv")\ndef csv(*data):\n    return data',
    "an error handler within another decorator": (
        "api = Api(app)\n@api.errorhandler(KeyError)\n@wraps(len)\ndef handle(error):\n    return {}, 400"
    ),
    "an error handler below another decorator": (
        "api = Api(app)\n@api.hide\n@api.errorhandler(KeyError)\ndef handle(error):\n    return {}, 400"
    ),
    "a handler that is put into the table": "api = Api(app)\napi.error_handlers[KeyError] = lambda error: ({}, 400)",
    "a handler for others that is set": ("api = Api(app)\napi.default_error_handler = lambda error: ({}, 400)"),
    "handlers of one class": (
        "api = Api(app)\n@api.errorhandler(KeyError)\n@api.errorhandler(KeyError)\ndef handle(error):\n"
        "    return {}, 400"
    ),
    "a namespace's handler for others": (
        'api = Api(app)\nmore = api.namespace("more")\n@more.errorhandler\ndef handle(error):\n    return {}, 400'
    ),
    "a handler of a namespace that is nobody's": (
        'api = Api(app)\nlone = Namespace("lone")\n@lone.errorhandler(KeyError)\ndef handle(error):\n    return {}, 400'
    ),
    "a handler that is set by a call": "api = Api(app)\napi.errorhandler(KeyError)(lambda error: ({}, 400))",
    "a handler of two Apis": (
        'api = Api(app)\nother = Api(Blueprint("b", __name__))\n@api.errorhandler(KeyError)\ndef handle(error):\n'
        "    return {}, 400"
    ),
    "an abort with a response": "from flask import abort as stop\napi = Api(app)\ndef f(one):\n    stop(one)",
    "an abort that an Api fails on": "api = Api(app)\ndef f():\n    abort(418)",
    "two kinds": 'api = Api(app)\nother = Api(Blueprint("b", __name__), serve_challenge_on_401=True)',
    "ordered wildcards": "api = Api(app, ordered=True)",
    "a namespace with computed decorators": 'api = Api(app)\nmore = api.namespace("more", decorators=list())',
    "an Api with computed decorators": "api = Api(app, decorators=list())",
    "a namespace whose decorators change": (
        'api = Api(app)\nmore = api.namespace("more")\nmore.decorators.append(lambda view: view)'
    ),
    "an Api whose decorators change": "api = Api(app)\napi.decorators = [lambda view: view]",
}


def same(both, headers=(None,), methods=("GET", "PUT", "DELETE", "POST", "OPTIONS")):
    with both.clients() as (flask, fastapi):
        for path in PATHS if len(methods) > 1 else ("/todos/1", "/todos/all"):
            for method in methods:
                for sent in headers:
                    for body in ({"id": 5, "task": "dry"}, None) if method in ("PUT", "POST") else (None,):
                        options = {"headers": sent, **({"json": body} if body else {})}
                        theirs = flask.open(path, method=method, **options)
                        mine = fastapi.request(method, path, **options)
                        about = (method, path, sent, body)
                        assert mine.status_code == theirs.status_code, about
                        assert mine.content == theirs.data, about
                        for name in ("content-type", "www-authenticate", "x-after"):
                            assert mine.headers.get(name) == theirs.headers.get(name), (*about, name)


@pytest.mark.parametrize("name", APIS)
def test_answers_and_errors_are_the_same(pair, name):
    both = pair(HEAD + APIS[name] + TODOS)
    assert {one for one, runtime in both.runtimes().items() if runtime == "native"} == OWN, [
        both.findings(one) for one in sorted(OWN)
    ]
    every = ("GET", "PUT", "DELETE", "POST", "OPTIONS")
    same(both, (None, {"X-Api-Key": "wrong"}), every if name in ("plain", "prefix") else ("GET", "POST"))


def test_clients_may_ask_for_some_fields(pair):
    both = pair(HEAD + APIS["plain"] + TODOS)
    masks = (
        "id",
        "{task,none}",
        "parent{id}",
        "children{id,extra{a}}",
        "*",
        "{id",
        "task{a}",
        "todos{id}",
        "scores{a}",
    )
    same(both, [{"X-Fields": one} for one in masks], ("GET",))


def test_the_header_by_which_they_ask_may_be_another(pair):
    both = pair(HEAD + 'app.config["RESTX_MASK_HEADER"] = "X-Mask"\n' + APIS["handlers"] + TODOS)
    assert {one for one, runtime in both.runtimes().items() if runtime == "native"} == OWN
    assert 'header="X-Mask"' in both.text("routers/root.py")
    masks = ("id", "{task,none}", "{id")
    same(both, [{name: mask} for name in ("X-Mask", "X-Fields") for mask in masks], ("GET",))


@pytest.mark.parametrize("name", LEFT)
def test_an_api_that_is_not_understood_stays_on_flask(pair, name):
    both = pair(HEAD + LEFT[name] + TODOS)
    assert both.runtimes()["todos_todo"] == "flask"
    assert any(one.startswith(("FM777", "FM779", "FM186", "FM116")) for one in both.findings("todos_todo"))
    assert both.runtimes()["plain"] != "flask" or "FM186" in str(both.findings("plain"))


REFUSED = {
    "a body that a computed model checks": ("@api.expect(computed, validate=True)", "FM793"),
    "a body that a changed model checks": ("@api.expect([changed], validate=True)", "FM793"),
    "a body with computed limits for what is in a list": ("@api.expect(listed, validate=True)", "FM793"),
    "a body with limits for what is under a wildcard": ("@api.expect(limits, validate=True)", "FM793"),
    "a body with limits of a field that has a name": ("@api.expect(limited, validate=True)", "FM793"),
    "arguments that are computed": ("@api.expect(*[todo])", "FM777"),
    "a computed model": ("@api.marshal_with(dict([]))", "FM776"),
    "a computed envelope": ("@api.marshal_with(todo, envelope=str(1))", "FM776"),
    "a check that a document hides": ("@api.hide\n    @api.expect(todo, validate=True)", "FM113"),
    "a check of a resource without a document": ("@api.doc(False)\n    @api.expect(todo, validate=True)", "FM113"),
    "a check that another replaces": ("@api.expect(other)\n    @api.expect(todo, validate=True)", "FM113"),
    "a check below a wrapper that does not tell of it": ("@loose\n    @api.expect(todo, validate=True)", "FM113"),
    "what documents of a method expect": ("@api.doc(expect=[todo])", "FM777"),
    "what documents expect": ("@api.doc(body=todo, validate=True)", "FM777"),
    "a computed mask": ('@api.marshal_with(api.model("A", {"id": fields.Integer}, mask=str("id")))', "FM776"),
    "a mask of a field's": ('@api.marshal_with({"id": fields.Raw(mask=str)})', "FM776"),
    "a discriminator": ('@api.marshal_with({"id": fields.String(discriminator=True)})', "FM776"),
    "objects of several classes": ('@api.marshal_with({"id": fields.Polymorph(MAPPING)})', "FM776"),
    "a wildcard that is inherited": ("@api.marshal_with(wild)", "FM776"),
    "a changed model": ("@api.marshal_with(changed)", "FM776"),
}


def test_a_decorator_that_is_not_understood_keeps_its_resource_on_flask(pair):
    resources = [
        f"""
@api.route("/{place}", endpoint="one_{place}")
class One{place}(Resource):
    {decorator}
    def post(self):
        return {{"id": 1}}
"""
        for place, (decorator, _) in enumerate(REFUSED.values())
    ]
    both = pair(
        f"""{HEAD}
api = Api(app)
todo = api.model("Todo", {{"id": fields.Integer}})
wild = api.inherit("Wild", todo, {{"*": fields.Wildcard(fields.Raw)}})
changed = api.model("Changed", {{"id": fields.Integer}})
changed["more"] = fields.String
computed = api.model("Computed", {{"id": fields.Integer(min=len("ab"))}})
listed = api.model("Listed", {{"id": fields.List(fields.Integer(min=len("ab")))}})
limits = api.model("Limits", {{"*": fields.Wildcard(fields.Integer(min=2))}})
short = fields.String(max_length=2)
limited = api.model("Limited", {{"id": short}})
MAPPING = {{dict: todo}}
other = api.model("Other", {{"name": fields.String(required=True)}})


def loose(view):
    def wrapper(*args, **kwargs):
        return view(*args, **kwargs)

    return wrapper
{"".join(resources)}"""
    )
    for place, (name, (_, code)) in enumerate(REFUSED.items()):
        assert both.runtimes()[f"one_{place}"] == "flask", name
        assert both.findings(f"one_{place}")[0].startswith(code), name


def test_json_that_ujson_writes_stays_on_flask():
    project = Project(Application("app:app", versions={"ujson": "5.10.0"}), {})
    assert "ujson" in str(problem(project, Sources({}), RESOURCES))


@pytest.mark.parametrize("given", ["validate=False, ordered=True", "validate=True, decorators=[]", ""])
def test_what_an_api_is_told_of_validation_wins_over_the_setting(pair, given):
    both = pair(
        f"""{HEAD}
app.config["RESTX_VALIDATE"] = True
api = Api(app, {given})
todo = api.model("Todo", {{"id": fields.Integer(required=True)}})


@api.route("/todos")
class Todos(Resource):
    @api.expect(todo)
    def post(self):
        return api.payload
"""
    )
    assert both.runtimes()["todos"] == "native"
    with both.clients() as (flask, fastapi):
        theirs, mine = flask.post("/todos", json={}), fastapi.post("/todos", json={})
        assert (mine.status_code, mine.json()) == (theirs.status_code, theirs.get_json())


CHECKED = """
api = Api(app, validate=True)
ns = api.namespace("todos")
place = api.model("Place", {"zip": fields.Integer(required=True, min=3)})
todo = ns.model("Todo", {"task": fields.String(required=True, max_length=4), "place": fields.Nested(place),
    "marks": fields.List(fields.Integer(min=1, max=5, description="A mark"), max_items=2),
    "rows": fields.List(fields.List(fields.String(enum=["x", "o"])))})
parser = api.parser()


def require_key(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if not request.headers.get("X-Key"):
            return {"message": "no key"}, 403
        return view(*args, **kwargs)

    return wrapper


@ns.route("/")
class Todos(Resource):
    method_decorators = [require_key]

    @ns.expect(todo)
    @ns.marshal_with(todo)
    def post(self):
        return {**api.payload, "id": 1}, 201

    @ns.expect([todo], validate=True)
    def put(self):
        return len(request.json)

    @ns.expect(todo, validate=False)
    def patch(self):
        return api.payload

    @ns.expect(parser)
    def get(self):
        return "here"


@ns.route("/loose/")
@ns.expect(todo, validate=True)
class Loose(Resource):
    def post(self):
        return api.payload


@ns.route("/parsed/")
@ns.expect(parser)
class Parsed(Resource):
    def post(self):
        return parser.parse_args()
"""


def test_bodies_are_checked_ahead_of_what_stands_around_the_method(pair):
    both = pair(HEAD + CHECKED)
    for name in ("todos_todos", "todos_loose", "todos_parsed"):
        assert both.runtimes()[name] == "native", both.findings(name)
    bodies = ({"task": "a"}, {"task": "abcde", "place": {"zip": 2}}, {}, [{"task": 1}, {}], [],
              *({"task": "a", "marks": marks} for marks in ([1], [0, 6, "x"], [1, 2, 3], "x")),
              {"task": "a", "rows": [["x"], ["o", "z"], "x"]})  # fmt: skip
    with both.clients() as (flask, fastapi):
        for method in ("GET", "POST", "PUT", "PATCH"):
            for body in bodies:
                for headers in ({}, {"X-Key": "k"}):
                    theirs = flask.open("/todos/", method=method, json=body, headers=headers)
                    mine = fastapi.request(method, "/todos/", json=body, headers=headers)
                    assert (mine.status_code, mine.json()) == (theirs.status_code, theirs.get_json()), (method, body)
        for content in (b"{", b"x"):
            theirs, mine = flask.post("/todos/", data=content), fastapi.post("/todos/", content=content)
            assert (mine.status_code, mine.content) == (theirs.status_code, theirs.data)
        for path in ("/todos/loose/", "/todos/parsed/"):
            for body in bodies:
                theirs, mine = flask.post(path, json=body), fastapi.post(path, json=body)
                assert (mine.status_code, mine.json()) == (theirs.status_code, theirs.get_json()), (path, body)
    paths = both.make(None).openapi()["paths"]
    document = paths["/todos/"]
    assert paths["/todos/loose/"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert document["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/Todo")
    assert document["put"]["requestBody"]["content"]["application/json"]["schema"]["type"] == "array"
    told = both.make(None).openapi()["components"]["schemas"]["Todo"]["properties"]["marks"]
    assert '"minimum": 1' in json.dumps(told)
    assert '"description": "A mark"' in json.dumps(told)


def test_a_blueprint_has_an_api_of_its_own(pair):
    both = pair(
        HEAD
        + """
bp = Blueprint("v1", __name__, url_prefix="/v1")
api = Api(bp, prefix="/api")


@api.route("/items/<int:item_id>", "/things/<int:item_id>")
class Item(Resource):
    def get(self, item_id):
        if item_id > 9:
            api.abort(404, "no such item")
        return {"id": item_id}


app.register_blueprint(bp)
"""
    )
    assert both.runtimes()["v1.item"] == "native"
    for path in ("/v1/api/items/1", "/v1/api/things/10", "/v1/api/item/1", "/v1/api/items/1/"):
        for method in ("GET", "POST"):
            both.same(method, path)


def test_openapi_tells_what_namespaces_did(pair):
    both = pair(HEAD + APIS["prefix"] + TODOS)
    document = both.make(None).openapi()
    one = document["paths"]["/v1/todos/{todo_id}"]
    assert one["get"]["summary"] == "One todo"
    assert one["get"]["operationId"] == "get_todo"
    assert one["get"]["tags"] == ["todos"]
    assert one["get"]["responses"]["404"]["description"] == "Todo not found"
    assert one["put"]["responses"]["201"]["description"] == "Kept"
    assert one["put"]["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/TodoModel")
    assert one["delete"]["deprecated"] is True
    listed = document["paths"]["/v1/todos/"]
    assert listed["get"]["tags"] == ["more"]
    assert listed["get"]["description"] == "All of them"
    assert "post" not in listed
    assert document["paths"]["/v1/folk/{id}"]["post"]["responses"]["418"]["description"] == "Odd"
    task = document["components"]["schemas"]["TodoModel"]
    assert task["properties"]["task"]["minLength"] == 1
    assert "task" in task["required"]
    assert task["properties"]["id"]["readOnly"] is True
    assert task["properties"]["id"]["description"] == "Its number"
    assert document["components"]["schemas"]["Family"]["properties"]["kind"]["enum"] == ["a", "b"]


ROUTES = """
api = Api(app)
ns = api.namespace("todos")
todo = api.model("Todo", {"task": fields.String(required=True)})


@ns.route("/hidden", doc=False)
class Hidden(Resource):
    @ns.expect(todo, validate=True)
    def post(self):
        return ns.payload


@ns.route("/told", doc={"description": "One of them", "params": {"id": "Its number"}, "deprecated": True})
class Told(Resource):
    def get(self):
        return "told"


@ns.hide
@ns.route("/class")
class OfClass(Resource):
    def get(self):
        return "hidden"


@ns.route("/plain")
class Plain(Resource):
    def get(self):
        return "plain"

    @ns.doc(False)
    def put(self):
        return "hidden"
"""


def test_routes_may_be_hidden_from_documents_or_described(pair):
    both = pair(HEAD + ROUTES)
    for name in ("hidden", "told", "of_class", "plain"):
        assert both.runtimes()[f"todos_{name}"] == "native", both.findings(f"todos_{name}")
    for path in ("hidden", "told", "class", "plain"):
        for method in ("GET", "POST", "PUT"):
            for body in ({"task": "a"}, {}):
                both.same(method, f"/todos/{path}", json=body)
    paths = both.make(None).openapi()["paths"]
    assert {path for path in paths if path.startswith("/todos")} == {"/todos/told", "/todos/plain"}
    assert set(paths["/todos/plain"]) == {"get"}
    assert paths["/todos/told"]["get"]["description"] == "One of them"
    assert paths["/todos/told"]["get"]["deprecated"] is True
