"""Routes that use Marshmallow's schemas: native ones with Pydantic classes, and the same answers as Flask's."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from flask import Blueprint, Flask, abort, current_app, jsonify, request
from marshmallow import EXCLUDE, INCLUDE, Schema, ValidationError, fields, post_dump, post_load, pre_load, validate
from marshmallow import validates, validates_schema
app = Flask(__name__)

class UserSchema(Schema):
    id = fields.Int(dump_only=True)
    name = fields.Str(required=True, validate=validate.Length(min=2))
    email = fields.Email()
    password = fields.Str(load_only=True)
    age = fields.Int(load_default=18)

"""
HANDLER = """
@app.errorhandler(ValidationError)
def invalid(error):
    return jsonify(errors=error.messages), 422
"""
BODIES = (
    {"name": "Ann"},
    {"name": "Ann", "email": "ann@example.com", "password": "x", "age": "7"},
    {"name": "A", "email": "no", "age": "old"},
    {},
    {"id": 3, "name": "Ann"},
    {"name": None},
    [],
    [{"name": "Ann"}],
    "text",
    None,
)

Pairs = Callable[..., Any]


def openapi(both: Any) -> Any:
    with both.clients() as (_, client):
        return client.get("/openapi.json").json()


def body_schema(both: Any, method: str, path: str) -> Any:
    document = openapi(both)
    schema = document["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]
    reference = schema.get("$ref", "").rpartition("/")[2]
    return document["components"]["schemas"][reference] if reference else schema


def test_a_route_that_loads_and_dumps_is_native(pair: Pairs) -> None:
    both = pair(
        HEAD
        + HANDLER
        + """
@app.post("/users")
def create():
    user = UserSchema().load(request.get_json())
    return jsonify(UserSchema().dump({"id": 1, **user})), 201
"""
    )
    assert both.runtimes() == {"create": "native"}
    text = both.text("routers/root.py")
    assert "json_body: JsonBody[UserIn]" in text
    assert "user = json_body.load().to_dict()" in text
    assert "marshmallow" not in text + both.text("errors.py")
    for body in BODIES:
        both.same("POST", "/users", json=body)
    assert both.same("POST", "/users", json={"name": "Ann"})[0] == 201
    assert both.same("POST", "/users", json={})[0] == 422


def test_bodies_that_are_no_json_answer_as_before(pair: Pairs) -> None:
    both = pair(
        HEAD
        + HANDLER
        + """
@app.post("/users")
def create():
    return UserSchema().load(request.json)
"""
    )
    for headers in ({"Content-Type": "text/plain"}, {"Content-Type": "application/json"}, {}):
        with both.clients() as (flask, client):
            for content in (b"{", b"", b'{"name": "Ann"}'):
                theirs = flask.post("/users", data=content, headers=headers)
                mine = client.post("/users", content=content, headers=headers)
                assert (mine.status_code, mine.content) == (theirs.status_code, theirs.get_data())


def test_openapi_names_the_schemas_of_body_and_answer(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
@app.post("/users")
def create():
    user = UserSchema().load(request.get_json())
    if user["name"] == "taken":
        return jsonify(error="taken"), 409
    return jsonify(UserSchema().dump(user)), 201

@app.get("/users")
def show():
    return jsonify(UserSchema(many=True).dump([{"id": 1}]))

@app.get("/mixed")
def mixed():
    return UserSchema().dump({"id": 1}) if request.args.get("full") else {"id": 1}
"""
    )
    create = openapi(both)["paths"]["/users"]["post"]
    assert body_schema(both, "post", "/users")["required"] == ["name"]
    assert create["responses"]["201"]["content"]["application/json"]["schema"]["$ref"].endswith("/UserOut")
    assert "200" not in create["responses"]
    shown = openapi(both)["paths"]["/users"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert shown["items"]["$ref"].endswith("/UserOut")
    mixed = openapi(both)["paths"]["/mixed"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert "$ref" not in mixed


@pytest.mark.parametrize(
    "line",
    [
        "UserSchema().load(request.get_json() or {})",
        "UserSchema().load(request.get_json(silent=True) or {})",
        "UserSchema().load(request.get_json(force=True))",
        "UserSchema(unknown=EXCLUDE).load(request.get_json())",
        "UserSchema().load(request.get_json(), unknown=INCLUDE)",
        "UserSchema().load(data=request.json)",
        "UserSchema().load(request.get_json(), partial=True)",
        "UserSchema(partial=True).load(request.get_json())",
        "UserSchema().validate(request.get_json())",
    ],
)
def test_every_way_to_load_answers_as_before(pair: Pairs, line: str) -> None:
    both = pair(
        HEAD
        + HANDLER
        + f"""
@app.post("/users")
def create():
    return jsonify({line})
"""
    )
    assert both.runtimes() == {"create": "native"}
    assert "User" in both.text("routers/root.py")
    assert body_schema(both, "post", "/users")["properties"].keys() == {"name", "email", "password", "age"}
    for body in (*BODIES, {"name": "Ann", "more": 1}):
        both.same("POST", "/users", json=body)


@pytest.mark.parametrize(
    "line",
    [
        "UserSchema(many=True).load(request.get_json())",
        "UserSchema().load(request.get_json(), many=True)",
        "users_schema.load(request.get_json())",
        "UserSchema(many=True, partial=True).load(request.get_json())",
        "users_schema.validate(request.get_json())",
    ],
)
def test_lists_are_loaded_as_before(pair: Pairs, line: str) -> None:
    both = pair(
        HEAD
        + "users_schema = UserSchema(many=True)\n"
        + HANDLER
        + f"""
@app.post("/users")
def create():
    return jsonify({line})
"""
    )
    assert both.runtimes() == {"create": "native"}
    for body in ([{"name": "Ann"}, {"name": "A"}, {}], [], {}, None, [None], [{"name": "Ann"}] * 2):
        both.same("POST", "/users", json=body)


def test_schema_objects_of_modules_and_of_views_disappear(pair: Pairs) -> None:
    both = pair(
        HEAD
        + HANDLER
        + """
user_schema = UserSchema()

@app.post("/users")
def create():
    schema = UserSchema(only=("name",)) if False else None
    out = UserSchema()
    data = user_schema.load(request.get_json())
    return out.dump(data)

@app.post("/kept")
def kept():
    schema = UserSchema()
    return jsonify(sorted(schema.fields), schema.load(request.get_json()))
""".replace('    schema = UserSchema(only=("name",)) if False else None\n', "")
    )
    assert both.runtimes() == {"create": "native", "kept": "bridged"}
    assert "schema" not in both.text("routers/root.py").partition("def create")[2]
    for body in BODIES:
        both.same("POST", "/users", json=body)
        both.same("POST", "/kept", json=body)


def test_errors_caught_in_the_view_have_the_same_messages(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
@app.post("/users")
def create():
    try:
        data = UserSchema().load(request.get_json())
    except (ValidationError, KeyError) as err:
        return jsonify(err.messages), 400
    try:
        if data["name"] == "Bob":
            raise ValidationError("Not Bob.", field_name="name")
    except ValidationError as err:
        return jsonify(err.messages, err.normalized_messages()), 409
    return data

@app.post("/valid")
def valid():
    try:
        data = UserSchema().load(request.get_json())
    except ValidationError as err:
        return jsonify(valid=err.valid_data), 400
    return data

@app.post("/text")
def text():
    try:
        return UserSchema().load(request.get_json())
    except ValidationError as err:
        return str(err), 400
"""
    )
    assert both.runtimes() == {"create": "native", "valid": "bridged", "text": "bridged"}
    for path in ("/users", "/valid", "/text"):
        for body in (*BODIES, {"name": "Bob"}):
            both.same("POST", path, json=body)


def test_an_error_nobody_handles_is_a_server_error(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
@app.post("/users")
def create():
    return UserSchema().load(request.get_json())
"""
    )
    assert both.same("POST", "/users", json={})[0] == 500


def test_native_and_bridged_routes_share_the_error_handler(pair: Pairs) -> None:
    both = pair(
        HEAD
        + HANDLER
        + """
class OddSchema(UserSchema):
    class Meta:
        include = {"odd": fields.Int(required=True)}

@app.post("/users")
def create():
    return UserSchema().load(request.get_json())

@app.post("/odd")
def odd():
    return OddSchema().load(request.get_json())
"""
    )
    assert both.runtimes() == {"create": "native", "odd": "bridged"}
    for body in BODIES:
        both.same("POST", "/users", json=body)
        both.same("POST", "/odd", json=body)
    assert both.same("POST", "/odd", json={})[0] == 422


def test_a_handler_that_reads_more_than_messages_keeps_marshmallow(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
@app.errorhandler(ValidationError)
def invalid(error):
    return jsonify(errors=error.messages, valid=error.valid_data), 422

@app.post("/users")
def create():
    return UserSchema().load(request.get_json())
"""
    )
    assert both.runtimes() == {"create": "bridged"}
    for body in BODIES:
        both.same("POST", "/users", json=body)


def test_a_blueprints_handler_comes_first(pair: Pairs) -> None:
    both = pair(
        HEAD
        + HANDLER
        + """
bp = Blueprint("shop", __name__, url_prefix="/shop")

@bp.errorhandler(ValidationError)
def invalid_here(error):
    return jsonify(here=error.normalized_messages()), 400

@bp.post("/users")
def create():
    return UserSchema().load(request.get_json())

app.register_blueprint(bp)

@app.post("/users")
def create_elsewhere():
    return UserSchema().load(request.get_json())
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    assert both.same("POST", "/shop/users", json={})[0] == 400
    assert both.same("POST", "/users", json={})[0] == 422


def test_a_guard_answers_before_the_body_is_looked_at(pair: Pairs) -> None:
    both = pair(
        HEAD
        + HANDLER
        + """
from functools import wraps

def token_required(view):
    @wraps(view)
    def guarded(*args, **kwargs):
        if request.headers.get("X-Token") != "secret":
            return jsonify(error="no"), 401
        return view(*args, **kwargs)
    return guarded

@app.post("/users")
@token_required
def create():
    return UserSchema().load(request.get_json())
"""
    )
    assert both.runtimes() == {"create": "native"}
    assert both.same("POST", "/users", json={})[0] == 401
    assert both.same("POST", "/users", json={}, headers={"X-Token": "secret"})[0] == 422
    with both.clients() as (flask, client):
        headers = {"Content-Type": "application/json"}
        for extra in ({}, {"X-Token": "secret"}):
            theirs = flask.post("/users", data=b"{", headers=headers | extra)
            mine = client.post("/users", content=b"{", headers=headers | extra)
            assert (mine.status_code, mine.content) == (theirs.status_code, theirs.get_data())


def test_nested_schemas_hooks_and_what_they_use_come_along(pair: Pairs) -> None:
    both = pair(
        HEAD
        + HANDLER
        + """
COLOURS = ("red", "green")
TAKEN = {"bike"}

def clean(text):
    return text.strip()

class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

class PointSchema(Schema):
    x = fields.Int(required=True)
    y = fields.Int(load_default=0)

    @post_load
    def make(self, data, **kwargs):
        return Point(**data)

class ThingSchema(Schema):
    title = fields.Str(required=True)
    colour = fields.Str(validate=validate.OneOf(COLOURS))
    places = fields.List(fields.Nested(PointSchema), required=True)

    @pre_load
    def strip(self, data, **kwargs):
        return {**data, "title": clean(str(data.get("title", "")))}

    @validates("title")
    def check_title(self, value, **kwargs):
        if value in TAKEN:
            raise ValidationError("Taken.")

    @validates_schema
    def check_all(self, data, **kwargs):
        if data.get("colour") == "red" and not data["places"]:
            raise ValidationError("Red needs a place.", "places")

@app.post("/things")
def create():
    thing = ThingSchema().load(request.get_json())
    TAKEN.add(thing["title"])
    return jsonify([place.x for place in thing["places"]], ThingSchema().dump(thing))
"""
    )
    assert both.runtimes() == {"create": "native"}
    assert "state.TAKEN" in both.text("schemas/" + next(iter(_homes(both))))
    for body in (
        {"title": " car ", "places": [{"x": 1}, {"x": "2", "y": 5}]},
        {"title": "bike", "places": []},
        {"title": "b", "colour": "red", "places": []},
        {"title": "c", "colour": "blue", "places": [{"y": 1}, {"x": 1, "z": 2}]},
    ):
        both.flask.view_functions["create"].__globals__["TAKEN"].clear()
        both.flask.view_functions["create"].__globals__["TAKEN"].add("bike")
        theirs = both.flask.test_client().post("/things", json=body)
        both.flask.view_functions["create"].__globals__["TAKEN"].discard(str(body["title"]).strip())
        if body["title"] == "bike":
            both.flask.view_functions["create"].__globals__["TAKEN"].add("bike")
        with both.clients() as (_, client):
            mine = client.post("/things", json=body)
        assert (mine.status_code, mine.content) == (theirs.status_code, theirs.get_data()), body


def _homes(both: Any) -> list[str]:
    return [
        path.removeprefix("schemas/")
        for path in both.conversion.files
        if path.startswith("schemas/") and not path.endswith("__init__.py")
    ]


def test_a_function_that_loads_for_several_views_is_carried(pair: Pairs) -> None:
    both = pair(
        HEAD
        + HANDLER
        + """
def user_of(data):
    try:
        return UserSchema().load(data)
    except ValidationError as error:
        abort(400, description=str(sorted(error.messages)))

@app.post("/users")
def create():
    return user_of(request.get_json())

@app.put("/users")
def replace():
    return jsonify(name=user_of(request.get_json())["name"])
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    for body in BODIES:
        both.same("POST", "/users", json=body)
        both.same("PUT", "/users", json=body)


def test_a_bridged_route_keeps_the_legacy_schema(pair: Pairs) -> None:
    both = pair(
        HEAD
        + HANDLER
        + """
@app.post("/users")
def create():
    user = UserSchema().load(request.get_json())
    return jsonify(user, current_app.name is not None)
"""
    )
    assert both.runtimes() == {"create": "bridged"}
    assert not _homes(both)
    assert "UserSchema" in both.text("bridged/routers/root.py")
    for body in BODIES:
        both.same("POST", "/users", json=body)


def test_a_schema_that_stays_keeps_its_routes_bridged(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
class Odd(fields.Field):
    def _serialize(self, value, attr, obj, **kwargs):
        return [value]

class OddSchema(Schema):
    odd = Odd()

class UsesCurrentApp(Schema):
    name = fields.Function(lambda obj: current_app.name)

@app.get("/odd")
def odd():
    return OddSchema().dump({"odd": 1})

@app.get("/app")
def uses():
    return UsesCurrentApp().dump({})

@app.get("/only")
def only():
    return UserSchema(only=("name",)).dump({"name": "Ann", "age": 1})
"""
    )
    assert set(both.runtimes().values()) == {"bridged"}
    for path in ("/odd", "/app", "/only"):
        assert both.same("GET", path)[0] == 200


def test_a_dump_that_a_hook_replaces_is_answered_as_what_it_is(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
class TextSchema(Schema):
    name = fields.Str()

    @post_dump
    def text(self, data, **kwargs):
        return data["name"]

@app.get("/text")
def text():
    return TextSchema().dump({"name": "Ann"})
"""
    )
    assert both.same("GET", "/text")[2]["content-type"] == "text/html; charset=utf-8"


def test_the_keys_that_a_view_reads_of_its_body_are_documented(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
@app.post("/orders")
def create_order():
    data = request.get_json()
    if "note" in data and not data.get("amount"):
        return jsonify(error="amount"), 400
    return jsonify(name=data["name"], kind=request.json.get("order-kind"))

@app.put("/orders")
def replace_order():
    data = request.get_json(silent=True) or {}
    return jsonify(data.get("name"), data.get("class"))

@app.post("/free")
def free():
    data = request.get_json()
    return jsonify(sorted(data))
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    assert body_schema(both, "post", "/orders")["properties"].keys() == {"note", "amount", "name", "order-kind"}
    assert body_schema(both, "put", "/orders")["properties"].keys() == {"name", "class"}
    assert "required" not in body_schema(both, "post", "/orders")
    assert "properties" not in body_schema(both, "post", "/free")
    for body in (
        {"name": 1},
        {"name": [1], "more": 2, "order-kind": None},
        {"note": ""},
        [],
        {},
        None,
        "x",
        {"class": {}},
    ):
        both.same("POST", "/orders", json=body)
        both.same("PUT", "/orders", json=body)


def test_a_local_that_is_more_than_the_body_names_no_keys(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
@app.post("/orders")
def create():
    data = request.get_json()
    data = data["order"]
    return jsonify(data["name"])
"""
    )
    assert "TypedDict" not in both.text("routers/root.py")
    both.same("POST", "/orders", json={"order": {"name": 1}})


def test_each_method_of_a_view_documents_its_own_keys(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
@app.route("/items", methods=["POST", "PUT"])
def items():
    if request.method == "POST":
        return jsonify(request.json["name"])
    return jsonify(request.json["title"])
"""
    )
    assert body_schema(both, "post", "/items")["properties"].keys() == {"name"}
    assert body_schema(both, "put", "/items")["properties"].keys() == {"title"}
    both.same("POST", "/items", json={"name": 1})
    both.same("PUT", "/items", json={"title": 1})
