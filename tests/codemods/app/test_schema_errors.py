"""Marshmallow's error in views and error handlers: native routes and those that keep Marshmallow answer alike."""

from collections.abc import Callable, Sequence
from typing import Any

Pairs = Callable[[str], Any]


def test_errors_caught_in_the_view_have_the_same_messages(users: Pairs, bodies: Sequence[Any]) -> None:
    both = users("""
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
""")
    assert both.runtimes() == {"create": "native", "valid": "native", "text": "bridged"}
    for path in ("/users", "/valid", "/text"):
        for body in (*bodies, {"name": "Bob"}):
            both.same("POST", path, json=body)


def test_an_error_nobody_handles_is_a_server_error(users: Pairs) -> None:
    both = users("""
@app.post("/users")
def create():
    return UserSchema().load(request.get_json())
""")
    assert both.same("POST", "/users", json={})[0] == 500


def test_native_and_bridged_routes_share_the_error_handler(handled: Pairs, bodies: Sequence[Any]) -> None:
    both = handled("""
@app.post("/users")
def create():
    return UserSchema().load(request.get_json())

@app.post("/odd")
def odd():
    return UserSchema(only=list(["name"])).load(request.get_json())
""")
    assert both.runtimes() == {"create": "native", "odd": "bridged"}
    for body in bodies:
        both.same("POST", "/users", json=body)
        both.same("POST", "/odd", json=body)
    assert both.same("POST", "/odd", json={})[0] == 422


def test_a_handler_that_reads_more_than_messages_keeps_marshmallow(users: Pairs, bodies: Sequence[Any]) -> None:
    both = users("""
@app.errorhandler(ValidationError)
def invalid(error):
    return jsonify(errors=error.messages, given=error.kwargs), 422

@app.post("/users")
def create():
    return UserSchema().load(request.get_json())
""")
    assert both.runtimes() == {"create": "bridged"}
    for body in bodies:
        both.same("POST", "/users", json=body)


def test_a_blueprints_handler_comes_first(handled: Pairs) -> None:
    both = handled("""
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
""")
    assert set(both.runtimes().values()) == {"native"}
    assert both.same("POST", "/shop/users", json={})[0] == 400
    assert both.same("POST", "/users", json={})[0] == 422
