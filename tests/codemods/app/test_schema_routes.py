"""Routes that use Marshmallow's schemas: native ones with Pydantic classes, and the same answers as Flask's."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

Pairs = Callable[[str], Any]


def openapi(both: Any) -> Any:
    with both.clients() as (_, client):
        return client.get("/openapi.json").json()


def body_schema(both: Any, method: str, path: str) -> Any:
    document = openapi(both)
    schema = document["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]
    reference = schema.get("$ref", "").rpartition("/")[2]
    return document["components"]["schemas"][reference] if reference else schema


def schema_files(both: Any) -> list[str]:
    """The modules of schemas in the target."""
    return sorted(
        path.removeprefix("schemas/")
        for path in both.conversion.files
        if path.startswith("schemas/") and not path.endswith("__init__.py")
    )


def test_a_route_that_loads_and_dumps_is_native(handled: Pairs, bodies: Sequence[Any]) -> None:
    both = handled("""
@app.post("/users")
def create():
    user = UserSchema().load(request.get_json())
    return jsonify(UserSchema().dump({"id": 1, **user})), 201
""")
    assert both.runtimes() == {"create": "native"}
    text = both.text("routers/root.py")
    assert "json_body: JsonBody[UserIn]" in text
    assert "user = json_body.load().to_dict()" in text
    assert "marshmallow" not in text + both.text("errors.py")
    for body in bodies:
        both.same("POST", "/users", json=body)
    assert both.same("POST", "/users", json={"name": "Ann"})[0] == 201
    assert both.same("POST", "/users", json={})[0] == 422


def test_bodies_that_are_no_json_answer_as_before(handled: Pairs) -> None:
    both = handled("""
@app.post("/users")
def create():
    return UserSchema().load(request.json)
""")
    for headers in ({"Content-Type": "text/plain"}, {"Content-Type": "application/json"}, {}):
        with both.clients() as (flask, client):
            for content in (b"{", b"", b'{"name": "Ann"}'):
                theirs = flask.post("/users", data=content, headers=headers)
                mine = client.post("/users", content=content, headers=headers)
                assert (mine.status_code, mine.content) == (theirs.status_code, theirs.get_data())


def test_openapi_names_the_schemas_of_body_and_answer(users: Pairs) -> None:
    both = users("""
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
""")
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
def test_every_way_to_load_answers_as_before(handled: Pairs, bodies: Sequence[Any], line: str) -> None:
    both = handled(f"""
@app.post("/users")
def create():
    return jsonify({line})
""")
    assert both.runtimes() == {"create": "native"}
    assert "User" in both.text("routers/root.py")
    assert body_schema(both, "post", "/users")["properties"].keys() == {"name", "email", "password", "age"}
    for body in (*bodies, {"name": "Ann", "more": 1}):
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
def test_lists_are_loaded_as_before(handled: Pairs, line: str) -> None:
    both = handled(f"""
users_schema = UserSchema(many=True)

@app.post("/users")
def create():
    return jsonify({line})
""")
    assert both.runtimes() == {"create": "native"}
    lists: list[Any] = [[{"name": "Ann"}, {"name": "A"}, {}], [], {}, None, [None], [{"name": "Ann"}] * 2]
    for body in lists:
        both.same("POST", "/users", json=body)


def test_schema_objects_of_modules_and_of_views_disappear(handled: Pairs, bodies: Sequence[Any]) -> None:
    both = handled("""
user_schema = UserSchema()

@app.post("/users")
def create():
    out = UserSchema()
    data = user_schema.load(request.get_json())
    return out.dump(data)

@app.post("/kept")
def kept():
    schema = UserSchema()
    return jsonify(sorted(schema.fields), schema.load(request.get_json()))
""")
    assert both.runtimes() == {"create": "native", "kept": "bridged"}
    assert "schema" not in both.text("routers/root.py").partition("def create")[2]
    for body in bodies:
        both.same("POST", "/users", json=body)
        both.same("POST", "/kept", json=body)


def test_a_guard_answers_before_the_body_is_looked_at(handled: Pairs) -> None:
    both = handled("""
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
""")
    assert both.runtimes() == {"create": "native"}
    assert both.same("POST", "/users", json={})[0] == 401
    assert both.same("POST", "/users", json={}, headers={"X-Token": "secret"})[0] == 422
    with both.clients() as (flask, client):
        headers = {"Content-Type": "application/json"}
        for extra in ({}, {"X-Token": "secret"}):
            theirs = flask.post("/users", data=b"{", headers=headers | extra)
            mine = client.post("/users", content=b"{", headers=headers | extra)
            assert (mine.status_code, mine.content) == (theirs.status_code, theirs.get_data())


def test_nested_schemas_hooks_and_what_they_use_come_along(handled: Pairs) -> None:
    both = handled("""
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
""")
    assert both.runtimes() == {"create": "native"}
    assert "state.TAKEN" in both.text("schemas/" + next(iter(schema_files(both))))
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


def test_a_function_that_loads_for_several_views_is_carried(handled: Pairs, bodies: Sequence[Any]) -> None:
    both = handled("""
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
""")
    assert set(both.runtimes().values()) == {"native"}
    for body in bodies:
        both.same("POST", "/users", json=body)
        both.same("PUT", "/users", json=body)


def test_a_schema_that_stays_keeps_its_routes_bridged(users: Pairs) -> None:
    both = users("""
class Odd(fields.Field):
    def serialize(self, attr, obj, accessor=None, **kwargs):
        return [obj[attr]]

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
    return UserSchema(only=request.args.getlist("only") or ("name",)).dump({"name": "Ann", "age": 1})
""")
    assert set(both.runtimes().values()) == {"bridged"}
    for path in ("/odd", "/app", "/only"):
        assert both.same("GET", path)[0] == 200


def test_a_dump_that_a_hook_replaces_is_answered_as_what_it_is(users: Pairs) -> None:
    both = users("""
class TextSchema(Schema):
    name = fields.Str()

    @post_dump
    def text(self, data, **kwargs):
        return data["name"]

@app.get("/text")
def text():
    return TextSchema().dump({"name": "Ann"})
""")
    assert both.same("GET", "/text")[2]["content-type"] == "text/html; charset=utf-8"


def test_a_query_is_loaded_as_before(handled: Pairs) -> None:
    both = handled("""
class ListQuery(Schema):
    page = fields.Int(load_default=1, validate=validate.Range(min=1))
    tags = fields.List(fields.Str())
    sort = fields.Str()

@app.get("/items")
def items():
    return jsonify(ListQuery().load(request.args))

@app.get("/loose")
def loose():
    return jsonify(ListQuery(unknown=INCLUDE).load(request.args))
""")
    assert set(both.runtimes().values()) == {"native"}
    for query in ("", "page=2&sort=", "page=0", "page=x&more=1", "page=2&page=3", "tags=a&tags=b", "more=1&more=2"):
        both.same("GET", f"/items?{query}")
        both.same("GET", f"/loose?{query}")


def test_a_form_is_loaded_as_before(handled: Pairs) -> None:
    both = handled("""
class ContactForm(Schema):
    class Meta:
        unknown = EXCLUDE

    name = fields.Str(required=True, validate=validate.Length(min=1, error="Tell us your name."))
    age = fields.Int()
    subscribe = fields.Bool(load_default=False)

@app.post("/contact")
def contact():
    return jsonify(ContactForm().load(request.form))

@app.post("/either")
def either():
    return jsonify(ContactForm().load(request.values))
""")
    assert set(both.runtimes().values()) == {"native"}
    forms: list[dict[str, str]] = [{"name": "Ann", "age": "7"}, {"name": ""}, {"name": "A", "subscribe": "on"}, {}]
    for form in forms:
        both.same("POST", "/contact", data=form)
        both.same("POST", "/either?age=x", data=form)
